#include "dialogue/answers.hpp"

#include <date/tz.h>
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "dialogue/folding.hpp"
#include "scheduling_data.embedded.hpp"

namespace scheduling {

namespace {

std::set<std::string> read_words(const nlohmann::json& words) {
    std::set<std::string> set;
    for (const auto& word : words) set.insert(fold(word.get_ref<const std::string&>()));
    return set;
}

std::string without_times(std::string_view text, const std::vector<TimeMention>& times) {
    std::string rest(text);
    for (const TimeMention& time : times)
        for (std::size_t i = time.begin; i < time.finish && i < rest.size(); ++i) rest[i] = ' ';
    return rest;
}

/// "America/Argentina/Buenos_Aires" is the zone of "buenos aires".
std::map<std::string, std::string, std::less<>> zones_by_city() {
    std::map<std::string, std::string, std::less<>> zones;
    for (const date::time_zone& zone : date::get_tzdb().zones) {
        const std::string& name = zone.name();
        const std::size_t slash = name.rfind('/');
        if (slash == std::string::npos || name.starts_with("Etc/")) continue;
        zones.emplace(fold(name.substr(slash + 1)), name);
    }
    return zones;
}

}  // namespace

migue::Result<Answers> Answers::load() {
    Answers answers;
    answers.zones_ = zones_by_city();
    for (const char* file : {"phrases/answers.json", "phrases/beside_words.json",
                             "phrases/calendar_words.json", "phrases/question_words.json"}) {
        const auto text = scheduling_data::embedded(file);
        const auto parsed = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
        if (!parsed.is_object())
            return migue::Error{migue::Error::Code::kInternal,
                                std::string(file) + " is not in the image, or no JSON object"};
        for (const auto& [name, words] : parsed.items()) {
            if (name == "ordinals") {
                for (const auto& ordinal : words) answers.ordinals_.push_back(read_words(ordinal));
            } else if (name == "nouns_of_verbs") {
                for (const auto& [verb, noun] : words.items())
                    answers.nouns_.insert_or_assign(fold(verb), noun.get<std::string>());
            } else if (name == "places") {
                for (const auto& [place, zone] : words.items())
                    answers.zones_.insert_or_assign(fold(place), zone.get<std::string>());
            } else {
                answers.lists_.emplace(name, read_words(words));
            }
        }
    }
    return answers;
}

std::optional<std::size_t> Answers::choose(std::string_view text, const std::vector<Option>& options) const {
    const std::string said = fold(text);
    if (said.empty()) return std::nullopt;
    for (std::size_t i = 0; i < options.size(); ++i)
        if (fold(options[i].label) == said) return i;
    for (std::size_t i = 0; i < options.size(); ++i)
        if (!options[i].role.empty() && is(options[i].role, said)) return i;
    for (std::size_t i = 0; i < options.size(); ++i) {
        const bool agrees = options[i].role == "yes" && is_made_of("yes", "yes_fillers", said);
        if (agrees || (options[i].role == "no" && is_made_of("no", "no_fillers", said))) return i;
    }
    for (std::size_t i = 0; i < options.size() && i < ordinals_.size(); ++i)
        if (ordinals_[i].contains(said)) return i;
    // Of two, the one that is not in front of the eyes.
    if (options.size() == 2 && options[0].role.empty() && options[1].role.empty() && is("the_other", said))
        return 1;
    if (options.size() > 1 && is("last", said)) {
        // The last of what can be picked, not of what can be done instead.
        for (std::size_t i = options.size(); i-- > 0;)
            if (options[i].role.empty()) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> Answers::bare_number(std::string_view text) {
    const std::string said = fold(text);
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(said.data(), said.data() + said.size(), number);
    if (error != std::errc() || end != said.data() + said.size() || number == 0) return std::nullopt;
    return number;
}

bool Answers::is(std::string_view list, std::string_view text) const {
    const auto found = lists_.find(list);
    return found != lists_.end() && found->second.contains(fold(text));
}

bool Answers::is_made_of(std::string_view list, std::string_view soft, std::string_view text) const {
    const auto meant = lists_.find(list), filler = lists_.find(soft);
    if (meant == lists_.end() || filler == lists_.end()) return false;
    const std::vector<std::string> words = words_of(fold(text));
    constexpr std::size_t kMostWords = 7, kLongestPhrase = 4;
    if (words.size() > kMostWords) return false;
    bool means = false;
    for (std::size_t at = 0; at < words.size();) {
        std::size_t taken = 0;
        std::string phrase;
        for (std::size_t size = 1; size <= kLongestPhrase && at + size <= words.size(); ++size) {
            phrase += (size == 1 ? "" : " ") + words[at + size - 1];
            const bool is_meant = meant->second.contains(phrase);
            if (!is_meant && !filler->second.contains(phrase)) continue;
            taken = size;
            means = means || is_meant;
        }
        if (taken == 0) return false;
        at += taken;
    }
    return means;
}

std::optional<std::string> Answers::noun_of(std::string_view verb) const {
    const auto found = nouns_.find(fold(verb));
    if (found == nouns_.end()) return std::nullopt;
    return found->second;
}

bool Answers::has_word(std::string_view list, std::string_view text) const {
    const auto found = lists_.find(list);
    if (found == lists_.end()) return false;
    const std::vector<std::string> words = words_of(fold(text));
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return found->second.contains(word); });
}

bool Answers::mentions(std::string_view list, std::string_view text) const {
    return behind(list, text).has_value();
}

std::optional<std::string> Answers::behind(std::string_view list, std::string_view text) const {
    const auto found = lists_.find(list);
    if (found == lists_.end()) return std::nullopt;
    const std::string padded = " " + fold(text) + " ";
    std::size_t begin = std::string::npos, end = 0;
    for (const std::string& phrase : found->second) {
        const std::size_t at = padded.find(" " + phrase + " ");
        if (at == std::string::npos || at > begin || (at == begin && at + phrase.size() + 2 < end)) continue;
        begin = at;
        end = at + phrase.size() + 2;
    }
    if (begin == std::string::npos) return std::nullopt;
    std::string rest = padded.substr(end);
    while (!rest.empty() && rest.back() == ' ') rest.pop_back();
    return rest;
}

std::optional<std::string> Answers::zone_of(std::string_view place) const {
    const auto found = zones_.find(fold(place));
    if (found == zones_.end()) return std::nullopt;
    return found->second;
}

std::vector<std::string> Answers::left_over(std::string_view text, const std::vector<TimeMention>& times,
                                            std::string_view list) const {
    std::vector<std::string> words = words_of(fold(without_times(text, times)));
    const auto known = lists_.find(list);
    if (known != lists_.end())
        std::erase_if(words, [&](const std::string& word) { return known->second.contains(word); });
    return words;
}

bool Answers::is_time_edit(std::string_view text, const std::vector<TimeMention>& times) const {
    return !times.empty() && !has_word("new_words", text) && left_over(text, times, "edit_words").empty();
}

std::optional<std::string> Answers::after_lead(std::string_view list, std::string_view text) const {
    const auto found = lists_.find(list);
    if (found == lists_.end()) return std::nullopt;
    std::size_t begin = 0;
    std::string lead;
    std::size_t names = std::string::npos;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = fold(text.substr(begin, end - begin));
        if (!word.empty()) lead += (lead.empty() ? "" : " ") + word;
        begin = end + 1;
        if (found->second.contains(lead)) names = begin;
    }
    if (names == std::string::npos || names >= text.size()) return std::nullopt;
    std::string rest(text.substr(names));
    while (!rest.empty() && (rest.back() == '.' || rest.back() == '!' || rest.back() == ' ')) rest.pop_back();
    if (words_of(fold(rest)).empty()) return std::nullopt;
    return rest;
}

std::string Answers::without_lead(std::string_view list, std::string_view text) const {
    return after_lead(list, text).value_or(std::string(text));
}

bool Answers::has_phrase(std::string_view list, std::string_view text) const {
    const auto found = lists_.find(list);
    if (found == lists_.end()) return false;
    const std::string said = " " + fold(text) + " ";
    return std::any_of(found->second.begin(), found->second.end(), [&](const std::string& phrase) {
        return said.find(" " + phrase + " ") != std::string::npos;
    });
}

}  // namespace scheduling
