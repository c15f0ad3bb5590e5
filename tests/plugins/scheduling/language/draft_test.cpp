#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "moments.hpp"

namespace scheduling::test {
namespace {

struct Message {
    const char* language;
    const char* text;
    const char* title;
    const char* start;  ///< "none" when not said
    const char* end;
    std::vector<std::string> attendees = {};
    const char* location = "";
};

class Drafts : public ::testing::TestWithParam<Message> {};

TEST_P(Drafts, HoldWhatWasSaidAndNothingElse) {
    const Message& message = GetParam();
    const EventDraft draft = understand(message.text, "schedule_meeting", moment_in(message.language)).draft;
    EXPECT_EQ(draft.title, message.title) << message.text;
    EXPECT_EQ(print(draft.start), message.start) << message.text;
    EXPECT_EQ(print(draft.end), message.end) << message.text;
    EXPECT_EQ(draft.attendees, message.attendees) << message.text;
    EXPECT_EQ(draft.location, message.location) << message.text;
}

using Names = std::vector<std::string>;

INSTANTIATE_TEST_SUITE_P(
    Messages, Drafts,
    ::testing::Values(
        Message{"es", "agenda una reunión con Laura mañana a las 3", "Reunión con Laura", "2026-11-24 15:00",
                "none", Names{"Laura"}},
        Message{"es", "reunión con Laura mañana a las 3 por una hora", "Reunión con Laura",
                "2026-11-24 15:00", "2026-11-24 16:00", Names{"Laura"}},
        Message{"es", "agéndame algo con Pedro el jueves", "Reunión con Pedro", "2026-11-26 00:00", "none",
                Names{"Pedro"}},
        Message{"es", "agenda dentista el viernes a las 10", "Dentista", "2026-11-27 10:00", "none"},
        Message{"es", "vacaciones del 21 al 24 de diciembre", "Vacaciones", "2026-12-21 00:00",
                "2026-12-25 00:00"},
        Message{"es", "reunión con Laura y Pablo mañana a las 11", "Reunión con Laura y Pablo",
                "2026-11-24 11:00", "none", Names{"Laura", "Pablo"}},
        Message{"es", "reunion con laura mñna 3pm xfa", "Reunion con Laura", "2026-11-24 15:00", "none",
                Names{"laura"}},
        Message{"es", "mañana a las 3pm reunión con el equipo de diseño en la sala 3",
                "Reunión con el equipo de diseño", "2026-11-24 15:00", "none", Names{"el equipo de diseño"},
                "sala 3"},
        Message{"es", "el viernes 27 a las 15:30 revisión de presupuesto con Marta",
                "Revisión de presupuesto con Marta", "2026-11-27 15:30", "none", Names{"Marta"}},
        Message{"es", "por favor agenda cita con el dentista para mañana a las 11:00, gracias",
                "Cita con el dentista", "2026-11-24 11:00", "none", Names{"el dentista"}},
        Message{"es", "comida con mi mamá el domingo a la 1", "Comida con mi mamá", "2026-11-29 13:00",
                "none", Names{"mi mamá"}},
        Message{"es", "ponme reunión de 30 minutos con Carlos pasado mañana a las 4 y media",
                "Reunión con Carlos", "2026-11-25 16:30", "2026-11-25 17:00", Names{"Carlos"}},
        Message{"es", "cumpleaños de mamá el 5 de mayo", "Cumpleaños de mamá", "2027-05-05 00:00",
                "2027-05-06 00:00"},
        Message{"es",
                "cita médica el 3 de diciembre 10:30 am en la Clínica Shaio",
                "Cita médica",
                "2026-12-03 10:30",
                "none",
                {},
                "Clínica Shaio"},
        Message{"es", "mejor a las 4", "", "2026-11-23 16:00", "none"},
        Message{"es", "invita a Luis y Ana a la reunión del viernes a las 9", "Reunión", "2026-11-27 09:00",
                "none", Names{"Luis", "Ana"}},
        Message{"es", "Reunión 🚀 mañana 3pm!!!", "Reunión", "2026-11-24 15:00", "none"},
        Message{"en", "lunch with Bob next Tuesday 12:30", "Lunch with Bob", "2026-11-24 12:30", "none",
                Names{"Bob"}},
        Message{"en", "book 45 min with Sam Thursday 11am, video call", "Meeting with Sam",
                "2026-11-26 11:00", "2026-11-26 11:45", Names{"Sam"}},
        Message{"en", "dinner with Anna at 8 at La Trattoria on Saturday", "Dinner with Anna",
                "2026-11-28 20:00", "none", Names{"Anna"}, "La Trattoria"},
        Message{"en", "coffee w/ john tmrw 10am at starbucks", "Coffee with John", "2026-11-24 10:00", "none",
                Names{"john"}, "starbucks"},
        Message{"en", "please schedule dentist appointment Monday next week at 3", "Dentist appointment",
                "2026-11-30 15:00", "none"},
        Message{"en", "project sync Nov 30 14:00-15:00", "Project sync", "2026-11-30 14:00",
                "2026-11-30 15:00"},
        Message{"en", "trip to Paris from Dec 10 to Dec 15", "Trip to Paris", "2026-12-10 00:00",
                "2026-12-16 00:00"},
        Message{"en", "schedule a call with kim@example.com on Thursday from 2 to 3pm", "Call",
                "2026-11-26 14:00", "2026-11-26 15:00", Names{"kim@example.com"}},
        Message{"pt", "marca call com a Ana amanhã às 15h", "Call com a Ana", "2026-11-24 15:00", "none",
                Names{"Ana"}},
        Message{"pt", "marca dentista sexta às 14h por 1 hora", "Dentista", "2026-11-27 14:00",
                "2026-11-27 15:00"},
        Message{"pt", "marca uma reunião amanhã às 10", "Reunião", "2026-11-24 10:00", "none"},
        Message{"pt", "almoço com o João e a Maria amanhã ao meio-dia no restaurante Figueira",
                "Almoço com o João e a Maria", "2026-11-24 12:00", "none", Names{"João", "Maria"},
                "restaurante Figueira"},
        Message{"pt", "reunião dia 30/11 das 14h às 15h", "Reunião", "2026-11-30 14:00", "2026-11-30 15:00"},
        Message{"pt", "aniversário da Bia sábado", "Aniversário da Bia", "2026-11-28 00:00",
                "2026-11-29 00:00"},
        Message{"es", "tomorrow a las 5 con Bob", "Reunión con Bob", "2026-11-24 17:00", "none",
                Names{"Bob"}},
        Message{"es", "", "", "none", "none"}, Message{"es", "🙂", "", "none", "none"}));

TEST(Draft, FillsNoDefaults) {
    const EventDraft draft = understand("reunión mañana a las 3", "schedule_meeting", moment_in("es")).draft;
    EXPECT_FALSE(draft.end);
    EXPECT_FALSE(draft.duration);
    EXPECT_EQ(draft.inferred, (std::vector<std::string>{"end", "tz"}));
    EXPECT_TRUE(draft.has_date && draft.has_time);
}

TEST(Draft, KeepsAChangeOfTheHourApartFromTheDay) {
    const EventDraft draft = understand("mejor a las 4", "reschedule_meeting", moment_in("es")).draft;
    EXPECT_FALSE(draft.has_date);
    EXPECT_TRUE(draft.has_time);
    const EventDraft longer =
        understand("que dure una hora y agrega a Luis", "reschedule_meeting", moment_in("es")).draft;
    EXPECT_EQ(longer.duration, std::chrono::minutes(60));
    EXPECT_EQ(longer.attendees, std::vector<std::string>{"Luis"});
    EXPECT_TRUE(longer.invites);
    EXPECT_FALSE(longer.start);
}

TEST(Draft, ReadsRemindersAsRemindersNotAsLengths) {
    struct Case {
        const char* language;
        const char* text;
        int minutes;
    };
    for (const Case& one : {Case{"es", "cita el 3 de diciembre 10:30, recuérdame 2 horas antes", 120},
                            Case{"es", "recuérdame una hora antes", 60},
                            Case{"en", "dentist Dec 3 10:30, remind me 30 minutes before", 30},
                            Case{"pt", "consulta dia 3 de dezembro às 10h30, me avisa 1 hora antes", 60}}) {
        const EventDraft draft = understand(one.text, "schedule_meeting", moment_in(one.language)).draft;
        EXPECT_EQ(draft.reminder, std::chrono::minutes(one.minutes)) << one.text;
        EXPECT_FALSE(draft.end) << one.text;
        EXPECT_FALSE(draft.duration) << one.text;
    }
}

TEST(Draft, SeesTheWishForAVideoCall) {
    struct Case {
        const char* language;
        const char* text;
        const char* title;
    };
    for (const Case& one : {Case{"es", "videollamada con Ana mañana a las 3", "Videollamada con Ana"},
                            Case{"es", "reunión con Ana mañana a las 3 por Zoom", "Reunión con Ana"},
                            Case{"en", "sync with Kim tomorrow at 3 on Zoom", "Sync with Kim"},
                            Case{"pt", "reunião com a Ana amanhã às 15h pelo Meet", "Reunião com a Ana"}}) {
        const EventDraft draft = understand(one.text, "schedule_meeting", moment_in(one.language)).draft;
        EXPECT_TRUE(draft.video_call) << one.text;
        EXPECT_EQ(draft.title, one.title);
    }
    EXPECT_FALSE(
        understand("reunión con Ana mañana a las 3", "schedule_meeting", moment_in("es")).draft.video_call);
}

TEST(Draft, TurnsRepeatsIntoRulesWithTheirFirstDay) {
    struct Case {
        const char* language;
        const char* text;
        const char* rrule;
        const char* start;
    };
    for (const Case& one :
         {Case{"pt", "reunião de equipe toda terça às 9h", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24 09:00"},
          Case{"en", "first Monday of each month 10am, 6 times", "FREQ=MONTHLY;BYDAY=1MO;COUNT=6",
               "2026-12-07 10:00"},
          Case{"es", "yoga todos los martes y jueves a las 7 pm", "FREQ=WEEKLY;BYDAY=TU,TH",
               "2026-11-24 19:00"},
          Case{"es", "pagar arriendo el 5 de cada mes", "FREQ=MONTHLY;BYMONTHDAY=5", "2026-12-05 00:00"},
          Case{"en", "standup every weekday at 9:15", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-24 09:15"},
          Case{"en", "standup every weekday at 11:15", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
               "2026-11-23 11:15"}}) {
        const EventDraft draft = understand(one.text, "schedule_meeting", moment_in(one.language)).draft;
        EXPECT_EQ(draft.rrule, one.rrule) << one.text;
        EXPECT_EQ(print(draft.start), one.start) << one.text;
    }
}

TEST(Span, CoversWhatIsAskedAbout) {
    struct Case {
        const char* language;
        const char* text;
        const char* intent;
        const char* begin;
        const char* end;
    };
    for (const Case& one :
         {Case{"es", "¿qué tengo mañana?", "query_agenda", "2026-11-24 00:00", "2026-11-25 00:00"},
          Case{"en", "am I free Wednesday afternoon?", "find_slot", "2026-11-25 12:00", "2026-11-25 18:00"},
          Case{"es", "¿qué tengo esta semana?", "query_agenda", "2026-11-23 00:00", "2026-11-30 00:00"},
          Case{"en", "cancel everything tomorrow", "cancel_meeting", "2026-11-24 00:00", "2026-11-25 00:00"},
          Case{"en", "move tomorrow's 3pm to Friday", "reschedule_meeting", "2026-11-24 15:00",
               "2026-11-24 15:01"},
          Case{"pt", "o que tenho na quinta das 14h às 16h?", "query_agenda", "2026-11-26 14:00",
               "2026-11-26 16:00"}}) {
        const auto span = understand(one.text, one.intent, moment_in(one.language)).span;
        ASSERT_TRUE(span) << one.text;
        EXPECT_EQ(print(span->begin), one.begin) << one.text;
        EXPECT_EQ(print(span->end), one.end) << one.text;
    }
    EXPECT_FALSE(understand("cancela la reunión con Laura", "cancel_meeting", moment_in("es")).span);
}

TEST(Reschedule, TellsWhereToFromWhereFrom) {
    const auto moved = understand("move tomorrow's 3pm to Friday", "reschedule_meeting", moment_in("en"));
    EXPECT_EQ(print(moved.draft.start), "2026-11-27 00:00");
    EXPECT_FALSE(moved.draft.has_time);
    const auto both = understand("cambia la cita de mañana para el jueves a las 5 pm", "reschedule_meeting",
                                 moment_in("es"));
    EXPECT_EQ(print(both.draft.start), "2026-11-26 17:00");
    ASSERT_TRUE(both.span);
    EXPECT_EQ(print(both.span->begin), "2026-11-24 00:00");
    const auto target =
        understand("mueve la reunión con Laura al viernes", "reschedule_meeting", moment_in("es"));
    EXPECT_EQ(print(target.draft.start), "2026-11-27 00:00");
    EXPECT_EQ(target.draft.title, "Reunión con Laura");
}

TEST(Json, HasTheShapeOfTheCommand) {
    const Moment moment = moment_in("es");
    const auto understanding =
        understand("reunión \"A\\B\" con ana@ejemplo.co mañana a las 3", "schedule_meeting", moment);
    const auto json = nlohmann::json::parse(to_json(understanding, moment, "schedule_meeting"));
    EXPECT_EQ(json.at("event").at("start"), "2026-11-24T15:00:00-05:00");
    EXPECT_TRUE(json.at("event").at("end").is_null());
    EXPECT_EQ(json.at("event").at("all_day"), false);
    EXPECT_EQ(json.at("event").at("attendees").at(0), "ana@ejemplo.co");
    EXPECT_TRUE(json.at("event").at("rrule").is_null());
    EXPECT_EQ(json.at("event").at("tz"), "America/Bogota");
    EXPECT_EQ(json.at("event").at("inferred"), (nlohmann::json{"end", "tz"}));
    EXPECT_EQ(json.at("times").size(), 1u);
    EXPECT_EQ(json.at("times").at(0).at("type"), "datetime");
    EXPECT_TRUE(json.at("question").is_null());
    const auto asked = understand("hoy a las 8", "schedule_meeting", moment);
    const auto question = nlohmann::json::parse(to_json(asked, moment, "schedule_meeting")).at("question");
    EXPECT_EQ(question.at("kind"), "past");
    EXPECT_EQ(question.at("choices").at(0).at("start"), "2026-11-23T20:00:00-05:00");
    for (const char* intent : {"query_agenda", "cancel_meeting", "reschedule_meeting"})
        EXPECT_TRUE(nlohmann::json::parse(to_json(asked, moment, intent)).at("event").is_null()) << intent;
}

bool is_inferred(const EventDraft& draft, std::string_view field) {
    return std::find(draft.inferred.begin(), draft.inferred.end(), field) != draft.inferred.end();
}

TEST(SecondWish, IsLeftOutAndNamed) {
    const auto read =
        understand("agéndame dos reuniones: una con Pedro mañana a las 9 y otra con Ana a las 11",
                   "schedule_meeting", moment_in("es"));
    EXPECT_EQ(print(read.draft.start), "2026-11-24 09:00");
    EXPECT_EQ(read.draft.attendees, std::vector<std::string>{"Pedro"});
    EXPECT_EQ(read.left_out, "y otra con Ana a las 11");
    EXPECT_FALSE(read.question);
    EXPECT_EQ(
        understand("lunch with Ann at noon, dessert later", "schedule_meeting", moment_in("en")).left_out,
        "");
}

TEST(Deadlines, StandWhereTheyEndAndAreInferred) {
    const auto read = understand("submit the report by Friday at 5pm", "schedule_meeting", moment_in("en"));
    EXPECT_EQ(print(read.draft.start), "2026-11-27 17:00");
    EXPECT_TRUE(is_inferred(read.draft, "date") && is_inferred(read.draft, "time"));
    const auto open = understand("call me after 5pm Friday", "schedule_meeting", moment_in("en"));
    EXPECT_FALSE(open.draft.has_time) << "after five is not at five";
    EXPECT_TRUE(understand("party from 5pm Friday", "schedule_meeting", moment_in("en")).draft.has_time);
}

TEST(Repeats, AreNotMadeOfAnAdjectiveBesideOneDay) {
    EXPECT_EQ(understand("revisão semanal amanhã às 10", "schedule_meeting", moment_in("pt")).draft.rrule,
              "");
    EXPECT_EQ(understand("daily mañana a las 9", "schedule_meeting", moment_in("es")).draft.rrule, "");
    const auto weekly = understand("weekly sync Mondays at 10", "schedule_meeting", moment_in("en")).draft;
    EXPECT_EQ(weekly.rrule, "FREQ=WEEKLY;BYDAY=MO");
    EXPECT_EQ(weekly.title, "Weekly sync");
}

TEST(Repeats, ThatTheRuleCannotTellWhollyAreInferred) {
    for (const char* text : {"pizza every Friday at 7pm except Christmas", "course December 7 to 11 at 6pm",
                             "gym mon wed fri 6am", "swim twice a week at 7pm"}) {
        const auto draft = understand(text, "schedule_meeting", moment_in("en")).draft;
        EXPECT_NE(draft.rrule, "") << text;
        EXPECT_TRUE(is_inferred(draft, "rrule")) << text;
    }
}

TEST(RoomyStretches, LeaveTheHourOpen) {
    const auto read =
        understand("una hora con Luis el martes entre las 2 y las 5", "schedule_meeting", moment_in("es"));
    EXPECT_FALSE(read.draft.has_time);
    EXPECT_EQ(read.draft.part_begin, std::chrono::hours(14));
    EXPECT_EQ(read.draft.part_end, std::chrono::hours(17));
    ASSERT_TRUE(read.question);
    EXPECT_EQ(read.question->kind, "part_of_day");
}

TEST(Reminders, OfADayBeforeNeedNoNumber) {
    EXPECT_EQ(
        understand("dentist Nov 30 at 2pm, remind me the day before", "schedule_meeting", moment_in("en"))
            .draft.reminder,
        std::chrono::hours(24));
}

TEST(Verbs, ThatChangeEventsAreTitlesUnlessAnEventIsChanged) {
    EXPECT_EQ(understand("mover muebles el sábado a las 9", "schedule_meeting", moment_in("es")).draft.title,
              "Mover muebles");
    EXPECT_EQ(understand("muévela al sábado a las 9", "reschedule_meeting", moment_in("es")).draft.title, "");
}

}  // namespace
}  // namespace scheduling::test
