#include "statement_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace migue::sql {

namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// The rest after what ends at the first `end`, or nothing when it never ends.
std::string_view after(std::string_view text, std::string_view end, std::size_t from) noexcept {
    const std::size_t at = text.find(end, from);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + end.size());
}

}  // namespace

std::string_view skip_blank(std::string_view text) noexcept {
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
        if (text.starts_with("--")) {
            text = after(text, "\n", 2);
        } else if (text.starts_with("/*")) {
            text = after(text, "*/", 2);
        } else {
            return text;
        }
    }
}

bool has_allowed_verb(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 5> kVerbs{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"};
    text = skip_blank(text);
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_letter);
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    return std::any_of(kVerbs.begin(), kVerbs.end(), [&](std::string_view verb) {
        return std::equal(verb.begin(), verb.end(), word.begin(), word.end(),
                          [](char a, char b) { return a == upper(b); });
    });
}

bool is_schema_name(std::string_view name) noexcept {
    const bool shaped = !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                        std::all_of(name.begin(), name.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                        });
    return shaped && name != "main" && name != "temp";
}

}  // namespace migue::sql
