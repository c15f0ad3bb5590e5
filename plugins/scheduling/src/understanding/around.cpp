#include <algorithm>

#include "understanding/around.hpp"

namespace scheduling {

using language::Symbol;
using language::TokenKind;

bool is_title_role(Role role) {
    return role == Role::kFree || role == Role::kTitle || role == Role::kGuest;
}

Around::Around(const language::Reading& read)
    : reading(read),
      knowledge(language::knowledge()),
      classes(knowledge.around_classes),
      roles(read.text.tokens.size(), Role::kFree) {
    words.reserve(roles.size());
    for (std::size_t at = 0; at < roles.size(); ++at)
        words.push_back(knowledge.around.find(read.text.word(at)));
    for (const auto& expression : read.expressions)
        mark(expression.begin_token, expression.end_token, Role::kTime);
    // "4to grado", "2do turno": the ending of an ordinal is no word of another language ("to").
    constexpr std::size_t kLongestEnding = 2;
    constexpr std::string_view kVowels = "oa";
    for (std::uint32_t at = 1; at < size(); ++at)
        if (read.text.tokens[at].glued && read.text.tokens[at - 1].kind == TokenKind::kNumber &&
            read.text.word(at).size() <= kLongestEnding &&
            kVowels.find(read.text.word(at).back()) != std::string_view::npos &&
            words[at] != language::Lexicon::kUnknown &&
            (knowledge.around.languages(words[at]) & read.language) == 0)
            words[at] = language::Lexicon::kUnknown;
    // "té con la abuela": with its accent another word than without ("te pido").
    for (std::uint32_t at = 0; at < size(); ++at)
        if (slice(at, at + 1).size() > read.text.word(at).size() &&
            is_of(read.text.word(at), classes.accented))
            words[at] = language::Lexicon::kUnknown;
    for (std::uint32_t at = 1; at < size(); ++at)
        if (is_saint(at) || is_place_letter(at)) words[at] = language::Lexicon::kUnknown;
}

/// "igreja são judas", "campo do são paulo": a saint behind a place or "of", where a name follows.
bool Around::is_saint(std::uint32_t at) const {
    if (at + 1 >= size() || phrase(at, classes.saint, true) == 0) return false;
    if (roles[at + 1] == Role::kTime || phrase(at + 1, classes.small, true) > 0 ||
        phrase(at + 1, classes.article, true) > 0 || reading.text.tokens[at + 1].kind != TokenKind::kWord)
        return false;
    return phrase(at - 1, classes.place_noun, true) == 1 || phrase(at - 1, classes.of_group, true) == 1;
}

/// "bloco C", "sala do r/c": a letter that says which place, no "with" and no "and".
bool Around::is_place_letter(std::uint32_t at) const {
    const auto& token = reading.text.tokens[at];
    if (token.kind != TokenKind::kWord || reading.text.word(at).size() != 1) return false;
    const auto joins = [&](std::uint32_t slash) {
        const auto& tokens = reading.text.tokens;
        return slash + 1 < size() && punctuation(slash) == '/' && tokens[slash].glued &&
               tokens[slash + 1].glued && reading.text.word(slash - 1).size() == 1 &&
               reading.text.word(slash + 1).size() == 1;
    };
    if (joins(at + 1) || (at > 1 && joins(at - 1))) return true;
    return token.capital && !reading.text.tokens[at - 1].capital &&
           phrase(at - 1, classes.place_noun, true) == 1;
}

std::uint32_t Around::begun_phrase(std::uint32_t at, Symbol wanted, bool any_role) const {
    // A word that only another language knows is taken for that one's: "can you agendar a meeting".
    const bool foreign = words[at] != language::Lexicon::kUnknown && !reading.text.tokens[at].capital &&
                         (knowledge.around.languages(words[at]) & reading.language) == 0;
    const language::LanguageMask spoken = foreign ? language::kEveryLanguage : reading.language;
    std::uint32_t longest = 0;
    auto node = language::Lexicon::kRoot;
    for (std::uint32_t end = at; end < size() && end - at < 6; ++end) {
        const auto next = knowledge.around.next(node, words[end]);
        if (!next || (!any_role && end > at && !is_free(end))) break;
        node = *next;
        for (const auto& entry : knowledge.around.entries(node))
            if (entry.symbol == wanted && (entry.language & spoken) != 0) longest = end - at + 1;
    }
    return longest;
}

const language::LanguageInfo& Around::language() const {
    return *std::find_if(std::begin(language::kLanguages), std::end(language::kLanguages),
                         [&](const auto& info) { return (info.bit & reading.language) != 0; });
}

bool Around::starts_line(std::uint32_t at) const {
    if (at == 0) return true;
    const auto& tokens = reading.text.tokens;
    const std::string_view between =
        reading.text.original.substr(tokens[at - 1].end, tokens[at].begin - tokens[at - 1].end);
    return between.find('\n') != std::string_view::npos;
}

char Around::punctuation(std::uint32_t at) const {
    const auto& token = reading.text.tokens[at];
    return token.kind == TokenKind::kPunct ? reading.text.folded[token.folded_begin] : '\0';
}

void Around::mark(std::uint32_t begin, std::uint32_t end, Role role) {
    std::fill(roles.begin() + begin, roles.begin() + std::min(end, size()), role);
}

std::string_view Around::slice(std::uint32_t begin, std::uint32_t end) const {
    const auto& tokens = reading.text.tokens;
    return reading.text.original.substr(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin);
}

bool Around::is_of(std::string_view folded, Symbol wanted) const {
    const auto node = knowledge.around.next(language::Lexicon::kRoot, knowledge.around.find(folded));
    if (!node || wanted == language::kNoSymbol) return false;
    const auto& entries = knowledge.around.entries(*node);
    return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
        return entry.symbol == wanted && (entry.language & reading.language) != 0;
    });
}

std::optional<std::uint32_t> Around::find(Symbol wanted) const {
    for (std::uint32_t at = 0; at < size(); ++at)
        if (phrase(at, wanted, true) > 0) return at;
    return std::nullopt;
}

}  // namespace scheduling
