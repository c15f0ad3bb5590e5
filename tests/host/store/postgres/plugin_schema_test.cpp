#include "host/store/postgres/plugin_schema.hpp"

#include <functional>
#include <thread>

#include "host/store/postgres/migrate.hpp"
#include "migue/sql/sqlite_schema.hpp"
#include "tests/host/store/postgres/postgres_fixture.hpp"
#include "tests/plugin-api/sql/schema_fixture.hpp"

/// What migue.sql/1 promises, on each database.
namespace migue::host::postgres {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using sql::execute;
using sql::rows;
using sql::Schema;
using sql::Sql;
using test::soon;
using test::target_of;
using Outcome = Schema::Outcome;
using Names = std::vector<std::string>;

enum class Engine { kSqlite = 1, kPostgres, kPooler };

/// A database with the host's roles, as `migue migrate` leaves it, and logins for both kinds of
/// use.
class HostDatabase {
public:
    HostDatabase() : server_(test::Postgres::shared()) {
        server_.login("migrator", "CREATEROLE");
        server_.login("runner");
        name_ = server_.fresh_database("migrator");
        auto connection = Connection::open(target_of(server_.url(name_, "migrator")), soon());
        EXPECT_TRUE(connection) << connection.error().what;
        const auto migrated = migrate(**connection, host_migrations(), soon());
        EXPECT_TRUE(migrated) << migrated.error().what;
        server_.run("GRANT migue_host TO runner");
    }
    std::unique_ptr<Schema> schema(const std::string& plugin, bool is_pooled,
                                   const std::string& user = "migrator") {
        const std::string url = is_pooled ? server_.pooler_url(name_, user) : server_.url(name_, user);
        auto opened = PluginSchema::open(std::make_shared<Pool>(target_of(url)), plugin);
        EXPECT_TRUE(opened) << opened.error().what;
        return std::move(opened).value();
    }
    std::string ask(const std::string& sql) { return server_.run(sql, name_).front(); }
    test::Postgres& server() { return server_; }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    test::Postgres& server_;
    std::string name_;
};

constexpr const char* kSqliteTables =
    "CREATE TABLE notes.note (id TEXT PRIMARY KEY, body TEXT, at BIGINT, weight DOUBLE PRECISION, CHECK (at "
    ">= 0));"
    "CREATE INDEX notes.note_at ON note (at);"
    "CREATE TABLE notes.tag (note_id TEXT REFERENCES note (id), name TEXT NOT NULL);"
    "CREATE TABLE notes.link (note_id TEXT REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)";
constexpr const char* kPostgresTables =
    "CREATE TABLE notes.note (id TEXT PRIMARY KEY, body TEXT, at BIGINT, weight DOUBLE PRECISION, CHECK (at "
    ">= 0));"
    "CREATE INDEX note_at ON notes.note (at);"
    "CREATE TABLE notes.tag (note_id TEXT REFERENCES notes.note (id), name TEXT NOT NULL);"
    "CREATE TABLE notes.link (note_id TEXT REFERENCES notes.note (id) DEFERRABLE INITIALLY DEFERRED)";

class PluginSql : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        if (GetParam() == Engine::kSqlite) {
            auto opened = sql::SqliteSchema::open(":memory:", "notes");
            ASSERT_TRUE(opened) << opened.error().what;
            schema_ = std::move(opened).value();
        } else {
            database_ = std::make_unique<HostDatabase>();
            schema_ = database_->schema("notes", GetParam() == Engine::kPooler);
        }
        const auto migrated = sql::migrate(*schema_, {{"1_notes", tables()}}, dialect());
        ASSERT_TRUE(migrated) << migrated.error().what;
        EXPECT_EQ(*migrated, Names{"1_notes"});
    }
    static const char* tables() { return GetParam() == Engine::kSqlite ? kSqliteTables : kPostgresTables; }
    static const char* dialect() { return GetParam() == Engine::kSqlite ? "sqlite" : "postgres"; }
    Schema& schema() { return *schema_; }

