#include "host/config/node_builder.hpp"

#include <fmt/format.h>
#include <yaml-cpp/mark.h>

#include <algorithm>

#include "host/config/scalar.hpp"
#include "host/config/variables.hpp"

namespace migue::host::config {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxFaults = 100;

bool is_quote(char c) {
    return c == '"' || c == '\'';
}

std::string shown(std::string_view key) {
    constexpr std::size_t kLongest = 60;
    if (key.size() <= kLongest) return std::string(key);
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xC0) == 0x80) --end;  // not inside a character
    return std::string(key.substr(0, end)) + "…";
}

}  // namespace

void NodeBuilder::drop_faults_from(std::size_t offset) {
    std::erase_if(faults_, [offset](const auto& fault) { return fault.first >= offset; });
}

bool NodeBuilder::has_fault_in_line_of(std::size_t offset) const {
    const auto [begin, end] = source_.line_around(offset);
    return std::any_of(faults_.begin(), faults_.end(), [begin = begin, end = end](const auto& fault) {
        return fault.first >= begin && fault.first < end;
    });
}

void NodeBuilder::add_fault(std::size_t offset, std::string what) {
    if (faults_.size() < kMaxFaults) {
        faults_.emplace_back(offset, std::move(what));
    } else {
        has_more_faults_ = true;
    }
}

Error NodeBuilder::error() const {
    auto sorted = faults_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Faults faults;
    for (const auto& [offset, what] : sorted) faults.add(source_.place(offset), what);
    if (has_more_faults_) {
        faults.add(source_.place(sorted.back().first), "and more faults, not listed, expected none");
    }
    return faults.error();
}

std::size_t NodeBuilder::open_bracket() const noexcept {
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
        const char begin = source_.at(frame->offset);
        // An unfinished last entry shows up as a map that begins at an inner bracket's place.
        const bool is_own = begin == (frame->node.kind_ == Node::Kind::kMap ? '{' : '[');
        if (is_own) return frame->offset;
    }
    return std::string::npos;
}

std::size_t NodeBuilder::open_collection() const noexcept {
    return frames_.empty() ? std::string::npos : frames_.back().offset;
}

Node NodeBuilder::take_root() {
    if (root_.place_.line == 0) root_.place_ = source_.place(document_);
    return std::move(root_);
}

void NodeBuilder::OnDocumentStart(const YAML::Mark& mark) {
    document_ = note(mark);
}

void NodeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const std::size_t offset = note(mark);
    check_decorations(offset, "", anchor);
    if (wants_key()) {
        add_fault(offset, "a value without a key, expected a word or a quoted text as its key");
        return drop_next_value();
    }
    Node node;
    const bool is_entry = !frames_.empty() && frames_.back().node.kind_ == Node::Kind::kSequence;
    const char next = source_.at(offset);
    if (is_entry && (next == ',' || next == ']')) {
        add_fault(offset, "an empty entry between commas, expected a value");
    }
    // yaml-cpp places an absent value at the next token; people look for it at its key.
    const bool is_value = !frames_.empty() && !is_entry;
    node.place_ = is_value ? frames_.back().key_place : source_.place(offset);
    attach(std::move(node));
}

void NodeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
    const std::size_t offset = note(mark);
    add_fault(offset, "an alias (*name), expected the value itself");
    if (wants_key()) return drop_next_value();
    attach(Node());
}

void NodeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
    const std::size_t offset = note(mark);
    check_decorations(offset, tag, anchor);
    if (is_quote(source_.at(offset))) check_quoted(offset);
    if (wants_key()) return take_key(offset, value);
    attach(make_scalar(offset, value));
}

void NodeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
    const std::size_t offset = note(mark);
    check_decorations(offset, tag, anchor);
    open(Node::Kind::kSequence, offset);
}

void NodeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
    const std::size_t offset = note(mark);
    check_decorations(offset, tag, anchor);
    if (open_bracket() != std::string::npos && source_.at(offset) != '{') {
        add_fault(offset, "a key and value among list entries, expected { } around them");
    }
    open(Node::Kind::kMap, offset);
}

std::size_t NodeBuilder::note(const YAML::Mark& mark) {
    if (has_more_faults_) throw Stop();
    last_offset_ = static_cast<std::size_t>(std::max(mark.pos, 0));
    return last_offset_;
}

bool NodeBuilder::wants_key() const noexcept {
    return !frames_.empty() && frames_.back().node.kind_ == Node::Kind::kMap && !frames_.back().has_key;
}

void NodeBuilder::check_decorations(std::size_t offset, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) add_fault(offset, "an anchor (&name), expected the value itself");
    const char begin = source_.at(offset);
    const bool is_implied = tag.empty() || tag == "?" ||
                            (tag == "!" && (is_quote(begin) || begin == '|' || begin == '>' || begin == '&'));
    if (!is_implied) add_fault(offset, "a tag (!name), expected the value itself; quotes make a text");
}

void NodeBuilder::check_quoted(std::size_t offset) {
    const auto end = source_.end_of_quoted(offset);
    if (!end) {
        return add_fault(offset,
                         "a quoted text that does not end in its line, expected the closing quote "
                         "(use | or > for more lines)");
    }
    const std::size_t next = source_.skip_blanks(*end);
    const bool is_spaced = next > *end;
    const char c = source_.at(next);
    const bool is_end = next >= source_.text().size() || c == '\n' || (c == '#' && is_spaced);
    if (is_end || c == ':') return;
    if (open_bracket() != std::string::npos && std::string_view(",]}").find(c) != std::string_view::npos)
        return;
    add_fault(next, fmt::format("text behind the closing quote (opened at {}), expected the end of the value",
                                source_.brief(offset)));
}

