#include "language/text.hpp"

#include "language/spans.hpp"

namespace scheduling::language {
namespace {

constexpr char32_t kBroken = 0xFFFD;

// Base letters of U+00C0…U+017F; '*' marks what is no letter, and digraphs keep their first letter.
constexpr std::string_view kLatin =
    "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrsssssssstttttt"
    "uuuuuuuuuuuu"
    "wwyyyzzzzzzs";
static_assert(kLatin.size() == 0x180 - 0xC0);

bool is_space(char32_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xA0 || (c >= 0x2000 && c <= 0x200D) || c == 0x202F ||
           c == 0x205F || c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}

/// The folded letter, or 0 when `c` is no letter. Letters beyond Latin stay letters.
char fold_letter(char32_t c) {
    if (c >= 'a' && c <= 'z') return static_cast<char>(c);
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    if (c >= 0xC0 && c < 0x180) return kLatin[c - 0xC0] == '*' ? '\0' : kLatin[c - 0xC0];
    const bool other_script = (c >= 0x180 && c < 0x2000) || (c >= 0x2C00 && c < 0xE000);
    return other_script && c != 0x2019 ? '?' : '\0';
}

bool is_combining(char32_t c) {
    return c >= 0x300 && c < 0x370;
}

bool is_capital(char32_t c) {
    if (c >= 'A' && c <= 'Z') return true;
    if (c >= 0xC0 && c <= 0xDE) return c != 0xD7;
    return c >= 0x100 && c < 0x180 && (c & 1) == 0;
}

/// Punctuation that has an ASCII twin; everything else becomes '\x01' (emoji, symbols).
char fold_punct(char32_t c) {
    if (c < 0x80) return static_cast<char>(c);
    switch (c) {
        case 0x2010:
        case 0x2011:
        case 0x2012:
        case 0x2013:
        case 0x2014:
        case 0x2212:
        case 0xFF0D:
            return '-';
        case 0x2018:
        case 0x2019:
        case 0x00B4:
        case 0x02BC:
            return '\'';
        case 0x201C:
        case 0x201D:
        case 0xAB:
        case 0xBB:
            return '"';
        case 0xFF1A:
            return ':';
        case 0xFF0C:
            return ',';
        case 0xBA:
        case 0xB0:
            return '\x02';  // º, ° as in 1º
        case 0xAA:
            return '\x03';  // ª
        case 0x20AC:
        case 0xA3:
        case 0xA5:
            return '$';
        case 0xBD:
            return '\x04';  // ½
        default:
            return '\x01';
    }
}

class Tokenizer {
public:
    explicit Tokenizer(std::string_view text) {
        out_.original = text.substr(0, kMaxTextBytes);
        has_at_ = out_.original.find('@') != std::string_view::npos;
    }

    Text run() {
        // No character is longer folded than written.
        out_.folded.resize(out_.original.size());
        out_.tokens.reserve(out_.original.size() / 4 + 4);
        while (at_ < out_.original.size()) step();
        out_.folded.resize(folded_);
        return std::move(out_);
    }

private:
    void step() {
        const CodePoint point = character();
        if (is_space(point.value)) {
            at_ += point.size;
            glued_ = false;
            return;
        }
        if (!glued_ && take_span()) return;
        const bool begins_word = fold_letter(point.value) != '\0';
        if (is_digit(point.value)) {
            take_number();
        } else if (begins_word) {
            take_word(point);
        } else {
            take_punct(point);
            // What stands in brackets or quotes may be an address; then it counts as a beginning.
            const char punct = out_.folded[folded_ - 1];
            glued_ = true;
            if ((punct == '(' || punct == '<' || punct == '"' || punct == ',' || punct == ':' ||
                 punct == ';') &&
                take_span())
                return;
        }
        glued_ = true;
    }

