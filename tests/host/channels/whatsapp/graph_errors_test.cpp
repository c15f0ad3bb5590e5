#include "host/channels/whatsapp/graph_errors.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using Kind = SendOutcome::Kind;

HttpClientResponse error_response(int status, int code, int subcode = 0) {
    json error = {{"message", "(#1) Ana wrote hola"},
                  {"code", code},
                  {"fbtrace_id", "Abc_1"},
                  {"error_data", {{"details", "hola"}}}};
    if (subcode != 0) error["error_subcode"] = subcode;
    return {status, {}, json{{"error", error}}.dump()};
}

struct CodeCase {
    int code;
    Kind kind;
    std::chrono::milliseconds retry, pause;
    bool alarm;
};
class GraphCode : public ::testing::TestWithParam<CodeCase> {};

TEST_P(GraphCode, DecidesWhateverTheStatusSays) {
    for (const int status : {400, 403, 429, 500}) {
        const Verdict verdict = judge(error_response(status, GetParam().code), 0);
        EXPECT_EQ(verdict.outcome.kind, GetParam().kind);
        EXPECT_EQ(verdict.outcome.retry_after_ms, GetParam().retry.count());
        EXPECT_EQ(verdict.pause, GetParam().pause);
        EXPECT_EQ(verdict.alarm, GetParam().alarm);
        EXPECT_EQ(verdict.code, GetParam().code);
        EXPECT_NE(verdict.outcome.why.find(std::to_string(GetParam().code)), std::string::npos)
            << verdict.outcome.why;
        EXPECT_EQ(verdict.outcome.why.find("hola"), std::string::npos) << "Graph's words may quote a person";
    }
}

constexpr CodeCase later(int code, std::chrono::milliseconds time, bool alarm) {
    return {code, Kind::kRetry, time, time, alarm};
}
constexpr CodeCase never(int code, bool alarm = false) {
    return {code, Kind::kRefused, 0ms, 0ms, alarm};
}
constexpr CodeCase their_fault(int code) {
    return {code, Kind::kRetry, 0ms, 0ms, false};
}

INSTANTIATE_TEST_SUITE_P(TheirFault, GraphCode,
                         ::testing::Values(their_fault(1), their_fault(2), their_fault(131000),
                                           their_fault(131016), their_fault(133004)));
INSTANTIATE_TEST_SUITE_P(TokenAndNumber, GraphCode,
                         ::testing::Values(later(0, 60s, true), later(190, 60s, true), later(3, 60s, true),
                                           later(10, 60s, true), later(200, 60s, true), later(299, 60s, true),
                                           later(131005, 60s, true), later(131042, 10min, true),
                                           later(133010, 5min, true), later(33, 5min, true),
                                           later(131048, 2h, true), later(131064, 2h, true)));
INSTANTIATE_TEST_SUITE_P(Rates, GraphCode,
                         ::testing::Values(later(4, 60s, false), later(80007, 60s, false),
                                           later(131057, 60s, false), later(130429, 1s, false),
                                           CodeCase{131056, Kind::kRetry, 1s, 0ms, false}));
INSTANTIATE_TEST_SUITE_P(Account, GraphCode,
                         ::testing::Values(CodeCase{368, Kind::kRefused, 0ms, 1h, true},
                                           CodeCase{130497, Kind::kRefused, 0ms, 1h, true},
                                           CodeCase{131031, Kind::kRefused, 0ms, 1h, true}));
INSTANTIATE_TEST_SUITE_P(OurFault, GraphCode,
                         ::testing::Values(never(100, true), never(131008, true), never(131009, true),
                                           never(135000, true), never(132000, true), never(132001, true),
                                           never(132005, true), never(132007, true), never(132012, true),
                                           never(132015, true), never(132016, true), never(132068, true),
                                           never(132069, true)));
INSTANTIATE_TEST_SUITE_P(Recipient, GraphCode,
                         ::testing::Values(never(131047), never(131026), never(131030), never(131021),
                                           never(131049), never(131050), never(130472), never(130403),
                                           never(131051), never(131052), never(131053), never(131062)));

TEST(GraphErrors, TheTableIsSortedAndWithoutOverlaps) {
    const auto rules = graph_error_rules();
    for (std::size_t i = 0; i < rules.size(); ++i) {
        EXPECT_LE(rules[i].first_code, rules[i].last_code);
        if (i > 0) {
            EXPECT_GT(rules[i].first_code, rules[i - 1].last_code);
        }
        EXPECT_FALSE(rules[i].meaning.empty());
    }
}

TEST(GraphErrors, Subcode33MeansTheNumberIsGone) {
    const Verdict verdict = judge(error_response(400, 100, 33), 0);
    EXPECT_EQ(verdict.outcome.kind, Kind::kRetry);
    EXPECT_EQ(verdict.pause, 5min);
    EXPECT_TRUE(verdict.alarm);
}

TEST(GraphErrors, TooManyToOnePersonWaitsInPowersOfFour) {
    const std::int64_t expected[] = {1000, 4000, 16000, 64000, 64000};
    for (std::uint32_t attempt = 0; attempt < 5; ++attempt)
        EXPECT_EQ(judge(error_response(400, 131056), attempt).outcome.retry_after_ms, expected[attempt]);
    EXPECT_EQ(judge(error_response(400, 131056), 4000000000u).outcome.retry_after_ms, 64000);
}

