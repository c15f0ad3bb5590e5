#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "moments.hpp"

/// Chat messages in the ways that people type and dictate them: only when the event is, its repeat and the
/// question.
namespace scheduling::test {
namespace {

std::string printed(const std::optional<LocalMinutes>& at, bool date_only) {
    if (!at) return "-";
    return date_only ? print(*at).substr(0, 10) : print(*at);
}

std::string when_of(const Understanding& understanding) {
    const EventDraft& draft = understanding.draft;
    const bool date_only = draft.all_day || !draft.has_time;
    return printed(draft.start, date_only) + " | " + printed(draft.end, date_only) + " | " +
           (draft.rrule.empty() ? "-" : draft.rrule) + " | " +
           (understanding.question ? understanding.question->kind : "-");
}

class Spoken : public ::testing::TestWithParam<const char*> {};

TEST_P(Spoken, SaysWhen) {
    const std::string language = GetParam();
    std::ifstream in(std::string(MIGUE_SPOKEN_FOLDER) + "/" + language + ".txt");
    std::string line;
    int checked = 0;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto arrow = line.find(" => ");
        if (line.empty() || line[0] == '#' || arrow == std::string::npos) continue;
        const std::string text = line.substr(0, arrow);
        EXPECT_EQ(when_of(understand(text, "schedule_meeting", moment_in(language))), line.substr(arrow + 4))
            << language << ".txt:" << number << ": " << text;
        ++checked;
    }
    EXPECT_GE(checked, 100) << "the table of " << language << " was not found whole";
}

INSTANTIATE_TEST_SUITE_P(Languages, Spoken, ::testing::Values("es", "en", "pt"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace scheduling::test
