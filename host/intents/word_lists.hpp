#pragma once
#include <functional>
#include <string_view>

namespace migue::host::intents {

/// What a list says of one word. The views hold during the call only.
using ListedWord =
    std::function<void(std::string_view language, std::string_view name, std::string_view word)>;

/// Reads the lists data/<folder>/<language>.txt that are compiled in, language by language and line by
/// line: a name, then its words. '#' begins a comment.
void read_word_lists(std::string_view folder, const ListedWord& found);

}  // namespace migue::host::intents
