#pragma once
#include <string_view>

/// What can be told from the text of a statement without the database.
namespace migue::sql {

/// The text without white space and comments in front.
[[nodiscard]] std::string_view skip_blank(std::string_view text) noexcept;

/// Whether it begins with SELECT, INSERT, UPDATE, DELETE or WITH.
[[nodiscard]] bool has_allowed_verb(std::string_view text) noexcept;

/// Whether it is a name a plugin may have: [a-z][a-z0-9_]{0,31}, not one of SQLite's own.
[[nodiscard]] bool is_schema_name(std::string_view name) noexcept;

}  // namespace migue::sql
