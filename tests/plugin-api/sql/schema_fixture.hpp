#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/text.hpp"
#include "migue/sql/sqlite_schema.hpp"

namespace migue::sql {

struct Sql {
    std::string text;
    std::string params = "[]";
    std::uint32_t flags = 0;
};

inline Schema::Outcome execute(Schema& schema, const std::vector<Sql>& list) {
    std::vector<migue_sql_statement> raw;
    std::vector<const migue_sql_statement*> pointers;
    for (const Sql& one : list)
        raw.push_back({sizeof(migue_sql_statement), one.flags, to_c(one.text), to_c(one.params)});
    for (const migue_sql_statement& one : raw) pointers.push_back(&one);
    return schema.execute(pointers.data(), pointers.size());
}

/// The rows of the last statement; fails the test unless all succeeded.
inline nlohmann::json rows(Schema& schema, const std::vector<Sql>& list) {
    const Schema::Outcome outcome = execute(schema, list);
    EXPECT_EQ(outcome.status, MIGUE_OK) << outcome.why;
    return outcome.status == MIGUE_OK ? nlohmann::json::parse(outcome.json).back().at("rows")
                                      : nlohmann::json();
}

using NamedSql = std::pair<std::string, std::string>;

inline Result<std::vector<std::string>> migrate(Schema& schema, const std::vector<NamedSql>& list,
                                                std::string_view dialect = "sqlite") {
    std::vector<migue_migration> raw;
    std::vector<const migue_migration*> pointers;
    for (const auto& [name, text] : list)
        raw.push_back({sizeof(migue_migration), 0, to_c(dialect), to_c(name), to_c(text)});
    for (const migue_migration& one : raw) pointers.push_back(&one);
    return schema.migrate({sizeof(migue_migrations_v1), 0, pointers.data(), pointers.size()});
}

/// A schema "notes" in memory with one table.
class NotesTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto opened = SqliteSchema::open(":memory:", "notes");
        ASSERT_TRUE(opened) << opened.error().what;
        schema_ = std::move(opened).value();
        const auto migrated = migrate(
            *schema_,
            {{"1_notes",
              "CREATE TABLE notes.note (id TEXT PRIMARY KEY, body TEXT, at BIGINT, weight DOUBLE PRECISION,"
              " CHECK (at >= 0));"
              "CREATE INDEX notes.note_at ON note (at);"
              "CREATE TABLE notes.tag (note_id TEXT REFERENCES note (id), name TEXT NOT NULL)"}});
        ASSERT_TRUE(migrated) << migrated.error().what;
    }

    SqliteSchema& schema() { return *schema_; }

private:
    std::unique_ptr<SqliteSchema> schema_;
};

}  // namespace migue::sql
