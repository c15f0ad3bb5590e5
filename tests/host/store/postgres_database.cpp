#include "tests/host/store/postgres_database.hpp"

#include <chrono>
#include <stdexcept>

namespace migue::host::test {

namespace {

/// Says what failed: a test without a database cannot go on.
template <typename T>
T need(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    return std::move(result).value();
}

}  // namespace

PostgresDatabase::PostgresDatabase(standins::Postgres& server)
    : server_(server), name_(server.fresh_database()) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto target = need(postgres::parse_url(server_.url(name_)));
    const auto connection = need(postgres::Connection::open(target, deadline));
    need(postgres::migrate(*connection, postgres::host_migrations(), deadline));
    server_.login(kLogin);
    server_.run(std::string("DO $$ BEGIN IF NOT pg_has_role('") + kLogin +
                "', 'migue_host', 'MEMBER') THEN GRANT migue_host TO " + kLogin + "; END IF; END $$");
}

}  // namespace migue::host::test
