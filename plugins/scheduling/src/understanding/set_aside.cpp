#include <algorithm>

#include "language/actions.hpp"
#include "understanding/assemble.hpp"

/// Which time expressions say nothing of when the event is: its name, what is over, what was refused.
namespace scheduling {

using language::Expression;
using language::Flag;
using language::Value;

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
            const bool days = day.form == language::DayForm::kFixed && !day.has_clock() &&
                              day.grain == language::Grain::kDay && day.day_end - day.day_begin > 1;
            // "carnaval, de 6 a 10", "el finde largo …, del 30 al 1"
            if (days && expression.value.has(Flag::kHoliday)) return true;
            // "the weekend of the 6th, Friday to Sunday": which weekend is said there.
            if (weekend)
                return days && !day.has(Flag::kWeekdays) && expression.end_token <= other.begin_token;
            if (!single || names(day) || day.freq != language::Freq::kNone) return false;
            Value both;
            return behind_of || !meet(context_, expression.value, day, both);
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

/// An hour that is said of something else: "el vuelo es a las 7", "cause high tide is at 6".
bool Assembly::is_aside(const Expression& expression) const {
    const std::uint32_t from = expression.begin_token > 8 ? expression.begin_token - 8 : 0;
    for (std::uint32_t at = from; at < expression.begin_token; ++at)
        if (around_.phrase(at, around_.classes.aside, true) > 0) return true;
    return false;
}

}  // namespace scheduling
