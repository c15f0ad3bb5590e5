#include "host/services/sql_service.hpp"

#include "host/store/postgres/plugin_schema.hpp"
#include "migue/cpp/text.hpp"
#include "migue/sql/sqlite_schema.hpp"

namespace migue::host {

namespace {

constexpr std::size_t kMaxQueued = 10'000;

sql::Schema::Outcome run(sql::Schema& schema, const std::vector<SqlText>& statements) {
    std::vector<migue_sql_statement> raw;
    std::vector<const migue_sql_statement*> pointers;
    raw.reserve(statements.size());
    pointers.reserve(statements.size());
    for (const SqlText& each : statements) {
        raw.push_back({sizeof(migue_sql_statement), each.flags, to_c(each.text), to_c(each.params_json)});
        pointers.push_back(&raw.back());
    }
    return schema.execute(pointers.data(), pointers.size());
}

}  // namespace

PluginTables::PluginTables(std::unique_ptr<sql::Schema> schema, std::size_t threads)
    : schema_(std::move(schema)), threads_(threads, kMaxQueued) {}

Result<std::vector<std::string>> PluginTables::migrate(const migue_migrations_v1& migrations) {
    return schema_->migrate(migrations);
}

bool PluginTables::execute(std::vector<SqlText> statements, Done done) {
    return threads_.post([schema = schema_.get(), statements = std::move(statements),
                          done = std::move(done)] { done(run(*schema, statements)); });
}

SqlService SqlService::in_files(std::string prefix) {
    return {[prefix = std::move(prefix)](const std::string& plugin) -> Result<std::unique_ptr<sql::Schema>> {
                const std::string file = prefix.empty() ? ":memory:" : prefix + "." + plugin + ".db";
                auto schema = sql::SqliteSchema::open(file, plugin);
                if (!schema) return std::move(schema).error();
                return std::unique_ptr<sql::Schema>(std::move(schema).value());
            },
            1};  // SQLite has one writer
}

SqlService SqlService::in_postgres(postgres::Target target) {
    target.pool_size = (target.pool_size + 1) / 2;
    const std::size_t threads = target.pool_size;
    const auto pool = std::make_shared<postgres::Pool>(std::move(target));
    return {[pool](const std::string& plugin) -> Result<std::unique_ptr<sql::Schema>> {
                auto schema = postgres::PluginSchema::open(pool, plugin);
                if (!schema) return std::move(schema).error();
                return std::unique_ptr<sql::Schema>(std::move(schema).value());
            },
            threads};
}

Result<std::shared_ptr<PluginTables>> SqlService::tables(const std::string& plugin) {
    const std::lock_guard lock(mutex_);
    if (const auto found = tables_.find(plugin); found != tables_.end()) return found->second;
    auto schema = open_(plugin);
    if (!schema) return std::move(schema).error().within("open the tables of " + plugin);
    return tables_.emplace(plugin, std::make_shared<PluginTables>(std::move(schema).value(), threads_))
        .first->second;
}

void SqlService::stop() {
    const std::lock_guard lock(mutex_);
    for (const auto& [plugin, tables] : tables_) tables->stop();
}

}  // namespace migue::host
