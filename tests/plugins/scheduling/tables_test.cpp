#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "calendar/local/event_statements.hpp"
#include "migue/sql/sqlite_schema.hpp"
#include "tests/host/temporary_folder.hpp"
#include "tests/plugins/scheduling/scheduling_database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

/// The plugin's tables on both databases: that they are the same, and that its statements mean
/// the same on both.
namespace scheduling {
namespace {

using migue::host::postgres::test::Postgres;
using migue::sql::Schema;
using migue::sql::SqliteSchema;
using nlohmann::json;

/// "table.column TYPE [NOT NULL] [key n]", and "index of table (columns)".
using Catalog = std::set<std::string>;

Catalog postgres_catalog(SchedulingDatabase& database) {
    const auto columns = database.ask(
        "SELECT c.relname || '.' || a.attname || ' ' || upper(format_type(a.atttypid, a.atttypmod)) "
        "|| CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END "
        "|| coalesce(' DEFAULT ' || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::.*', ''), '') "
        "|| coalesce(' key ' || array_position(i.indkey::int2[], a.attnum)::text, '') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
        "LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
        "WHERE n.nspname = 'scheduling' AND c.relkind = 'r' AND c.relname <> 'migrations'");
    const auto indexes = database.ask(
        "SELECT x.relname || ' of ' || t.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n) "
        "FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(att, n) "
        "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.att) || ')' "
        "|| CASE WHEN i.indisunique THEN ' UNIQUE' ELSE '' END FROM pg_index i "
        "JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
        "JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'scheduling' AND NOT "
        "i.indisprimary");
    Catalog catalog(columns.begin(), columns.end());
    catalog.insert(indexes.begin(), indexes.end());
    return catalog;
}

Catalog sqlite_catalog(const std::string& file) {
    Catalog catalog;
    SQLite::Database database(file);
    SQLite::Statement columns(database,
                              "SELECT m.name || '.' || c.name || ' ' || upper(c.type) || CASE WHEN "
                              "c.\"notnull\" THEN ' NOT NULL' ELSE '' END "
                              "|| coalesce(' DEFAULT ' || c.dflt_value, '') "
                              "|| CASE WHEN c.pk > 0 THEN ' key ' || (c.pk - 1) ELSE '' END "
                              "FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' "
                              "AND m.name <> 'migrations'");
    while (columns.executeStep()) catalog.insert(columns.getColumn(0).getString());
    SQLite::Statement indexes(
        database,
        "SELECT l.name || ' of ' || m.name || ' (' || (SELECT group_concat(name, ', ') FROM "
        "(SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) || ')' || CASE WHEN l.\"unique\" THEN "
        "' UNIQUE' "
        "ELSE '' END FROM sqlite_master m JOIN pragma_index_list(m.name) l "
        "WHERE m.type = 'table' AND l.origin = 'c'");
    while (indexes.executeStep()) catalog.insert(indexes.getColumn(0).getString());
    return catalog;
}

TEST(SchedulingTables, AreTheSameOnBothDatabases) {
    SchedulingDatabase postgres;
    const migue::host::test::TemporaryFolder folder;
    const std::string file = (folder.path() / "scheduling.db").string();
    {
        const auto sqlite = SqliteSchema::open(file, "scheduling");
        ASSERT_TRUE(sqlite) << sqlite.error().what;
        const auto made = migue::sql::migrate(**sqlite, migrations("sqlite"), "sqlite");
        ASSERT_TRUE(made) << made.error().what;
    }
    const Catalog theirs = postgres_catalog(postgres);
    EXPECT_GT(theirs.size(), 30u);
    EXPECT_EQ(theirs, sqlite_catalog(file));
}

TEST(SchedulingTables, HaveThePersonInEveryKey) {
    // What a distributed Postgres needs to spread them. A Google account's own tables have the
    // account instead: two people may have linked the same one, and its time is held once.
    SchedulingDatabase postgres;
    EXPECT_EQ(
        postgres.ask(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'scheduling' AND c.relkind = 'r' AND c.relname <> 'migrations' "
            "AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum "
            "= ANY(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary AND a.attname = 'person_id') "
            "ORDER BY c.relname"),
        (std::vector<std::string>{"account_calendars", "held_times"}));
}

TEST(SchedulingTables, AreClosedToPublicRoles) {
    SchedulingDatabase postgres;
    EXPECT_EQ(
        postgres.ask(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
            "nspname = 'scheduling' AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)"),
        std::vector<std::string>{});
    EXPECT_EQ(postgres.ask(
                  "SELECT DISTINCT unnest(roles)::text FROM pg_policies WHERE schemaname = 'scheduling' AND "
                  "tablename <> 'migrations' ORDER BY 1"),
              (std::vector<std::string>{"migue_keeper_scheduling", "migue_plugin_scheduling"}));
}

TEST(SchedulingTables, GiveNoRowToPublicRoles) {
    SchedulingDatabase postgres;
    const auto tables = postgres.ask(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'scheduling' AND c.relkind IN ('r', 'v') ORDER BY 1");
    ASSERT_GT(tables.size(), 8u);
    Postgres::shared().login("anybody");
    for (const std::string& table : tables)
        for (const char* role : {"anon", "authenticated", "service_role", "anybody", "migue_host"}) {
            if (table == "migrations" && std::string_view(role) == "migue_host") continue;
            const std::string answer = postgres.as(role, "SELECT * FROM scheduling." + table);
            EXPECT_NE(answer.find("permission denied"), std::string::npos)
                << role << " on " << table << ": " << answer;
        }
    // Also when somebody gives them everything by mistake: no policy names them.
    postgres.ask(
        "INSERT INTO scheduling.calendar_events (person_id, entry_id, message_id, event_id, action, outcome, "
        "error,"
        " duration_ms, at_ms) VALUES ('ana', 'e', 'm', 'v', 'booked', 'ok', '', 1, 1);"
        "GRANT USAGE ON SCHEMA scheduling TO anon; GRANT ALL ON scheduling.calendar_events TO anon");
    EXPECT_EQ(postgres.as("anon", "SELECT * FROM scheduling.calendar_events"), "rows 0");
}

TEST(SchedulingTables, KeepTheAuditFromWhoeverWritesIt) {
    SchedulingDatabase postgres;
    const std::string audit = "scheduling.calendar_events";
    const std::string insert =
        "INSERT INTO " + audit +
        " (person_id, entry_id, message_id, event_id, action, outcome, error, duration_ms, "
        "at_ms) VALUES ('ana', 'e', 'm', 'v', 'booked', 'ok', '', 1, 1)";
    EXPECT_EQ(postgres.as("migue_plugin_scheduling", insert), "rows 0");
    postgres.as("migue_plugin_scheduling", "GRANT ALL ON " + audit + " TO migue_plugin_scheduling");
    for (const std::string& sql :
         {"UPDATE " + audit + " SET outcome = 'x'", "DELETE FROM " + audit, "TRUNCATE " + audit,
          "SELECT * FROM " + audit, "ALTER TABLE " + audit + " DISABLE ROW LEVEL SECURITY"}) {
        const std::string answer = postgres.as("migue_plugin_scheduling", sql);
        const bool refused = answer.find("permission denied") != std::string::npos ||
                             answer.find("must be owner") != std::string::npos ||
                             answer.find("no privileges") != std::string::npos;
        EXPECT_TRUE(refused) << sql << ": " << answer;
    }
    EXPECT_EQ(postgres.ask("SELECT outcome FROM scheduling.calendar_events"), std::vector<std::string>{"ok"});
    EXPECT_EQ(postgres.ask(
                  "SELECT pg_has_role('migue_plugin_scheduling', 'migue_keeper_scheduling', 'MEMBER')::text"),
              std::vector<std::string>{"false"});
    EXPECT_EQ(postgres.ask("SELECT pg_has_role('migue_host', 'migue_keeper_scheduling', 'MEMBER')::text"),
              std::vector<std::string>{"false"});
    // A mark cannot be forged.
    const std::string mark =
        "INSERT INTO " + audit +
        " (person_id, entry_id, message_id, event_id, action, outcome, error, duration_ms, "
        "at_ms) VALUES ('', 'e', 'm', 'v', 'erased', 'ok', '', 1, 1)";
    EXPECT_NE(postgres.as("migue_plugin_scheduling", mark).find("row-level security"), std::string::npos);
}

enum class Engine { kSqlite = 1, kPostgres };

/// The statements of a booking, on both.
class SchedulingStatements : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        if (GetParam() == Engine::kPostgres) {
            postgres_ = std::make_unique<SchedulingDatabase>();
            schema_ = &postgres_->schema();
            return;
        }
        auto opened = SqliteSchema::open(":memory:", "scheduling");
        ASSERT_TRUE(opened) << opened.error().what;
        sqlite_ = std::move(opened).value();
        const auto made = migue::sql::migrate(*sqlite_, migrations("sqlite"), "sqlite");
        ASSERT_TRUE(made) << made.error().what;
        schema_ = sqlite_.get();
    }
    Schema::Outcome run(const std::vector<migue::SqlStatement>& statements) {
        std::vector<migue::sql::Sql> list;
        for (const migue::SqlStatement& each : statements)
            list.push_back({each.text, each.params_json, each.require_row ? MIGUE_SQL_REQUIRE_ROW : 0});
        return migue::sql::execute(*schema_, list);
    }
    Schema::Outcome book(const Event& event) {
        auto statements = reserve("ana", event);
        statements.insert(statements.begin(), lock_person("ana", 1));
        statements.push_back(insert_event("ana", event, Overlap::kRefuse));
        return run(statements);
    }
    std::vector<Event> events(const migue::SqlStatement& select) {
        const Schema::Outcome outcome = run({select});
        EXPECT_EQ(outcome.status, MIGUE_OK) << outcome.why;
        std::vector<Event> found;
        if (outcome.status != MIGUE_OK) return found;
        const json answers = json::parse(outcome.json);
        for (const json& row : answers.front().at("rows")) found.push_back(read_event(row));
        return found;
    }
    static Event event(const std::string& id, std::int64_t start, std::int64_t end) {
        Event made;
        made.id = id;
        made.title = "Reunión con Laura";
        made.start_ms = start;
        made.end_ms = end;
        made.zone = "America/Bogota";
        made.guests = {"laura"};
        return made;
    }

private:
    std::unique_ptr<SchedulingDatabase> postgres_;
    std::unique_ptr<SqliteSchema> sqlite_;
    Schema* schema_ = nullptr;
};

TEST_P(SchedulingStatements, BookOnceAndReadItBack) {
    ASSERT_EQ(book(event("e1", 1000, 2000)).status, MIGUE_OK);
    EXPECT_EQ(book(event("e1", 1000, 2000)).status, MIGUE_E_CONFLICT) << "the same booking again";
    const auto found = events(select_event("ana", "e1"));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].title, "Reunión con Laura");
    EXPECT_EQ(found[0].start_ms, 1000);
    EXPECT_EQ(found[0].guests, std::vector<std::string>{"laura"});
    EXPECT_EQ(events(select_span("ana", {500, 1500})).size(), 1u);
    EXPECT_EQ(events(select_span("ana", {2000, 3000})).size(), 0u);
    EXPECT_EQ(events(select_since("ana", 1500)).size(), 1u);
}

