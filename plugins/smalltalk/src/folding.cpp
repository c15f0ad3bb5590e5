#include "folding.hpp"

namespace smalltalk {

namespace {

/// The plain letter for a byte of ASCII, or a space.
char plain_ascii(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : ' ';
}

/// The plain letter for a letter of the Latin-1 supplement (UTF-8 C3 xx); × and ÷ separate.
char plain_latin(char second) noexcept {
    static constexpr char kLetters[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts";  // À..ß, then à..ÿ
    return kLetters[static_cast<unsigned char>(second) & 0x1F];
}

}  // namespace

std::string fold(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool has_next = i + 1 < text.size();
        if ((byte == 0xCC || byte == 0xCD) && has_next) {  // a combining accent on its own
            ++i;
            continue;
        }
        char plain = ' ';
        if (byte < 0x80) plain = plain_ascii(text[i]);
        if (byte == 0xC3 && has_next) plain = plain_latin(text[++i]);
        if (plain != ' ')
            out += plain;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

bool has_phrase(std::string_view folded_text, std::string_view folded_phrase) {
    if (folded_phrase.empty()) return false;
    for (std::size_t at = folded_text.find(folded_phrase); at != std::string_view::npos;
         at = folded_text.find(folded_phrase, at + 1)) {
        const std::size_t end = at + folded_phrase.size();
        const bool begins = at == 0 || folded_text[at - 1] == ' ';
        const bool ends = end == folded_text.size() || folded_text[end] == ' ';
        if (begins && ends) return true;
    }
    return false;
}

}  // namespace smalltalk
