#include "host/store/postgres/rows.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

namespace migue::host::postgres {

namespace {

template <typename T>
T number(std::string_view text, const std::string& column) {
    T value{};
    if (text.empty()) return value;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size())
        throw std::logic_error("column " + column + " is no number");
    return value;
}

}  // namespace

Value::Value(double value) : text_(fmt::format("{}", value)) {}

Value Value::array(std::span<const std::string> elements) {
    std::string text = "{";
    for (const std::string& element : elements) {
        if (text.size() > 1) text += ',';
        text += '"';
        for (const char c : element) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text + "}";
}

Value Value::array(std::span<const std::int64_t> elements) {
    std::string text = "{";
    for (const std::int64_t element : elements) {
        if (text.size() > 1) text += ',';
        text += std::to_string(element);
    }
    return text + "}";
}

void Rows::add(std::optional<std::string_view> cell) {
    cells_.push_back({bytes_.size(), cell ? cell->size() : 0, !cell});
    if (cell) bytes_ += *cell;
}

std::size_t Rows::column(std::string_view name) const {
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (columns_[i].name == name) return i;
    throw std::logic_error(fmt::format("the statement gives no column {}", name));
}

const Rows::Cell& Row::cell(std::size_t column) const {
    return rows_->cells_.at(row_ * rows_->columns_.size() + column);
}

std::string_view Row::view(std::size_t column) const {
    const Rows::Cell& found = cell(column);
    return std::string_view(rows_->bytes_).substr(found.offset, found.size);
}

std::int64_t Row::integer(std::size_t column) const {
    return number<std::int64_t>(view(column), rows_->columns()[column].name);
}

double Row::real(std::size_t column) const {
    return number<double>(view(column), rows_->columns()[column].name);
}

}  // namespace migue::host::postgres
