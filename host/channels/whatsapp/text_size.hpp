#pragma once
#include <cstddef>
#include <string_view>

/// Lengths as WhatsApp's limits may count them. Meta does not say whether that is code
/// points or UTF-16 units, so what we send stays below in both.
namespace migue::host::whatsapp {

/// The text must be UTF-8.
[[nodiscard]] std::size_t code_points(std::string_view text) noexcept;
[[nodiscard]] std::size_t utf16_units(std::string_view text) noexcept;

/// The longest beginning of at most so many code points, never ending inside one.
[[nodiscard]] std::string_view first_code_points(std::string_view text, std::size_t count) noexcept;
/// The longest beginning of at most so many UTF-16 units.
[[nodiscard]] std::string_view first_utf16_units(std::string_view text, std::size_t count) noexcept;

}  // namespace migue::host::whatsapp
