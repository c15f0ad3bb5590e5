#include "host/intents/features.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <functional>
#include <map>
#include <memory_resource>
#include <span>
#include <string>

#include "host/intents/senses.hpp"
#include "host/intents/stemmer.hpp"
#include "host/intents/topics.hpp"
#include "host/intents/word_classes.hpp"
#include "migue_intents_data.embedded.hpp"

namespace migue::host::intents {
namespace {

constexpr std::size_t kLongWord = 4;
/// A sense is paired with so many before it: the time for a page of text stays bounded.
constexpr std::size_t kSensesPaired = 24;

/// FNV-1a, one block's features apart from another's; never kNoFeature.
class Hash {
public:
    explicit Hash(char salt) { add(salt); }
    void add(char c) {
        state_ ^= static_cast<unsigned char>(c);
        state_ *= 0x100000001b3ULL;
    }
    void add(std::string_view s) {
        for (const char c : s) add(c);
    }
    [[nodiscard]] std::uint32_t value() const {
        const auto folded = static_cast<std::uint32_t>(state_ ^ (state_ >> 32));
        return folded == kNoFeature ? 1 : folded;
    }

private:
    std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

std::uint32_t hash_of(char salt, std::string_view text) {
    Hash hash(salt);
    hash.add(text);
    return hash.value();
}

std::string_view mark_of(TokenClass type) {
    switch (type) {
        case TokenClass::kNumber:
            return "<n>";
        case TokenClass::kBig:
            return "<big>";
        case TokenClass::kTime:
            return "<time>";
        case TokenClass::kDate:
            return "<date>";
        case TokenClass::kEmail:
            return "<email>";
        case TokenClass::kLink:
            return "<link>";
        case TokenClass::kWord:
        case TokenClass::kQuestion:
        case TokenClass::kSymbol:
            return {};
    }
    return {};
}

/// Words of a text that is looked at, for as long as that lasts. Nearly always on the stack.
class Notes {
public:
    /// A copy of the word; where it stands at the beginning of `whole`, which stays, that part of it.
    [[nodiscard]] std::string_view keep(std::string_view word, std::string_view whole) {
        return whole.starts_with(word) ? whole.substr(0, word.size()) : keep(word);
    }
    [[nodiscard]] std::string_view keep(std::string_view word) {
        char* const at = static_cast<char*>(memory_.allocate(word.size(), 1));
        word.copy(at, word.size());
        return {at, word.size()};
    }

private:
    std::array<std::byte, 2048> first_;
    std::pmr::monotonic_buffer_resource memory_{first_.data(), first_.size()};
};

/// One word as the features see it.
struct Unit {
    std::string_view stem;      ///< of the bare word
    std::string_view accented;  ///< the stem of the word as written, if it is another one
    std::string_view mark;      ///< its class, or empty
    Topics::Set topics = 0;
    std::span<const std::uint32_t> senses;
    [[nodiscard]] std::string_view key() const { return mark.empty() ? stem : mark; }
};

/// What chats shorten in one language, and the words that are meant.
class Spellings {
public:
    explicit Spellings(std::string_view data) : meant_(data) {
        for (std::string_view rest = data; !rest.empty();) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const std::string_view full = rest.substr(0, std::min(rest.find(' '), end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (full.empty() || full.starts_with('#')) continue;
            cut_.push_back(tokenize(full));
            tokens_.add(full) = cut_.back().front();
        }
    }
    /// What the word stands for; nullptr for itself.
    [[nodiscard]] const Token* of(const Token& word) const {
        const std::string_view full = meant_.of(word);
        return full.empty() ? nullptr : tokens_.find(full);
    }

private:
    const WordClasses meant_;
    std::vector<Tokens> cut_;  ///< what `tokens_` points to
    WordTable<Token> tokens_;  ///< by the word as the list has it
};

using SpellingsByLanguage = std::map<std::string, Spellings, std::less<>>;

SpellingsByLanguage chat_spellings() {
    SpellingsByLanguage out;
    for (const char* language : {"es", "en", "pt"}) {
        const auto data = migue_intents_data::embedded(std::string("data/chat_words/") + language + ".txt");
        assert(data);
        out.try_emplace(language, *data);
    }
    return out;
}

/// Which values a block holds already. One a thread: cleared by counting up.
class Seen {
public:
    static constexpr std::size_t kMost = 2048;  ///< values of one block; the slots are half free then

