#pragma once
#include <cstdint>
#include <string_view>

#include "understanding/draft.hpp"

/// Between wall clocks and instants. Thread-safe; the zone database is the system's.
namespace scheduling {

/// Whether the zone database knows this IANA name.
[[nodiscard]] bool is_zone(std::string_view zone);

/// An hour that the clock change doubles is the first of the two; one that it skips counts
/// from the moment of the change. Unknown zones count as UTC.
[[nodiscard]] std::int64_t to_unix_ms(LocalMinutes local, std::string_view zone);
[[nodiscard]] LocalMinutes to_local(std::int64_t unix_ms, std::string_view zone);

[[nodiscard]] inline date::local_days day_of(LocalMinutes at) {
    return date::floor<date::days>(at);
}

}  // namespace scheduling