TEST(GraphErrors, TooFastWaitsTwiceAsLongEachTimeUpToAMinute) {
    EXPECT_EQ(judge(error_response(429, 130429), 3).pause, 8s);
    EXPECT_EQ(judge(error_response(429, 130429), 100).pause, 60s);
}

TEST(GraphErrors, RetryAfterIsHonouredWithinReason) {
    const auto asked = [](const std::string& value) {
        HttpClientResponse response = error_response(429, 4);
        response.headers = {{"retry-after", value}};
        return judge(response, 0).pause;
    };
    EXPECT_EQ(asked("7"), 7s);
    EXPECT_EQ(asked("999999"), 1h);
    for (const char* odd : {"", "soon", "-1", "0", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT"})
        EXPECT_EQ(asked(odd), 60s) << odd;
}

TEST(GraphErrors, AnAccountsOwnTimeIsHonouredWhereNoRetryAfterIs) {
    HttpClientResponse response = error_response(429, 80007);
    response.headers = {
        {"x-business-use-case-usage",
         R"({"102290129340398":[{"type":"messages","estimated_time_to_regain_access":7},5]})"}};
    EXPECT_EQ(judge(response, 0).pause, 7min);
    response.headers.front().second = "{}";
    EXPECT_EQ(judge(response, 0).pause, 60s);
}

TEST(GraphErrors, KnowsWhatIsAboutTheToken) {
    for (const int code : {0, 3, 10, 190, 200, 299, 131005})
        EXPECT_TRUE(judge(error_response(400, code), 0).is_access) << code;
    EXPECT_TRUE(judge({401, {}, ""}, 0).is_access);
    for (const int code : {4, 368, 130429, 131048, 131047})
        EXPECT_FALSE(judge(error_response(400, code), 0).is_access) << code;
}

TEST(GraphErrors, AStatusThatSaysFailedIsJudgedByTheSameTable) {
    EXPECT_EQ(judge_failed(131026, 1).outcome.kind, Kind::kRefused);
    EXPECT_EQ(judge_failed(131056, 1).outcome.retry_after_ms, 4000);
    EXPECT_EQ(judge_failed(131000, 1).outcome.kind, Kind::kRetry);
    EXPECT_EQ(judge_failed(987654, 1).outcome.kind, Kind::kRefused);
}

TEST(GraphErrors, AFaultOfTheirsIsTriedAFewTimesOnly) {
    EXPECT_EQ(judge(error_response(500, 131000), 6).outcome.kind, Kind::kRetry);
    EXPECT_EQ(judge(error_response(500, 131000), 7).outcome.kind, Kind::kRefused);
}

struct StatusCase {
    int status;
    std::string body;
    Kind kind;
};
class GraphStatus : public ::testing::TestWithParam<StatusCase> {};
TEST_P(GraphStatus, DecidesWhereNoCodeIsToBeRead) {
    EXPECT_EQ(judge({GetParam().status, {}, GetParam().body}, 0).outcome.kind, GetParam().kind);
}
INSTANTIATE_TEST_SUITE_P(
    Edges, GraphStatus,
    ::testing::Values(
        StatusCase{500, "", Kind::kRetry}, StatusCase{502, "<html>", Kind::kRetry},
        StatusCase{503, "{}", Kind::kRetry}, StatusCase{500, R"({"error":{"code":987654}})", Kind::kRetry},
        StatusCase{400, R"({"error":{"code":987654}})", Kind::kRefused},
        StatusCase{404, "<html>", Kind::kRefused}, StatusCase{401, "", Kind::kRetry},
        StatusCase{429, "", Kind::kRetry}, StatusCase{408, "", Kind::kRetry},
        StatusCase{302, "", Kind::kRetry}, StatusCase{400, R"({"error":{"code":"190"}})", Kind::kRefused},
        StatusCase{400, R"({"error":5})", Kind::kRefused}, StatusCase{200, "<html>", Kind::kSent},
        StatusCase{200, "", Kind::kSent}, StatusCase{200, R"({"messages":[]})", Kind::kSent},
        StatusCase{200, R"({"messages":[{"id":5}]})", Kind::kSent}));

TEST(GraphErrors, TheIdOfWhatWasSentIsKept) {
    EXPECT_EQ(judge({200, {}, R"({"messages":[{"id":"wamid.9"}]})"}, 0).outcome.channel_message_id,
              "wamid.9");
    EXPECT_EQ(judge({200, {}, "<html>"}, 0).outcome.channel_message_id, "");
}

TEST(GraphErrors, AFailedCallSaysWhetherItMayHaveArrived) {
    EXPECT_EQ(judge(Error{Error::Code::kUnavailable, "refused"}, 0).outcome.kind, Kind::kRetry);
    EXPECT_EQ(judge(Error{Error::Code::kUnavailable, "refused"}, 7).outcome.kind, Kind::kRefused);
    EXPECT_EQ(judge(Error{Error::Code::kDeadline, "late"}, 0).outcome.kind, Kind::kUncertain);
    EXPECT_EQ(judge(Error{Error::Code::kInternal, "broken off"}, 0).outcome.kind, Kind::kUncertain);
    EXPECT_EQ(judge(Error{Error::Code::kCancelled, "stopped"}, 0).outcome.kind, Kind::kUncertain);
    EXPECT_EQ(judge(Error{Error::Code::kInvalid, "no URL"}, 0).outcome.kind, Kind::kRefused);
}

}  // namespace
}  // namespace migue::host::whatsapp
