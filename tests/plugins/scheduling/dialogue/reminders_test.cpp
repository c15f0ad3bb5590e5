#include <map>

#include "talk.hpp"

/// Reminders and the morning's agenda, with a clock that is moved.
namespace scheduling {
namespace {

using nlohmann::json;

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Moves the clock and gives what was said without being asked.
std::string later(Talk& talk, std::chrono::minutes time) {
    std::string said;
    talk.bench().advance(time);
    for (const TurnOutcome& turn : talk.bench().run_due_jobs()) {
        EXPECT_EQ(turn.status, MIGUE_OK) << (turn.reasons.empty() ? "" : turn.reasons.front());
        said += turn.text();
    }
    return said;
}

std::int64_t count(Talk& talk, const std::string& table) {
    return json::parse(talk.bench().sql("SELECT COUNT(*) AS n FROM scheduling." + table)).at(0).at("n");
}

using std::chrono::hours;
using std::chrono::minutes;

TEST(Reminders, AreKeptWithABooking) {
    Talk talk;
    const TurnOutcome booked = talk.say("agenda dentista mañana a las 3 y recuérdame una hora antes");
    EXPECT_TRUE(contains(booked.text(), "Te aviso el martes 24 a las 14:00.")) << booked.text();
    EXPECT_EQ(later(talk, hours(27)), "");                                 // 13:05
    EXPECT_EQ(later(talk, minutes(55)), "En 1 hora: *Dentista*, 15:00.");  // 14:00
    EXPECT_EQ(later(talk, hours(48)), "");
}

TEST(Reminders, AreAskedForAfterABooking) {
    const std::map<std::string, std::pair<std::vector<std::string>, std::string>> talks{
        {"es",
         {{"agenda dentista mañana a las 3", "recuérdame una hora antes"}, "En 1 hora: *Dentista*, 15:00."}},
        {"en",
         {{"book dentist tomorrow at 3pm", "remind me 10 min before"}, "In 10 minutes: *Dentist*, 3:00 PM."}},
        {"pt",
         {{"marca dentista amanhã às 15h", "me avisa um dia antes"},
          "Lembrete: *Dentista*, terça-feira, 24 de novembro, 15:00–15:30."}}};
    for (const auto& [locale, talked] : talks) {
        Talk talk(locale);
        talk.say(talked.first[0]);
        const TurnOutcome set = talk.say(talked.first[1], "reminder");
        EXPECT_EQ(Talk::labels(set).size(), 2u) << locale << ": " << set.text();
        std::string said;
        for (int i = 0; i < 60 * 12; ++i) said += later(talk, minutes(5));
        EXPECT_EQ(said, talked.second) << locale << ": " << set.text();
    }
}

TEST(Reminders, OfSomethingNewComeAtItsTime) {
    Talk talk("en");
    const TurnOutcome booked = talk.say("remind me to call mom tomorrow at 10am", "reminder");
    EXPECT_TRUE(contains(booked.text(), "I'll remind you")) << booked.text();
    EXPECT_EQ(later(talk, hours(23) + minutes(54)), "");
    EXPECT_TRUE(contains(later(talk, minutes(1)), "Now: *Call mom*, 10:00 AM."));
}

TEST(Reminders, GoWithAnEventThatIsMoved) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3");
    talk.say("recuérdame una hora antes", "reminder");
    talk.tap(talk.say("mueve el dentista a las 5 de la tarde", "reschedule_meeting"), "Mover");
    EXPECT_EQ(later(talk, hours(29)), "");                                 // 15:05
    EXPECT_EQ(later(talk, minutes(55)), "En 1 hora: *Dentista*, 17:00.");  // 16:00
}

TEST(Reminders, OfACancelledEventSayNothing) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3");
    talk.say("recuérdame una hora antes", "reminder");
    talk.tap(talk.say("cancela el dentista", "cancel_meeting"), "Sí, cancelar");
    EXPECT_EQ(later(talk, hours(48)), "");
    EXPECT_EQ(count(talk, "reminders"), 0);
}

TEST(Reminders, StayWithAnEventThatIsCancelledAndPutBack) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3");
    talk.say("recuérdame una hora antes", "reminder");
    talk.tap(talk.tap(talk.say("cancela el dentista", "cancel_meeting"), "Sí, cancelar"), "Deshacer");
    EXPECT_EQ(later(talk, hours(27) + minutes(55)), "En 1 hora: *Dentista*, 15:00.");
}

TEST(Reminders, AreReplacedAndTakenBack) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3");
    const TurnOutcome set = talk.say("recuérdame una hora antes", "reminder");
    const TurnOutcome changed = talk.say("mejor 30 minutos antes", "other");
    EXPECT_TRUE(contains(changed.text(), "14:30")) << changed.text();
    EXPECT_TRUE(contains(talk.say("¿qué avisos tengo?", "query_agenda").text(), "14:30: *Dentista*"));
    EXPECT_EQ(count(talk, "reminders"), 1);
    EXPECT_TRUE(contains(talk.say("quita el aviso", "cancel_meeting").text(), "no te aviso de *Dentista*"));
    EXPECT_EQ(later(talk, hours(48)), "");
}

TEST(Reminders, AskHowLongBefore) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3");
    const TurnOutcome asked = talk.say("recuérdame el dentista", "reminder");
    EXPECT_EQ(Talk::labels(asked),
              (std::vector<std::string>{"10 minutos antes", "1 hora antes", "1 día antes"}));
    EXPECT_TRUE(contains(talk.tap(asked, "10 minutos antes").text(), "14:50"));
}

