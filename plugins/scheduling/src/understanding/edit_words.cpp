#include "understanding/edit_words.hpp"

#include <algorithm>
#include <stdexcept>

#include "edit_data.embedded.hpp"
#include "language/text.hpp"

namespace scheduling {
namespace {

constexpr std::pair<std::string_view, Act> kActs[] = {
    {"cancel", Act::kCancel},   {"remove", Act::kRemove},   {"move", Act::kMove},
    {"later", Act::kLater},     {"earlier", Act::kEarlier}, {"longer", Act::kLonger},
    {"shorter", Act::kShorter}, {"last", Act::kLast},       {"add", Act::kAdd},
    {"name", Act::kName},       {"put", Act::kPut},         {"change", Act::kChange},
    {"be", Act::kBe},           {"begin", Act::kBegin},     {"end", Act::kEnd},
    {"restore", Act::kRestore}, {"book", Act::kBook},
};

Act act_of(std::string_view name) {
    for (const auto& [key, act] : kActs)
        if (key == name) return act;
    throw std::invalid_argument("edit words: no act is named " + std::string(name));
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char mark) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(mark), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.push_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

/// One letter more, less, other, or two that changed places; the first letter is right.
bool is_slip_of(std::string_view said, std::string_view meant) {
    if (said.empty() || meant.empty() || said[0] != meant[0]) return false;
    const std::size_t shorter = std::min(said.size(), meant.size());
    if (std::max(said.size(), meant.size()) - shorter > 1) return false;
    std::size_t same = 0;
    while (same < shorter && said[same] == meant[same]) ++same;
    const auto a = said.substr(same), b = meant.substr(same);
    if (a.size() > b.size()) return a.substr(1) == b;
    if (b.size() > a.size()) return b.substr(1) == a;
    if (a.size() >= 2 && a[0] == b[1] && a[1] == b[0] && a.substr(2) == b.substr(2)) return true;
    return !a.empty() && a.substr(1) == b.substr(1);
}

// Endings of the forms in which people ask, tell and tell what was done.
constexpr std::string_view kArEndings = "a as amos an am ad o ar ando aria arias ou aste e es emos en em";
constexpr std::string_view kErEndings = "e es emos en em a as amos an am o er ed endo iendo eria erias eu";
constexpr std::string_view kIrEndings = "e es imos en em a as amos an am o ir id indo iendo i iria irias iu";

/// Before an e the last consonant of an -ar verb is written in another way.
std::string before_e(std::string_view stem) {
    std::string out(stem);
    if (out.ends_with('c')) return out.replace(out.size() - 1, 1, "qu");
    if (out.ends_with('g')) return out + 'u';
    if (out.ends_with('z')) return out.replace(out.size() - 1, 1, "c");
    return out;
}

bool is_vowel(char letter) {
    return std::string_view("aeiou").find(letter) != std::string_view::npos;
}

/// "pushed", "moved", "brought", "put": of the English verbs in two parts.
bool is_past_of(std::string_view said, std::string_view verb) {
    constexpr std::pair<std::string_view, std::string_view> kIrregular[] = {
        {"bring", "brought"}, {"put", "put"}, {"get", "got"}, {"take", "took"}, {"hold", "held"}};
    for (const auto& [present, past] : kIrregular)
        if (verb == present) return said == past;
    if (!said.starts_with(verb)) return false;
    const std::string_view ending = said.substr(verb.size());
    return ending == (verb.ends_with('e') ? "d" : "ed");
}

}  // namespace

void Phrasing::add(std::string_view phrase) {
    phrases_.emplace(phrase);
    longest_ =
        std::max(longest_, static_cast<std::size_t>(std::count(phrase.begin(), phrase.end(), ' ')) + 1);
}

std::size_t Phrasing::match(const std::vector<std::string_view>& words, std::size_t at,
                            std::size_t end) const {
    std::string said;
    std::size_t found = 0;
    for (std::size_t size = 1; size <= longest_ && at + size <= end; ++size) {
        if (size > 1) said += ' ';
        said += words[at + size - 1];
        if (phrases_.contains(said)) found = size;
    }
    return found;
}

EditWords::EditWords(std::string_view language, std::string_view data) : language_(language) {
    for (std::string_view line : split(data, '\n')) {
        if (line.starts_with('#')) continue;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos)
            throw std::invalid_argument("edit words: expected KEY: …, got " + std::string(line));
        const std::string_view key = line.substr(0, colon);
        const auto entries = split(line.substr(colon + 1), ',');
        if (key == "AT") at_hour_ = entries.at(0);
        if (key == "PARTAT") at_part_ = entries.at(0);
        if (key == "ORDINAL") {
            int number = 0;
            for (const auto entry : entries) {
                ++number;
                for (const auto form : split(entry, '|')) ordinals_.emplace(language::fold(form), number);
            }
            continue;
        }
        if (key.starts_with("VERB ")) {
            for (const auto entry : entries) add_verb(act_of(key.substr(5)), entry);
            continue;
        }
        if (key.starts_with("TOLD ")) {
            for (const auto entry : entries) {
                const std::string folded = language::fold(entry);
                told_.insert_or_assign(folded, act_of(key.substr(5)));
                told_by_all_.emplace(folded);
                const auto words = static_cast<std::size_t>(std::count(folded.begin(), folded.end(), ' '));
                longest_told_ = std::max(longest_told_, words + 1);
            }
            continue;
        }
        if (key.starts_with("GAP ")) {
            for (const auto entry : entries) {
                const auto parts = split(entry, ' ');
                Gapped one{std::string(parts.at(0)), {}, act_of(key.substr(4))};
                for (std::size_t i = 1; i < parts.size(); ++i) one.rest.emplace_back(parts[i]);
                if (one.rest.empty())
                    throw std::invalid_argument("edit words: no second part in " + std::string(entry));
                gapped_.push_back(std::move(one));
            }
            continue;
        }
        Phrasing& list = lists_[std::string(key)];
        for (const auto entry : entries) {
            const std::string folded = language::fold(entry);
            list.add(folded);
            for (const auto word : split(folded, ' ')) known_.emplace(word);
        }
    }
    // Of phrases that overlap the longer one.
    std::stable_sort(gapped_.begin(), gapped_.end(),
                     [](const Gapped& a, const Gapped& b) { return a.rest.size() > b.rest.size(); });
}

