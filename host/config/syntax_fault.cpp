#include "host/config/syntax_fault.hpp"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <string_view>

namespace migue::host::config {
namespace {

struct Wording {
    std::string_view yaml_cpp;  ///< how its message begins
    std::string_view ours;
};

const Wording kWordings[] = {
    {YAML::ErrorMsg::MAP_VALUE,
     "a ':' that cannot be here, expected one \"key: value\" a line, and quotes around a text with \": \" in "
     "it"},
    {YAML::ErrorMsg::MAP_KEY, "a key that cannot be here, expected it on its own line"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a '-' that cannot be here, expected each list entry on its own line"},
    {YAML::ErrorMsg::FLOW_END, "a closing bracket that does not fit, expected the one that was opened last"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "a text cannot begin with this character, expected quotes around it"},
    {YAML::ErrorMsg::INVALID_ESCAPE,
     "an unknown escape behind '\\', expected one such as \\n \\t \\\" \\\\ \\u00e9, or single quotes"},
    {YAML::ErrorMsg::INVALID_HEX, "a broken escape, expected hexadecimal digits such as \\u00e9"},
    {YAML::ErrorMsg::INVALID_UNICODE, "an escape that is no character, expected a Unicode code point"},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation, expected spaces"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "an alias (*name), expected the value itself"},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, "a text cannot begin with '*', expected quotes around it"},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, "a text cannot begin with '&', expected quotes around it"},
    {YAML::ErrorMsg::CHAR_IN_ALIAS, "an alias (*name), expected the value itself"},
    {YAML::ErrorMsg::CHAR_IN_ANCHOR, "an anchor (&name), expected the value itself"},
    {YAML::ErrorMsg::MULTIPLE_ANCHORS, "an anchor (&name), expected the value itself"},
    {YAML::ErrorMsg::ALIAS_CONTENT, "an alias (*name), expected the value itself"},
    {YAML::ErrorMsg::MULTIPLE_TAGS, "a tag (!name), expected the value itself"},
    {YAML::ErrorMsg::TAG_WITH_NO_SUFFIX, "a tag (!name), expected the value itself"},
    {YAML::ErrorMsg::END_OF_VERBATIM_TAG, "a tag (!name), expected the value itself"},
    {YAML::ErrorMsg::CHAR_IN_TAG_HANDLE, "a tag (!name), expected the value itself"},
    {YAML::ErrorMsg::DOC_IN_SCALAR, "a line of --- or ... inside a quoted text, expected the closing quote"},
    {YAML::ErrorMsg::CHAR_IN_BLOCK, "text behind | or >, expected it on the next line"},
    {YAML::ErrorMsg::ZERO_INDENT_IN_BLOCK,
     "an indentation of zero behind | or >, expected 1 to 9 or nothing"},
};

std::string wording_of(const std::string& message) {
    for (const Wording& wording : kWordings) {
        if (std::string_view(message).starts_with(wording.yaml_cpp)) return std::string(wording.ours);
    }
    return fmt::format("not readable as YAML ({}), expected \"key: value\" lines", message);
}

bool is_any_of(const std::string& message, std::initializer_list<const char*> candidates) {
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](const char* text) { return message == text; });
}

bool is_at_end(const SourceText& source, std::size_t offset) {
    return source.text().find_first_not_of(" \t\n", offset) == std::string::npos;
}

void add_open_bracket(std::size_t offset, const SourceText& source, NodeBuilder& builder) {
    const std::size_t bracket = builder.open_bracket();
    if (bracket == std::string::npos) return builder.add_fault(offset, "the end of the file inside brackets");
    const char open = source.at(bracket);
    if (is_at_end(source, offset)) {
        // What follows the bracket is unfinished, so what was found there says nothing.
        builder.drop_faults_from(bracket);
        return builder.add_fault(bracket, fmt::format("a '{}' that is never closed, expected '{}'", open,
                                                      open == '[' ? ']' : '}'));
    }
    // In a later line, the bracket was most likely forgotten, and what seemed wrong since is not.
    if (source.place(offset).line != source.place(bracket).line) builder.drop_faults_from(bracket);
    if (builder.has_fault_in_line_of(offset)) return;
    if (source.at(offset) == '{' && offset > 0 && source.at(offset - 1) == '$') {
        return builder.add_fault(offset - 1,
                                 "a variable inside brackets, expected quotes around it: \"${NAME}\"");
    }
    builder.add_fault(offset,
                      fmt::format("text that does not belong here, expected ',' or '{}' for the '{}' at {}",
                                  open == '[' ? ']' : '}', open, source.brief(bracket)));
}

void add_end_of_block(std::size_t offset, const SourceText& source, NodeBuilder& builder) {
    const std::size_t begin = builder.open_collection();
    if (begin == std::string::npos)
        return builder.add_fault(offset, "text that does not belong here, expected none");
    const bool is_list = source.at(begin) == '-';
    builder.add_fault(offset,
                      fmt::format("text that does not fit, expected {} in column {}, like the one at {}",
                                  is_list ? "a '- ' entry" : "\"key: value\"", source.place(begin).column,
                                  source.brief(begin)));
}

}  // namespace

void add_syntax_fault(const YAML::Exception& exception, const SourceText& source, NodeBuilder& builder) {
    const std::size_t offset = static_cast<std::size_t>(std::max(exception.mark.pos, 0));
    const std::string& message = exception.msg;
    if (const auto quote = source.find_open_quote(builder.last_offset())) {
        if (message == YAML::ErrorMsg::EOF_IN_SCALAR || *quote <= offset) {
            if (builder.has_fault_in_line_of(*quote)) return;
            return builder.add_fault(
                *quote,
                "a quoted text that does not end in its line, expected the closing quote "
                "(use | or > for more lines)");
        }
    }
    if (is_any_of(message, {YAML::ErrorMsg::END_OF_MAP_FLOW, YAML::ErrorMsg::END_OF_SEQ_FLOW})) {
        return add_open_bracket(offset, source, builder);
    }
    if (builder.has_fault_in_line_of(offset)) return;
    if (is_any_of(message, {YAML::ErrorMsg::END_OF_MAP, YAML::ErrorMsg::END_OF_SEQ})) {
        return add_end_of_block(offset, source, builder);
    }
    builder.add_fault(offset, wording_of(message));
}

}  // namespace migue::host::config
