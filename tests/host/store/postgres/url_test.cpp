#include <gtest/gtest.h>

#include "host/store/postgres/target.hpp"

namespace migue::host::postgres {
namespace {

std::string value_of(const Target& target, const std::string& keyword) {
    for (const auto& [name, value] : target.keywords)
        if (name == keyword) return value;
    return "(none)";
}

TEST(PostgresUrl, HonoursTheKeywordsOfLibpq) {
    const auto target = parse_url(
        "postgresql://migue:p%40ss@db.example.org:6543/postgres?sslmode=verify-full&sslrootcert=/etc/ca.pem");
    ASSERT_TRUE(target) << target.error().what;
    EXPECT_EQ(value_of(*target, "host"), "db.example.org");
    EXPECT_EQ(value_of(*target, "port"), "6543");
    EXPECT_EQ(value_of(*target, "password"), "p@ss");
    EXPECT_EQ(value_of(*target, "sslmode"), "verify-full");
    EXPECT_EQ(value_of(*target, "sslrootcert"), "/etc/ca.pem");
    EXPECT_EQ(value_of(*target, "fallback_application_name"), "migue");
    EXPECT_EQ(target->shown, "db.example.org:6543/postgres");
    EXPECT_EQ(target->pool_size, 8u);
}

TEST(PostgresUrl, TakesWhatIsOursOutOfTheQuery) {
    const auto target = parse_url("postgres://localhost/db?pool_size=3&sslmode=require&connect_timeout=2");
    ASSERT_TRUE(target) << target.error().what;
    EXPECT_EQ(target->pool_size, 3u);
    EXPECT_EQ(target->connect_limit, std::chrono::seconds(2));
    EXPECT_EQ(value_of(*target, "sslmode"), "require");
    EXPECT_EQ(value_of(*target, "connect_timeout"), "(none)");
    EXPECT_TRUE(parse_url("postgres://localhost/db?pool_size=64"));
}

struct Refused {
    std::string url, says;
};
class PostgresUrlRefused : public ::testing::TestWithParam<Refused> {};

TEST_P(PostgresUrlRefused, SaysWhatIsWrongAndNotThePassword) {
    const auto target = parse_url(GetParam().url);
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, Error::Code::kConfig);
    EXPECT_NE(target.error().what.find(GetParam().says), std::string::npos) << target.error().what;
    EXPECT_EQ(target.error().what.find("geheim"), std::string::npos) << target.error().what;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, PostgresUrlRefused,
    ::testing::Values(
        Refused{"mysql://u:geheim@h/d", "not a Postgres URL"},
        Refused{"postgres://u:geheim@h/d?pool_size=0", "pool_size: expected a number from 1 to 64"},
        Refused{"postgres://u:geheim@h/d?pool_size=many", "pool_size: expected"},
        Refused{"postgres://u:geheim@h/d?pool_size=65", "pool_size: expected"},
        Refused{"postgres://u:geheim@h/d?connect_timeout=0", "connect_timeout: expected seconds"},
        Refused{"postgres://u:geheim@h/d?sslmod=verify-full", "\"sslmod\" is no parameter"},
        Refused{"postgres://u:pa%ZZgeheim@h/d", "malformed"},
        Refused{"postgres://u:1/geheim@h/d", "malformed"},
        Refused{"postgres://u:geheim/x@h/d", "malformed"}));

}  // namespace
}  // namespace migue::host::postgres
