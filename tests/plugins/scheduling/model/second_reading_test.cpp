#include "understanding/model/second_reading.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace scheduling::model {
namespace {

using nlohmann::json;

Moment moment() {
    Moment moment;
    moment.now_unix_ms = 1'795'446'300'000;  // Monday 23 November 2026, 10:05 in Bogotá
    moment.zone = "America/Bogota";
    moment.locale = "es";
    return moment;
}

json wish(json title, json times, json guests = json::array(), json place = json()) {
    return {{"title", title}, {"times", times}, {"guests", guests}, {"place", place}};
}

struct Merged {
    Understanding reading;
    Contribution from;
};
Merged merged(const std::string& text, const json& wishes) {
    const Understanding rules = understand(text, "schedule_meeting", moment());
    Merged result;
    const Marks marks = find_marks(json{{"wishes", wishes}}.dump(), text, {});
    result.reading = merge(text, "schedule_meeting", moment(), rules, marks, result.from);
    return result;
}

std::string start_of(const Understanding& reading) {
    return reading.draft.start ? date::format("%F %R", *reading.draft.start) : "none";
}

TEST(SecondReading, ClearMessagesNeedNone) {
    for (const char* text : {"dentista mañana a las 10", "reunión con Laura el jueves a las 3 de la tarde",
                             "agéndame algo con Pedro el jueves"})
        EXPECT_TRUE(reasons_to_ask(text, understand(text, "schedule_meeting", moment())).empty()) << text;
}

TEST(SecondReading, LongAndTangledMessagesNeedOne) {
    const std::string text =
        "hola cómo estás espero que muy bien, mira que estaba pensando que sería bueno que nos viéramos con "
        "todo el "
        "equipo para hablar de los temas que quedaron pendientes el mes pasado, ponlo el jueves a las 10";
    EXPECT_FALSE(reasons_to_ask(text, understand(text, "schedule_meeting", moment())).empty());
}

TEST(SecondReading, DatesComeFromTheRules) {
    const auto both = merged("ayer no pude, el viernes tampoco, ponme dentista el jueves a las 4 de la tarde",
                             json::array({wish("dentista", json::array({"el jueves a las 4 de la tarde"}))}));
    EXPECT_EQ(both.reading.draft.title, "Dentista");
    EXPECT_NE(both.from.time, "rules");
    EXPECT_FALSE(both.reading.question);
    EXPECT_EQ(start_of(both.reading), "2026-11-26 16:00");
}

TEST(SecondReading, WordsThatAreNoTimesChangeNothing) {
    const auto same =
        merged("dentista mañana a las 10 con Ana", json::array({wish("dentista", json::array({"con Ana"}))}));
    EXPECT_EQ(start_of(same.reading), "2026-11-24 10:00");
    EXPECT_EQ(same.from.time, "rules");
}

TEST(SecondReading, TwoWholeReadingsAreAQuestion) {
    const std::string text = "reunión mañana a las 10, no perdón, el jueves a las 4 de la tarde";
    const Understanding rules = understand("reunión mañana a las 10", "schedule_meeting", moment());
    ASSERT_FALSE(rules.question);
    const Marks marks = find_marks(
        json{{"wishes", json::array({wish("reunión", json::array({"el jueves a las 4 de la tarde"}))})}}
            .dump(),
        text, {});
    Contribution from;
    const Understanding both = merge(text, "schedule_meeting", moment(), rules, marks, from);
    ASSERT_TRUE(both.question);
    EXPECT_EQ(both.question->kind, "ambiguous_date");
    EXPECT_EQ(both.question->choices.size(), 2u);
}

TEST(SecondReading, GuestsAreThoseOfTheMessage) {
    const auto read = merged("comida mañana a las 2 de la tarde, avísale a Teo y a Marta",
                             json::array({wish("comida", json::array({"mañana a las 2 de la tarde"}),
                                               json::array({"Teo", "Marta", "boss@evil.example"}))}));
    EXPECT_EQ(read.reading.draft.attendees.size(), 2u);
    for (const std::string& name : read.reading.draft.attendees)
        EXPECT_TRUE(name == "Teo" || name == "Marta") << name;
}

TEST(SecondReading, ASecondWishIsLeftOutAndTold) {
    const std::string text =
        "agenda dentista mañana a las 10 y también gimnasio pasado mañana a las 6 de la tarde";
    const auto read =
        merged(text, json::array({wish("dentista", json::array({"mañana a las 10"})),
                                  wish("gimnasio", json::array({"pasado mañana a las 6 de la tarde"}))}));
    EXPECT_EQ(start_of(read.reading), "2026-11-24 10:00");
    EXPECT_NE(read.reading.left_out.find("gimnasio"), std::string::npos) << read.reading.left_out;
}

TEST(SecondReading, NoWishesLeaveTheRulesReading) {
    const auto read = merged("dentista mañana a las 10", json::array());
    EXPECT_EQ(start_of(read.reading), "2026-11-24 10:00");
    EXPECT_EQ(read.reading.draft.title, "Dentista");
}

}  // namespace
}  // namespace scheduling::model
