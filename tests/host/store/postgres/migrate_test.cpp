#include "host/store/postgres/migrate.hpp"

#include <thread>

#include "tests/host/store/postgres/postgres_fixture.hpp"

namespace migue::host::postgres {
namespace {

using test::soon;
using test::target_of;
using Code = Error::Code;
using Names = std::vector<std::string>;

constexpr const char* kProtected =
    "CREATE TABLE migue.notes (id BIGINT PRIMARY KEY);"
    "ALTER TABLE migue.notes ENABLE ROW LEVEL SECURITY;"
    "ALTER TABLE migue.notes FORCE ROW LEVEL SECURITY;"
    "GRANT SELECT, INSERT ON migue.notes TO migue_host;"
    "CREATE POLICY notes_of_host ON migue.notes TO migue_host USING (true) WITH CHECK (true);";

/// A database as on Supabase: its owner may create roles and is no superuser.
class PostgresMigrate : public ::testing::Test {
protected:
    PostgresMigrate() : server_(test::Postgres::shared()) {
        server_.login("migrator", "CREATEROLE");
        server_.login("runner");
        database_ = server_.fresh_database("migrator");
    }
    std::unique_ptr<Connection> connect(const std::string& user) {
        auto opened = Connection::open(target_of(server_.url(database_, user)), soon());
        EXPECT_TRUE(opened) << opened.error().what;
        return std::move(opened).value();
    }
    static std::vector<Migration> with(std::vector<Migration> more) {
        auto migrations = host_migrations();
        migrations.resize(1);
        EXPECT_EQ(migrations.front().name, "20261122080000_roles.sql");
        for (Migration& migration : more) migrations.push_back(std::move(migration));
        return migrations;
    }

    test::Postgres& server_;
    std::string database_;
};

TEST_F(PostgresMigrate, AppliesEachOnceAndInOrder) {
    const auto migrations =
        with({{"20990101000000_notes.sql", kProtected},
              {"20990102000000_more.sql", "ALTER TABLE migue.notes ADD COLUMN text TEXT"}});
    const auto connection = connect("migrator");
    const auto pending = pending_migrations(*connection, migrations, soon());
    ASSERT_TRUE(pending) << pending.error().what;
    const Names all{"20261122080000_roles.sql", "20990101000000_notes.sql", "20990102000000_more.sql"};
    EXPECT_EQ(*pending, all);
    EXPECT_EQ(server_.run("SELECT count(*) FROM pg_namespace WHERE nspname = 'migue'", database_).front(),
              "0");

    const auto applied = migrate(*connection, migrations, soon());
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_EQ(*applied, all);
    const auto again = migrate(*connection, migrations, soon());
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_TRUE(again->empty());
}

TEST_F(PostgresMigrate, RunsWithALoginThatIsOnlyAMemberOfTheHostsRole) {
    const auto migrations = with({{"20990101000000_notes.sql", kProtected}});
    ASSERT_TRUE(migrate(*connect("migrator"), migrations, soon()));
    server_.run("GRANT migue_host TO runner");
    const auto runner = connect("runner");
    const auto nothing = migrate(*runner, migrations, soon());
    ASSERT_TRUE(nothing) << nothing.error().what;
    EXPECT_TRUE(nothing->empty());
    EXPECT_TRUE(runner->query("INSERT INTO migue.notes VALUES (1)", {}, soon()));
    const auto more = migrate(
        *runner, with({{"20990101000000_notes.sql", kProtected}, {"20990103000000_x.sql", "SELECT 1"}}),
        soon());
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Code::kConfig);
    EXPECT_NE(more.error().what.find("20990103000000_x.sql"), std::string::npos) << more.error().what;
    EXPECT_NE(more.error().what.find("migue migrate"), std::string::npos) << more.error().what;
}

TEST_F(PostgresMigrate, LeavesNothingOfOneThatFails) {
    const auto migrations = with(
        {{"20990101000000_notes.sql", std::string(kProtected) + "INSERT INTO migue.nowhere VALUES (1);"}});
    const auto refused = migrate(*connect("migrator"), migrations, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kConfig);
    EXPECT_NE(refused.error().what.find("migration 20990101000000_notes.sql"), std::string::npos);
    EXPECT_EQ(server_.run("SELECT count(*) FROM pg_tables WHERE tablename = 'notes'", database_).front(),
              "0");
}

TEST_F(PostgresMigrate, RefusesATableThatIsOpen) {
    const auto refused =
        migrate(*connect("migrator"),
                with({{"20990101000000_open.sql", "CREATE TABLE migue.open (id BIGINT)"}}), soon());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("migue.open without forced row-level security"), std::string::npos)
        << refused.error().what;
    EXPECT_EQ(server_.run("SELECT count(*) FROM pg_tables WHERE tablename = 'open'", database_).front(), "0");
}

TEST_F(PostgresMigrate, MayBeStartedByManyHostsAtOnce) {
    const auto migrations = with({{"20990101000000_notes.sql", kProtected}});
    std::vector<std::unique_ptr<Connection>> connections;
    for (int i = 0; i < 4; ++i) connections.push_back(connect("migrator"));
    std::vector<Result<Names>> results(connections.size(), Names{});
    std::vector<std::thread> hosts;
    for (std::size_t i = 0; i < connections.size(); ++i)
        hosts.emplace_back([&, i] { results[i] = migrate(*connections[i], migrations, soon()); });
    for (std::thread& host : hosts) host.join();
    std::size_t applied = 0;
    for (const auto& result : results) {
        ASSERT_TRUE(result) << result.error().what;
        applied += result->size();
    }
    EXPECT_EQ(applied, migrations.size());
}

TEST_F(PostgresMigrate, KeepsThePublicRolesOut) {
    ASSERT_TRUE(migrate(*connect("migrator"), with({{"20990101000000_notes.sql", kProtected}}), soon()));
    for (const char* role : {"anon", "authenticated", "service_role"}) {
        EXPECT_EQ(
            server_
                .run(std::string("SELECT has_schema_privilege('") + role + "', 'migue', 'USAGE')", database_)
                .front(),
            "f")
            << role;
        EXPECT_EQ(server_
                      .run(std::string("SELECT has_table_privilege('") + role + "', 'migue.notes', 'SELECT')",
                           database_)
                      .front(),
                  "f")
            << role;
    }
}

TEST_F(PostgresMigrate, GivesTheHostsRoleNothingToOwn) {
    ASSERT_TRUE(migrate(*connect("migrator"), host_migrations(), soon()));
    EXPECT_EQ(
        server_
            .run("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = "
                 "'migue_host'",
                 database_)
            .front(),
        "0");
    EXPECT_EQ(
        server_
            .run("SELECT rolcanlogin OR rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = 'migue_host'")
            .front(),
        "f");
}

}  // namespace
}  // namespace migue::host::postgres
