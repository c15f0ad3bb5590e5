#include "language/actions.hpp"

#include <utility>

namespace scheduling::language {
namespace {

constexpr std::pair<std::string_view, Action> kActions[] = {
    {"same", act_same},
    {"sum", act_sum},
    {"times", act_times},
    {"scaled", act_scaled},
    {"constant", act_constant},
    {"decimal", act_decimal},
    {"fraction", act_fraction},
    {"year4", act_year4},
    {"year2", act_year2},
    {"dom", act_dom},
    {"month_number", act_month_number},
    {"meet", act_meet},
    {"numeric_date", act_numeric_date},
    {"relative_day", act_relative_day},
    {"relative_weekday", act_relative_weekday},
    {"relative_period", act_relative_period},
    {"relative_month", act_relative_month},
    {"next_stretch", act_next_stretch},
    {"shift_day", act_shift_day},
    {"shift_moment", act_shift_moment},
    {"weekday_count", act_weekday_count},
    {"nth_weekday", act_nth_weekday},
    {"nth_day", act_nth_day},
    {"nth_unit", act_nth_unit},
    {"unit_of", act_unit_of},
    {"piece_of", act_piece_of},
    {"holiday", act_holiday},
    {"after_next", act_after_next},
    {"weekday_in", act_weekday_in},
    {"now", act_now},
    {"clock", act_clock},
    {"clock_packed", act_clock_packed},
    {"noon", act_noon},
    {"meridiem", act_meridiem},
    {"clock_shift", act_clock_shift},
    {"part", act_part},
    {"part_piece", act_part_piece},
    {"today_part", act_today_part},
    {"zone", act_zone},
    {"date_part_hour", act_date_part_hour},
    {"day_range", act_day_range},
    {"open_days", act_open_days},
    {"clock_range", act_clock_range},
    {"open_clock", act_open_clock},
    {"moment_range", act_moment_range},
    {"lasting", act_lasting},
    {"duration", act_duration},
    {"duration_sum", act_duration_sum},
    {"every_unit", act_every_unit},
    {"every_weekday", act_every_weekday},
    {"every_date", act_every_date},
    {"every_nth", act_every_nth},
    {"weekday_set", act_weekday_set},
    {"monthday_set", act_monthday_set},
    {"nth_set", act_nth_set},
    {"frequency", act_frequency},
    {"repeat_with", act_repeat_with},
    {"repeat_count", act_repeat_count},
    {"repeat_until", act_repeat_until},
    {"by_month", act_by_month},
    {"dom_month", act_dom_month},
    {"month_named", act_month_named},
    {"next_count", act_next_count},
    {"mixed", act_mixed},
    {"hours_minutes", act_hours_minutes},
    {"clock_sum", act_clock_sum},
    {"clock_dotted", act_clock_dotted},
    {"meridiem_zone", act_meridiem_zone},
    {"tonight", act_tonight},
    {"iso_moment", act_iso_moment},
    {"date_hours", act_date_hours},
    {"date_hours_first", act_date_hours_first},
    {"range_meridiem", act_range_meridiem},
    {"day_range_year", act_day_range_year},
    {"day_range_long", act_day_range_long},
    {"doms_of", act_doms_of},
    {"day_beside", act_day_beside},
    {"every_nth_unit", act_every_nth_unit},
};

}  // namespace

Action find_action(std::string_view name) {
    for (const auto& [known, action] : kActions)
        if (known == name) return action;
    return nullptr;
}

}  // namespace scheduling::language
