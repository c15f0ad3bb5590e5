#include "host/store/postgres/failure.hpp"

#include <gtest/gtest.h>

#include "host/store/postgres/retry.hpp"

namespace migue::host::postgres {
namespace {

using namespace std::chrono_literals;
using Code = Error::Code;

struct Case {
    std::string_view sqlstate, text;
    bool is_lost;
    Stage stage;
    Code code;
};
class PostgresFailure : public ::testing::TestWithParam<Case> {};

TEST_P(PostgresFailure, SaysWhetherItHappened) {
    const Case& given = GetParam();
    const Error error =
        failure({.sqlstate = given.sqlstate, .text = given.text, .is_lost = given.is_lost}, given.stage);
    EXPECT_EQ(error.code, given.code) << error.what;
}

INSTANTIATE_TEST_SUITE_P(
    States, PostgresFailure,
    ::testing::Values(Case{"40001", "could not serialize", false, Stage::kCommitting, Code::kUnavailable},
                      Case{"40P01", "deadlock detected", false, Stage::kInside, Code::kUnavailable},
                      Case{"53300", "too many connections", true, Stage::kCommitting, Code::kUnavailable},
                      Case{"57P01", "terminating connection", true, Stage::kCommitting, Code::kUnavailable},
                      Case{"57P02", "terminating connection", true, Stage::kCommitting, Code::kDeadline},
                      Case{"57P02", "terminating connection", true, Stage::kInside, Code::kUnavailable},
                      Case{"08P01", "server conn crashed?", true, Stage::kCommitting, Code::kDeadline},
                      Case{"08P01", "query_wait_timeout", true, Stage::kCommitting, Code::kUnavailable},
                      Case{"", "server closed the connection", true, Stage::kCommitting, Code::kDeadline},
                      Case{"", "server closed the connection", true, Stage::kInside, Code::kUnavailable},
                      Case{"23505", "duplicate key value", false, Stage::kCommitting, Code::kConflict},
                      Case{"42501", "permission denied", false, Stage::kCommitting, Code::kConfig},
                      Case{"22P02", "invalid input syntax", false, Stage::kCommitting, Code::kInvalid},
                      Case{"42601", "syntax error", false, Stage::kCommitting, Code::kInternal},
                      Case{"", "FATAL:  password authentication failed for user \"m\"", true,
                           Stage::kConnecting, Code::kConfig},
                      Case{"", "Connection refused", true, Stage::kConnecting, Code::kUnavailable}));

TEST(PostgresFailureText, KeepsOnlyWhatHoldsNoValues) {
    const Error kept =
        failure({.sqlstate = "23505",
                 .text = "ERROR:  duplicate key value violates unique constraint \"inbox_pkey\"\n"},
                Stage::kCommitting);
    EXPECT_EQ(kept.what, "duplicate key value violates unique constraint \"inbox_pkey\" (SQLSTATE 23505)");
    const Error dropped =
        failure({.sqlstate = "22P02", .text = "invalid input syntax for type bigint: \"meet Ana\""},
                Stage::kCommitting);
    EXPECT_EQ(dropped.what, "(SQLSTATE 22P02)");
}

TEST(PostgresRetry, TriesAgainOnlyWhatDidNotHappen) {
    for (const auto& [code, calls] :
         {std::pair{Code::kUnavailable, 3}, std::pair{Code::kConflict, 1}, std::pair{Code::kDeadline, 1}}) {
        int called = 0;
        const Result<int> result = retry(std::chrono::steady_clock::now() + 10s, {.first = 1ms},
                                         [&, wanted = code]() -> Result<int> {
                                             if (++called == 3) return 7;
                                             return Error{wanted, "no"};
                                         });
        EXPECT_EQ(called, calls);
        EXPECT_EQ(static_cast<bool>(result), calls == 3);
    }
}

TEST(PostgresRetry, EndsBeforeTheDeadline) {
    int called = 0;
    const Result<int> result =
        retry(std::chrono::steady_clock::now() + 1ms, {.first = 1h, .most = 1h}, [&]() -> Result<int> {
            ++called;
            return Error{Code::kUnavailable, "away"};
        });
    EXPECT_FALSE(result);
    EXPECT_EQ(called, 1);
}

TEST(PostgresBackoff, DoublesUpToItsLimitAndSpreads) {
    Backoff backoff({.first = 10ms, .most = 40ms});
    for (const auto whole : {10ms, 20ms, 40ms, 40ms}) {
        const auto wait = backoff.next();
        EXPECT_GE(wait, whole / 2);
        EXPECT_LE(wait, whole);
    }
}

}  // namespace
}  // namespace migue::host::postgres
