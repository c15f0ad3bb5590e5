#include "host/config/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <fstream>
#include <sstream>

#include "host/config/node_builder.hpp"
#include "host/config/source_text.hpp"
#include "host/config/syntax_fault.hpp"

namespace migue::host::config {
namespace {

constexpr std::size_t kMaxSize = 16u << 20;

/// Indentation by tabs, which readers count differently, and directives, which yaml-cpp skips
/// wherever they are, so that a line like "%key: value" would be lost.
void check_lines(const SourceText& source, NodeBuilder& builder) {
    const std::string& text = source.text();
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::size_t content = begin;
        std::size_t tab = end;
        while (content < end && std::string_view(" \t-").find(text[content]) != std::string_view::npos) {
            if (text[content] == '-' && source.at(content + 1) != ' ' && source.at(content + 1) != '\t')
                break;
            if (text[content] == '\t') tab = std::min(tab, content);
            ++content;
        }
        if (text[begin] == '%') {
            builder.add_fault(begin, "a line that begins with '%' (a YAML directive), expected none");
        }
        const bool is_blank = content == end || text[content] == '#';
        if (!is_blank && tab < end) builder.add_fault(tab, "a tab in the indentation, expected spaces");
        begin = end + 1;
    }
}

/// Tells only whether and where another document begins.
class SecondDocument final : public YAML::EventHandler {
public:
    std::optional<std::size_t> offset;

    void OnDocumentStart(const YAML::Mark& mark) override { offset = static_cast<std::size_t>(mark.pos); }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

/// Exactly two documents are asked for: on input such as "," yaml-cpp gives empty documents
/// without end, and never reads on.
void run_parser(const SourceText& source, NodeBuilder& builder) {
    std::istringstream stream(source.text());
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return;
    SecondDocument second;
    try {
        parser.HandleNextDocument(second);
    } catch (const YAML::Exception& exception) {
        if (!second.offset) second.offset = static_cast<std::size_t>(std::max(exception.mark.pos, 0));
    }
    if (second.offset) {
        builder.add_fault(*second.offset,
                          "text after the end of the document, expected one document and nothing else");
    }
}

Error one_fault(const Place& place, std::string what) {
    Faults faults;
    faults.add(place, std::move(what));
    return faults.error();
}

}  // namespace

Result<Node> parse_yaml(std::string_view text, std::string_view file, const Variables& variables) {
    if (text.size() > kMaxSize) {
        return one_fault({std::string(file), 1, 1},
                         fmt::format("too long, expected at most {} bytes", kMaxSize));
    }
    const SourceText source(plain_lines(text), file);
    if (const auto bad = find_bad_byte(source.text())) return one_fault(source.place(bad->offset), bad->what);
    NodeBuilder builder(source, variables);
    check_lines(source, builder);
    try {
        run_parser(source, builder);
    } catch (const NodeBuilder::Stop&) {
        // The builder has said where.
    } catch (const YAML::Exception& exception) {
        add_syntax_fault(exception, source, builder);
    }
    if (builder.has_faults()) return builder.error();
    return builder.take_root();
}

Result<Node> read_yaml(const std::filesystem::path& file, const Variables& variables) {
    const auto cannot = [&file](std::string_view why) {
        return Error{Error::Code::kConfig, fmt::format("{}: {}, expected a YAML file", file.string(), why)};
    };
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return cannot("there is no such file");
    if (std::filesystem::is_directory(file, error)) return cannot("this is a directory");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return cannot("it cannot be opened for reading");
    std::string text;
    std::array<char, 64 * 1024> piece{};
    // At most one piece more than allowed: a device or pipe without end is refused, not read.
    while (stream && text.size() <= kMaxSize) {
        stream.read(piece.data(), piece.size());
        text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad()) return cannot("it cannot be read");
    return parse_yaml(text, file.string(), variables);
}

}  // namespace migue::host::config
