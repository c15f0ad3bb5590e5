#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "host/store/postgres/connection.hpp"
#include "host/store/postgres/pool.hpp"
#include "tests/standins/postgres/postgres.hpp"

namespace migue::host::postgres::test {

using migue::standins::Postgres;

inline Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}
/// Generous: only a hang reaches it.
inline Deadline soon() {
    return in(std::chrono::seconds(30));
}

inline Target target_of(const std::string& url) {
    auto target = parse_url(url);
    EXPECT_TRUE(target) << target.error().what;
    return std::move(target).value();
}

}  // namespace migue::host::postgres::test
