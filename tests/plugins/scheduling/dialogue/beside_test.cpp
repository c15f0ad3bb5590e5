#include <map>

#include "talk.hpp"

/// Where people are, a person instead of a program, and what is kept about them.
namespace scheduling {
namespace {

using nlohmann::json;

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Travelling, BooksThereAndShowsBothZones) {
    Talk talk;
    const TurnOutcome set = talk.say("estoy en Madrid", "travel");
    EXPECT_TRUE(contains(set.text(), "estás en Madrid")) << set.text();
    EXPECT_TRUE(contains(set.text(), "16:05")) << set.text();
    const TurnOutcome booked = talk.say("agenda dentista mañana a las 3 de la tarde");
    EXPECT_TRUE(contains(booked.text(), "15:00–15:30")) << booked.text();
    EXPECT_TRUE(contains(booked.text(), "En Bogotá: martes 24 de noviembre, 9:00–9:30.")) << booked.text();
    EXPECT_EQ(json::parse(talk.bench().sql("SELECT zone FROM scheduling.local_events")).at(0).at("zone"),
              "Europe/Madrid");
    EXPECT_TRUE(contains(talk.say("ya volví", "travel").text(), "Bogotá"));
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "9:00–9:30 Dentista"));
}

TEST(Travelling, EndsOnTheDayThatWasSaid) {
    Talk talk("en");
    const TurnOutcome set = talk.say("I'm in Tokyo until Friday", "travel");
    EXPECT_TRUE(contains(set.text(), "Tokyo until Friday, November 27")) << set.text();
    talk.bench().advance(std::chrono::hours(24 * 6));
    const TurnOutcome booked = talk.say("book dentist tomorrow at 3pm");
    EXPECT_FALSE(contains(booked.text(), "Tokyo")) << booked.text();
    EXPECT_EQ(json::parse(talk.bench().sql("SELECT zone FROM scheduling.local_events")).at(0).at("zone"),
              "America/New_York");
}

TEST(Travelling, IsSaidInPortugueseToo) {
    Talk talk("pt");
    EXPECT_TRUE(contains(talk.say("estou em Lisboa", "travel").text(), "Lisbon"));
    EXPECT_TRUE(contains(talk.say("voltei", "travel").text(), "São Paulo"));
}

TEST(Travelling, IsNoMeetingAndNoPlaceThatIsUnknown) {
    Talk talk;
    EXPECT_NE(talk.bench().send("estoy en una reunión", {.intent = "travel", .person = "ana"}).status,
              MIGUE_E_INTERNAL);
    EXPECT_EQ(talk.bench().sql("SELECT away_zone FROM scheduling.people WHERE away_zone <> ''"), "[]");
}

TEST(HandOver, PausesUntilTheBotIsCalled) {
    const std::map<std::string, std::vector<std::string>> talks{
        {"es", {"quiero hablar con una persona", "volver"}},
        {"en", {"I want to talk to a person", "bot"}},
        {"pt", {"quero falar com uma pessoa", "voltar"}}};
    for (const auto& [locale, words] : talks) {
        Talk talk(locale);
        EXPECT_NE(talk.say(words[0], "handoff").text(), "");
        EXPECT_TRUE(talk.bench().has_open_question());
        EXPECT_EQ(talk.say("agenda dentista mañana a las 3").text(), "");
        EXPECT_TRUE(talk.bench().has_open_question());
        EXPECT_TRUE(talk.titles().empty());
        EXPECT_NE(talk.say(words[1], "other").text(), "");
        EXPECT_FALSE(talk.bench().has_open_question());
        EXPECT_EQ(talk.bench().metric("handed_over"), std::vector<double>{1});
    }
}

TEST(HandOver, OperatorsSeeItAndGiveItBack) {
    Talk talk;
    talk.say("quiero hablar con una persona", "handoff");
    EXPECT_EQ(talk.bench().request("GET", "/waiting").status, 404) << "for operators only";
    const auto waiting = talk.bench().request("GET", "/waiting", {.admin = true});
    ASSERT_EQ(waiting.status, 200);
    EXPECT_EQ(json::parse(waiting.body).at(0).at("conversation"), "c1");
    EXPECT_EQ(talk.bench().request("DELETE", "/waiting/c1", {.admin = true}).status, 200);
    EXPECT_EQ(talk.bench().request("DELETE", "/waiting/c1", {.admin = true}).status, 404);
    const auto told = talk.bench().run_due_jobs();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_TRUE(contains(told[0].text(), "me devolvió el chat"));
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "Agendado"));
    for (const auto& line : talk.bench().log()) EXPECT_FALSE(contains(line.message, "persona quiero"));
}

TEST(Privacy, ExportsWhatIsKeptOnceByALinkThatPreviewsDoNotSpend) {
    const std::map<std::string, std::string> asks{
        {"es", "exporta mis datos"}, {"en", "export my data"}, {"pt", "exporte meus dados"}};
    for (const auto& [locale, ask] : asks) {
        Talk talk(locale, {{"public_url", "https://bot.example.org"}});
        talk.say(locale == "en"   ? "book unicornmark tomorrow at 3pm"
                 : locale == "pt" ? "marca unicornmark amanhã às 15h"
                                  : "agenda unicornmark mañana a las 3");
        const TurnOutcome offered = talk.say(ask, "privacy");
        ASSERT_EQ(offered.replies.size(), 1u);
        ASSERT_EQ(offered.replies[0].kind, "link") << offered.text();
        const std::string url = json::parse(offered.replies[0].body_json).at("url");
        const std::string path = url.substr(url.find("/export/"));
        EXPECT_EQ(talk.bench().request("GET", path).status, 200);
        EXPECT_EQ(talk.bench().request("GET", path).status, 200);
        const auto file = talk.bench().request("POST", path);
        ASSERT_EQ(file.status, 200);
        EXPECT_TRUE(contains(file.body, "nicornmark"));
        EXPECT_TRUE(contains(std::string(file.header("content-disposition")), "attachment"));
        EXPECT_EQ(talk.bench().request("POST", path).status, 410);
        EXPECT_EQ(talk.bench().request("GET", path).status, 410);
    }
}

