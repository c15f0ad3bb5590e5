#include "host/intents/day_ahead.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "host/intents/text.hpp"
#include "migue_intents_data.embedded.hpp"

namespace migue::host::intents {
namespace {

WordClasses signs() {
    const auto data = migue_intents_data::embedded("data/day_ahead.txt");
    assert(data);
    return WordClasses(*data);
}

/// "acordou", "levanté", "llegaron", "ficamos": told of what is over. Future forms ("iré", "estará") end
/// in -ré, -rá and do not count.
bool is_past_form(std::string_view word) {
    static constexpr std::array<std::string_view, 11> kEnds{"ó",    "iu",   "aste",   "ieron", "aron", "aram",
                                                            "eram", "iram", "ábamos", "ava",   "avam"};
    constexpr std::size_t kShortest = 5;
    if (word.size() < kShortest) return false;
    if (word.ends_with("ou") && !word.ends_with("you")) return true;
    if (word.ends_with("é") && !word.ends_with("ré") && word != "café" && word != "bebé") return true;
    return std::ranges::any_of(kEnds, [&](std::string_view end) { return word.ends_with(end); });
}

}  // namespace

DayAhead::DayAhead() : kinds_(WordClasses::shipped()), signs_(signs()) {}

bool DayAhead::names_one(const Tokens& tokens) const {
    constexpr std::size_t kNear = 4;  // tokens between "in" and its unit: "daqui a uma hora"
    bool found = false;
    std::size_t counts_from = tokens.size();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (token.type == TokenClass::kQuestion) return false;
        const std::string_view sign = signs_.of(token);
        if (sign == "past" || sign == "told" || sign == "pastday" || sign == "now" ||
            (sign == "ask" && i == 0))
            return false;
        if (token.type == TokenClass::kWord && is_past_form(token.word)) return false;
        const std::string_view kind = token.type == TokenClass::kWord ? kinds_.of(token) : "";
        const std::string_view before = i > 0 ? signs_.of(tokens[i - 1]) : "";
        if (sign == "in") counts_from = i;
        const bool length = kind == "unit" && counts_from < i && i - counts_from <= kNear;
        const bool numbered = token.type == TokenClass::kNumber && before == "dom";
        found = found || kind == "day" || kind == "relative" || token.type == TokenClass::kDate || length ||
                numbered || (kind == "month" && i > 0);
    }
    return found;
}

bool DayAhead::tells_of_past(const Tokens& tokens) const {
    return std::ranges::any_of(tokens, [&](const Token& token) {
        const std::string_view sign = signs_.of(token);
        return sign == "past" || sign == "told" || sign == "pastday" ||
               (sign.empty() && token.type == TokenClass::kWord && is_past_form(token.word));
    });
}

bool DayAhead::tells_only_of_past(const Tokens& tokens) const {
    bool told = false;
    std::string_view before;
    for (const Token& token : tokens) {
        const std::string_view sign = signs_.of(token), last = before;
        before = sign;
        const bool word = token.type == TokenClass::kWord;
        const std::string_view kind = word ? kinds_.of(token) : "";
        told = told || sign == "told" || (sign.empty() && kind.empty() && word && is_past_form(token.word));
        if (kind == "month" || token.type == TokenClass::kDate || sign == "in" ||
            (kind == "relative" && sign != "pastday" && last != "morning"))
            return false;
    }
    return told;
}

bool DayAhead::is_sent_round(const Tokens& tokens) const {
    bool sent = false, counted = false;
    for (const Token& token : tokens) {
        const std::string_view sign = signs_.of(token);
        sent = sent || sign == "round";
        if (sent && counted && sign == "audience") return true;
        counted = token.type == TokenClass::kNumber;
    }
    return false;
}

bool DayAhead::names_only_past_days(const Tokens& tokens) const {
    bool found = false;
    std::string_view before;
    for (const Token& token : tokens) {
        const std::string_view sign = signs_.of(token), last = before;
        before = sign;
        if (sign == "pastday") {
            found = true;
            continue;
        }
        const std::string_view kind = token.type == TokenClass::kWord ? kinds_.of(token) : "";
        const bool relative = kind == "relative" && last != "morning";  // "la 1 de la mañana"
        if (kind == "day" || kind == "month" || relative || token.type == TokenClass::kDate) return false;
    }
    return found;
}

}  // namespace migue::host::intents