    void clear() noexcept {
        if (++round_ != 0) return;
        slots_.fill({});
        round_ = 1;
    }
    /// False when the value was added before.
    bool add(std::uint32_t value) noexcept {
        Slot* const slots = slots_.data();  // the index is in it by its making
        std::size_t at = (value * 0x9e3779b1U) >> 20U;
        for (; slots[at].round == round_; at = (at + 1) % kSlots)
            if (slots[at].value == value) return false;
        slots[at] = {value, round_};
        return true;
    }

private:
    static constexpr std::size_t kSlots = 4096;
    struct Slot {
        std::uint32_t value = 0;
        std::uint32_t round = 0;
    };
    std::array<Slot, kSlots> slots_{};
    std::uint32_t round_ = 0;
};

Seen& cleared_seen() {
    thread_local Seen seen;
    seen.clear();
    return seen;
}

/// Each value once, in no order: a route costs an eighth less than with sorting (bench_intents).
void keep_one_of_each(std::vector<std::uint32_t>& values) {
    if (values.size() > Seen::kMost) {
        std::ranges::sort(values);
        const auto rest = std::ranges::unique(values);
        values.erase(rest.begin(), rest.end());
        return;
    }
    Seen& seen = cleared_seen();
    std::erase_if(values, [&](std::uint32_t value) { return !seen.add(value); });
}

}  // namespace

class Extractor::Impl {
public:
    Impl(FeatureOptions options, Spelling::Words known)
        : options_(options),
          classes_(WordClasses::shipped()),
          spellings_(chat_spellings()),
          spelling_(std::move(known)),
          topics_(options.topics ? Topics::shipped() : Topics()),
          senses_(options.senses ? Senses::shipped() : Senses()) {
        for (const std::string& name : topics_.names()) topic_hashes_.push_back(hash_of('t', name));
    }

    void extract(std::span<const Token> cut, std::string_view locale, Features& out) const {
        thread_local std::vector<Token> tokens;
        thread_local std::vector<Unit> units;
        Notes notes;
        tokens.assign(cut.begin(), cut.end());
        spell_out(tokens, locale);
        mend(tokens, locale);
        fill_units(tokens, locale, notes, units);
        for (auto& block : out.blocks) block.clear();
        add_words(units, out.blocks[static_cast<std::size_t>(Block::kWords)]);
        if (options_.pairs) add_pairs(units, out.blocks[static_cast<std::size_t>(Block::kPairs)]);
        add_chars(tokens, units, out.blocks[static_cast<std::size_t>(Block::kChars)]);
        auto& topics = out.blocks[static_cast<std::size_t>(Block::kTopics)];
        if (options_.topics) add_topics(units, topics);
        if (options_.senses) add_senses(units, out.blocks[static_cast<std::size_t>(Block::kSenses)]);
        for (auto& block : out.blocks)  // add_chars() did so itself
            if (&block != &out.blocks[static_cast<std::size_t>(Block::kChars)]) keep_one_of_each(block);
        // Words about nothing known make what is known count for less.
        if (!topics.empty()) topics.insert(topics.begin(), count_silent(units), kNoFeature);
        auto& senses = out.blocks[static_cast<std::size_t>(Block::kSenses)];
        // Twice: each would have brought a sense and a pair (measured: it tells what is out of scope).
        if (!senses.empty()) senses.insert(senses.begin(), 2 * count_senseless(units), kNoFeature);
    }

    [[nodiscard]] const FeatureOptions& options() const noexcept { return options_; }
    [[nodiscard]] const Spelling::Words& known_words() const noexcept { return spelling_.words(); }

private:
    /// "q" is "que" in Spanish and Portuguese, "u" is "you" in English.
    void spell_out(std::vector<Token>& tokens, std::string_view locale) const {
        const auto found = spellings_.find(locale.substr(0, 2));
        if (found == spellings_.end()) return;
        for (Token& token : tokens)
            if (token.type == TokenClass::kWord)
                if (const Token* full = found->second.of(token)) token = *full;
    }

    /// A word that no example has, one slip away from one that some have, is read as that one.
    void mend(std::vector<Token>& tokens, std::string_view locale) const {
        const Spelling::Index* const known = spelling_.index_of(locale);
        if (known == nullptr) return;
        for (Token& token : tokens) {
            if (token.type != TokenClass::kWord || !classes_.of(token).empty()) continue;
            const std::string_view meant = Spelling::repaired(token.bare, token.hash, known);
            if (!meant.empty()) token = {TokenClass::kWord, word_hash(meant), meant, meant};
        }
    }

