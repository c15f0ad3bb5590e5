#include "host/intents/text.hpp"

#include <algorithm>
#include <array>

#include "host/intents/word_table.hpp"

namespace migue::host::intents {
namespace {

constexpr char32_t kInvalid = 0xFFFFFFFF;
constexpr std::size_t kMaxWordBytes = 64;

/// Decodes one character at `at` and moves past it; kInvalid (and one byte) if malformed.
inline char32_t next_char(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) return lead;
    const int extra = lead >= 0xF0 && lead < 0xF5 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : -1;
    if (extra < 0 || lead >= 0xF5 || at + static_cast<std::size_t>(extra) > text.size()) return kInvalid;
    char32_t value = lead & (0x3F >> extra);
    for (int i = 0; i < extra; ++i) {
        const auto next = static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
        if ((next & 0xC0) != 0x80) return kInvalid;
        value = (value << 6) | (next & 0x3F);
    }
    at += static_cast<std::size_t>(extra);
    return value;
}

/// One character, as so many bytes as it takes, behind `end`; returns their end.
char* put(char32_t c, char* end) {
    const auto byte = [&end](char32_t value) { *end++ = static_cast<char>(value); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xC0 | (c >> 6));
        byte(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        byte(0xE0 | (c >> 12));
        byte(0x80 | ((c >> 6) & 0x3F));
        byte(0x80 | (c & 0x3F));
    } else {
        byte(0xF0 | (c >> 18));
        byte(0x80 | ((c >> 12) & 0x3F));
        byte(0x80 | ((c >> 6) & 0x3F));
        byte(0x80 | (c & 0x3F));
    }
    return end;
}

char32_t to_lower(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
    if (c >= 0x100 && c <= 0x17F && c != 0x130 && c != 0x178) {
        const bool odd_is_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
        return (c % 2 == 1) == odd_is_upper ? c + 1 : c;
    }
    return c;
}

/// The plain letter under a lower-case Latin-1 one, or the letter itself.
char32_t without_accent(char32_t c) {
    // U+00DF … U+00FF
    static constexpr std::array<char, 33> kPlain{'s', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'c', 'e', 'e',
                                                 'e', 'e', 'i', 'i', 'i', 'i', 'd', 'n', 'o', 'o', 'o',
                                                 'o', 'o', 0,   'o', 'u', 'u', 'u', 'u', 'y', 't', 'y'};
    if (c < 0xDF || c > 0xFF || c == 0xF7) return c;
    return static_cast<char32_t>(kPlain[c - 0xDF]);
}

/// A letter and a combining accent as one letter; 0 when there is no such letter.
char32_t composed(char32_t letter, char32_t accent) {
    struct Pair {
        char32_t letter, accent, whole;
    };
    static constexpr std::array<Pair, 24> kPairs{{
        {'a', 0x301, 0xE1}, {'e', 0x301, 0xE9}, {'i', 0x301, 0xED}, {'o', 0x301, 0xF3}, {'u', 0x301, 0xFA},
        {'a', 0x300, 0xE0}, {'e', 0x300, 0xE8}, {'i', 0x300, 0xEC}, {'o', 0x300, 0xF2}, {'u', 0x300, 0xF9},
        {'a', 0x302, 0xE2}, {'e', 0x302, 0xEA}, {'i', 0x302, 0xEE}, {'o', 0x302, 0xF4}, {'u', 0x302, 0xFB},
        {'a', 0x303, 0xE3}, {'o', 0x303, 0xF5}, {'n', 0x303, 0xF1}, {'u', 0x308, 0xFC}, {'i', 0x308, 0xEF},
        {'o', 0x308, 0xF6}, {'e', 0x308, 0xEB}, {'a', 0x308, 0xE4}, {'c', 0x327, 0xE7},
    }};
    const auto* found =
        std::ranges::find_if(kPairs, [&](const Pair& p) { return p.letter == letter && p.accent == accent; });
    return found == kPairs.end() ? 0 : found->whole;
}

bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char32_t c) {
    if (c < 0x80) return c >= 'a' && c <= 'z';
    return (c >= 0xDF && c != 0xF7 && c <= 0x24F) || (c >= 0x370 && c < 0x2000) ||
           (c >= 0x2C00 && c < 0x2E00) || (c >= 0x3040 && c < 0xE000);
}
bool is_combining(char32_t c) {
    return c >= 0x300 && c <= 0x36F;
}
bool is_apostrophe(char32_t c) {
    if (c < 0x80) return c == '\'' || c == '`';
    return c == 0x2019 || c == 0x2BC || c == 0xB4;
}
bool is_symbol(char32_t c) {
    return (c >= 0x2190 && c <= 0x2BFF) || (c >= 0x1F000 && c <= 0x1FAFF);
}

