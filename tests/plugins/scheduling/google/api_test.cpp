#include <gtest/gtest.h>

#include "accounts/link_attempts.hpp"
#include "accounts/web_text.hpp"
#include "calendar/google/api_errors.hpp"
#include "calendar/google/call_budget.hpp"
#include "calendar/google/event_json.hpp"

namespace scheduling {
namespace {

using nlohmann::json;

struct Judged {
    int status;
    const char* reason;
    Verdict verdict;
};
class Judge : public ::testing::TestWithParam<Judged> {};
TEST_P(Judge, DecidesByStatusAndReason) {
    const json body{
        {"error", {{"code", GetParam().status}, {"errors", json::array({{{"reason", GetParam().reason}}})}}}};
    EXPECT_EQ(judge(GetParam().status, body.dump()).verdict, GetParam().verdict) << GetParam().reason;
}
INSTANTIATE_TEST_SUITE_P(
    Answers, Judge,
    ::testing::Values(
        Judged{200, "", Verdict::kFine}, Judged{400, "invalid", Verdict::kBad},
        Judged{401, "authError", Verdict::kRefresh}, Judged{403, "rateLimitExceeded", Verdict::kRetry},
        Judged{403, "userRateLimitExceeded", Verdict::kRetry}, Judged{403, "quotaExceeded", Verdict::kLater},
        Judged{403, "dailyLimitExceeded", Verdict::kLater},
        Judged{403, "insufficientPermissions", Verdict::kScope},
        Judged{403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Verdict::kScope},
        Judged{403, "forbiddenForNonOrganizer", Verdict::kNotYours},
        Judged{403, "requiredAccessLevel", Verdict::kNotYours},
        Judged{403, "accessNotConfigured", Verdict::kOperator}, Judged{403, "", Verdict::kRetry},
        Judged{404, "notFound", Verdict::kMissing}, Judged{409, "duplicate", Verdict::kDuplicate},
        Judged{410, "deleted", Verdict::kDeleted}, Judged{412, "conditionNotMet", Verdict::kChanged},
        Judged{429, "rateLimitExceeded", Verdict::kRetry}, Judged{500, "backendError", Verdict::kUnclear},
        Judged{504, "", Verdict::kUnclear}));

TEST(Judge, ReadsNoMeaningIntoForeignBodies) {
    for (const char* body : {"", "<html>", "[]", "{\"error\":\"x\"}", "{\"error\":{\"errors\":[7]}}"}) {
        EXPECT_EQ(judge(502, body).verdict, Verdict::kUnclear) << body;
        EXPECT_EQ(judge(403, body).verdict, Verdict::kRetry) << body;
    }
}

TEST(EventJson, KeepsTheWallClockOverAClockChange) {
    Event event;
    event.id = "abc";
    event.zone = "America/New_York";
    event.start_ms = 1'793'512'800'000;  // Sunday 1 November 2026, the clock goes back in the night
    event.end_ms = event.start_ms + 3'600'000;
    const json body = to_google(event, "abc");
    EXPECT_EQ(body.at("start").at("dateTime"), write_rfc3339(event.start_ms, "America/New_York"));
    json item = body;
    item["status"] = "confirmed";
    const Event back = from_google(item, "UTC");
    EXPECT_EQ(back.start_ms, event.start_ms);
    EXPECT_EQ(back.end_ms, event.end_ms);
    EXPECT_EQ(back.zone, "America/New_York");
}

TEST(EventJson, ChangesOnlyWhatDiffersAndKeepsGuestsAsTheyAre) {
    const json stored = json::parse(R"({"id":"abc","summary":"Cita","location":"Oficina","status":"confirmed",
        "start":{"dateTime":"2026-11-24T15:00:00-05:00","timeZone":"America/Bogota"},
        "end":{"dateTime":"2026-11-24T15:30:00-05:00","timeZone":"America/Bogota"},
        "attendees":[{"email":"Ana@x.co","responseStatus":"accepted"},{"email":"yo@x.co","self":true}]})");
    Event wanted = from_google(stored, "America/Bogota");
    EXPECT_TRUE(difference(stored, wanted, "America/Bogota").empty());
    wanted.guests = {"ana@x.co", "luis@x.co"};
    wanted.start_ms += 3'600'000;
    wanted.end_ms += 3'600'000;
    const json change = difference(stored, wanted, "America/Bogota");
    EXPECT_EQ(change.at("start").at("dateTime"), "2026-11-24T16:00:00-05:00");
    EXPECT_TRUE(change.contains("end"));
    EXPECT_FALSE(change.contains("summary"));
    ASSERT_EQ(change.at("attendees").size(), 3u);
    EXPECT_EQ(change.at("attendees").at(0).at("responseStatus"), "accepted");
}

TEST(EventJson, SurvivesItemsWithoutTheirFields) {
    for (const char* text :
         {"{}", R"({"start":7,"end":null,"attendees":{}})", R"({"start":{"dateTime":"x"},"attendees":[7]})",
          R"({"start":{"date":"2026-02-31"}})"})
        EXPECT_EQ(from_google(json::parse(text), "UTC").start_ms, 0) << text;
}

TEST(CodeInText, IsSeenInEveryWayOfTypingIt) {
    EXPECT_EQ(code_in("k7qm 2xrd"), "K7QM-2XRD");
    EXPECT_EQ(code_in(" K7QM-2XRD\n"), "K7QM-2XRD");
    for (const char* text : {"", "K7QM", "K7QM-2XRD-9", "mañana", "K7QM-2XRA", "agenda a las 3"})
        EXPECT_FALSE(code_in(text)) << text;
}

TEST(WebText, WritesWhatAddressesAndPagesNeed) {
    EXPECT_EQ(write_form({{"a", "x y&z"}, {"b", "é"}}), "a=x%20y%26z&b=%C3%A9");
    EXPECT_EQ(base64url(std::string("\xfb\xff\x00", 3)), "-_8A");
    EXPECT_EQ(base64url("a"), "YQ");
    EXPECT_EQ(escape_html("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    EXPECT_EQ(cookie_of("a=1; __Host-migue_link=xyz; b=2", "__Host-migue_link"), "xyz");
    EXPECT_EQ(cookie_of("a=1", "b"), "");
}

TEST(CallBudget, LetsASecondsWorthGoAtOnceThenSpreads) {
    CallBudget budget(5, 1000);
    constexpr std::uint64_t kNow = 1'000'000'000'000;
    for (int i = 0; i < 5; ++i) EXPECT_EQ(budget.take("a", kNow), 0u) << i;
    EXPECT_EQ(budget.take("a", kNow), 200'000'000u);
    EXPECT_EQ(budget.take("b", kNow), 0u);
    EXPECT_EQ(budget.take("a", kNow + 2'000'000'000), 0u);
}

}  // namespace
}  // namespace scheduling