private:
    std::unique_ptr<HostDatabase> database_;
    std::unique_ptr<Schema> schema_;
};

TEST_P(PluginSql, BindsParametersByNameWhateverTheirOrder) {
    EXPECT_EQ(rows(schema(), {{"INSERT INTO notes.note (body, id) VALUES ($2, $1)", R"(["a","text"])"},
                              {"SELECT id, body FROM notes.note"}}),
              json::parse(R"([{"id":"a","body":"text"}])"));
}

TEST_P(PluginSql, KeepsTypesOnTheWayInAndOut) {
    const json found = rows(
        schema(), {{"INSERT INTO notes.note VALUES ($1, $2, $3, $4)", R"(["añ",null,9007199254740993,3])"},
                   {"SELECT * FROM notes.note"}});
    EXPECT_EQ(found.dump(), R"([{"at":9007199254740993,"body":null,"id":"añ","weight":3.0}])");
    EXPECT_EQ(rows(schema(), {{"UPDATE notes.note SET at = $1, weight = $2", "[4.0, 0.1]"},
                              {"SELECT at, weight FROM notes.note"}})
                  .dump(),
              R"([{"at":4,"weight":0.1}])");
}

TEST_P(PluginSql, TellsSumsAndCountsAsIntegers) {
    EXPECT_EQ(rows(schema(), {{"INSERT INTO notes.note (id, at) VALUES ('a', 1), ('b', 2)"},
                              {"SELECT count(*) AS c, sum(at) AS s, max(at) AS m FROM notes.note"}}),
              json::parse(R"([{"c":2,"s":3,"m":2}])"));
}

TEST_P(PluginSql, TellsHowManyRowsChanged) {
    const Outcome outcome = execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a'), ('b'), ('c')"},
                                               {"UPDATE notes.note SET body = 'x' WHERE id <> 'a'"},
                                               {"SELECT id FROM notes.note WHERE id = 'a'"},
                                               {"DELETE FROM notes.note WHERE id = 'nobody'"}});
    ASSERT_EQ(outcome.status, MIGUE_OK) << outcome.why;
    EXPECT_EQ(json::parse(outcome.json), json::parse(R"([{"changed":3,"rows":[]},{"changed":2,"rows":[]},
                              {"changed":0,"rows":[{"id":"a"}]},{"changed":0,"rows":[]}])"));
}

TEST_P(PluginSql, ReturnsTheRowsOfAConditionInsideTheStatement) {
    const Sql take{
        "INSERT INTO notes.note (id, at) SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT) WHERE NOT EXISTS "
        "(SELECT 1 FROM notes.note WHERE at = $2) RETURNING id",
        R"(["a",5])"};
    EXPECT_EQ(rows(schema(), {take}), json::parse(R"([{"id":"a"}])"));
    EXPECT_EQ(rows(schema(), {take}), json::array());
}

TEST_P(PluginSql, RunsWithAndUpsert) {
    const Sql put{
        "WITH new AS (SELECT CAST($1 AS TEXT) AS id) INSERT INTO notes.note (id, at) SELECT id, 1 FROM new "
        "WHERE true ON CONFLICT (id) DO UPDATE SET at = note.at + excluded.at RETURNING at",
        R"(["a"])"};
    EXPECT_EQ(rows(schema(), {put}), json::parse(R"([{"at":1}])"));
    EXPECT_EQ(rows(schema(), {put}), json::parse(R"([{"at":2}])"));
}

TEST_P(PluginSql, RollsEverythingBackWhenARequiredRowIsMissing) {
    const Outcome outcome =
        execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')"},
                           {"UPDATE notes.note SET at = 1 WHERE id = 'b'", "[]", MIGUE_SQL_REQUIRE_ROW}});
    EXPECT_EQ(outcome.status, MIGUE_E_CONFLICT);
    EXPECT_EQ(outcome.json, R"({"statement":1})");
    EXPECT_EQ(rows(schema(), {{"SELECT id FROM notes.note"}}), json::array());
}

