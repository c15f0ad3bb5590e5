#include "host/config/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <limits>

namespace migue::host::config {
namespace {

using Kind = PlainScalar::Kind;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::size_t count_digits(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    return end == std::string_view::npos ? text.size() : end;
}

/// [-+]? (\.[0-9]+ | [0-9]+ (\.[0-9]*)?) ([eE][-+]?[0-9]+)?
bool looks_like_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t whole = count_digits(text);
    text.remove_prefix(whole);
    std::size_t fraction = 0;
    if (text.starts_with('.')) {
        fraction = count_digits(text.substr(1));
        text.remove_prefix(1 + fraction);
    }
    if (whole + fraction == 0) return false;
    if (text.empty()) return true;
    if (text[0] != 'e' && text[0] != 'E') return false;
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && count_digits(text) == text.size();
}

PlainScalar read_whole(std::string_view digits, int base, bool is_negative) {
    PlainScalar scalar{.kind = Kind::kTooBig};
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc() || end != digits.data() + digits.size()) return scalar;
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > kMax + (is_negative ? 1 : 0)) {
        if (is_negative) return scalar;
        scalar.kind = Kind::kUnsigned;
        scalar.whole = value;
        return scalar;
    }
    scalar.kind = Kind::kInteger;
    // Negated as unsigned: -2^63 has no positive twin.
    scalar.integer = static_cast<std::int64_t>(is_negative ? std::uint64_t{0} - value : value);
    return scalar;
}

PlainScalar read_number(std::string_view text) {
    PlainScalar scalar{.kind = Kind::kNumber};
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scalar.number);
    if (error != std::errc()) scalar.kind = Kind::kTooBig;
    return scalar;
}

bool is_based(std::string_view text, std::string_view prefix, std::string_view digits) {
    return text.size() > prefix.size() && text.starts_with(prefix) &&
           text.find_first_not_of(digits, prefix.size()) == std::string_view::npos;
}

}  // namespace

PlainScalar read_plain_scalar(std::string_view text) {
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return {.kind = Kind::kNull};
    if (is_one_of(text, {"true", "True", "TRUE"})) return {.kind = Kind::kBoolean, .boolean = true};
    if (is_one_of(text, {"false", "False", "FALSE"})) return {.kind = Kind::kBoolean};
    if (is_based(text, "0x", "0123456789abcdefABCDEF")) return read_whole(text.substr(2), 16, false);
    if (is_based(text, "0o", "01234567")) return read_whole(text.substr(2), 8, false);
    const bool is_signed = text[0] == '-' || text[0] == '+';
    const std::string_view unsigned_text = text.substr(is_signed ? 1 : 0);
    if (is_one_of(unsigned_text, {".inf", ".Inf", ".INF"}) || is_one_of(text, {".nan", ".NaN", ".NAN"})) {
        return {.kind = Kind::kNotFinite};
    }
    if (!looks_like_number(text)) return {};
    if (count_digits(unsigned_text) < unsigned_text.size()) return read_number(text);
    if (unsigned_text.size() > 1 && unsigned_text[0] == '0') return {.kind = Kind::kLeadingZero};
    return read_whole(unsigned_text, 10, text[0] == '-');
}

}  // namespace migue::host::config
