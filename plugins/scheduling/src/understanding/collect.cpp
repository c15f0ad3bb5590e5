#include <algorithm>
#include <bit>

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

bool Assembly::is_source(const Expression& expression) const {
    const bool moves = intent_.find("reschedule") != std::string_view::npos ||
                       intent_.find("move") != std::string_view::npos;
    if (!moves) return false;
    const auto& all = reading_.expressions;
    const bool another_follows = std::any_of(all.begin(), all.end(), [&](const Expression& other) {
        return other.begin > expression.begin && !other.value.has_duration &&
               (expression.value.has_day() || !other.value.has_day() || other.value.has_clock());
    });
    if (another_follows) return true;
    // The only one: "la reunión de mañana" is what to move, "al viernes" is where to.
    const auto from = around_.classes.move_from;
    if (around_.phrase(expression.begin_token, from) > 0) return true;
    return expression.begin_token > 0 && around_.phrase(expression.begin_token - 1, from) > 0;
}

/// "almuerzo de fin de año, viernes 18", "Christmas party Dec 12": what only names the occasion.
bool Assembly::names_occasion(const Expression& expression) const {
    const auto names = [](const Value& value) {
        return value.has_day() && !value.has_clock() &&
               (value.has(Flag::kHoliday) || value.has(Flag::kVague)) && !value.has(Flag::kOpenBegin);
    };
    const bool weekend = expression.value.grain == language::Grain::kWeekend && !expression.value.has_clock();
    if (!names(expression.value) && !weekend) return false;
    // "revisar la campaña de navidad el viernes": behind "of" it names the thing, whatever day it is.
    const std::uint32_t begin = expression.begin_token;
    const bool behind_of = expression.value.has(Flag::kHoliday) && begin > 1 && around_.is_free(begin - 2) &&
                           (around_.phrase(begin - 1, around_.classes.move_from) > 0 ||
                            around_.phrase(begin, around_.classes.move_from, true) > 0);
    return std::any_of(
        reading_.expressions.begin(), reading_.expressions.end(), [&](const Expression& other) {
            const Value& day = other.value;
            // "hotel para Semana Santa antes del 15 de diciembre": a day before which it is to be done.
            if (expression.value.has(Flag::kHoliday) && day.has_day() && day.has(Flag::kOpenBegin))
                return true;
            const bool single = day.form == language::DayForm::kFields
                                    ? day.weekday != 0 || day.dom != 0
                                    : day.has_day() && day.day_end - day.day_begin == 1;
            Value both;
            const bool days = day.form == language::DayForm::kFixed && !day.has_clock() &&
                              day.grain == language::Grain::kDay && day.day_end - day.day_begin > 1;
            // "carnaval, de 6 a 10", "el finde largo …, del 30 al 1"
            if (days && expression.value.has(Flag::kHoliday)) return true;
            // "the weekend of the 6th, Friday to Sunday": which weekend is said there.
            if (weekend)
                return days && !day.has(Flag::kWeekdays) && expression.end_token <= other.begin_token;
            return single && !names(day) && day.freq == language::Freq::kNone &&
                   (behind_of || !meet(context_, expression.value, day, both));
        });
}

/// "escola 1º de Agosto, ter qui 16h", "L-M-J … (final 9 feb)": a date on which the series never is does not
/// begin it.
bool Assembly::is_outside_series(const Expression& expression) const {
    const Value& said = expression.value;
    const bool plain = said.form == language::DayForm::kFields && said.dom != 0 && said.month != 0 &&
                       said.weekday == 0 && !said.has_clock() && said.flags == 0;
    Value day = said;
    if (!plain || !fix_day(context_, day)) return false;
    // "natação começa dia 3 de fevereiro, terças e quintas": it goes on from then.
    const std::uint32_t begin = expression.begin_token;
    if (begin > 0 && around_.phrase(begin - 1, around_.classes.begins) == 1) return false;
    const int bit = 1 << (language::weekday_of(day.day_begin) - 1);
    return std::any_of(reading_.expressions.begin(), reading_.expressions.end(),
                       [&](const Expression& other) {
                           const Value& rule = other.value;
                           return rule.freq == language::Freq::kWeekly && rule.by_weekday != 0 &&
                                  (rule.by_weekday & bit) == 0 && !rule.has(Flag::kExcept);
                       });
}

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

/// "ayer no pude, agenda para el jueves": what is over is only told.
bool Assembly::is_only_past(const Expression& expression) const {
    const auto is_past = [](const Value& value) { return value.has(Flag::kPast) && !value.has_duration; };
    return is_past(expression.value) && std::any_of(reading_.expressions.begin(), reading_.expressions.end(),
                                                    [&](const Expression& other) {
                                                        return other.value.has_day() && !is_past(other.value);
                                                    });
}

