#include <gtest/gtest.h>

#include <string>

#include "table.hpp"

/// Whole messages as people type them: every field of the draft, and what is asked.
namespace scheduling::test {
namespace {

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
    expect_table(MIGUE_MESSAGES_FOLDER, GetParam(), 25, summary);
}

INSTANTIATE_TEST_SUITE_P(Languages, Messages, ::testing::Values("es", "en", "pt"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace scheduling::test
