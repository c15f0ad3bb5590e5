#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "host/store/postgres/pool.hpp"
#include "migue/sql/schema.hpp"

namespace migue::host::postgres {

/// migue.sql/1 on Postgres: one plugin's tables in the schema of its name.
///
/// Every transaction runs as the plugin's role, `migue_plugin_<id>`, which owns these tables,
/// may log in nowhere and has rights to nothing else; the login of store.url may become it
/// through `migue_host`. Each table is under forced row-level security with a policy for that
/// role alone. The role and the schema are made with the first migration. Thread-safe.
class PluginSchema final : public sql::Schema {
public:
    /// Of a transaction, from asking for a connection to its end.
    static constexpr std::chrono::milliseconds kLimit{5000};

    /// kInvalid: a name that no plugin may have, or that is not free in Postgres. Connects to
    /// nothing yet.
    [[nodiscard]] static Result<std::unique_ptr<PluginSchema>> open(std::shared_ptr<Pool> pool,
                                                                    const std::string& plugin);

    /// Needs a login that may create roles and schemas, unless nothing is new.
    [[nodiscard]] Result<std::vector<std::string>> migrate(const migue_migrations_v1& migrations) override;
    /// A round trip for each statement, one before and one after.
    [[nodiscard]] Outcome execute(const migue_sql_statement* const* statements, std::size_t count) override;

private:
    struct Request;
    PluginSchema(std::shared_ptr<Pool> pool, std::string plugin);
    [[nodiscard]] Result<Request> read(const migue_sql_statement* const* statements, std::size_t count) const;
    [[nodiscard]] Outcome run(const Request& request, Deadline deadline);

    const std::shared_ptr<Pool> pool_;
    const std::string plugin_;
    const std::string opening_;
};

}  // namespace migue::host::postgres
