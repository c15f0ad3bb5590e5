#include "language/chart.hpp"

#include <algorithm>
#include <array>
#include <memory_resource>

#include "language/words.hpp"

namespace scheduling::language {
namespace {

// No time expression of the corpora is longer than this many tokens.
constexpr std::uint32_t kLongest = 28;
constexpr std::uint32_t kLongestPhrase = 8;
constexpr std::int32_t kWholeDay = 86'400;
constexpr std::size_t kShortMessage = 6;
constexpr std::size_t kMostEdgesAtOneToken = 160;
// Steps for a whole message: short ones may use many a token, long ones fewer each.
constexpr std::uint64_t kMostSteps = 60'000;

class Chart {
public:
    Chart(const Knowledge& knowledge, const Text& text, LanguageMask preferred, const Context& context)
        : knowledge_(knowledge),
          text_(text),
          context_(context),
          words_(knowledge, text, preferred, context.local_language),
          begins_(text.tokens.size() + 1, &memory_),
          symbols_(text.tokens.size(), &memory_),
          edges_(&memory_) {
        result_.language = words_.language();
        order_numbers();
        constexpr DayNumber kWeek = 7;
        if ((result_.language & kCapitalMonths) != 0) context_.bare_day_reach = kWeek;  // "tues 4" is an hour
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
    /// In Spanish and Portuguese the day is first; where the locale says otherwise, either may be meant.
    void order_numbers() {
        if ((result_.language & kCapitalMonths) != 0) return;
        context_.order_known = context_.day_first || !context_.order_known;
        context_.day_first = true;
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
        if (token.kind == TokenKind::kNumber && !words_.is_dead(at)) {
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
        if (token.kind == TokenKind::kCode && !words_.is_dead(at)) seed_month_code(at);
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
        if (words_.is_dead(at)) return;
        const bool is_ordinal = at + 1 < text_.tokens.size() &&
                                words_.has_class(words_[at + 1], knowledge_.ordered_by_word) &&
                                words_.has_class(words_[at], knowledge_.ordinal_word);
        Lexicon::NodeId node = Lexicon::kRoot;
        const bool first_unknown = words_[at] == Lexicon::kUnknown;
        for (std::uint32_t end = at; end < text_.tokens.size() && end - at < kLongestPhrase; ++end) {
            Lexicon::WordId word = words_[end];
            if (word == Lexicon::kUnknown && text_.tokens[end].kind == TokenKind::kWord &&
                !words_.is_name(end)) {
                word = knowledge_.lexicon.find_misspelt(text_.word(end), result_.language);
            }
            if (word == Lexicon::kUnknown) return;
            const auto next = knowledge_.lexicon.next(node, word);
            if (!next) return;
            node = *next;
            for (const LexiconEntry& entry : knowledge_.lexicon.entries(node)) {
                if (!knowledge_.grammar.uses(entry.symbol))
                    continue;  // "room", "people": asked about elsewhere
                const bool native = (entry.language & result_.language) != 0;
                if (native ? entry.foreign : !is_understood(entry, at, end)) continue;
                if (!native && end == at && is_acronym(at)) continue;  // "SAT", "MIE" in another language
                if (is_ordinal && entry.symbol == knowledge_.weekday) continue;  // "a segunda opção"
                // "3a" is Tuesday, "3 a 1" a score.
                const bool apart =
                    end == at + 1 && text_.tokens[at].kind == TokenKind::kNumber && !text_.tokens[end].glued;
                const bool weekday =
                    entry.symbol == knowledge_.weekday_short || entry.symbol == knowledge_.weekday_plural;
                if (apart && weekday) continue;
                if (entry.symbol == knowledge_.relday_short &&
                    (text_.tokens[at].capital || words_.is_name_due(at) ||
                     (at > 0 && words_.has_class(words_[at - 1], knowledge_.name_before))))
                    continue;
                if (entry.symbol == knowledge_.weekday && end == at && words_.begins_place_name(at)) continue;
                const std::int16_t score = first_unknown ? -2 : 0;
                add({at, end + 1, entry.symbol, score, entry.value});
            }
        }
    }

    /// In a message of another language, whose own words go first: "mañana at 4", "tomorrow a las 5".
    [[nodiscard]] bool is_understood(const LexiconEntry& entry, std::uint32_t begin,
                                     std::uint32_t last) const {
        const auto native = [&](std::uint32_t at) {
            return words_[at] != Lexicon::kUnknown && words_.is_native_word(words_[at]);
        };
        if (!entry.foreign) return entry.portable && !native(begin);
        for (std::uint32_t at = begin; at <= last; ++at)
            if (!native(at)) return true;
        return false;
    }

    /// Three or four letters, all of them capitals, in a message that is not.
    [[nodiscard]] bool is_acronym(std::uint32_t at) const {
        const std::string_view raw = text_.raw(at);
        const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
        return raw.size() >= 3 && raw.size() <= 4 && std::all_of(raw.begin(), raw.end(), is_capital);
    }

    /// "hot yoga wed", "haircut sat, Tony's": a short weekday that could be another word counts as the last
    /// word of a message or of what stands before a comma.
    [[nodiscard]] bool ends_with_weekday(const Edge& edge) const {
        const bool last = edge.end == text_.tokens.size() || text_.raw(edge.end) == ",";
        if (edge.symbol != knowledge_.weekday_short || !last || edge.begin == 0) return false;
        const std::size_t before = edge.begin - 1;
        const bool noun = (text_.tokens[before].kind == TokenKind::kWord || text_.raw(before) == ",") &&
                          !words_.has_class(words_[before], knowledge_.the) &&
                          !words_.has_class(words_[before], knowledge_.of) &&
                          !words_.has_class(words_[before], knowledge_.on);
        const bool verb = result_.language == 4 && edge.value.weekday == 2;  // "ter"
        return noun && !verb && edge.end <= kShortMessage;
    }

    /// An expression must not begin or end inside a chain of numbers.
    [[nodiscard]] bool cuts_chain(const Edge& edge) const {
        const auto joined = [&](std::size_t mark) {
            return words_.is_chain_mark(mark) && mark > 0 && mark + 1 < text_.tokens.size() &&
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
        if (!spend((last - begins_[at]) / 16) || !knowledge_.grammar.has_any(node, symbols_[at])) return;
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
        SymbolSet& symbols = symbols_[edge.begin];
        std::size_t k = symbols.has(edge.symbol) ? first : edges_.size();
        for (int alike = 0; k < edges_.size(); ++k) {
            Edge& known = edges_[k];
            if (known.end != edge.end || known.symbol != edge.symbol) continue;
            if (known.value == edge.value) {
                known.score = std::max(known.score, edge.score);
                return;
            }
            if (++alike == 4) return;
        }
        symbols.add(edge.symbol);
        edges_.push_back(edge);
    }

    /// "9:45 hasta el 18 dic": the number before a month is a day, no hour.
    [[nodiscard]] bool cuts_date(const Edge& edge) const {
        const std::size_t count = text_.tokens.size();
        if (edge.value.clock_end < 0 || edge.value.has(kPartOnly) || edge.end >= count ||
            edge.end - edge.begin < 2)
            return false;
        if (text_.tokens[edge.end - 1].kind != TokenKind::kNumber || words_.is_chain_mark(edge.end - 2))
            return false;
        const std::size_t month = words_.has_class(words_[edge.end], knowledge_.of) ? edge.end + 1 : edge.end;
        if (month >= count) return false;
        // "9 to 5 Dec 3"
        const bool own_day = month + 1 < count && text_.tokens[month + 1].kind == TokenKind::kNumber &&
                             (result_.language & kCapitalMonths) != 0;
        return !own_day && (words_.has_class(words_[month], knowledge_.month) ||
                            words_.has_class(words_[month], knowledge_.month_short));
    }

    /// "o Abril", "Abril Fonseca": no month has an article there, or a surname.
    [[nodiscard]] bool is_called_by_month(const Edge& edge) const {
        const std::uint32_t last = edge.end - 1;
        if (edge.symbol != knowledge_.period || edge.end - edge.begin > 2 || !text_.tokens[last].capital ||
            (result_.language & kCapitalMonths) != 0 || !words_.has_class(words_[last], knowledge_.month))
            return false;
        if (edge.end - edge.begin == 2) return words_.has_class(words_[edge.begin], knowledge_.name_article);
        return edge.end < text_.tokens.size() && text_.tokens[edge.end].capital &&
               words_[edge.end] == Lexicon::kUnknown;
    }

    /// "con Julio", "with April": a month alone behind such a word is a person; so is one written with a
    /// capital where months are not.
    [[nodiscard]] bool is_person(const Edge& edge) const {
        if (is_called_by_month(edge)) return true;
        if (edge.end - edge.begin != 1) return false;
        const bool bare_day = !edge.value.has_clock() && !edge.value.has_duration;
        if (bare_day && words_.is_name_due(edge.begin)) return true;
        if (edge.symbol != knowledge_.period) return false;
        if (edge.end < text_.tokens.size() && words_.has_class(words_[edge.end], knowledge_.name_behind))
            return true;
        if (edge.begin == 0) return false;
        if (words_.has_class(words_[edge.begin - 1], knowledge_.name_before)) return true;
        const Token& before = text_.tokens[edge.begin - 1];
        return text_.tokens[edge.begin].capital && before.kind == TokenKind::kWord && !before.capital &&
               (result_.language & kCapitalMonths) == 0;
    }

    [[nodiscard]] int gain(const Edge& edge) const {
        // Each expression costs something, so that one long one beats two that meet.
        if (knowledge_.roots.test(edge.symbol) && !is_person(edge))
            return (edge.end - edge.begin == 1 ? 3 : static_cast<int>(edge.end - edge.begin) * 10 - 12) +
                   edge.score;
        if (ends_with_weekday(edge)) return 3;
        const bool whole = edge.begin == 0 && edge.end == text_.tokens.size();
        if (edge.symbol == knowledge_.sole && whole) return 6 + edge.score;
        const bool closes =
            edge.end == text_.tokens.size() || text_.tokens[edge.end].kind == TokenKind::kPunct;
        if (edge.symbol == knowledge_.last && edge.begin > 0 && closes) return 2 + edge.score;
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
                if (own <= 0 || cuts_chain(edges_[k]) || cuts_date(edges_[k]) ||
                    own + value[edges_[k].end] <= value[at])
                    continue;
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
            if (edge.value.has(kTheirZone)) place_zone(result_.best.back().value);
            collect_others(edge);
            at = edge.end;
        }
    }

    /// "8pm her time": in the zone of the place; where none is known the hour stays open and is asked.
    void place_zone(Value& value) const {
        value.zone = named_zone();
        if (value.zone >= 0) return;
        value.clock = 0;
        value.clock_end = kWholeDay;
        value.flags = (value.flags & ~(kBareHour | kBareHourEnd)) | kPartOnly;
    }

    /// Of the one place whose clock the message can mean; -1 when it names none, or several.
    [[nodiscard]] std::int16_t named_zone() const {
        std::int16_t zone = -1;
        for (const Edge& edge : edges_) {
            if (edge.symbol != knowledge_.city) continue;
            const bool named = text_.tokens[edge.begin].capital || text_.word(edge.begin).size() > 4;
            if (!named || edge.value.zone == zone) continue;
            if (zone >= 0) return -1;
            zone = edge.value.zone;
        }
        return zone;
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
    Context context_;
    const Words words_;
    /// What follows lives on the stack, but for long messages.
    std::array<std::byte, 32'768> first_memory_;
    std::pmr::monotonic_buffer_resource memory_{first_memory_.data(), first_memory_.size()};
    std::pmr::vector<std::uint32_t> begins_;  ///< first edge that begins at a token
    std::pmr::vector<SymbolSet> symbols_;     ///< by token: of the edges that begin there
    std::pmr::vector<Edge> edges_;
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
