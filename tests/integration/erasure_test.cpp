#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/integration/engine.hpp"
#include "tests/integration/webhook_host.hpp"

/// Deleted is deleted: after "borra mis datos" nothing of a person is found in any table or file of
/// the real program, on both stores.
namespace migue::test {
namespace {

/// What is planted: in messages, in the person's name, as their number.
const std::vector<std::string> kMarks{"nicornmark", "Zebramark", "5550009871"};

class Erasure : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        host_.person().phone = "15550009871";
        host_.person().name = "Zebramark";
        HostSetup& setup = host_.setup();
        setup.public_url = "http://bot.example.test";
        setup.store_url = store_.url;
        setup.vault_keys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        setup.write();
        ASSERT_EQ(run_migue(host_.folder(), {"migrate", "--config", setup.config().string()}).code, 0);
        host_.start();
    }
    std::int64_t conversations() {
        if (GetParam() == Engine::kPostgres)
            return std::stoll(standins::Postgres::shared()
                                  .run("SELECT count(*) FROM migue.conversations", store_.database)
                                  .at(0));
        SQLite::Database database(store_.file.string(), SQLite::OPEN_READONLY, 5000);
        return database.execAndGet("SELECT count(*) FROM conversations").getInt64();
    }
    /// The host's columns that hold the mark.
    void add_rows_with(const std::string& mark, std::vector<std::string>& places) {
        SQLite::Database database(store_.file.string(), SQLite::OPEN_READONLY, 5000);
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
        for (const auto& entry : std::filesystem::recursive_directory_iterator(host_.folder()))
            if (entry.is_regular_file() && content_of(entry.path()).find(mark) != std::string::npos)
                places.push_back(entry.path().filename().string());
        if (GetParam() != Engine::kPostgres) {
            add_rows_with(mark, places);
            return places;
        }
        auto& server = standins::Postgres::shared();
        for (const std::string& table :
             server.run("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN "
                        "('migue', 'scheduling', 'smalltalk')",
                        store_.database))
            if (server
                    .run("SELECT count(*) FROM " + table + " t WHERE t::text LIKE '%" + mark + "%'",
                         store_.database)
                    .at(0) != "0")
                places.push_back(table);
        return places;
    }

    WebhookHost host_;
    const OwnStore store_{GetParam(), host_.folder()};
};

TEST_P(Erasure, LeavesNothingOfAPersonInAnyTableOrFile) {
    const std::string booked = host_.say("agenda unicornmark mañana a las 3 y recuérdame una hora antes");
    EXPECT_NE(booked.find("nicornmark"), std::string::npos) << booked;
    EXPECT_FALSE(places_of("nicornmark").empty()) << "the search finds what is there";
    EXPECT_NE(host_.say("exporta mis datos").find("migue.json"), std::string::npos);
    EXPECT_NE(host_.say("borra mis datos").find("Sí, borrar todo"), std::string::npos);
    EXPECT_NE(host_.say("sí").find("Borrado."), std::string::npos);
    // A start looks at once for what is to be forgotten; otherwise it takes up to a minute.
    ASSERT_EQ(host_.stop(), 0);
    host_.start();
    const auto deadline = std::chrono::steady_clock::now() + WebhookHost::kPatience;
    while (conversations() != 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(conversations(), 0);
    ASSERT_EQ(host_.stop(), 0);
    for (const std::string& mark : kMarks)
        for (const std::string& place : places_of(mark)) ADD_FAILURE() << mark << " is still in " << place;
}

INSTANTIATE_TEST_SUITE_P(Stores, Erasure, ::testing::Values(Engine::kSqlite, Engine::kPostgres), name_of);

}  // namespace
}  // namespace migue::test
