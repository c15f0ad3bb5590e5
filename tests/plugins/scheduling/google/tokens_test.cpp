#include "google_talk.hpp"

namespace scheduling {
namespace {

constexpr auto kHour = std::chrono::hours(1);

TEST(GoogleTokens, AreRefreshedBeforeTheyEnd) {
    GoogleTalk talk;
    talk.link();
    talk.bench.advance(kHour - std::chrono::seconds(40));
    talk.say("¿qué tengo mañana?", "query_agenda");
    EXPECT_EQ(talk.google.count("token.refresh"), 1u);
    for (const auto& call : talk.google.calls()) EXPECT_NE(call.status, 401);
}

TEST(GoogleTokens, AreRefreshedOnceForAllWhoWait) {
    GoogleTalk talk;
    talk.link();
    talk.bench.advance(2 * kHour);
    talk.google.fail(
        {.kind = GoogleFault::Kind::kSlow, .delay = std::chrono::milliseconds(400), .call = "token.refresh"});
    Message other = GoogleTalk::message("query_agenda", "ana");
    other.conversation = "another chat of hers";
    const auto first = talk.bench.start("¿qué tengo mañana?", GoogleTalk::message("query_agenda", "ana"));
    const auto second = talk.bench.start("¿qué tengo hoy?", other);
    EXPECT_EQ(talk.bench.finish(first).status, MIGUE_OK);
    EXPECT_TRUE(contains(talk.bench.finish(second).text(), "no tienes nada"));
    EXPECT_EQ(talk.google.count("token.refresh"), 1u);
}

TEST(GoogleTokens, OfAHostThatDiedWhileRefreshingAreClaimedAgainLater) {
    GoogleTalk talk;
    talk.link();
    talk.bench.advance(2 * kHour);
    talk.google.fail(
        {.kind = GoogleFault::Kind::kSlow, .delay = std::chrono::milliseconds(400), .call = "token.refresh"});
    const auto turn = talk.bench.start("¿qué tengo mañana?", GoogleTalk::message("query_agenda", "ana"));
    talk.bench.cancel(turn);
    talk.bench.finish(turn);
    talk.bench.advance(std::chrono::seconds(30));
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "no tienes nada"));
}

TEST(GoogleTokens, ThatRotateAreKept) {
    GoogleTalk talk({.rotates_refresh = true});
    talk.link();
    for (int i = 0; i < 3; ++i) {
        talk.bench.advance(2 * kHour);
        EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "no tienes nada"));
    }
    EXPECT_EQ(talk.google.count("token.refresh"), 3u);
}

TEST(GoogleTokens, ThatDieEarlyAreReplacedOnce) {
    GoogleTalk talk;
    talk.link();
    talk.google.expire_access_tokens();
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "no tienes nada"));
    talk.google.fail({.status = 401, .reason = "authError", .call = "events.list", .times = 2});
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "ya no me deja ver"));
    EXPECT_EQ(talk.rows("SELECT status FROM scheduling.calendar_credentials"),
              json::parse(R"([{"status":"needs_relink"}])"));
}

TEST(GoogleTokens, OfAGrantThatWasWithdrawnLeadToANewLinkAndTheSameRequest) {
    GoogleTalk talk;
    talk.link();
    talk.google.remove_app("maria@example.org");
    const TurnOutcome offered = talk.say("agenda dentista mañana a las 3");
    EXPECT_TRUE(contains(offered.text(), "ya no me deja ver tu calendario"));
    const TurnOutcome card = talk.say(talk.consent(GoogleTalk::link_of(offered)), "other");
    EXPECT_TRUE(contains(card.text(), "*Dentista* — martes 24 de noviembre de 2026, 15:00"));
    EXPECT_TRUE(contains(talk.tap(card, "Agendar").text(), "Agendado"));
    EXPECT_EQ(talk.rows("SELECT account_id FROM scheduling.calendar_credentials").size(), 1u);
}

TEST(GoogleTokens, OfARefusedClientKeepEveryLinkAndAskNobodyForAWhile) {
    GoogleTalk talk;
    talk.link();
    talk.bench.advance(2 * kHour);
    talk.google.fail({.status = 401, .reason = "invalid_client", .call = "token.refresh", .times = -1});
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "falla de configuración"));
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "falla de configuración"));
    EXPECT_EQ(talk.google.count("token.refresh"), 1u);
    EXPECT_EQ(talk.bench.metric("google_client_refused_total").size(), 1u);
    EXPECT_EQ(talk.rows("SELECT status FROM scheduling.calendar_credentials"),
              json::parse(R"([{"status":"linked"}])"));
    talk.google.clear_faults();
    talk.bench.advance(std::chrono::seconds(61));
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "Agendado"));
}

TEST(GoogleTokens, ThatDieAfterSevenDaysNameTheLikelyCause) {
    GoogleTalk talk({.testing = true});
    talk.link();
    talk.bench.advance(std::chrono::hours(24 * 7 + 1));
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "ya no me deja ver"));
    bool named = false;
    for (const auto& line : talk.bench.log())
        named = named || line.message.find("Testing") != std::string::npos;
    EXPECT_TRUE(named);
}

TEST(GoogleTokens, AreUsedOnceAMonthAndADeathIsToldOnce) {
    GoogleTalk talk;
    talk.link();
    EXPECT_TRUE(talk.wait(std::chrono::hours(24 * 25 + 1)).at(0).replies.empty());
    EXPECT_EQ(talk.google.count("token.refresh"), 1u);
    talk.google.remove_app("maria@example.org");
    const auto told = talk.wait(std::chrono::hours(24 * 25 + 1));
    ASSERT_EQ(told.size(), 1u);
    EXPECT_TRUE(contains(told[0].text(), "ya no me deja ver"));
    for (const TurnOutcome& turn : talk.wait(std::chrono::hours(24 * 60))) EXPECT_TRUE(turn.replies.empty());
}

TEST(GoogleTokens, OfOnePersonDoNotOpenInAnothersRow) {
    GoogleTalk talk;
    talk.link();
    talk.link("luis", "trabajo@example.org");
    const std::string moved = talk.bench.sql(
        "UPDATE scheduling.calendar_credentials SET access_sealed = (SELECT access_sealed FROM"
        " scheduling.calendar_credentials WHERE person_id = 'luis') WHERE person_id = 'ana'");
    EXPECT_EQ(moved, "[]");
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "falla de configuración"));
}

}  // namespace
}  // namespace scheduling
