#include "tests/torture/google_checker.hpp"

#include <gtest/gtest.h>

namespace migue::torture {
namespace {

using Kind = CalendarViolation::Kind;

/// One booking at 10 in an empty calendar.
CalendarStep booking(std::vector<Told> told) {
    CalendarStep step;
    step.after = {10};
    step.told = std::move(told);
    step.is_over = true;
    return step;
}
Told told(Said said, Calendar calendar) {
    Told one;
    one.said = said;
    one.calendar = std::move(calendar);
    return one;
}
std::vector<Kind> kinds(const CalendarLedger& ledger) {
    std::vector<Kind> found;
    for (const CalendarViolation& one : check(ledger).violations) found.push_back(one.kind);
    return found;
}
std::vector<Kind> kinds(CalendarStep step) {
    CalendarLedger ledger;
    ledger.steps.push_back(std::move(step));
    return kinds(ledger);
}
using Kinds = std::vector<Kind>;

TEST(CalendarChecker, AcceptsWhatIsTrue) {
    EXPECT_EQ(kinds(booking({told(Said::kBooked, {10})})), Kinds{});
    EXPECT_EQ(kinds(booking({told(Said::kTrying, {}), told(Said::kBooked, {10})})), Kinds{});
    EXPECT_EQ(kinds(booking({told(Said::kNothing, {})})), Kinds{});
    EXPECT_EQ(kinds(booking({told(Said::kUnknown, {})})), Kinds{});
    EXPECT_EQ(kinds(booking({told(Said::kUnknown, {10})})), Kinds{});
}

TEST(CalendarChecker, FindsSilence) {
    EXPECT_EQ(kinds(booking({})), Kinds{Kind::kSilence});
    EXPECT_EQ(kinds(booking({told(Said::kTrying, {10})})), Kinds{Kind::kSilence});
    CalendarStep open = booking({});
    open.is_over = false;
    EXPECT_EQ(kinds(open), Kinds{Kind::kSilence});
}

TEST(CalendarChecker, FindsTwoEvents) {
    EXPECT_EQ(kinds(booking({told(Said::kTrying, {10, 10}), told(Said::kBooked, {10})})),
              Kinds{Kind::kTwoEvents});
    EXPECT_EQ(kinds(booking({told(Said::kBooked, {10, 11})})), Kinds{Kind::kTwoEvents});
}

TEST(CalendarChecker, FindsWhatIsNotTrue) {
    EXPECT_EQ(kinds(booking({told(Said::kBooked, {})})), Kinds{Kind::kNotTrue});
    EXPECT_EQ(kinds(booking({told(Said::kBooked, {11})})), Kinds{Kind::kNotTrue});
    EXPECT_EQ(kinds(booking({told(Said::kNothing, {10})})), Kinds{Kind::kNotTrue});
    EXPECT_EQ(kinds(booking({told(Said::kUnknown, {12})})), Kinds{Kind::kNotTrue});
    CalendarStep cancelling;
    cancelling.wanted = Said::kCancelled;
    cancelling.before = {10};
    cancelling.is_over = true;
    cancelling.told = {told(Said::kGone, {10})};
    EXPECT_EQ(kinds(cancelling), Kinds{Kind::kNotTrue});
    cancelling.told = {told(Said::kGone, {})};
    EXPECT_EQ(kinds(cancelling), Kinds{});
}

TEST(CalendarChecker, FindsRefusalsSecondEndsAndStrayReplies) {
    EXPECT_EQ(kinds(booking({told(Said::kTaken, {10})})), Kinds{Kind::kNoReason});
    EXPECT_EQ(kinds(booking({told(Said::kBooked, {10}), told(Said::kBooked, {10})})),
              Kinds{Kind::kToldTwice});
    EXPECT_EQ(kinds(booking({told(Said::kOther, {})})), Kinds{Kind::kUnasked});
    CalendarLedger ledger;
    ledger.unasked.emplace_back("hola");
    EXPECT_EQ(kinds(ledger), Kinds{Kind::kUnasked});
}

TEST(CalendarChecker, FindsWhatHappensAfterTheLastWord) {
    CalendarLedger ledger;
    ledger.steps.push_back(booking({told(Said::kNothing, {})}));
    ledger.at_end[0] = {};
    EXPECT_EQ(kinds(ledger), Kinds{});
    ledger.at_end[0] = {10};
    EXPECT_EQ(kinds(ledger), Kinds{Kind::kChangedLater});
    ledger.steps[0] = booking({told(Said::kUnknown, {})});
    EXPECT_EQ(kinds(ledger), Kinds{});  // it was said that it may yet happen
}

}  // namespace
}  // namespace migue::torture
