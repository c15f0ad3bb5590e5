#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

/// What can be told from the text of a statement without the database.
namespace migue::sql {

/// The text without white space and comments in front.
[[nodiscard]] std::string_view skip_blank(std::string_view text) noexcept;

/// Whether it begins with SELECT, INSERT, UPDATE, DELETE or WITH.
[[nodiscard]] bool has_allowed_verb(std::string_view text) noexcept;

/// Whether it is a name a plugin may have: [a-z][a-z0-9_]{0,31}, not one of SQLite's own.
[[nodiscard]] bool is_schema_name(std::string_view name) noexcept;

/// The words of SQL in a text, as they are written: without strings, comments, numbers,
/// parameters and the quotes of quoted names; a semicolon is a word. Reads what SQLite and what
/// Postgres take (dollar quotes, E'' strings, nested comments).
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);

/// Whether two words are the same to SQL: letters of any case.
[[nodiscard]] bool is_word(std::string_view word, std::string_view upper_case) noexcept;

}  // namespace migue::sql
