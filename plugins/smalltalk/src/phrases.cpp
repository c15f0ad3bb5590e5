#include "phrases.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "folding.hpp"

namespace smalltalk {

namespace {

using migue::Error;

constexpr std::array kKeys = {"examples",
                              "greeting",
                              "thanks",
                              "goodbye",
                              "help",
                              "help_operator",
                              "chitchat",
                              "identity",
                              "identity_subjects",
                              "identity_nouns",
                              "handoff",
                              "handoff_operator",
                              "privacy",
                              "privacy_operator",
                              "other",
                              "unsupported_audio",
                              "unsupported_card",
                              "unsupported_order",
                              "unsupported_once",
                              "unsupported_document",
                              "identity_questions",
                              "unsupported_tap",
                              "unsupported_picture",
                              "model_hint",
                              "never_said"};

bool is_list_of_texts(const nlohmann::json& list) {
    return list.is_array() && !list.empty() &&
           std::all_of(list.begin(), list.end(), [](const nlohmann::json& item) {
               return item.is_string() && !item.get_ref<const std::string&>().empty();
           });
}

}  // namespace

migue::Result<Phrases> Phrases::parse(std::string_view json) {
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    if (!parsed.is_object()) return Error{Error::Code::kInternal, "no JSON object"};
    Phrases phrases;
    for (const char* key : kKeys) {
        const auto list = parsed.find(key);
        if (list == parsed.end() || !is_list_of_texts(*list))
            return Error{Error::Code::kInternal,
                         std::string(key) + ": expected a list of texts with at least one"};
        phrases.lists_.emplace(key, list->get<std::vector<std::string>>());
    }
    return phrases;
}

std::string Phrases::pick(std::string_view key, std::uint64_t seed) const {
    const auto& variants = all(key);
    const auto& examples = all("examples");
    // Other bits than the variant's, so that each variant comes with each example.
    return filled(variants[seed % variants.size()], "{example}", examples[(seed >> 32U) % examples.size()]);
}

const std::vector<std::string>& Phrases::all(std::string_view key) const {
    return lists_.find(key)->second;  // parse() has seen every key
}

bool Phrases::asks_identity(std::string_view folded_text) const {
    const auto stands_in = [&](const std::string& phrase) { return has_phrase(folded_text, fold(phrase)); };
    if (std::ranges::any_of(all("identity_questions"), stands_in)) return true;
    return std::ranges::any_of(all("identity_subjects"), stands_in) &&
           std::ranges::any_of(all("identity_nouns"), stands_in);
}

std::string filled(std::string text, std::string_view name, std::string_view value) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
    return text;
}

std::uint64_t stable_hash(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

}  // namespace smalltalk