TEST_P(SchedulingStatements, RefuseWhatOverlapsAndLeaveNothingOfIt) {
    ASSERT_EQ(book(event("e1", 1000, 2000)).status, MIGUE_OK);
    const Schema::Outcome refused = book(event("e2", 1500, 2500));
    EXPECT_EQ(refused.status, MIGUE_E_CONFLICT) << refused.why;
    EXPECT_EQ(book(event("e3", 2000, 2500)).status, MIGUE_OK) << "the refused one holds no time";
}

TEST_P(SchedulingStatements, MoveAndCancel) {
    ASSERT_EQ(book(event("e1", 1000, 2000)).status, MIGUE_OK);
    Event moved = event("e1", 5000, 6000);
    moved.sequence = 1;
    auto statements = reserve("ana", moved);
    statements.insert(statements.begin(), release("ana", "e1"));
    statements.push_back(update_event("ana", moved, Overlap::kRefuse));
    const Schema::Outcome done = run(statements);
    EXPECT_EQ(done.status, MIGUE_OK) << done.why;
    EXPECT_EQ(events(select_event("ana", "e1")).front().start_ms, 5000);
    EXPECT_EQ(run({cancel_event("ana", "e1", 7000), release("ana", "e1")}).status, MIGUE_OK);
    EXPECT_TRUE(events(select_event("ana", "e1")).front().cancelled);
    EXPECT_EQ(run({cancel_event("ana", "nothing", 7000)}).status, MIGUE_E_CONFLICT);
}

