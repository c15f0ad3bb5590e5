#include "host/intents/stemmer.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

namespace migue::host::intents {
namespace {

struct Delete {
    void operator()(sb_stemmer* stemmer) const noexcept { sb_stemmer_delete(stemmer); }
};

/// One a thread and language: to make one costs as much as to stem several words.
sb_stemmer* stemmer_of(std::string_view language) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (language.size() != 2 || !std::ranges::all_of(language, is_letter)) return nullptr;
    thread_local std::map<std::string, std::unique_ptr<sb_stemmer, Delete>, std::less<>> made;
    auto found = made.find(language);
    if (found == made.end())
        found = made.emplace(language, sb_stemmer_new(std::string(language).c_str(), nullptr)).first;
    return found->second.get();
}

}  // namespace

Stemmer::Stemmer(std::string_view locale) : stemmer_(stemmer_of(locale.substr(0, 2))) {}

std::string_view Stemmer::stem(std::string_view word) {
    if (stemmer_ == nullptr || word.empty()) return word;
    const sb_symbol* stem = sb_stemmer_stem(stemmer_, reinterpret_cast<const sb_symbol*>(word.data()),
                                            static_cast<int>(word.size()));
    if (stem == nullptr) return word;
    return {reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer_))};
}

}  // namespace migue::host::intents
