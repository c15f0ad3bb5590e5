#include "tests/torture/google_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migue::torture {

namespace {

using Kind = CalendarViolation::Kind;

bool has_twins(const Calendar& calendar) {
    return std::adjacent_find(calendar.begin(), calendar.end()) != calendar.end();
}

bool is_end(Said said) {
    return said != Said::kTrying && said != Said::kAsking;
}

std::string shown(const Calendar& calendar) {
    std::string text;
    for (const std::int64_t start : calendar) text += fmt::format("{}{}", text.empty() ? "" : " ", start);
    return "[" + text + "]";
}

class Checker {
public:
    explicit Checker(CalendarFindings& findings) : findings_(findings) {}

    void check(const CalendarStep& step) {
        step_ = &step;
        std::size_t ends = 0;
        bool promised = false;
        for (const Told& told : step.told) {
            told_ = &told;
            if (has_twins(told.calendar)) add(Kind::kTwoEvents, "two events at one time");
            promised = promised || told.said == Said::kTrying;
            if (!is_end(told.said)) continue;
            if (++ends > 1) add(Kind::kToldTwice, "a second end");
            check_end(told);
            findings_.longest = std::max(findings_.longest, told.after);
        }
        told_ = nullptr;
        if (ends == 0) add(Kind::kSilence, promised ? "a promise was not kept" : "no answer");
        if (ends > 0 && promised) ++findings_.promised;
    }

private:
    void check_end(const Told& told) {
        const bool as_before = told.calendar == step_->before, as_wanted = told.calendar == step_->after;
        if (told.calendar.size() > std::max(step_->before.size(), step_->after.size())) {
            add(Kind::kTwoEvents, "more events than were asked for");
            return;
        }
        if (told.said == step_->wanted) {
            as_wanted ? void(++findings_.done) : add(Kind::kNotTrue, "it is not in the calendar like that");
            return;
        }
        switch (told.said) {
            case Said::kNothing:
                as_before ? void(++findings_.nothing) : add(Kind::kNotTrue, "something was done");
                return;
            case Said::kUnknown:
                as_before || as_wanted ? void(++findings_.unsure)
                                       : add(Kind::kNotTrue, "neither done nor undone");
                return;
            case Said::kGone:
                as_wanted ? void(++findings_.gone) : add(Kind::kNotTrue, "the event is there");
                return;
            case Said::kTaken:
                add(Kind::kNoReason, "nobody else has that time");
                return;
            default:
                add(Kind::kUnasked, "no answer to that");
        }
    }

    void add(Kind kind, const std::string& what) {
        std::string text = fmt::format("asked: {}, {}", to_string(step_->wanted), what);
        if (told_ != nullptr)
            text += fmt::format("; told '{}' after {} ms", told_->text, told_->after.count());
        text += fmt::format("; before {}, wanted {}", shown(step_->before), shown(step_->after));
        if (told_ != nullptr) text += ", is " + shown(told_->calendar);
        findings_.violations.push_back({kind, step_->person, std::move(text)});
    }

    CalendarFindings& findings_;
    const CalendarStep* step_ = nullptr;
    const Told* told_ = nullptr;
};

/// The last step of each person must be how things stayed.
void check_end_of_run(const CalendarLedger& ledger, CalendarFindings& findings) {
    for (const auto& [person, calendar] : ledger.at_end) {
        const CalendarStep* last = nullptr;
        for (const CalendarStep& step : ledger.steps)
            if (step.person == person && step.is_over && !step.told.empty()) last = &step;
        const bool open =
            std::any_of(ledger.steps.begin(), ledger.steps.end(),
                        [&](const CalendarStep& step) { return step.person == person && !step.is_over; });
        if (last == nullptr || open) continue;
        const Told& end = last->told.back();
        const bool may_differ =
            end.said == Said::kUnknown && (calendar == last->before || calendar == last->after);
        if (calendar != end.calendar && !may_differ)
            findings.violations.push_back({Kind::kChangedLater, person,
                                           fmt::format("told {} with {}, now {}", to_string(end.said),
                                                       shown(end.calendar), shown(calendar))});
    }
}

}  // namespace

std::string_view to_string(Kind kind) {
    static constexpr std::array<std::string_view, 8> kNames{
        "",           "silence",       "two events",   "not true", "refused for no reason",
        "told twice", "not asked for", "changed later"};
    return kNames.at(static_cast<std::size_t>(kind));
}

CalendarFindings check(const CalendarLedger& ledger) {
    CalendarFindings findings;
    Checker checker(findings);
    for (const CalendarStep& step : ledger.steps)
        if (step.is_over || !step.told.empty()) checker.check(step);
    for (const CalendarStep& step : ledger.steps)
        if (!step.is_over && step.told.empty())
            findings.violations.push_back({Kind::kSilence, step.person, "no answer when the run ended"});
    for (const std::string& text : ledger.unasked)
        findings.violations.push_back({Kind::kUnasked, 0, "'" + text + "'"});
    check_end_of_run(ledger, findings);
    return findings;
}

}  // namespace migue::torture
