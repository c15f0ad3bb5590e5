#include "host/store/postgres/plugin_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "host/store/postgres/migrate.hpp"
#include "host/store/postgres/plugin_statement.hpp"
#include "host/store/postgres/retry.hpp"
#include "migue/cpp/text.hpp"
#include "migue/sql/request.hpp"
#include "migue/sql/statement_text.hpp"

namespace migue::host::postgres {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostBytes = 8 * 1024 * 1024;
constexpr auto kMigrateLimit = 60s;

// Ours, Postgres' own, and Supabase's.
constexpr std::array<std::string_view, 16> kTaken{
    "migue",   "public",    "information_schema", "auth",
    "storage", "realtime",  "extensions",         "graphql",
    "vault",   "pgbouncer", "graphql_public",     "cron",
    "net",     "pgsodium",  "supabase_functions", "supabase_migrations"};

migue_status status_of(const Error& error, const Connection& connection) {
    const std::string& sqlstate = connection.last_sqlstate();
    // What the plugin asked for is wrong, or not its to ask for. A table that is missing or not
    // its own is the plugin's fault here, where elsewhere it is the operator's.
    const bool is_plugins = connection.failed_statement() &&
                            (sqlstate.starts_with("42") || sqlstate.starts_with("22") ||
                             sqlstate.starts_with("0A") || sqlstate.starts_with("54") || sqlstate == "3F000");
    return is_plugins ? MIGUE_E_INVALID : to_status(error.code);
}

}  // namespace

struct PluginSchema::Request {
    std::vector<Statement> statements;
    std::vector<StatementShape> shapes;
};

PluginSchema::PluginSchema(std::shared_ptr<Pool> pool, std::string plugin)
    : pool_(std::move(pool)),
      plugin_(std::move(plugin)),
      // All three end with the transaction.
      opening_(fmt::format(
          "SELECT set_config('role', 'migue_plugin_{}', true), set_config('search_path', '', true), "
          "set_config('statement_timeout', '{}', true)",
          plugin_, kLimit.count())) {}

Result<std::unique_ptr<PluginSchema>> PluginSchema::open(std::shared_ptr<Pool> pool,
                                                         const std::string& plugin) {
    if (!sql::is_schema_name(plugin) || plugin.starts_with("pg_"))
        return Error{Error::Code::kInvalid, "schema \"" + plugin + "\": expected [a-z][a-z0-9_]{0,31}"};
    if (std::find(kTaken.begin(), kTaken.end(), plugin) != kTaken.end())
        return Error{Error::Code::kInvalid, "schema \"" + plugin + "\": the name is taken in Postgres"};
    return std::unique_ptr<PluginSchema>(new PluginSchema(std::move(pool), plugin));
}

Result<std::vector<std::string>> PluginSchema::migrate(const migue_migrations_v1& migrations) {
    auto list = sql::migrations_of(migrations, "postgres");
    if (!list) return std::move(list).error();
    std::vector<Migration> texts;
    for (sql::MigrationText& text : *list) {
        if (auto allowed = look_at_migration(text.sql); !allowed)
            return std::move(allowed).error().within("migration " + text.name);
        texts.push_back({std::move(text.name), std::move(text.sql)});
    }
    if (texts.empty()) return std::vector<std::string>{};
    const Deadline deadline = std::chrono::steady_clock::now() + kMigrateLimit;
    auto lease = pool_->borrow(deadline);
    if (!lease) return std::move(lease).error();
    return migrate_plugin(**lease, plugin_, texts, deadline);
}

Result<PluginSchema::Request> PluginSchema::read(const migue_sql_statement* const* statements,
                                                 std::size_t count) const {
    Request request;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string where = fmt::format("statement {}", i);
        auto given = sql::read_statement(statements[i]);
        if (!given) return std::move(given).error().within(where);
        auto shape = look_at_statement(given->text);
        if (!shape) return std::move(shape).error().within(where);
        auto params = params_of(given->params);
        if (!params) return std::move(params).error().within(where);
        request.shapes.push_back(*shape);
        request.statements.push_back(
            {std::move(given->text), std::move(params).value(), given->requires_row});
    }
    return request;
}

PluginSchema::Outcome PluginSchema::execute(const migue_sql_statement* const* statements, std::size_t count) {
    auto request = read(statements, count);
    if (!request) return {to_status(request.error().code), {}, request.error().what};
    if (request->statements.empty()) return {MIGUE_OK, "[]", {}};
    const Deadline deadline = std::chrono::steady_clock::now() + kLimit;
    Backoff backoff({.first = 5ms, .most = 100ms, .repeats_in_doubt = false});
    // Nothing happened: serialization, a deadlock, a session that was closed meanwhile.
    for (int attempt = 1;; ++attempt) {
        Outcome outcome = run(*request, deadline);
        if (outcome.status != MIGUE_E_UNAVAILABLE || attempt == 3 || !wait_before_retry(backoff, deadline))
            return outcome;
    }
}

PluginSchema::Outcome PluginSchema::run(const Request& request, Deadline deadline) {
    auto lease = pool_->borrow(deadline);
    if (!lease) return {to_status(lease.error().code), {}, lease.error().what};
    Connection& connection = **lease;
    nlohmann::json all = nlohmann::json::array();
    const auto read_rows = [&](const std::vector<Rows>& rows) -> Result<void> {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto one = json_of(rows[i], request.shapes[i].writes);
            if (!one) return std::move(one).error().within(fmt::format("statement {}", i));
            all.push_back(std::move(one).value());
        }
        return {};
    };
    BatchRules rules{.opening = opening_, .check = {}, .most_bytes = kMostBytes};
    // Rows that JSON cannot tell undo what was written.
    rules.check = read_rows;
    auto rows = connection.batch(request.statements, deadline, rules);
    if (rows) return {MIGUE_OK, all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), {}};
    const auto index = connection.failed_statement();
    if (!index && connection.last_sqlstate().starts_with("22"))
        return {MIGUE_E_CONFIG, {}, fmt::format("role migue_plugin_{} is not there: migrate first", plugin_)};
    const migue_status status = status_of(rows.error(), connection);
    Outcome outcome{
        status, {}, index ? fmt::format("statement {}: {}", *index, rows.error().what) : rows.error().what};
    // A deferred constraint: no one statement is to blame, the last one completed it.
    if (status == MIGUE_E_CONFLICT)
        outcome.json = fmt::format("{{\"statement\":{}}}", index.value_or(request.statements.size() - 1));
    return outcome;
}

}  // namespace migue::host::postgres
