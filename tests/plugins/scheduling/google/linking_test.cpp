#include "google_talk.hpp"

namespace scheduling {
namespace {

constexpr const char* kWish = "agenda dentista el viernes a las 10";

TEST(GoogleLinking, KeepsTheRequestAndGoesOnWithItAsACard) {
    GoogleTalk talk;
    const TurnOutcome offered = talk.say(kWish);
    EXPECT_TRUE(contains(offered.text(), "permiso en tu Google Calendar"));
    const std::string code = talk.consent(GoogleTalk::link_of(offered));
    const TurnOutcome card = talk.say(code, "other");
    EXPECT_TRUE(card.answered_question);
    EXPECT_TRUE(contains(card.text(), "Conectado: maria@example.org"));
    EXPECT_TRUE(contains(card.text(), "*Dentista* — viernes 27 de noviembre de 2026, 10:00–10:30"));
    EXPECT_TRUE(talk.titles().empty());
    EXPECT_TRUE(contains(talk.tap(card, "Agendar").text(), "Agendado"));
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista"});
}

TEST(GoogleLinking, SurvivesPreviewsOfTheLink) {
    GoogleTalk talk;
    const std::string link = GoogleTalk::link_of(talk.say(kWish));
    for (int i = 0; i < 5; ++i) {
        GoogleTalk::Browser preview;
        EXPECT_EQ(talk.open(preview, link).status, 200);
    }
    GoogleTalk::Browser browser;
    const auto page = talk.open(browser, link);
    EXPECT_TRUE(contains(page.body, "data-continue"));
    EXPECT_TRUE(contains(std::string(page.header("set-cookie")), "__Host-"));
    EXPECT_TRUE(contains(std::string(page.header("set-cookie")), "Secure; SameSite=Lax"));
    EXPECT_EQ(talk.press(browser, link).status, 303);
    EXPECT_EQ(talk.press(browser, link).status, 410);
    EXPECT_EQ(talk.open(browser, link).status, 410);
}

TEST(GoogleLinking, NeedsTheSameBrowserAllTheWay) {
    GoogleTalk talk;
    const std::string link = GoogleTalk::link_of(talk.say(kWish));
    GoogleTalk::Browser mine, other;
    talk.open(mine, link);
    talk.open(other, link);
    other.check = mine.check;
    EXPECT_EQ(talk.press(other, link).status, 403);
    const std::string back =
        talk.google.consent(talk.press(mine, link).header("location"), "maria@example.org");
    EXPECT_EQ(talk.come_back(other, back).status, 403);
    EXPECT_EQ(talk.google.count("token.exchange"), 0u);
    EXPECT_EQ(talk.come_back(mine, back).status, 303);
    EXPECT_EQ(talk.come_back(mine, back).status, 403);  // the state works once
}

TEST(GoogleLinking, CountsTheCodeOnlyInTheChatThatAsked) {
    GoogleTalk talk;
    const std::string code = talk.consent(GoogleTalk::link_of(talk.say(kWish)));
    talk.bench.send(code, GoogleTalk::message("link_account", "luis"));
    EXPECT_EQ(talk.rows("SELECT person_id FROM scheduling.calendar_credentials").size(), 0u);
    talk.say(code, "other");
    EXPECT_EQ(talk.rows("SELECT person_id FROM scheduling.calendar_credentials"),
              json::parse(R"([{"person_id":"ana"}])"));
}

TEST(GoogleLinking, AllowsFiveTriesOfTheCode) {
    GoogleTalk talk;
    const std::string code = talk.consent(GoogleTalk::link_of(talk.say(kWish)));
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(contains(talk.say("BBBB-BBBB", "other").text(), "Ese código no es"));
    EXPECT_TRUE(contains(talk.say(code, "other").text(), "demasiados intentos"));
    EXPECT_EQ(talk.rows("SELECT person_id FROM scheduling.calendar_credentials").size(), 0u);
}

TEST(GoogleLinking, ForgetsACodeThatCameTooLate) {
    GoogleTalk talk;
    const std::string code = talk.consent(GoogleTalk::link_of(talk.say(kWish)));
    talk.wait(std::chrono::minutes(31));
    EXPECT_EQ(talk.rows("SELECT status FROM scheduling.link_attempts").size(), 0u);
    talk.bench.send(code, GoogleTalk::message("link_account", "ana"));
    EXPECT_EQ(talk.rows("SELECT person_id FROM scheduling.calendar_credentials").size(), 0u);
}

TEST(GoogleLinking, NamesTheBoxThatWasLeftUnticked) {
    GoogleTalk talk;
    const std::string page = talk.consent(GoogleTalk::link_of(talk.say(kWish)), "maria@example.org", "none");
    EXPECT_TRUE(contains(page, "data-notice=\"unticked\""));
    EXPECT_EQ(talk.google.count("revoke"), 1u);
    EXPECT_EQ(talk.google.live_refresh_tokens("maria@example.org"), 0u);
    EXPECT_EQ(talk.rows("SELECT status FROM scheduling.link_attempts WHERE status = 'held'").size(), 0u);
}

TEST(GoogleLinking, DoesNotRevokeWhatAnotherLinkNeeds) {
    GoogleTalk talk;
    talk.link("luis");
    const std::string page = talk.consent(GoogleTalk::link_of(talk.say(kWish)), "maria@example.org", "none");
    EXPECT_TRUE(contains(page, "unticked"));
    EXPECT_EQ(talk.google.count("revoke"), 0u);
}

TEST(GoogleLinking, TellsWhenPermissionWasRefused) {
    GoogleTalk talk;
    EXPECT_TRUE(contains(talk.consent(GoogleTalk::link_of(talk.say(kWish)), "maria@example.org", "cancel"),
                         "data-notice=\"denied\""));
}

TEST(GoogleLinking, WritesNoSecretAnywhereInTheClear) {
    GoogleTalk talk;
    const std::string link = GoogleTalk::link_of(talk.say(kWish));
    const std::string code = talk.consent(link);
    const std::string held = talk.bench.sql("SELECT * FROM scheduling.link_attempts");
    talk.say(code, "other");
    const std::string kept = talk.bench.sql("SELECT * FROM scheduling.calendar_credentials");
    for (const std::string& text : {held, kept})
        for (const std::string& secret :
             {link.substr(6), code, std::string("ya29."), std::string("1//0"), std::string("4/0")})
            EXPECT_EQ(text.find(secret), std::string::npos) << secret;
    for (const auto& line : talk.bench.log())
        for (const auto& [name, value] : line.fields)
            EXPECT_TRUE(value.find("ya29.") == std::string::npos && value.find("1//0") == std::string::npos)
                << line.message;
}

TEST(GoogleLinking, LearnsTheZoneOfTheCalendar) {
    GoogleTalk talk;
    talk.google.add_account({"tokio@example.org", "sub-tokio", "Asia/Tokyo"});
    const TurnOutcome card =
        talk.say(talk.consent(GoogleTalk::link_of(talk.say(kWish)), "tokio@example.org"), "other");
    EXPECT_TRUE(contains(card.text(), "10:00–10:30"));
    talk.tap(card, "Agendar");
    const json event = json::parse(talk.google.events("tokio@example.org")).at(0);
    EXPECT_EQ(event.at("start").at("timeZone"), "Asia/Tokyo");
    EXPECT_EQ(event.at("start").at("dateTime"), "2026-11-27T10:00:00+09:00");
}

TEST(GoogleUnlinking, RevokesAndForgets) {
    GoogleTalk talk;
    talk.link();
    const TurnOutcome asked = talk.say("desconecta mi cuenta", "link_account");
    EXPECT_TRUE(contains(asked.text(), "¿Desconecto maria@example.org?"));
    EXPECT_TRUE(contains(talk.tap(asked, "Sí, desconectar").text(), "Desconectada"));
    EXPECT_EQ(talk.google.count("revoke"), 1u);
    EXPECT_EQ(talk.rows("SELECT person_id FROM scheduling.calendar_credentials").size(), 0u);
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "permiso"));
}

