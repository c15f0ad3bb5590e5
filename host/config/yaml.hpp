#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"

/// Strict YAML: the plain part of YAML that people mean. One document; block and flow
/// mappings, sequences and scalars. Anchors, aliases, tags, duplicate keys, merge keys,
/// several documents, text after the document, unterminated quotes, tabs as indentation,
/// and numbers that other readers take for octal ("010") are errors with their place.
/// So is what looks like a slip: a key without its colon, an empty entry between commas, a
/// value that is not indented below its key, a text that does not end in its line (a long one
/// is written with | or >).
namespace migue::host::config {

struct Place {
    std::string file;
    std::size_t line = 0;                    ///< from 1
    std::size_t column = 0;                  ///< from 1
    [[nodiscard]] std::string text() const;  ///< "file:line:col"
};

/// Collects every fault of a file, so that all are told at once.
class Faults {
public:
    void add(const Place& place, std::string what);
    [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    /// All of them as one kConfig error, one a line.
    [[nodiscard]] Error error() const;

private:
    std::vector<std::string> lines_;
};

/// One value of a document. Values, not references: copying shares the tree.
class Node {
public:
    enum class Kind { kNull = 1, kScalar, kSequence, kMap };

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] const Place& place() const noexcept { return place_; }
    [[nodiscard]] const Place& key_place() const noexcept { return key_place_; }  ///< of its key, in a map
    [[nodiscard]] bool quoted() const noexcept { return quoted_; }
    /// Part of it came from a ${NAME}: it may be a secret, so it never goes into a message.
    [[nodiscard]] bool from_variable() const noexcept { return from_variable_; }
    [[nodiscard]] const std::string& scalar() const noexcept { return scalar_; }
    [[nodiscard]] const std::vector<Node>& items() const noexcept { return items_; }
    [[nodiscard]] const std::vector<std::pair<std::string, Node>>& members() const noexcept {
        return members_;
    }
    /// The member with this key, or nullptr.
    [[nodiscard]] const Node* find(std::string_view key) const noexcept;
    /// The node a JSON pointer ("/model/url") names; the nearest enclosing one if it is absent.
    [[nodiscard]] const Node& at_pointer(std::string_view pointer) const noexcept;
    /// The value as JSON text. Plain scalars become null, true/false, integers or doubles
    /// by YAML 1.2's core schema; quoted ones strings.
    [[nodiscard]] std::string to_json() const;

private:
    friend class NodeBuilder;
    Kind kind_ = Kind::kNull;
    bool quoted_ = false;
    bool from_variable_ = false;
    Place place_, key_place_;
    std::string scalar_;
    std::vector<Node> items_;
    std::vector<std::pair<std::string, Node>> members_;
};

/// Where ${NAME} comes from; the environment in production. nullopt-like: returns false when absent.
using Variables = std::function<bool(std::string_view name, std::string& value)>;
[[nodiscard]] Variables environment();

/// Parses text. `${NAME}` inside scalars is replaced from `variables`; "$${" stands for "${".
/// Depth at most 32, size at most 16 MiB. The error holds every fault found.
[[nodiscard]] Result<Node> parse_yaml(std::string_view text, std::string_view file,
                                      const Variables& variables);
[[nodiscard]] Result<Node> read_yaml(const std::filesystem::path& file,
                                     const Variables& variables = environment());

/// Reads the members of one map: typed values, required and optional; unknown keys are
/// faults with "did you mean …?". Every fault goes to `faults`, reading goes on.
///
///     MapReader map(node, faults);
///     settings.path = map.text("path", "/webhook");
///     if (const Node* tls = map.child("tls")) …
///     map.done();   // reports the keys nobody asked for
class MapReader {
public:
    MapReader(const Node& node, Faults& faults);
    [[nodiscard]] std::string text(std::string_view key);  ///< required
    [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise);
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t otherwise, std::int64_t min,
                                       std::int64_t max);
    [[nodiscard]] double number(std::string_view key, double otherwise, double min, double max);
    [[nodiscard]] bool boolean(std::string_view key, bool otherwise);
    [[nodiscard]] std::vector<std::string> texts(
        std::string_view key);                                 ///< a sequence of scalars; absent: none
    [[nodiscard]] const Node* child(std::string_view key);     ///< absent: nullptr
    [[nodiscard]] const Node* required(std::string_view key);  ///< absent: a fault and nullptr
    void done();

private:
    const Node* take(std::string_view key);
    const Node& node_;
    Faults& faults_;
    std::vector<std::string> asked_;
};

/// The candidate nearest to `word`, or "" when none is near (for "did you mean").
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace migue::host::config
