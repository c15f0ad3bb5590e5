#include "google_talk.hpp"

namespace scheduling {
namespace {

json only_event(GoogleTalk& talk) {
    const json events = json::parse(talk.google.events("maria@example.org"));
    EXPECT_EQ(events.size(), 1u);
    return events.empty() ? json::object() : events.front();
}

TEST(GoogleBooking, BooksAClearRequestAtOnce) {
    GoogleTalk talk;
    talk.link();
    EXPECT_TRUE(contains(talk.say("agenda dentista el viernes a las 10").text(), "Agendado ✅ *Dentista*"));
    const json event = only_event(talk);
    EXPECT_EQ(event.at("start").at("dateTime"), "2026-11-27T10:00:00-05:00");
    EXPECT_EQ(event.at("start").at("timeZone"), "America/Bogota");
    EXPECT_EQ(event.at("extendedProperties").at("private").at("migueKey"), event.at("id"));
    EXPECT_EQ(talk.google.count("events.list"), 2u);  // the zone at linking, the check before the insert
}

TEST(GoogleBooking, OffersOtherTimesWhenTheHourIsTaken) {
    GoogleTalk talk;
    talk.link();
    talk.google.put_event(
        "maria@example.org",
        R"({"summary":"Revisión","start":{"dateTime":"2026-11-24T15:00:00-05:00"},"end":{"dateTime":"2026-11-24T16:00:00-05:00"}})");
    const TurnOutcome taken = talk.say("agenda dentista mañana a las 3");
    EXPECT_TRUE(contains(taken.text(), "*Revisión*"));
    EXPECT_EQ(talk.titles().size(), 1u);
    talk.tap(taken, "Agendar igual");
    EXPECT_EQ(talk.titles().size(), 2u);
}

struct Unseen {
    const char* why;
    const char* fields;
};
class GoogleLooksPast : public ::testing::TestWithParam<Unseen> {};
TEST_P(GoogleLooksPast, EventsThatKeepNobodyAway) {
    GoogleTalk talk;
    talk.link();
    json event = json::parse(GetParam().fields);
    event["summary"] = "Otro";
    if (!event.contains("start")) {
        event["start"] = {{"dateTime", "2026-11-24T15:00:00-05:00"}};
        event["end"] = {{"dateTime", "2026-11-24T16:00:00-05:00"}};
    }
    talk.google.put_event("maria@example.org", event.dump());
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "Agendado")) << GetParam().why;
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, GoogleLooksPast,
    ::testing::Values(
        Unseen{"marked free", R"({"transparency":"transparent"})"},
        Unseen{"declined",
               R"({"attendees":[{"email":"maria@example.org","self":true,"responseStatus":"declined"}]})"},
        Unseen{"place of work", R"({"eventType":"workingLocation"})"},
        Unseen{"deleted", R"({"status":"cancelled"})"},
        Unseen{
            "touching",
            R"({"start":{"dateTime":"2026-11-24T14:00:00-05:00"},"end":{"dateTime":"2026-11-24T15:00:00-05:00"}})"}));

TEST(GoogleBooking, SeesAWholeDayThatIsNotFree) {
    GoogleTalk talk;
    talk.link();
    talk.google.put_event(
        "maria@example.org",
        R"({"summary":"Vacaciones","start":{"date":"2026-11-24"},"end":{"date":"2026-11-25"}})");
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "*Vacaciones*"));
}

TEST(GoogleBooking, WritesWholeDaysWithTheDayAfterAsEnd) {
    GoogleTalk talk;
    talk.link();
    talk.tap(talk.say("vacaciones del 21 al 24 de diciembre"), "Agendar");
    const json event = only_event(talk);
    EXPECT_EQ(event.at("start").at("date"), "2026-12-21");
    EXPECT_EQ(event.at("end").at("date"), "2026-12-25");
}

TEST(GoogleBooking, MakesASeriesInItsZone) {
    GoogleTalk talk;
    talk.link();
    talk.tap(talk.say("reunión de equipo todos los martes a las 9"), "Agendar");
    const json event = only_event(talk);
    EXPECT_TRUE(contains(event.at("recurrence").at(0), "RRULE:FREQ=WEEKLY"));
    EXPECT_EQ(event.at("start").at("timeZone"), "America/Bogota");
}

TEST(GoogleBooking, InvitesNobodyWithoutATap) {
    GoogleTalk talk;
    talk.link();
    const TurnOutcome card = talk.say("reunión con laura@example.com mañana a las 3");
    EXPECT_TRUE(contains(card.text(), "laura@example.com. ¿La agendo?"));
    EXPECT_TRUE(talk.google.mails().empty());
    talk.tap(card, "Agendar");
    EXPECT_EQ(talk.google.mails(), std::vector<std::string>{"insert laura@example.com"});
}

