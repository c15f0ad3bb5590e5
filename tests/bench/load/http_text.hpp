#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace migue::load {

/// One HTTP/1.1 message with a Content-Length (or no body), as both sides here send it.
/// Views into the bytes it was read from.
struct HttpText {
    std::string_view start;  ///< "POST /webhook HTTP/1.1" or "HTTP/1.1 200 OK"
    std::string_view head;   ///< the header lines
    std::string_view body;
    std::size_t size = 0;  ///< bytes of the whole
    /// The value of a header, or "".
    [[nodiscard]] std::string_view header(std::string_view lower_name) const noexcept;
    [[nodiscard]] bool closes() const noexcept;  ///< Connection: close
    [[nodiscard]] int status() const noexcept;   ///< of an answer, or 0
};

/// The message at the front, or nothing as long as it is not complete.
[[nodiscard]] std::optional<HttpText> read_http(std::string_view bytes) noexcept;

}  // namespace migue::load
