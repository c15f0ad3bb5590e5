#include "host/intents/word_classes.hpp"

#include <cassert>

#include "migue_intents_data.embedded.hpp"

namespace migue::host::intents {
namespace {

/// Cuts the next word off `rest`; "" at the end.
std::string_view next_word(std::string_view& rest) {
    const auto begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    const auto end = rest.find(' ', begin);
    const std::string_view word = rest.substr(begin, end == std::string_view::npos ? end : end - begin);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
    return word;
}

}  // namespace

WordClasses::WordClasses(std::string_view data) {
    while (!data.empty()) {
        const auto end = data.find('\n');
        std::string_view line = data.substr(0, end);
        data = end == std::string_view::npos ? std::string_view{} : data.substr(end + 1);
        if (line.starts_with('#')) continue;
        const std::string_view name = next_word(line);
        while (true) {
            const std::string_view word = next_word(line);
            if (word.empty()) break;
            if (classes_.find(word) == nullptr)
                classes_.add(word) = name;  // the first that claims a word keeps it
        }
    }
}

WordClasses WordClasses::shipped() {
    const auto data = migue_intents_data::embedded("data/word_classes.txt");
    assert(data);
    return WordClasses(*data);
}

std::string_view WordClasses::of(std::string_view bare_word) const {
    const std::string_view* found = classes_.find(bare_word);
    return found == nullptr ? std::string_view{} : *found;
}

}  // namespace migue::host::intents
