#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// How addresses, forms and tokens are written. Pure.
namespace scheduling {

using FormFields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Unreserved characters of RFC 3986 stay, all others become %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// "a=1&b=2".
[[nodiscard]] std::string write_form(FormFields fields);
/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string base64url(std::string_view bytes);
/// For text and attribute values in double quotes.
[[nodiscard]] std::string escape_html(std::string_view text);
/// The value of one cookie in a Cookie header, or "".
[[nodiscard]] std::string_view cookie_of(std::string_view header, std::string_view name);

}  // namespace scheduling