/// "mañana no puedo, el viernes a las 3": a day that is turned down where another follows.
bool Assembly::is_refused_day(const Expression& expression) const {
    const std::uint32_t begin = expression.begin_token, end = expression.end_token;
    if (!expression.value.has_day() || expression.value.freq != language::Freq::kNone) return false;
    const auto refuses = [&](std::uint32_t at) { return around_.phrase(at, around_.classes.refused); };
    const bool behind = end < around_.size() && refuses(end) > 0;
    // "no puedo el jueves, pon el viernes": a single "no" there may deny anything.
    constexpr std::uint32_t kLongest = 5;  // "can't do": four tokens
    bool before = false;
    for (std::uint32_t size = 2; size <= std::min(kLongest, begin); ++size)
        before = before || refuses(begin - size) == size;
    // "viernes 21 hs en el club, no el sábado": behind a comma, where the other day has its hour already.
    const bool apart = begin > 1 && refuses(begin - 1) == 1 && around_.punctuation(begin - 2) == ',' &&
                       !expression.value.has_clock();
    if (apart &&
        std::any_of(reading_.expressions.begin(), reading_.expressions.end(), [&](const Expression& other) {
            return other.end_token < begin && other.value.has_day() && other.value.has_clock();
        }))
        return true;
    if (!behind && !before) return false;
    // "squash Sunday 10 til 11, can't do Friday": what stands before counts as well, if it says its hour.
    return std::any_of(
        reading_.expressions.begin(), reading_.expressions.end(), [&](const Expression& other) {
            const bool said = other.begin_token > end ||
                              (before && !behind && other.end_token <= begin && other.value.has_clock());
            return said && other.value.has_day() && other.value.freq == language::Freq::kNone;
        });
}

/// "asap, maybe 3ish": now is not meant where another hour is said.
bool Assembly::is_only_soon(const Expression& expression) const {
    const Value& now = expression.value;
    const bool is_now = now.has(Flag::kMoment) && now.clock == context_.now && now.clock_end < 0 &&
                        now.day_begin == context_.today;
    return is_now &&
           std::any_of(reading_.expressions.begin(), reading_.expressions.end(), [](const Expression& other) {
               // "service is now every Wednesday by 5.30": from now on.
               const Value& said = other.value;
               const bool hour = said.clock >= 0 || (said.freq != language::Freq::kNone && said.has_clock());
               return hour && !said.has(Flag::kMoment);
           });
}

/// "Thanksgiving dinner", "cena de navidad": a holiday joined to the title is said there too.
void Assembly::keep_in_title(const Expression& expression) {
    if (!expression.value.has(Flag::kHoliday) || expression.value.has_clock()) return;
    const std::uint32_t begin = expression.begin_token, end = expression.end_token;
    const auto is_word = [&](std::uint32_t at) {
        return at < around_.size() && around_.is_free(at) && around_.punctuation(at) == '\0' &&
               around_.phrase(at, around_.classes.small) == 0 &&
               around_.phrase(at, around_.classes.with) == 0;
    };
    const bool before_noun = is_word(end);
    const bool behind_of = begin > 1 && around_.phrase(begin - 1, around_.classes.move_from) > 0 &&
                           is_word(begin - 2) && around_.is_free(begin - 1);
    if (before_noun || behind_of) around_.mark(begin, end, Role::kTitle);
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

/// "mon to sat 6 to 7 am daily, starting monday": daily, on those days.
bool is_daily_on(const Value& days, const Value& daily) {
    return days.freq == language::Freq::kWeekly && days.interval == 1 && days.by_weekday != 0 &&
           days.nth_mask == 0 && daily.freq == language::Freq::kDaily && daily.interval == 1 &&
           daily.by_weekday == 0;
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

/// "on Tuesday I begin yoga …, then every Tuesday, until the end of July": a day that only ends a rule.
bool Assembly::ends_a_series(const Value& value) const {
    if (!value.has(Flag::kOpenBegin) || !value.has_day() || value.has_clock()) return false;
    return std::any_of(reading_.expressions.begin(), reading_.expressions.end(), [](const Expression& other) {
        return other.value.freq != language::Freq::kNone && !other.value.has(Flag::kVague);
    });
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

/// An hour that is said of something else: "el vuelo es a las 7", "cause high tide is at 6".
bool Assembly::is_aside(const Expression& expression) const {
    const std::uint32_t from = expression.begin_token > 8 ? expression.begin_token - 8 : 0;
    for (std::uint32_t at = from; at < expression.begin_token; ++at)
        if (around_.phrase(at, around_.classes.aside, true) > 0) return true;
    return false;
}

/// Several weekdays that were only named in a row, or from one to another.
bool names_days_of_week(const Value& rule) {
    const unsigned days = rule.by_weekday, run = days >> std::countr_zero(days | 0x80u);
    const bool row = rule.has(Flag::kPartly) && std::popcount(days) >= 2;
    const bool stretch = std::popcount(days) >= 3 && (run & (run + 1)) == 0;
    return rule.freq == language::Freq::kWeekly && rule.interval == 1 && (row || stretch);
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
