#include "host/store/postgres/connection.hpp"

#include "tests/host/store/postgres/postgres_fixture.hpp"

namespace migue::host::postgres {
namespace {

using namespace std::chrono_literals;
using test::in;
using test::soon;
using test::target_of;
using Code = Error::Code;

enum class Way { kDirect = 1, kPooler };

/// Straight to the server, and through pgbouncer in transaction mode: the same promises.
class PostgresConnection : public ::testing::TestWithParam<Way> {
protected:
    PostgresConnection() : server_(test::Postgres::shared()), database_(server_.fresh_database()) {
        run("CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)");
        connection_ = connect();
    }
    void run(const std::string& sql) { server_.run(sql, database_); }
    std::string count() { return server_.run("SELECT count(*) FROM notes", database_).front(); }
    std::string url() {
        return GetParam() == Way::kDirect ? server_.url(database_) : server_.pooler_url(database_);
    }
    std::unique_ptr<Connection> connect() {
        auto opened = Connection::open(target_of(url()), soon());
        EXPECT_TRUE(opened) << opened.error().what;
        return std::move(opened).value();
    }

    test::Postgres& server_;
    const std::string database_;
    std::unique_ptr<Connection> connection_;
};

TEST_P(PostgresConnection, GivesRowsByNameWithTheirTypes) {
    const auto rows = connection_->query(
        "SELECT $1::text AS word, $2::bigint AS n, NULL::text AS nothing, $3::boolean AS yes, $4::float8 AS "
        "x",
        {"añb\"c", std::int64_t{9007199254740993}, true, 0.1}, soon());
    ASSERT_TRUE(rows) << rows.error().what;
    ASSERT_EQ(rows->size(), 1u);
    const Row row = rows->front();
    EXPECT_EQ(row.text("word"), "añb\"c");
    EXPECT_EQ(row.integer("n"), 9007199254740993);
    EXPECT_TRUE(row.is_null("nothing"));
    EXPECT_TRUE(row.boolean("yes"));
    EXPECT_DOUBLE_EQ(row.real("x"), 0.1);
}

TEST_P(PostgresConnection, PassesArraysAsOneParameter) {
    const std::vector<std::string> words{"a,b", "", "NULL", "q\"u\\o{te}", "ñ"};
    const std::vector<std::int64_t> numbers{1, -2};
    const auto rows =
        connection_->query("SELECT word FROM unnest($1::text[]) WITH ORDINALITY AS t(word, n) ORDER BY n",
                           {Value::array(words)}, soon());
    ASSERT_TRUE(rows) << rows.error().what;
    std::vector<std::string> back;
    for (const Row row : *rows) back.push_back(row.text(0));
    EXPECT_EQ(back, words);
    const auto sum = connection_->query("SELECT sum(n)::bigint FROM unnest($1::bigint[]) AS t(n)",
                                        {Value::array(numbers)}, soon());
    ASSERT_TRUE(sum) << sum.error().what;
    EXPECT_EQ(sum->front().integer(0), -1);
}

TEST_P(PostgresConnection, CommitsAStatementOfItsOwn) {
    const auto done = connection_->query("INSERT INTO notes VALUES ($1, $2)", {1, "x"}, soon());
    ASSERT_TRUE(done) << done.error().what;
    EXPECT_EQ(done->changed(), 1u);
    EXPECT_EQ(count(), "1");
}

TEST_P(PostgresConnection, RefusesTextThatWouldBeCutShort) {
    const auto done =
        connection_->query("INSERT INTO notes VALUES (1, $1)", {std::string("a\0b", 3)}, soon());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::kInvalid);
    EXPECT_EQ(count(), "0");
}

TEST_P(PostgresConnection, NamesTheConstraintAndNoValue) {
    ASSERT_TRUE(connection_->query("INSERT INTO notes VALUES (4711, 'x')", {}, soon()));
    const auto again =
        connection_->query("INSERT INTO notes VALUES ($1, $2)", {4711, "secret words"}, soon());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Code::kConflict);
    EXPECT_NE(again.error().what.find("notes_pkey"), std::string::npos) << again.error().what;
    EXPECT_EQ(again.error().what.find("4711"), std::string::npos) << again.error().what;
    EXPECT_EQ(connection_->last_sqlstate(), "23505");
    EXPECT_TRUE(connection_->is_usable());
}

