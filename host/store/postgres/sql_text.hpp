#pragma once
#include <string>
#include <string_view>

namespace migue::host::postgres {

/// The text as Postgres takes it: bytes that are not UTF-8, and NUL, which no text column
/// holds, become U+FFFD.
[[nodiscard]] std::string sql_text(std::string_view text);

}  // namespace migue::host::postgres
