#include "calendar/zone_time.hpp"

#include <date/tz.h>

#include <stdexcept>

namespace scheduling {

namespace {

const date::time_zone* find(std::string_view zone) {
    try {
        return date::locate_zone(zone);
    } catch (const std::runtime_error&) {
        return nullptr;  // not in the database
    }
}

const date::time_zone* find_or_utc(std::string_view zone) {
    const date::time_zone* found = find(zone);
    return found != nullptr ? found : date::locate_zone("UTC");
}

}  // namespace

bool is_zone(std::string_view zone) {
    return !zone.empty() && find(zone) != nullptr;
}

std::int64_t to_unix_ms(LocalMinutes local, std::string_view zone) {
    const auto instant = find_or_utc(zone)->to_sys(local, date::choose::earliest);
    return std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count();
}

LocalMinutes to_local(std::int64_t unix_ms, std::string_view zone) {
    const date::sys_time<std::chrono::milliseconds> instant{std::chrono::milliseconds(unix_ms)};
    return date::floor<std::chrono::minutes>(find_or_utc(zone)->to_local(instant));
}

}  // namespace scheduling
