#pragma once
#include <string_view>

namespace migue::host {

/// Is this one JSON value (RFC 8259, UTF-8) and nothing else? Every answer of a plugin is asked that before
/// it is believed, so it costs a fraction of what reading it costs. Thread-safe.
[[nodiscard]] bool is_json(std::string_view text);

}  // namespace migue::host
