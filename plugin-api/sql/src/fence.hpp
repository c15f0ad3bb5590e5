#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;

namespace migue::sql {

/// What a plugin's SQL may touch: its own schema, asked about by SQLite for every access of
/// a statement while that is prepared. Not thread-safe: guarded like its connection.
class Fence {
public:
    enum class Mode {
        kHost = 1,   ///< our own statements: everything
        kStatement,  ///< rows of the plugin's tables
        kMigration,  ///< also tables, indexes, views and triggers of its schema
    };

    Fence(sqlite3* connection, std::string schema);
    Fence(const Fence&) = delete;
    Fence& operator=(const Fence&) = delete;
    ~Fence();

    /// The tables of the schema, so that one written without it is recognised.
    void set_tables(std::vector<std::string> names) { tables_ = std::move(names); }

    /// What was refused last in this scope, or "".
    [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

    /// Sets the mode for a while.
    class [[nodiscard]] Scope {
    public:
        Scope(Fence& fence, Mode mode) : fence_(fence), before_(std::exchange(fence.mode_, mode)) {
            fence.refusal_.clear();
        }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        ~Scope() { fence_.mode_ = before_; }

    private:
        Fence& fence_;
        const Mode before_;
    };

private:
    static int ask(void* self, int action, const char* first, const char* second, const char* database,
                   const char* trigger) noexcept;
    [[nodiscard]] bool allows(int action, std::string_view first, std::string_view second,
                              std::string_view database);
    [[nodiscard]] bool allows_rows(int action, std::string_view table, std::string_view column,
                                   std::string_view database);
    [[nodiscard]] bool allows_change_of_schema(int action, std::string_view first, std::string_view second,
                                               std::string_view database);
    [[nodiscard]] bool is_ours(std::string_view database) const noexcept;
    [[nodiscard]] bool is_table(std::string_view name) const noexcept;
    bool refuse(std::string why);

    sqlite3* const connection_;
    const std::string schema_;
    std::vector<std::string> tables_;
    Mode mode_ = Mode::kHost;
    std::string refusal_;
};

}  // namespace migue::sql