TEST(GoogleBooking, AsksForTheVideoCallInTheSameInsert) {
    GoogleTalk talk;
    talk.link();
    const TurnOutcome booked = talk.say("videollamada con Sam el jueves a las 11");
    EXPECT_TRUE(contains(booked.text(), "https://meet.google.com/"));
    EXPECT_EQ(talk.google.count("events.patch"), 0u);
}

TEST(GoogleBooking, SendsTheVideoLinkWhenItComesLater) {
    GoogleTalk talk({.meet_is_slow = true});
    talk.link();
    EXPECT_TRUE(contains(talk.say("videollamada con Sam el jueves a las 11").text(), "llega enseguida"));
    const auto jobs = talk.wait(std::chrono::seconds(6));
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_TRUE(contains(jobs[0].text(), "https://meet.google.com/"));
}

TEST(GoogleBooking, MovesOnlyWhatWasSaidAndAsksFirst) {
    GoogleTalk talk;
    talk.link();
    talk.tap(talk.say("reunión con laura@example.com mañana a las 3"), "Agendar");
    const TurnOutcome card = talk.say("mueve la reunión de mañana a las 5 de la tarde", "reschedule_meeting");
    talk.tap(card, "Mover");
    const json event = only_event(talk);
    EXPECT_EQ(event.at("start").at("dateTime"), "2026-11-24T17:00:00-05:00");
    EXPECT_EQ(event.at("end").at("dateTime"), "2026-11-24T17:30:00-05:00");
    EXPECT_EQ(event.at("attendees").size(), 1u);
    EXPECT_EQ(talk.google.mails().back(), "patch laura@example.com");
}

TEST(GoogleBooking, UndoesABookingAndACancellation) {
    GoogleTalk talk;
    talk.link();
    const TurnOutcome booked = talk.say("agenda dentista el viernes a las 10");
    EXPECT_TRUE(contains(talk.tap(booked, "Deshacer").text(), "ya no está"));
    EXPECT_TRUE(talk.titles().empty());
    talk.say("agenda médico el viernes a las 11");
    const TurnOutcome cancelled =
        talk.tap(talk.say("cancela el médico del viernes", "cancel_meeting"), "Sí, cancelar");
    EXPECT_TRUE(talk.titles().empty());
    EXPECT_TRUE(contains(talk.tap(cancelled, "Deshacer").text(), "otra vez en tu calendario"));
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Médico"});
}

TEST(GoogleBooking, UndoesACancellationAlsoWhereDeletedEventsStayDeleted) {
    GoogleTalk talk({.undeletes = false});
    talk.link();
    talk.say("agenda médico el viernes a las 11");
    const TurnOutcome cancelled =
        talk.tap(talk.say("cancela el médico del viernes", "cancel_meeting"), "Sí, cancelar");
    EXPECT_TRUE(contains(talk.tap(cancelled, "Deshacer").text(), "otra vez en tu calendario"));
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Médico"});
}

TEST(GoogleBooking, CancelsOneOccurrenceOrTheWholeSeries) {
    GoogleTalk talk;
    talk.link();
    talk.tap(talk.say("reunión de equipo todos los martes a las 9"), "Agendar");
    const TurnOutcome asked = talk.say("cancela la reunión de equipo de mañana", "cancel_meeting");
    EXPECT_TRUE(contains(asked.text(), "toda la serie"));
    talk.tap(asked, "Solo esta");
    EXPECT_TRUE(contains(talk.say("¿qué tengo mañana?", "query_agenda").text(), "no tienes nada"));
    EXPECT_TRUE(contains(talk.say("¿qué tengo el martes 1 de diciembre?", "query_agenda").text(),
                         "Reunión de equipo"));
    const TurnOutcome all = talk.say("cancela la reunión de equipo", "cancel_meeting");
    talk.tap(all, "Toda la serie");
    EXPECT_TRUE(
        contains(talk.say("¿qué tengo el martes 1 de diciembre?", "query_agenda").text(), "no tienes nada"));
}

TEST(GoogleBooking, SaysThatOnlyTheOrganizerMayMove) {
    GoogleTalk talk;
    talk.link();
    talk.google.put_event(
        "maria@example.org",
        R"({"summary":"Comité","organizer":{"email":"jefe@example.org"},"start":{"dateTime":"2026-11-24T15:00:00-05:00"},"end":{"dateTime":"2026-11-24T16:00:00-05:00"}})");
    const TurnOutcome card = talk.say("mueve el comité de mañana a las 5 de la tarde", "reschedule_meeting");
    EXPECT_TRUE(contains(talk.tap(card, "Mover").text(), "organiza otra persona"));
}

