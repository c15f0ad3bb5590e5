#include <fmt/format.h>

#include <algorithm>

#include "host/config/scalar.hpp"
#include "host/config/yaml.hpp"

namespace migue::host::config {
namespace {

std::string_view name_of(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::kNull:
            return "empty";
        case Node::Kind::kScalar:
            return "a single value";
        case Node::Kind::kSequence:
            return "a list";
        case Node::Kind::kMap:
            break;
    }
    return "a map";
}

std::string wrong_kind(std::string_view key, const Node& node, std::string_view expected) {
    return fmt::format("\"{}\" is {}, expected {}", key, name_of(node.kind()), expected);
}

PlainScalar plain_value(const Node& node) {
    if (node.kind() != Node::Kind::kScalar || node.quoted()) return {};
    return read_plain_scalar(node.scalar());
}

}  // namespace

MapReader::MapReader(const Node& node, Faults& faults) : node_(node), faults_(faults) {
    if (node.kind() == Node::Kind::kMap || node.kind() == Node::Kind::kNull) return;
    faults_.add(node.place(), fmt::format("this is {}, expected \"key: value\" lines", name_of(node.kind())));
}

const Node* MapReader::take(std::string_view key) {
    asked_.emplace_back(key);
    return node_.find(key);
}

const Node* MapReader::child(std::string_view key) {
    return take(key);
}

const Node* MapReader::required(std::string_view key) {
    const Node* found = take(key);
    const bool is_map = node_.kind() == Node::Kind::kMap || node_.kind() == Node::Kind::kNull;
    if (found == nullptr && is_map) {
        const bool has_key = node_.key_place().line > 0;
        faults_.add(has_key ? node_.key_place() : node_.place(),
                    fmt::format("the key \"{}\" is missing, expected it here", key));
    }
    return found;
}

std::string MapReader::text(std::string_view key) {
    const Node* found = required(key);
    if (found == nullptr) return {};
    if (found->kind() == Node::Kind::kScalar) return found->scalar();
    faults_.add(found->place(), wrong_kind(key, *found, "a text"));
    return {};
}

std::string MapReader::text(std::string_view key, std::string_view otherwise) {
    const Node* found = take(key);
    if (found == nullptr) return std::string(otherwise);
    if (found->kind() == Node::Kind::kScalar) return found->scalar();
    faults_.add(found->place(), wrong_kind(key, *found, "a text"));
    return std::string(otherwise);
}

std::int64_t MapReader::integer(std::string_view key, std::int64_t otherwise, std::int64_t min,
                                std::int64_t max) {
    const Node* found = take(key);
    if (found == nullptr) return otherwise;
    const PlainScalar value = plain_value(*found);
    if (value.kind == PlainScalar::Kind::kInteger && value.integer >= min && value.integer <= max)
        return value.integer;
    const bool is_number =
        value.kind == PlainScalar::Kind::kInteger || value.kind == PlainScalar::Kind::kUnsigned;
    faults_.add(found->place(), fmt::format("\"{}\" is {}, expected a whole number from {} to {}", key,
                                            is_number ? "out of range" : "no whole number", min, max));
    return otherwise;
}

double MapReader::number(std::string_view key, double otherwise, double min, double max) {
    const Node* found = take(key);
    if (found == nullptr) return otherwise;
    const PlainScalar value = plain_value(*found);
    const bool is_integer = value.kind == PlainScalar::Kind::kInteger;
    const bool is_number = is_integer || value.kind == PlainScalar::Kind::kNumber;
    const double number = is_integer ? static_cast<double>(value.integer) : value.number;
    if (is_number && number >= min && number <= max) return number;
    faults_.add(found->place(), fmt::format("\"{}\" is {}, expected a number from {} to {}", key,
                                            is_number ? "out of range" : "no number", min, max));
    return otherwise;
}

bool MapReader::boolean(std::string_view key, bool otherwise) {
    const Node* found = take(key);
    if (found == nullptr) return otherwise;
    const PlainScalar value = plain_value(*found);
    if (value.kind == PlainScalar::Kind::kBoolean) return value.boolean;
    faults_.add(found->place(), fmt::format("\"{}\" is no yes-or-no, expected true or false", key));
    return otherwise;
}

std::vector<std::string> MapReader::texts(std::string_view key) {
    const Node* found = take(key);
    if (found == nullptr) return {};
    if (found->kind() != Node::Kind::kSequence) {
        faults_.add(found->place(), wrong_kind(key, *found, "a list of texts"));
        return {};
    }
    std::vector<std::string> result;
    for (const Node& item : found->items()) {
        if (item.kind() == Node::Kind::kScalar) {
            result.push_back(item.scalar());
        } else {
            faults_.add(item.place(),
                        fmt::format("an entry of \"{}\" is {}, expected a text", key, name_of(item.kind())));
        }
    }
    return result;
}

void MapReader::done() {
    for (const auto& [key, member] : node_.members()) {
        if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
        const std::string near = nearest(key, asked_);
        const std::string hint = near.empty() ? fmt::format("expected one of: {}", fmt::join(asked_, ", "))
                                              : fmt::format("did you mean \"{}\"?", near);
        faults_.add(member.key_place(), fmt::format("unknown key \"{}\", {}", key, hint));
    }
}

}  // namespace migue::host::config
