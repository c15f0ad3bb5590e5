#include <algorithm>
#include <sstream>

#include "calendar/zone_time.hpp"
#include "dialogue/questions.hpp"

/// Days and hours that a question names.
namespace scheduling {

namespace {

using std::chrono::minutes;

constexpr minutes kDay{24 * 60};

std::optional<date::local_days> read_day(const std::string& iso) {
    std::istringstream in(iso);
    date::local_days day;
    in >> date::parse("%Y-%m-%d", day);
    if (in.fail()) return std::nullopt;
    return day;
}

/// "now" at the end of "what does Tuesday look like now" names no time.
std::string_view without_noise(const Scene& scene, std::string_view text) {
    const std::size_t last = text.find_last_not_of(" ?!.");
    if (last == std::string_view::npos) return text;
    const std::size_t space = text.find_last_of(' ', last);
    if (space == std::string_view::npos) return text;
    const bool noise = scene.answers().is("question_noise", text.substr(space + 1));
    return noise ? text.substr(0, space) : text;
}

/// A stretch of days: "this week", "in december".
std::optional<Window> stretch_of(const Understanding& read) {
    for (const TimeMention& time : read.times) {
        if (time.type != "daterange") continue;
        const auto begin = read_day(time.start), end = read_day(time.end);
        if (begin && end && *begin < *end) return Window{*begin, *end - date::days(1), {}, {}};
    }
    return std::nullopt;
}

/// A week that ends today means the coming one as well, a weekend whose working hours are over the next.
Window at_its_end(const Scene& scene, Window said) {
    const LocalMinutes now = scene.now();
    const auto today = day_of(now);
    const auto length = said.last - said.first + date::days(1);
    if (said.last != today || said.first > today) return said;
    const bool weekend = length == date::days(2) && date::weekday(said.first) == date::Saturday;
    if (weekend && now >= today + scene.moment.work_end) {
        said.first += date::days(7);
        said.last += date::days(7);
    } else if (length == date::days(7) || length == date::days(1)) {
        said.last += date::days(7);
        said.takes_next_week = true;
    }
    return said;
}

std::optional<Window> days_of(const Scene& scene, const Understanding& read) {
    const auto today = day_of(scene.now());
    if (auto stretch = stretch_of(read)) {
        Window days = at_its_end(scene, *stretch);
        // Of a week or month that is under way the days that are over are not asked about.
        if (days.first < today && days.last >= today) days.first = today;
        return days;
    }
    if (!read.span || (read.draft.has_time && !read.draft.has_date)) return std::nullopt;
    const auto first = day_of(read.span->begin);
    Window days{first, std::max(first, day_of(read.span->end - minutes(1))), {}, {}};
    if (days.first < today && days.last >= today) days.first = today;
    return days;
}

}  // namespace

SaidTime read_said_time(const Scene& scene, std::string_view text) {
    Understanding read = scene.understand(without_noise(scene, text), "query_agenda");
    if (read.times.empty()) read = scene.understand(text, "query_agenda");
    SaidTime said;
    said.days = days_of(scene, read);
    const EventDraft& draft = read.draft;
    if (draft.part_begin && draft.part_end) {
        said.from = draft.part_begin;
        said.to = draft.part_end;
    } else if (draft.has_time && draft.start) {
        said.from = *draft.start - day_of(*draft.start);
        const bool stretch = draft.end && *draft.end > *draft.start;
        const minutes length = stretch ? *draft.end - *draft.start : minutes(30);
        said.to = std::min(*said.from + length, kDay);
        said.is_hour = !stretch;
    }
    return said;
}

Window window_of(const SaidTime& said, Window else_days) {
    Window window = said.days.value_or(else_days);
    if (!said.days) window.takes_next_week = else_days.takes_next_week;
    if (said.from) {
        window.from = said.from;
        window.to = said.to;
        window.is_hour = said.is_hour;
    } else {
        window.from = else_days.from;
        window.to = else_days.to;
        window.is_hour = else_days.is_hour;
    }
    return window;
}

Window days_from_today(const Scene& scene, int days) {
    const auto today = day_of(scene.now());
    return {today, today + date::days(days - 1), {}, {}};
}

LocalSpan span_on(const Window& window, date::local_days day) {
    return {day + window.from.value_or(minutes(0)), day + window.to.value_or(kDay)};
}

}  // namespace scheduling
