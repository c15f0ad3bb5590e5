#include "host/services/sql_service.hpp"

#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

constexpr std::size_t kMaxQueued = 10'000;

sql::SqliteSchema::Outcome run(sql::SqliteSchema& schema, const std::vector<SqlText>& statements) {
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

PluginTables::PluginTables(std::unique_ptr<sql::SqliteSchema> schema)
    : schema_(std::move(schema)), thread_(1, kMaxQueued) {}

Result<std::vector<std::string>> PluginTables::migrate(const migue_migrations_v1& migrations) {
    return schema_->migrate(migrations);
}

bool PluginTables::execute(std::vector<SqlText> statements, Done done) {
    return thread_.post([schema = schema_.get(), statements = std::move(statements), done = std::move(done)] {
        done(run(*schema, statements));
    });
}

Result<std::shared_ptr<PluginTables>> SqlService::tables(const std::string& plugin) {
    const std::lock_guard lock(mutex_);
    if (const auto found = tables_.find(plugin); found != tables_.end()) return found->second;
    const std::string file = prefix_.empty() ? ":memory:" : prefix_ + "." + plugin + ".db";
    auto schema = sql::SqliteSchema::open(file, plugin);
    if (!schema) return std::move(schema).error().within("open the tables of " + plugin);
    return tables_.emplace(plugin, std::make_shared<PluginTables>(std::move(schema).value())).first->second;
}

void SqlService::stop() {
    const std::lock_guard lock(mutex_);
    for (const auto& [plugin, tables] : tables_) tables->stop();
}

}  // namespace migue::host