TEST_P(PluginSql, ARequiredRowMayBeReadOrChanged) {
    const Outcome outcome =
        execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')", "", MIGUE_SQL_REQUIRE_ROW},
                           {"SELECT id FROM notes.note", "", MIGUE_SQL_REQUIRE_ROW}});
    EXPECT_EQ(outcome.status, MIGUE_OK) << outcome.why;
}

TEST_P(PluginSql, NamesTheStatementThatMeetsAConstraintAndLeavesNothing) {
    ASSERT_EQ(execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')"}}).status, MIGUE_OK);
    for (const char* broken :
         {"INSERT INTO notes.note (id) VALUES ('a')", "UPDATE notes.note SET at = -1",
          "INSERT INTO notes.tag (note_id) VALUES ('a')", "INSERT INTO notes.tag VALUES ('zz', 't')"}) {
        const Outcome outcome = execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('b')"}, {broken}});
        EXPECT_EQ(outcome.status, MIGUE_E_CONFLICT) << broken << ": " << outcome.why;
        EXPECT_EQ(outcome.json, R"({"statement":1})");
        EXPECT_EQ(rows(schema(), {{"SELECT id FROM notes.note"}}).size(), 1u);
    }
}

TEST_P(PluginSql, ADeferredConstraintIsAConflictOfTheLastStatement) {
    const Outcome alone =
        execute(schema(), {{"SELECT 1 AS one"}, {"INSERT INTO notes.link VALUES ('nobody')"}});
    EXPECT_EQ(alone.status, MIGUE_E_CONFLICT) << alone.why;
    EXPECT_EQ(alone.json, R"({"statement":1})");
    EXPECT_EQ(rows(schema(), {{"SELECT note_id FROM notes.link"}}), json::array());
}

TEST_P(PluginSql, RefusesWhatIsNotAllowedAndTellsNoValue) {
    struct Case {
        std::string text, params;
    };
    for (const Case& refused : {Case{"", "[]"},
                                Case{"-- SELECT 1", "[]"},
                                Case{"VALUES (1)", "[]"},
                                Case{"EXPLAIN SELECT 1", "[]"},
                                Case{"DROP TABLE notes.note", "[]"},
                                Case{"SELECT 1 AS a; SELECT 2 AS b", "[]"},
                                Case{std::string("SELECT 1\0 SELECT 2", 18), "[]"},
                                Case{"SELECT FROM WHERE", "[]"},
                                Case{"SELECT nope FROM notes.note", "[]"},
                                Case{"SELECT x FROM notes.nowhere", "[]"},
                                Case{"SELECT id FROM note", "[]"},
                                Case{"SELECT name FROM notes.migrations", "[]"},
                                Case{"SELECT CAST($1 AS TEXT) AS a, CAST($2 AS TEXT) AS b", R"(["secret"])"},
                                Case{"SELECT CAST($1 AS TEXT) AS a", R"(["secret","b"])"},
                                Case{"SELECT CAST($1 AS TEXT) AS a, CAST($3 AS TEXT) AS b", R"([1,2,3])"},
                                Case{"SELECT $1 AS a", R"({"1":"secret"})"},
                                Case{"SELECT $1 AS a", R"(["secret)"},
                                Case{"SELECT $1 AS a", "[true]"},
                                Case{"SELECT $1 AS a", "[9223372036854775808]"},
                                Case{"SELECT $1 AS a", R"(["secret\u0000"])"},
                                Case{"SELECT 1 AS a, 2 AS a", "[]"},
                                Case{"SELECT CAST('Infinity' AS DOUBLE PRECISION) + 9e999 AS a", "[]"}}) {
        const Outcome outcome = execute(schema(), {{refused.text, refused.params}});
        EXPECT_EQ(outcome.status, MIGUE_E_INVALID) << refused.text << ": " << outcome.why;
        EXPECT_FALSE(outcome.why.empty()) << refused.text;
        EXPECT_EQ(outcome.why.find("secret"), std::string::npos) << outcome.why;
    }
    EXPECT_EQ(execute(schema(), {{"SELECT 1 AS a"}}).status, MIGUE_OK) << "the next one is unharmed";
}

TEST_P(PluginSql, RefusesAResultThatIsTooLargeAndUndoesWhatWasWritten) {
    const Sql fill{"INSERT INTO notes.note (id, body) VALUES ($1, $2)",
                   json::array({"a", std::string(1 << 20, 'x')}).dump()};
    ASSERT_EQ(execute(schema(), {fill}).status, MIGUE_OK);
    const std::string all =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12) "
        "SELECT i, body FROM n, notes.note";
    const Outcome outcome = execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('b')"}, {all}});
    EXPECT_EQ(outcome.status, MIGUE_E_INVALID);
    EXPECT_NE(outcome.why.find("is over"), std::string::npos) << outcome.why;
    EXPECT_EQ(rows(schema(), {{"SELECT id FROM notes.note"}}).size(), 1u);
}

