#include "migue/sql/sqlite_schema.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "fence.hpp"
#include "migue/cpp/text.hpp"
#include "prepared.hpp"
#include "sqlite_status.hpp"
#include "statement_text.hpp"

namespace migue::sql {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kBusyTimeoutMs = 1000;
constexpr std::chrono::seconds kTransactionLimit{2};
constexpr int kInstructionsBetweenLooks = 10'000;
constexpr std::size_t kMaxResult = 8 * 1024 * 1024;
constexpr int kMaxValue = 4 * 1024 * 1024;
constexpr int kMaxStatement = 256 * 1024;
constexpr std::size_t kCachedStatements = 64;

using Outcome = SqliteSchema::Outcome;

Error failure(sqlite3* connection, std::string_view step) {
    return to_error(to_status(sqlite3_extended_errcode(connection)),
                    std::string(step) + ": " + sqlite3_errmsg(connection));
}

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

std::int64_t unix_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

struct MigrationText {
    std::string name, sql;
};

/// The SQLite ones in the order of their names, copied with regard to their size (V3).
Result<std::vector<MigrationText>> sqlite_migrations(const migue_migrations_v1& raw) {
    std::vector<MigrationText> list;
    for (std::size_t i = 0; i < raw.count; ++i) {
        const migue_migration* item = raw.items[i];
        if (item == nullptr || item->struct_size < sizeof(migue_migration))
            return Error{Error::Code::kInvalid, "migration " + std::to_string(i) + " is malformed"};
        if (to_view(item->dialect) != "sqlite") continue;
        if (item->name.size == 0)
            return Error{Error::Code::kInvalid, "migration " + std::to_string(i) + " has no name"};
        list.push_back({std::string(to_view(item->name)), std::string(to_view(item->sql))});
    }
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    const auto twice = std::adjacent_find(list.begin(), list.end(),
                                          [](const auto& a, const auto& b) { return a.name == b.name; });
    if (twice != list.end()) return Error{Error::Code::kInvalid, "two migrations are named " + twice->name};
    return list;
}

}  // namespace

class SqliteSchema::Impl {
public:
    explicit Impl(std::string schema)
        : schema_(std::move(schema)),
          database_(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
                    kBusyTimeoutMs),
          fence_(database_.getHandle(), schema_) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] Result<void> attach(const std::string& file);
    [[nodiscard]] Result<std::vector<std::string>> migrate(const std::vector<MigrationText>& migrations);
    [[nodiscard]] Outcome execute(const migue_sql_statement* const* statements, std::size_t count);

private:
    struct Step {
        std::shared_ptr<Prepared> statement;
        nlohmann::json params;
        bool require_row = false;
    };

    /// While it lives statements are limited in time; what is not committed then is undone.
    class Transaction {
    public:
        explicit Transaction(Impl& impl) : impl_(impl) {
            impl_.deadline_ = SteadyClock::now() + kTransactionLimit;
        }
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        ~Transaction() {
            impl_.deadline_ = SteadyClock::time_point::max();
            impl_.roll_back();
        }

    private:
        Impl& impl_;
    };

    [[nodiscard]] sqlite3* raw() const noexcept { return database_.getHandle(); }
    [[nodiscard]] std::string table(std::string_view name) const {
        return "\"" + schema_ + "\".\"" + std::string(name) + "\"";
    }

    void configure() noexcept;
    [[nodiscard]] Result<void> run(const std::string& sql);
    [[nodiscard]] Result<void> use_wal();
    [[nodiscard]] Result<void> refresh_decoys();
    [[nodiscard]] Result<bool> apply(const MigrationText& migration);
    [[nodiscard]] Result<bool> is_applied(const std::string& name);
    [[nodiscard]] Result<void> run_script(std::string_view script);
    [[nodiscard]] Result<void> note_applied(const std::string& name);

    [[nodiscard]] Result<Step> prepare(const migue_sql_statement* raw);
    [[nodiscard]] Outcome run_steps(std::vector<Step>& steps);
    [[nodiscard]] Outcome run_step(Step& step, std::size_t index);
    [[nodiscard]] Outcome rows_of(Step& step, std::size_t index, nlohmann::json& rows);
    [[nodiscard]] Result<nlohmann::json> read_row(sqlite3_stmt* statement) const;
    void roll_back() noexcept;

    const std::string schema_;
    std::mutex mutex_;
    SQLite::Database database_;               // guarded by mutex_, as all below
    Fence fence_;                             // before database_ closes
    PreparedCache cache_{kCachedStatements};  // finalized before database_ closes
    SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
};

