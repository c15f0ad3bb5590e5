#include "dialogue/phrases.hpp"

#include <algorithm>
#include <stdexcept>

#include "dialogue/folding.hpp"
#include "scheduling_data.embedded.hpp"

namespace scheduling {

namespace {

std::string fill(std::string_view pattern, Args args) {
    std::string out;
    out.reserve(pattern.size() + 64);
    for (std::size_t at = 0; at < pattern.size();) {
        const std::size_t open = pattern.find('{', at);
        const std::size_t close = open == std::string_view::npos ? open : pattern.find('}', open);
        if (close == std::string_view::npos) {
            out += pattern.substr(at);
            break;
        }
        out += pattern.substr(at, open - at);
        const std::string_view name = pattern.substr(open + 1, close - open - 1);
        const auto value =
            std::find_if(args.begin(), args.end(), [&](const auto& arg) { return arg.first == name; });
        if (value == args.end())
            throw std::logic_error("phrase without a value for {" + std::string(name) + "}");
        out += value->second;
        at = close + 1;
    }
    return out;
}

}  // namespace

const nlohmann::json& Phrases::at(std::string_view key) const {
    const nlohmann::json* node = &phrases_;
    for (std::size_t begin = 0; begin <= key.size();) {
        const std::size_t end = std::min(key.find('/', begin), key.size());
        const auto found = node->find(std::string(key.substr(begin, end - begin)));
        if (found == node->end())
            throw std::logic_error("no phrase '" + std::string(key) + "' in " + language_);
        node = &*found;
        begin = end + 1;
    }
    return *node;
}

std::string Phrases::say(std::string_view key, Args args) const {
    return fill(at(key).get_ref<const std::string&>(), args);
}

bool Phrases::lists(std::string_view key, const std::string& word) const {
    const auto& list = at(key);
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::string Phrases::say_of(std::string_view key, std::string_view title, Args args) const {
    const std::string folded = fold(title);
    const std::string first = folded.substr(0, folded.find(' '));
    const char* form = lists("feminine_plural", first)    ? "fp"
                       : lists("masculine_plural", first) ? "mp"
                       : lists("feminine", first)         ? "f"
                                                          : "m";
    const nlohmann::json& forms = at(key);
    // Most phrases sound the same for one and for several.
    const std::string known = forms.contains(form) ? form : std::string(form, 1);
    return say(std::string(key) + "/" + known, args);
}

std::string Phrases::say_for(std::string_view key, std::string_view name, Args args) const {
    const std::string folded = fold(name);
    const std::string first = folded.substr(0, folded.find_first_of(" @"));
    const bool ends_so = !first.empty() && lists("feminine_name_ends", first.substr(first.size() - 1));
    const bool feminine = lists("feminine_names", first) || (ends_so && !lists("masculine_names", first));
    return say(std::string(key) + (feminine ? "/f" : "/m"), args);
}

std::string Phrases::count(std::string_view key, std::size_t count, Args args) const {
    const std::string number = std::to_string(count);
    const auto& pattern =
        at(std::string(key) + (count == 1 ? "/one" : "/other")).get_ref<const std::string&>();
    // The count goes in first; what is left waits for the caller's values.
    std::string counted = pattern;
    for (std::size_t found; (found = counted.find("{count}")) != std::string::npos;)
        counted.replace(found, 7, number);
    return fill(counted, args);
}

std::string Phrases::item(std::string_view key, std::size_t index) const {
    return at(key).at(index);
}

std::size_t Phrases::size(std::string_view key) const {
    return at(key).size();
}

std::string Phrases::join(const std::vector<std::string>& words) const {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i != 0) out += i + 1 == words.size() ? say("and") : ", ";
        out += words[i];
    }
    return out;
}

migue::Result<PhraseBook> PhraseBook::load() {
    std::vector<Phrases> phrases;
    for (const char* language : {"es", "en", "pt"}) {
        const std::string path = "phrases/" + std::string(language) + ".json";
        const auto text = scheduling_data::embedded(path);
        auto parsed = text ? nlohmann::json::parse(*text, nullptr, false)
                           : nlohmann::json(nlohmann::json::value_t::discarded);
        if (!parsed.is_object())
            return migue::Error{migue::Error::Code::kInternal,
                                path + " is not in the image, or no JSON object"};
        for (const char* part : {"_beside.json", "_calendars.json", "_voice.json", "_questions.json"}) {
            const std::string name = std::string(language) + part;
            const auto beside = scheduling_data::embedded("phrases/" + name);
            const auto more = beside ? nlohmann::json::parse(*beside, nullptr, false) : nlohmann::json();
            if (!more.is_object())
                return migue::Error{migue::Error::Code::kInternal,
                                    name + " is not in the image, or no JSON object"};
            parsed.merge_patch(more);
        }
        phrases.emplace_back(language, std::move(parsed));
    }
    return PhraseBook(std::move(phrases));
}

const Phrases& PhraseBook::of(std::string_view locale) const {
    const std::string_view language = locale.substr(0, 2);
    for (const Phrases& phrases : phrases_)
        if (phrases.language() == language) return phrases;
    return phrases_.front();
}

}  // namespace scheduling
