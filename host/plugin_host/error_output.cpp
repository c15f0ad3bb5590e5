#include "host/plugin_host/error_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace migue::host {

namespace {

bool is_plain(std::string_view line) {
    return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// "'std::runtime_error'": the name of a type, and nothing else.
bool is_quoted_type(std::string_view text) {
    if (text.size() < 3 || text.front() != '\'' || text.back() != '\'') return false;
    return text.substr(1, text.size() - 2).find_first_of("'\"{}") == std::string_view::npos;
}

/// glibc's, of a heap that was written over; each is one fixed sentence.
bool is_heap_message(std::string_view line) {
    static constexpr std::array<std::string_view, 12> kBegins = {"double free or corruption (",
                                                                 "corrupted size vs. prev_size",
                                                                 "corrupted double-linked list",
                                                                 "corrupted unsorted chunks",
                                                                 "free(): invalid ",
                                                                 "free(): double free detected in tcache",
                                                                 "free(): too many chunks",
                                                                 "malloc(): ",
                                                                 "malloc_consolidate(): ",
                                                                 "munmap_chunk(): invalid ",
                                                                 "realloc(): ",
                                                                 "chunk_free(): "};
    constexpr std::size_t kLongestSentence = 80;
    return line.size() <= kLongestSentence &&
           std::any_of(kBegins.begin(), kBegins.end(),
                       [&](std::string_view begin) { return line.starts_with(begin); });
}

/// "file:line: function: Assertion `expression' failed.": words of a source file.
bool is_assertion(std::string_view line) {
    const bool is_one = line.find(": Assertion `") != std::string_view::npos ||
                        line.find(": Assertion '") != std::string_view::npos;
    return is_one && line.ends_with("' failed.");
}

}  // namespace

bool is_runtime_message(std::string_view line) {
    if (line.empty() || !is_plain(line)) return false;
    static constexpr std::array<std::string_view, 4> kWhole = {
        "terminate called without an active exception", "terminate called recursively",
        "pure virtual method called", "deleted virtual method called"};
    if (std::find(kWhole.begin(), kWhole.end(), line) != kWhole.end()) return true;
    constexpr std::string_view kThrown = "terminate called after throwing an instance of ";
    if (line.starts_with(kThrown)) return is_quoted_type(line.substr(kThrown.size()));
    if (line.starts_with("*** ") && line.ends_with(" detected ***: terminated")) return true;
    if (line.find(": symbol lookup error: ") != std::string_view::npos) return true;
    return is_heap_message(line) || is_assertion(line);
}

void ErrorOutput::take(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        if (line_.size() + piece.size() > kLongest) {
            is_too_long_ = true;
            hidden_ += line_.size() + piece.size();
            line_.clear();
        } else if (is_too_long_) {
            hidden_ += piece.size();
        } else {
            line_ += piece;
        }
        if (end == std::string_view::npos) return;
        end_line();
        bytes.remove_prefix(end + 1);
    }
}

void ErrorOutput::end_line() {
    if (!is_too_long_ && shown_ < kMostShown && is_runtime_message(line_)) {
        ++shown_;
        tell_(line_);
    } else {
        hidden_ += line_.size();
        if (hidden_ > 0 && !std::exchange(is_told_, true))
            tell_("(not shown, as it may be what a person wrote: write to the log with migue.log/1)");
    }
    line_.clear();
    is_too_long_ = false;
}

void ErrorOutput::end() {
    if (!line_.empty() || is_too_long_) end_line();
    if (hidden_ > 0) tell_(fmt::format("({} bytes in all that were not shown)", hidden_));
}

}  // namespace migue::host