void SqliteSchema::Impl::configure() noexcept {
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
            return SteadyClock::now() > static_cast<Impl*>(self)->deadline_ ? 1 : 0;
        },
        this);
}

Result<void> SqliteSchema::Impl::run(const std::string& sql) {
    if (database_.tryExec(sql) == SQLITE_OK) return {};
    return failure(raw(), sql.substr(0, sql.find_first_of(" (")));
}

Result<void> SqliteSchema::Impl::attach(const std::string& file) {
    const std::lock_guard lock(mutex_);
    configure();
    const bool in_memory = file == ":memory:";
    if (!in_memory)
        if (Result<void> made = make_private(file); !made) return made;
    SQLite::Statement statement(database_, "ATTACH ? AS \"" + schema_ + "\"");
    statement.bind(1, in_memory ? file : plain_path(file));
    if (statement.tryExecuteStep() != SQLITE_DONE) return failure(raw(), "attach " + file);
    if (!in_memory)
        if (Result<void> wal = use_wal(); !wal) return std::move(wal).error().within(file);
    // In memory, temporary tables and sorting leave nothing on the disk.
    if (Result<void> set = run("PRAGMA temp_store=MEMORY"); !set) return set;
    return refresh_decoys();
}

Result<void> SqliteSchema::Impl::use_wal() {
    SQLite::Statement mode(database_, "PRAGMA \"" + schema_ + "\".journal_mode=WAL");
    if (mode.tryExecuteStep() != SQLITE_ROW) return failure(raw(), "journal_mode=WAL");
    if (mode.getColumn(0).getString() != "wal")
        return Error{Error::Code::kUnavailable, "write-ahead logging is not possible in this folder"};
    mode.reset();
    return run("PRAGMA \"" + schema_ + "\".synchronous=FULL");
}

