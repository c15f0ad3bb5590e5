#include "tests/standins/google/google.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/standins/google/discovery.hpp"

namespace migue::standins {
namespace {

using nlohmann::json;

constexpr const char* kVerifier = "0123456789012345678901234567890123456789012";
// base64url(sha256(kVerifier))
constexpr const char* kState = "sssssssssssssssssssssssssssssssssssssssssss";
constexpr const char* kOwned = "https://www.googleapis.com/auth/calendar.events.owned";

/// A client with an account that has consented.
class Client {
public:
    explicit Client(GoogleOptions options = {}) : google(with_clock(std::move(options))) {
        google.add_account({"maria@example.org", "sub-1"});
    }

    GoogleOptions with_clock(GoogleOptions options) {
        options.now_unix_ms = [this] { return now; };
        return options;
    }

    static std::string auth_url(const std::string& challenge) {
        return "https://accounts.google.com/o/oauth2/v2/auth?client_id=client-1.apps.googleusercontent.com"
               "&redirect_uri=" +
               percent_encode("https://bot.example.org/p/scheduling/callback") +
               "&response_type=code&access_type=offline&prompt=consent&state=" + kState +
               "&code_challenge_method=S256&code_challenge=" + challenge +
               "&scope=" + percent_encode(std::string("openid email ") + kOwned);
    }
    GoogleResponse post(const std::string& target, const std::string& form) {
        return google.handle({"POST", target, {{"content-type", "application/x-www-form-urlencoded"}}, form});
    }
    GoogleResponse token(const std::string& form) {
        return post("/token",
                    "client_id=client-1.apps.googleusercontent.com&client_secret=client_secret_1&" + form);
    }
    GoogleResponse exchange(const std::string& ticked = "all", const std::string& verifier = kVerifier) {
        const std::string to = google.consent(auth_url("_RpfHqw8pAZIomzVUE7sjRmHSM543WVdC4o-Kc4_3C0"),
                                              "maria@example.org", ticked);
        const Fields query = read_fields(to.substr(to.find('?') + 1));
        return token("grant_type=authorization_code&code=" + percent_encode(field(query, "code")) +
                     "&code_verifier=" + verifier +
                     "&redirect_uri=" + percent_encode("https://bot.example.org/p/scheduling/callback"));
    }
    void link() {
        const json answer = json::parse(exchange().body);
        access = answer.value("access_token", "");
        refresh = answer.value("refresh_token", "");
    }
    GoogleResponse call(const std::string& method, const std::string& target, const json& body = json(),
                        const std::string& etag = "") {
        GoogleRequest request{method, "/calendar/v3/" + target, {{"authorization", "Bearer " + access}}, {}};
        if (!body.is_null()) {
            request.body = body.dump();
            request.headers.emplace_back("content-type", "application/json");
        }
        if (!etag.empty()) request.headers.emplace_back("if-match", etag);
        return google.handle(request);
    }
    GoogleResponse insert(json event) {
        return call("POST", "calendars/primary/events?sendUpdates=all", std::move(event));
    }
    static json event(const std::string& id = "abcde") {
        return {{"id", id},
                {"summary", "Cita"},
                {"start", {{"dateTime", "2026-11-24T15:00:00-05:00"}, {"timeZone", "America/Bogota"}}},
                {"end", {{"dateTime", "2026-11-24T15:30:00-05:00"}, {"timeZone", "America/Bogota"}}}};
    }
    static std::string reason(const GoogleResponse& answer) {
        return json::parse(answer.body).value("/error/errors/0/reason"_json_pointer, "");
    }

