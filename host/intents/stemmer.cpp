#include "host/intents/stemmer.hpp"

#include <libstemmer.h>

#include <string>

namespace migue::host::intents {

Stemmer::Stemmer(std::string_view locale) {
    const std::string language(locale.substr(0, 2));
    if (language.size() == 2) stemmer_.reset(sb_stemmer_new(language.c_str(), nullptr));
}

std::string_view Stemmer::stem(std::string_view word) {
    if (!stemmer_ || word.empty()) return word;
    const sb_symbol* stem = sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                                            static_cast<int>(word.size()));
    if (stem == nullptr) return word;
    return {reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()))};
}

void Stemmer::Delete::operator()(sb_stemmer* stemmer) const noexcept {
    sb_stemmer_delete(stemmer);
}

}  // namespace migue::host::intents
