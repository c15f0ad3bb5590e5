#include <algorithm>

#include "language/actions.hpp"
#include "understanding/assemble.hpp"

/// What each time expression of a message says about the event: its time, its repeat, a reminder, or nothing.
namespace scheduling {

using language::DayNumber;
using language::Expression;
using language::Flag;
using language::Value;

/// "remind me the day before": a length without a number.
void Assembly::take_day_before(Understanding& out) {
    const auto remind = around_.classes.remind, day_before = around_.classes.day_before;
    for (std::uint32_t at = 0; at < around_.size(); ++at) {
        if (!around_.is_free(at)) continue;
        const std::uint32_t size = around_.phrase(at, remind);
        if (size == 0 || at + size >= around_.size()) continue;
        const std::uint32_t length = around_.phrase(at + size, day_before);
        if (length == 0) continue;
        out.draft.reminder = std::chrono::minutes(1440);
        around_.mark(at, at + size + length, Role::kReminder);
    }
}

/// "avísame 10 minutos antes": a duration before a word of that kind is no part of the event.
void Assembly::take_reminders(Understanding& out) {
    const auto before = around_.classes.before, remind = around_.classes.remind;
    for (const Expression& expression : reading_.expressions) {
        if (!expression.value.has_duration) continue;
        const std::uint32_t end = expression.end_token;
        const std::uint32_t size =
            end < around_.size() && around_.is_free(end) ? around_.phrase(end, before) : 0;
        std::uint32_t begin = expression.begin_token;
        for (std::uint32_t back = 1; back <= 4 && back <= expression.begin_token; ++back) {
            const auto phrase = around_.phrase(expression.begin_token - back, remind);
            if (phrase == back && around_.is_free(expression.begin_token - back))
                begin = expression.begin_token - back;
        }
        if (size == 0 && begin == expression.begin_token) continue;
        const Value& length = expression.value;
        const std::int64_t minutes =
            length.seconds / 60 + std::int64_t{length.days} * 1440 + std::int64_t{length.months} * 43'200;
        out.draft.reminder = std::chrono::minutes(minutes);
        around_.mark(begin, end + size, Role::kReminder);
    }
}

void Assembly::collect(Understanding& out) {
    for (const Expression& expression : reading_.expressions) {
        if (around_.roles[expression.begin_token] == Role::kReminder) continue;
        if (is_only_past(expression) || is_refused_day(expression) || is_of_something_else(expression))
            continue;
        if (take_end_of_series(expression) || is_outside_series(expression)) continue;
        if (take_hour_around(expression)) continue;
        if (is_had_before_request(expression)) {
            add_day_alone(expression, out);
            continue;
        }
        if (is_only_soon(expression)) {
            around_.mark(expression.begin_token, expression.end_token, Role::kDropped);
            continue;
        }
        if (names_occasion(expression)) {
            around_.mark(expression.begin_token, expression.end_token, Role::kTitle);
            continue;
        }
        if (expression.value.has(Flag::kImpossible) && impossible_ == nullptr) {
            impossible_ = &expression;
            continue;
        }
        if (is_source(expression) && !expression.value.has_duration) {
            if (!source_) source_ = expression.value;
            continue;
        }
        add(expression, out);
        keep_in_title(expression);
    }
}

void Assembly::add(const Expression& expression, Understanding& out) {
    const Value& value = expression.value;
    if (value.has(Flag::kExcept) && value.has_clock()) {
        add_refused(expression);
    } else if (value.has(Flag::kExcept)) {
        except_ = value;
    } else if (value.freq != language::Freq::kNone) {
        add_repeat(expression);
    } else if (value.has_duration) {
        add_length(expression, out);
    } else if (value.count != 0) {
        times_ = value.count;
    } else {
        add_time(expression);
    }
}

/// "not 8.40" beside another hour says nothing more; alone ("why not at 5?") it is the hour.
void Assembly::add_refused(const Expression& expression) {
    const bool another = std::any_of(
        reading_.expressions.begin(), reading_.expressions.end(),
        [](const Expression& other) { return other.value.clock >= 0 && !other.value.has(Flag::kExcept); });
    if (another) return;
    Expression meant = expression;
    meant.value.flags &= ~Flag::kExcept;
    add_time(meant);
}

void Assembly::add_length(const Expression& expression, Understanding& out) {
    const Value& value = expression.value;
    const bool names = value.months != 0 && expression.end_token < around_.size() &&
                       around_.is_free(expression.end_token) &&
                       around_.phrase(expression.end_token, around_.classes.small) == 0 &&
                       around_.punctuation(expression.end_token) == '\0';
    if (value.months >= 12 || names) {  // "festa de 15 anos", "six month checkup"
        around_.mark(expression.begin_token, expression.end_token, Role::kTitle);
        return;
    }
    const bool weeks = value.seconds == 0 && (value.months != 0 || value.days >= 7);
    // How long a series goes on, if there is one.
    if (!stretch_ && (weeks || (value.seconds == 0 && value.days > 1))) stretch_ = value;
    // "moved up a week": so long is no event with an hour; where no hour is said it may be.
    if (weeks && when_ && when_->has_clock()) return;
    if (!out.draft.duration && value.months == 0)
        out.draft.duration = std::chrono::minutes(value.seconds / 60 + std::int64_t{value.days} * 1440);
}

/// "29 feb 10am" where the next February has no 29th: nobody means a year after that without saying so.
bool Assembly::skips_a_year(const Value& value) const {
    if (value.form != language::DayForm::kFields || value.dom != 29 || value.month != 2 || value.year != 0)
        return false;
    Value day = value;
    constexpr DayNumber kYear = 366;
    return fix_day(context_, day) && day.day_begin - context_.today >= kYear;
}

/// "thursday at 2 … actually no wait, make it friday": a word of correction stands before it.
bool Assembly::is_corrected(const Expression& expression) const {
    const auto correct = around_.classes.correct;
    for (std::uint32_t at = last_end_; at < expression.begin_token; ++at)
        if (around_.phrase(at, correct, true) > 0) return true;
    const std::uint32_t begin = expression.begin_token;
    const bool hour = expression.value.clock >= 0 && !expression.value.has_day();
    for (std::uint32_t size = 1; hour && size <= std::min(3U, begin); ++size)  // "game's 6:15 …, put 5:30"
        if (around_.phrase(begin - size, around_.classes.ask_led) == size) return true;
    return expression.end_token < around_.size() &&
           around_.phrase(expression.end_token, correct) > 0;  // "… instead"
}

/// "the MOT before the 21st, remind me on the 14th": the day to be reminded on is the one for the calendar.
bool Assembly::is_reminding_day(const Expression& expression) const {
    if (!when_ || !when_->has(Flag::kOpenBegin) || !expression.value.has_day()) return false;
    constexpr std::uint32_t kLongest = 4;
    for (std::uint32_t size = 1; size <= std::min(kLongest, expression.begin_token); ++size)
        if (around_.phrase(expression.begin_token - size, around_.classes.remind, true) == size) return true;
    return false;
}

void Assembly::add_time(const Expression& expression) {
    const Value& value = expression.value;
    if (ends_a_series(value)) {
        if (!until_) until_ = value;
        return;
    }
    if (skips_a_year(value) && impossible_ == nullptr) {
        impossible_ = &expression;
        return;
    }
    if (take_way_back(expression) || take_weekly(expression)) return;
    const bool corrected = when_ && is_corrected(expression);
    const bool reminds = is_reminding_day(expression);
    last_end_ = expression.end_token;
    if (!when_ || reminds) {
        when_ = value;
        return;
    }
    Value both;
    // "Sunday 3, no hang on, half three": the number was the hour.
    const bool hour_after_all = corrected && when_->has(Flag::kMaybeHour) && !when_->has_clock() &&
                                value.clock >= 0 && !value.has_day();
    if (!hour_after_all && meet(context_, *when_, value, both)) {
        when_ = both;
        return;
    }
    Value here = *when_, there = value;
    settle_hours(here);
    settle_hours(there);
    const bool same_hour = !value.has_day() && here.clock == there.clock && here.clock_end == there.clock_end;
    if (same_hour) return;  // "at 9am …, 9am my time"
    // "at 3 or 3:30 tomorrow", "hair at 2pm, school run 3.15 on Wednesday": the day is said once for both.
    const bool hours =
        when_->clock >= 0 && value.clock >= 0 && !when_->has(Flag::kPartOnly) && !value.has(Flag::kPartOnly);
    if (!corrected && hours && !when_->has_day() && value.has_day()) {
        Value day = value, hour = value;
        day.clock = day.clock_end = -1;
        day.flags &= ~(Flag::kBareHour | Flag::kBareHourEnd | Flag::kHourMark);
        if (meet(context_, day, *when_, both)) {
            when_ = both;
            hour.form = language::DayForm::kNone;
            if (!rival_) rival_ = hour;
            return;
        }
    }
    const Value* pair[] = {&*when_, &value};
    if (corrected && act_corrected(context_, pair, 0, both)) {
        when_ = both;
        rival_.reset();
        return;
    }
    // "…, confirmar até dia 30", "… but doors are at half three"
    if ((value.has(Flag::kDeadline) && when_->has_day()) || (!value.has_day() && is_aside(expression)))
        return;
    if (!rival_) rival_ = value;
}

}  // namespace scheduling