    std::int64_t now = 1'795'446'300'000;
    Google google;
    std::string access, refresh;
};

TEST(GoogleStandin, GivesTokensForACodeOnceAndOnlyWithItsVerifier) {
    Client client;
    EXPECT_EQ(json::parse(client.exchange("all", std::string(43, 'x')).body).at("error"), "invalid_grant");
    client.link();
    EXPECT_FALSE(client.access.empty());
    EXPECT_FALSE(client.refresh.empty());
}

TEST(GoogleStandin, GrantsOnlyWhatWasTicked) {
    Client client;
    const json answer = json::parse(client.exchange("none").body);
    EXPECT_EQ(answer.at("scope"), "openid https://www.googleapis.com/auth/userinfo.email");
    EXPECT_TRUE(client.google.consent(Client::auth_url(std::string(43, 'a')), "maria@example.org", "cancel")
                    .find("access_denied") != std::string::npos);
}

TEST(GoogleStandin, TokensRunOutAndDie) {
    Client client({.testing = true});
    client.link();
    EXPECT_EQ(client.call("GET", "calendars/primary/events?maxResults=1").status, 200);
    client.now += 3600 * 1000;
    EXPECT_EQ(client.call("GET", "calendars/primary/events?maxResults=1").status, 401);
    EXPECT_EQ(client.token("grant_type=refresh_token&refresh_token=" + percent_encode(client.refresh)).status,
              200);
    client.now += 7LL * 24 * 3600 * 1000;
    EXPECT_EQ(client.token("grant_type=refresh_token&refresh_token=" + percent_encode(client.refresh)).status,
              400);
}

TEST(GoogleStandin, RevokingEndsEveryGrantOfTheAccount) {
    Client client;
    client.link();
    const std::string first = client.refresh;
    client.link();
    EXPECT_EQ(client.google.live_refresh_tokens("maria@example.org"), 2u);
    EXPECT_EQ(client.post("/revoke", "token=" + percent_encode(first)).status, 200);
    EXPECT_EQ(client.google.live_refresh_tokens("maria@example.org"), 0u);
    EXPECT_EQ(client.post("/revoke", "token=" + percent_encode(first)).status, 400);
}

TEST(GoogleStandin, KeepsEventsAndSeesWhenTheyChange) {
    Client client;
    client.link();
    const GoogleResponse made = client.insert(Client::event());
    ASSERT_EQ(made.status, 200) << made.body;
    const std::string etag = json::parse(made.body).at("etag");
    EXPECT_EQ(client.insert(Client::event()).status, 409);
    const std::string path = "calendars/primary/events/abcde?sendUpdates=all";
    EXPECT_EQ(client.call("PATCH", path, {{"summary", "Otra"}}, etag).status, 200);
    EXPECT_EQ(client.call("PATCH", path, {{"summary", "Tercera"}}, etag).status, 412);
    EXPECT_EQ(client.call("DELETE", path).status, 204);
    EXPECT_EQ(client.call("DELETE", path).status, 410);
    EXPECT_EQ(json::parse(client.call("GET", "calendars/primary/events/abcde").body).at("status"),
              "cancelled");
    EXPECT_EQ(client.insert(Client::event()).status, 409);  // a deleted id stays taken
    EXPECT_EQ(client.call("GET", "calendars/primary/events/fffff").status, 404);
}

struct Refused {
    const char* why;
    json change;
};
class GoogleRefuses : public ::testing::TestWithParam<Refused> {};
TEST_P(GoogleRefuses, WhatTheDocumentDoesNotAllow) {
    Client client;
    client.link();
    json event = Client::event();
    event.merge_patch(GetParam().change);
    EXPECT_EQ(client.insert(event).status, 400) << GetParam().why;
    EXPECT_EQ(client.google.breaches().size(), 1u);
}
INSTANTIATE_TEST_SUITE_P(
    Fields, GoogleRefuses,
    ::testing::Values(
        Refused{"unknown field", {{"tittle", "x"}}}, Refused{"wrong type", {{"summary", 7}}},
        Refused{"bad id", {{"id", "XYZ"}}}, Refused{"zone", {{"start", {{"timeZone", "Bogota Time"}}}}},
        Refused{"mixed", {{"end", {{"dateTime", nullptr}, {"date", "2026-11-25"}}}}},
        Refused{"guest without mail", {{"attendees", json::array({{{"displayName", "Ana"}}})}}},
        Refused{"ends before it starts", {{"end", {{"dateTime", "2026-11-24T14:00:00-05:00"}}}}},
        Refused{"local UNTIL", {{"recurrence", json::array({"RRULE:FREQ=DAILY;UNTIL=20261130"})}}},
        Refused{"conference without its version",
                {{"conferenceData", {{"createRequest", {{"requestId", "r"}}}}}}},
        Refused{"id too short", {{"id", "abcd"}}}, Refused{"id too long", {{"id", std::string(1025, 'a')}}},
        Refused{"id beyond base32hex", {{"id", "abcdw"}}}, Refused{"id that is no text", {{"id", 12345}}},
        Refused{"no start", {{"start", nullptr}}}, Refused{"no end", {{"end", nullptr}}},
        Refused{"no such day", {{"start", {{"dateTime", "2026-11-31T10:00:00-05:00"}}}}},
        Refused{"hour without zone or offset",
                {{"start", {{"dateTime", "2026-11-24T10:00:00"}, {"timeZone", nullptr}}}}},
        Refused{"series without zone",
                {{"start", {{"timeZone", nullptr}}},
                 {"end", {{"timeZone", nullptr}}},
                 {"recurrence", json::array({"RRULE:FREQ=DAILY;COUNT=3"})}}},
        Refused{"rule without its name", {{"recurrence", json::array({"FREQ=DAILY;COUNT=3"})}}},
        Refused{"rule of no kind", {{"recurrence", json::array({"RRULE:FREQ=SOMETIMES"})}}},
        Refused{"count and until",
                {{"recurrence", json::array({"RRULE:FREQ=DAILY;COUNT=3;UNTIL=20261130T000000Z"})}}},
        Refused{"rule that is no list", {{"recurrence", "RRULE:FREQ=DAILY"}}},
        Refused{
            "default reminders and others",
            {{"reminders",
              {{"useDefault", true}, {"overrides", json::array({{{"method", "popup"}, {"minutes", 10}}})}}}}},
        Refused{"reminder of no method",
                {{"reminders",
                  {{"useDefault", false},
                   {"overrides", json::array({{{"method", "pigeon"}, {"minutes", 10}}})}}}}},
        Refused{"whole day that does not exist",
                {{"start", {{"dateTime", nullptr}, {"timeZone", nullptr}, {"date", "2026-13-01"}}},
                 {"end", {{"dateTime", nullptr}, {"timeZone", nullptr}, {"date", "2026-13-02"}}}}},
        Refused{"empty whole day",
                {{"start", {{"dateTime", nullptr}, {"timeZone", nullptr}, {"date", "2026-11-24"}}},
                 {"end", {{"dateTime", nullptr}, {"timeZone", nullptr}, {"date", "2026-11-24"}}}}}));

class GoogleRefusesQueries : public ::testing::TestWithParam<const char*> {};
TEST_P(GoogleRefusesQueries, ThatTheDocumentDoesNotAllow) {
    Client client;
    client.link();
    const std::string target = std::string("calendars/primary/events?") + GetParam();
    const bool inserts = target.find("sendUpdates") != std::string::npos;
    const GoogleResponse answer =
        inserts ? client.call("POST", target, Client::event()) : client.call("GET", target);
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_EQ(client.google.breaches().size(), 1u);
}
INSTANTIATE_TEST_SUITE_P(
    Parameters, GoogleRefusesQueries,
    ::testing::Values("sendUpdates=everybody", "sendUpdates=all&sendUpdates=none",
                      "sendUpdates=all&conferenceDataVersion=2", "sendUpdates=all&conferenceDataVersion=one",
                      "sendUpdates=all&sendNotifications=true", "sendUpdates=all&quietly=true",
                      "maxResults=0&timeMin=2026-11-24T00:00:00Z",

                      "maxResults=many&timeMin=2026-11-24T00:00:00Z", "singleEvents=yes&maxResults=1",
                      "maxResults=1&timeMin=2026-11-24", "maxResults=1&timeMin=2026-11-24T00:00:00",
                      "timeMin=2026-11-25T00:00:00Z&timeMax=2026-11-24T00:00:00Z",
                      "maxResults=1&orderBy=startTime", "maxResults=1&orderBy=title",
                      "maxResults=1&pageToken=x", "maxResults=1&pageToken=7", "maxResults=1&syncToken=x",
                      "maxResults=1&q=dentista"));

TEST(GoogleStandin, ADeletedEventIsGoneForWritersAndItsIdStaysTaken) {
    Client client({.undeletes = false});
    client.link();
    ASSERT_EQ(client.insert(Client::event()).status, 200);
    const std::string path = "calendars/primary/events/abcde?sendUpdates=all";
    ASSERT_EQ(client.call("DELETE", path).status, 204);
    EXPECT_EQ(client.call("PATCH", path, {{"summary", "Otra"}}).status, 410);
    EXPECT_EQ(client.call("PATCH", path, {{"status", "confirmed"}}).status, 410);
    EXPECT_EQ(client.call("DELETE", path).status, 410);
    EXPECT_EQ(Client::reason(client.insert(Client::event())), "duplicate");
    EXPECT_TRUE(client.google.breaches().empty());
}

TEST(GoogleStandin, WritesHoldOnlyForTheVersionThatWasRead) {
    Client client;
    client.link();
    ASSERT_EQ(client.insert(Client::event()).status, 200);
    const std::string path = "calendars/primary/events/abcde?sendUpdates=all";
    EXPECT_EQ(client.call("PATCH", path, {{"summary", "Otra"}}, "\"0\"").status, 412);
    EXPECT_EQ(client.call("DELETE", path, json(), "\"0\"").status, 412);
    EXPECT_EQ(client.call("DELETE", path).status, 204);
}

TEST(GoogleStandin, SpoilsAnswersOfOneAccountAlone) {
    Client client;
    client.link();
    client.google.fail({.status = 500, .call = "events.list", .account = "another@example.org"});
    EXPECT_EQ(client.call("GET", "calendars/primary/events?maxResults=1").status, 200);
    client.google.fail(
        {.kind = GoogleFault::Kind::kHalf, .call = "events.list", .account = "maria@example.org"});
    EXPECT_FALSE(json::accept(client.call("GET", "calendars/primary/events?maxResults=1").body));
    EXPECT_TRUE(json::accept(client.call("GET", "calendars/primary/events?maxResults=1").body));
}

TEST(GoogleStandin, RefusesUnknownParametersAndMissingScopes) {
    Client client;
    client.link();
    EXPECT_EQ(client.call("GET", "calendars/primary/events?timeMin=2026-11-24T00:00:00Z&colour=red").status,
              400);
    EXPECT_EQ(client.call("POST", "calendars/primary/events", Client::event()).status,
              400);  // no sendUpdates
    const GoogleResponse answer = client.call(
        "POST", "freeBusy", {{"timeMin", "2026-11-24T00:00:00Z"}, {"timeMax", "2026-11-25T00:00:00Z"}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(Client::reason(answer), "insufficientPermissions");
}

TEST(GoogleStandin, ListsOccurrencesInPages) {
    Client client;
    client.link();
    json series = Client::event();
    series["recurrence"] = {"RRULE:FREQ=DAILY;COUNT=5"};
    ASSERT_EQ(client.insert(series).status, 200);
    const std::string span =
        "calendars/primary/"
        "events?singleEvents=true&orderBy=startTime&timeMin=2026-11-24T00:00:00Z&timeMax=2026-12-24T00:00:"
        "00Z&maxResults=3";
    const json first = json::parse(client.call("GET", span).body);
    ASSERT_EQ(first.at("items").size(), 3u);
    EXPECT_EQ(first.at("items")[0].at("id"), "abcde_20261124T200000Z");
    EXPECT_EQ(
        json::parse(
            client.call("GET", span + "&pageToken=" + first.at("nextPageToken").get<std::string>()).body)
            .at("items")
            .size(),
        2u);
    EXPECT_EQ(
        client.call("DELETE", "calendars/primary/events/abcde_20261125T200000Z?sendUpdates=none").status,
        204);
    EXPECT_EQ(json::parse(client.call("GET", span).body).at("items")[1].at("id"), "abcde_20261126T200000Z");
}

TEST(GoogleStandin, FailsAsTold) {
    Client client;
    client.link();
    client.google.fail({.kind = GoogleFault::Kind::kLose, .call = "events.insert"});
    EXPECT_EQ(client.insert(Client::event()).ending, GoogleResponse::Ending::kLost);
    EXPECT_EQ(client.insert(Client::event()).status, 409);  // the work was done
    client.google.fail({.status = 429,
                        .reason = "rateLimitExceeded",
                        .headers = {{"retry-after", "7"}},
                        .call = "events.list"});
    EXPECT_EQ(client.call("GET", "calendars/primary/events?maxResults=1").status, 429);
    EXPECT_EQ(client.call("GET", "calendars/primary/events?maxResults=1").status, 200);
}

TEST(GoogleStandin, TakesItsTime) {
    Client client;
    client.google.set_latency(std::chrono::milliseconds(250), std::chrono::milliseconds(900));
    std::vector<std::int64_t> times;
    for (int i = 0; i < 2000; ++i) times.push_back(client.post("/revoke", "token=x").delay.count());
    std::sort(times.begin(), times.end());
    EXPECT_NEAR(static_cast<double>(times[1000]), 250, 25);
    EXPECT_NEAR(static_cast<double>(times[1980]), 900, 150);
}

}  // namespace
}  // namespace migue::standins