/// yaml-cpp takes a value anywhere below its key, so a line that slipped to the left would
/// silently become one.
void NodeBuilder::check_indentation(std::size_t offset) {
    if (frames_.empty()) return;
    const Frame& frame = frames_.back();
    const char begin = source_.at(frame.offset);
    const bool is_map = frame.node.kind_ == Node::Kind::kMap;
    if (begin == (is_map ? '{' : '[')) return;
    const std::size_t column = source_.place(offset).column;
    const std::size_t parent = is_map ? frame.key_place.column : frame.node.place_.column;
    const bool is_list_below_key = is_map && source_.at(offset) == '-' && column == parent;
    const char next = source_.at(offset + 1);
    const bool is_dash = next == ' ' || next == '\t' || next == '\n' || next == '\0';
    if (column > parent || (is_list_below_key && is_dash)) return;
    add_fault(offset,
              fmt::format("a value that is not indented, expected it to the right of column {}", parent));
}

void NodeBuilder::check_plain(std::size_t offset, std::string_view text) {
    // A plain text is read as it is written, except where lines were joined.
    if (source_.text().compare(offset, text.size(), text) != 0) {
        return add_fault(offset,
                         "a text that goes on in the next line, expected one line, or | or > before it");
    }
    switch (read_plain_scalar(text).kind) {
        case PlainScalar::Kind::kLeadingZero:
            return add_fault(offset,
                             "a number with a leading zero, which some read as octal; expected it without "
                             "the zero, or in quotes if it is a text");
        case PlainScalar::Kind::kTooBig:
            return add_fault(offset,
                             "a number beyond 64 bits, expected a smaller one, or quotes if it is a text");
        case PlainScalar::Kind::kNotFinite:
            return add_fault(offset,
                             "a number that is not finite, expected a finite one, or quotes if it is a text");
        default:
            return;
    }
}

void NodeBuilder::check_colon(std::size_t offset, std::string_view value) {
    std::size_t end = offset + value.size();  // a plain key is one line, written as it is read
    if (is_quote(source_.at(offset))) {
        const auto closed = source_.end_of_quoted(offset);
        if (!closed) return;  // told by check_quoted
        end = *closed;
    }
    if (source_.before(offset) == '?') return add_fault(offset, "a key behind '?', expected \"key: value\"");
    if (source_.at(source_.skip_blanks(end)) == ':') return;
    add_fault(offset, fmt::format("\"{}\" has no value, expected \"{}: value\"", shown(value), shown(value)));
}

void NodeBuilder::open(Node::Kind kind, std::size_t offset) {
    if (frames_.size() == kMaxDepth) {
        // Unclosed brackets look like keys, level after level: that says nothing more.
        const auto bracket = std::find_if(frames_.begin(), frames_.end(), [this](const Frame& frame) {
            return source_.at(frame.offset) == '[' || source_.at(frame.offset) == '{';
        });
        if (bracket != frames_.end()) drop_faults_from(bracket->offset);
        add_fault(offset, fmt::format("nested too deep, expected at most {} levels", kMaxDepth));
        throw Stop();
    }
    Frame frame;
    frame.is_key = wants_key();
    if (!frame.is_key) check_indentation(offset);
    if (frame.is_key) add_fault(offset, "a list or map as a key, expected a word or a quoted text");
    frame.node.kind_ = kind;
    frame.node.place_ = source_.place(offset);
    frame.offset = offset;
    frames_.push_back(std::move(frame));
}

void NodeBuilder::close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.is_key) return drop_next_value();
    attach(std::move(frame.node));
}

void NodeBuilder::drop_next_value() {
    frames_.back().has_key = frames_.back().is_dropped = true;
}

void NodeBuilder::take_key(std::size_t offset, const std::string& value) {
    Frame& frame = frames_.back();
    frame.has_key = true;
    frame.is_dropped = false;
    frame.key = value;
    frame.key_place = source_.place(offset);
    check_colon(offset, value);
    if (value == "<<" && !is_quote(source_.at(offset))) {
        frame.is_dropped = true;
        return add_fault(offset, "a merge key (<<), expected the keys themselves");
    }
    if (value.find("${") != std::string::npos) {
        add_fault(offset, "a variable in a key, expected variables in values only");
    }
    const auto [first, is_new] = frame.keys.emplace(value, frame.key_place);
    if (is_new) return;
    frame.is_dropped = true;
    add_fault(offset, fmt::format("the key \"{}\" a second time (first at {}:{}), expected each key once",
                                  shown(value), first->second.line, first->second.column));
}

void NodeBuilder::attach(Node node) {
    if (frames_.empty()) {
        root_ = std::move(node);
        return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind_ == Node::Kind::kSequence) {
        frame.node.items_.push_back(std::move(node));
        return;
    }
    frame.has_key = false;
    if (frame.is_dropped) return;
    node.key_place_ = frame.key_place;
    frame.node.members_.emplace_back(std::move(frame.key), std::move(node));
}

Node NodeBuilder::make_scalar(std::size_t offset, const std::string& value) {
    const char begin = source_.at(offset);
    Node node;
    node.kind_ = Node::Kind::kScalar;
    node.place_ = source_.place(offset);
    node.quoted_ = is_quote(begin) || begin == '|' || begin == '>';
    check_indentation(offset);
    const bool is_decorated = begin == '&' || begin == '!';  // refused already
    if (!node.quoted_ && !is_decorated) check_plain(offset, value);
    Replacement replacement = replace_variables(value, variables_);
    for (std::string& fault : replacement.faults) add_fault(offset, std::move(fault));
    node.scalar_ = std::move(replacement.text);
    node.from_variable_ = replacement.is_replaced;
    return node;
}

}  // namespace migue::host::config