TEST(GoogleUnlinking, KeepsTheGrantThatSomebodyElseUses) {
    GoogleTalk talk;
    talk.link();
    talk.link("luis");
    talk.tap(talk.say("desconecta mi cuenta", "link_account"), "Sí, desconectar");
    EXPECT_EQ(talk.google.count("revoke"), 0u);
    EXPECT_TRUE(contains(talk.say("dentista mañana a las 3", "schedule_meeting", "luis").text(), "Agendado"));
}

TEST(GoogleUnlinking, SaysWhenGoogleDidNotConfirm) {
    GoogleTalk talk;
    talk.link();
    const TurnOutcome asked = talk.say("desconecta mi cuenta", "link_account");
    talk.google.fail({.status = 503, .call = "revoke"});
    EXPECT_TRUE(contains(talk.tap(asked, "Sí, desconectar").text(), "no lo confirmó"));
}

TEST(GoogleAccountsOfOnePerson, AreReadTogetherAndWrittenApart) {
    GoogleTalk talk;
    talk.link();
    talk.link("ana", "trabajo@example.org");
    talk.google.put_event(
        "trabajo@example.org",
        R"({"summary":"Comité","start":{"dateTime":"2026-11-24T15:00:00-05:00"},"end":{"dateTime":"2026-11-24T16:00:00-05:00"}})");
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "Comité"));
    EXPECT_TRUE(contains(talk.say("dentista mañana a las 3").text(), "*Comité*"));
    talk.say("dentista mañana a las 5");
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista"});
    EXPECT_EQ(talk.titles("trabajo@example.org"), std::vector<std::string>{"Comité"});
    const TurnOutcome asked = talk.say("cancela el comité de mañana", "cancel_meeting");
    talk.tap(asked, "Sí, cancelar");
    EXPECT_TRUE(talk.titles("trabajo@example.org").empty());
}

}  // namespace
}  // namespace scheduling