TEST(Reminders, NeverComeInQuietHours) {
    Talk talk;
    const TurnOutcome early =
        talk.say("agenda gimnasio mañana a las 6 de la mañana y recuérdame una hora antes");
    EXPECT_TRUE(contains(early.text(), "hoy a las 20:55. De 21:00 a 7:00 no escribo.")) << early.text();
    const TurnOutcome morning =
        talk.say("agenda yoga mañana a las 7:30 de la mañana y recuérdame una hora antes");
    EXPECT_TRUE(contains(morning.text(), "Te aviso el martes 24 a las 7:00.")) << morning.text();
}

TEST(Reminders, AnswersAreAboutTheirEvent) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3 y recuérdame una hora antes");
    talk.bench().advance(hours(27) + minutes(55));
    const auto turns = talk.bench().run_due_jobs();
    ASSERT_EQ(turns.size(), 1u);
    EXPECT_EQ(Talk::labels(turns[0]), (std::vector<std::string>{"Voy", "Reagendar", "Cancelar cita"}));
    const TurnOutcome card = talk.say("llego tarde, pásala a las 4", "other");
    EXPECT_TRUE(contains(card.text(), "16:00")) << card.text();
    talk.tap(card, "Mover");
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista"});
    EXPECT_EQ(later(talk, hours(1)), "En 1 hora: *Dentista*, 16:00.")
        << "moved: said again, an hour before the new time";
}

TEST(Reminders, LeaveAnOpenCardOpen) {
    Talk talk;
    talk.say("agenda dentista hoy a las 3 y recuérdame 4 horas antes");  // 11:00
    talk.bench().advance(minutes(50));
    const TurnOutcome card = talk.say("agenda reunión el viernes a las 4");
    talk.bench().advance(minutes(5));
    const auto turns = talk.bench().run_due_jobs();
    ASSERT_EQ(turns.size(), 1u);
    EXPECT_TRUE(contains(turns[0].text(), "Dentista"));
    EXPECT_TRUE(contains(talk.tap(turns[0], "Voy").text(), "¡Anotado!"));
    EXPECT_TRUE(contains(talk.tap(card, "Agendar").text(), "Agendad"));
}

TEST(Reminders, OfASeriesComeEachTime) {
    Talk talk;
    talk.tap(talk.say("agenda clase de inglés todos los martes a las 5 de la tarde"), "Agendar");
    talk.say("recuérdame 30 minutos antes", "reminder");
    int said = 0;
    for (int day = 0; day < 28; ++day)
        for (int hour = 0; hour < 24; ++hour)
            if (contains(later(talk, hours(1)), "inglés")) ++said;
    EXPECT_EQ(said, 4);
}

TEST(Reminders, ARepeatedTurnSaysItOnce) {
    Talk talk;
    talk.say("agenda dentista mañana a las 3 y recuérdame una hora antes");
    talk.bench().advance(hours(27) + minutes(55));
    talk.bench().fail_next_sql(MIGUE_E_UNAVAILABLE);
    const auto failed = talk.bench().run_due_jobs();
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_NE(failed[0].status, MIGUE_OK);
    EXPECT_EQ(later(talk, minutes(1)), "En 59 minutos: *Dentista*, 15:00.");
    EXPECT_EQ(later(talk, hours(3)), "");
}

TEST(OptOut, EndsWhatIsNoAnswerAndIsConfirmedOnce) {
    for (const auto& [locale, word] :
         std::map<std::string, std::string>{{"es", "BAJA"}, {"en", "STOP"}, {"pt", "SAIR"}}) {
        Talk talk(locale);
        talk.say(locale == "en"   ? "book dentist tomorrow at 3pm"
                 : locale == "pt" ? "marca dentista amanhã às 15h"
                                  : "agenda dentista mañana a las 3");
        talk.say(locale == "en"   ? "remind me an hour before"
                 : locale == "pt" ? "me avisa uma hora antes"
                                  : "recuérdame una hora antes",
                 "reminder");
        EXPECT_NE(talk.say(word, "opt_out").text(), "");
        EXPECT_EQ(talk.say(word, "opt_out").text(), "");
        EXPECT_EQ(later(talk, hours(48)), "") << locale;
        EXPECT_NE(talk.say(locale == "en"   ? "what do I have tomorrow?"
                           : locale == "pt" ? "o que tenho amanhã?"
                                            : "¿qué tengo mañana?",
                           "query_agenda")
                      .text(),
                  "");
    }
}

TEST(Digest, ComesOnWorkdaysWithSomethingInThem) {
    Talk talk;
    talk.say("agenda dentista el miércoles a las 3");
    talk.say("agenda cine el sábado a las 7 de la noche");
    const TurnOutcome set = talk.say("mándame mi agenda cada mañana a las 7:30", "query_agenda");
    EXPECT_TRUE(contains(set.text(), "7:30")) << set.text();
    std::vector<std::string> said;
    for (int half = 0; half < 14 * 48; ++half)
        if (const std::string text = later(talk, minutes(30)); !text.empty()) said.push_back(text);
    ASSERT_EQ(said.size(), 1u);
    EXPECT_TRUE(contains(said[0], "Dentista")) << said[0];
    EXPECT_TRUE(contains(talk.say("ya no me mandes la agenda", "other").text(), "ya no"));
}

}  // namespace
}  // namespace scheduling
