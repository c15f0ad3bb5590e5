#include "dialogue/folding.hpp"

#include <algorithm>
#include <cctype>

namespace scheduling {

namespace {

bool is_continuation(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// UTF-16 units of the character that begins with this byte; none for the bytes after it.
std::size_t units_of(char byte) noexcept {
    if (is_continuation(byte)) return 0;
    return static_cast<unsigned char>(byte) >= 0xF0 ? 2 : 1;
}

/// The plain letter for a letter of the Latin-1 supplement (UTF-8 C3 xx), or '\0'.
char plain_letter(unsigned char second) noexcept {
    // À..ß then à..ÿ, in pairs of one table.
    static constexpr char kLetters[] = "aaaaaaaceeeeiiiidnooooo_ouuuuyts";
    const char letter = kLetters[second & 0x1F];
    return letter == '_' ? '\0' : letter;
}

}  // namespace

std::string fold(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    const auto add_space = [&] {
        if (!out.empty() && out.back() != ' ') out += ' ';
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            // A colon and a point stay inside a clock time and a number.
            const bool between_digits = i > 0 && i + 1 < text.size() &&
                                        std::isdigit(static_cast<unsigned char>(text[i - 1])) &&
                                        std::isdigit(static_cast<unsigned char>(text[i + 1]));
            if (std::isalnum(byte) || ((byte == ':' || byte == '/') && between_digits))
                out += static_cast<char>(std::tolower(byte));
            else
                add_space();
            continue;
        }
        const bool latin = byte == 0xC3 && i + 1 < text.size() && is_continuation(text[i + 1]);
        const char letter = latin ? plain_letter(static_cast<unsigned char>(text[i + 1])) : '\0';
        if (letter != '\0') {
            out += letter;
            ++i;
            continue;
        }
        if (byte == 0xCC || byte == 0xCD) {  // a combining accent on its own
            if (i + 1 < text.size()) ++i;
            continue;
        }
        const std::size_t begin = i;
        while (i + 1 < text.size() && is_continuation(text[i + 1])) ++i;
        // Other alphabets stay as they are; signs (C2 xx, E2 xx, F0 xx) separate words.
        if (byte == 0xC2 || byte == 0xE2 || byte == 0xEF || byte >= 0xF0)
            add_space();
        else
            out += text.substr(begin, i - begin + 1);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

std::vector<std::string> words_of(std::string_view folded) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        if (end > at) words.emplace_back(folded.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

bool is_within(std::string_view text, std::string_view other) {
    const std::vector<std::string> words = words_of(fold(text)), all = words_of(fold(other));
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(all.begin(), all.end(), word) != all.end();
    });
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::size_t count_characters(std::string_view text) noexcept {
    std::size_t units = 0;
    for (const char byte : text) units += units_of(byte);
    return units;
}

std::string shorten(std::string_view text, std::size_t characters) {
    if (count_characters(text) <= characters) return std::string(text);
    std::size_t kept = 0, bytes = 0;
    for (; bytes < text.size(); ++bytes) {
        kept += units_of(text[bytes]);
        if (kept >= characters) break;  // one is left for the ellipsis
    }
    while (bytes > 0 && text[bytes - 1] == ' ') --bytes;
    return std::string(text.substr(0, bytes)) + "…";
}

}  // namespace scheduling
