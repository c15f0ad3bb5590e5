#include "host/config/variables.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "host/config/source_text.hpp"

namespace migue::host::config {
namespace {

bool is_name(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789";
    constexpr std::string_view kRest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return !text.empty() && kDigits.find(text[0]) == std::string_view::npos &&
           text.find_first_not_of(kRest) == std::string_view::npos;
}

void append_value(std::string_view name, const Variables& variables, Replacement& result) {
    std::string value;
    if (!variables(name, value)) {
        result.faults.push_back(
            fmt::format("the variable {} is not set, expected it in the environment", name));
    } else if (find_bad_byte(value)) {
        result.faults.push_back(
            fmt::format("the variable {} holds control characters or is not UTF-8, expected text", name));
    } else {
        result.text += value;
    }
}

}  // namespace

Replacement replace_variables(std::string_view text, const Variables& variables) {
    Replacement result;
    while (true) {
        const std::size_t at = text.find("${");
        if (at == std::string_view::npos) break;
        if (at > 0 && text[at - 1] == '$') {
            result.text += text.substr(0, at - 1);
            result.text += "${";
            text.remove_prefix(at + 2);
            continue;
        }
        result.text += text.substr(0, at);
        const std::size_t end = text.find('}', at);
        const bool is_closed = end != std::string_view::npos;
        if (!is_closed || !is_name(text.substr(at + 2, end - at - 2))) {
            result.faults.emplace_back(
                "\"${\" does not begin a variable, expected ${NAME}, or $${ for the signs themselves");
            text.remove_prefix(at + 2);
            continue;
        }
        append_value(text.substr(at + 2, end - at - 2), variables, result);
        result.is_replaced = true;
        text.remove_prefix(end + 1);
    }
    result.text += text;
    return result;
}

Variables environment() {
    return [](std::string_view name, std::string& value) {
        const char* found = std::getenv(std::string(name).c_str());
        if (found == nullptr) return false;
        value = found;
        return true;
    };
}

}  // namespace migue::host::config
