#include "understanding/assemble.hpp"

#include <algorithm>

#include "language/actions.hpp"
#include "understanding/mention.hpp"

namespace scheduling {

using language::DayNumber;
using language::Expression;
using language::Flag;
using language::kDaySeconds;
using language::Value;

namespace {

/// True when the rule allows this day.
bool allows(const Value& rule, DayNumber day) {
    const auto ymd = language::to_date(day);
    const int year = static_cast<int>(ymd.year());
    const int month = static_cast<int>(static_cast<unsigned>(ymd.month()));
    const int dom = static_cast<int>(static_cast<unsigned>(ymd.day()));
    const int weekday = language::weekday_of(day);
    if (rule.by_month != 0 && rule.by_month != month) return false;
    const bool last_day = dom == language::days_in_month(year, month) && (rule.by_monthday & 1) != 0;
    if (rule.by_monthday != 0 && (rule.by_monthday >> dom & 1) == 0 && !last_day) return false;
    if (rule.by_weekday != 0 && (rule.by_weekday >> (weekday - 1) & 1) == 0) return false;
    if (rule.set_pos != 0) {  // how many of the rule's days the month has up to this one, or from it on
        const DayNumber first = language::month_begin(day), end = language::add_months(first, 1);
        int passed = 0;
        for (DayNumber other = rule.set_pos > 0 ? first : day; other < (rule.set_pos > 0 ? day + 1 : end);
             ++other)
            passed += rule.by_weekday >> (language::weekday_of(other) - 1) & 1;
        return passed == (rule.set_pos > 0 ? rule.set_pos : -rule.set_pos);
    }
    if (rule.nth_mask == 0) return true;
    const bool last = language::nth_weekday(day, weekday, -1) == day && (rule.nth_mask & 128) != 0;
    const bool last_but_one = language::nth_weekday(day, weekday, -2) == day && (rule.nth_mask & 64) != 0;
    return (rule.nth_mask >> ((dom - 1) / 7) & 1) != 0 || last || last_but_one;
}

/// The first day from `begin` on that the rule allows and whose hour is not over.
DayNumber first_day(const Value& rule, const language::Context& context, bool timed, DayNumber begin) {
    constexpr int kFourYears = 4 * 366;  // a 29 February is no further away
    DayNumber day = rule.has_day() ? rule.day_begin : begin;
    const auto excepted = [&](DayNumber on) {
        for (int i = 0; i < Value::kMostExceptions; ++i)
            if (on >= rule.except_begin[i] && on < rule.except_end[i]) return true;
        return false;
    };
    for (int tries = 0; tries < kFourYears; ++tries, ++day) {
        const bool over = day == context.today && timed && rule.clock <= context.now;
        if (allows(rule, day) && !over && !excepted(day)) break;
    }
    return day;
}

}  // namespace

Assembly::Assembly(const language::Reading& reading, Around& around, const language::Context& context,
                   const Moment& moment, std::string_view intent)
    : reading_(reading), around_(around), context_(context), moment_(moment), intent_(intent) {}

LocalMinutes Assembly::at(DayNumber day, std::int64_t seconds) const {
    return LocalMinutes(std::chrono::minutes((std::int64_t{day} * kDaySeconds + seconds) / 60));
}

void Assembly::write(Understanding& out) {
    out.draft.zone = moment_.zone;
    take_reminders(out);
    take_day_before(out);
    collect(out);
    // "midwife 16 weeks tues 11.20": no event with an hour is so long.
    constexpr std::chrono::days kWeek{7};
    if (when_ && when_->clock >= 0 && out.draft.duration && *out.draft.duration >= kWeek)
        out.draft.duration.reset();
    end_repeat();
    if (!repeat_on_weekdays()) repeat_for_days(out);
    except_days();
    take_hour_beside_noun();
    take_other_hour();
    take_bare_range();
    if (repeat_) settle_half(*repeat_);
    if (when_) {
        settle_by_words();
        settle();
        write_start(out);
    }
    drop_adjective();
    drop_every_day();
    repeat_daily();
    write_repeat(out);
    write_span(out);
    name_inferred(out);
}

/// "dinner Friday 8", and the next Friday that is an 8th is far: who dines says the hour.
void Assembly::take_hour_for_day(Value& when) const {
    constexpr DayNumber kFar = 10;
    const bool small = when.dom >= 5 && when.dom <= 11;
    if (!when.has(Flag::kMaybeHour) || when.has_clock() || !small || when.month != 0 ||
        !around_.find(around_.classes.evening))
        return;
    Value day = when;
    if (!fix_day(context_, day) || day.day_begin - context_.today <= kFar) return;
    when.clock = when.dom * 3600;
    when.dom = 0;
    when.flags |= Flag::kBareHour;
}

/// "cena a las 8": words that say which half of the day is meant.
void Assembly::settle_by_words() {
    take_hour_for_day(*when_);
    settle_half(*when_);
}

void Assembly::settle_half(Value& when) const {
    if (when.clock < 0 || !when.has(Flag::kBareHour)) return;
    if (when.has(Flag::kHourMark) && when.clock >= 10 * 3600) return;  // "10:30 hrs"
    const bool evening = around_.find(around_.classes.evening).has_value(),
               breakfast = around_.find(around_.classes.dawny).has_value();
    if (evening == breakfast) return;
    const std::int32_t early = when.clock % language::kHalfDay;
    if (when.clock_end >= 0) {
        settle_half_of_range(when, evening);
        return;
    }
    if (evening && early >= 5 * 3600) when.clock = early + language::kHalfDay;
    if (breakfast && early >= 5 * 3600) when.clock = early;
    if (early >= 5 * 3600) when.flags &= ~Flag::kBareHour;
}

/// "dinner 7 to 9", "desayuno de 6 a 8": both hours are in that half. What begins from ten on or lasts longer
/// may as well be a day's: "party 10 to 2", "barbecue 9 to 5".
void Assembly::settle_half_of_range(Value& when, bool evening) {
    constexpr std::int32_t kFirst = 5 * 3600, kLast = 10 * 3600, kLongest = 5 * 3600;
    const std::int32_t early = when.clock % language::kHalfDay, length = when.clock_end - when.clock;
    if (!when.has(Flag::kBareHourEnd) || early < kFirst || early >= kLast || length > kLongest) return;
    when.clock = evening ? early + language::kHalfDay : early;
    when.clock_end = when.clock + length;
    when.flags &= ~(Flag::kBareHour | Flag::kBareHourEnd);
}

void Assembly::settle() {
    spoken_ = when_;
    Value& when = *when_;
    settle_hours(when);
    settle_deadline();
    if (when.has_day() && !fix_day(context_, when)) {
        when_.reset();
        return;
    }
    follow_clock_change(when, context_, moment_.zone);
    // Tonight's midnight is the next one.
    if (when.clock == 0 && when.clock_end < 0 && !when.has(Flag::kMoment) && when.has_day() &&
        when.day_begin == context_.today) {
        ++when.day_begin;
        ++when.day_end;
        when.flags &= ~Flag::kMidnight;
    }
}

/// "revisão semanal amanhã": beside one day the word only says which review it is.
void Assembly::drop_adjective() {
    if (!repeat_ || adjective_ == 0 || !when_ || !spoken_ || !when_->has_day()) return;
    const bool on_a_date = repeat_->freq == language::Freq::kYearly && spoken_->dom != 0;
    if (on_a_date && !stands_before_noun(adjective_))
        return;  // "on June 21, yearly"; "annual physical June 21"
    const bool only_weekday = spoken_->form == language::DayForm::kFields && spoken_->dom == 0;
    if (!only_weekday && when_->grain == language::Grain::kDay) repeat_.reset();
}

bool Assembly::stands_before_noun(std::uint32_t at) const {
    return at < around_.size() && around_.is_free(at) && around_.punctuation(at) == '\0' &&
           around_.phrase(at, around_.classes.small) == 0 && around_.phrase(at, around_.classes.with) == 0;
}

/// "from Wed 10 to Fri 12, all day every day": the days are said already.
void Assembly::drop_every_day() {
    if (!repeat_ || !when_ || !when_->has_day() || when_->has_clock() || repeat_->has_clock()) return;
    const bool daily = repeat_->freq == language::Freq::kDaily && repeat_->interval == 1;
    const bool open = when_->has(Flag::kOpenBegin) || when_->has(Flag::kOpenEnd);
    if (daily && !open && repeat_->until == 0 && when_->day_end - when_->day_begin > 1) repeat_.reset();
}

/// "del 7 al 11 de 6 a 8 pm": the same hours on each of these days.
void Assembly::repeat_daily() {
    if (!when_ || repeat_ || !when_->has_day() || when_->clock < 0 || when_->has(Flag::kPartOnly)) return;
    constexpr DayNumber kMostDays = 62;
    const DayNumber days = when_->day_end - when_->day_begin;
    const bool open = when_->has(Flag::kOpenBegin) || when_->has(Flag::kOpenEnd);
    if (open || when_->grain != language::Grain::kDay || days < 2 || days > kMostDays) return;
    Value rule;
    rule.freq = language::Freq::kDaily;
    rule.until = when_->day_end - 1;
    rule.flags = Flag::kPartly;
    repeat_ = rule;
}

/// "entregar la memoria antes del 20": what one has to do by oneself before a day is due then; a meeting may
/// be on any day until it.
bool Assembly::is_due_before(const Value& when) const {
    if (!when.has(Flag::kOpenBegin) || when.has(Flag::kOpenEnd) || !when.has_day() || when.has_clock() ||
        when.has(Flag::kHoliday))
        return false;
    const auto& all = reading_.expressions;
    const bool before = std::any_of(all.begin(), all.end(), [&](const Expression& one) {
        return one.value.has(Flag::kOpenBegin) &&
               around_.phrase(one.begin_token, around_.classes.before_day, true) > 0;
    });
    if (!before || around_.find(around_.classes.with)) return false;
    for (std::uint32_t at = 0; at < around_.size(); ++at)
        if (around_.is_free(at) && begins_task(around_, at) && around_.phrase(at, around_.classes.ask) == 0 &&
            around_.phrase(at, around_.classes.ask_led) == 0 &&
            around_.phrase(at, around_.classes.meet_verb) == 0)
            return true;
    return false;
}

/// A deadline is when it has to be done at the latest: there it stands in the calendar.
void Assembly::settle_deadline() {
    Value& when = *when_;
    if (is_due_before(when)) when.flags |= Flag::kDeadline;
    if (!when.has(Flag::kDeadline)) return;
    if (when.clock_end >= 0 && when.clock < 0) {
        when.clock = when.clock_end;
        when.clock_end = -1;
        if (when.has(Flag::kBareHourEnd)) spoken_->flags |= Flag::kBareHour;
    } else if (when.has_day() && !when.has_clock()) {
        when.day_begin = when.day_end;
        ++when.day_end;
        when.grain = language::Grain::kDay;
    }
    when.flags &= ~Flag::kOpenBegin;
}

/// "vacaciones", "birthday"; but a birthday dinner has an hour.
bool Assembly::fills_days() const {
    if (around_.find(around_.classes.whole_day)) return true;
    return around_.find(around_.classes.all_day) && !around_.find(around_.classes.evening) &&
           !around_.find(around_.classes.hourly);
}

void Assembly::write_start(Understanding& out) const {
    if (!when_) return;
    const Value& when = *when_;
    EventDraft& draft = out.draft;
    draft.zone = zone_of(when, moment_.zone);
    // "after 6pm", "before noon" leave the hour open, as a part of the day does; so does a stretch that is
    // longer than the event: "una hora el martes entre 2 y 5".
    const bool roomy = when.clock >= 0 && when.clock_end >= 0 && draft.duration &&
                       *draft.duration < std::chrono::seconds(when.clock_end - when.clock);
    const bool open = when.has_clock() && (when.has(Flag::kOpenBegin) || when.has(Flag::kAfter));
    // "next week at 3": the hour is said, the day is not.
    const bool days_open = !repeat_ && when.has_day() && when.day_end - when.day_begin > 1 &&
                           when.grain != language::Grain::kDay && when.clock >= 0;
    const bool part = when.has(Flag::kPartOnly) || open || roomy || days_open;
    const bool day =
        when.has_day() && when.day_end - when.day_begin == 1 && (open || !when.has(Flag::kOpenBegin));
    const bool closed = !when.has(Flag::kOpenBegin) && !when.has(Flag::kOpenEnd);
    const bool several = when.has_day() && !when.has_clock() && when.day_end - when.day_begin > 1 && closed;
    // "next week" is when to look, unless the words fill whole days: "vacaciones la próxima semana".
    const bool whole_days =
        several && (when.grain == language::Grain::kDay || around_.find(around_.classes.all_day));
    if (part) {
        draft.part_begin = std::chrono::minutes(std::max(when.clock, 0) / 60);
        constexpr std::int32_t kHour = 3600;
        const bool exact = days_open && !open && !when.has(Flag::kPartOnly);
        const std::int32_t end = when.clock_end >= 0 ? when.clock_end
                                 : exact             ? when.clock + kHour
                                                     : kDaySeconds;
        draft.part_end = std::chrono::minutes(end / 60);
    }
    // "next week in the afternoon" says on which days to look, not the day.
    const bool hour_on_days =
        when.has_day() && when.has_clock() && !(part && when.day_end - when.day_begin > 1);
    draft.has_date = day || whole_days || hour_on_days;
    draft.has_time = when.clock >= 0 && !part;
    if (whole_days) {
        draft.all_day = true;
        draft.start = at(when.day_begin, 0);
        draft.end = at(when.day_end, 0);
        return;
    }
    DayNumber base = when.has_day() ? when.day_begin : context_.today;
    if (draft.has_time) {
        draft.start = at(base, when.clock);
        if (when.clock_end >= 0)
            draft.end = at(base, when.clock_end);
        else if (draft.duration)
            draft.end = *draft.start + *draft.duration;
    } else if (draft.has_date) {
        draft.start = at(base, 0);
        if (!part && fills_days()) {
            draft.all_day = true;
            draft.end = at(base + 1, 0);
        }
    }
}

void Assembly::write_repeat(Understanding& out) const {
    if (!repeat_) return;
    EventDraft& draft = out.draft;
    Value rule = *repeat_;
    settle_hours(rule);
    if (stretch_ && rule.until == 0 && rule.count == 0) {  // "toda segunda às 7h academia por 2 meses"
        const DayNumber begin = rule.has_day() ? rule.day_begin : context_.today;
        rule.until = language::add_months(begin, stretch_->months) + stretch_->days;
        if (stretch_->months == 0) draft.duration.reset();
    }
    if (rule.clock < 0 && when_ && when_->clock >= 0 && !when_->has_day()) {
        rule.clock = when_->clock;
        rule.clock_end = when_->clock_end;
    }
    keep_in_period(rule);
    Value bare = rule;
    bare.clock = -1;
    if (rule.by_hour != 0 && rule.clock < 0)  // several hours a day: the rule keeps them, the first begins it
        for (int hour = 23; hour >= 0; --hour)
            if (rule.by_hour >> hour & 1) rule.clock = hour * 3600;
    draft.rrule = rrule_of(bare);
    write_exceptions(out, rule);
    if (rule.until != 0 && (rule.clock >= 0 || draft.has_time)) end_timed_rule(draft.rrule, rule);
    const bool begin_said = when_ && when_->has_day() && draft.has_date;
    const bool timed = rule.clock >= 0 && !rule.has(Flag::kPartOnly);
    // "a partir de octubre todos los lunes … a las 19": the first Monday from then on.
    const bool opens_series = begin_said && draft.has_time && when_->has(Flag::kOpenEnd) && !rule.has_day() &&
                              !allows(rule, when_->day_begin);
    if (opens_series) {
        rule.clock = when_->clock;
        rule.clock_end = when_->clock_end;
        draft.start = at(first_day(rule, context_, true, when_->day_begin), when_->clock);
        if (draft.end)
            draft.end = end_of_first(draft, rule, first_day(rule, context_, true, when_->day_begin));
    }
    if (begin_said && (draft.has_time || !timed)) return;
    const DayNumber day = first_day(rule, context_, timed, begin_said ? when_->day_begin : context_.today);
    draft.zone = zone_of(rule, moment_.zone);
    draft.has_date = true;
    draft.has_time = timed;
    draft.all_day = false;
    draft.start = at(day, timed ? rule.clock : 0);
    draft.end = end_of_first(draft, rule, day);
    if (!timed && fills_days()) {
        draft.all_day = true;
        draft.end = at(day + 1, 0);
    }
}

/// "mon to fri 9am standup from next week": the series begins there. "swimming mon to fri 9am next week",
/// "esta semana turno de 22 a 7 de martes a sábado": the series lies in that stretch, wherever it is said.
void Assembly::keep_in_period(Value& rule) const {
    const bool open_ended = rule.until == 0 && rule.count == 0 && !rule.has_day();
    const bool often = rule.freq == language::Freq::kDaily || rule.freq == language::Freq::kWeekly;
    if (!open_ended || !often || rule.interval != 1 || !when_ || when_->has_clock() || !when_->has_day())
        return;
    const bool week = when_->grain == language::Grain::kWeek && when_->day_end - when_->day_begin == 7;
    const bool open = when_->has(Flag::kOpenBegin) || when_->has(Flag::kOpenEnd);
    if (when_->has(Flag::kOpenEnd) && !when_->has(Flag::kOpenBegin) && when_->day_begin > context_.today) {
        rule.form = language::DayForm::kFixed;
        rule.day_begin = when_->day_begin;
        rule.day_end = rule.day_begin + 1;
        return;
    }
    // On the last day of a week "this week" may be the coming one.
    if (!week || open || when_->day_end <= context_.today + 1) return;
    rule.form = language::DayForm::kFixed;
    rule.day_begin = std::max(when_->day_begin, context_.today);
    rule.day_end = rule.day_begin + 1;
    rule.until = when_->day_end - 1;
}

/// The days of the rule that lie in what it leaves out.
void Assembly::write_exceptions(Understanding& out, const Value& rule) const {
    constexpr DayNumber kMostDays = 92;
    for (int i = 0; i < Value::kMostExceptions; ++i)
        for (DayNumber day = rule.except_begin[i];
             day < std::min(rule.except_end[i], rule.except_begin[i] + kMostDays); ++day)
            if (allows(rule, day)) out.draft.except.push_back(at(day, 0));
}

std::optional<LocalMinutes> Assembly::end_of_first(const EventDraft& draft, const Value& rule,
                                                   DayNumber day) const {
    if (!draft.has_time) return std::nullopt;
    if (rule.clock_end >= 0) return at(day, rule.clock_end);
    if (draft.duration) return at(day, rule.clock) + *draft.duration;
    return std::nullopt;
}

/// RFC 5545 wants the end of a timed series as an instant: the last second of that day, in UTC.
void Assembly::end_timed_rule(std::string& rrule, const Value& rule) const {
    constexpr std::int64_t kLastSecond = kDaySeconds - 1;
    const std::int64_t offset = offset_at(zone_of(rule, moment_.zone), rule.until, kLastSecond);
    const date::sys_seconds at(
        std::chrono::seconds(std::int64_t{rule.until} * kDaySeconds + kLastSecond - offset));
    const std::size_t begin = rrule.find(";UNTIL=") + 7;
    rrule.replace(begin, 8, date::format("%Y%m%dT%H%M%SZ", at));
}

void Assembly::write_span(Understanding& out) const {
    std::optional<Value> said = source_ ? source_ : when_;
    if (!said) return;
    Value value = *said;
    settle_hours(value);
    if (!value.has_day() || !fix_day(context_, value)) return;
    Span span{at(value.day_begin, 0), at(value.day_end, 0)};
    if (value.clock >= 0) {
        span.begin = at(value.day_begin, value.clock);
        span.end = value.clock_end >= 0        ? at(value.day_begin, value.clock_end)
                   : value.has(Flag::kOpenEnd) ? at(value.day_begin + 1, 0)
                                               : span.begin + std::chrono::minutes(1);
        if (value.clock_end < 0 && !value.has(Flag::kOpenEnd) && out.draft.duration && !source_)
            span.end = span.begin + *out.draft.duration;
    } else if (value.clock_end >= 0) {
        span.end = at(value.day_begin, value.clock_end);
    } else if (value.has(Flag::kOpenBegin)) {
        span.begin = at(context_.today, context_.now);
    } else if (value.has(Flag::kOpenEnd)) {
        span.end = std::max(span.end, span.begin + std::chrono::minutes(7 * 1440));
    }
    if (span.begin < span.end) out.span = span;
}

void Assembly::name_inferred(Understanding& out) const {
    EventDraft& draft = out.draft;
    const bool deadline = when_ && when_->has(Flag::kDeadline);
    if (!draft.has_date || (deadline && when_->has_day())) draft.inferred.emplace_back("date");
    if ((!draft.has_time && !draft.all_day) ||
        ((deadline || (when_ && when_->has(Flag::kVague))) && when_->has_clock()))
        draft.inferred.emplace_back("time");
    if (repeat_ && (repeat_->has(Flag::kVague) || repeat_->has(Flag::kPartly)))
        draft.inferred.emplace_back("rrule");
    if (!draft.end && !draft.duration) draft.inferred.emplace_back("end");
    if (draft.zone == moment_.zone && !(when_ && when_->zone >= 0)) draft.inferred.emplace_back("tz");
}

}  // namespace scheduling
