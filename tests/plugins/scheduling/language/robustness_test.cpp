#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "language/reading.hpp"
#include "moments.hpp"

/// Whatever the bytes: an answer, valid JSON, offsets inside the text, bounded work.
namespace scheduling::test {
namespace {

constexpr unsigned kSeed = 20261123;
// Pattern steps for a whole message, long ones included; measured worst is near it.
constexpr std::uint64_t kMostSteps = 150'000;

void expect_sound(const std::string& text, const char* language) {
    const Moment moment = moment_in(language);
    const auto understanding = understand(text, "schedule_meeting", moment);
    std::size_t last = 0;
    for (const TimeMention& mention : understanding.times) {
        EXPECT_LE(last, mention.begin);
        EXPECT_LT(mention.begin, mention.finish);
        EXPECT_LE(mention.finish, text.size());
        last = mention.finish;
    }
    const std::string json = to_json(understanding, moment, "schedule_meeting");
    EXPECT_TRUE(nlohmann::json::accept(json)) << json;
}

TEST(AnyBytes, GetAnAnswer) {
    std::mt19937 random(kSeed);
    for (int round = 0; round < 1500; ++round) {
        std::string text(random() % 200, '\0');
        for (char& c : text) c = static_cast<char>(random() % 256);
        SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
        expect_sound(text, round % 3 == 0 ? "es" : round % 3 == 1 ? "en" : "pt");
    }
}

/// Pieces of real phrases in any order reach far more rules than random bytes.
TEST(AnyWords, GetAnAnswer) {
    const std::vector<std::string> pieces = {"mañana",
                                             "a las",
                                             "3",
                                             "15",
                                             "de",
                                             "la",
                                             "tarde",
                                             "el",
                                             "lunes",
                                             "próximo",
                                             "que viene",
                                             "entre",
                                             "y",
                                             "hasta",
                                             "cada",
                                             "semana",
                                             "mes",
                                             "del",
                                             "al",
                                             "diciembre",
                                             "2027",
                                             "99",
                                             "0",
                                             "31",
                                             "horas",
                                             "media",
                                             "hace",
                                             "en",
                                             "dentro de",
                                             "años",
                                             "tomorrow",
                                             "at",
                                             "noon",
                                             "next",
                                             "Friday",
                                             "to",
                                             "5pm",
                                             "every",
                                             "other",
                                             "last",
                                             "day",
                                             "of",
                                             "the",
                                             "month",
                                             "in",
                                             "amanhã",
                                             "às",
                                             "h",
                                             "30",
                                             "toda",
                                             "sexta",
                                             "feira",
                                             "que vem",
                                             "até",
                                             "depois de",
                                             "dia",
                                             ":",
                                             "/",
                                             "-",
                                             ".",
                                             ",",
                                             "º",
                                             "1000000",
                                             "999999999999",
                                             "siglos",
                                             "decades",
                                             "6 veces",
                                             "hora de Madrid",
                                             "PST",
                                             "con",
                                             "Ana",
                                             "a@b.co",
                                             "+57 300 1234567"};
    std::mt19937 random(kSeed);
    for (int round = 0; round < 6000; ++round) {
        std::string text;
        for (std::size_t count = 1 + random() % 12; count > 0; --count) {
            text += pieces[random() % pieces.size()];
            if (random() % 4 != 0) text += ' ';
        }
        SCOPED_TRACE("round " + std::to_string(round) + ": " + text);
        expect_sound(text, round % 3 == 0 ? "es" : round % 3 == 1 ? "en" : "pt");
    }
}

TEST(EveryPrefix, OfAMessageIsFine) {
    const std::string text = "Reunión con Íñigo mañana a las 3½ €5 “sala” 🚀 até às 15h30";
    for (std::size_t size = 0; size <= text.size(); ++size) expect_sound(text.substr(0, size), "es");
}

TEST(LongMessages, TakeBoundedWork) {
    for (const char* piece : {"3-",
                              "3 ",
                              "a las 3 ",
                              "1/",
                              "de la ",
                              "lunes y ",
                              "el 3 de ",
                              "x",
                              "a@",
                              "(1",
                              "uno ",
                              "y ",
                              "mañana ",
                              "una hora y ",
                              "lunez ",
                              "every other ",
                              "3 de la tarde ",
                              "de 3 a ",
                              "mañana a las 3 y ",
                              "+1 ",
                              "1 2 3-4 ",
                              "\xF0\x9F\x98\x80",
                              "\xFF",
                              "próximo lunes de la semana que viene "}) {
        std::string text;
        while (text.size() < language::kMaxTextBytes) text += piece;
        language::Context context;
        context.today = 20780;
        const auto reading = language::read(text, "es", context);
        EXPECT_LE(reading.steps, kMostSteps) << piece;
    }
}

TEST(LongMessages, AreReadUpToTheLimit) {
    const std::string text = std::string(language::kMaxTextBytes, 'a') + " mañana";
    EXPECT_TRUE(understand(text, "schedule_meeting", moment_in("es")).times.empty());
    const std::string early = "mañana a las 3 " + std::string(2 * language::kMaxTextBytes, 'a');
    EXPECT_EQ(understand(early, "schedule_meeting", moment_in("es")).times.size(), 1u);
}

TEST(ManySteps, GrowLinearly) {
    const auto steps = [](int times) {
        std::string text;
        for (int i = 0; i < times; ++i) text += "reunión con Laura mañana a las 3 de la tarde. ";
        language::Context context;
        context.today = 20780;
        return language::read(text, "es", context).steps;
    };
    const auto ten = steps(10), forty = steps(40);
    EXPECT_GT(ten, 0u);
    EXPECT_LE(forty, ten * 5);
}

TEST(UnknownZone, IsReadAsUtc) {
    Moment moment = moment_in("es");
    moment.zone = "Nowhere/Atlantis";
    const auto understanding = understand("mañana a las 3", "schedule_meeting", moment);
    ASSERT_EQ(understanding.times.size(), 1u);
    EXPECT_EQ(understanding.times[0].start, "2026-11-24T15:00:00+00:00");
}

}  // namespace
}  // namespace scheduling::test
