#include "host/intents/clauses.hpp"

#include <algorithm>
#include <array>

namespace migue::host::intents {
namespace {

/// Words that may begin another wish, in the three languages.
constexpr std::array<std::string_view, 13> kJoining{"y",     "e",       "and",     "&",      "then",
                                                    "luego", "despues", "después", "ademas", "además",
                                                    "also",  "depois",  "também"};

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trimmed(std::string_view part) {
    const auto is_edge = [](char c) { return is_space(c) || c == ',' || c == '.'; };
    while (!part.empty() && is_edge(part.front())) part.remove_prefix(1);
    while (!part.empty() && is_edge(part.back())) part.remove_suffix(1);
    return part;
}

bool ends_sentence(std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c == ';' || c == '\n') return true;
    // Not the point in "3.30" or "dr.patel": a sentence ends before a space, or at the end.
    return (c == '.' || c == '!' || c == '?' || c == ',') &&
           (at + 1 == text.size() || is_space(text[at + 1]));
}

bool is_joining(std::string_view word) {
    return std::ranges::find(kJoining, word) != kJoining.end();
}

class Cutter {
public:
    explicit Cutter(std::string_view text) : text_(text) {}

    std::vector<std::string_view> run() {
        std::size_t word = 0;  // where the current one begins
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const bool sentence = ends_sentence(text_, at);
            if (!sentence && !is_space(text_[at])) continue;
            if (is_joining(text_.substr(word, at - word))) cut(word, at);
            if (sentence) cut(at + 1, at + 1);
            word = at + 1;
        }
        cut(text_.size(), text_.size());
        if (found_.size() < 2) found_.clear();
        return std::move(found_);
    }

private:
    /// The clause ends at `end`, the next begins at `next`.
    void cut(std::size_t end, std::size_t next) {
        const std::string_view part = trimmed(text_.substr(begin_, end - begin_));
        begin_ = next;
        if (part.find(' ') == std::string_view::npos) return;
        if (found_.size() < kMaxClauses) found_.push_back(part);
    }

    const std::string_view text_;
    std::size_t begin_ = 0;
    std::vector<std::string_view> found_;
};

}  // namespace

std::vector<std::string_view> clauses(std::string_view text) {
    return Cutter(text).run();
}

}  // namespace migue::host::intents
