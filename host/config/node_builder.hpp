#pragma once
#include <yaml-cpp/eventhandler.h>

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/config/source_text.hpp"
#include "host/config/yaml.hpp"

namespace migue::host::config {

/// Builds the Node tree from yaml-cpp's events, and finds what yaml-cpp lets pass: it looks
/// at the source text where each event says it begins.
class NodeBuilder final : public YAML::EventHandler {
public:
    /// Thrown through yaml-cpp to stop it before its recursion grows, or when the faults are
    /// too many to be read. The reason is noted.
    struct Stop {};

    NodeBuilder(const SourceText& source, const Variables& variables)
        : source_(source), variables_(variables) {}

    void add_fault(std::size_t offset, std::string what);
    /// Forgets the faults from `offset` on: they come from something unfinished there.
    void drop_faults_from(std::size_t offset);
    [[nodiscard]] bool has_faults() const noexcept { return !faults_.empty(); }
    [[nodiscard]] bool has_fault_in_line_of(std::size_t offset) const;
    [[nodiscard]] Error error() const;

    /// Where the innermost [ or { that is still open was written; npos when none is.
    [[nodiscard]] std::size_t open_bracket() const noexcept;
    /// Where the innermost map or sequence that is still open begins; npos when none is.
    [[nodiscard]] std::size_t open_collection() const noexcept;
    [[nodiscard]] std::size_t last_offset() const noexcept { return last_offset_; }  ///< of the last event
    [[nodiscard]] Node take_root();

    void OnDocumentStart(const YAML::Mark& mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override { close(); }

private:
    struct Frame {
        Node node;
        std::size_t offset = 0;
        bool is_key = false;                          ///< it stands where a key should
        std::unordered_map<std::string, Place> keys;  ///< of a map, each with its place
        bool has_key = false;                         ///< the next event is this key's value
        bool is_dropped = false;                      ///< that value has no good key
        std::string key;
        Place key_place;
    };

    std::size_t note(const YAML::Mark& mark);
    [[nodiscard]] bool wants_key() const noexcept;
    void check_decorations(std::size_t offset, const std::string& tag, YAML::anchor_t anchor);
    void check_quoted(std::size_t offset);
    void check_plain(std::size_t offset, std::string_view text);
    void check_indentation(std::size_t offset);
    void check_colon(std::size_t offset, std::string_view value);
    void open(Node::Kind kind, std::size_t offset);
    void close();
    void take_key(std::size_t offset, const std::string& value);
    void drop_next_value();
    void attach(Node node);
    [[nodiscard]] Node make_scalar(std::size_t offset, const std::string& value);

    const SourceText& source_;
    const Variables& variables_;
    std::vector<std::pair<std::size_t, std::string>> faults_;
    bool has_more_faults_ = false;
    std::vector<Frame> frames_;
    Node root_;
    std::size_t document_ = 0;
    std::size_t last_offset_ = 0;
};

}  // namespace migue::host::config
