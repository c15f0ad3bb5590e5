#include "host/intents/word_lists.hpp"

#include <cassert>
#include <sstream>
#include <string>

#include "migue_intents_data.embedded.hpp"

namespace migue::host::intents {

void read_word_lists(std::string_view folder, const ListedWord& found) {
    for (const char* language : {"es", "en", "pt"}) {
        const auto lines =
            migue_intents_data::embedded("data/" + std::string(folder) + "/" + language + ".txt");
        assert(lines);
        std::istringstream in{std::string(*lines)};
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with('#')) continue;
            std::istringstream fields(line);
            std::string name, word;
            fields >> name;
            while (fields >> word) found(language, name, word);
        }
    }
}

}  // namespace migue::host::intents
