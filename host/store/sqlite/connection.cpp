#include "host/store/sqlite/connection.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <unordered_map>

namespace migue::host::sqlite {

namespace {
// Readers meet the writer only while a checkpoint restarts the log.
constexpr int kBusyMs = 2000;
}  // namespace

struct Connection::Cache {
    std::unordered_map<std::string_view, std::unique_ptr<SQLite::Statement>> statements;
};

Connection::Connection(const std::string& file, Mode mode)
    : database_(std::make_unique<SQLite::Database>(
          file, mode == Mode::kWrite ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY,
          kBusyMs)),
      cache_(std::make_unique<Cache>()) {
    if (mode == Mode::kWrite) {
        database_->exec("PRAGMA journal_mode=WAL");
        database_->exec("PRAGMA synchronous=FULL");
        database_->exec("PRAGMA secure_delete=ON");  // what is erased leaves no bytes behind
    }
    database_->exec("PRAGMA foreign_keys=ON");
}

Connection::~Connection() = default;

SQLite::Statement& Connection::prepared(std::string_view sql) {
    std::unique_ptr<SQLite::Statement>& statement = cache_->statements[sql];
    if (!statement) statement = std::make_unique<SQLite::Statement>(*database_, std::string(sql));
    statement->tryReset();
    statement->clearBindings();
    return *statement;
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(database_->getHandle()) == 0;
}

void Connection::roll_back() noexcept {
    if (in_transaction()) sqlite3_exec(database_->getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace migue::host::sqlite