    void fill_units(std::span<const Token> tokens, std::string_view locale, Notes& notes,
                    std::vector<Unit>& units) const {
        Stemmer stemmer(options_.stems ? locale : std::string_view{});
        const Topics::Words* const topics = topics_.words_of(locale);
        const Senses::Language* const senses = senses_.words_of(locale);
        units.clear();
        units.reserve(tokens.size());
        for (const Token& token : tokens) {
            Unit& unit = units.emplace_back();
            if (token.type == TokenClass::kWord) {
                unit.stem = notes.keep(stemmer.stem(token.bare, token.hash), token.bare);
                if (token.word != token.bare)
                    unit.accented = notes.keep(stemmer.stem(token.word), token.word);
                if (unit.accented == unit.stem) unit.accented = {};
                if (options_.masks) mark_word(token, notes, unit);
                unit.topics = Topics::of(topics, token, unit.stem, locale);
                unit.senses = Senses::of(senses, token, unit.stem);
            } else {
                unit.mark = mark_of(token.type);
                unit.stem = unit.mark.empty() ? token.bare : unit.mark;
            }
        }
    }

    void mark_word(const Token& token, Notes& notes, Unit& unit) const {
        const std::string_view name = classes_.of(token);
        if (name.empty()) return;
        std::array<char, 32> mark;
        assert(name.size() + 2 <= mark.size());
        mark[0] = '<';
        mark[1 + name.copy(mark.data() + 1, mark.size() - 2)] = '>';
        unit.mark = notes.keep({mark.data(), std::min(name.size(), mark.size() - 2) + 2});
    }

    static void add_words(const std::vector<Unit>& units, std::vector<std::uint32_t>& out) {
        out.reserve(units.size() * 3 + 1);
        for (const Unit& unit : units) {
            out.push_back(hash_of('w', unit.stem));
            if (!unit.accented.empty()) out.push_back(hash_of('w', unit.accented));
            if (!unit.mark.empty()) out.push_back(hash_of('w', unit.mark));
        }
        if (!units.empty()) out.push_back(hash_of('^', units.front().key()));
    }

    static void add_pairs(const std::vector<Unit>& units, std::vector<std::uint32_t>& out) {
        out.reserve(units.size() * 2);
        for (std::size_t i = 0; i < units.size(); ++i) {
            if (i + 1 < units.size()) out.push_back(pair(units[i], units[i + 1], ' '));
            if (i + 2 < units.size()) out.push_back(pair(units[i], units[i + 2], '*'));
        }
    }

    static std::uint32_t pair(const Unit& first, const Unit& second, char between) {
        Hash hash('p');
        hash.add(first.key());
        hash.add(between);
        hash.add(second.key());
        return hash.value();
    }

    /// Each topic, and each two that different words bring up, however far apart.
    void add_topics(const std::vector<Unit>& units, std::vector<std::uint32_t>& out) const {
        Topics::Set seen = 0;
        for (const Unit& unit : units) {
            for (Topics::Set left = unit.topics; left != 0; left &= left - 1) {
                const int topic = std::countr_zero(left);
                out.push_back(topic_hashes_[static_cast<std::size_t>(topic)]);
                for (Topics::Set before = seen; before != 0; before &= before - 1)
                    out.push_back(both(topic, std::countr_zero(before)));
            }
            seen |= unit.topics;
        }
    }

    /// Each sense, and each two that different words bring up, near each other or far.
    static void add_senses(const std::vector<Unit>& units, std::vector<std::uint32_t>& out) {
        thread_local std::vector<std::uint32_t> seen;
        seen.clear();
        for (const Unit& unit : units) {
            const std::size_t before = seen.size();
            const std::size_t first = before - std::min(before, kSensesPaired);
            for (const std::uint32_t sense : unit.senses) {
                out.push_back(sense);
                for (std::size_t i = first; i < before; ++i)
                    if (seen[i] != sense) out.push_back(both(seen[i], sense));
            }
            for (const std::uint32_t sense : unit.senses)
                if (std::find(seen.begin() + static_cast<std::ptrdiff_t>(first), seen.end(), sense) ==
                    seen.end())
                    seen.push_back(sense);
        }
    }

    /// Words of some length that are of no topic and no class.
    static std::size_t count_silent(const std::vector<Unit>& units) {
        return static_cast<std::size_t>(std::ranges::count_if(units, [](const Unit& unit) {
            return unit.topics == 0 && unit.mark.empty() && unit.stem.size() >= kLongWord;
        }));
    }

    static std::size_t count_senseless(const std::vector<Unit>& units) {
        return static_cast<std::size_t>(std::ranges::count_if(units, [](const Unit& unit) {
            return unit.senses.empty() && unit.mark.empty() && unit.stem.size() >= kLongWord;
        }));
    }

