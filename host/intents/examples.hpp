#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migue::host::intents {

struct Example {
    std::string text;
    std::string locale;  ///< "es", "en", "pt"
    std::string intent;

    friend auto operator<=>(const Example&, const Example&) = default;
};

/// What belongs to no intent of a routing table.
inline constexpr std::string_view kOther = "other";

/// "other" and its kinds ("other-told"), "out_of_scope": examples of what belongs to no intent.
[[nodiscard]] bool is_out_of_scope(std::string_view intent);

/// "other-told": what belongs to no intent is of several kinds with little in common, which are learnt one by
/// one and told as one: "other".
[[nodiscard]] bool is_kind_of_other(std::string_view intent);

using Fingerprint = std::array<std::uint8_t, 32>;

/// SHA-256 over the examples, the version of the training method and the word lists that are
/// compiled in: a model with another fingerprint was trained from something else. The order
/// of the examples does not count.
[[nodiscard]] Fingerprint fingerprint(const std::vector<Example>& examples);

/// A file of examples as it lies on disk.
struct ExampleBytes {
    std::string locale;
    std::string bytes;
};

/// The same over files that were not parsed: a host whose model fits them need not read them
/// any closer. Every byte counts.
[[nodiscard]] Fingerprint fingerprint(const std::vector<ExampleBytes>& files);

}  // namespace migue::host::intents
