#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

/// JSON from outside, read without exceptions and without trust.
namespace migue::host::whatsapp {

/// Parses the text; nothing when it is no JSON, or nested deeper than any payload of Meta's.
///
/// What cannot be text (a lone surrogate, bytes that are not UTF-8, a raw control character
/// inside a string) becomes NUL, so that one such message does not take the rest of its
/// batch with it: see holds_nul().
[[nodiscard]] std::optional<nlohmann::json> parse_incoming(std::string_view text);

/// Whether any string inside holds NUL: no store can keep it, and no person typed it.
[[nodiscard]] bool holds_nul(const nlohmann::json& value);

/// The member, or nullptr: also for a value that is no object.
[[nodiscard]] const nlohmann::json* member(const nlohmann::json& object, const char* key);
/// The same, but only an object, or only an array.
[[nodiscard]] const nlohmann::json* object_in(const nlohmann::json& object, const char* key);
[[nodiscard]] const nlohmann::json* array_in(const nlohmann::json& object, const char* key);
/// The member when it is a string, else "". Lives as long as the object.
[[nodiscard]] std::string_view text_in(const nlohmann::json& object, const char* key);
[[nodiscard]] bool true_in(const nlohmann::json& object, const char* key);

/// "1795348800": a string of Unix seconds, as milliseconds.
[[nodiscard]] std::optional<std::int64_t> unix_ms_in(const nlohmann::json& object, const char* key);

}  // namespace migue::host::whatsapp
