#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host::postgres {

/// Where a Postgres is and how to reach it: `store.url`, taken apart.
struct Target {
    /// libpq's keywords with their values, the password among them: never to be shown.
    std::vector<std::pair<std::string, std::string>> keywords;
    std::size_t pool_size = 8;
    /// Of one attempt to connect.
    std::chrono::milliseconds connect_limit{5000};
    /// "host:port/database": for messages, holds no user and no password.
    std::string shown;
};

/// True for "postgres://…" and "postgresql://…".
[[nodiscard]] bool is_postgres_url(const std::string& url);

/// Reads a URL with every keyword of libpq 15 (sslmode, sslrootcert, connect_timeout …) and
/// `pool_size`, which is ours. What libpq reads from the environment and from ~/.pgpass holds
/// here too. kConfig: what is wrong with it, without repeating anything that may be secret.
[[nodiscard]] Result<Target> parse_url(const std::string& url);

}  // namespace migue::host::postgres
