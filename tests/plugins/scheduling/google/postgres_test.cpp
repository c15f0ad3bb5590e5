#include "google_talk.hpp"
#include "tests/plugins/scheduling/scheduling_database.hpp"

/// The same on Postgres, and with two hosts on one database.
namespace scheduling {
namespace {

std::vector<std::string> actions(SchedulingDatabase& database) {
    return database.ask("SELECT action FROM scheduling.calendar_events ORDER BY at_ms, entry_id");
}

TEST(GoogleOnPostgres, LinksBooksMovesCancelsAndTakesBack) {
    SchedulingDatabase database;
    GoogleTalk talk({}, json::object(), database.shared());
    const TurnOutcome offered = talk.say("agenda dentista mañana a las 3");
    const TurnOutcome card = talk.say(talk.consent(GoogleTalk::link_of(offered)), "other");
    EXPECT_TRUE(contains(talk.tap(card, "Agendar").text(), "Agendado"));
    talk.tap(talk.say("mueve el dentista de mañana a las 5 de la tarde", "reschedule_meeting"), "Mover");
    EXPECT_EQ(json::parse(talk.google.events("maria@example.org")).at(0).at("start").at("dateTime"),
              "2026-11-24T17:00:00-05:00");
    const TurnOutcome cancelled =
        talk.tap(talk.say("cancela el dentista de mañana", "cancel_meeting"), "Sí, cancelar");
    EXPECT_TRUE(talk.titles().empty());
    talk.tap(cancelled, "Deshacer");
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista"});
    talk.tap(talk.say("desconecta mi cuenta", "link_account"), "Sí, desconectar");
    EXPECT_EQ(talk.rows("SELECT person_id FROM scheduling.calendar_credentials").size(), 0u);
    EXPECT_EQ(actions(database), (std::vector<std::string>{"asked", "failed", "asked", "booked", "moved",
                                                           "cancelled", "undone"}));
    EXPECT_EQ(talk.rows("SELECT start_ms FROM scheduling.held_times WHERE status = 'held'").size(), 0u);
}

TEST(GoogleOnPostgres, RefreshesATokenOnceForBothHosts) {
    SchedulingDatabase database;
    GoogleTalk one({}, json::object(), database.shared());
    one.link();
    GoogleTalk other(one, database.another_host());
    one.bench.advance(std::chrono::hours(2));
    other.bench.advance(std::chrono::hours(2));
    one.google.fail(
        {.kind = GoogleFault::Kind::kSlow, .delay = std::chrono::milliseconds(400), .call = "token.refresh"});
    const auto first = one.bench.start("¿qué tengo mañana?", GoogleTalk::message("query_agenda", "ana"));
    const auto second = other.bench.start("¿qué tengo hoy?", GoogleTalk::message("query_agenda", "ana"));
    EXPECT_TRUE(contains(one.bench.finish(first).text(), "no tienes nada"));
    EXPECT_TRUE(contains(other.bench.finish(second).text(), "no tienes nada"));
    EXPECT_EQ(one.google.count("token.refresh"), 1u);
}

TEST(GoogleOnPostgres, GivesAnHourToOneOfTwoHosts) {
    SchedulingDatabase database;
    GoogleTalk one({}, json::object(), database.shared());
    one.link();
    one.link("luis");
    GoogleTalk other(one, database.another_host());
    one.google.set_latency(std::chrono::milliseconds(200), std::chrono::milliseconds(300));
    const auto first =
        one.bench.start("dentista mañana a las 3", GoogleTalk::message("schedule_meeting", "ana"));
    const auto second =
        other.bench.start("médico mañana a las 3", GoogleTalk::message("schedule_meeting", "luis"));
    const std::string a = one.bench.finish(first).text(), b = other.bench.finish(second).text();
    EXPECT_EQ(one.titles().size(), 1u) << a << " / " << b;
    EXPECT_NE(a.find("Agendado") == std::string::npos, b.find("Agendado") == std::string::npos)
        << a << " / " << b;
}

TEST(GoogleOnPostgres, CountsALinksCodeOnAnyHost) {
    SchedulingDatabase database;
    GoogleTalk one({}, json::object(), database.shared());
    GoogleTalk other(one, database.another_host());
    const std::string link = GoogleTalk::link_of(one.say("conecta mi google calendar", "link_account"));
    // The browser comes to the other host, as behind a load balancer; the vault's keys are the same.
    const std::string code = other.consent(link);
    EXPECT_TRUE(contains(one.say(code, "other").text(), "Conectado: maria@example.org"));
}

}  // namespace
}  // namespace scheduling
