#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migue::host::intents {

/// FNV-1a, its upper bits mixed into those that are looked at first. A word of a message is asked for in a
/// dozen tables: its hash is worked out once, where the message is cut (Token).
[[nodiscard]] inline std::uint32_t word_hash(std::string_view word) {
    std::uint32_t hash = 0x811c9dc5U;
    for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    return hash ^ (hash >> 15U);
}

/// A value for each of many words, asked for several times a word of every message: what a look costs is one
/// line of memory for the hashes and one for the word, where the standard map follows a list. Filled once,
/// then only read: thread-safe then.
template <typename Value>
class WordTable {
public:
    /// nullptr for a word that has none. Valid until the next add().
    [[nodiscard]] const Value* find(std::string_view word) const { return find(word, word_hash(word)); }
    /// The same; `hash` is the word's word_hash().
    [[nodiscard]] const Value* find(std::string_view word, std::uint32_t hash) const {
        const std::size_t entry = entry_of(word, hash);
        return entry == 0 ? nullptr : &entries_.data()[entry - 1].second;
    }

    /// The word's value, made when it had none. Valid until the next add().
    Value& add(std::string_view word) {
        if (const std::size_t entry = entry_of(word, word_hash(word)); entry != 0)
            return entries_[entry - 1].second;
        entries_.emplace_back(std::string(word), Value{});
        if (entries_.size() * 2 > places_.size()) {
            places_.assign(places_.empty() ? 64 : places_.size() * 2, {});
            for (std::size_t i = 0; i < entries_.size(); ++i) put(i);
        } else {
            put(entries_.size() - 1);
        }
        return entries_.back().second;
    }

private:
    struct Place {
        std::uint32_t hash = 0;
        std::uint32_t entry = 0;  ///< counted from 1; 0 for none
    };

    /// Counted from 1; 0 for none.
    [[nodiscard]] std::size_t entry_of(std::string_view word, std::uint32_t hash) const {
        if (places_.empty()) return 0;
        const std::size_t mask = places_.size() - 1;
        for (std::size_t at = hash & mask; places_.data()[at].entry != 0; at = (at + 1) & mask) {
            const Place place = places_.data()[at];
            if (place.hash == hash && entries_.data()[place.entry - 1].first == word) return place.entry;
        }
        return 0;
    }

    void put(std::size_t entry) {
        const std::uint32_t hash = word_hash(entries_[entry].first);
        std::size_t at = hash & (places_.size() - 1);
        while (places_[at].entry != 0) at = (at + 1) & (places_.size() - 1);
        places_[at] = {hash, static_cast<std::uint32_t>(entry + 1)};
    }

    std::vector<std::pair<std::string, Value>> entries_;
    std::vector<Place> places_;  ///< a power of two of them, at most half taken
};

}  // namespace migue::host::intents
