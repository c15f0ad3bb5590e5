#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "host/services/vault.hpp"
#include "tests/integration/engine.hpp"
#include "tests/integration/running_host.hpp"

/// `migue migrate` and `migue vault rotate` with the shipped plugin, on both stores.
namespace migue::test {
namespace {

using host::Vault;
using host::VaultKeys;

const std::string kOne = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string kTwo = "k2:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
const std::string kGone = "k0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

Vault vault(const std::string& keys) {
    return Vault(VaultKeys::parse(keys).value());
}

class VaultRotate : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        write_config(kOne);
        ASSERT_EQ(run("plugin install " + std::string(MIGUE_PLUGIN_FOLDER) + "/scheduling.so").code, 0);
        ASSERT_EQ(run("migrate").code, 0);
    }
    void write_config(const std::string& keys) {
        std::ofstream(folder_.path() / "migue.yaml")
            << "store: { url: \"" << store_.url << "\" }\nvault: { keys: \"" << keys << "\" }\n"
            << "plugins: { lock: plugins.lock, scheduling: {} }\nroutes: \"" << MIGUE_SOURCE_FOLDER
            << "/config/routes.yaml\"\n";
    }
    Finished run(const std::string& words) {
        std::vector<std::string> arguments;
        std::istringstream in(words);
        for (std::string word; in >> word;) arguments.push_back(word);
        arguments.insert(arguments.end(), {"--config", (folder_.path() / "migue.yaml").string()});
        return run_migue(folder_.path(), arguments);
    }
    void put(const std::string& person, const std::string& sealed) {
        const std::string sql = "INSERT INTO people (person_id, feed_sealed, created_ms) VALUES ('" + person +
                                "', '" + sealed + "', 1)";
        if (GetParam() == Engine::kPostgres)
            standins::Postgres::shared().run("SET search_path = scheduling; " + sql, store_.database);
        else
            SQLite::Database(file(), SQLite::OPEN_READWRITE).exec(sql);
    }
    std::string sealed_of(const std::string& person) {
        const std::string sql = "SELECT feed_sealed FROM people WHERE person_id = '" + person + "'";
        if (GetParam() == Engine::kPostgres)
            return standins::Postgres::shared()
                .run("SET search_path = scheduling; " + sql, store_.database)
                .at(0);
        SQLite::Database database(file(), SQLite::OPEN_READONLY);
        return database.execAndGet(sql).getString();
    }
    [[nodiscard]] std::string file() const { return (folder_.path() / "migue.scheduling.db").string(); }

private:
    TemporaryFolder folder_;
    const OwnStore store_{GetParam(), folder_.path()};
};

std::string context(const std::string& person) {
    return "people/feed_sealed/" + person;
}

TEST_P(VaultRotate, SealsEveryRowUnderTheNewestKey) {
    const Vault old = vault(kOne);
    std::map<std::string, std::string> plain;
    for (int i = 0; i < 250; ++i) plain["person-" + std::to_string(i)] = "token " + std::to_string(i);
    for (const auto& [person, text] : plain) put(person, old.seal("scheduling", text, context(person)));
    write_config(kTwo + "," + kOne);
    const Finished done = run("vault rotate");
    EXPECT_EQ(done.code, 0);
    ASSERT_FALSE(done.lines.empty());
    EXPECT_EQ(done.lines.back(), "scheduling: 250 values sealed anew, 0 could not be opened");
    const Vault fresh = vault(kTwo);  // the old key may go now
    for (const auto& [person, text] : plain)
        EXPECT_EQ(fresh.open("scheduling", sealed_of(person), context(person)).value(), text);
}

TEST_P(VaultRotate, KeepsWhatItCannotOpenAndSaysSo) {
    const std::string of_gone_key = vault(kGone).seal("scheduling", "x", context("ana"));
    const std::string of_somebody_else = vault(kOne).seal("scheduling", "y", context("luis"));
    put("ana", of_gone_key);
    put("eva", of_somebody_else);
    put("luis", vault(kOne).seal("scheduling", "z", context("luis")));
    write_config(kTwo + "," + kOne);
    const Finished done = run("vault rotate");
    EXPECT_EQ(done.code, 1);
    ASSERT_FALSE(done.lines.empty());
    EXPECT_EQ(done.lines.back(), "scheduling: 1 values sealed anew, 2 could not be opened");
    EXPECT_EQ(sealed_of("ana"), of_gone_key);
    EXPECT_EQ(sealed_of("eva"), of_somebody_else);
    EXPECT_EQ(vault(kTwo).open("scheduling", sealed_of("luis"), context("luis")).value(), "z");
}

INSTANTIATE_TEST_SUITE_P(Stores, VaultRotate, ::testing::Values(Engine::kSqlite, Engine::kPostgres), name_of);

}  // namespace
}  // namespace migue::test
