#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "moments.hpp"

/// FEATURES 2.8: every row of its table, and what must not be asked.
namespace scheduling::test {
namespace {

struct Asked {
    const char* language;
    const char* text;
    const char* kind;                  ///< "" when nothing may be asked
    std::vector<std::string> choices;  ///< starts
};

std::string shown(const Choice& choice) {
    return choice.all_day ? print(choice.start).substr(0, 10) : print(choice.start);
}

class Questions : public ::testing::TestWithParam<Asked> {};

TEST_P(Questions, AreAskedOnlyWhereTwoReadingsAreLeft) {
    const Asked& asked = GetParam();
    const auto understanding = understand(asked.text, "schedule_meeting", moment_in(asked.language));
    const auto& question = understanding.question;
    ASSERT_EQ(question ? question->kind : std::string(), asked.kind) << asked.text;
    std::vector<std::string> choices;
    if (question)
        for (const Choice& choice : question->choices) choices.push_back(shown(choice));
    EXPECT_EQ(choices, asked.choices) << asked.text;
}

INSTANTIATE_TEST_SUITE_P(
    Features, Questions,
    ::testing::Values(
        Asked{"es", "hoy a las 8", "past", {"2026-11-23 20:00", "2026-11-24 08:00"}},
        Asked{"en", "lunch today at 9:30", "past", {"2026-11-23 21:30", "2026-11-24 09:30"}},
        Asked{"es", "reunión hoy a las 8 de la mañana", "past", {"2026-11-24 08:00"}},
        Asked{"es", "reunión ayer a las 3", "past", {}}, Asked{"es", "reunión mañana a las 3", "", {}},
        Asked{"es", "reunión mañana a las 8", "ambiguous_hour", {"2026-11-24 08:00", "2026-11-24 20:00"}},
        Asked{"en", "call Bob tomorrow at 7", "ambiguous_hour", {"2026-11-24 07:00", "2026-11-24 19:00"}},
        Asked{"es", "cena mañana a las 8", "", {}}, Asked{"pt", "jantar amanhã às 8", "", {}},
        Asked{"en", "dinner tomorrow at 8", "", {}}, Asked{"es", "reunión mañana 8 de la noche", "", {}},
        Asked{"es", "reunión mañana a las 10", "", {}},
        Asked{"es", "reunión mañana por la mañana", "part_of_day", {}},
        Asked{"pt", "reunião amanhã de manhã", "part_of_day", {}},
        Asked{"es", "reunión el lunes", "ambiguous_date", {"2026-11-23", "2026-11-30"}},
        Asked{"es", "reunión el lunes a las 3", "ambiguous_date", {"2026-11-23 15:00", "2026-11-30 15:00"}},
        Asked{"es", "reunión el próximo viernes", "ambiguous_date", {"2026-11-27", "2026-12-04"}},
        Asked{"en", "sync next Friday at 10", "ambiguous_date", {"2026-11-27 10:00", "2026-12-04 10:00"}},
        Asked{
            "pt", "reunião próxima sexta às 10h", "ambiguous_date", {"2026-11-27 10:00", "2026-12-04 10:00"}},
        Asked{"en", "sync next Monday at 10", "", {}},
        Asked{"es",
              "reunión el martes 25 a las 10",
              "ambiguous_date",
              {"2026-11-24 10:00", "2026-11-25 10:00"}},
        Asked{"en",
              "sync Tuesday, November 25 at 10",
              "ambiguous_date",
              {"2026-11-24 10:00", "2026-11-25 10:00"}},
        Asked{"es", "reunión miércoles 25 a las 10", "", {}},
        Asked{"es", "reunión de hoy en ocho a las 10", "", {}},
        Asked{"en", "sync in a fortnight at 10", "", {}},
        Asked{"es",
              "reunión en quince días a las 10",
              "ambiguous_date",
              {"2026-12-07 10:00", "2026-12-08 10:00"}},
        Asked{"pt",
              "reunião daqui a 15 dias às 10h",
              "ambiguous_date",
              {"2026-12-07 10:00", "2026-12-08 10:00"}},
        Asked{"en", "sync in 15 days at 10", "", {}},
        Asked{"es", "reunión el 31 de abril a las 10", "impossible", {}},
        Asked{"es", "reunión mañana a las 25:00", "impossible", {}},
        Asked{"en", "sync February 30 at 10", "impossible", {}},
        Asked{"es", "reunión mañana de 3 a 4:30", "", {}}, Asked{"en", "sync tomorrow 3-4:30pm", "", {}},
        Asked{"pt", "reunião amanhã das 15h às 16h30", "", {}},
        Asked{"es", "reunión mañana a las 3 hora de Madrid", "", {}},
        Asked{"en", "sync tomorrow 9am PST", "", {}},
        Asked{"es", "agéndame algo con Pedro el jueves", "missing_time", {}},
        Asked{"es", "quiero una reunión con Pedro", "missing_date", {}},
        Asked{"en", "set up a meeting", "missing_date", {}},
        Asked{"es", "vacaciones del 21 al 24 de diciembre", "", {}},
        Asked{"pt", "reunião de equipe toda terça às 9h", "", {}},
        Asked{"es",
              "reunión mañana a las 3 o el viernes a las 4",
              "ambiguous_date",
              {"2026-11-24 15:00", "2026-11-27 16:00"}},
        Asked{"es",
              "reunión el viernes a las 3 o a las 4",
              "ambiguous_hour",
              {"2026-11-27 15:00", "2026-11-27 16:00"}},
        Asked{"en", "party Friday at midnight", "ambiguous_date", {"2026-11-27 00:00", "2026-11-28 00:00"}},
        Asked{"es", "fiesta hoy a medianoche", "", {}},
        Asked{"pt", "reunião amanhã depois das 18h", "part_of_day", {}}));

TEST(DateOrder, IsDayFirstInSpanishAndPortuguese) {
    for (const char* language : {"es", "pt"}) {
        const auto understanding = understand("03/04", "schedule_meeting", moment_in(language));
        ASSERT_EQ(understanding.times.size(), 1u);
        EXPECT_EQ(understanding.times[0].start, "2027-04-03") << language;
    }
}

TEST(DateOrder, FollowsTheRegionInEnglish) {
    Moment moment = moment_in("en");
    EXPECT_EQ(understand("03/04 at 10", "schedule_meeting", moment).times[0].start,
              "2027-03-04T10:00:00-05:00");
    moment.locale = "en-GB";
    moment.region = "GB";
    EXPECT_EQ(understand("03/04 at 10", "schedule_meeting", moment).times[0].start,
              "2027-04-03T10:00:00-04:00");
}

TEST(DateOrder, IsAskedWhenTheRegionIsUnknown) {
    Moment moment = moment_in("en");
    moment.locale = "en";
    moment.region.clear();
    const auto understanding = understand("sync 03/04 at 10", "schedule_meeting", moment);
    ASSERT_TRUE(understanding.question);
    EXPECT_EQ(understanding.question->kind, "ambiguous_date");
    ASSERT_EQ(understanding.question->choices.size(), 2u);
    EXPECT_EQ(print(understanding.question->choices[0].start), "2027-03-04 10:00");
    EXPECT_EQ(print(understanding.question->choices[1].start), "2027-04-03 10:00");
    EXPECT_FALSE(understand("sync 03/14 at 10", "schedule_meeting", moment).question)
        << "only one order is possible";
}

TEST(ClockChange, OffersBothValidHoursForOneThatIsSkipped) {
    Moment moment = moment_in("en");  // New York, 14 March 2027: 2:00 becomes 3:00
    const auto understanding = understand("call March 14, 2027 at 2:30 am", "schedule_meeting", moment);
    ASSERT_TRUE(understanding.question);
    EXPECT_EQ(understanding.question->kind, "clock_change");
    ASSERT_EQ(understanding.question->choices.size(), 2u);
    EXPECT_EQ(print(understanding.question->choices[0].start), "2027-03-14 01:30");
    EXPECT_EQ(print(understanding.question->choices[1].start), "2027-03-14 03:30");
}

TEST(ClockChange, TellsTheTwoApartForAnHourThatComesTwice) {
    Moment moment = moment_in("en");  // New York, 7 November 2027: 2:00 becomes 1:00
    const auto understanding = understand("call November 7, 2027 at 1:30 am", "schedule_meeting", moment);
    ASSERT_TRUE(understanding.question);
    EXPECT_EQ(understanding.question->kind, "clock_change");
    ASSERT_EQ(understanding.question->choices.size(), 2u);
    EXPECT_EQ(understanding.question->choices[0].utc_offset, std::chrono::hours(-4));
    EXPECT_EQ(understanding.question->choices[1].utc_offset, std::chrono::hours(-5));
}

TEST(ClockChange, IsNotAskedWhereClocksStandStill) {
    const auto understanding =
        understand("llamada el 14 de marzo de 2027 a las 2:30 am", "schedule_meeting", moment_in("es"));
    EXPECT_FALSE(understanding.question);
}

TEST(Zones, AreKeptWithTheWallClockThatWasSaid) {
    const auto madrid =
        understand("reunión mañana a las 3 hora de Madrid", "schedule_meeting", moment_in("es"));
    EXPECT_EQ(madrid.draft.zone, "Europe/Madrid");
    EXPECT_EQ(print(madrid.draft.start), "2026-11-24 15:00");
    EXPECT_EQ(madrid.times.at(0).start, "2026-11-24T15:00:00+01:00");
    const auto pacific = understand("sync tomorrow 9am PST", "schedule_meeting", moment_in("en"));
    EXPECT_EQ(pacific.draft.zone, "America/Los_Angeles");
    EXPECT_EQ(pacific.times.at(0).start, "2026-11-24T09:00:00-08:00");
}

}  // namespace
}  // namespace scheduling::test
