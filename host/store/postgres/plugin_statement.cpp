#include "host/store/postgres/plugin_statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "migue/sql/statement_text.hpp"

namespace migue::host::postgres {

namespace {

using sql::is_word;
using Json = nlohmann::json;

// The role keeps a plugin to its tables. These would let it put the role down, run text that
// nobody looked at, or leave something behind in a session that others use next.
constexpr std::array<std::string_view, 6> kForbidden{"SET_CONFIG", "CURRENT_SETTING",    "TS_STAT",
                                                     "TS_REWRITE", "INFORMATION_SCHEMA", "NEXTVAL"};
constexpr std::array<std::string_view, 3> kForbiddenBeginnings{"PG_", "LO_", "DBLINK"};
constexpr std::array<std::string_view, 11> kMigrationVerbs{
    "CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "INSERT", "UPDATE", "DELETE", "WITH", "SELECT"};

Error invalid(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

bool begins_with_word(std::string_view word, std::string_view beginning) {
    return word.size() >= beginning.size() && is_word(word.substr(0, beginning.size()), beginning);
}

bool is_forbidden(std::string_view word) {
    const auto is_it = [word](std::string_view other) { return is_word(word, other); };
    const auto begins = [word](std::string_view beginning) { return begins_with_word(word, beginning); };
    if (std::any_of(kForbidden.begin(), kForbidden.end(), is_it) ||
        std::any_of(kForbiddenBeginnings.begin(), kForbiddenBeginnings.end(), begins))
        return true;
    // query_to_xml and its family run the text that they are given.
    constexpr std::string_view kToXml = "_TO_XML";
    for (std::size_t i = 0; i + kToXml.size() <= word.size(); ++i)
        if (begins_with_word(word.substr(i), kToXml)) return true;
    return false;
}

std::optional<Error> unfit(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return invalid("the text has a NUL character");
    // Names that are spelled in escapes could be any name.
    if (text.find("U&\"") != std::string_view::npos || text.find("u&\"") != std::string_view::npos)
        return invalid("names in Unicode escapes are not allowed");
    return std::nullopt;
}

/// A number as JSON has it; nothing when JSON has none.
std::optional<Json> real(std::string_view text) {
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<Json> integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Type oids, which Postgres never changes.
enum Type : std::uint32_t {
    kBool = 16,
    kName = 19,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kText = 25,
    kFloat4 = 700,
    kFloat8 = 701,
    kUnknown = 705,
    kChar = 1042,
    kVarchar = 1043,
    kNumeric = 1700,
};

Result<Json> cell(const Rows::Column& column, std::string_view text) {
    std::optional<Json> value;
    switch (column.type) {
        case kText:
        case kVarchar:
        case kChar:
        case kName:
        case kUnknown:
            return Json(std::string(text));
        case kBool:  // as on SQLite
            return Json(text == "t" ? 1 : 0);
        case kInt2:
        case kInt4:
        case kInt8:
            value = integer(text);
            break;
        case kNumeric:  // sum() of BIGINT
            value = integer(text);
            if (!value) value = real(text);
            break;
        case kFloat4:
        case kFloat8:
            value = real(text);
            if (!value) return invalid("column " + column.name + " is infinite: JSON cannot tell that");
            break;
        default:
            return invalid("column " + column.name +
                           " is neither TEXT nor BIGINT nor DOUBLE PRECISION: use CAST");
    }
    if (!value) return invalid("column " + column.name + " holds a number that JSON cannot tell");
    return *std::move(value);
}

}  // namespace

Result<StatementShape> look_at_statement(std::string_view text) {
    if (auto fault = unfit(text)) return *std::move(fault);
    if (!sql::has_allowed_verb(text))
        return invalid("only SELECT, INSERT, UPDATE, DELETE and WITH are allowed");
    StatementShape shape;
    const auto words = sql::words_of(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == ";" && i + 1 < words.size()) return invalid("there is text after the statement");
        if (is_word(word, "INTO") && (i == 0 || !is_word(words[i - 1], "INSERT")))
            return invalid("only INSERT goes INTO something");
        if (is_forbidden(word)) return invalid(std::string(word) + " is not allowed");
        shape.writes |= is_word(word, "INSERT") || is_word(word, "UPDATE") || is_word(word, "DELETE");
    }
    return shape;
}

Result<void> look_at_migration(std::string_view text) {
    if (auto fault = unfit(text)) return *std::move(fault);
    bool begins = true;
    std::string_view before;
    for (const std::string_view word : sql::words_of(text)) {
        // Not in the schema, and not gone with the transaction.
        if (is_word(before, "CREATE") && (is_word(word, "TEMP") || is_word(word, "TEMPORARY")))
            return invalid("a temporary table is not in the plugin's schema");
        before = word;
        if (word == ";") {
            begins = true;
            continue;
        }
        const auto is_it = [word](std::string_view verb) { return is_word(word, verb); };
        if (begins && std::none_of(kMigrationVerbs.begin(), kMigrationVerbs.end(), is_it))
            return invalid(std::string(word) +
                           " is not allowed: only tables, indexes, views, triggers, their rows and rights");
        if (is_forbidden(word)) return invalid(std::string(word) + " is not allowed");
        begins = false;
    }
    return {};
}

Result<Params> params_of(const Json& array) {
    Params params;
    for (const Json& value : array) {
        const std::string name = fmt::format("${}", params.size() + 1);
        if (value.is_null()) {
            params.emplace_back(nullptr);
        } else if (value.is_string()) {
            const auto& text = value.get_ref<const std::string&>();
            if (text.find('\0') != std::string::npos) return invalid(name + " has a NUL character");
            params.emplace_back(text);
        } else if (value.is_number_float()) {
            // 3.0 as "3", which a BIGINT takes too.
            params.emplace_back(value.get<double>());
        } else if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
            return invalid(name + " is too large for BIGINT");
        } else if (value.is_number()) {
            params.emplace_back(value.get<std::int64_t>());
        } else {
            return invalid(name + " is neither a string nor a number nor null");
        }
    }
    return params;
}

Result<Json> json_of(const Rows& rows, bool writes) {
    Json list = Json::array();
    for (const Row row : rows) {
        Json object = Json::object();
        for (std::size_t i = 0; i < rows.columns().size(); ++i) {
            const Rows::Column& column = rows.columns()[i];
            Json value;
            if (!row.is_null(i)) {
                auto read = cell(column, row.view(i));
                if (!read) return std::move(read).error();
                value = std::move(read).value();
            }
            if (!object.emplace(column.name, std::move(value)).second)
                return invalid("two columns are named " + column.name + ": use AS");
        }
        list.push_back(std::move(object));
    }
    return Json{{"changed", writes ? rows.changed() : 0}, {"rows", std::move(list)}};
}

}  // namespace migue::host::postgres
