#include "prepared.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "migue/cpp/text.hpp"
#include "migue/sql/statement_text.hpp"
#include "sqlite_status.hpp"

namespace migue::sql {

namespace {

Error invalid(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

/// n of "$n", or 0.
std::size_t parameter_number(const char* name) noexcept {
    if (name == nullptr || name[0] != '$' || name[1] == '0') return 0;
    const std::string_view digits(name + 1);
    std::size_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return failure == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace

void Prepared::Finalize::operator()(sqlite3_stmt* raw) const noexcept {
    sqlite3_finalize(raw);
}

Result<std::shared_ptr<Prepared>> Prepared::make(sqlite3* connection, std::string_view text,
                                                 const std::string& refusal) {
    if (text.find('\0') != std::string_view::npos) return invalid("the text has a NUL character");
    if (!has_allowed_verb(text)) return invalid("only SELECT, INSERT, UPDATE, DELETE and WITH are allowed");
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(connection, text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, &tail);
    std::shared_ptr<Prepared> made(new Prepared(raw));
    if (code != SQLITE_OK)
        return to_error(to_status(sqlite3_extended_errcode(connection)),
                        refusal.empty() ? std::string_view(sqlite3_errmsg(connection)) : refusal);
    const std::string_view rest = text.substr(static_cast<std::size_t>(tail - text.data()));
    if (!skip_blank(rest).empty()) return invalid("there is text after the statement");
    if (Result<void> parameters = made->read_parameters(); !parameters) return std::move(parameters).error();
    return made;
}

Result<void> Prepared::read_parameters() {
    const int count = sqlite3_bind_parameter_count(raw());
    for (int slot = 1; slot <= count; ++slot) {
        const char* name = sqlite3_bind_parameter_name(raw(), slot);
        const std::size_t number = parameter_number(name);
        if (number == 0)
            return invalid("parameter " + std::string(name == nullptr ? "?" : name) +
                           " is not allowed: write $1, $2, …; to convert one, CAST($1 AS …)");
        parameters_.push_back(number - 1);
    }
    // Postgres cannot tell the type of a number that is left out, so neither may be here.
    const auto highest = std::max_element(parameters_.begin(), parameters_.end());
    if (highest != parameters_.end() && *highest + 1 != parameters_.size())
        return invalid("parameters must be $1 to $n with none left out");
    return {};
}

bool Prepared::reads_only() const noexcept {
    return sqlite3_stmt_readonly(raw()) != 0;
}

Result<void> Prepared::bind(const nlohmann::json& params) {
    if (params.size() != parameters_.size())
        return invalid("the text has " + std::to_string(parameters_.size()) + " parameters, " +
                       std::to_string(params.size()) + " were given");
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        const int slot = static_cast<int>(i) + 1;
        const nlohmann::json& value = params[parameters_[i]];
        const std::string name = "$" + std::to_string(parameters_[i] + 1);
        int code = SQLITE_OK;
        if (value.is_string()) {
            const auto& text = value.get_ref<const std::string&>();
            if (text.find('\0') != std::string::npos) return invalid(name + " has a NUL character");
            code = sqlite3_bind_text64(raw(), slot, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
        } else if (value.is_number_float()) {
            code = sqlite3_bind_double(raw(), slot, value.get<double>());
        } else if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
            return invalid(name + " is too large for BIGINT");
        } else if (value.is_number()) {
            code = sqlite3_bind_int64(raw(), slot, value.get<std::int64_t>());
        } else if (value.is_null()) {
            code = sqlite3_bind_null(raw(), slot);
        } else {
            return invalid(name + " is neither a string nor a number nor null");
        }
        if (code != SQLITE_OK) return to_error(to_status(code), name + " could not be bound");
    }
    return {};
}

void Prepared::reset() noexcept {
    sqlite3_reset(raw());
    sqlite3_clear_bindings(raw());
}

std::shared_ptr<Prepared> PreparedCache::find(const std::string& text) {
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return order_.front().statement;
}

void PreparedCache::add(const std::string& text, std::shared_ptr<Prepared> statement) {
    order_.push_front({text, std::move(statement)});
    by_text_[order_.front().text] = order_.begin();
    if (order_.size() <= capacity_) return;
    by_text_.erase(order_.back().text);
    order_.pop_back();
}

}  // namespace migue::sql