/// A text in lower case, apostrophes and what is no UTF-8 left out.
class Lowered {
public:
    explicit Lowered(std::string_view text) {
        // Bounded so that a huge paste costs no more than the tokens that count.
        const std::size_t limit = std::min(text.size(), kMaxTokens * kMaxWordBytes);
        char32_t* out = few_.data();
        if (limit > few_.size()) {
            many_.resize(limit);
            out = many_.data();
        }
        char32_t* end = out;
        for (std::size_t at = 0; at < limit;) {
            const char32_t c = next_char(text, at);
            if (c == kInvalid) continue;
            const char32_t lower = to_lower(c);
            if (is_combining(lower)) {
                const char32_t whole = end == out ? 0 : composed(end[-1], lower);
                if (whole != 0) end[-1] = whole;
                continue;
            }
            has_at_ = has_at_ || lower == '@';
            if (!is_apostrophe(lower)) *end++ = lower;
        }
        view_ = {out, static_cast<std::size_t>(end - out)};
    }
    Lowered(const Lowered&) = delete;
    Lowered& operator=(const Lowered&) = delete;
    [[nodiscard]] std::u32string_view view() const { return view_; }
    /// Whether it can hold an address of e-mail.
    [[nodiscard]] bool has_at() const { return has_at_; }

private:
    bool has_at_ = false;
    std::array<char32_t, 512> few_;  // as long as nearly every message
    std::u32string many_;
    std::u32string_view view_;
};

/// "3pm", "14h30", "12:30", "10.30h": what may follow the digits of an hour.
bool is_hour_suffix(std::u32string_view s) {
    static constexpr std::array<std::u32string_view, 12> kSuffixes{
        U"h", U"hs", U"hr", U"hrs", U"am", U"pm", U"a", U"p", U"min", U"oclock", U"horas", U"mins"};
    return std::ranges::find(kSuffixes, s) != kSuffixes.end();
}

bool is_ordinal_suffix(std::u32string_view s) {
    static constexpr std::array<std::u32string_view, 8> kSuffixes{U"st", U"nd", U"rd", U"th",
                                                                  U"o",  U"º",  U"a",  U"ª"};
    return std::ranges::find(kSuffixes, s) != kSuffixes.end();
}

/// The class of a run that begins with a digit: digits, ':', '.', '/', '-', letters.
TokenClass class_of_number(std::u32string_view run) {
    std::size_t digits = 0, colons = 0, slashes = 0, dashes = 0;
    std::size_t last_digit = 0;
    bool hour_mark = false;
    for (std::size_t i = 0; i < run.size(); ++i) {
        if (is_digit(run[i])) {
            ++digits;
            last_digit = i;
        }
        colons += run[i] == ':' ? 1 : 0;
        slashes += run[i] == '/' ? 1 : 0;
        dashes += run[i] == '-' ? 1 : 0;
        hour_mark = hour_mark || (run[i] == 'h' && i > 0 && is_digit(run[i - 1]));
    }
    const std::u32string_view suffix = run.substr(last_digit + 1);
    if (colons > 0 || hour_mark || is_hour_suffix(suffix)) return TokenClass::kTime;
    if (slashes > 0 || dashes == 2 || is_ordinal_suffix(suffix)) return TokenClass::kDate;
    return digits >= 4 ? TokenClass::kBig : TokenClass::kNumber;
}

}  // namespace

class Tokenizer {
public:
    explicit Tokenizer(std::string_view text) : lowered_(text), text_(lowered_.view()) {
        // Enough: in lower case no character is longer in bytes than it was as written. Each token has its
        // word twice at most.
        out_.bytes_.reset(new char[2 * std::min(text.size(), kMaxTokens * kMaxWordBytes) + 8]);
        end_ = out_.bytes_.get();
    }

