#include "language/chart.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace scheduling::language {
namespace {

// No time expression of the corpora is longer than this many tokens.
constexpr std::uint32_t kLongest = 28;
constexpr std::uint32_t kLongestPhrase = 8;
constexpr std::size_t kMostEdgesAtOneToken = 160;
// Steps for a whole message: short ones may use many a token, long ones fewer each.
constexpr std::uint64_t kMostSteps = 60'000;
// The languages that write months with a capital.
constexpr LanguageMask kCapitalMonths = 2;

class Chart {
public:
    Chart(const Knowledge& knowledge, const Text& text, LanguageMask preferred, const Context& context)
        : knowledge_(knowledge), text_(text), context_(context), begins_(text.tokens.size() + 1) {
        find_words();
        result_.language = choose_language(preferred);
        find_dead_numbers();
        bury_names();
    }

    ChartResult run() {
        const std::size_t count = text_.tokens.size();
        if (count == 0) return std::move(result_);
        edges_.reserve(count * 8 + 64);
        const std::uint64_t share = std::max<std::uint64_t>(kMostSteps / count, 12);
        for (std::size_t at = count; at-- > 0;) {
            budget_ = std::min(kMostSteps / 4, budget_ + share);  // what a token leaves, the next may use
            fill(static_cast<std::uint32_t>(at));
        }
        choose();
        return std::move(result_);
    }

private:
    void find_words() {
        words_.resize(text_.tokens.size());
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = knowledge_.lexicon.find(text_.word(i));
    }

    /// The locale's language unless the words themselves speak more for another.
    LanguageMask choose_language(LanguageMask preferred) const {
        std::array<int, 3> votes{};
        for (std::size_t i = 0; i < words_.size(); ++i) {
            if (text_.tokens[i].kind != TokenKind::kWord || words_[i] == Lexicon::kUnknown) continue;
            const LanguageMask known = knowledge_.lexicon.languages(words_[i]);
            const int weight = std::has_single_bit(known) ? 3 : 1;
            for (std::size_t k = 0; k < votes.size(); ++k)
                if (known & kLanguages[k].bit) votes[k] += weight;
        }
        for (std::size_t k = 0; k < votes.size(); ++k)
            if (preferred & kLanguages[k].bit) votes[k] += 4;
        const auto best = std::max_element(votes.begin(), votes.end()) - votes.begin();
        return kLanguages[best].bit;
    }

    void fill(std::uint32_t at) {
        begins_[at] = static_cast<std::uint32_t>(edges_.size());
        seed(at);
        for (std::size_t k = begins_[at]; k < edges_.size(); ++k) {
            const Grammar::NodeId node = knowledge_.grammar.next(Grammar::kRoot, edges_[k].symbol);
            if (node == Grammar::kNone) continue;
            path_[0] = static_cast<std::uint32_t>(k);
            advance(node, 1);
        }
    }

