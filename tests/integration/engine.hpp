#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/standins/postgres/postgres.hpp"

namespace migue::test {

/// The stores that a test of the whole program is run on.
enum class Engine { kSqlite = 1, kPostgres };

/// An empty store of a test's own; in Postgres a database that its one login owns.
struct OwnStore {
    OwnStore(Engine engine, const std::filesystem::path& folder) : file(folder / "migue.db") {
        if (engine == Engine::kSqlite) {
            url = "sqlite:" + file.string();
            return;
        }
        auto& server = standins::Postgres::shared();
        server.login("migrator", "CREATEROLE");
        database = server.fresh_database("migrator");
        url = server.url(database, "migrator");
    }
    const std::filesystem::path file;
    std::string database, url;
};

inline std::string name_of(const ::testing::TestParamInfo<Engine>& engine) {
    return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres";
}

}  // namespace migue::test
