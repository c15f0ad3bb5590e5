#include "language/chart.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace scheduling::language {
namespace {

// No time expression of the corpora is longer than this many tokens.
constexpr std::uint32_t kLongest = 28;
constexpr std::size_t kMostEdgesAtOneToken = 160;
// Steps for a whole message: short ones may use many a token, long ones fewer each.
constexpr std::uint64_t kMostSteps = 60'000;

class Chart {
public:
    Chart(const Knowledge& knowledge, const Text& text, LanguageMask preferred, const Context& context)
        : knowledge_(knowledge), text_(text), context_(context), begins_(text.tokens.size() + 1) {
        find_words();
        result_.language = choose_language(preferred);
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
        if (token.kind == TokenKind::kNumber && is_plain_number(at)) {
            Edge edge{at, at + 1, knowledge_.number, 0, {}};
            edge.value.number = static_cast<std::int32_t>(std::min<std::int64_t>(token.number, 1'000'000'000));
            edge.value.digits = static_cast<std::int8_t>(std::min<std::uint32_t>(token.end - token.begin, 100));
            add(edge);
        }
        if (token.kind == TokenKind::kPunct) {
            const auto c = static_cast<unsigned char>(text_.folded[token.folded_begin]);
            if (c < knowledge_.characters.size() && knowledge_.characters[c] != kNoSymbol)
                add({at, at + 1, knowledge_.characters[c], 0, {}});
        }
        seed_words(at);
    }

    void seed_words(std::uint32_t at) {
        Lexicon::NodeId node = Lexicon::kRoot;
        const bool first_unknown = words_[at] == Lexicon::kUnknown;
        for (std::uint32_t end = at; end < text_.tokens.size() && end - at < 6; ++end) {
            Lexicon::WordId word = words_[end];
            if (word == Lexicon::kUnknown && text_.tokens[end].kind == TokenKind::kWord) {
                word = knowledge_.lexicon.find_misspelt(text_.word(end), result_.language);
            }
            if (word == Lexicon::kUnknown) return;
            const auto next = knowledge_.lexicon.next(node, word);
            if (!next) return;
            node = *next;
            for (const LexiconEntry& entry : knowledge_.lexicon.entries(node)) {
                const bool native = (entry.language & result_.language) != 0;
                const bool known_here = !first_unknown && (knowledge_.lexicon.languages(words_[at]) & result_.language);
                if (!native && (!entry.portable || known_here)) continue;
                const std::int16_t score = first_unknown ? -2 : 0;
                add({at, end + 1, entry.symbol, score, entry.value});
            }
        }
    }

    /// Not part of a price, a code or a measure: "4G", "$5", "10%", "A-4".
    bool is_plain_number(std::uint32_t at) const {
        const auto folded = [&](std::uint32_t i) { return text_.folded[text_.tokens[i].folded_begin]; };
        if (at > 0) {
            const Token& before = text_.tokens[at - 1];
            if (before.kind == TokenKind::kPunct && (folded(at - 1) == '$' || folded(at - 1) == '#')) return false;
            const bool glued = text_.tokens[at].glued;
            if (glued && (before.kind == TokenKind::kCode || before.kind == TokenKind::kEmail)) return false;
        }
        if (at + 1 < text_.tokens.size()) {
            const Token& after = text_.tokens[at + 1];
            if (after.glued && after.kind == TokenKind::kWord && words_[at + 1] == Lexicon::kUnknown) return false;
            if (after.kind == TokenKind::kPunct && (folded(at + 1) == '%' || folded(at + 1) == '$')) return false;
        }
        return true;
    }

    void advance(Grammar::NodeId node, std::size_t depth) {
        if (budget_ == 0) return;
        --budget_;
        ++result_.steps;
        for (const Rule& rule : knowledge_.grammar.rules(node)) apply(rule, depth);
        if (!knowledge_.grammar.has_children(node) || depth == Grammar::kMaxItems) return;
        const std::uint32_t at = edges_[path_[depth - 1]].end;
        if (at >= text_.tokens.size() || at - edges_[path_[0]].begin >= kLongest) return;
        const std::uint32_t last = at == 0 ? static_cast<std::uint32_t>(edges_.size()) : begins_end(at);
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
        if (edges_.size() - first >= kMostEdgesAtOneToken) return;
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

    [[nodiscard]] int gain(const Edge& edge) const {
        if (knowledge_.roots.test(edge.symbol)) return static_cast<int>(edge.end - edge.begin) * 10 - 8 + edge.score;
        const bool whole = edge.begin == 0 && edge.end == text_.tokens.size();
        if (edge.symbol == knowledge_.sole && whole) return 1 + edge.score;
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
                if (own <= 0 || own + value[edges_[k].end] <= value[at]) continue;
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
        const std::uint32_t last = chosen.begin == 0 ? static_cast<std::uint32_t>(edges_.size()) : begins_[chosen.begin - 1];
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
    std::vector<Edge> edges_;
    std::vector<std::uint32_t> begins_;  ///< first edge that begins at a token
    std::array<std::uint32_t, Grammar::kMaxItems + 1> path_{};
    std::uint64_t budget_ = 0;
    ChartResult result_;
};

}  // namespace

ChartResult parse(const Knowledge& knowledge, const Text& text, LanguageMask preferred, const Context& context) {
    return Chart(knowledge, text, preferred, context).run();
}

}  // namespace scheduling::language