TEST_P(PostgresConnection, TellsFaultsApart) {
    struct Case {
        std::string sql, sqlstate;
        Code code;
    };
    for (const Case& fault :
         {Case{"SELECT * FROM nowhere", "42P01", Code::kConfig},
          Case{"SELECT nope FROM notes", "42703", Code::kInternal},
          Case{"SELECT nope(1)", "42883", Code::kInternal}, Case{"SELEC 1", "42601", Code::kInternal},
          Case{"SELECT 'secret'::bigint", "22P02", Code::kInvalid},
          Case{"DO $$ BEGIN RAISE EXCEPTION 'secret'; END $$", "P0001", Code::kInternal},
          Case{"SELECT 1; SELECT 2", "42601", Code::kInternal}}) {
        const auto refused = connection_->query(fault.sql, {}, soon());
        ASSERT_FALSE(refused) << fault.sql;
        EXPECT_EQ(refused.error().code, fault.code) << fault.sql << ": " << refused.error().what;
        EXPECT_EQ(connection_->last_sqlstate(), fault.sqlstate) << fault.sql;
        EXPECT_EQ(refused.error().what.find("secret"), std::string::npos) << refused.error().what;
    }
    const auto miscounted = connection_->query("SELECT $1::int", {1, 2}, soon());
    ASSERT_FALSE(miscounted);
    EXPECT_EQ(miscounted.error().code, Code::kInvalid) << miscounted.error().what;
    EXPECT_TRUE(connection_->query("SELECT 1", {}, soon())) << "none of them harmed the connection";
}

TEST_P(PostgresConnection, SaysThatALostRaceMayBeRunAgain) {
    run("INSERT INTO notes VALUES (1, 'x')");
    const auto lost = connection_->transaction(
        [&](Transaction& transaction) {
            EXPECT_TRUE(transaction.query("SELECT text FROM notes"));
            run("UPDATE notes SET text = 'theirs'");
            return transaction.query("UPDATE notes SET text = 'ours'");
        },
        soon(), "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Code::kUnavailable) << lost.error().what;
    EXPECT_EQ(connection_->last_sqlstate(), "40001");
    EXPECT_TRUE(connection_->is_usable());
}

TEST_P(PostgresConnection, RunsATransactionWhole) {
    const auto done = connection_->transaction(
        [](Transaction& transaction) -> Result<int> {
            for (const int id : {1, 2, 3})
                if (auto row = transaction.query("INSERT INTO notes VALUES ($1, 'x')", {id}); !row)
                    return row.error();
            return 3;
        },
        soon());
    ASSERT_TRUE(done) << done.error().what;
    EXPECT_EQ(count(), "3");
    EXPECT_TRUE(connection_->is_usable());
}

TEST_P(PostgresConnection, RollsBackWhenTheWorkFails) {
    const auto done = connection_->transaction(
        [](Transaction& transaction) -> Result<int> {
            (void)transaction.query("INSERT INTO notes VALUES (1, 'x')");
            return Error{Code::kState, "changed my mind"};
        },
        soon());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().what, "changed my mind");
    EXPECT_EQ(count(), "0");
    EXPECT_TRUE(connection_->is_usable());
}

TEST_P(PostgresConnection, DoesNotCommitWhatTheWorkDidNotNoticeFailing) {
    const auto done = connection_->transaction(
        [](Transaction& transaction) -> Result<int> {
            (void)transaction.query("INSERT INTO notes VALUES (1, 'x')");
            (void)transaction.query("INSERT INTO notes VALUES (1, 'y')");
            (void)transaction.query("INSERT INTO notes VALUES (2, 'z')");
            return 1;
        },
        soon());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::kConflict);
    EXPECT_EQ(count(), "0");
    EXPECT_TRUE(connection_->is_usable());
}

