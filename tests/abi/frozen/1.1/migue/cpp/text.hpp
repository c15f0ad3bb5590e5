#pragma once
#include <exception>
#include <string>
#include <string_view>

#include "migue/cpp/result.hpp"
#include "migue/plugin.h"

/// Small conversions between the border's types and C++.
namespace migue {

[[nodiscard]] inline migue_str to_c(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

[[nodiscard]] inline std::string_view to_view(migue_str text) noexcept {
    return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

[[nodiscard]] inline migue_status to_status(Error::Code code) noexcept {
    return -static_cast<migue_status>(code);
}

/// Unknown statuses become kInternal, as plugin.h asks.
[[nodiscard]] inline Error to_error(migue_status status, std::string_view what) {
    const bool known = status <= MIGUE_E_INVALID && status >= MIGUE_E_INTERNAL;
    return {known ? static_cast<Error::Code>(-status) : Error::Code::kInternal, std::string(what)};
}

/// The text as a JSON string with its quotes. Bytes that are not UTF-8 are kept as they
/// are: the host checks bodies.
[[nodiscard]] inline std::string json_quote(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out = "\"";
    out.reserve(text.size() + 2);
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
        }
    }
    out += '"';
    return out;
}

/// A migue_sink that appends to a string. The string must outlive it.
[[nodiscard]] inline migue_sink sink_into(std::string& out) noexcept {
    return {sizeof(migue_sink), 0, &out,
            [](void* ctx, const void* data, size_t size) noexcept -> migue_status {
                try {
                    static_cast<std::string*>(ctx)->append(static_cast<const char*>(data), size);
                    return MIGUE_OK;
                } catch (const std::exception&) {
                    return MIGUE_E_INTERNAL;  // out of memory or over max_size(); the caller gives up
                }
            }};
}

}  // namespace migue
