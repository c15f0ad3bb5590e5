#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace migue::host::intents {

struct Example {
    std::string text;
    std::string locale;  ///< "es", "en", "pt"
    std::string intent;

    friend auto operator<=>(const Example&, const Example&) = default;
};

using Fingerprint = std::array<std::uint8_t, 32>;

/// SHA-256 over the examples and the version of the training method: a model with another
/// fingerprint was trained from something else. The order of the examples does not count.
[[nodiscard]] Fingerprint fingerprint(const std::vector<Example>& examples);

}  // namespace migue::host::intents
