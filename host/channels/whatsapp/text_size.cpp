#include "host/channels/whatsapp/text_size.hpp"

#include <algorithm>

namespace migue::host::whatsapp {

namespace {

bool continues(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}
/// Code points above U+FFFF have four bytes, and two UTF-16 units.
bool is_wide(char first) noexcept {
    return static_cast<unsigned char>(first) >= 0xF0;
}

std::string_view beginning(std::string_view text, std::size_t count, bool in_utf16) noexcept {
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (continues(text[i])) continue;
        used += in_utf16 && is_wide(text[i]) ? 2 : 1;
        if (used > count) return text.substr(0, i);
    }
    return text;
}

}  // namespace

std::size_t code_points(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::size_t utf16_units(std::string_view text) noexcept {
    return code_points(text) + static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_wide));
}

std::string_view first_code_points(std::string_view text, std::size_t count) noexcept {
    return beginning(text, count, false);
}

std::string_view first_utf16_units(std::string_view text, std::size_t count) noexcept {
    return beginning(text, count, true);
}

}  // namespace migue::host::whatsapp