/// Gives the connection's own empty database a table of the same name for each of the
/// plugin's. SQLite looks there first, so a name without its schema is met by the fence
/// instead of being found by chance, and fails here as it fails on Postgres.
Result<void> SqliteSchema::Impl::refresh_decoys() {
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

Result<std::vector<std::string>> SqliteSchema::Impl::migrate(const std::vector<MigrationText>& migrations) {
    const std::lock_guard lock(mutex_);
    if (Result<void> made = run("CREATE TABLE IF NOT EXISTS " + table("migrations") +
                                "(name TEXT PRIMARY KEY, applied_unix_ms BIGINT)");
        !made)
        return std::move(made).error();
    std::vector<std::string> applied;
    for (const MigrationText& migration : migrations) {
        Result<bool> is_new = apply(migration);
        if (!is_new) {
            roll_back();
            return std::move(is_new).error().within("migration " + migration.name);
        }
        if (*is_new) applied.push_back(migration.name);
    }
    return applied;
}

/// False: it was applied before. After an error the transaction is still open.
Result<bool> SqliteSchema::Impl::apply(const MigrationText& migration) {
    if (Result<void> begun = run("BEGIN IMMEDIATE"); !begun) return std::move(begun).error();
    Result<bool> known = is_applied(migration.name);
    if (!known) return known;
    if (!*known) {
        if (Result<void> done = run_script(migration.sql); !done) return std::move(done).error();
        if (Result<void> noted = note_applied(migration.name); !noted) return std::move(noted).error();
    }
    if (Result<void> committed = run("COMMIT"); !committed) return std::move(committed).error();
    if (*known) return false;
    if (Result<void> seen = refresh_decoys(); !seen) return std::move(seen).error();
    return true;
}

Result<bool> SqliteSchema::Impl::is_applied(const std::string& name) {
    SQLite::Statement query(database_, "SELECT 1 FROM " + table("migrations") + " WHERE name = ?");
    query.bind(1, name);
    const int code = query.tryExecuteStep();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return failure(raw(), "read migrations");
    return code == SQLITE_ROW;
}

Result<void> SqliteSchema::Impl::note_applied(const std::string& name) {
    SQLite::Statement insert(database_, "INSERT INTO " + table("migrations") + " VALUES (?, ?)");
    insert.bind(1, name);
    insert.bind(2, unix_ms());
    if (insert.tryExecuteStep() != SQLITE_DONE) return failure(raw(), "note it");
    return {};
}

Result<void> SqliteSchema::Impl::run_script(std::string_view script) {
    const Fence::Scope scope(fence_, Fence::Mode::kMigration);
    for (std::size_t number = 1; !(script = skip_blank(script)).empty(); ++number) {
        const char* tail = nullptr;
        sqlite3_stmt* statement = nullptr;
        int code =
            sqlite3_prepare_v2(raw(), script.data(), static_cast<int>(script.size()), &statement, &tail);
        if (code == SQLITE_OK && statement != nullptr) {
            while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            }
        }
        Error error = failure(raw(), "statement " + std::to_string(number));
        sqlite3_finalize(statement);
        if (code != SQLITE_OK && code != SQLITE_DONE) {
            if (!fence_.refusal().empty())
                error.what = "statement " + std::to_string(number) + ": " + fence_.refusal();
            return error;
        }
        script.remove_prefix(static_cast<std::size_t>(tail - script.data()));
    }
    return {};
}

Outcome SqliteSchema::Impl::execute(const migue_sql_statement* const* statements, std::size_t count) {
    const std::lock_guard lock(mutex_);
    const Transaction transaction(*this);
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
    if (Result<void> begun = run(reads_only ? "BEGIN" : "BEGIN IMMEDIATE"); !begun)
        return {to_status(begun.error().code), {}, begun.error().what};
    Outcome outcome = run_steps(steps);
    if (outcome.status == MIGUE_OK) {
        if (Result<void> committed = run("COMMIT"); !committed) {
            const migue_status status = to_status(committed.error().code);
            // A deferred constraint: no one statement is to blame, the last one completed it.
            const std::string json = "{\"statement\":" + std::to_string(count - 1) + "}";
            outcome = {status, status == MIGUE_E_CONFLICT ? json : std::string(), committed.error().what};
        }
    }
    return outcome;
}

Result<SqliteSchema::Impl::Step> SqliteSchema::Impl::prepare(const migue_sql_statement* raw_statement) {
    if (raw_statement == nullptr || raw_statement->struct_size < sizeof(migue_sql_statement))
        return Error{Error::Code::kInvalid, "struct_size is too small"};
    if ((raw_statement->flags & 0xffffu & ~MIGUE_SQL_REQUIRE_ROW) != 0)
        return Error{Error::Code::kInvalid, "unknown flags"};
    Step step;
    step.require_row = (raw_statement->flags & MIGUE_SQL_REQUIRE_ROW) != 0;
    const std::string_view params = to_view(raw_statement->params_json);
    step.params = nlohmann::json::parse(params.empty() ? std::string_view("[]") : params, nullptr, false);
    if (!step.params.is_array()) return Error{Error::Code::kInvalid, "params_json is not a JSON array"};
    const std::string text(to_view(raw_statement->text));
    step.statement = cache_.find(text);
    if (step.statement != nullptr) return step;
    const Fence::Scope scope(fence_, Fence::Mode::kStatement);
    Result<std::shared_ptr<Prepared>> made = Prepared::make(raw(), text, fence_.refusal());
    if (!made) return std::move(made).error();
    step.statement = std::move(made).value();
    cache_.add(text, step.statement);
    return step;
}

