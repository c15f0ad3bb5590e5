#include "fence.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <exception>

namespace migue::sql {

namespace {

constexpr std::string_view kMigrationsTable = "migrations";

bool same_name(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(a.size())) == 0;
}

bool is_catalog(std::string_view table) noexcept {
    return table.size() >= 7 && sqlite3_strnicmp(table.data(), "sqlite_", 7) == 0;
}

bool is_forbidden_function(std::string_view name) noexcept {
    return same_name(name, "load_extension") || same_name(name, "fts3_tokenizer");
}

bool is_row_action(int action) noexcept {
    return action == SQLITE_READ || action == SQLITE_INSERT || action == SQLITE_UPDATE ||
           action == SQLITE_DELETE;
}

std::string_view view_of(const char* text) noexcept {
    return text == nullptr ? std::string_view() : text;
}

}  // namespace

Fence::Fence(sqlite3* connection, std::string schema) : connection_(connection), schema_(std::move(schema)) {
    sqlite3_set_authorizer(connection_, &Fence::ask, this);
}

Fence::~Fence() {
    sqlite3_set_authorizer(connection_, nullptr, nullptr);
}

int Fence::ask(void* self, int action, const char* first, const char* second, const char* database,
               const char*) noexcept {
    try {
        const bool allowed =
            static_cast<Fence*>(self)->allows(action, view_of(first), view_of(second), view_of(database));
        return allowed ? SQLITE_OK : SQLITE_DENY;
    } catch (const std::exception&) {
        return SQLITE_DENY;  // no memory for the reason
    }
}

bool Fence::allows(int action, std::string_view first, std::string_view second, std::string_view database) {
    if (mode_ == Mode::kHost || action == SQLITE_SELECT || action == SQLITE_RECURSIVE) return true;
    if (action == SQLITE_FUNCTION)
        return !is_forbidden_function(second) ||
               refuse("function " + std::string(second) + " is not allowed");
    if (is_row_action(action)) return allows_rows(action, first, second, database);
    if (mode_ == Mode::kMigration) return allows_change_of_schema(action, first, second, database);
    return refuse("only rows of the plugin's own tables may be read and written");
}

bool Fence::allows_rows(int action, std::string_view table, std::string_view column,
                        std::string_view database) {
    // SQLite names no database when a SELECT takes no column of what is written without its
    // schema: then it is a WITH name, unless there is a table of that name.
    if (action == SQLITE_READ && column.empty() && database.empty() && !is_catalog(table) && !is_table(table))
        return true;
    // ALTER TABLE looks there for triggers and views that name the table; none can be made.
    if (mode_ == Mode::kMigration && (action == SQLITE_READ || action == SQLITE_UPDATE) &&
        same_name(database, "temp") && is_catalog(table))
        return true;
    if (is_table(table) && !is_ours(database))
        return refuse("table " + std::string(table) + " is written without its schema: " + schema_ + "." +
                      std::string(table));
    if (!is_ours(database)) return refuse("table " + std::string(table) + " is not in schema " + schema_);
    if (is_catalog(table))
        return mode_ == Mode::kMigration || refuse("table " + std::string(table) + " is SQLite's own");
    if (same_name(table, kMigrationsTable)) return refuse("table migrations is the host's own");
    return true;
}

bool Fence::allows_change_of_schema(int action, std::string_view first, std::string_view second,
                                    std::string_view database) {
    std::string_view table = first;
    switch (action) {
        case SQLITE_CREATE_TABLE:
        case SQLITE_CREATE_VIEW:
        case SQLITE_DROP_TABLE:
        case SQLITE_DROP_VIEW:
        case SQLITE_REINDEX:
        case SQLITE_ANALYZE:
            break;
        case SQLITE_CREATE_INDEX:
        case SQLITE_CREATE_TRIGGER:
        case SQLITE_DROP_INDEX:
        case SQLITE_DROP_TRIGGER:
            table = second;
            break;
        case SQLITE_ALTER_TABLE:
            database = first;
            table = second;
            break;
        default:
            return refuse("only tables, indexes, views and triggers may be made and changed");
    }
    if (!is_ours(database))
        return refuse(std::string(first) + " is not in schema " + schema_ + ": write " + schema_ + ".name");
    if (same_name(table, kMigrationsTable)) return refuse("table migrations is the host's own");
    return true;
}

bool Fence::is_ours(std::string_view database) const noexcept {
    return same_name(database, schema_);
}

bool Fence::is_table(std::string_view name) const noexcept {
    return std::any_of(tables_.begin(), tables_.end(),
                       [&](const std::string& table) { return same_name(table, name); });
}

bool Fence::refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
}

}  // namespace migue::sql
