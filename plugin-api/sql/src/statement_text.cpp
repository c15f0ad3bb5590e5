#include "migue/sql/statement_text.hpp"

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

bool is_word_character(char c) noexcept {
    return is_letter(c) || c == '_' || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// How long the text is up to and with the closing quote; a doubled one does not close.
std::size_t quoted_size(std::string_view text, bool has_escapes) noexcept {
    const char quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (has_escapes && text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            if (i + 1 == text.size() || text[i + 1] != quote) return i + 1;
            ++i;
        }
    }
    return text.size();
}

std::size_t comment_size(std::string_view text) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const std::string_view pair = text.substr(i, 2);
        if (pair == "/*") ++depth;
        if (pair == "*/") --depth;
        if (pair != "/*" && pair != "*/") continue;
        ++i;
        if (depth == 0) return i + 1;
    }
    return text.size();
}

/// Of "$$…$$" or "$tag$…$tag$"; 0 when it is neither.
std::size_t dollar_quoted_size(std::string_view text) noexcept {
    std::size_t end = 1;
    while (end < text.size() && is_word_character(text[end])) ++end;
    if (end == text.size() || text[end] != '$' || (end > 1 && text[1] >= '0' && text[1] <= '9')) return 0;
    const std::string_view tag = text.substr(0, end + 1);
    const std::size_t close = text.find(tag, end + 1);
    return close == std::string_view::npos ? text.size() : close + tag.size();
}

std::size_t word_size(std::string_view text) noexcept {
    std::size_t size = 0;
    while (size < text.size() && (is_word_character(text[size]) || text[size] == '$')) ++size;
    return size;
}

/// What is no word at the beginning of a text; 0 when a word begins there.
std::size_t gap_size(std::string_view text) noexcept {
    if (text.starts_with("--")) return std::min(text.find('\n'), text.size());
    if (text.starts_with("/*")) return comment_size(text);
    if (text.front() == '\'') return quoted_size(text, false);
    const bool is_escape_string = text.size() > 1 && (text[0] == 'E' || text[0] == 'e') && text[1] == '\'';
    if (is_escape_string) return 1 + quoted_size(text.substr(1), true);
    if (text.front() == '$') {
        const std::size_t quoted = dollar_quoted_size(text);
        return quoted != 0 ? quoted : 1 + word_size(text.substr(1));
    }
    if (text.front() >= '0' && text.front() <= '9') return word_size(text);
    return is_word_character(text.front()) || text.front() == '"' || text.front() == ';' ? 0 : 1;
}

}  // namespace

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        std::size_t size = gap_size(text);
        if (size == 0 && text.front() == ';') {
            size = 1;
            words.push_back(text.substr(0, 1));
        } else if (size == 0 && text.front() == '"') {
            size = quoted_size(text, false);
            words.push_back(text.substr(1, size < 2 ? 0 : size - 2));
        } else if (size == 0) {
            size = word_size(text);
            words.push_back(text.substr(0, size));
        }
        text.remove_prefix(size);
    }
    return words;
}

bool is_word(std::string_view word, std::string_view upper_case) noexcept {
    return std::equal(upper_case.begin(), upper_case.end(), word.begin(), word.end(),
                      [](char a, char b) { return a == upper(b); });
}

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
    return std::any_of(kVerbs.begin(), kVerbs.end(),
                       [&](std::string_view verb) { return is_word(word, verb); });
}

bool is_schema_name(std::string_view name) noexcept {
    const bool shaped = !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                        std::all_of(name.begin(), name.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                        });
    return shaped && name != "main" && name != "temp";
}

}  // namespace migue::sql
