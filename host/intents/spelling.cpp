#include "host/intents/spelling.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace migue::host::intents {
namespace {

/// Shorter words are one slip away from too many others.
constexpr std::size_t kLeastLetters = 4;

/// FNV-1a of the word without the letter at `left_out` (npos: of the whole word).
std::uint32_t hash_without(std::string_view word, std::size_t left_out) {
    std::uint32_t hash = 0x811c9dc5U;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (i != left_out) hash = (hash ^ static_cast<unsigned char>(word[i])) * 0x01000193U;
    return hash;
}

/// Are they one slip apart? They share their first letter and differ.
bool one_slip_apart(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    std::size_t at = 0;
    while (at < a.size() && a[at] == b[at]) ++at;
    if (a.size() < b.size()) return a.substr(at) == b.substr(at + 1);
    if (a.substr(at + 1) == b.substr(at + 1)) return true;
    return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
           a.substr(at + 2) == b.substr(at + 2);
}

}  // namespace

/// The words of one language: which there are, and each under the hashes of itself and of itself without each
/// of its letters.
class Spelling::Index {
public:
    explicit Index(const std::vector<Word>& words)
        : words_(words), places_(std::bit_ceil(words.size() * 2 + 1)) {
        for (std::uint32_t id = 0; id < words.size(); ++id) {
            const std::string& word = words[id].bare;
            put(word_hash(word), id);
            if (word.size() < kLeastLetters) continue;
            entries_.push_back({hash_without(word, std::string::npos), id});
            for (std::size_t i = 1; i < word.size(); ++i) entries_.push_back({hash_without(word, i), id});
        }
        entries_.shrink_to_fit();
        std::ranges::sort(entries_);
        // Hashes are spread evenly: where those begin that share their upper bits, few are left to look
        // through.
        begins_.resize((std::size_t{1} << (32 - kShift)) + 1);
        std::size_t at = 0;
        for (std::size_t bits = 0; bits < begins_.size(); ++bits) {
            while (at < entries_.size() && (entries_[at].first >> kShift) < bits) ++at;
            begins_[bits] = static_cast<std::uint32_t>(at);
        }
    }

    [[nodiscard]] bool knows(std::string_view word, std::uint32_t hash) const {
        const std::size_t mask = places_.size() - 1;
        const Place* const places = places_.data();
        for (std::size_t at = hash & mask; places[at].word != 0; at = (at + 1) & mask)
            if (places[at].hash == hash && words_[places[at].word - 1].bare == word) return true;
        return false;
    }

    template <typename Visit>
    void each(std::uint32_t hash, Visit visit) const {
        const std::pair<std::uint32_t, std::uint32_t>* const entries = entries_.data();
        const std::uint32_t end = begins_.data()[(hash >> kShift) + 1];
        for (std::uint32_t at = begins_.data()[hash >> kShift]; at < end && entries[at].first <= hash; ++at)
            if (entries[at].first == hash) visit(words_[entries[at].second]);
    }

private:
    static constexpr unsigned kShift = 20;
    struct Place {
        std::uint32_t hash = 0;
        std::uint32_t word = 0;  ///< counted from 1; 0 for none
    };

    void put(std::uint32_t hash, std::uint32_t word) {
        std::size_t at = hash & (places_.size() - 1);
        while (places_[at].word != 0) at = (at + 1) & (places_.size() - 1);
        places_[at] = {hash, word + 1};
    }

    const std::vector<Word>& words_;
    std::vector<Place> places_;  ///< by word_hash(): a power of two of them, at most half taken
    std::vector<std::pair<std::uint32_t, std::uint32_t>> entries_;  ///< hash, word; by hash
    std::vector<std::uint32_t> begins_;                             ///< by the upper bits of the hash
};

Spelling::Spelling(Words words) : words_(std::move(words)) {
    for (auto& [locale, known] : words_) {
        std::ranges::sort(known, {}, &Word::bare);
        indices_.try_emplace(locale, known);
    }
}

Spelling::~Spelling() = default;

const Spelling::Index* Spelling::index_of(std::string_view locale) const {
    const auto found = indices_.find(locale.substr(0, 2));
    return found == indices_.end() ? nullptr : &found->second;
}

std::string_view Spelling::repaired(std::string_view bare_word, std::uint32_t hash, const Index* index) {
    if (index == nullptr || bare_word.size() < kLeastLetters || index->knows(bare_word, hash)) return {};
    const Word* best = nullptr;
    const auto look = [&](std::uint32_t of_letters) {
        index->each(of_letters, [&](const Word& word) {
            if (word.bare[0] != bare_word[0] || !one_slip_apart(word.bare, bare_word)) return;
            if (best == nullptr || word.count > best->count) best = &word;
        });
    };
    look(hash_without(bare_word, std::string::npos));
    for (std::size_t i = 1; i < bare_word.size(); ++i) look(hash_without(bare_word, i));
    return best == nullptr ? std::string_view{} : std::string_view(best->bare);
}

}  // namespace migue::host::intents
