#include <libical/ical.h>

#include <memory>

#include "../dialogue/talk.hpp"

namespace scheduling {

namespace {

using nlohmann::json;

struct Free {
    void operator()(icalcomponent* component) const noexcept { icalcomponent_free(component); }
};

json agenda(Talk& talk, const std::string& query = "person=ana") {
    const auto reply = talk.bench().request("GET", "/agenda?" + query, {.admin = true});
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body, nullptr, false);
}

std::string feed_path(Talk& talk) {
    const std::string url = agenda(talk).at("feed_url");
    return url.substr(url.find("/feed/"));
}

}  // namespace

TEST(FeedPage, IsACalendarThatLibicalReads) {
    Talk talk;
    talk.say("reunión con Laura mañana a las 3");
    const auto reply = talk.bench().request("GET", feed_path(talk));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "text/calendar; charset=utf-8");
    const std::unique_ptr<icalcomponent, Free> calendar(icalparser_parse_string(reply.body.c_str()));
    ASSERT_TRUE(calendar);
    icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
    ASSERT_NE(event, nullptr);
    EXPECT_STREQ(icalcomponent_get_summary(event), "Reunión con Laura");
}

TEST(FeedPage, AnswersNotModifiedUntilSomethingChanges) {
    Talk talk;
    talk.say("dentista mañana a las 3");
    const std::string path = feed_path(talk);
    const std::string etag(talk.bench().request("GET", path).header("etag"));
    ASSERT_FALSE(etag.empty());
    migue::bench::RouteCall call;
    call.headers = {{"if-none-match", etag}};
    EXPECT_EQ(talk.bench().request("GET", path, call).status, 304);
    talk.say("llamada con Ana mañana a las 5");
    EXPECT_EQ(talk.bench().request("GET", path, call).status, 200);
}

TEST(FeedPage, OfAnUnknownOrRevokedTokenIsNotThere) {
    Talk talk;
    talk.say("dentista mañana a las 3");
    const std::string path = feed_path(talk);
    const std::string unknown = "/feed/" + std::string(64, 'a') + ".ics";
    for (const std::string& bad :
         {unknown, std::string("/feed/x.ics"), std::string("/feed/.ics"), std::string("/feed/x")})
        EXPECT_EQ(talk.bench().request("GET", bad).status, 404) << bad;
    talk.say("quiero un nuevo enlace de mi calendario, revoca el anterior", "link_account");
    EXPECT_EQ(talk.bench().request("GET", path).status, 404);
    EXPECT_NE(feed_path(talk), path);
    EXPECT_EQ(talk.bench().request("GET", feed_path(talk)).status, 200);
}

TEST(FeedPage, KeepsOnlyTheHashOfItsToken) {
    Talk talk;
    const std::string path = feed_path(talk);
    const std::string token = path.substr(6, 64);
    EXPECT_EQ(talk.bench().sql("SELECT * FROM scheduling.people").find(token), std::string::npos);
}

TEST(FeedPage, IsGivenInTheChat) {
    Talk talk("en", {{"public_url", "https://bot.example.org/"}});
    const TurnOutcome turn = talk.say("give me my calendar link", "link_account");
    ASSERT_EQ(turn.replies.size(), 1u);
    EXPECT_EQ(turn.replies[0].kind, "link");
    const std::string url = json::parse(turn.replies[0].body_json).at("url");
    EXPECT_EQ(url, "https://bot.example.org/p/scheduling" + feed_path(talk));
}

TEST(AgendaPage, ListsDaysWithTheirEvents) {
    Talk talk;
    talk.say("reunión con Laura mañana a las 3 en la oficina");
    const json body = agenda(talk, "person=ana&from=2026-11-24&days=2");
    EXPECT_EQ(body.at("zone"), "America/Bogota");
    ASSERT_EQ(body.at("days").size(), 2u);
    const json& day = body.at("days").at(0);
    EXPECT_EQ(day.at("date"), "2026-11-24");
    ASSERT_EQ(day.at("events").size(), 1u);
    EXPECT_EQ(day.at("events").at(0).at("start"), "15:00");
    EXPECT_EQ(day.at("events").at(0).at("end"), "15:30");
    EXPECT_TRUE(body.at("days").at(1).at("events").empty());
}

TEST(AgendaPage, RefusesWhatItCannotRead) {
    Talk talk;
    for (const char* query : {"", "person=ana&from=tomorrow", "person=ana&from=2026-02-30",
                              "person=ana&days=0", "person=ana&days=9999", "person=ana&days=x"})
        EXPECT_EQ(talk.bench().request("GET", "/agenda?" + std::string(query), {.admin = true}).status, 400)
            << query;
    EXPECT_EQ(talk.bench().request("GET", "/agenda?person=ana").status, 404);  // not on the public listener
}

TEST(DeletePage, CancelsAnEventOnce) {
    Talk talk;
    talk.say("dentista mañana a las 3");
    const std::string id = agenda(talk).at("days").at(1).at("events").at(0).at("id");
    const std::string path = "/events/" + id + "?person=";
    EXPECT_EQ(talk.bench().request("DELETE", path + "luis", {.admin = true}).status, 404);
    EXPECT_EQ(talk.bench().request("DELETE", path + "ana", {.admin = true}).status, 200);
    EXPECT_EQ(talk.bench().request("DELETE", path + "ana", {.admin = true}).status, 404);
    EXPECT_TRUE(talk.titles().empty());
}

TEST(DeletePage, FindsWhoseEventItIs) {
    Talk talk;
    talk.say("dentista mañana a las 3");
    const std::string id = agenda(talk).at("days").at(1).at("events").at(0).at("id");
    EXPECT_EQ(talk.bench().request("DELETE", "/events/" + id).status, 404) << "not on the public listener";
    EXPECT_EQ(talk.bench().request("DELETE", "/events/unknown", {.admin = true}).status, 404);
    EXPECT_EQ(talk.titles().size(), 1u);
    const auto done = talk.bench().request("DELETE", "/events/" + id, {.admin = true});
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(nlohmann::json::parse(done.body), (nlohmann::json{{"cancelled", id}}));
    EXPECT_TRUE(talk.titles().empty());
    const auto actions = talk.audit();
    EXPECT_NE(std::find(actions.begin(), actions.end(), "cancelled"), actions.end());
}

}  // namespace scheduling
