#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

namespace smalltalk {

/// What the bot says in one language, and the words by which it is asked what it is.
/// Immutable, so threads share it.
class Phrases {
public:
    /// The text of one phrase file: an object of lists of texts. kInternal, naming the key,
    /// when one is missing or empty.
    [[nodiscard]] static migue::Result<Phrases> parse(std::string_view json);

    /// One of the key's variants, the same for the same seed. {example} is filled in.
    [[nodiscard]] std::string pick(std::string_view key, std::uint64_t seed) const;
    [[nodiscard]] const std::vector<std::string>& all(std::string_view key) const;

    /// The text asks what or who the bot is: "are you a person".
    [[nodiscard]] bool asks_identity(std::string_view folded_text) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> lists_;
};

/// The text with each `name` replaced by `value`, which is not looked into again.
[[nodiscard]] std::string filled(std::string text, std::string_view name, std::string_view value);

/// The same number for the same text on every host and in every version (FNV-1a).
[[nodiscard]] std::uint64_t stable_hash(std::string_view text) noexcept;

}  // namespace smalltalk
