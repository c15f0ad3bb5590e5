#include "tests/torture/spoken.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace migue::torture {

namespace {

using nlohmann::json;

constexpr std::array<const char*, 3> kLanguages{"es", "en", "pt"};

constexpr std::array<std::pair<const char*, Said>, 42> kPhrases{{
    {"booked", Said::kBooked},
    {"moved", Said::kMoved},
    {"cancelled", Said::kCancelled},
    {"cancelled_many", Said::kCancelled},
    {"undone_booking", Said::kUndone},
    {"undone_cancel", Said::kUndone},
    {"undone_move", Said::kUndone},
    {"later_trying", Said::kTrying},
    {"later_gave_up", Said::kNothing},
    {"failed", Said::kNothing},
    {"failed_read", Said::kNothing},
    {"dropped", Said::kNothing},
    {"kept", Said::kNothing},
    {"move_same", Said::kNothing},
    {"later_unknown", Said::kUnknown},
    {"failed_unknown", Said::kUnknown},
    {"taken", Said::kTaken},
    {"taken_short", Said::kTaken},
    {"taken_none", Said::kTaken},
    {"undo_taken", Said::kTaken},
    {"not_found", Said::kGone},
    {"not_found_with", Said::kGone},
    {"nothing_planned", Said::kGone},
    {"undo_nothing", Said::kGone},
    {"card", Said::kAsking},
    {"edit_ask", Said::kAsking},
    {"move_ask", Said::kAsking},
    {"move_when", Said::kAsking},
    {"change_what", Said::kAsking},
    {"cancel_ask", Said::kAsking},
    {"which_cancel", Said::kAsking},
    {"which_move", Said::kAsking},
    {"unlink_ask", Said::kAsking},
    {"link_offer", Said::kLink},
    {"link_again", Said::kLink},
    {"link_scope", Said::kLink},
    {"link_more", Said::kLink},
    {"link_done", Said::kLinked},
    {"failed_service", Said::kService},
    {"failed_not_yours", Said::kNotYours},
    {"unlink_done", Said::kUndone},
    {"unlink_unconfirmed", Said::kUndone},
}};

json read_json(const std::filesystem::path& file) {
    std::ifstream in(file);
    json read = json::parse(in, nullptr, false);
    if (!read.is_object()) throw std::runtime_error(file.string() + ": no phrases");
    return read;
}

/// A phrase, or the forms of one.
std::vector<std::string> forms_of(const json& phrase) {
    if (phrase.is_string()) return {phrase.get<std::string>()};
    std::vector<std::string> forms;
    for (const auto& [name, form] : phrase.items()) forms.push_back(form);
    return forms;
}

/// Sentences begin large, phrases begin as they are used.
std::string small_first(std::string_view text) {
    std::string out(text);
    if (!out.empty()) out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
    return out;
}

}  // namespace

std::string_view to_string(Said said) {
    static constexpr std::array<std::string_view, 16> kNames{
        "",      "booked", "moved",  "cancelled", "undone", "trying",  "nothing was done", "unknown",
        "taken", "gone",   "asking", "link",      "linked", "service", "not yours",        "other"};
    return kNames.at(static_cast<std::size_t>(said));
}

PhraseReader::PhraseReader(const std::filesystem::path& source) {
    const json failures = read_json(source / "host/pipeline/phrases/failures.json");
    for (const char* language : kLanguages) {
        const json phrases =
            read_json(source / "plugins/scheduling/phrases" / (std::string(language) + ".json"));
        for (const auto& [key, said] : kPhrases)
            for (const std::string& form : forms_of(phrases.at(key))) add(form, said);
        for (const auto& [key, label] : phrases.at("labels").items())
            labels_.emplace_back(std::string(language) + "/" + key, label);
        openings_.push_back(phrases.at("replaced"));
        add(failures.at(language).at("failed"), Said::kNothing);
        add(failures.at(language).at("unavailable"), Said::kNothing);
        add(failures.at(language).at("unknown"), Said::kUnknown);
    }
    // What says more comes first: "Agendado ✅ *{title}*…" before "*{title}*…".
    std::stable_sort(patterns_.begin(), patterns_.end(), [](const Pattern& a, const Pattern& b) {
        return a.parts.front().size() > b.parts.front().size();
    });
}

void PhraseReader::add(const std::string& phrase, Said said) {
    Pattern pattern{{}, said};
    std::size_t begin = 0;
    for (std::size_t open = phrase.find('{'); open != std::string::npos; open = phrase.find('{', begin)) {
        pattern.parts.push_back(phrase.substr(begin, open - begin));
        begin = phrase.find('}', open) + 1;
    }
    pattern.parts.push_back(phrase.substr(begin));
    pattern.parts.front() = small_first(pattern.parts.front());
    patterns_.push_back(std::move(pattern));
}

bool PhraseReader::fits(const Pattern& pattern, std::string_view text) {
    const std::string whole = small_first(text);
    const std::string& last = pattern.parts.back();
    if (pattern.parts.size() == 1) return whole == last;
    if (!whole.starts_with(pattern.parts.front())) return false;
    std::size_t at = pattern.parts.front().size();
    for (std::size_t i = 1; i + 1 < pattern.parts.size(); ++i) {
        const std::size_t found = whole.find(pattern.parts[i], at);
        if (found == std::string::npos) return false;
        at = found + pattern.parts[i].size();
    }
    return whole.size() >= at + last.size() && whole.ends_with(last);
}

Said PhraseReader::read(std::string_view reply) const {
    for (const std::string& opening : openings_)
        if (reply.starts_with(opening)) reply.remove_prefix(opening.size());
    for (const Pattern& pattern : patterns_)
        if (fits(pattern, reply)) return pattern.said;
    return Said::kOther;
}

std::string PhraseReader::label(std::string_view language, std::string_view key) const {
    const std::string name = std::string(language) + "/" + std::string(key);
    for (const auto& [known, label] : labels_)
        if (known == name) return label;
    throw std::runtime_error("no label " + name);
}

}  // namespace migue::torture
