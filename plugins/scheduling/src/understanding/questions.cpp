#include <algorithm>
#include <cstdlib>

#include "language/actions.hpp"
#include "understanding/assemble.hpp"
#include "understanding/mention.hpp"

namespace scheduling {

using language::DayNumber;
using language::Flag;
using language::kDaySeconds;
using language::kHalfDay;
using language::Value;

Choice Assembly::choice(DayNumber day, std::int32_t clock) const {
    Choice made;
    made.start = at(day, clock);
    if (when_ && when_->clock >= 0 && when_->clock_end > when_->clock)
        made.end = made.start + std::chrono::minutes((when_->clock_end - when_->clock) / 60);
    return made;
}

/// Another day with the hour that was said; the whole day when none was.
Choice Assembly::day_choice(DayNumber day) const {
    if (when_ && when_->clock >= 0 && !when_->has(Flag::kPartOnly)) return choice(day, when_->clock);
    Choice made;
    made.start = at(day, 0);
    made.all_day = true;
    return made;
}

void Assembly::ask(Understanding& out) const {
    if ((out.question = impossible())) return;
    if (intent_.find("query") != std::string_view::npos) return;
    if ((out.question = past(out))) return;
    if ((out.question = ambiguous_date())) return;
    if ((out.question = clock_change(out))) return;
    if ((out.question = ambiguous_hour(out))) return;
    out.question = missing(out);
}

std::optional<Question> Assembly::impossible() const {
    if (impossible_ == nullptr) return std::nullopt;
    Question question;
    question.kind = "impossible";
    question.said = std::string(around_.slice(impossible_->begin_token, impossible_->end_token));
    return question;
}

std::optional<Question> Assembly::past(const Understanding& out) const {
    if (!when_ || !out.draft.start || repeat_ || when_->has(Flag::kMoment)) return std::nullopt;
    const Value& when = *when_;
    const DayNumber day = when.has_day() ? when.day_begin : context_.today;
    const bool over = out.draft.has_time
                          ? *out.draft.start < at(context_.today, context_.now)
                          : day < context_.today && (!when.has_day() || when.day_end <= context_.today);
    if (!over) return std::nullopt;
    Question question;
    question.kind = "past";
    if (!out.draft.has_time || day != context_.today) return question;
    const bool other_half = spoken_->has(Flag::kBareHour) && when.clock + kHalfDay < kDaySeconds;
    if (other_half && when.clock + kHalfDay > context_.now)
        question.choices.push_back(choice(day, when.clock + kHalfDay));
    question.choices.push_back(choice(day + 1, when.clock));
    return question;
}

Question Assembly::either_day(DayNumber first, DayNumber second) const {
    Question question;
    question.kind = "ambiguous_date";
    question.choices = {day_choice(first), day_choice(second)};
    return question;
}

/// Two times in one message: which one?
std::optional<Question> Assembly::rival_days() const {
    if (!rival_ || repeat_) return std::nullopt;
    const Value& when = *when_;
    Value other = *rival_;
    settle_hours(other);
    if (!other.has_day() || !fix_day(context_, other) || other.day_begin == when.day_begin)
        return std::nullopt;
    Question question = either_day(when.day_begin, other.day_begin);
    if (other.clock < 0 || other.has(Flag::kPartOnly)) return question;
    question.choices[1] = choice_of(other);
    if (when.has_clock()) return question;
    // "martes o jueves a las 3": the hour is said once and meant for both.
    Value first = other;
    first.day_begin = when.day_begin;
    question.choices[0] = choice_of(first);
    return question;
}

/// "Tuesday 25" and the 25th is a Wednesday: that date, or the nearest day of that name.
std::optional<Question> Assembly::mismatched_weekday() const {
    Value unnamed = *spoken_;
    unnamed.weekday = 0;
    unnamed.flags = 0;
    if (!fix_day(context_, unnamed) || spoken_->weekday == 0) return std::nullopt;
    const DayNumber dated = unnamed.day_begin;
    int apart = (spoken_->weekday - language::weekday_of(dated) + 10) % 7 - 3;
    if (dated + apart < context_.today) apart += 7;
    return either_day(std::min(dated, dated + apart), std::max(dated, dated + apart));
}

std::optional<Question> Assembly::ambiguous_date() const {
    if (!when_ || !when_->has_day()) return std::nullopt;
    if (auto rivals = rival_days()) return rivals;
    const Value& when = *when_;
    const DayNumber day = when.day_begin;
    if (when.has(Flag::kMidnight) && when.clock == 0) return either_day(day, day + 1);
    if (when.has(Flag::kNextWord)) return either_day(day, day + 7);
    if (when.has(Flag::kFortnightDays)) return either_day(day - 1, day);
    const bool plain_weekday =
        spoken_->form == language::DayForm::kFields && spoken_->weekday != 0 && spoken_->dom == 0;
    if (plain_weekday && spoken_->weekday == language::weekday_of(context_.today))
        return either_day(context_.today, day);
    if (when.has(Flag::kWeekdayMismatch)) return mismatched_weekday();
    if (when.has(Flag::kDayMonthSwap)) {
        Value swapped = *spoken_;
        std::swap(swapped.dom, swapped.month);
        swapped.form = language::DayForm::kFields;
        swapped.flags &= ~Flag::kDayMonthSwap;
        if (fix_day(context_, swapped)) return either_day(day, swapped.day_begin);
    }
    return std::nullopt;
}

std::optional<Question> Assembly::clock_change(const Understanding& out) const {
    if (!when_ || !out.draft.start || !out.draft.has_time || !when_->has_day()) return std::nullopt;
    const std::string& zone = out.draft.zone;
    const int happens = occurrences(zone, when_->day_begin, when_->clock);
    if (happens == 1) return std::nullopt;
    Question question;
    question.kind = "clock_change";
    const auto day = when_->day_begin;
    const std::int32_t before = offset_at(zone, day, when_->clock - 4 * 3600),
                       after = offset_at(zone, day, when_->clock + 4 * 3600);
    if (happens == 0) {  // the same distance from midnight by the old clock, and by the new one
        const std::int32_t gap = after - before;
        question.choices = {choice(day, when_->clock - gap), choice(day, when_->clock + gap)};
    } else {
        question.choices = {choice(day, when_->clock), choice(day, when_->clock)};
        question.choices[0].utc_offset = std::chrono::minutes(before / 60);
        question.choices[1].utc_offset = std::chrono::minutes(after / 60);
    }
    return question;
}

/// What was said elsewhere in the message, with its own hours.
Choice Assembly::choice_of(const Value& said) const {
    Choice made;
    const DayNumber day = said.has_day()     ? said.day_begin
                          : when_->has_day() ? when_->day_begin
                                             : context_.today;
    made.start = at(day, said.clock);
    if (said.clock_end > said.clock) made.end = at(day, said.clock_end);
    return made;
}

/// A plain number that no other word needs: "4" in "at 3 or 4 at the office", not in "3 or 4 chairs".
bool Assembly::is_bare_hour(std::uint32_t at) const {
    const auto& tokens = reading_.text.tokens;
    if (at >= around_.size() || tokens[at].kind != language::TokenKind::kNumber || !around_.is_free(at))
        return false;
    return tokens[at].number >= 1 && tokens[at].number <= 12;
}

/// "jueves taller de cerámica 6 a 8", "saturday school fair 10 to 2": hours apart from their day, where no
/// other are said. A score goes down ("3 a 1") and is told.
void Assembly::take_bare_range() {
    if (!when_ || repeat_ || !when_->has_day() || when_->has_clock() || when_->has(Flag::kOpenBegin)) return;
    const auto& all = reading_.expressions;
    const bool timed =
        std::any_of(all.begin(), all.end(), [](const auto& one) { return one.value.has_clock(); });
    if (timed || around_.find(around_.classes.told)) return;
    const auto ends = [&](std::uint32_t at) {
        return at >= around_.size() || !around_.is_word(at) || !around_.is_free(at) ||
               around_.phrase(at, around_.classes.small) > 0 ||
               around_.phrase(at, around_.classes.with) > 0 ||
               around_.phrase(at, around_.classes.place_noun) > 0 ||
               around_.phrase(at, around_.classes.place_preposition) > 0;
    };
    constexpr std::int64_t kLatestScore = 6;
    for (std::uint32_t at = 1; at + 2 < around_.size(); ++at) {
        if (!is_bare_hour(at) || around_.phrase(at + 1, around_.classes.aim) != 1 || !is_bare_hour(at + 2))
            continue;
        const auto& tokens = reading_.text.tokens;
        const std::int64_t from = tokens[at].number, to = tokens[at + 2].number;
        // "capítulos 3 a 5", "lessons 3 to 5": numbers of a plural's things.
        const bool lone =
            around_.is_word(at - 1) && around_.is_free(at - 1) && reading_.text.word(at - 1).back() != 's';
        if (!lone || !ends(at + 3) || from == to || (to < from && from <= kLatestScore)) continue;
        Value begin, end, range, both;
        begin.clock = static_cast<std::int32_t>(from) * 3600;
        end.clock = static_cast<std::int32_t>(to) * 3600;
        begin.flags = end.flags = Flag::kBareHour;
        const Value* pair[] = {&begin, &end};
        if (!language::act_clock_range(context_, pair, 0, range) || !meet(context_, *when_, range, both))
            return;
        when_ = both;
        around_.mark(at, at + 3, Role::kTime);
        return;
    }
}

/// "friday at 3 or 4", "sat, 9 or 10.20": an hour beside "or" and one that was read.
void Assembly::take_other_hour() {
    if (!when_ || rival_ || repeat_ || when_->clock < 0 || when_->clock_end >= 0 ||
        when_->has(Flag::kPartOnly))
        return;
    const auto or_word = around_.classes.or_word;
    const auto ends = [&](std::uint32_t at) {
        return at >= around_.size() || !around_.is_word(at) || !around_.is_free(at) ||
               around_.phrase(at, around_.classes.small) > 0 ||
               around_.phrase(at, around_.classes.with) > 0 ||
               around_.phrase(at, around_.classes.place_preposition) > 0;
    };
    for (const language::Expression& hour : reading_.expressions) {
        if (hour.value.clock < 0 || hour.value.freq != language::Freq::kNone) continue;
        std::uint32_t begin = hour.end_token, number = begin;
        if (begin < around_.size()) number += around_.phrase(begin, or_word);
        std::uint32_t end = number + 1;
        const bool behind = number > begin && is_bare_hour(number) && ends(end);
        if (!behind) {
            end = hour.begin_token;
            number = begin = end >= 2 ? end - 2 : 0;
            if (end < 2 || around_.phrase(end - 1, or_word) != 1 || !is_bare_hour(number)) continue;
        }
        Value other;
        other.clock = static_cast<std::int32_t>(reading_.text.tokens[number].number) * 3600;
        other.flags = Flag::kBareHour;
        rival_ = other;
        around_.mark(begin, end, Role::kTime);
        return;
    }
}

/// "a las 5 o a las 6": a bare hour is in the half that is nearer to the other.
std::optional<Question> Assembly::rival_hours() const {
    if (!rival_ || repeat_ || when_->clock < 0 || rival_->has_day() || rival_->clock < 0) return std::nullopt;
    if (rival_->has(Flag::kPartOnly) || when_->has(Flag::kPartOnly)) return std::nullopt;
    Value other = *rival_;
    settle_hours(other);
    if (other.has(Flag::kBareHour)) {
        const std::int32_t half = other.clock < kHalfDay ? other.clock + kHalfDay : other.clock - kHalfDay;
        if (std::abs(half - when_->clock) < std::abs(other.clock - when_->clock)) other.clock = half;
    }
    Question question;
    question.kind = "ambiguous_hour";
    question.choices = {choice_of(*when_), choice_of(other)};
    return question;
}

/// "trivia every Tuesday 7:30": the hour of a series, outside of the person's working hours.
std::optional<Question> Assembly::series_hour(const Understanding& out) const {
    const bool open = repeat_->has(Flag::kBareHour) && !repeat_->has(Flag::kHourMark);
    if (!open || !out.draft.start || !out.draft.has_time || out.draft.end) return std::nullopt;
    const auto day = std::chrono::floor<date::days>(*out.draft.start);
    const auto hour = std::chrono::duration_cast<std::chrono::minutes>(*out.draft.start - day);
    if (hour >= moment_.work_begin && hour <= moment_.work_end) return std::nullopt;
    Question question;
    question.kind = "ambiguous_hour";
    for (const int half : {0, 1}) {
        Choice made;
        made.start = day + hour % std::chrono::hours(12) + std::chrono::hours(12 * half);
        if (made.start > at(context_.today, context_.now)) question.choices.push_back(made);
    }
    if (question.choices.size() < 2) return std::nullopt;
    return question;
}

std::optional<Question> Assembly::ambiguous_hour(const Understanding& out) const {
    if (repeat_ && (!when_ || !when_->has_clock())) return series_hour(out);
    if (!when_) return std::nullopt;
    if (auto rivals = rival_hours()) return rivals;
    if (!when_ || when_->clock < 0 || !when_->has_day() || !spoken_->has(Flag::kBareHour))
        return std::nullopt;
    if (spoken_->has(Flag::kHourMark) && when_->clock >= 5 * 3600)
        return std::nullopt;  // "6h" is 6:00, else "18h"
    // "boiler service 8-12", "between 8 and 1": no evening lasts until noon.
    constexpr std::int32_t kMorning = 7 * 3600;
    if (when_->clock >= kMorning && when_->clock < kHalfDay && when_->clock_end >= kHalfDay &&
        !around_.find(around_.classes.evening))
        return std::nullopt;
    const std::chrono::minutes start(when_->clock / 60);
    const bool night_or_noon = spoken_->has(Flag::kHourMark) && when_->clock % kHalfDay < 5 * 3600;  // "3h"
    if (!night_or_noon && start >= moment_.work_begin && start <= moment_.work_end) return std::nullopt;
    const std::int32_t early = when_->clock % kHalfDay;
    Question question;
    question.kind = "ambiguous_hour";
    for (const std::int32_t clock : {early, early + kHalfDay})
        if (when_->day_begin > context_.today || clock > context_.now)
            question.choices.push_back(choice(when_->day_begin, clock));
    if (question.choices.size() < 2) return std::nullopt;
    return question;
}

std::optional<Question> Assembly::missing(const Understanding& out) const {
    const EventDraft& draft = out.draft;
    const bool reminds = intent_.find("remind") != std::string_view::npos && !draft.title.empty() &&
                         !draft.reminder;  // "an hour before" is about an event that is there
    const bool schedules = reminds || (intent_.find("schedule") != std::string_view::npos &&
                                       intent_.find("reschedule") == std::string_view::npos);
    const bool may_schedule = is_talk(intent_);  // a wish without a verb of asking
    if (draft.all_day || (!schedules && !may_schedule)) return std::nullopt;
    Question question;
    if (draft.has_date && !draft.has_time) {
        question.kind = draft.part_begin ? "part_of_day" : "missing_time";
        return question;
    }
    if (!draft.has_date && !draft.has_time && schedules) {
        question.kind = "missing_date";
        return question;
    }
    return std::nullopt;
}

}  // namespace scheduling
