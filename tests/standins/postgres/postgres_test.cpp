#include "tests/standins/postgres/postgres.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace migue::standins {
namespace {

using Rows = std::vector<std::string>;

TEST(PostgresStandin, HasTheRolesOfSupabase) {
    EXPECT_EQ(
        Postgres::shared().run("SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated', "
                               "'service_role') ORDER BY 1"),
        (Rows{"anon", "authenticated", "service_role"}));
}

TEST(PostgresStandin, GivesEachTestADatabaseOfItsOwn) {
    Postgres& server = Postgres::shared();
    const std::string first = server.fresh_database(), second = server.fresh_database();
    server.run("CREATE TABLE mine (n INT)", first);
    EXPECT_EQ(server.run("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'", first), Rows{"1"});
    EXPECT_EQ(server.run("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'", second), Rows{"0"});
}

TEST(PostgresStandin, KeepsItsDataWhenKilledAndStarted) {
    Postgres& server = Postgres::shared();
    const std::string database = server.fresh_database();
    server.run("CREATE TABLE kept (n INT); INSERT INTO kept VALUES (7)", database);
    server.kill();
    EXPECT_FALSE(server.is_running());
    EXPECT_THROW(server.run("SELECT 1"), std::runtime_error);
    server.start();
    EXPECT_EQ(server.run("SELECT n FROM kept", database), Rows{"7"});
}

TEST(PostgresStandin, StopsInOrderEvenWhenFrozen) {
    Postgres& server = Postgres::shared();
    server.freeze();
    server.stop();
    EXPECT_FALSE(server.is_running());
    server.start();
    EXPECT_EQ(server.run("SELECT 1"), Rows{"1"});
}

}  // namespace
}  // namespace migue::standins
