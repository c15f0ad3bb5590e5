#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/integration/running_host.hpp"
#include "tests/standins/graph/graph.hpp"
#include "tests/standins/graph/webhook_sender.hpp"
#include "tests/standins/postgres/postgres.hpp"

/// Deleted is deleted: after "borra mis datos" nothing of a person is found in any table or file of
/// the real program, on both stores.
namespace migue::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kSecret = "app-secret-of-the-test";
constexpr auto kPatience = 90s;
/// What is planted: in messages, in the person's name, as their number.
const std::vector<std::string> kMarks{"nicornmark", "Zebramark", "5550009871"};

enum class Engine { kSqlite = 1, kPostgres };

class Erasure : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        if (GetParam() == Engine::kPostgres) {
            auto& server = standins::Postgres::shared();
            server.login("migrator", "CREATEROLE");
            database_ = server.fresh_database("migrator");
            url_ = server.url(database_, "migrator");
        }
        person_.phone = "15550009871";
        person_.name = "Zebramark";
        std::ofstream(config_)
            << "http: { listen: \"127.0.0.1:0\", public_url: \"http://bot.example.test\" }\n"
            << "store: { url: \"" << url_ << "\" }\n"
            << "vault: { keys: \"k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\" }\n"
            << "admin: { listen: \"127.0.0.1:0\", token: \"admin-token-of-the-test\" }\n"
            << "channels:\n  whatsapp:\n    path: /webhook\n    app_secret: \"" << kSecret
            << "\"\n    verify_token: \"verify-token-of-the-test\"\n    access_token: \""
            << standins::GraphOptions{}.access_token << "\"\n    phone_number_id: \""
            << standins::GraphOptions{}.phone_number_id << "\"\n    graph_url: \"" << graph_.url()
            << "\"\nplugins:\n  lock: plugins.lock\n  scheduling: {}\n  smalltalk: {}\nroutes: \""
            << MIGUE_SOURCE_FOLDER << "/config/routes.yaml\"\n";
        for (const char* id : {"scheduling", "smalltalk"})
            ASSERT_EQ(run_migue(folder_.path(),
                                {"plugin", "install", std::string(MIGUE_PLUGIN_FOLDER) + "/" + id + ".so",
                                 "--config", config_.string()})
                          .code,
                      0);
        ASSERT_EQ(run_migue(folder_.path(), {"migrate", "--config", config_.string()}).code, 0);
        start();
    }
    void start() {
        host_ = std::make_unique<RunningHost>(
            folder_.path(), std::vector<std::string>{"serve", "--config", config_.string()});
        const std::string lines = log();
        const std::size_t at = lines.rfind("\"http\":\"") + 8;
        local_ = lines.substr(at, lines.find('"', at) - at);
    }
    [[nodiscard]] std::string log() const { return bytes_of(folder_.path() / "migue.log"); }
    static std::string bytes_of(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }
    /// What the bot answers, as JSON.
    std::string say(const std::string& text) {
        const std::size_t before = graph_.messages().size();
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(
            std::chrono::system_clock::now().time_since_epoch());
        EXPECT_EQ(standins::post_webhook(
                      local_ + "/webhook", kSecret,
                      standins::text_webhook(person_, "wamid.5550009871." + std::to_string(++sent_),
                                             now.count(), text))
                      .status,
                  200);
        EXPECT_TRUE(graph_.wait_for_messages(before + 1, kPatience)) << text;
        const auto messages = graph_.messages();
        return messages.size() > before ? json::parse(messages[before].body).dump() : "";
    }
    std::int64_t conversations() {
        if (GetParam() == Engine::kPostgres)
            return std::stoll(standins::Postgres::shared()
                                  .run("SELECT count(*) FROM migue.conversations", database_)
                                  .at(0));
        SQLite::Database database((folder_.path() / "migue.db").string(), SQLite::OPEN_READONLY, 5000);
        return database.execAndGet("SELECT count(*) FROM conversations").getInt64();
    }
    /// The host's columns that hold the mark.
    void add_rows_with(const std::string& mark, std::vector<std::string>& places) {
        SQLite::Database database((folder_.path() / "migue.db").string(), SQLite::OPEN_READONLY, 5000);
        SQLite::Statement column(database,
                                 "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
                                 "WHERE m.type = 'table'");
        while (column.executeStep()) {
            const std::string table = column.getColumn(0).getString(), name = column.getColumn(1).getString();
            SQLite::Statement rows(database, "SELECT count(*) FROM \"" + table + "\" WHERE instr(\"" + name +
                                                 "\", '" + mark + "') > 0");
            if (rows.executeStep() && rows.getColumn(0).getInt() > 0) places.push_back(table + "." + name);
        }
    }
    /// Where a mark is found: files of the program, and every table.
    std::vector<std::string> places_of(const std::string& mark) {
        std::vector<std::string> places;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
            if (entry.is_regular_file() && bytes_of(entry.path()).find(mark) != std::string::npos)
                places.push_back(entry.path().filename().string());
        if (GetParam() != Engine::kPostgres) {
            add_rows_with(mark, places);
            return places;
        }
        auto& server = standins::Postgres::shared();
        for (const std::string& table :
             server.run("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN "
                        "('migue', 'scheduling', 'smalltalk')",
                        database_))
            if (server
                    .run("SELECT count(*) FROM " + table + " t WHERE t::text LIKE '%" + mark + "%'",
                         database_)
                    .at(0) != "0")
                places.push_back(table);
        return places;
    }

    TemporaryFolder folder_;
    const std::filesystem::path config_ = folder_.path() / "migue.yaml";
    standins::WebhookPerson person_;
    standins::Graph graph_;
    std::unique_ptr<RunningHost> host_;
    std::string local_, database_;
    std::string url_ = "sqlite:" + (folder_.path() / "migue.db").string();
    int sent_ = 0;
};

TEST_P(Erasure, LeavesNothingOfAPersonInAnyTableOrFile) {
    const std::string booked = say("agenda unicornmark mañana a las 3 y recuérdame una hora antes");
    EXPECT_NE(booked.find("nicornmark"), std::string::npos) << booked;
    EXPECT_FALSE(places_of("nicornmark").empty()) << "the search finds what is there";
    EXPECT_NE(say("exporta mis datos").find("migue.json"), std::string::npos);
    EXPECT_NE(say("borra mis datos").find("Sí, borrar todo"), std::string::npos);
    EXPECT_NE(say("sí").find("Borrado."), std::string::npos);
    // A start looks at once for what is to be forgotten; otherwise it takes up to a minute.
    ASSERT_EQ(host_->stop().value_or(Process::Exit{}).code, 0);
    start();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (conversations() != 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(conversations(), 0);
    ASSERT_EQ(host_->stop().value_or(Process::Exit{}).code, 0);
    for (const std::string& mark : kMarks)
        for (const std::string& place : places_of(mark)) ADD_FAILURE() << mark << " is still in " << place;
}

INSTANTIATE_TEST_SUITE_P(Stores, Erasure, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) {
                             return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace migue::test
