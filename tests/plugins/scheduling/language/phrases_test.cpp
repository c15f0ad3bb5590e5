#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "moments.hpp"

namespace scheduling::test {
namespace {

struct Phrase {
    std::string language, text, expected;
    int line = 0;
};

std::vector<Phrase> phrases(const std::string& language) {
    std::vector<Phrase> out;
    std::ifstream in(std::string(MIGUE_PHRASES_FOLDER) + "/" + language + ".txt");
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto arrow = line.find(" => ");
        if (line.empty() || line[0] == '#' || arrow == std::string::npos) continue;
        out.push_back({language, line.substr(0, arrow), line.substr(arrow + 4), number});
    }
    return out;
}

/// As the phrase files write it: no offset, no seconds that are zero.
std::string short_value(std::string value) {
    if (value.empty()) return "-";
    if (value[0] != 'P' && value.find('T') != std::string::npos) value.resize(19);
    const bool clock = value.size() >= 8 && value[value.size() - 3] == ':' && value[value.size() - 6] == ':';
    if (clock && value.ends_with(":00")) value.resize(value.size() - 3);
    return value;
}

std::string summary(const Understanding& understanding) {
    std::string out;
    for (const TimeMention& mention : understanding.times) {
        if (!out.empty()) out += " ; ";
        out += mention.type + " ";
        if (mention.type == "set")
            out += mention.rrule;
        else
            out += short_value(mention.start);
        if (mention.type.ends_with("range")) out += " " + short_value(mention.end);
    }
    return out.empty() ? "none" : out;
}

class Phrases : public ::testing::TestWithParam<const char*> {};

TEST_P(Phrases, AreReadAsTheTableSays) {
    const auto table = phrases(GetParam());
    ASSERT_GE(table.size(), 100u) << "the table of " << GetParam() << " was not found whole";
    for (const Phrase& phrase : table) {
        const auto understanding = understand(phrase.text, "schedule_meeting", moment_in(phrase.language));
        EXPECT_EQ(summary(understanding), phrase.expected)
            << phrase.language << ".txt:" << phrase.line << ": " << phrase.text;
    }
}

/// The same words inside a message mean the same, and the rest is the title.
TEST_P(Phrases, MeanTheSameInsideAMessage) {
    const std::string language = GetParam();
    const std::string title = language == "en"   ? "Zumba class"
                              : language == "es" ? "Clase de zumba"
                                                 : "Aula de zumba";
    int read = 0;
    for (const Phrase& phrase : phrases(language)) {
        if (phrase.expected == "none" || phrase.expected.find(" ; ") != std::string::npos) continue;
        const auto alone = understand(phrase.text, "schedule_meeting", moment_in(language));
        const auto inside = understand(title + ", " + phrase.text, "schedule_meeting", moment_in(language));
        if (summary(inside) == summary(alone)) ++read;
    }
    // Some words count only when they stand alone ("quinta", "7"), or join what is before.
    EXPECT_GE(read, 130);
}

INSTANTIATE_TEST_SUITE_P(Languages, Phrases, ::testing::Values("es", "en", "pt"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Mentions, CarryTheOffsetsOfTheirWords) {
    const std::string text = "Reunión mañana a las 3 con Íñigo";
    const auto understanding = understand(text, "schedule_meeting", moment_in("es"));
    ASSERT_EQ(understanding.times.size(), 1u);
    const TimeMention& mention = understanding.times[0];
    EXPECT_EQ(text.substr(mention.begin, mention.finish - mention.begin), "mañana a las 3");
    EXPECT_EQ(mention.text, "mañana a las 3");
    EXPECT_EQ(mention.start, "2026-11-24T15:00:00-05:00");
}

}  // namespace
}  // namespace scheduling::test
