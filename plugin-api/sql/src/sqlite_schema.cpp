#include "migue/sql/sqlite_schema.hpp"

#include <SQLiteCpp/Exception.h>

#include <mutex>
#include <utility>

#include "connection.hpp"
#include "executor.hpp"
#include "migrations.hpp"
#include "migue/cpp/text.hpp"
#include "migue/sql/statement_text.hpp"
#include "sqlite_status.hpp"

namespace migue::sql {

class SqliteSchema::Impl {
public:
    explicit Impl(const std::string& schema) : connection(schema), executor(connection) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::mutex mutex;
    Connection connection;  // guarded by mutex
    Executor executor;      // guarded by mutex; its statements go before the connection
};

namespace {

Error to_error(const SQLite::Exception& failed) {
    return migue::to_error(to_status(failed.getErrorCode()), failed.what());
}

}  // namespace

SqliteSchema::SqliteSchema(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteSchema::~SqliteSchema() = default;

Result<std::unique_ptr<SqliteSchema>> SqliteSchema::open(const std::string& file, const std::string& schema) {
    if (!is_schema_name(schema))
        return Error{Error::Code::kInvalid, "schema \"" + schema + "\": expected [a-z][a-z0-9_]{0,31}"};
    if (file.empty()) return Error{Error::Code::kInvalid, "schema " + schema + ": no file given"};
    try {
        auto impl = std::make_unique<Impl>(schema);
        if (Result<void> attached = impl->connection.attach(file); !attached)
            return std::move(attached).error().within("open schema " + schema);
        return std::unique_ptr<SqliteSchema>(new SqliteSchema(std::move(impl)));
    } catch (const SQLite::Exception& failed) {
        return to_error(failed).within("open schema " + schema);
    }
}

Result<std::vector<std::string>> SqliteSchema::migrate(const migue_migrations_v1& migrations) {
    Result<std::vector<MigrationText>> list = migrations_of(migrations, "sqlite");
    if (!list) return std::move(list).error();
    const std::lock_guard lock(impl_->mutex);
    try {
        return apply_migrations(impl_->connection, *list);
    } catch (const SQLite::Exception& failed) {
        impl_->connection.roll_back();
        return to_error(failed);
    }
}

SqliteSchema::Outcome SqliteSchema::execute(const migue_sql_statement* const* statements, std::size_t count) {
    const std::lock_guard lock(impl_->mutex);
    return impl_->executor.execute(statements, count);
}

}  // namespace migue::sql
