#include "executor.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "migue/cpp/text.hpp"
#include "migue/sql/request.hpp"
#include "sqlite_status.hpp"

namespace migue::sql {

namespace {

constexpr std::size_t kMaxResult = 8 * 1024 * 1024;

Result<nlohmann::json> read_row(sqlite3_stmt* statement) {
    nlohmann::json row = nlohmann::json::object();
    const int columns = sqlite3_column_count(statement);
    for (int i = 0; i < columns; ++i) {
        const std::string name = sqlite3_column_name(statement, i);
        nlohmann::json value;
        switch (sqlite3_column_type(statement, i)) {
            case SQLITE_INTEGER:
                value = sqlite3_column_int64(statement, i);
                break;
            case SQLITE_FLOAT:
                value = sqlite3_column_double(statement, i);
                if (!std::isfinite(value.get<double>()))
                    return Error{Error::Code::kInvalid,
                                 "column " + name + " is infinite: JSON cannot tell that"};
                break;
            case SQLITE_TEXT: {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
                value = std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
                break;
            }
            case SQLITE_BLOB:
                return Error{Error::Code::kInvalid,
                             "column " + name + " is a BLOB: keep bytes as base64 in TEXT"};
            default:
                break;
        }
        if (!row.emplace(name, std::move(value)).second)
            return Error{Error::Code::kInvalid, "two columns are named " + name + ": use AS"};
    }
    return row;
}

}  // namespace

Executor::Outcome Executor::execute(const migue_sql_statement* const* statements, std::size_t count) {
    const Connection::Transaction transaction(connection_);
    std::vector<Step> steps;
    steps.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        Result<Step> step = prepare(statements[i]);
        if (!step)
            return {to_status(step.error().code),
                    {},
                    "statement " + std::to_string(i) + ": " + step.error().what};
        steps.push_back(std::move(step).value());
    }
    const bool reads_only = std::all_of(steps.begin(), steps.end(),
                                        [](const Step& step) { return step.statement->reads_only(); });
    if (Result<void> begun = connection_.run(reads_only ? "BEGIN" : "BEGIN IMMEDIATE"); !begun)
        return {to_status(begun.error().code), {}, begun.error().what};
    Outcome outcome = run_steps(steps);
    return outcome.status == MIGUE_OK ? commit(count, std::move(outcome)) : outcome;
}

Executor::Outcome Executor::commit(std::size_t count, Outcome outcome) {
    const Result<void> committed = connection_.run("COMMIT");
    if (committed) return outcome;
    const migue_status status = to_status(committed.error().code);
    if (status != MIGUE_E_CONFLICT) return {status, {}, committed.error().what};
    // A deferred constraint: no one statement is to blame, the last one completed it.
    return {status, "{\"statement\":" + std::to_string(count - 1) + "}", committed.error().what};
}

Result<Executor::Step> Executor::prepare(const migue_sql_statement* raw_statement) {
    auto request = read_statement(raw_statement);
    if (!request) return std::move(request).error();
    Step step;
    step.require_row = request->requires_row;
    step.params = std::move(request->params);
    const std::string& text = request->text;
    step.statement = cache_.find(text);
    if (step.statement != nullptr) return step;
    const Fence::Scope scope(connection_.fence(), Fence::Mode::kStatement);
    Result<std::shared_ptr<Prepared>> made =
        Prepared::make(connection_.raw(), text, connection_.fence().refusal());
    if (!made) return std::move(made).error();
    step.statement = std::move(made).value();
    cache_.add(text, step.statement);
    return step;
}

Executor::Outcome Executor::run_steps(std::vector<Step>& steps) {
    Outcome all{MIGUE_OK, "[", {}};
    for (std::size_t i = 0; i < steps.size(); ++i) {
        Outcome one = run_step(steps[i], i);
        steps[i].statement->reset();
        if (one.status != MIGUE_OK) {
            one.why = "statement " + std::to_string(i) + ": " + one.why;
            return one;
        }
        if (i != 0) all.json += ',';
        all.json += one.json;
        if (all.json.size() > kMaxResult)
            return {MIGUE_E_INVALID, {}, "the result is over " + std::to_string(kMaxResult) + " bytes"};
    }
    all.json += ']';
    return all;
}

Executor::Outcome Executor::run_step(Step& step, std::size_t index) {
    if (Result<void> bound = step.statement->bind(step.params); !bound)
        return {to_status(bound.error().code), {}, bound.error().what};
    nlohmann::json rows = nlohmann::json::array();
    Outcome read = rows_of(step, index, rows);
    if (read.status != MIGUE_OK) return read;
    const std::int64_t changed = step.statement->reads_only() ? 0 : sqlite3_changes64(connection_.raw());
    if (step.require_row && changed == 0 && rows.empty())
        return {MIGUE_E_CONFLICT, "{\"statement\":" + std::to_string(index) + "}", "it found no row"};
    try {
        read.json = nlohmann::json{{"changed", changed}, {"rows", std::move(rows)}}.dump();
    } catch (const nlohmann::json::type_error&) {  // carries the bytes: not for the log
        return {MIGUE_E_INVALID, {}, "a TEXT value is not valid UTF-8"};
    }
    return read;
}

Executor::Outcome Executor::rows_of(Step& step, std::size_t index, nlohmann::json& rows) {
    // SQLite prepares again by itself, and asks the fence, when the schema has changed.
    const Fence::Scope scope(connection_.fence(), Fence::Mode::kStatement);
    sqlite3_stmt* const statement = step.statement->raw();
    std::size_t bytes = 0;
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        Result<nlohmann::json> row = read_row(statement);
        if (!row) return {to_status(row.error().code), {}, row.error().what};
        for (int i = 0; i < sqlite3_column_count(statement); ++i)
            bytes += static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
        if (bytes > kMaxResult)
            return {MIGUE_E_INVALID, {}, "the result is over " + std::to_string(kMaxResult) + " bytes"};
        rows.push_back(std::move(row).value());
    }
    if (code == SQLITE_DONE) return {MIGUE_OK, {}, {}};
    const migue_status status = to_status(sqlite3_extended_errcode(connection_.raw()));
    std::string why = connection_.fence().refusal().empty() ? sqlite3_errmsg(connection_.raw())
                                                            : connection_.fence().refusal();
    if (status != MIGUE_E_CONFLICT) return {status, {}, std::move(why)};
    return {status, "{\"statement\":" + std::to_string(index) + "}", std::move(why)};
}

}  // namespace migue::sql