    void seed(std::uint32_t at) {
        const Token& token = text_.tokens[at];
        if (token.kind == TokenKind::kNumber && !dead_[at]) {
            Edge edge{at, at + 1, knowledge_.number, 0, {}};
            edge.value.number =
                static_cast<std::int32_t>(std::min<std::int64_t>(token.number, 1'000'000'000));
            edge.value.digits =
                static_cast<std::int8_t>(std::min<std::uint32_t>(token.end - token.begin, 100));
            add(edge);
        }
        if (token.kind == TokenKind::kPunct) {
            const auto c = static_cast<unsigned char>(text_.folded[token.folded_begin]);
            if (c < knowledge_.characters.size() && knowledge_.characters[c] != kNoSymbol)
                add({at, at + 1, knowledge_.characters[c], 0, {}});
        }
        if (token.kind == TokenKind::kCode && !dead_[at]) seed_month_code(at);
        seed_words(at);
    }

    /// "oct2", "nov25": a month with its day glued on.
    void seed_month_code(std::uint32_t at) {
        const std::string_view code = text_.word(at);
        const std::size_t digits = code.find_first_of("0123456789");
        if (digits < 3 || code.size() - digits > 2) return;
        int dom = 0;
        for (const char c : code.substr(digits)) {
            if (c < '0' || c > '9') return;
            dom = dom * 10 + (c - '0');
        }
        const Lexicon::WordId word = knowledge_.lexicon.find(code.substr(0, digits));
        const auto node =
            word == Lexicon::kUnknown ? std::nullopt : knowledge_.lexicon.next(Lexicon::kRoot, word);
        if (!node || dom < 1 || dom > 31) return;
        for (const LexiconEntry& entry : knowledge_.lexicon.entries(*node)) {
            const bool is_month = entry.symbol == knowledge_.month || entry.symbol == knowledge_.month_short;
            if (!is_month || (entry.language & result_.language) == 0) continue;
            Edge edge{at, at + 1, knowledge_.month_code, 0, entry.value};
            edge.value.dom = static_cast<std::int8_t>(dom);
            edge.value.grain = Grain::kDay;
            add(edge);
            return;
        }
    }

    void seed_words(std::uint32_t at) {
        if (dead_[at]) return;
        const bool is_ordinal = at + 1 < text_.tokens.size() &&
                                has_class(words_[at + 1], knowledge_.ordered_by_word) &&
                                has_class(words_[at], knowledge_.ordinal_word);
        Lexicon::NodeId node = Lexicon::kRoot;
        const bool first_unknown = words_[at] == Lexicon::kUnknown;
        for (std::uint32_t end = at; end < text_.tokens.size() && end - at < kLongestPhrase; ++end) {
            Lexicon::WordId word = words_[end];
            if (word == Lexicon::kUnknown && text_.tokens[end].kind == TokenKind::kWord && !is_name(end)) {
                word = knowledge_.lexicon.find_misspelt(text_.word(end), result_.language);
            }
            if (word == Lexicon::kUnknown) return;
            const auto next = knowledge_.lexicon.next(node, word);
            if (!next) return;
            node = *next;
            for (const LexiconEntry& entry : knowledge_.lexicon.entries(node)) {
                const bool native = (entry.language & result_.language) != 0;
                const bool known_here = !first_unknown && is_native_word(words_[at]);
                if (!native && (!entry.portable || known_here)) continue;
                if (is_ordinal && entry.symbol == knowledge_.weekday) continue;  // "a segunda opção"
                // "3a" is Tuesday, "3 a 1" a score.
                const bool apart = end == at + 1 && token_is_number(at) && !text_.tokens[end].glued;
                if (apart && entry.symbol == knowledge_.weekday_short) continue;
                const std::int16_t score = first_unknown ? -2 : 0;
                add({at, end + 1, entry.symbol, score, entry.value});
            }
        }
    }

    /// Written with a capital inside a sentence, where days and months are not ("con Mariana").
    [[nodiscard]] bool is_name(std::size_t at) const {
        return text_.tokens[at].capital && at > 0 && text_.tokens[at - 1].kind == TokenKind::kWord &&
               !text_.tokens[at - 1].capital && (result_.language & kCapitalMonths) == 0;
    }

    [[nodiscard]] bool token_is_number(std::size_t at) const {
        return text_.tokens[at].kind == TokenKind::kNumber;
    }

    /// The message's language has the word by itself ("friday" only stands in Spanish's "black friday").
    [[nodiscard]] bool is_native_word(Lexicon::WordId word) const {
        if ((knowledge_.lexicon.languages(word) & result_.language) == 0) return false;
        const auto node = knowledge_.lexicon.next(Lexicon::kRoot, word);
        if (!node) return true;  // only in KNOWN, or inside other phrases
        const auto& entries = knowledge_.lexicon.entries(*node);
        return entries.empty() || std::any_of(entries.begin(), entries.end(), [&](const LexiconEntry& entry) {
                   return (entry.language & result_.language) != 0;
               });
    }

    [[nodiscard]] char character(std::size_t at) const {
        const Token& token = text_.tokens[at];
        return token.kind == TokenKind::kPunct ? text_.folded[token.folded_begin] : '\0';
    }

    [[nodiscard]] bool is_chain_mark(std::size_t at) const {
        const char c = character(at);
        return c == '.' || c == '/' || c == ':' || c == '-' || c == ',';
    }

    /// Numbers glued together by marks ("1.10.30", "10.1") are read whole or not at all; those of
    /// prices, measures, versions and rooms are no times.
    void find_dead_numbers() {
        dead_.assign(text_.tokens.size(), false);
        for (std::size_t begin = 0; begin < text_.tokens.size();) {
            if (text_.tokens[begin].kind != TokenKind::kNumber) {
                ++begin;
                continue;
            }
            std::size_t end = begin + 1;
            while (end + 1 < text_.tokens.size() && is_chain_mark(end) && text_.tokens[end].glued &&
                   text_.tokens[end + 1].glued && text_.tokens[end + 1].kind == TokenKind::kNumber)
                end += 2;
            if (is_no_time(begin, end)) {
                std::fill(dead_.begin() + begin, dead_.begin() + end, true);
                bury_street_name(end);
            }
            begin = end;
        }
    }

    /// "café da manhã", "good evening", "movie night": names with words of time in them.
    void bury_names() {
        for (std::size_t at = 0; at < text_.tokens.size(); ++at) {
            Lexicon::NodeId node = Lexicon::kRoot;
            std::size_t named = at;
            for (std::size_t end = at; end < text_.tokens.size() && end - at < kLongestPhrase; ++end) {
                const auto next = knowledge_.around.next(node, knowledge_.around.find(text_.word(end)));
                if (!next) break;
                node = *next;
                for (const LexiconEntry& entry : knowledge_.around.entries(node))
                    if (entry.symbol == knowledge_.no_time && (entry.language & result_.language) != 0)
                        named = end + 1;
            }
            std::fill(dead_.begin() + at, dead_.begin() + named, true);
        }
    }

    /// "rua 25 de março": the month goes with its number.
    void bury_street_name(std::size_t at) {
        if (at + 1 >= text_.tokens.size() || !has_class(words_[at], knowledge_.of) ||
            !has_class(words_[at + 1], knowledge_.month))
            return;
        dead_[at] = dead_[at + 1] = true;
    }

    /// "farmacia 24 horas", "24 Hour Fitness", "24/7": always open, no length and no date.
    [[nodiscard]] bool is_always_open(std::size_t begin, std::size_t end) const {
        if (text_.tokens[begin].number != 24 || end >= text_.tokens.size() + 1) return false;
        const auto size = text_.tokens.size();
        if (end == begin + 3)
            return character(begin + 1) == '/' && text_.tokens[begin + 2].number == 7 &&
                   (begin == 0 || !(has_class(words_[begin - 1], knowledge_.the) ||
                                    has_class(words_[begin - 1], knowledge_.day_word) ||
                                    has_class(words_[begin - 1], knowledge_.on)));
        if (end != begin + 1 || end >= size || !has_class(words_[end], knowledge_.hour_word)) return false;
        if (end + 1 < size && has_class(words_[end + 1], knowledge_.ahead)) return false;
        const bool behind_noun = begin > 0 && text_.tokens[begin - 1].kind == TokenKind::kWord &&
                                 words_[begin - 1] == Lexicon::kUnknown;
        const bool before_name = end + 1 < size && text_.tokens[end + 1].capital;
        return behind_noun || before_name;
    }

    /// "14 Marlow Road", "Rua das Flores 45": the noun of a street, with its name in capitals between.
    [[nodiscard]] bool is_house_number(std::size_t begin, std::size_t end) const {
        constexpr std::size_t kLongestName = 5;
        const auto named = [&](std::size_t at) {
            return text_.tokens[at].kind == TokenKind::kWord &&
                   (text_.tokens[at].capital || has_class(words_[at], knowledge_.of));
        };
        for (std::size_t at = end; at < text_.tokens.size() && at - end < kLongestName && named(at); ++at)
            if (at > end && has_class(words_[at], knowledge_.street_behind)) return true;
        for (std::size_t at = begin; at-- > 0 && begin - at <= kLongestName;) {
            if (has_class(words_[at], knowledge_.street_before)) return at + 1 < begin;
            if (!named(at)) return false;
        }
        return false;
    }

    [[nodiscard]] bool is_no_time(std::size_t begin, std::size_t end) const {
        if (is_always_open(begin, end) || (end == begin + 1 && is_house_number(begin, end))) return true;
        if (begin > 0) {
            const Token& before = text_.tokens[begin - 1];
            const char c = character(begin - 1);
            if (c == '$' || c == '#') return true;
            if (text_.tokens[begin].glued && before.kind != TokenKind::kPunct &&
                before.kind != TokenKind::kWord)
                return true;
            std::size_t name = begin - 1;  // "Version: 1.2", "sala 3", "Tel. 5"
            if ((c == ':' || c == '.') && name > 0) --name;
            if (has_class(words_[name], knowledge_.not_time_before)) return true;
        }
        if (end < text_.tokens.size()) {
            const Token& after = text_.tokens[end];
            if (after.glued && after.kind == TokenKind::kWord && words_[end] == Lexicon::kUnknown)
                return true;
            const bool ordinal = after.glued && (has_class(words_[end], knowledge_.ordinal_mark) ||
                                                 has_class(words_[end], knowledge_.ordinal_mark_feminine));
            if (ordinal && end + 1 < text_.tokens.size() &&
                has_class(words_[end + 1], knowledge_.ordered_noun))
                return true;  // "2nd floor"
            // "at 450 Sutter St"
            const bool house_number = end == begin + 1 &&
                                      text_.tokens[begin].end - text_.tokens[begin].begin >= 3 &&
                                      !after.glued && after.capital && after.kind == TokenKind::kWord &&
                                      words_[end] == Lexicon::kUnknown && begin > 0;
            if (house_number) return true;
            const char c = character(end);
            if (c == '%' || c == '$' || has_class(words_[end], knowledge_.not_time_after)) return true;
        }
        return false;
    }

    [[nodiscard]] bool has_class(Lexicon::WordId word, Symbol symbol) const {
        const auto node =
            word == Lexicon::kUnknown ? std::nullopt : knowledge_.lexicon.next(Lexicon::kRoot, word);
        if (!node) return false;
        const auto& entries = knowledge_.lexicon.entries(*node);
        return std::any_of(entries.begin(), entries.end(), [&](const LexiconEntry& entry) {
            return entry.symbol == symbol && (entry.language & result_.language) != 0;
        });
    }

    /// An expression must not begin or end inside a chain of numbers.
    [[nodiscard]] bool cuts_chain(const Edge& edge) const {
        const auto joined = [&](std::size_t mark) {
            return is_chain_mark(mark) && mark > 0 && mark + 1 < text_.tokens.size() &&
                   text_.tokens[mark].glued && text_.tokens[mark + 1].glued &&
                   text_.tokens[mark - 1].kind == TokenKind::kNumber &&
                   text_.tokens[mark + 1].kind == TokenKind::kNumber;
        };
        if (edge.begin > 0 && (joined(edge.begin) || joined(edge.begin - 1))) return true;
        return edge.end < text_.tokens.size() && (joined(edge.end) || joined(edge.end - 1));
    }

    /// False when the work allowed at this token is used up.
    bool spend(std::uint64_t steps) {
        if (budget_ < steps) {
            budget_ = 0;
            return false;
        }
        budget_ -= steps;
        result_.steps += steps;
        return true;
    }

    void advance(Grammar::NodeId node, std::size_t depth) {
        if (!spend(1 + knowledge_.grammar.rules(node).size())) return;
        for (const Rule& rule : knowledge_.grammar.rules(node)) apply(rule, depth);
        if (!knowledge_.grammar.has_children(node) || depth == Grammar::kMaxItems) return;
        const std::uint32_t at = edges_[path_[depth - 1]].end;
        if (at >= text_.tokens.size() || at - edges_[path_[0]].begin >= kLongest) return;
        const std::uint32_t last = at == 0 ? static_cast<std::uint32_t>(edges_.size()) : begins_end(at);
        if (!spend((last - begins_[at]) / 16)) return;
        for (std::uint32_t k = begins_[at]; k < last; ++k) {
            const Grammar::NodeId child = knowledge_.grammar.next(node, edges_[k].symbol);
            if (child == Grammar::kNone) continue;
            path_[depth] = k;
            advance(child, depth + 1);
        }
    }

    /// Edges beginning at a token lie together; those of the token before it follow.
    [[nodiscard]] std::uint32_t begins_end(std::uint32_t at) const { return begins_[at - 1]; }

    void apply(const Rule& rule, std::size_t depth) {
        if ((rule.languages & result_.language) == 0) return;
        std::array<const Value*, Grammar::kMaxItems> arguments;
        std::size_t count = 0;
        int score = rule.weight;
        for (std::size_t i = 0; i < depth; ++i) {
            const Edge& edge = edges_[path_[i]];
            if ((rule.glued >> i & 1) != 0 && !text_.tokens[edge.begin].glued) return;
            if ((rule.content >> i & 1) != 0) arguments[count++] = &edge.value;
            score += edge.score;
        }
        Edge made{edges_[path_[0]].begin, edges_[path_[depth - 1]].end, rule.category, 0, {}};
        if (!rule.action(context_, Arguments(arguments.data(), count), rule.parameter, made.value)) return;
        made.score = static_cast<std::int16_t>(std::clamp(score, -1000, 1000));
        add(made);
    }

    void add(const Edge& edge) {
        const std::size_t first = begins_[edge.begin];
        if (edges_.size() - first >= kMostEdgesAtOneToken || !spend((edges_.size() - first) / 8)) return;
        int alike = 0;
        for (std::size_t k = first; k < edges_.size(); ++k) {
            Edge& known = edges_[k];
            if (known.end != edge.end || known.symbol != edge.symbol) continue;
            if (known.value == edge.value) {
                known.score = std::max(known.score, edge.score);
                return;
            }
            if (++alike == 4) return;
        }
        edges_.push_back(edge);
    }

    /// "con Julio", "with April": a month alone behind such a word is a person; so is one written with a
    /// capital where months are not.
    [[nodiscard]] bool is_person(const Edge& edge) const {
        if (edge.end - edge.begin != 1 || edge.symbol != knowledge_.period) return false;
        if (edge.end < text_.tokens.size() && has_class(words_[edge.end], knowledge_.name_behind))
            return true;
        if (edge.begin == 0) return false;
        if (has_class(words_[edge.begin - 1], knowledge_.name_before)) return true;
        const Token& before = text_.tokens[edge.begin - 1];
        return text_.tokens[edge.begin].capital && before.kind == TokenKind::kWord && !before.capital &&
               (result_.language & kCapitalMonths) == 0;
    }

    [[nodiscard]] int gain(const Edge& edge) const {
        if (is_person(edge)) return -1;
        // Each expression costs something, so that one long one beats two that meet.
        if (knowledge_.roots.test(edge.symbol))
            return (edge.end - edge.begin == 1 ? 3 : static_cast<int>(edge.end - edge.begin) * 10 - 12) +
                   edge.score;
        const bool whole = edge.begin == 0 && edge.end == text_.tokens.size();
        if (edge.symbol == knowledge_.sole && whole) return 6 + edge.score;
        return -1;
    }

    /// The set of expressions that covers most with fewest pieces.
    void choose() {
        const std::size_t count = text_.tokens.size();
        std::vector<int> value(count + 1, 0);
        std::vector<std::uint32_t> pick(count, kNothing);
        for (std::size_t at = count; at-- > 0;) {
            value[at] = value[at + 1];
            const std::uint32_t last = at == 0 ? static_cast<std::uint32_t>(edges_.size()) : begins_[at - 1];
            for (std::uint32_t k = begins_[at]; k < last; ++k) {
                const int own = gain(edges_[k]);
                if (own <= 0 || cuts_chain(edges_[k]) || own + value[edges_[k].end] <= value[at]) continue;
                value[at] = own + value[edges_[k].end];
                pick[at] = k;
            }
        }
        for (std::size_t at = 0; at < count;) {
            if (pick[at] == kNothing || value[at] == value[at + 1]) {
                ++at;
                continue;
            }
            const Edge& edge = edges_[pick[at]];
            result_.best.push_back(edge);
            collect_others(edge);
            at = edge.end;
        }
    }

    void collect_others(const Edge& chosen) {
        const std::uint32_t last =
            chosen.begin == 0 ? static_cast<std::uint32_t>(edges_.size()) : begins_[chosen.begin - 1];
        for (std::uint32_t k = begins_[chosen.begin]; k < last; ++k) {
            const Edge& edge = edges_[k];
            if (edge.end != chosen.end || gain(edge) != gain(chosen) || edge.value == chosen.value) continue;
            result_.others.push_back(edge);
        }
    }

    static constexpr std::uint32_t kNothing = ~std::uint32_t{0};

    const Knowledge& knowledge_;
    const Text& text_;
    const Context& context_;
    std::vector<Lexicon::WordId> words_;
    std::vector<bool> dead_;  ///< numbers that are no times
    std::vector<Edge> edges_;
    std::vector<std::uint32_t> begins_;  ///< first edge that begins at a token
    std::array<std::uint32_t, Grammar::kMaxItems + 1> path_{};
    std::uint64_t budget_ = 0;
    ChartResult result_;
};

}  // namespace

ChartResult parse(const Knowledge& knowledge, const Text& text, LanguageMask preferred,
                  const Context& context) {
    return Chart(knowledge, text, preferred, context).run();
}

}  // namespace scheduling::language
