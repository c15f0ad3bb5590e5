#include "host/services/redact.hpp"

#include <algorithm>
#include <cctype>

namespace migue::host {

namespace {

bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || byte >= 0x80 || c == '.' || c == '_' || c == '-' || c == '+' ||
           c == '%';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

/// name@host.tld, found from its '@'.
void replace_mail(std::string& text) {
    static constexpr std::string_view kMark = "[mail]";
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
        std::size_t begin = at, end = at + 1;
        while (begin > 0 && is_word(text[begin - 1])) --begin;
        while (end < text.size() && is_word(text[end])) ++end;
        const bool has_dot = text.substr(at, end - at).find('.') != std::string::npos;
        if (begin == at || !has_dot) continue;
        text.replace(begin, end - begin, kMark);
        at = begin + kMark.size() - 1;
    }
}

/// "+" and 8 to 15 digits, with single blanks, dots or hyphens between them.
void replace_telephone(std::string& text) {
    static constexpr std::string_view kMark = "[telephone]";
    for (std::size_t at = text.find('+'); at != std::string::npos; at = text.find('+', at + 1)) {
        std::size_t end = at + 1, digits = 0;
        for (std::size_t i = at + 1; i < text.size(); ++i) {
            if (is_digit(text[i])) {
                ++digits;
                end = i + 1;
            } else if ((text[i] != ' ' && text[i] != '-' && text[i] != '.') || i != end) {
                break;
            }
        }
        if (digits < 8 || digits > 15) continue;
        text.replace(at, end - at, kMark);
    }
}

}  // namespace

Redactor::Redactor(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
    std::erase_if(secrets_, [](const std::string& secret) { return secret.size() < 6; });
    std::sort(secrets_.begin(), secrets_.end(),
              [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::string Redactor::clean(std::string_view text) const {
    std::string out(text);
    for (const std::string& secret : secrets_) replace_all(out, secret, "[secret]");
    replace_mail(out);
    replace_telephone(out);
    return out;
}

}  // namespace migue::host
