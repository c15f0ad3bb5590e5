#pragma once
#include "language/algebra.hpp"

/// The actions themselves, by what they make. Each is named in the table of actions.cpp.
namespace scheduling::language {

inline constexpr std::int32_t kDaySeconds = 86'400;
inline constexpr std::int32_t kHalfDay = 43'200;

/// A stretch of whole days that is known.
[[nodiscard]] Value fixed_days(DayNumber begin, DayNumber end, Grain grain);

/// [today's or another week, month …] `offset` units away from the one that holds `day`.
[[nodiscard]] bool period_of(DayNumber day, Grain grain, int offset, DayNumber& begin, DayNumber& end);

// numbers
bool act_same(const Context&, Arguments, std::int32_t, Value&);
bool act_sum(const Context&, Arguments, std::int32_t, Value&);
bool act_times(const Context&, Arguments, std::int32_t, Value&);
bool act_scaled(const Context&, Arguments, std::int32_t, Value&);
bool act_constant(const Context&, Arguments, std::int32_t, Value&);
bool act_decimal(const Context&, Arguments, std::int32_t, Value&);
bool act_fraction(const Context&, Arguments, std::int32_t, Value&);
bool act_year4(const Context&, Arguments, std::int32_t, Value&);
bool act_year2(const Context&, Arguments, std::int32_t, Value&);
bool act_dom(const Context&, Arguments, std::int32_t, Value&);
bool act_month_number(const Context&, Arguments, std::int32_t, Value&);

// days
bool act_meet(const Context&, Arguments, std::int32_t, Value&);
bool act_numeric_date(const Context&, Arguments, std::int32_t, Value&);
bool act_relative_day(const Context&, Arguments, std::int32_t, Value&);
bool act_relative_weekday(const Context&, Arguments, std::int32_t, Value&);
bool act_relative_period(const Context&, Arguments, std::int32_t, Value&);
bool act_relative_month(const Context&, Arguments, std::int32_t, Value&);
bool act_next_stretch(const Context&, Arguments, std::int32_t, Value&);
bool act_shift_day(const Context&, Arguments, std::int32_t, Value&);
bool act_shift_moment(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_count(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_weekday(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_day(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_unit_of(const Context&, Arguments, std::int32_t, Value&);
bool act_piece_of(const Context&, Arguments, std::int32_t, Value&);
bool act_holiday(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_in(const Context&, Arguments, std::int32_t, Value&);
bool act_now(const Context&, Arguments, std::int32_t, Value&);

// clock
bool act_clock(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_packed(const Context&, Arguments, std::int32_t, Value&);
bool act_noon(const Context&, Arguments, std::int32_t, Value&);
bool act_meridiem(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_shift(const Context&, Arguments, std::int32_t, Value&);
bool act_part(const Context&, Arguments, std::int32_t, Value&);
bool act_part_piece(const Context&, Arguments, std::int32_t, Value&);
bool act_today_part(const Context&, Arguments, std::int32_t, Value&);
bool act_zone(const Context&, Arguments, std::int32_t, Value&);

// ranges
bool act_day_range(const Context&, Arguments, std::int32_t, Value&);
bool act_open_days(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_range(const Context&, Arguments, std::int32_t, Value&);
bool act_open_clock(const Context&, Arguments, std::int32_t, Value&);
bool act_moment_range(const Context&, Arguments, std::int32_t, Value&);
bool act_lasting(const Context&, Arguments, std::int32_t, Value&);

// durations and repeats
bool act_duration(const Context&, Arguments, std::int32_t, Value&);
bool act_duration_sum(const Context&, Arguments, std::int32_t, Value&);
bool act_every_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_every_weekday(const Context&, Arguments, std::int32_t, Value&);
bool act_every_date(const Context&, Arguments, std::int32_t, Value&);
bool act_every_nth(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_set(const Context&, Arguments, std::int32_t, Value&);
bool act_monthday_set(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_set(const Context&, Arguments, std::int32_t, Value&);
bool act_frequency(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_with(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_count(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_until(const Context&, Arguments, std::int32_t, Value&);
bool act_by_month(const Context&, Arguments, std::int32_t, Value&);

// several at once, for patterns whose parts come in another order
bool act_dom_month(const Context&, Arguments, std::int32_t, Value&);
bool act_month_named(const Context&, Arguments, std::int32_t, Value&);
bool act_next_count(const Context&, Arguments, std::int32_t, Value&);
bool act_mixed(const Context&, Arguments, std::int32_t, Value&);
bool act_hours_minutes(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_sum(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_dotted(const Context&, Arguments, std::int32_t, Value&);
bool act_meridiem_zone(const Context&, Arguments, std::int32_t, Value&);
bool act_tonight(const Context&, Arguments, std::int32_t, Value&);
bool act_iso_moment(const Context&, Arguments, std::int32_t, Value&);
bool act_date_hours(const Context&, Arguments, std::int32_t, Value&);
bool act_date_hours_first(const Context&, Arguments, std::int32_t, Value&);
bool act_range_meridiem(const Context&, Arguments, std::int32_t, Value&);
bool act_day_range_year(const Context&, Arguments, std::int32_t, Value&);
bool act_refused(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_hours(const Context&, Arguments, std::int32_t, Value&);
bool act_shift_near(const Context&, Arguments, std::int32_t, Value&);
bool act_late_dom_at(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_stretch(const Context&, Arguments, std::int32_t, Value&);
bool act_day_range_long(const Context&, Arguments, std::int32_t, Value&);
bool act_doms_of(const Context&, Arguments, std::int32_t, Value&);
bool act_day_beside(const Context&, Arguments, std::int32_t, Value&);
bool act_every_nth_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_day_half(const Context&, Arguments, std::int32_t, Value&);
bool act_hour_of_day(const Context&, Arguments, std::int32_t, Value&);
bool act_today(const Context&, Arguments, std::int32_t, Value&);
bool act_every_part(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_weekend(const Context&, Arguments, std::int32_t, Value&);
bool act_not_second(const Context&, Arguments, std::int32_t, Value&);
bool act_duration_a(const Context&, Arguments, std::int32_t, Value&);
bool act_piece_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_month_doms(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_of_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_quarter_year(const Context&, Arguments, std::int32_t, Value&);
bool act_this_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_within(const Context&, Arguments, std::int32_t, Value&);
bool act_hour_on(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_h(const Context&, Arguments, std::int32_t, Value&);
bool act_impossible_clock(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_day_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_weekdays_at(const Context&, Arguments, std::int32_t, Value&);
bool act_every_part_word(const Context&, Arguments, std::int32_t, Value&);
bool act_every_romance(const Context&, Arguments, std::int32_t, Value&);
bool act_season(const Context&, Arguments, std::int32_t, Value&);
bool act_end_of_day(const Context&, Arguments, std::int32_t, Value&);
bool act_every_monthdays(const Context&, Arguments, std::int32_t, Value&);
bool act_last_monthday(const Context&, Arguments, std::int32_t, Value&);
bool act_first_monthday(const Context&, Arguments, std::int32_t, Value&);
bool act_hour_set(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_hours(const Context&, Arguments, std::int32_t, Value&);
bool act_weekdays_loose(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_except(const Context&, Arguments, std::int32_t, Value&);
bool act_within_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_today_clock(const Context&, Arguments, std::int32_t, Value&);
bool act_deadline_on(const Context&, Arguments, std::int32_t, Value&);
bool act_hour_before(const Context&, Arguments, std::int32_t, Value&);
bool act_bare_range(const Context&, Arguments, std::int32_t, Value&);
bool act_duration_upto(const Context&, Arguments, std::int32_t, Value&);
bool act_minutes_to(const Context&, Arguments, std::int32_t, Value&);
bool act_every_repeated(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_beside(const Context&, Arguments, std::int32_t, Value&);
bool act_unit_beside(const Context&, Arguments, std::int32_t, Value&);
bool act_unit_around(const Context&, Arguments, std::int32_t, Value&);
bool act_times_per(const Context&, Arguments, std::int32_t, Value&);
bool act_every_alternate(const Context&, Arguments, std::int32_t, Value&);
bool act_in_minutes(const Context&, Arguments, std::int32_t, Value&);
bool act_holy_week(const Context&, Arguments, std::int32_t, Value&);
bool act_impossible_hour(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_dom(const Context&, Arguments, std::int32_t, Value&);
bool act_days_in_row(const Context&, Arguments, std::int32_t, Value&);
bool act_weekdays_row(const Context&, Arguments, std::int32_t, Value&);
bool act_words_to(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_range(const Context&, Arguments, std::int32_t, Value&);
bool act_not_year(const Context&, Arguments, std::int32_t, Value&);
bool act_packed_on(const Context&, Arguments, std::int32_t, Value&);
bool act_this_time(const Context&, Arguments, std::int32_t, Value&);
bool act_corrected(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_near(const Context&, Arguments, std::int32_t, Value&);
bool act_half_on(const Context&, Arguments, std::int32_t, Value&);
bool act_open_piece(const Context&, Arguments, std::int32_t, Value&);
bool act_bridge(const Context&, Arguments, std::int32_t, Value&);
bool act_times_of(const Context&, Arguments, std::int32_t, Value&);
bool act_ends_at(const Context&, Arguments, std::int32_t, Value&);
bool act_half_of(const Context&, Arguments, std::int32_t, Value&);
bool act_half_of_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_every_weekday_part(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_weekday_unit(const Context&, Arguments, std::int32_t, Value&);
bool act_later_one(const Context&, Arguments, std::int32_t, Value&);
bool act_hours_on(const Context&, Arguments, std::int32_t, Value&);
bool act_every_workday(const Context&, Arguments, std::int32_t, Value&);
bool act_first_of(const Context&, Arguments, std::int32_t, Value&);
bool act_every_weekday_ord(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_since(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_mark(const Context&, Arguments, std::int32_t, Value&);
bool act_every_nth_at(const Context&, Arguments, std::int32_t, Value&);
bool act_except(const Context&, Arguments, std::int32_t, Value&);
// as people dictate and abbreviate
bool act_clock_spaced(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_mask(const Context&, Arguments, std::int32_t, Value&);
bool act_every_alternate_day(const Context&, Arguments, std::int32_t, Value&);
bool act_except_next(const Context&, Arguments, std::int32_t, Value&);
bool act_hour_part(const Context&, Arguments, std::int32_t, Value&);
bool act_week_later(const Context&, Arguments, std::int32_t, Value&);
bool act_weekend_named(const Context&, Arguments, std::int32_t, Value&);
bool act_packed_range(const Context&, Arguments, std::int32_t, Value&);
bool act_minutes_past(const Context&, Arguments, std::int32_t, Value&);
bool act_minutes_with(const Context&, Arguments, std::int32_t, Value&);
bool act_words_hour_on(const Context&, Arguments, std::int32_t, Value&);
bool act_dotted_date(const Context&, Arguments, std::int32_t, Value&);
bool act_every_nths(const Context&, Arguments, std::int32_t, Value&);
bool act_but_next_at(const Context&, Arguments, std::int32_t, Value&);
bool act_daily_series(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_series(const Context&, Arguments, std::int32_t, Value&);
bool act_refused_part(const Context&, Arguments, std::int32_t, Value&);
bool act_every_dom(const Context&, Arguments, std::int32_t, Value&);
bool act_weekdays_list(const Context&, Arguments, std::int32_t, Value&);
bool act_their_zone(const Context&, Arguments, std::int32_t, Value&);
bool act_weekdays_in_month(const Context&, Arguments, std::int32_t, Value&);
bool act_every_on(const Context&, Arguments, std::int32_t, Value&);
bool act_moved_to(const Context&, Arguments, std::int32_t, Value&);
bool act_no_day(const Context&, Arguments, std::int32_t, Value&);
bool act_weekdays_within(const Context& context, Arguments arguments, std::int32_t parameter, Value& out);
bool act_weekday_is_dom(const Context& context, Arguments arguments, std::int32_t parameter, Value& out);
bool act_days_pair_dated(const Context& context, Arguments arguments, std::int32_t parameter, Value& out);
bool act_late_range(const Context&, Arguments, std::int32_t, Value&);
bool act_listed_days(const Context&, Arguments, std::int32_t, Value&);
bool act_weekday_range(const Context&, Arguments, std::int32_t, Value&);
bool act_dated_part(const Context& context, Arguments arguments, std::int32_t parameter, Value& out);
bool act_dated_clock(const Context&, Arguments, std::int32_t, Value&);
bool act_ordinal_day_hour(const Context&, Arguments, std::int32_t, Value&);
bool act_days_monthly(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_of(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_hours(const Context&, Arguments, std::int32_t, Value&);
bool act_first_units(const Context&, Arguments, std::int32_t, Value&);
bool act_weeks_on(const Context&, Arguments, std::int32_t, Value&);
bool act_clock_hundred(const Context&, Arguments, std::int32_t, Value&);
bool act_quarter_of(const Context&, Arguments, std::int32_t, Value&);
bool act_packed_before(const Context&, Arguments, std::int32_t, Value&);
bool act_next_quarters(const Context&, Arguments, std::int32_t, Value&);
bool act_days_pair(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_interval(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_hour(const Context&, Arguments, std::int32_t, Value&);
bool act_weekdays_hours(const Context&, Arguments, std::int32_t, Value&);
bool act_hours_repeated(const Context&, Arguments, std::int32_t, Value&);
bool act_hours_weekdays(const Context&, Arguments, std::int32_t, Value&);
bool act_packed_alone(const Context&, Arguments, std::int32_t, Value&);
bool act_arrive_for(const Context&, Arguments, std::int32_t, Value&);
bool act_bare_hour_on(const Context&, Arguments, std::int32_t, Value&);
bool act_repeat_within(const Context&, Arguments, std::int32_t, Value&);
bool act_other_than(const Context&, Arguments, std::int32_t, Value&);
bool act_nth_weekday_part(const Context&, Arguments, std::int32_t, Value&);

}  // namespace scheduling::language
