#include "host/store/postgres/pool.hpp"

#include <atomic>
#include <thread>

#include "tests/host/store/postgres/postgres_fixture.hpp"

namespace migue::host::postgres {
namespace {

using namespace std::chrono_literals;
using test::in;
using test::soon;
using test::target_of;
using Code = Error::Code;

class PostgresPool : public ::testing::Test {
protected:
    PostgresPool() : server_(test::Postgres::shared()), database_(server_.fresh_database()) {}
    Target target(std::size_t size) {
        return target_of(server_.url(database_) + "?pool_size=" + std::to_string(size));
    }
    test::Postgres& server_;
    const std::string database_;
};

TEST_F(PostgresPool, ConnectsWhenNeededAndKeepsTheConnection) {
    Pool pool(target(4));
    EXPECT_EQ(pool.connections(), 0u);
    std::vector<std::int64_t> sessions;
    for (int i = 0; i < 3; ++i) {
        const auto rows = pool.query("SELECT pg_backend_pid()", {}, soon());
        ASSERT_TRUE(rows) << rows.error().what;
        sessions.push_back(rows->front().integer(0));
    }
    EXPECT_EQ(pool.connections(), 1u);
    EXPECT_EQ(sessions[0], sessions[2]);
}

TEST_F(PostgresPool, MakesNoMoreThanItsSizeHoweverManyAsk) {
    Pool pool(target(3));
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 20; ++j)
                if (pool.query("SELECT $1::int", {j}, soon())) ++done;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(done, 240);
    EXPECT_LE(pool.connections(), 3u);
    EXPECT_LE(server_.sessions(database_), 3);
}

TEST_F(PostgresPool, GivesUpWaitingAtTheDeadline) {
    Pool pool(target(1));
    const auto held = pool.borrow(soon());
    ASSERT_TRUE(held);
    const auto refused = pool.borrow(in(20ms));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_NE(refused.error().what.find("pool_size"), std::string::npos);
}

TEST_F(PostgresPool, DoesNotHandOutAConnectionThatTheServerClosed) {
    Pool pool(target(2));
    ASSERT_TRUE(pool.query("SELECT 1", {}, soon()));
    server_.disconnect_all(database_);
    const auto again = pool.query("SELECT 1", {}, soon());
    EXPECT_TRUE(again) << again.error().what;
    EXPECT_EQ(pool.connections(), 1u);
}

TEST_F(PostgresPool, DropsAConnectionThatBrokeAndMakesAnother) {
    Pool pool(target(1));
    ASSERT_TRUE(pool.query("SELECT 1", {}, soon()));
    server_.freeze();
    const auto frozen = pool.query("SELECT 1", {}, in(100ms));
    server_.resume();
    ASSERT_FALSE(frozen);
    EXPECT_EQ(pool.connections(), 0u);
    EXPECT_TRUE(pool.query("SELECT 1", {}, soon()));
}

TEST_F(PostgresPool, RecoversByItselfWhenTheServerComesBack) {
    Pool pool(target(2));
    ASSERT_TRUE(pool.query("SELECT 1", {}, soon()));
    server_.kill();
    const auto away = pool.query("SELECT 1", {}, soon());
    EXPECT_FALSE(away);
    server_.start();
    const auto back = pool.query("SELECT 1", {}, soon());
    EXPECT_TRUE(back) << back.error().what;
}

TEST_F(PostgresPool, CommitsATransactionOnABorrowedConnection) {
    server_.run("CREATE TABLE notes (id BIGINT)", database_);
    Pool pool(target(2));
    const auto done = pool.transaction(
        [](Transaction& transaction) { return transaction.query("INSERT INTO notes VALUES (1)"); }, soon());
    ASSERT_TRUE(done) << done.error().what;
    EXPECT_EQ(server_.run("SELECT count(*) FROM notes", database_).front(), "1");
}

}  // namespace
}  // namespace migue::host::postgres
