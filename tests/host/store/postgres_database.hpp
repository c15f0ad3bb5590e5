#pragma once
#include <string>

#include "host/store/postgres/connection.hpp"
#include "host/store/postgres/migrate.hpp"
#include "host/store/postgres/target.hpp"
#include "tests/standins/postgres/postgres.hpp"

namespace migue::host::test {

/// A database of its own with the host's tables, set up by the superuser and used by a login
/// that has the role migue_host and nothing else.
class PostgresDatabase {
public:
    explicit PostgresDatabase(standins::Postgres& server = standins::Postgres::shared());

    [[nodiscard]] std::string url() const { return server_.url(name_, kLogin); }
    [[nodiscard]] std::string pooler_url() { return server_.pooler_url(name_, kLogin); }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] standins::Postgres& server() { return server_; }
    /// As the superuser; the first column of the last statement.
    std::vector<std::string> run(const std::string& sql) { return server_.run(sql, name_); }

private:
    static constexpr const char* kLogin = "store_login";
    standins::Postgres& server_;
    const std::string name_;
};

}  // namespace migue::host::test
