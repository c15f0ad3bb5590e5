#include <gtest/gtest.h>

#include <string>

#include "table.hpp"

/// Chat messages in the ways that people type and dictate them: only when the event is, its repeat and the
/// question.
namespace scheduling::test {
namespace {

std::string when_of(const Understanding& understanding) {
    const EventDraft& draft = understanding.draft;
    const bool date_only = draft.all_day || !draft.has_time;
    return printed(draft.start, date_only) + " | " + printed(draft.end, date_only) + " | " +
           (draft.rrule.empty() ? "-" : draft.rrule) + " | " +
           (understanding.question ? understanding.question->kind : "-");
}

class Spoken : public ::testing::TestWithParam<const char*> {};

TEST_P(Spoken, SaysWhen) {
    expect_table(MIGUE_SPOKEN_FOLDER, GetParam(), 100, when_of);
}

INSTANTIATE_TEST_SUITE_P(Languages, Spoken, ::testing::Values("es", "en", "pt"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace scheduling::test