TEST_P(SchedulingStatements, LeaveTheAuditOnlyThroughAnErasureThatIsMarked) {
    const auto attempt = [](const std::string& person, const std::string& entry, std::int64_t at) {
        return migue::SqlStatement{
            "INSERT INTO scheduling.calendar_events (person_id, entry_id, message_id, event_id, action, "
            "outcome, error,"
            " duration_ms, at_ms) VALUES ($1, $2, 'm', 'v', 'booked', 'ok', '', 1, $3)",
            json::array({person, entry, at}).dump(), false};
    };
    ASSERT_EQ(run({attempt("ana", "a", 10), attempt("ana", "b", 20), attempt("luis", "c", 10)}).status,
              MIGUE_OK);
    EXPECT_NE(run({{"UPDATE scheduling.calendar_events SET outcome = 'x'", "[]", false}}).status, MIGUE_OK);
    EXPECT_NE(run({{"DELETE FROM scheduling.calendar_events", "[]", false}}).status, MIGUE_OK);
    const Schema::Outcome erased =
        run({{"INSERT INTO scheduling.audit_erasures (person_id, mark_id, reason, before_ms, at_ms) VALUES "
              "('ana', 'mark', "
              "'retention', 20, 99)",
              "[]", false}});
    ASSERT_EQ(erased.status, MIGUE_OK) << erased.why;
    const auto left = [&](const char* sql) {
        const Schema::Outcome outcome = run({{sql, "[]", false}});
        EXPECT_EQ(outcome.status, MIGUE_OK) << outcome.why;
        return json::parse(outcome.json).front().at("rows");
    };
    EXPECT_EQ(left("SELECT entry_id FROM scheduling.audit_entries ORDER BY entry_id"),
              json::parse(R"([{"entry_id":"b"},{"entry_id":"c"}])"));
    EXPECT_EQ(left("SELECT mark_id, reason, entries, at_ms FROM scheduling.audit_erasures"),
              json::parse(R"([{"mark_id":"mark","reason":"retention","entries":1,"at_ms":99}])"));
    EXPECT_NE(run({{"DELETE FROM scheduling.calendar_events", "[]", false}}).status, MIGUE_OK);
}

INSTANTIATE_TEST_SUITE_P(Engines, SchedulingStatements, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) {
                             return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace scheduling