TEST_P(PostgresConnection, KeepsWhatFollowsBeginToTheTransaction) {
    run("CREATE ROLE lesser_" + database_ + "; GRANT SELECT ON notes TO lesser_" + database_);
    const auto done = connection_->transaction(
        [](Transaction& transaction) { return transaction.query("INSERT INTO notes VALUES (1, 'x')"); },
        soon(), "SET LOCAL ROLE lesser_" + database_);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::kConfig) << done.error().what;
    EXPECT_TRUE(connection_->query("INSERT INTO notes VALUES (1, 'x')", {}, soon()));
}

TEST_P(PostgresConnection, RunsABatchWholeOrNotAtAll) {
    const std::vector<Statement> good{{.sql = "INSERT INTO notes VALUES ($1, 'x')", .params = {1}},
                                      {.sql = "SELECT id FROM notes"}};
    const auto rows = connection_->batch(good, soon());
    ASSERT_TRUE(rows) << rows.error().what;
    ASSERT_EQ(rows->size(), 2u);
    EXPECT_EQ((*rows)[0].changed(), 1u);
    EXPECT_EQ((*rows)[1].front().integer("id"), 1);

    const std::vector<Statement> bad{{.sql = "INSERT INTO notes VALUES (2, 'x')"},
                                     {.sql = "INSERT INTO notes VALUES (1, 'again')"},
                                     {.sql = "INSERT INTO notes VALUES (3, 'x')"}};
    const auto refused = connection_->batch(bad, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_EQ(connection_->failed_statement(), 1u);
    EXPECT_EQ(count(), "1");
    EXPECT_TRUE(connection_->is_usable());
}

TEST_P(PostgresConnection, RollsABatchBackWhenAStatementFindsNoRow) {
    const std::vector<Statement> statements{
        {.sql = "INSERT INTO notes VALUES (1, 'x')"},
        {.sql = "UPDATE notes SET text = 'y' WHERE id = $1", .params = {7}, .requires_row = true}};
    const auto refused = connection_->batch(statements, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_EQ(connection_->failed_statement(), 1u);
    EXPECT_EQ(count(), "0");

    const std::vector<Statement> found{{.sql = "INSERT INTO notes VALUES (1, 'x')", .requires_row = true},
                                       {.sql = "SELECT 1 FROM notes WHERE id = 1", .requires_row = true}};
    const auto done = connection_->batch(found, soon());
    ASSERT_TRUE(done) << done.error().what;
    EXPECT_EQ(count(), "1");
}

TEST_P(PostgresConnection, LeavesNothingBehindForTheNextUserOfTheSession) {
    // A transaction pooler gives the same session to others: no statement may stay prepared.
    ASSERT_TRUE(connection_->query("SELECT $1::int", {1}, soon()));
    const auto prepared = connection_->query("SELECT count(*) FROM pg_prepared_statements", {}, soon());
    ASSERT_TRUE(prepared);
    EXPECT_EQ(prepared->front().integer(0), 0);
}

TEST_P(PostgresConnection, EndsAtItsDeadlineWhenTheServerStandsStill) {
    server_.freeze();
    const auto frozen = connection_->query("INSERT INTO notes VALUES (1, 'x')", {}, in(100ms));
    server_.resume();
    ASSERT_FALSE(frozen);
    EXPECT_EQ(frozen.error().code, Code::kDeadline) << frozen.error().what;
    EXPECT_FALSE(connection_->is_usable());
    const auto after = connection_->query("SELECT 1", {}, soon());
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().code, Code::kUnavailable);
}

TEST_P(PostgresConnection, SaysThatAnUnfinishedTransactionLeftNothing) {
    const auto frozen = connection_->transaction(
        [&](Transaction& transaction) {
            EXPECT_TRUE(transaction.query("INSERT INTO notes VALUES (1, 'x')"));
            server_.freeze();
            return transaction.query("INSERT INTO notes VALUES (2, 'x')");
        },
        in(500ms));
    server_.resume();
    ASSERT_FALSE(frozen);
    EXPECT_EQ(frozen.error().code, Code::kUnavailable) << frozen.error().what;
    EXPECT_EQ(count(), "0");
}

INSTANTIATE_TEST_SUITE_P(Ways, PostgresConnection, ::testing::Values(Way::kDirect, Way::kPooler),
                         [](const auto& way) { return way.param == Way::kDirect ? "Direct" : "Pooler"; });

class PostgresOpening : public ::testing::Test {
protected:
    test::Postgres& server_ = test::Postgres::shared();
    Result<std::unique_ptr<Connection>> open(const std::string& url, Deadline deadline = soon()) {
        return Connection::open(target_of(url), deadline);
    }
};

TEST_F(PostgresOpening, SaysWhichServerRefusedAndNotThePassword) {
    std::string url = server_.url("postgres");
    url.replace(url.find(test::Postgres::kPassword), std::string(test::Postgres::kPassword).size(), "geheim");
    const auto refused = open(url);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kConfig);
    EXPECT_NE(refused.error().what.find("password authentication failed"), std::string::npos)
        << refused.error().what;
    EXPECT_NE(refused.error().what.find("127.0.0.1"), std::string::npos);
    EXPECT_EQ(refused.error().what.find("geheim"), std::string::npos);
}

