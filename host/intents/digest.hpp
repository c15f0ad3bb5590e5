#pragma once
#include <string_view>

#include "host/intents/examples.hpp"

namespace migue::host::intents {

/// SHA-256.
[[nodiscard]] Fingerprint digest(std::string_view bytes);

}  // namespace migue::host::intents
