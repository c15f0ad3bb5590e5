#include "language/lexicon.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace scheduling::language {
namespace {

// Shorter words have too many honest neighbours ("lunes", "lunas").
constexpr std::size_t kShortestForgiven = 5;

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string_view take_until(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    const std::string_view head = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
    return trimmed(head);
}

/// What a word of this class means, from the number beside it.
Value value_of(std::string_view word_class, std::int32_t number) {
    Value value;
    value.number = number;
    if (word_class.starts_with("weekday")) {
        value.form = DayForm::kFields;
        value.weekday = static_cast<std::int8_t>(number);
    } else if (word_class.starts_with("month")) {
        value.form = DayForm::kFields;
        value.grain = Grain::kMonth;
        value.month = static_cast<std::int8_t>(number);
    } else if (word_class == "zone" || word_class == "city" || word_class == "zonecity") {
        value.zone = static_cast<std::int16_t>(number);
    }
    return value;
}

/// True when `a` and `b` are one slip apart: a letter more, less, other, or two swapped.
bool one_slip_apart(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    std::size_t head = 0;
    while (head < a.size() && a[head] == b[head]) ++head;
    std::size_t tail = 0;
    while (tail < a.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    if (a.size() != b.size()) return head + tail == a.size();
    const std::size_t differing = a.size() - head - tail;
    return differing <= 1 || (differing == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

/// FNV-1a, its upper bits mixed into those that are looked at first.
std::uint32_t hash_of(std::string_view word) {
    std::uint32_t hash = 0x811c9dc5U;
    for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    return hash ^ (hash >> 15U);
}

/// FNV-1a of the word without the letter at `left_out` (npos: of the whole word).
std::uint32_t hash_without(std::string_view word, std::size_t left_out) {
    std::uint32_t hash = 0x811c9dc5U;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (i != left_out) hash = (hash ^ static_cast<unsigned char>(word[i])) * 0x01000193U;
    return hash;
}

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

void Lexicon::load(LanguageMask language, std::string_view data, Symbols& symbols) {
    portable_.clear();
    foreign_.clear();
    forgiving_.clear();
    for (int line_number = 1; !data.empty(); ++line_number) {
        const auto end = data.find('\n');
        const std::string_view line = trimmed(data.substr(0, end));
        data = end == std::string_view::npos ? std::string_view() : data.substr(end + 1);
        if (line.empty() || line.front() == '#') continue;
        try {
            load_line(language, line, symbols);
        } catch (const std::invalid_argument& fault) {
            throw std::invalid_argument("lexicon line " + std::to_string(line_number) + ": " + fault.what());
        }
    }
}

void Lexicon::load_line(LanguageMask language, std::string_view line, Symbols& symbols) {
    if (line.front() == '@') {
        std::string_view rest = line;
        const std::string_view directive = take_until(rest, ' ');
        auto& list = directive == "@portable" ? portable_ : directive == "@foreign" ? foreign_ : forgiving_;
        while (!rest.empty()) list.emplace_back(take_until(rest, ' '));
        return;
    }
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) throw std::invalid_argument("expected 'class [value]: phrases'");
    std::string_view head = line.substr(0, colon), phrases = line.substr(colon + 2);
    std::string_view word_class = take_until(head, ' ');
    const std::string_view number = trimmed(head);
    const bool exact = word_class.ends_with('!');
    if (exact) word_class.remove_suffix(1);
    LexiconEntry entry;
    entry.language = language;
    entry.portable = contains(portable_, word_class);
    entry.foreign = contains(foreign_, word_class);
    entry.symbol = word_class == "KNOWN" ? kNoSymbol : symbols.intern(word_class);
    entry.value = value_of(word_class, number_of(number));
    while (!phrases.empty())
        add_phrase(language, take_until(phrases, ','), entry, !exact && contains(forgiving_, word_class));
}

std::int32_t Lexicon::number_of(std::string_view text) {
    if (text.empty()) return 0;
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    if (text.find('/') == std::string_view::npos && text != "UTC") throw std::invalid_argument("bad value");
    zones_.emplace_back(text);
    return static_cast<std::int32_t>(zones_.size() - 1);
}

void Lexicon::add_phrase(LanguageMask language, std::string_view phrase, const LexiconEntry& entry,
                         bool forgiving) {
    if (phrase == "<comma>") phrase = ",";
    const Text text = tokenize(phrase);
    if (text.tokens.empty()) throw std::invalid_argument("empty phrase");
    NodeId node = kRoot;
    WordId first = kUnknown;
    for (std::size_t i = 0; i < text.tokens.size(); ++i) {
        const WordId word = intern(text.word(i));
        if (i == 0) first = word;
        words_[word].languages |= language;
        if (forgiving && text.word(i).size() >= kShortestForgiven) {
            if (words_[word].forgiving == 0) index_slips(word);
            words_[word].forgiving |= language;
        }
        const NodeId next = make_step(node, word);
        if (node == kRoot) {
            first_steps_.resize(std::max(first_steps_.size(), words_.size()), kRoot);
            first_steps_[word] = next;
        }
        node = next;
    }
    if (entry.symbol == kNoSymbol) return;
    begun_.resize(std::max(begun_.size(), words_.size()), 0);
    begun_[first] |= std::uint64_t{1} << (entry.symbol % 64U);
    LexiconEntry added = entry;
    added.portable = entry.portable && text.folded.size() >= 4;
    nodes_[node].entries.push_back(added);
}

Lexicon::WordId Lexicon::intern(std::string_view folded) {
    if (const WordId known = find(folded); known != kUnknown) return known;
    words_.push_back({std::string(folded), 0, 0});
    index_words();
    return static_cast<WordId>(words_.size() - 1);
}

void Lexicon::index_words() {
    const auto put = [&](WordId word) {
        const std::uint32_t hash = hash_of(words_[word].text);
        std::size_t at = hash % index_.size();
        while (index_[at].word != kUnknown) at = (at + 1) % index_.size();
        index_[at] = {hash, word};
    };
    const auto last = static_cast<WordId>(words_.size() - 1);
    if (words_.size() * 2 <= index_.size()) return put(last);
    index_.assign(index_.size() * 2, {});
    for (WordId word = 1; word <= last; ++word) put(word);
}

void Lexicon::index_slips(WordId word) {
    const std::string& text = words_[word].text;
    const auto put = [&](std::uint32_t hash) { slips_[hash >> (32 - kSlipBits)].push_back({hash, word}); };
    put(hash_without(text, std::string::npos));
    for (std::size_t i = 0; i < text.size(); ++i) put(hash_without(text, i));
}

Lexicon::WordId Lexicon::find(std::string_view folded) const {
    const std::uint32_t hash = hash_of(folded);
    const Place* const places = index_.data();
    const std::size_t mask = index_.size() - 1;
    for (std::size_t at = hash & mask; places[at].word != kUnknown; at = (at + 1) & mask)
        if (places[at].hash == hash && words_[places[at].word].text == folded) return places[at].word;
    return kUnknown;
}

Lexicon::WordId Lexicon::find_misspelt(std::string_view folded, LanguageMask language) const {
    if (folded.size() < kShortestForgiven || folded.size() > 16) return kUnknown;
    // The last word meant under the first key that has one.
    WordId best = kUnknown;
    const auto consider = [&](std::uint32_t hash) {
        for (const Place& place : slips_[hash >> (32 - kSlipBits)]) {
            if (place.hash != hash) continue;
            const Word& known = words_[place.word];
            if ((known.forgiving & language) == 0 || known.text.front() != folded.front()) continue;
            if (one_slip_apart(known.text, folded)) best = place.word;
        }
    };
    consider(hash_without(folded, std::string::npos));
    for (std::size_t i = 0; i < folded.size() && best == kUnknown; ++i) consider(hash_without(folded, i));
    return best;
}

Lexicon::NodeId Lexicon::make_step(NodeId from, WordId word) {
    if (const NodeId known = steps_[step_place(from, word)].to; known != kRoot) return known;
    if (++step_count_ * 2 > steps_.size()) {
        const std::vector<Step> before = std::exchange(steps_, std::vector<Step>(steps_.size() * 2));
        for (const Step& step : before)
            if (step.to != kRoot) steps_[step_place(step.from, step.word)] = step;
    }
    const auto made = static_cast<NodeId>(nodes_.size());
    nodes_.emplace_back();
    nodes_[from].has_steps = true;
    steps_[step_place(from, word)] = {from, word, made};
    return made;
}

}  // namespace scheduling::language