TEST_P(PluginSql, UndoesWhatWasWrittenWhenTheRowsCannotBeTold) {
    const Outcome outcome =
        execute(schema(), {{"INSERT INTO notes.note (id) VALUES ('a')"}, {"SELECT 1 AS a, 2 AS a"}});
    EXPECT_EQ(outcome.status, MIGUE_E_INVALID);
    EXPECT_EQ(rows(schema(), {{"SELECT id FROM notes.note"}}), json::array());
}

TEST_P(PluginSql, AllowsBlanksCommentsAndOneSemicolonAround) {
    EXPECT_EQ(rows(schema(), {{"  -- why\n /* and how */ select 1 AS a ; -- done\n"}}),
              json::parse(R"([{"a":1}])"));
    EXPECT_EQ(rows(schema(), {{"SELECT ';pg_sleep INTO' AS a, 'it''s' AS \"B;\""}}),
              json::parse(R"([{"a":";pg_sleep INTO","B;":"it's"}])"));
}

TEST_P(PluginSql, RunsManyStatementsInOneTransaction) {
    std::vector<Sql> many;
    for (int i = 0; i < 200; ++i)
        many.push_back(
            {"INSERT INTO notes.note (id, at) VALUES ($1, $2)", json::array({std::to_string(i), i}).dump()});
    many.push_back({"SELECT count(*) AS c, sum(at) AS s FROM notes.note"});
    EXPECT_EQ(rows(schema(), many), json::parse(R"([{"c":200,"s":19900}])"));
    EXPECT_EQ(execute(schema(), {}).json, "[]");
}

TEST_P(PluginSql, LosesNoUpdateOfManyThreads) {
    ASSERT_EQ(execute(schema(), {{"INSERT INTO notes.note (id, at) VALUES ('a', 0)"}}).status, MIGUE_OK);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([this] {
            for (int n = 0; n < 25; ++n) {
                const Outcome outcome = execute(schema(), {{"UPDATE notes.note SET at = at + 1"}});
                EXPECT_EQ(outcome.status, MIGUE_OK) << outcome.why;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(rows(schema(), {{"SELECT at FROM notes.note"}}), json::parse(R"([{"at":100}])"));
}

TEST_P(PluginSql, AppliesMigrationsInOrderAndOnce) {
    const std::vector<sql::NamedSql> list{{"3_c", "ALTER TABLE notes.a ADD COLUMN y TEXT"},
                                          {"1_notes", tables()},
                                          {"2_b", "CREATE TABLE notes.a (x TEXT);"}};
    const auto first = sql::migrate(schema(), list, dialect());
    ASSERT_TRUE(first) << first.error().what;
    EXPECT_EQ(*first, (Names{"2_b", "3_c"}));
    EXPECT_EQ(sql::migrate(schema(), list, dialect()).value(), Names{});
    EXPECT_EQ(rows(schema(), {{"INSERT INTO notes.a (x) VALUES ('1') RETURNING y"}}).size(), 1u);
}

TEST_P(PluginSql, KeepsMigrationsToTheirSchemaAndTransaction) {
    for (const char* script :
         {"CREATE TABLE u (x TEXT)", "CREATE TABLE other.u (x TEXT)", "CREATE TEMP TABLE u (x TEXT)",
          "CREATE TABLE notes.u (x TEXT); COMMIT; SELECT broken", "SAVEPOINT a",
          "DELETE FROM notes.migrations", "DROP TABLE notes.migrations",
          "ALTER TABLE notes.migrations ADD COLUMN x TEXT", "INSERT INTO notes.nowhere VALUES (1)"}) {
        const auto refused = sql::migrate(schema(), {{"2_bad", script}}, dialect());
        ASSERT_FALSE(refused) << script;
        EXPECT_NE(refused.error().what.find("migration 2_bad"), std::string::npos) << refused.error().what;
    }
    const auto mended = sql::migrate(schema(), {{"2_bad", "CREATE TABLE notes.u (x TEXT)"}}, dialect());
    EXPECT_TRUE(mended) << mended.error().what;
}

INSTANTIATE_TEST_SUITE_P(Engines, PluginSql,
                         ::testing::Values(Engine::kSqlite, Engine::kPostgres, Engine::kPooler),
                         [](const auto& engine) {
                             return engine.param == Engine::kSqlite     ? "Sqlite"
                                    : engine.param == Engine::kPostgres ? "Postgres"
                                                                        : "Pooler";
                         });

class PluginRole : public ::testing::Test {
protected:
    void SetUp() override {
        schema_ = database_.schema("notes", false);
        const auto migrated = sql::migrate(*schema_, {{"1", kPostgresTables}}, "postgres");
        ASSERT_TRUE(migrated) << migrated.error().what;
    }
    HostDatabase database_;
    std::unique_ptr<Schema> schema_;
};

TEST_F(PluginRole, ReachesNothingButItsOwnTables) {
    const auto other = database_.schema("other", false);
    ASSERT_TRUE(sql::migrate(*other, {{"1", "CREATE TABLE other.mine (x TEXT)"}}, "postgres"));
    database_.server().run("CREATE TABLE public.open (x TEXT); GRANT ALL ON public.open TO PUBLIC",
                           database_.name());
    for (const char* text :
         {"SELECT x FROM other.mine", "INSERT INTO other.mine VALUES ('a')",
          "SELECT name FROM migue.migrations", "SELECT x FROM open",
          "SELECT set_config('role', 'none', true) AS a", "SELECT \"set_config\"('role', 'none', true) AS a",
          "SELECT U&\"s\\0065t_config\"('role', 'none', true) AS a", "SELECT pg_sleep(1) AS a",
          "SELECT pg_catalog.pg_advisory_lock(1) AS a",
          "SELECT query_to_xml('SELECT 1', true, true, '') AS a", "SELECT rolname FROM pg_roles",
          "SELECT id INTO notes.copy FROM notes.note", "SELECT id INTO TEMP copy FROM notes.note",
          "SELECT table_name FROM information_schema.tables"}) {
        const Outcome outcome = execute(*schema_, {{text}});
        EXPECT_EQ(outcome.status, MIGUE_E_INVALID) << text << ": " << outcome.why;
    }
}

TEST_F(PluginRole, LeavesNothingOfItInTheSession) {
    const auto pool = std::make_shared<Pool>(
        target_of(database_.server().url(database_.name(), "migrator") + "?pool_size=1"));
    const auto opened = PluginSchema::open(pool, "notes");
    ASSERT_TRUE(opened);
    EXPECT_EQ(execute(**opened, {{"SELECT 1 AS a"}}).status, MIGUE_OK);
    EXPECT_EQ(execute(**opened, {{"SELECT nope FROM notes.note"}}).status, MIGUE_E_INVALID);
    const auto state = pool->query(
        "SELECT current_user, current_setting('search_path'), "
        "current_setting('statement_timeout')",
        {}, soon());
    ASSERT_TRUE(state) << state.error().what;
    EXPECT_EQ(state->front().text(0), "migrator");
    EXPECT_NE(state->front().text(1), "");
    EXPECT_EQ(state->front().text(2), "0");
}

TEST_F(PluginRole, ServesALoginThatIsOnlyAMemberOfTheHostsRole) {
    const auto schema = database_.schema("notes", false, "runner");
    const auto nothing = sql::migrate(*schema, {{"1", kPostgresTables}}, "postgres");
    ASSERT_TRUE(nothing) << nothing.error().what;
    EXPECT_TRUE(nothing->empty());
    EXPECT_EQ(execute(*schema, {{"INSERT INTO notes.note (id) VALUES ('a')"}}).status, MIGUE_OK);
    const auto more = sql::migrate(*schema, {{"2", "CREATE TABLE notes.more (x TEXT)"}}, "postgres");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Error::Code::kConfig);
    EXPECT_NE(more.error().what.find("migue migrate"), std::string::npos) << more.error().what;
}

TEST_F(PluginRole, PutsEveryTableUnderForcedRowLevelSecurity) {
    EXPECT_EQ(
        database_.ask(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
            "n.nspname = 'notes' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"),
        "0");
    EXPECT_EQ(database_.ask(
                  "SELECT count(*) FROM pg_policies WHERE schemaname = 'notes' AND ('public' = ANY(roles) OR "
                  "'anon' = ANY(roles) OR 'authenticated' = ANY(roles))"),
              "0");
    for (const char* role : {"anon", "authenticated", "service_role"})
        EXPECT_EQ(database_.ask(std::string("SELECT has_schema_privilege('") + role + "', 'notes', 'USAGE')"),
                  "f");
    EXPECT_EQ(database_.ask("SELECT rolcanlogin OR rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = "
                            "'migue_plugin_notes'"),
              "f");
    EXPECT_EQ(database_.ask("SELECT has_schema_privilege('migue_plugin_notes', 'notes', 'CREATE')"), "f");
}

TEST_F(PluginRole, SaysThatTheTablesWereNotMade) {
    const Outcome outcome = execute(*database_.schema("unmade", false), {{"SELECT 1 AS a"}});
    EXPECT_EQ(outcome.status, MIGUE_E_CONFIG);
    EXPECT_NE(outcome.why.find("migue_plugin_unmade"), std::string::npos) << outcome.why;
}

TEST_F(PluginRole, DoesNotMoveIntoASchemaOfSomebodyElse) {
    database_.server().run("CREATE SCHEMA billing", database_.name());
    const auto refused = sql::migrate(*database_.schema("billing", false),
                                      {{"1", "CREATE TABLE billing.t (x TEXT)"}}, "postgres");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::Code::kConfig);
    EXPECT_NE(refused.error().what.find("schema billing exists"), std::string::npos) << refused.error().what;
    const auto pool = std::make_shared<Pool>(target_of(database_.server().url(database_.name())));
    for (const char* taken : {"public", "auth", "migue", "pg_notes", "Notes", ""})
        EXPECT_FALSE(PluginSchema::open(pool, taken)) << taken;
}

TEST_F(PluginRole, AnswersThatTheDatabaseIsAwayOrSlow) {
    ASSERT_EQ(execute(*schema_, {{"INSERT INTO notes.note (id) VALUES ('a')"}}).status, MIGUE_OK);
    database_.server().freeze();
    const Outcome frozen = execute(*schema_, {{"INSERT INTO notes.note (id) VALUES ('b')"}});
    database_.server().resume();
    EXPECT_EQ(frozen.status, MIGUE_E_UNAVAILABLE) << frozen.why << ": COMMIT was never sent";
    database_.server().stop();
    const Outcome away = execute(*schema_, {{"SELECT 1 AS a"}});
    database_.server().start();
    EXPECT_EQ(away.status, MIGUE_E_UNAVAILABLE) << away.why;
    EXPECT_EQ(execute(*schema_, {{"SELECT 1 AS a"}}).status, MIGUE_OK);
}

}  // namespace
}  // namespace migue::host::postgres