TEST(GoogleBooking, TellsOfARivalThatCameInTheSameSecond) {
    GoogleTalk talk;
    talk.link();
    talk.say("agenda dentista mañana a las 3");
    talk.google.put_event(
        "maria@example.org",
        R"({"summary":"Rival","start":{"dateTime":"2026-11-24T15:00:00-05:00"},"end":{"dateTime":"2026-11-24T16:00:00-05:00"}})");
    const auto jobs = talk.wait(std::chrono::seconds(6));
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_TRUE(contains(jobs[0].text(), "*Rival*"));
    talk.tap(jobs[0], "Deshacer");
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Rival"});
}

TEST(GoogleBooking, SaysNothingWhenNoRivalCame) {
    GoogleTalk talk;
    talk.link();
    talk.say("agenda dentista mañana a las 3");
    const auto jobs = talk.wait(std::chrono::seconds(6));
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_EQ(jobs[0].status, MIGUE_OK);
    EXPECT_TRUE(jobs[0].replies.empty());
}

TEST(GoogleBooking, OfOneHourGivesItToOneOfTwoPeopleWithOneAccount) {
    GoogleTalk talk;
    talk.link();
    talk.link("luis");
    talk.google.set_latency(std::chrono::milliseconds(200), std::chrono::milliseconds(300));
    const auto first =
        talk.bench.start("dentista mañana a las 3", GoogleTalk::message("schedule_meeting", "ana"));
    const auto second =
        talk.bench.start("médico mañana a las 3", GoogleTalk::message("schedule_meeting", "luis"));
    const TurnOutcome a = talk.bench.finish(first), b = talk.bench.finish(second);
    EXPECT_EQ(talk.titles().size(), 1u) << a.text() << " / " << b.text();
    EXPECT_NE(a.text().find("Agendado") == std::string::npos, b.text().find("Agendado") == std::string::npos);
}

TEST(GoogleBooking, OfARepeatedTurnFindsItsOwnEvent) {
    GoogleTalk talk;
    talk.link();
    const TurnOutcome whole = talk.say("agenda dentista mañana a las 3");
    talk.tap(whole, "Deshacer");
    for (std::size_t step = 1; step <= whole.operations; ++step)
        for (const bool after : {false, true}) {
            GoogleTalk cut;
            cut.link();
            Message message = GoogleTalk::message("schedule_meeting", "ana");
            message.cut = migue::bench::Cut{step, after};
            const TurnOutcome first = cut.bench.send("agenda dentista mañana a las 3", message);
            ASSERT_NE(first.status, MIGUE_OK);
            const TurnOutcome again = cut.bench.repeat(first);
            EXPECT_TRUE(contains(again.text(), "Agendado"))
                << "cut at " << step << (after ? " after" : " before");
            EXPECT_EQ(cut.titles().size(), 1u) << "cut at " << step;
        }
}

TEST(GoogleBooking, AnswersWithinTheTurnAtGooglesUsualSpeed) {
    GoogleTalk talk;
    talk.link();
    talk.google.set_latency(std::chrono::milliseconds(250), std::chrono::milliseconds(900));
    int booked = 0;
    constexpr int kTurns = 100;
    for (int i = 0; i < kTurns; ++i) {
        const TurnOutcome turn =
            talk.bench.send("agenda dentista mañana a las 3", GoogleTalk::message("schedule_meeting", "ana"));
        ASSERT_EQ(turn.status, MIGUE_OK);
        EXPECT_LE(turn.took, std::chrono::milliseconds(2000));
        booked += turn.text().find("Agendado") != std::string::npos ? 1 : 0;
        for (const auto& event : json::parse(talk.google.events("maria@example.org")))
            if (event.at("status") != "cancelled")
                talk.google.delete_event("maria@example.org", event.at("id").get<std::string>());
        talk.bench.advance(std::chrono::minutes(1));
        for (const TurnOutcome& job : talk.bench.run_due_jobs()) ASSERT_EQ(job.status, MIGUE_OK);
        for (const auto& event : json::parse(talk.google.events("maria@example.org")))
            if (event.at("status") != "cancelled")
                talk.google.delete_event("maria@example.org", event.at("id").get<std::string>());
    }
    RecordProperty("booked_at_once", booked);
    EXPECT_GE(booked, kTurns * 9 / 10);
}

}  // namespace
}  // namespace scheduling
