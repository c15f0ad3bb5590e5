#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "host/config/scalar.hpp"
#include "host/config/yaml.hpp"

namespace migue::host::config {
namespace {

nlohmann::ordered_json scalar_value(const Node& node) {
    const std::string& text = node.scalar();
    if (node.quoted()) return text;
    const PlainScalar scalar = read_plain_scalar(text);
    switch (scalar.kind) {
        case PlainScalar::Kind::kBoolean:
            return scalar.boolean;
        case PlainScalar::Kind::kInteger:
            return scalar.integer;
        case PlainScalar::Kind::kUnsigned:
            return scalar.whole;
        case PlainScalar::Kind::kNumber:
            return scalar.number;
        // A variable's value is typed only where nothing can be lost: the rest stays text.
        default:
            return text;
    }
}

nlohmann::ordered_json value_of(const Node& node) {
    switch (node.kind()) {
        case Node::Kind::kNull:
            return nullptr;
        case Node::Kind::kScalar:
            return scalar_value(node);
        case Node::Kind::kSequence: {
            auto items = nlohmann::ordered_json::array();
            for (const Node& item : node.items()) items.push_back(value_of(item));
            return items;
        }
        case Node::Kind::kMap:
            break;
    }
    nlohmann::ordered_json::object_t members;
    // Keys are unique already; the usual way in would look each one up among all others.
    for (const auto& [key, member] : node.members()) members.emplace_back(key, value_of(member));
    return members;
}

/// A key may hold line ends and terminal commands; a fault is one line of text.
std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        line += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
    }
    return line;
}

std::string unescape_pointer(std::string_view step) {
    std::string plain;
    for (std::size_t i = 0; i < step.size(); ++i) {
        const bool is_escape =
            step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
        plain += !is_escape ? step[i] : step[i + 1] == '0' ? '~' : '/';
        if (is_escape) ++i;
    }
    return plain;
}

const Node* child_named(const Node& node, const std::string& step) {
    if (node.kind() == Node::Kind::kMap) return node.find(step);
    if (node.kind() != Node::Kind::kSequence) return nullptr;
    std::size_t index = 0;
    const char* end = step.data() + step.size();
    const auto [parsed, error] = std::from_chars(step.data(), end, index);
    if (error != std::errc() || parsed != end || index >= node.items().size()) return nullptr;
    return &node.items()[index];
}

}  // namespace

const Node* Node::find(std::string_view key) const noexcept {
    for (const auto& [name, member] : members_) {
        if (name == key) return &member;
    }
    return nullptr;
}

const Node& Node::at_pointer(std::string_view pointer) const noexcept {
    const Node* node = this;
    while (pointer.starts_with('/')) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        const Node* child = child_named(*node, unescape_pointer(pointer.substr(0, end)));
        if (child == nullptr) break;
        node = child;
        pointer.remove_prefix(end);
    }
    return *node;
}

std::string Node::to_json() const {
    return value_of(*this).dump();
}

std::string Place::text() const {
    return fmt::format("{}:{}:{}", file, line, column);
}

void Faults::add(const Place& place, std::string what) {
    lines_.push_back(fmt::format("{}: {}", place.text(), one_line(what)));
}

Error Faults::error() const {
    return {Error::Code::kConfig, fmt::format("{}", fmt::join(lines_, "\n"))};
}

}  // namespace migue::host::config