const std::vector<EditWords>& EditWords::all() {
    static const std::vector<EditWords> words = [] {
        std::vector<EditWords> made;
        for (const char* language : {"es", "en", "pt"}) {
            const auto data = edit_data::embedded("edit_" + std::string(language) + ".txt");
            if (!data)
                throw std::invalid_argument("edit words: " + std::string(language) + " is not in the image");
            made.emplace_back(language, *data);
        }
        return made;
    }();
    return words;
}

const EditWords& EditWords::of(std::string_view locale) {
    for (const EditWords& words : all())
        if (locale.substr(0, 2) == words.language()) return words;
    return all().front();
}

const Phrasing& EditWords::operator[](std::string_view key) const {
    const auto found = lists_.find(key);
    if (found == lists_.end())
        throw std::out_of_range("edit words: no list " + std::string(key) + " in " + language_);
    return found->second;
}

void EditWords::add_verb(Act act, std::string_view entry) {
    if (entry.starts_with('=')) {
        const std::string fixed = language::fold(entry.substr(1));
        const auto words = static_cast<std::size_t>(std::count(fixed.begin(), fixed.end(), ' ')) + 1;
        (words == 1 ? forms_ : phrases_).emplace(fixed, act);
        longest_phrase_ = std::max(longest_phrase_, words);
        return;
    }
    const auto stems = split(entry, '|');
    const std::string_view infinitive = stems.at(0);
    if (act == Act::kCancel || act == Act::kChange || is_of_time(act)) add_told(act, infinitive);
    if (language_ == "en") {
        forms_.emplace(infinitive, act);
        const bool has_e = infinitive.ends_with('e');
        const std::string stem(has_e ? infinitive.substr(0, infinitive.size() - 1) : infinitive);
        forms_.emplace(std::string(infinitive) + 's', act);
        for (const char* ending : {"ing", "ed", "es"}) {
            forms_.emplace(stem + ending, act);
            if (!has_e && stem.size() > 2 && !is_vowel(stem.back()) && is_vowel(stem[stem.size() - 2]))
                forms_.emplace(stem + stem.back() + ending, act);
        }
        return;
    }
    const std::string_view ending =
        infinitive.substr(infinitive.size() - std::min<std::size_t>(2, infinitive.size()));
    forms_.emplace(infinitive, act);
    if (ending != "ar" && ending != "er" && ending != "ir") return;
    add_forms(act, infinitive.substr(0, infinitive.size() - 2), ending);
    for (std::size_t i = 1; i < stems.size(); ++i) add_forms(act, stems[i], ending);
}

