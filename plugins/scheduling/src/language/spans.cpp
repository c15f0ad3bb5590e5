#include "language/spans.hpp"

#include <algorithm>
#include <array>

namespace scheduling::language {
namespace {

constexpr std::size_t kLongestEmail = 254;  // RFC 5321
constexpr std::size_t kLongestPhone = 30;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_local(char c) {
    return is_letter(c) || is_digit(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
}
bool is_domain(char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
}

bool starts_with_folded(std::string_view text, std::string_view prefix) {
    if (text.size() < prefix.size()) return false;
    return std::equal(prefix.begin(), prefix.end(), text.begin(),
                      [](char a, char b) { return a == (is_letter(b) ? (b | 32) : b); });
}

/// Digit groups of a number written with separators.
struct Groups {
    std::array<std::size_t, 6> sizes{};
    std::size_t count = 0, digits = 0, end = 0;
};

Groups groups_from(std::string_view text, std::size_t at, bool spaces) {
    Groups groups;
    const std::size_t limit = std::min(text.size(), at + kLongestPhone);
    while (at < limit && groups.count < groups.sizes.size()) {
        std::size_t size = 0;
        while (at + size < limit && is_digit(text[at + size])) ++size;
        if (size == 0) break;
        groups.sizes[groups.count++] = size;
        groups.digits += size;
        at += size;
        groups.end = at;
        while (at < limit && (text[at] == ')' || text[at] == '(')) ++at;
        if (at < limit && (text[at] == '-' || text[at] == '.' || (spaces && text[at] == ' '))) ++at;
        while (at < limit && text[at] == '(') ++at;
    }
    return groups;
}

}  // namespace

std::size_t email_size(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + kLongestEmail);
    std::size_t end = at;
    while (end < limit && is_local(text[end])) ++end;
    if (end == at || end >= limit || text[end] != '@') return 0;
    const std::size_t domain = end + 1;
    end = domain;
    while (end < limit && is_domain(text[end])) ++end;
    while (end > domain && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const std::size_t dot = text.substr(domain, end - domain).rfind('.');
    if (dot == std::string_view::npos || dot == 0 || end - domain - dot < 3) return 0;
    return end - at;
}

std::size_t url_size(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (!starts_with_folded(rest, "http://") && !starts_with_folded(rest, "https://") &&
        !starts_with_folded(rest, "www."))
        return 0;
    return std::min(rest.find_first_of(" \t\r\n\"<>"), rest.size());
}

std::size_t phone_size(std::string_view text, std::size_t at) {
    const bool plus = text[at] == '+';
    const bool bracket = text[at] == '(';
    if (!plus && !bracket && !is_digit(text[at])) return 0;
    std::size_t begin = at + (plus || bracket ? 1 : 0);
    if (plus && begin < text.size() && text[begin] == '(') ++begin;
    Groups groups = groups_from(text, begin, plus || bracket);
    const auto is = [&](std::initializer_list<std::size_t> sizes) {
        return groups.count == sizes.size() && std::equal(sizes.begin(), sizes.end(), groups.sizes.begin());
    };
    const bool dashed = is({3, 4}) || is({3, 3, 4}) || is({4, 4, 4}) ||
                        (groups.count >= 3 && groups.digits >= 9 && groups.digits <= 15);
    const bool found = (plus && groups.digits >= 8 && groups.digits <= 15) ||
                       (bracket && groups.count >= 2 && groups.digits >= 8) ||
                       (groups.count == 1 && groups.digits >= 9 && groups.digits <= 15) ||
                       (!plus && !bracket && dashed);
    if (found) return groups.end - at;
    if (plus || bracket) return 0;
    groups = groups_from(text, at, true);  // "300 123 4567"
    const bool spaced = is({3, 4}) || is({2, 4, 6}) || is({4, 3, 4}) || is({3, 3, 4}) || is({3, 3, 2, 2}) ||
                        is({3, 2, 2, 2}) || is({2, 5, 4}) || is({2, 4, 4});
    return spaced ? groups.end - at : 0;
}

}  // namespace scheduling::language
