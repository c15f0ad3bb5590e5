#include "tests/bench/load/http_text.hpp"

#include <strings.h>

#include <charconv>

namespace migue::load {

namespace {

constexpr std::string_view kBreak = "\r\n";
constexpr std::string_view kEnd = "\r\n\r\n";

std::size_t number(std::string_view text) noexcept {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::string_view HttpText::header(std::string_view lower_name) const noexcept {
    std::string_view rest = head;
    while (!rest.empty()) {
        const std::size_t end = rest.find(kBreak);
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + kBreak.size());
        if (line.size() <= lower_name.size() || line[lower_name.size()] != ':' ||
            ::strncasecmp(line.data(), lower_name.data(), lower_name.size()) != 0)
            continue;
        const std::size_t value = line.find_first_not_of(' ', lower_name.size() + 1);
        return value == std::string_view::npos ? std::string_view() : line.substr(value);
    }
    return {};
}

bool HttpText::closes() const noexcept {
    const std::string_view value = header("connection");
    return value.size() == 5 && ::strncasecmp(value.data(), "close", 5) == 0;
}

int HttpText::status() const noexcept {
    return start.starts_with("HTTP/1.") && start.size() >= 12 ? static_cast<int>(number(start.substr(9, 3)))
                                                              : 0;
}

std::optional<HttpText> read_http(std::string_view bytes) noexcept {
    const std::size_t end = bytes.find(kEnd);
    if (end == std::string_view::npos) return std::nullopt;
    HttpText out;
    const std::size_t first = bytes.find(kBreak);
    out.start = bytes.substr(0, first);
    out.head =
        first < end ? bytes.substr(first + kBreak.size(), end - first - kBreak.size()) : std::string_view();
    const std::size_t length = number(out.header("content-length"));
    if (bytes.size() - end - kEnd.size() < length) return std::nullopt;
    out.body = bytes.substr(end + kEnd.size(), length);
    out.size = end + kEnd.size() + length;
    return out;
}

}  // namespace migue::load