void EditWords::add_told(Act act, std::string_view infinitive) {
    if (language_ == "en") {
        const bool has_e = infinitive.ends_with('e');
        const std::string stem(has_e ? infinitive.substr(0, infinitive.size() - 1) : infinitive);
        told_.emplace(stem + "ed", act);
        if (!has_e && stem.size() > 2 && !is_vowel(stem.back()) && is_vowel(stem[stem.size() - 2]))
            told_.emplace(stem + stem.back() + "ed", act);
        return;
    }
    if (infinitive.size() < 3) return;
    const std::string stem(infinitive.substr(0, infinitive.size() - 2));
    const char vowel = infinitive[infinitive.size() - 2];
    const bool is_ar = vowel == 'a';
    const auto add = [&](std::string_view ending) { told_.emplace(stem + std::string(ending), act); };
    for (const char* ending : {"do", "da", "dos", "das"}) add((is_ar ? "a" : "i") + std::string(ending));
    if (is_ar) told_by_all_.emplace(before_e(stem) + (language_ == "pt" ? "ei" : "e"));
    told_.emplace(is_ar ? before_e(stem) + (language_ == "pt" ? "ei" : "e") : stem + "i", act);
    if (language_ == "pt") {
        add(std::string(1, vowel) + "ram");
        add(is_ar ? "ou" : vowel == 'e' ? "eu" : "iu");
        return;
    }
    add(is_ar ? "aron" : "ieron");
    add(is_ar ? "o" : "io");
    if (is_ar) told_by_all_.emplace(stem + "o");
}

void EditWords::add_forms(Act act, std::string_view stem, std::string_view ending) {
    const std::string_view endings = ending == "ar" ? kArEndings : ending == "er" ? kErEndings : kIrEndings;
    const std::string soft = ending == "ar" ? before_e(stem) : std::string(stem);
    for (const auto one : split(endings, ' '))
        forms_.emplace((one.starts_with('e') && ending == "ar" ? soft : std::string(stem)) + std::string(one),
                       act);
    if (ending == "er") forms_.emplace(stem, act);  // "pon", "haz"
}

VerbForm EditWords::gapped(const std::vector<std::string_view>& words, std::size_t at, std::size_t end,
                           bool of_past) const {
    constexpr std::size_t kWidestGap = 5;
    for (const Gapped& one : gapped_) {
        if (of_past ? !is_past_of(words[at], one.first) : one.first != words[at]) continue;
        for (std::size_t rest = at + 1; rest + one.rest.size() <= end && rest - at <= kWidestGap + 1;
             ++rest) {
            if (!std::equal(one.rest.begin(), one.rest.end(),
                            words.begin() + static_cast<std::ptrdiff_t>(rest)))
                continue;
            VerbForm form;
            form.act = one.act;
            form.size = 1;
            form.rest = rest;
            form.rest_size = one.rest.size();
            return form;
        }
    }
    return {};
}