Outcome SqliteSchema::Impl::run_steps(std::vector<Step>& steps) {
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

Outcome SqliteSchema::Impl::run_step(Step& step, std::size_t index) {
    if (Result<void> bound = step.statement->bind(step.params); !bound)
        return {to_status(bound.error().code), {}, bound.error().what};
    nlohmann::json rows = nlohmann::json::array();
    Outcome read = rows_of(step, index, rows);
    if (read.status != MIGUE_OK) return read;
    const std::int64_t changed = step.statement->reads_only() ? 0 : sqlite3_changes64(raw());
    if (step.require_row && changed == 0 && rows.empty())
        return {MIGUE_E_CONFLICT, "{\"statement\":" + std::to_string(index) + "}", "it found no row"};
    try {
        read.json = nlohmann::json{{"changed", changed}, {"rows", std::move(rows)}}.dump();
    } catch (const nlohmann::json::type_error&) {  // carries the bytes: not for the log
        return {MIGUE_E_INVALID, {}, "a TEXT value is not valid UTF-8"};
    }
    return read;
}

Outcome SqliteSchema::Impl::rows_of(Step& step, std::size_t index, nlohmann::json& rows) {
    // SQLite prepares again by itself, and asks the fence, when the schema has changed.
    const Fence::Scope scope(fence_, Fence::Mode::kStatement);
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
    const migue_status status = to_status(sqlite3_extended_errcode(raw()));
    std::string why = fence_.refusal().empty() ? sqlite3_errmsg(raw()) : fence_.refusal();
    if (status != MIGUE_E_CONFLICT) return {status, {}, std::move(why)};
    return {status, "{\"statement\":" + std::to_string(index) + "}", std::move(why)};
}

Result<nlohmann::json> SqliteSchema::Impl::read_row(sqlite3_stmt* statement) const {
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

void SqliteSchema::Impl::roll_back() noexcept {
    // Some failures have ended the transaction already.
    if (sqlite3_get_autocommit(raw()) == 0) database_.tryExec("ROLLBACK");
}

SqliteSchema::SqliteSchema(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteSchema::~SqliteSchema() = default;

Result<std::unique_ptr<SqliteSchema>> SqliteSchema::open(const std::string& file, const std::string& schema) {
    if (!is_schema_name(schema))
        return Error{Error::Code::kInvalid, "schema \"" + schema + "\": expected [a-z][a-z0-9_]{0,31}"};
    if (file.empty()) return Error{Error::Code::kInvalid, "schema " + schema + ": no file given"};
    try {
        auto impl = std::make_unique<Impl>(schema);
        if (Result<void> attached = impl->attach(file); !attached)
            return std::move(attached).error().within("open schema " + schema);
        return std::unique_ptr<SqliteSchema>(new SqliteSchema(std::move(impl)));
    } catch (const SQLite::Exception& failed) {
        return to_error(to_status(failed.getErrorCode()), failed.what());
    }
}

Result<std::vector<std::string>> SqliteSchema::migrate(const migue_migrations_v1& migrations) {
    Result<std::vector<MigrationText>> list = sqlite_migrations(migrations);
    if (!list) return std::move(list).error();
    try {
        return impl_->migrate(*list);
    } catch (const SQLite::Exception& failed) {
        return to_error(to_status(failed.getErrorCode()), failed.what());
    }
}

Outcome SqliteSchema::execute(const migue_sql_statement* const* statements, std::size_t count) {
    return impl_->execute(statements, count);
}

}  // namespace migue::sql
