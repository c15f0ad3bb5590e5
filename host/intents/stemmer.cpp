#include "host/intents/stemmer.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace migue::host::intents {
namespace {

struct Delete {
    void operator()(sb_stemmer* stemmer) const noexcept { sb_stemmer_delete(stemmer); }
};

}  // namespace

/// A stemmer and the stems it gave last: people use few words again and again, and looking one up costs a
/// tenth of working it out.
class Stemmer::Kept {
public:
    explicit Kept(const std::string& language) : stemmer_(sb_stemmer_new(language.c_str(), nullptr)) {
        if (stemmer_ != nullptr) places_.resize(kPlaces);
    }

    [[nodiscard]] bool works() const { return stemmer_ != nullptr; }

    std::string_view stem(std::string_view word, std::uint32_t hash) {
        if (word.size() > kLongest) return work_out(word);
        Place& place = places_.data()[hash % kPlaces];
        if (std::string_view(place.word.data(), place.word_size) == word) return place.view();
        const std::string_view stem = work_out(word);
        if (stem.size() > kLongest) return stem;
        word.copy(place.word.data(), word.size());
        stem.copy(place.stem.data(), stem.size());
        place.word_size = static_cast<std::uint8_t>(word.size());
        place.stem_size = static_cast<std::uint8_t>(stem.size());
        return place.view();
    }

private:
    static constexpr std::size_t kLongest = 15;
    struct Place {
        std::uint8_t word_size = 0, stem_size = 0;
        std::array<char, kLongest> word, stem;
        [[nodiscard]] std::string_view view() const { return {stem.data(), stem_size}; }
    };

    std::string_view work_out(std::string_view word) {
        const sb_symbol* stem = sb_stemmer_stem(
            stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
        if (stem == nullptr) return word;
        return {reinterpret_cast<const char*>(stem),
                static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()))};
    }

    std::unique_ptr<sb_stemmer, Delete> stemmer_;
    static constexpr std::size_t kPlaces = 2048;
    std::vector<Place> places_;  ///< empty where the language has no stemmer
};

Stemmer::Kept* Stemmer::kept_for(std::string_view language) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (language.size() != 2 || !std::ranges::all_of(language, is_letter)) return nullptr;
    thread_local std::map<std::string, std::unique_ptr<Kept>, std::less<>> made;
    auto found = made.find(language);
    if (found == made.end())
        found = made.emplace(language, std::make_unique<Kept>(std::string(language))).first;
    return found->second->works() ? found->second.get() : nullptr;
}

Stemmer::Stemmer(std::string_view locale) : kept_(kept_for(locale.substr(0, 2))) {}

std::string_view Stemmer::stem(std::string_view word, std::uint32_t hash) {
    return kept_ == nullptr || word.empty() ? word : kept_->stem(word, hash);
}

}  // namespace migue::host::intents