    bool take_span() {
        if (at_ >= out_.original.size()) return false;
        TokenKind kind = TokenKind::kEmail;
        std::size_t size = has_at_ ? email_size(out_.original, at_) : 0;
        const char first = out_.original[at_], letter = static_cast<char>(first | 32);
        if (size == 0 && (letter == 'h' || letter == 'w')) {
            kind = TokenKind::kUrl;
            size = url_size(out_.original, at_);
        }
        if (size == 0 && (is_digit(static_cast<unsigned char>(first)) || first == '+' || first == '(')) {
            kind = TokenKind::kPhone;
            size = phone_size(out_.original, at_);
        }
        if (size == 0) return false;
        Token& token = open(kind);
        put(kind == TokenKind::kPhone ? '\x05' : '\x06');  // no word of any lexicon
        at_ += size;
        close(token);
        glued_ = true;
        return true;
    }

    Token& open(TokenKind kind) {
        Token token;
        token.kind = kind;
        token.begin = static_cast<std::uint32_t>(at_);
        token.folded_begin = static_cast<std::uint32_t>(folded_);
        token.glued = glued_ && !out_.tokens.empty();
        out_.tokens.push_back(token);
        return out_.tokens.back();
    }

    void close(Token& token) {
        token.end = static_cast<std::uint32_t>(at_);
        token.folded_end = static_cast<std::uint32_t>(folded_);
    }

    void put(char c) { out_.folded.data()[folded_++] = c; }

    /// The one at hand: in most texts nearly all are ASCII.
    [[nodiscard]] CodePoint character() const {
        const auto first = static_cast<unsigned char>(out_.original[at_]);
        return first < 0x80 ? CodePoint{first, 1} : decode(out_.original, at_);
    }

    void take_number() {
        Token& token = open(TokenKind::kNumber);
        std::int64_t value = 0;
        while (at_ < out_.original.size() && is_digit(static_cast<unsigned char>(out_.original[at_]))) {
            if (value < 1'000'000'000'000) value = value * 10 + (out_.original[at_] - '0');
            put(out_.original[at_++]);
        }
        token.number = value;
        close(token);
    }

    /// Letters; digits glued behind them too ("A4"), unless a number stands before ("15h30").
    void take_word(CodePoint point) {
        const bool after_number =
            glued_ && !out_.tokens.empty() && out_.tokens.back().kind == TokenKind::kNumber;
        Token& token = open(TokenKind::kWord);
        token.capital = is_capital(point.value);
        while (at_ < out_.original.size()) {
            point = character();
            const char letter = fold_letter(point.value);
            if (letter != '\0') {
                put(letter);
            } else if (is_digit(point.value) && !after_number) {
                put(static_cast<char>(point.value));
                token.kind = TokenKind::kCode;
            } else if (!is_combining(point.value)) {
                break;
            }
            at_ += point.size;
        }
        close(token);
    }

    void take_punct(CodePoint point) {
        Token& token = open(TokenKind::kPunct);
        put(fold_punct(point.value));
        at_ += point.size;
        close(token);
    }

    Text out_;
    std::size_t at_ = 0;
    std::size_t folded_ = 0;  ///< of out_.folded, what is written
    bool has_at_ = false;     ///< can it hold an address of e-mail?
    bool glued_ = false;
};

}  // namespace

CodePoint decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return {kBroken, 1};
    char32_t value = first & (0xFF >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {kBroken, 1};
        value = (value << 6) | (byte(i) & 0x3F);
    }
    // Longer than need be, half of a surrogate pair, or past the last code point: no UTF-8.
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < kLeast[size] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {kBroken, 1};
    return {value, size};
}

std::string fold(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decode(text, at);
        at += point.size;
        if (is_combining(point.value)) continue;
        const char letter = fold_letter(point.value);
        out += letter != '\0' ? letter : is_space(point.value) ? ' ' : fold_punct(point.value);
    }
    return out;
}

Text tokenize(std::string_view text) {
    return Tokenizer(text).run();
}

}  // namespace scheduling::language
