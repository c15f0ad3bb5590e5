#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migue::host::postgres {

/// One parameter of a statement: text as Postgres reads it, or NULL.
class Value {
public:
    Value(std::nullptr_t) {}                                // NOLINT(*-explicit-*)
    Value(std::nullopt_t) {}                                // NOLINT(*-explicit-*)
    Value(std::string text) : text_(std::move(text)) {}     // NOLINT(*-explicit-*)
    Value(std::string_view text) : text_(text) {}           // NOLINT(*-explicit-*)
    Value(const char* text) : text_(text) {}                // NOLINT(*-explicit-*)
    Value(bool value) : text_(value ? "true" : "false") {}  // NOLINT(*-explicit-*)
    template <std::integral T>
    Value(T value) : text_(std::to_string(value)) {}  // NOLINT(*-explicit-*)
    Value(double value);                              // NOLINT(*-explicit-*)
    template <typename T>
    Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value(nullptr)) {}  // NOLINT

    /// For `unnest($1::text[])`: one parameter for many rows, however many.
    [[nodiscard]] static Value array(std::span<const std::string> elements);
    [[nodiscard]] static Value array(std::span<const std::int64_t> elements);

    [[nodiscard]] const std::optional<std::string>& text() const noexcept { return text_; }

private:
    std::optional<std::string> text_;
};

using Params = std::vector<Value>;

class Row;

/// What a statement gave, copied out of the connection: stays valid after it.
class Rows {
public:
    struct Column {
        std::string name;
        std::uint32_t type = 0;  ///< Postgres' type oid
    };

    Rows() = default;
    Rows(std::vector<Column> columns, std::size_t changed)
        : columns_(std::move(columns)), changed_(changed) {}
    /// While filling: the next cell, row by row.
    void add(std::optional<std::string_view> cell);
    /// While filling: rows of the same columns.
    void count(std::size_t changed) noexcept { changed_ = changed; }

    [[nodiscard]] std::size_t size() const noexcept {
        return columns_.empty() ? 0 : cells_.size() / columns_.size();
    }
    [[nodiscard]] bool empty() const noexcept { return cells_.empty(); }
    /// Of all cells together.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.size(); }
    /// Rows that INSERT, UPDATE, DELETE (or SELECT) counted.
    [[nodiscard]] std::size_t changed() const noexcept { return changed_; }
    [[nodiscard]] const std::vector<Column>& columns() const noexcept { return columns_; }
    /// Where a column is; there must be one of that name.
    [[nodiscard]] std::size_t column(std::string_view name) const;

    [[nodiscard]] Row operator[](std::size_t row) const;
    [[nodiscard]] Row front() const;

    class Iterator;
    [[nodiscard]] Iterator begin() const;
    [[nodiscard]] Iterator end() const;

private:
    friend class Row;
    struct Cell {
        std::size_t offset = 0, size = 0;
        bool is_null = true;
    };
    std::vector<Column> columns_;
    std::vector<Cell> cells_;
    std::string bytes_;
    std::size_t changed_ = 0;
};

/// A view of one row; the Rows must outlive it. Columns by place or by name. NULL reads as "",
/// 0, false; a cell that is no number where one is asked for is a bug and throws.
class Row {
public:
    Row(const Rows& rows, std::size_t row) : rows_(&rows), row_(row) {}

    [[nodiscard]] bool is_null(std::size_t column) const { return cell(column).is_null; }
    [[nodiscard]] std::string_view view(std::size_t column) const;
    [[nodiscard]] std::string text(std::size_t column) const { return std::string(view(column)); }
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] double real(std::size_t column) const;
    [[nodiscard]] bool boolean(std::size_t column) const { return view(column) == "t"; }

    [[nodiscard]] bool is_null(std::string_view name) const { return is_null(rows_->column(name)); }
    [[nodiscard]] std::string_view view(std::string_view name) const { return view(rows_->column(name)); }
    [[nodiscard]] std::string text(std::string_view name) const { return text(rows_->column(name)); }
    [[nodiscard]] std::int64_t integer(std::string_view name) const { return integer(rows_->column(name)); }
    [[nodiscard]] double real(std::string_view name) const { return real(rows_->column(name)); }
    [[nodiscard]] bool boolean(std::string_view name) const { return boolean(rows_->column(name)); }

private:
    [[nodiscard]] const Rows::Cell& cell(std::size_t column) const;
    const Rows* rows_;
    std::size_t row_;
};

class Rows::Iterator {
public:
    Iterator(const Rows& rows, std::size_t row) : rows_(&rows), row_(row) {}
    Row operator*() const { return {*rows_, row_}; }
    Iterator& operator++() {
        ++row_;
        return *this;
    }
    bool operator!=(const Iterator& other) const { return row_ != other.row_; }

private:
    const Rows* rows_;
    std::size_t row_;
};

inline Row Rows::operator[](std::size_t row) const {
    return {*this, row};
}
inline Row Rows::front() const {
    return {*this, 0};
}
inline Rows::Iterator Rows::begin() const {
    return {*this, 0};
}
inline Rows::Iterator Rows::end() const {
    return {*this, size()};
}

}  // namespace migue::host::postgres
