#include <algorithm>
#include <bit>

#include "language/actions.hpp"
#include "understanding/assemble.hpp"

/// The rule of a series: put together of what its expressions say, and where it begins and ends.
namespace scheduling {

using language::DayNumber;
using language::Expression;
using language::Flag;
using language::Value;

namespace {

/// "mon to sat 6 to 7 am daily, starting monday": daily, on those days.
bool is_daily_on(const Value& days, const Value& daily) {
    return days.freq == language::Freq::kWeekly && days.interval == 1 && days.by_weekday != 0 &&
           days.nth_mask == 0 && daily.freq == language::Freq::kDaily && daily.interval == 1 &&
           daily.by_weekday == 0;
}

/// Several weekdays that were only named in a row, or from one to another.
bool names_days_of_week(const Value& rule) {
    const unsigned days = rule.by_weekday, run = days >> std::countr_zero(days | 0x80u);
    const bool row = rule.has(Flag::kPartly) && std::popcount(days) >= 2;
    const bool stretch = std::popcount(days) >= 3 && (run & (run + 1)) == 0;
    return rule.freq == language::Freq::kWeekly && rule.interval == 1 && (row || stretch);
}

}  // namespace

/// "segundas e quartas 17h até ao exame, dia 21 de julho": a day that only says when the thing is until which
/// the series goes on. Takes the words from "until" on.
bool Assembly::take_end_of_series(const Expression& expression) {
    constexpr std::uint32_t kMostWords = 6;
    const Value& said = expression.value;
    const bool day = said.has_day() && !said.has_clock() && said.freq == language::Freq::kNone &&
                     !said.has_duration && !said.has(Flag::kOpenBegin) && !said.has(Flag::kExcept);
    const bool series =
        std::any_of(reading_.expressions.begin(), reading_.expressions.end(), [&](const Expression& other) {
            return other.end_token <= expression.begin_token && other.value.freq != language::Freq::kNone &&
                   !other.value.has(Flag::kVague) && other.value.until == 0 && other.value.count == 0;
        });
    if (!day || !series || until_) return false;
    const std::uint32_t begin = expression.begin_token;
    for (std::uint32_t at = begin; at-- > 0 && begin - at <= kMostWords && around_.is_free(at);) {
        const char mark = around_.punctuation(at);
        if (mark != '\0' && mark != ',' && mark != '(') return false;
        const std::uint32_t size = around_.phrase(at, around_.classes.up_to);
        if (size == 0 || at + size >= begin) continue;
        Value last = said;
        if (!fix_day(context_, last) || last.day_end - last.day_begin != 1) return false;
        around_.mark(at, begin, Role::kDropped);
        last.day_end = last.day_begin;  // "until" that day holds it
        last.flags |= Flag::kOpenBegin;
        until_ = last;
        return true;
    }
    return false;
}

/// "los miércoles …, a las 6 todas las semanas": two rules that say the same, each a part of it.
bool Assembly::complete_repeat(const Value& other) {
    Value& rule = *repeat_;
    if (is_daily_on(other, rule) && !(rule.has_clock() && other.has_clock())) {
        rule.freq = other.freq;
        rule.by_weekday = other.by_weekday;
    }
    const bool alike =
        is_daily_on(rule, other) ||
        (rule.freq == other.freq && rule.interval == other.interval &&
         (rule.by_weekday == 0 || other.by_weekday == 0 || rule.by_weekday == other.by_weekday) &&
         rule.nth_mask == other.nth_mask && rule.by_monthday == other.by_monthday);
    if (!alike || (rule.has_clock() && other.has_clock())) return false;
    if (rule.by_weekday == 0) rule.by_weekday = other.by_weekday;
    if (!rule.has_day() && other.has_day()) {  // "weekly sync …, Mondays at 10 starting Dec 7"
        rule.form = other.form;
        rule.day_begin = other.day_begin;
        rule.day_end = other.day_end;
    }
    if (rule.until == 0) rule.until = other.until;
    if (rule.count == 0) rule.count = other.count;
    if (other.has_clock()) {
        rule.clock = other.clock;
        rule.clock_end = other.clock_end;
        rule.part = other.part;
        rule.flags |= other.flags;
    }
    return true;
}

/// "Thursdays at 1, starting Dec 2, biweekly": how often is said at the end.
bool Assembly::complete_interval(const Value& other) {
    const bool interval_only = other.freq == repeat_->freq && other.interval > 1 && other.by_weekday == 0 &&
                               other.by_monthday == 0 && !other.has_clock();
    if (!interval_only || repeat_->interval != 1 || repeat_->by_weekday == 0) return false;
    repeat_->interval = other.interval;
    return true;
}

void Assembly::add_repeat(const Expression& expression) {
    const Value& value = expression.value;
    // "reunión semanal … cada lunes a las 9": the one that says more.
    // "quarterly review": the word stays in the title, and the repeat counts as inferred.
    const bool adjective = value.has(Flag::kVague) && expression.end_token - expression.begin_token == 1;
    if (adjective) around_.mark(expression.begin_token, expression.end_token, Role::kFree);
    const bool vaguer =
        repeat_ && repeat_->by_weekday == 0 && repeat_->by_monthday == 0 && !repeat_->has_clock();
    if (repeat_ && (complete_repeat(value) || complete_interval(value))) return;
    if (repeat_ && !vaguer) return;
    const std::int16_t interval =
        repeat_ && repeat_->freq == value.freq ? repeat_->interval : std::int16_t{1};
    repeat_ = value;
    if (repeat_->interval == 1) repeat_->interval = interval;  // "bi-weekly retro, Fridays 3pm"
    adjective_ = adjective ? expression.end_token : 0;
}

/// "on Tuesday I begin yoga …, then every Tuesday, until the end of July": a day that only ends a rule.
bool Assembly::ends_a_series(const Value& value) const {
    if (!value.has(Flag::kOpenBegin) || !value.has_day() || value.has_clock()) return false;
    return std::any_of(reading_.expressions.begin(), reading_.expressions.end(), [](const Expression& other) {
        return other.value.freq != language::Freq::kNone && !other.value.has(Flag::kVague);
    });
}

/// "Mondays at 4:15 for the next 6 weeks", "cada martes …, en diciembre": a stretch of days holds the series.
void Assembly::bound_repeat() {
    constexpr DayNumber kShortest = 7;
    if (!when_ || !when_->has_day() || repeat_->until != 0 || repeat_->count != 0) return;
    if (when_->has_clock() && (repeat_->has_clock() || when_->grain != language::Grain::kDay)) return;
    Value stretch = *when_;
    stretch.clock = stretch.clock_end = -1;
    const bool open = stretch.has(Flag::kOpenBegin) || stretch.has(Flag::kOpenEnd);
    if (open || repeat_->has_day() || !fix_day(context_, stretch)) return;
    const DayNumber days = stretch.day_end - stretch.day_begin;
    // "la semana que viene lunes a viernes": days of that week; "los lunes" may begin there.
    const bool days_of_week = repeat_->freq == language::Freq::kDaily || names_days_of_week(*repeat_);
    if (days < kShortest || (days == kShortest && !days_of_week)) return;
    repeat_->form = language::DayForm::kFixed;
    repeat_->day_begin = std::max(stretch.day_begin, context_.today);
    repeat_->day_end = repeat_->day_begin + 1;
    repeat_->until = stretch.day_end - 1;
    if (when_->has_clock()) {  // "saturdays jan 10 to feb 14 9.30": the hour is each day's
        repeat_->clock = when_->clock;
        repeat_->clock_end = when_->clock_end;
        repeat_->part = when_->part;
        repeat_->zone = std::max(repeat_->zone, when_->zone);
        repeat_->flags |= when_->flags & (Flag::kBareHour | Flag::kBareHourEnd | Flag::kHourMark |
                                          Flag::kPartOnly | Flag::kVague);
    }
    when_.reset();
}

/// "todo lunes a las 9 …, hasta diciembre": a deadline beside a rule is where the rule ends.
void Assembly::end_repeat() {
    if (!repeat_) return;
    if (repeat_->count == 0) repeat_->count = times_;
    bound_repeat();
    // "das 19h às 20h30 até junho": the days end the rule, the hours are its own.
    if (when_ && when_->has(Flag::kOpenBegin) && when_->has_day() && when_->clock >= 0) {
        Value hours = *when_;
        hours.form = language::DayForm::kNone;
        hours.flags &= ~(Flag::kOpenBegin | Flag::kDeadline);
        when_->clock = when_->clock_end = -1;
        rival_ = when_;
        when_ = hours;
    }
    const auto ends = [](const Value& value) {
        return value.has(Flag::kOpenBegin) && value.has_day() && !value.has_clock();
    };
    std::optional<Value>& said = until_ ? until_ : when_ && ends(*when_) ? when_ : rival_;
    if (!said || !ends(*said) || repeat_->until != 0) return;
    Value last = *said;
    said.reset();
    if (!fix_day(context_, last)) return;
    DayNumber begin = 0, end = last.day_end + 1;
    // "until December" includes it, as it does inside a rule.
    if (last.grain != language::Grain::kDay && !period_of(last.day_end, last.grain, 0, begin, end)) return;
    repeat_->until = end - 1;
    if (!when_ && rival_) std::swap(when_, rival_);
}

/// "…, except December 7": weekdays go out of the rule, days stand beside it.
void Assembly::except_days() {
    if (!except_ || !repeat_) return;
    Value rule;
    Value but = *except_;
    but.flags &= ~Flag::kExcept;
    if (but.by_weekday != 0) {
        const Value* pair[] = {&*repeat_, &but};
        if (act_repeat_except(context_, pair, 0, rule)) repeat_ = rule;
        return;
    }
    std::copy(std::begin(but.except_begin), std::end(but.except_begin), std::begin(repeat_->except_begin));
    std::copy(std::begin(but.except_end), std::end(but.except_end), std::begin(repeat_->except_end));
    repeat_->flags |= Flag::kPartly;
}

}  // namespace scheduling
