#include "host/plugin_host/json_check.hpp"

#include <simdjson.h>

#include <nlohmann/json.hpp>

namespace migue::host {
namespace {

/// A thread keeps the parser's memory (some twelve bytes a byte of text) for texts up to this.
constexpr std::size_t kMostKept = 4096;

bool parses(simdjson::dom::parser& parser, std::string_view text) {
    return parser.parse(text.data(), text.size(), true).error() == simdjson::SUCCESS;
}

}  // namespace

bool is_json(std::string_view text) {
    if (text.size() <= kMostKept) {
        thread_local simdjson::dom::parser kept;
        if (parses(kept, text)) return true;
    } else {
        simdjson::dom::parser parser;
        if (parses(parser, text)) return true;
    }
    // What simdjson takes is JSON, but not the other way around: it refuses numbers of more than 64 bits.
    return nlohmann::json::accept(text.begin(), text.end());
}

}  // namespace migue::host