    Tokens run() {
        out_.tokens_.reserve(std::min(kMaxTokens, text_.size() / 4 + 2));
        while (at_ < text_.size() && out_.tokens_.size() < kMaxTokens) {
            const char32_t c = text_[at_];
            if (is_digit(c) || is_letter(c)) {
                take_run();
            } else {
                if (c == '?' && !ends_with(TokenClass::kQuestion)) push(TokenClass::kQuestion, U"?");
                if (is_symbol(c)) push(TokenClass::kSymbol, text_.substr(at_, 1));
                ++at_;
            }
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] bool ends_with(TokenClass type) const {
        return !out_.tokens_.empty() && out_.tokens_.back().type == type;
    }

    [[nodiscard]] std::u32string_view span_until_space() const {
        const char32_t* const begin = text_.data() + at_;
        const char32_t* end = begin;
        while (end != text_.data() + text_.size() && *end > ' ' && *end != 0xA0) ++end;
        return {begin, static_cast<std::size_t>(end - begin)};
    }

    void take_run() {
        const std::u32string_view chunk = span_until_space();
        const bool may_be_address = lowered_.has_at() || chunk[0] == 'h' || chunk[0] == 'w';
        if (may_be_address && take_address(chunk)) return;
        std::size_t size = 0;
        const bool number = is_digit(chunk[0]);
        while (size < chunk.size() && belongs(chunk, size, number)) ++size;
        const std::u32string_view run = chunk.substr(0, size);
        at_ += size;
        push(number ? class_of_number(run) : TokenClass::kWord, run);
    }

    /// Does the character at `i` continue the run? Numbers may hold ':', '.', '/' and '-'
    /// between digits, so that hours and dates stay whole.
    static bool belongs(std::u32string_view chunk, std::size_t i, bool number) {
        const char32_t c = chunk[i];
        if (is_letter(c) || is_digit(c) || (number && (c == 0xBA || c == 0xAA))) return true;
        if (!number || i + 1 >= chunk.size() || !is_digit(chunk[i + 1]) || !is_digit(chunk[i - 1]))
            return false;
        return c == ':' || c == '.' || c == ',' || c == '/' || c == '-';
    }

    bool take_address(std::u32string_view chunk) {
        const bool link =
            chunk.starts_with(U"http://") || chunk.starts_with(U"https://") || chunk.starts_with(U"www.");
        const auto sign = chunk.find(U'@');
        const bool mail = sign != std::u32string_view::npos && sign > 0 &&
                          chunk.find(U'.', sign) != std::u32string_view::npos;
        if (!link && !mail) return false;
        push(link ? TokenClass::kLink : TokenClass::kEmail, {});
        at_ += chunk.size();
        return true;
    }

    void push(TokenClass type, std::u32string_view run) {
        if (push_plain(type, run)) return;
        // Of accented words both forms are put together at once, the bare one where it cannot be in the way.
        char* const word = end_;
        char* const bare = word + run_bytes(run);
        char *word_end = word, *bare_end = bare;
        for (std::size_t i = 0; i < run.size() && word_end < word + kMaxWordBytes; ++i) {
            // Three and more of a letter are a drawn-out one: no word of ours has them.
            const bool drawn_out =
                type == TokenClass::kWord && i + 1 < run.size() && run[i] == run[i + 1] &&
                ((i + 2 < run.size() && run[i + 2] == run[i]) || (i > 0 && run[i - 1] == run[i]));
            if (drawn_out) continue;
            word_end = put(run[i], word_end);
            bare_end = put(without_accent(run[i]), bare_end);
        }
        end_ = bare_end;
        add(type, {word, static_cast<std::size_t>(word_end - word)},
            {bare, static_cast<std::size_t>(bare_end - bare)});
    }

    /// Nearly every word: ASCII, not too long, and no character stands twice in a row. It stays as it is.
    bool push_plain(TokenClass type, std::u32string_view run) {
        if (run.size() > kMaxWordBytes) return false;
        char32_t before = 0;
        char* end = end_;
        for (const char32_t c : run) {
            if (c >= 0x80 || c == before) return false;
            *end++ = static_cast<char>(before = c);
        }
        const std::string_view word(end_, run.size());
        end_ = end;
        add(type, word, word);
        return true;
    }

    static std::size_t run_bytes(std::u32string_view run) {
        std::size_t bytes = 0;
        for (const char32_t c : run) bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        return bytes;
    }

    void add(TokenClass type, std::string_view word, std::string_view bare) {
        out_.tokens_.push_back({type, word_hash(bare), word, bare});
    }

    const Lowered lowered_;
    const std::u32string_view text_;
    std::size_t at_ = 0;
    Tokens out_;
    char* end_ = nullptr;  ///< of the bytes that are taken
};

Tokens tokenize(std::string_view text) {
    return Tokenizer(text).run();
}

std::string folded(std::span<const Token> tokens) {
    std::string out;
    for (const Token& token : tokens) {
        if (token.type == TokenClass::kQuestion || token.bare.empty()) continue;
        if (!out.empty()) out += ' ';
        out += token.bare;
    }
    return out;
}

}  // namespace migue::host::intents
