#include <algorithm>

#include "language/actions.hpp"
#include "understanding/assemble.hpp"

/// Times beside the event's own that are read together with it: the way back of a journey, the end of a
/// habit.
namespace scheduling {

using language::DayForm;
using language::DayNumber;
using language::Expression;
using language::Flag;
using language::Value;

/// "la vete abre a las 9 pero vamos a las 11", "ayuno desde las 10", "ayuno de 12 horas": an hour of
/// something else where the event has its own, and a length that is not the event's.
bool Assembly::is_of_something_else(const Expression& expression) const {
    const Value& said = expression.value;
    const bool length = said.has_duration, hour = said.clock >= 0 && !said.has_day();
    if (said.freq != language::Freq::kNone || (!length && !hour)) return false;
    constexpr std::uint32_t kLongestPhrase = 3;
    bool behind = false;
    for (std::uint32_t size = 1; size <= std::min(kLongestPhrase, expression.begin_token); ++size)
        behind = behind || around_.phrase(expression.begin_token - size, around_.classes.opens, true) == size;
    if (!behind) return false;
    return length || std::any_of(reading_.expressions.begin(), reading_.expressions.end(),
                                 [&](const Expression& other) {
                                     return other.begin_token != expression.begin_token &&
                                            other.value.clock >= 0 && !other.value.has(Flag::kExcept);
                                 });
}

/// "voo às 6h20, estar no aeroporto às 4h30", "barco 7h45, voltamos no das 17h15": when to be there or when
/// one comes back, behind the event's own hour. Takes the words that lead to it.
bool Assembly::take_hour_around(const Expression& expression) {
    constexpr std::uint32_t kMostWords = 7;
    const Value& said = expression.value;
    const bool latest = said.has(Flag::kDeadline) && said.clock_end >= 0;  // "arrive by 9:45"
    const bool hour = (said.clock >= 0 || latest) && !said.has_day() && said.freq == language::Freq::kNone &&
                      !said.has_duration && !said.has(Flag::kExcept) && !said.has(Flag::kPartOnly);
    const std::uint32_t begin = expression.begin_token;
    const bool own =
        std::any_of(reading_.expressions.begin(), reading_.expressions.end(), [&](const Expression& other) {
            return other.end_token <= begin && other.value.clock >= 0 && !other.value.has(Flag::kPartOnly);
        });
    if (!hour || !own) return false;
    for (std::uint32_t at = begin; at-- > 0 && begin - at <= kMostWords && around_.is_free(at);) {
        if (!around_.is_word(at)) return false;
        const std::uint32_t back = around_.phrase(at, around_.classes.way_back),
                            there = around_.phrase(at, around_.classes.be_there);
        const auto only_joins = [&](std::uint32_t from) {
            for (; from < begin; ++from)
                if (around_.phrase(from, around_.classes.small) == 0) return false;
            return true;
        };
        if (there == 0 && (back == 0 || !only_joins(at + back))) continue;
        around_.mark(at, begin, Role::kDropped);
        return true;
    }
    return false;
}

/// "amanhã tenho reunião às 10, queria marcar um café às 16h": what one has already is told with its hour,
/// and what is asked for has its own behind the request.
bool Assembly::is_had_before_request(const Expression& expression) const {
    const auto has_hour = [](const Value& value) {
        return value.clock >= 0 && value.freq == language::Freq::kNone && !value.has_duration &&
               !value.has(Flag::kExcept) && !value.has(Flag::kPartOnly);
    };
    if (!has_hour(expression.value)) return false;
    std::uint32_t has = 0;
    while (has < expression.begin_token &&
           (around_.phrase(has, around_.classes.has) == 0 || request_size(around_, has, true) > 0))
        ++has;
    if (has == expression.begin_token) return false;
    return std::any_of(
        reading_.expressions.begin(), reading_.expressions.end(), [&](const Expression& other) {
            if (!has_hour(other.value)) return false;
            for (std::uint32_t at = expression.end_token; at < other.begin_token; ++at)
                if (around_.is_free(at) && request_size(around_, at, !around_.is_word(at - 1)) > 0)
                    return true;
            return false;
        });
}

/// Its day may hold for what is asked for behind it.
void Assembly::add_day_alone(const Expression& expression, Understanding& out) {
    if (!expression.value.has_day()) return;
    Expression day = expression;
    day.value.clock = day.value.clock_end = -1;
    day.value.flags &= ~(Flag::kBareHour | Flag::kBareHourEnd | Flag::kHourMark);
    add(day, out);
}

/// "AVE el jueves a las 15:05, vuelta el domingo": when one returns is no other choice. Without hours it ends
/// the stretch of days: "salimos el 13 y volvemos el 20".
bool Assembly::take_way_back(const Expression& expression) {
    constexpr DayNumber kLongestJourney = 62;
    const Value& back = expression.value;
    const bool hour = !back.has_day() && back.clock >= 0;  // "train 7.32 monday, back 18.15"
    if (!when_ || !when_->has_day() || back.has(Flag::kOpenBegin)) return false;
    if (!back.has_day()) {  // "prova 14h, chegada 13h30" is when to be there
        Value there = *when_, home = back;
        settle_hours(there);
        settle_hours(home);
        if (!hour || there.clock < 0 || home.clock <= there.clock) return false;
    }
    std::uint32_t at = last_end_;
    while (at < expression.begin_token) {
        const std::uint32_t size = around_.phrase(at, around_.classes.way_back, true);
        if (size > 0 && at + size >= expression.begin_token) break;
        ++at;
    }
    if (at >= expression.begin_token) return false;
    if (hour) {
        around_.mark(at, expression.begin_token, Role::kDropped);
        last_end_ = expression.end_token;
        return true;
    }
    Value first = *when_, last = back;
    if (!fix_day(context_, first)) return false;
    language::Context there = context_;
    there.today = first.day_begin;
    if (!fix_day(there, last)) return false;
    const DayNumber days = last.day_begin - first.day_begin;
    if (days <= 0 || days > kLongestJourney) return false;
    around_.mark(at, expression.begin_token, Role::kDropped);
    last_end_ = expression.end_token;
    const bool open = when_->has(Flag::kOpenBegin) || when_->has(Flag::kOpenEnd);
    if (!when_->has_clock() && !last.has_clock() && !open && first.day_end - first.day_begin == 1) {
        first.day_end = last.day_end;
        when_ = first;
    }
    return true;
}

/// "1230", "730": an hour and minutes in one; -1 when the number is none.
std::int32_t packed_clock(std::int64_t number, std::size_t digits) {
    constexpr std::int64_t kFirst = 500, kLast = 2355, kStep = 5;
    if (digits < 3 || digits > 4 || number < kFirst || number > kLast) return -1;
    if (number % 100 >= 60 || number % kStep != 0) return -1;
    return static_cast<std::int32_t>(number / 100 * 3600 + number % 100 * 60);
}

/// "tmr lunch 1230 w boss", "fri dinner 8", "yoga 530 tmrw": where the day is said and no hour, the digits
/// right behind the event's noun or before the day are one.
void Assembly::take_hour_beside_noun() {
    if (!when_ || repeat_ || rival_ || !when_->has_day()) return;
    if (when_->has_clock() && !when_->has(Flag::kPartOnly)) return;
    const bool day = when_->form == DayForm::kFields ? when_->weekday != 0 || when_->dom != 0
                                                     : when_->day_end - when_->day_begin == 1;
    if (!day) return;
    for (std::uint32_t at = 1; at < around_.size(); ++at) {
        const auto& token = reading_.text.tokens[at];
        if (token.kind != language::TokenKind::kNumber || !around_.is_free(at) || token.glued) continue;
        Value hour;
        hour.clock = packed_clock(token.number, reading_.text.word(at).size());
        const bool before_day = at + 1 < around_.size() && around_.roles[at + 1] == Role::kTime;
        const bool meal = is_meal(at) && token.number >= 1 && token.number <= 12;
        if (hour.clock < 0 && meal) hour.clock = static_cast<std::int32_t>(token.number % 12 * 3600);
        if (hour.clock < 0 || (!meal && !before_day && !is_noun_before(at)) || is_numbered(at)) continue;
        if (meal && token.number == 12) hour.clock = language::kHalfDay;
        if (hour.clock < language::kHalfDay + 3600) hour.flags |= Flag::kBareHour;
        Value both;
        if (!meet(context_, *when_, hour, both)) return;
        when_ = both;
        around_.mark(at, at + 1, Role::kTime);
        return;
    }
}

/// The event's noun ends right before the token.
bool Assembly::is_noun_before(std::uint32_t at) const {
    constexpr std::uint32_t kLongest = 3;
    for (std::uint32_t size = 1; size <= std::min(kLongest, at); ++size)
        if (around_.is_free(at - size) && event_size(around_, at - size) == size) return true;
    return false;
}

/// "lunch 1", "reservation 8": behind these no number counts anything but hours, if nothing is counted
/// behind it.
bool Assembly::is_meal(std::uint32_t at) const {
    const auto& classes = around_.classes;
    const auto ends = [&](language::Symbol symbol) {
        return around_.phrase(at - 1, symbol) == 1 || (at > 1 && around_.phrase(at - 2, symbol) == 2);
    };
    if (!ends(classes.evening) && !ends(classes.hourly) && !ends(classes.dawny)) return false;
    return at + 1 == around_.size() || !around_.is_free(at + 1) || !around_.is_word(at + 1) ||
           around_.phrase(at + 1, classes.with) > 0 || around_.phrase(at + 1, classes.place_preposition) > 0;
}

/// "flight 1230", "room 1015": the word before counts it.
bool Assembly::is_numbered(std::uint32_t at) const {
    const auto& lexicon = around_.knowledge.lexicon;
    const auto node = lexicon.next(language::Lexicon::kRoot, lexicon.find(reading_.text.word(at - 1)));
    if (!node) return false;
    const auto& entries = lexicon.entries(*node);
    return std::any_of(entries.begin(), entries.end(), [&](const language::LexiconEntry& entry) {
        return entry.symbol == around_.knowledge.not_time_before && (entry.language & reading_.language) != 0;
    });
}

/// "martes de 7 a 8 hasta junio": a weekday with its hour that goes on for weeks is a habit, though nobody
/// said so.
bool Assembly::take_weekly(const Expression& expression) {
    constexpr DayNumber kLeastDays = 14;
    const Value& until = expression.value;
    const bool ends = until.has(Flag::kOpenBegin) && until.has_day() && !until.has_clock();
    if (!ends || !when_ || repeat_ || when_->form != DayForm::kFields || when_->clock < 0) return false;
    const bool weekday_only = when_->weekday != 0 && when_->dom == 0 && when_->month == 0 && when_->year == 0;
    // In Spanish and Portuguese "until" is "by" too: "…, confirmar até dia 30".
    const bool beside =
        until.grain != language::Grain::kDay || expression.begin_token <= last_end_ + 1;  // a comma between
    if (!weekday_only || !beside || until.day_end - context_.today < kLeastDays) return false;
    Value rule = *when_;
    rule.form = DayForm::kNone;
    rule.by_weekday = static_cast<std::uint8_t>(1u << (when_->weekday - 1));
    rule.weekday = 0;
    rule.freq = language::Freq::kWeekly;
    rule.flags = (rule.flags & ~(Flag::kNextWord | Flag::kThisWord)) | Flag::kPartly;
    repeat_ = rule;
    until_ = until;
    until_->flags &= ~Flag::kDeadline;
    when_.reset();
    last_end_ = expression.end_token;
    return true;
}

/// "de lunes a viernes gimnasio 6 am": weekdays with an hour are a habit, though the hour stands apart.
bool Assembly::repeat_on_weekdays() {
    constexpr DayNumber kFewest = 3, kMost = 7;
    if (!when_ || repeat_ || !when_->has(Flag::kWeekdays) || when_->clock < 0 || when_->has(Flag::kPartOnly))
        return false;
    const DayNumber days = when_->day_end - when_->day_begin;
    if (days < kFewest || days > kMost) return false;
    Value rule = *when_;
    for (DayNumber day = when_->day_begin; day < when_->day_end; ++day)
        rule.by_weekday |= static_cast<std::uint8_t>(1u << (language::weekday_of(day) - 1));
    rule.form = DayForm::kNone;
    rule.freq = language::Freq::kWeekly;
    rule.flags = (rule.flags & ~Flag::kWeekdays) | Flag::kPartly;
    repeat_ = rule;
    when_.reset();
    return true;
}

/// "la pastilla a las 10 pm durante 10 días": so many days long is no event whose hour alone is said.
bool Assembly::repeat_for_days(Understanding& out) {
    constexpr std::int32_t kFewest = 2, kMost = 92;
    if (!when_ || repeat_ || when_->has_day() || when_->clock < 0 || when_->clock_end >= 0 || !stretch_ ||
        when_->has(Flag::kPartOnly) || stretch_->months != 0)
        return false;
    if (stretch_->days < kFewest || stretch_->days > kMost) return false;
    Value rule;
    rule.freq = language::Freq::kDaily;
    rule.count = static_cast<std::int16_t>(stretch_->days);
    rule.clock = when_->clock;
    rule.zone = when_->zone;
    rule.flags = when_->flags | Flag::kPartly;
    repeat_ = rule;
    when_.reset();
    out.draft.duration.reset();
    return true;
}

}  // namespace scheduling