TEST(Privacy, AnExportLinkExpires) {
    Talk talk("es", {{"public_url", "https://bot.example.org"}});
    const TurnOutcome offered = talk.say("exporta mis datos", "privacy");
    const std::string url = json::parse(offered.replies.at(0).body_json).at("url");
    talk.bench().advance(std::chrono::minutes(11));
    EXPECT_EQ(talk.bench().request("POST", url.substr(url.find("/export/"))).status, 410);
    EXPECT_EQ(talk.bench().request("POST", "/export/" + std::string(64, 'a')).status, 410);
}

TEST(Privacy, DeletesEverythingAfterOneQuestion) {
    const std::map<std::string, std::vector<std::string>> talks{
        {"es", {"borra mis datos", "Sí, borrar todo"}},
        {"en", {"delete my data", "Yes, delete all"}},
        {"pt", {"apague meus dados", "Sim, apagar tudo"}}};
    for (const auto& [locale, words] : talks) {
        Talk talk(locale, {{"public_url", "https://bot.example.org"}});
        talk.say(locale == "en"   ? "book unicornmark tomorrow at 3pm"
                 : locale == "pt" ? "marca unicornmark amanhã às 15h"
                                  : "agenda unicornmark mañana a las 3");
        talk.say(locale == "en"   ? "remind me an hour before"
                 : locale == "pt" ? "me avisa uma hora antes"
                                  : "recuérdame una hora antes",
                 "reminder");
        talk.say(locale == "en"   ? "export my data"
                 : locale == "pt" ? "exporte meus dados"
                                  : "exporta mis datos",
                 "privacy");
        const TurnOutcome asked = talk.say(words[0], "privacy");
        EXPECT_EQ(talk.titles().size(), 1u) << "nothing before the answer";
        const TurnOutcome gone = talk.tap(asked, words[1]);
        EXPECT_NE(gone.text(), "");
        EXPECT_EQ(talk.bench().state(), "");
        for (const char* table : {"people", "local_events", "reservations", "calendar_credentials",
                                  "link_attempts", "reminders", "consents", "exports", "held_times"})
            EXPECT_EQ(talk.bench().sql("SELECT * FROM scheduling." + std::string(table)), "[]") << table;
        const json audit = json::parse(
            talk.bench().sql("SELECT person_id, event_id, action FROM scheduling.calendar_events"));
        ASSERT_EQ(audit.size(), 1u);
        EXPECT_EQ(audit[0].at("person_id"), "");
        EXPECT_EQ(audit[0].at("event_id"), "");
    }
}

TEST(Privacy, KeepsEverythingWhenTheAnswerIsNo) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3");
    talk.tap(talk.say("borra mis datos", "privacy"), "No");
    EXPECT_EQ(talk.titles().size(), 1u);
}

TEST(Privacy, KeepsWhatWasAgreedToWithTimeAndVersion) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3 y recuérdame una hora antes");
    const json rows =
        json::parse(talk.bench().sql("SELECT subject, version, at_ms FROM scheduling.consents"));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].at("subject"), "messages");
    EXPECT_EQ(rows[0].at("version"), kConsentVersion);
    EXPECT_EQ(rows[0].at("at_ms"), talk.bench().unix_ms());
}

TEST(Export, IsAFileInTheChatWhereItCarriesFiles) {
    for (const auto& [locale, words] : std::map<std::string, std::string>{
             {"es", "exporta mis datos"}, {"en", "export my data"}, {"pt", "exporte meus dados"}}) {
        Talk talk(locale, {{"public_url", "https://bot.example.org"}});
        talk.bench().media().set_place("whatsapp/1");
        talk.say(locale == "en"   ? "book dentist tomorrow at 3 pm"
                 : locale == "pt" ? "marca dentista amanhã às 15h"
                                  : "agenda dentista mañana a las 3 de la tarde");
        const TurnOutcome sent = talk.say(words, "privacy");
        ASSERT_EQ(sent.replies.size(), 1u);
        EXPECT_EQ(sent.replies.front().kind, "document");
        ASSERT_EQ(talk.bench().media().uploads().size(), 1u);
        const auto& file = talk.bench().media().uploads().front();
        EXPECT_EQ(json::parse(sent.replies.front().body_json).at("media"), file.media_id);
        EXPECT_TRUE(contains(file.bytes, "entist")) << file.bytes;
        EXPECT_TRUE(json::accept(file.bytes));
        EXPECT_FALSE(contains(sent.replies.front().body_json, "entist")) << "the outbox keeps no content";
        EXPECT_EQ(json::parse(talk.bench().sql("SELECT person_id FROM scheduling.exports")).size(), 0u);
    }
}

TEST(Export, IsALinkWhereTheChannelDoesNotTakeTheFile) {
    for (const migue_status failure : {MIGUE_E_UNAVAILABLE, MIGUE_E_DEADLINE, MIGUE_E_INTERNAL}) {
        Talk talk("es", {{"public_url", "https://bot.example.org"}});
        talk.bench().media().set_place("whatsapp/1");
        talk.bench().media().fail_next_upload(failure);
        EXPECT_EQ(talk.say("exporta mis datos", "privacy").replies.at(0).kind, "link");
    }
}

}  // namespace
}  // namespace scheduling
