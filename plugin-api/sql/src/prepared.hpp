#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "migue/cpp/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace migue::sql {

/// One statement of a plugin, prepared and checked: one statement, an allowed verb, all of
/// its parameters $1 to $n.
class Prepared {
public:
    /// `refusal` is what the fence says when SQLite answers that access was denied.
    [[nodiscard]] static Result<std::shared_ptr<Prepared>> make(sqlite3* connection, std::string_view text,
                                                                const std::string& refusal);
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;
    ~Prepared() = default;

    [[nodiscard]] bool reads_only() const noexcept;
    /// Binds by name; `params` must live until reset(). Names no value in its error.
    [[nodiscard]] Result<void> bind(const nlohmann::json& params);
    void reset() noexcept;
    [[nodiscard]] sqlite3_stmt* raw() const noexcept { return raw_.get(); }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* raw) const noexcept;
    };
    explicit Prepared(sqlite3_stmt* raw) noexcept : raw_(raw) {}
    [[nodiscard]] Result<void> read_parameters();

    std::unique_ptr<sqlite3_stmt, Finalize> raw_;
    std::vector<std::size_t> parameters_;  ///< for each of SQLite's slots, from 0: n - 1 of its $n
};

/// The statements used last, by text. Those handed out live on when they are pushed out.
class PreparedCache {
public:
    explicit PreparedCache(std::size_t capacity) noexcept : capacity_(capacity) {}

    [[nodiscard]] std::shared_ptr<Prepared> find(const std::string& text);
    void add(const std::string& text, std::shared_ptr<Prepared> statement);
    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

private:
    struct Entry {
        std::string text;
        std::shared_ptr<Prepared> statement;
    };
    const std::size_t capacity_;
    std::list<Entry> order_;  ///< used last in front
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_text_;
};

}  // namespace migue::sql