TEST_F(PostgresOpening, TellsAMissingDatabaseFromAServerThatIsAway) {
    const auto missing = open(server_.url("nowhere"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Code::kConfig) << missing.error().what;
    const std::string url = server_.url("postgres");
    server_.stop();
    const auto away = open(url);
    server_.start();
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, Code::kUnavailable) << away.error().what;
}

TEST_F(PostgresOpening, EndsAtItsDeadlineWhenTheServerStandsStill) {
    const std::string url = server_.url("postgres");
    server_.freeze();
    const auto frozen = open(url, in(100ms));
    server_.resume();
    ASSERT_FALSE(frozen);
    EXPECT_EQ(frozen.error().code, Code::kUnavailable) << frozen.error().what;
}

TEST(PostgresTls, BelievesOnlyTheAuthorityAndTheNameThatItWasTold) {
    const test::Postgres server({.port = 0, .tls = true, .settings = {}});
    std::string by_address = server.url("postgres") + "?sslmode=verify-full";
    std::string by_name = by_address + "&hostaddr=127.0.0.1";
    by_name.replace(by_name.find("127.0.0.1"), std::string("127.0.0.1").size(), "localhost");
    const std::string trusted = "&sslrootcert=" + server.root_certificate();

    const auto good = Connection::open(target_of(by_name + trusted), soon());
    ASSERT_TRUE(good) << good.error().what;
    const auto encrypted =
        (*good)->query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", {}, soon());
    ASSERT_TRUE(encrypted);
    EXPECT_TRUE(encrypted->front().boolean(0));

    for (const std::string& refused : {by_name, by_address + trusted}) {
        const auto opened = Connection::open(target_of(refused), soon());
        ASSERT_FALSE(opened) << refused;
        EXPECT_EQ(opened.error().code, Code::kConfig) << opened.error().what;
        EXPECT_NE(opened.error().what.find("certificate"), std::string::npos) << opened.error().what;
    }
}

TEST_F(PostgresOpening, StaysBrokenOnceTheServerThrewItOut) {
    const auto connection = open(server_.url("postgres"));
    ASSERT_TRUE(connection) << connection.error().what;
    const auto thrown = (*connection)->query("SELECT pg_terminate_backend(pg_backend_pid())", {}, soon());
    ASSERT_FALSE(thrown);
    EXPECT_EQ(thrown.error().code, Code::kDeadline) << "libpqxx does not tell the server's reason";
    EXPECT_EQ(thrown.error().what, "the connection was lost; it may have been committed");
    EXPECT_FALSE((*connection)->is_usable());
    const auto after = (*connection)->query("SELECT 1", {}, soon());
    ASSERT_FALSE(after) << "libpqxx has connected anew";
    EXPECT_EQ(after.error().code, Code::kUnavailable);
}

TEST_F(PostgresOpening, NamesItselfToTheServer) {
    const auto connection = open(server_.url("postgres"));
    ASSERT_TRUE(connection) << connection.error().what;
    const auto name = (*connection)->query("SELECT current_setting('application_name')", {}, soon());
    ASSERT_TRUE(name);
    EXPECT_EQ(name->front().text(0), "migue");
}

}  // namespace
}  // namespace migue::host::postgres