    [[nodiscard]] std::uint32_t both(int a, int b) const {
        return both(topic_hashes_[static_cast<std::size_t>(a)], topic_hashes_[static_cast<std::size_t>(b)]);
    }

    static std::uint32_t both(std::uint32_t one, std::uint32_t other) {
        return (std::min(one, other) * 0x9e3779b1U) ^ std::max(one, other);
    }

    /// Runs of characters over the whole text, words apart by one space. A masked token is
    /// one character there, so that hours and names do not drown what is around them.
    void add_chars(const std::vector<Token>& tokens, const std::vector<Unit>& units,
                   std::vector<std::uint32_t>& out) const {
        thread_local std::string line;
        line = ' ';
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (!units[i].mark.empty()) {
                line += static_cast<char>(1 + hash_of('m', units[i].mark) % 29);
            } else {
                line += options_.keep_accents ? tokens[i].word : tokens[i].bare;
            }
            line += ' ';
        }
        const std::size_t runs = options_.char_max + 1U - options_.char_min;
        out.resize(line.size() * runs + 1);  // what is not wanted is written there too, and over
        if (line.size() * runs <= Seen::kMost) {
            Seen& seen = cleared_seen();
            out.resize(hash_runs(line, out.data(), [&](std::uint32_t hash) { return seen.add(hash); }));
            return;
        }
        out.resize(hash_runs(line, out.data(), [](std::uint32_t) { return true; }));
        keep_one_of_each(out);
    }

    /// Writes the hashes of all runs of characters that are `wanted`; returns how many.
    template <typename Wanted>
    std::size_t hash_runs(std::string_view line, std::uint32_t* const out, Wanted wanted) const {
        // The lengths that models have are known to the compiler.
        if (options_.char_min == 2 && options_.char_max == 5) return hash_runs_of<2, 5>(line, out, wanted);
        if (options_.char_min == 1 && options_.char_max == 4) return hash_runs_of<1, 4>(line, out, wanted);
        std::uint32_t* next = out;
        for (std::size_t begin = 0; begin < line.size(); ++begin)
            next = hash_runs_at(line.substr(begin, options_.char_max), options_.char_min, next, wanted);
        return static_cast<std::size_t>(next - out);
    }

    template <std::size_t kShortest, std::size_t kLongest, typename Wanted>
    static std::size_t hash_runs_of(std::string_view line, std::uint32_t* const out, Wanted wanted) {
        std::uint32_t* next = out;
        std::size_t begin = 0;
        for (; begin + kLongest <= line.size(); ++begin) {
            const char* const at = line.data() + begin;
            Hash hash('c');
            for (std::size_t n = 0; n < kLongest; ++n) {
                hash.add(at[n]);
                *next = hash.value();
                next += n + 1 >= kShortest && wanted(*next) ? 1 : 0;
            }
        }
        for (; begin < line.size(); ++begin) next = hash_runs_at(line.substr(begin), kShortest, next, wanted);
        return static_cast<std::size_t>(next - out);
    }

    /// The same of the runs that begin where the line does.
    template <typename Wanted>
    static std::uint32_t* hash_runs_at(std::string_view line, std::size_t shortest, std::uint32_t* next,
                                       Wanted wanted) {
        Hash hash('c');
        std::size_t n = 0;
        for (const char c : line) {
            hash.add(c);
            if (++n < shortest) continue;
            const std::uint32_t value = hash.value();
            if (wanted(value)) *next++ = value;
        }
        return next;
    }

    const FeatureOptions options_;
    const WordClasses classes_;
    const SpellingsByLanguage spellings_;
    const Spelling spelling_;
    const Topics topics_;
    const Senses senses_;
    std::vector<std::uint32_t> topic_hashes_;  // by topic
};

Extractor::Extractor(FeatureOptions options, Spelling::Words known)
    : impl_(std::make_unique<const Impl>(options, std::move(known))) {}
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;
Extractor::~Extractor() = default;

Features Extractor::extract(std::string_view text, std::string_view locale) const {
    Features out;
    extract(tokenize(text).all(), locale, out);
    return out;
}
void Extractor::extract(std::span<const Token> tokens, std::string_view locale, Features& out) const {
    impl_->extract(tokens, locale, out);
}
const FeatureOptions& Extractor::options() const noexcept {
    return impl_->options();
}

const Spelling::Words& Extractor::known_words() const noexcept {
    return impl_->known_words();
}

}  // namespace migue::host::intents