VerbForm EditWords::single(std::string_view word) const {
    VerbForm form;
    if (const auto found = forms_.find(std::string(word)); found != forms_.end()) {
        form.act = found->second;
        form.size = 1;
        return form;
    }
    // "cancela-la" is three tokens; what is written as one word ends with its pronouns.
    if (language_ == "en") return form;
    constexpr std::string_view kIt[] = {"los", "las", "lo", "la"};
    constexpr std::string_view kToIt[] = {"les", "le", "me", "te", "se", "nos"};
    const auto found_in = [&](std::string_view stem) { return forms_.find(std::string(stem)); };
    for (const std::string_view it : kIt) {
        if (!word.ends_with(it)) continue;
        std::string_view stem = word.substr(0, word.size() - it.size());
        auto found = found_in(stem);
        // "pásamela", "ponérselo"
        for (const std::string_view to : kToIt)
            if (found == forms_.end() && stem.ends_with(to))
                found = found_in(stem.substr(0, stem.size() - to.size()));
        if (found == forms_.end()) continue;
        form.act = found->second;
        form.size = 1;
        form.it = true;
        return form;
    }
    for (const std::string_view to : kToIt) {
        if (!word.ends_with(to)) continue;
        const auto found = found_in(word.substr(0, word.size() - to.size()));
        if (found == forms_.end()) continue;
        form.act = found->second;
        form.size = 1;
        form.to_it = to.starts_with("le");
        return form;
    }
    return form;
}

Act EditWords::slip(std::string_view word) const {
    constexpr std::size_t kShortest = 5;
    if (word.size() < kShortest || known_.contains(std::string(word))) return Act::kNone;
    const std::string_view stem = language_ != "en" && (word.ends_with("la") || word.ends_with("lo"))
                                      ? word.substr(0, word.size() - 2)
                                      : word;
    Act found = Act::kNone;  // of several the first, so that it is always the same
    for (const auto& [form, act] : forms_)
        if (form.size() + 1 >= kShortest &&
            (is_slip_of(word, form) || (stem.size() > kShortest && is_slip_of(stem, form))))
            found = found == Act::kNone ? act : std::min(found, act);
    return found;
}

VerbForm EditWords::verb(const std::vector<std::string_view>& words, std::size_t at, std::size_t end) const {
    if (at >= end) return {};
    std::string said;
    VerbForm best;
    for (std::size_t size = 1; size <= longest_phrase_ && at + size <= end; ++size) {
        if (size > 1) said += ' ';
        said += words[at + size - 1];
        const auto found = phrases_.find(said);
        if (found == phrases_.end()) continue;
        best.act = found->second;
        best.size = size;
    }
    if (best.size > 0) return best;
    if (const VerbForm two = gapped(words, at, end); two.size > 0) return two;
    best = single(words[at]);
    if (best.size > 0) return best;
    best.act = slip(words[at]);
    if (best.act == Act::kNone) return best;
    best.size = 1;
    best.is_slip = true;
    best.it = language_ != "en" && (words[at].ends_with("la") || words[at].ends_with("lo"));
    return best;
}

VerbForm EditWords::told(const std::vector<std::string_view>& words, std::size_t at, std::size_t end) const {
    VerbForm found;
    std::string said;
    for (std::size_t size = 1; size <= longest_told_ && at + size <= end; ++size) {
        if (size > 1) said += ' ';
        said += words[at + size - 1];
        const auto known = told_.find(said);
        if (known == told_.end()) continue;
        found.act = known->second;
        found.size = size;
        found.needs_who = told_by_all_.contains(said);
    }
    if (found.size > 1 || at >= end || language_ != "en") return found;
    const VerbForm two = gapped(words, at, end, true);
    const bool fits = two.size > 0 && (two.act == Act::kCancel || is_of_time(two.act));
    return fits ? two : found;
}

int EditWords::ordinal(std::string_view word) const {
    const auto found = ordinals_.find(std::string(word));
    return found == ordinals_.end() ? 0 : found->second;
}

}  // namespace scheduling
