#include "connection.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "migue/cpp/text.hpp"
#include "sqlite_status.hpp"

namespace migue::sql {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kBusyTimeoutMs = 1000;
constexpr std::chrono::seconds kTransactionLimit{2};
constexpr int kInstructionsBetweenLooks = 10'000;
constexpr int kMaxValue = 4 * 1024 * 1024;
constexpr int kMaxStatement = 256 * 1024;

/// Makes the file with mode 0600 when there is none; SQLite gives its side files the same.
Result<void> make_private(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        ::close(descriptor);
        return {};
    }
    if (errno == EEXIST) return {};
    return Error{Error::Code::kUnavailable, "make " + file + ": " + std::strerror(errno)};
}

/// SQLite takes "file:…" for a URI, whose parameters could undo what open() sets.
std::string plain_path(const std::string& file) {
    return file.starts_with("file:") ? "./" + file : file;
}

}  // namespace

Connection::Connection(std::string schema)
    : schema_(std::move(schema)),
      database_(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
                kBusyTimeoutMs),
      fence_(database_.getHandle(), schema_) {
    configure();
}

void Connection::configure() noexcept {
    sqlite3* const connection = raw();
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // A string in double quotes would be a column on Postgres.
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, kMaxValue);
    sqlite3_limit(connection, SQLITE_LIMIT_SQL_LENGTH, kMaxStatement);
    sqlite3_progress_handler(
        connection, kInstructionsBetweenLooks,
        [](void* self) noexcept -> int {
            return SteadyClock::now() > static_cast<Connection*>(self)->deadline_ ? 1 : 0;
        },
        this);
}

Result<void> Connection::attach(const std::string& file) {
    const bool in_memory = file == ":memory:";
    if (!in_memory)
        if (Result<void> made = make_private(file); !made) return made;
    SQLite::Statement statement(database_, "ATTACH ? AS \"" + schema_ + "\"");
    statement.bind(1, in_memory ? file : plain_path(file));
    if (statement.tryExecuteStep() != SQLITE_DONE) return failure("attach " + file);
    if (!in_memory)
        if (Result<void> wal = use_wal(); !wal) return std::move(wal).error().within(file);
    // In memory, temporary tables and sorting leave nothing on the disk.
    if (Result<void> set = run("PRAGMA temp_store=MEMORY"); !set) return set;
    return refresh_decoys();
}

Result<void> Connection::use_wal() {
    SQLite::Statement mode(database_, "PRAGMA \"" + schema_ + "\".journal_mode=WAL");
    if (mode.tryExecuteStep() != SQLITE_ROW) return failure("journal_mode=WAL");
    if (mode.getColumn(0).getString() != "wal")
        return Error{Error::Code::kUnavailable, "write-ahead logging is not possible in this folder"};
    mode.reset();
    if (Result<void> set = run("PRAGMA \"" + schema_ + "\".synchronous=FULL"); !set) return set;
    // What a plugin erases leaves no bytes behind. The pragma answers with a row.
    SQLite::Statement erase(database_, "PRAGMA \"" + schema_ + "\".secure_delete=ON");
    if (erase.tryExecuteStep() != SQLITE_ROW) return failure("secure_delete");
    return {};
}

Result<void> Connection::run(const std::string& sql) {
    if (database_.tryExec(sql) == SQLITE_OK) return {};
    return failure(sql.substr(0, sql.find_first_of(" (")));
}

/// Gives the connection's own empty database a table of the same name for each of the
/// plugin's. SQLite looks there first, so a name without its schema is met by the fence
/// instead of being found by chance, and fails here as it fails on Postgres.
Result<void> Connection::refresh_decoys() {
    std::vector<std::string> old, names;
    SQLite::Statement in_main(database_, "SELECT name FROM main.sqlite_master WHERE type='table'");
    while (in_main.executeStep()) old.push_back(in_main.getColumn(0).getString());
    SQLite::Statement ours(database_, "SELECT name FROM \"" + schema_ +
                                          "\".sqlite_master WHERE type IN ('table','view') AND name NOT LIKE "
                                          "'sqlite\\_%' ESCAPE '\\' ORDER BY name");
    while (ours.executeStep()) names.push_back(ours.getColumn(0).getString());
    for (const std::string& name : old)
        if (Result<void> dropped = run("DROP TABLE main.\"" + name + "\""); !dropped) return dropped;
    for (const std::string& name : names) {
        const std::string sql =
            "CREATE TABLE main.\"" + name + "\" AS SELECT * FROM " + table(name) + " WHERE 0";
        if (Result<void> made = run(sql); !made) return std::move(made).error().within(name);
    }
    fence_.set_tables(std::move(names));
    return {};
}

void Connection::roll_back() noexcept {
    // Some failures have ended the transaction already.
    if (sqlite3_get_autocommit(raw()) == 0) database_.tryExec("ROLLBACK");
}

std::string Connection::table(std::string_view name) const {
    return "\"" + schema_ + "\".\"" + std::string(name) + "\"";
}

Error Connection::failure(std::string_view step) const {
    return to_error(to_status(sqlite3_extended_errcode(raw())),
                    std::string(step) + ": " + sqlite3_errmsg(raw()));
}

Connection::Transaction::Transaction(Connection& connection) : connection_(connection) {
    connection_.deadline_ = SteadyClock::now() + kTransactionLimit;
}

Connection::Transaction::~Transaction() {
    connection_.deadline_ = SteadyClock::time_point::max();
    connection_.roll_back();
}

}  // namespace migue::sql
