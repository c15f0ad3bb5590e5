#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "moments.hpp"

/// Whole messages as people type them: every field of the draft, and what is asked.
namespace scheduling::test {
namespace {

std::string or_dash(std::string text) {
    return text.empty() ? "-" : text;
}

std::string printed(const std::optional<LocalMinutes>& at, bool date_only) {
    if (!at) return "-";
    return date_only ? print(*at).substr(0, 10) : print(*at);
}

std::string summary(const Understanding& understanding) {
    const EventDraft& draft = understanding.draft;
    const bool date_only = draft.all_day || !draft.has_time;
    std::string guests;
    for (const std::string& name : draft.attendees) guests += (guests.empty() ? "" : ", ") + name;
    return or_dash(draft.title) + " | " + printed(draft.start, date_only) + " | " +
           printed(draft.end, date_only) + " | " + or_dash(guests) + " | " + or_dash(draft.location) + " | " +
           or_dash(draft.rrule) + " | " + (understanding.question ? understanding.question->kind : "-");
}

class Messages : public ::testing::TestWithParam<const char*> {};

TEST_P(Messages, AreUnderstoodWhole) {
    const std::string language = GetParam();
    std::ifstream in(std::string(MIGUE_MESSAGES_FOLDER) + "/" + language + ".txt");
    std::string line;
    int checked = 0;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto arrow = line.find(" => ");
        if (line.empty() || line[0] == '#' || arrow == std::string::npos) continue;
        const std::string text = line.substr(0, arrow);
        const auto understanding = understand(text, "schedule_meeting", moment_in(language));
        EXPECT_EQ(summary(understanding), line.substr(arrow + 4))
            << language << ".txt:" << number << ": " << text;
        ++checked;
    }
    EXPECT_GE(checked, 25) << "the table of " << language << " was not found whole";
}

INSTANTIATE_TEST_SUITE_P(Languages, Messages, ::testing::Values("es", "en", "pt"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace scheduling::test
