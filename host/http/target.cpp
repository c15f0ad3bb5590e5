#include "host/http/target.hpp"

#include <Poco/TextIterator.h>
#include <Poco/UTF8Encoding.h>

#include <algorithm>
#include <optional>

namespace migue::host::http {

namespace {

Error refused(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

std::optional<unsigned> hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

bool is_utf8(std::string_view text) {
    static const Poco::UTF8Encoding encoding;
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t left = text.size();
    while (left > 0) {
        const int length = encoding.sequenceLength(at, 1);
        if (length < 1 || static_cast<std::size_t>(length) > left) return false;
        if (encoding.queryConvert(at, length) < 0) return false;
        at += length;
        left -= static_cast<std::size_t>(length);
    }
    return true;
}

bool is_control(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

/// Cuts "http://host:port" off an absolute target.
Result<void> split_absolute(std::string_view& target, std::string& authority) {
    for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
        if (target.substr(0, scheme.size()) != scheme) continue;
        target.remove_prefix(scheme.size());
        const auto end = std::min(target.find_first_of("/?"), target.size());
        authority = target.substr(0, end);
        target.remove_prefix(end);
        if (authority.empty() || authority.find('@') != std::string::npos)
            return refused("the absolute request target names no host");
        return {};
    }
    return refused("the request target does not begin with '/'");
}

Result<std::string> decode_path(std::string_view raw) {
    auto path = percent_decode(raw, false);
    if (!path) return path;
    const auto slashes = [](std::string_view text) { return std::count(text.begin(), text.end(), '/'); };
    if (slashes(*path) != slashes(raw)) return refused("the path holds an encoded slash");
    if (path->find('\\') != std::string::npos) return refused("the path holds a backslash");
    for (const auto segment : segments_of(*path))
        if (segment == "." || segment == "..") return refused("the path holds a dot segment");
    return path;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_space) {
            c = ' ';
        } else if (c == '%') {
            if (i + 2 >= text.size()) return refused("an escape is cut off");
            const auto high = hex_digit(text[i + 1]);
            const auto low = hex_digit(text[i + 2]);
            if (!high || !low) return refused("an escape is not %XX");
            c = static_cast<char>(*high * 16 + *low);
            i += 2;
        }
        if (is_control(c)) return refused("the request target holds a control character");
        out += c;
    }
    if (!is_utf8(out)) return refused("the request target is not UTF-8");
    return out;
}

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    if (!path.empty() && path.front() == '/') path.remove_prefix(1);
    while (true) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

Result<Target> parse_target(std::string_view text) {
    Target target;
    if (text.empty() || text.front() != '/') {
        if (auto split = split_absolute(text, target.authority); !split) return split.error();
        if (text.empty() || text.front() == '?') text = text.empty() ? "/" : text;
    }
    const auto mark = text.find('?');
    auto path = decode_path(text.substr(0, mark));
    if (!path) return path.error();
    target.path = path->empty() ? "/" : *std::move(path);
    if (mark == std::string_view::npos) return target;

    std::string_view rest = text.substr(mark + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), true);
        if (!name) return name.error();
        auto value = percent_decode(
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
        if (!value) return value.error();
        target.query.emplace_back(*std::move(name), *std::move(value));
    }
    return target;
}

}  // namespace migue::host::http
