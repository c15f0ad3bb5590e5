#pragma once
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "phrases.hpp"
#include "smalltalk_data.embedded.hpp"

namespace smalltalk::test {

inline constexpr std::array kLocales = {"es", "en", "pt"};

/// A phrase file as it ships.
inline nlohmann::json phrase_file(const std::string& locale) {
    return nlohmann::json::parse(smalltalk_data::embedded("phrases/" + locale + ".json").value());
}

/// All that a key may be answered with: each variant with each example.
inline std::vector<std::string> possible(const std::string& locale, const std::string& key,
                                         std::string_view run_by = {}) {
    const nlohmann::json file = phrase_file(locale);
    std::vector<std::string> texts;
    for (const std::string variant : file.at(key))
        for (const std::string example : file.at("examples"))
            texts.push_back(filled(filled(variant, "{example}", example), "{operator}", run_by));
    return texts;
}

inline bool is_one_of(const std::vector<std::string>& texts, std::string_view text) {
    return std::ranges::find(texts, text) != texts.end();
}

}  // namespace smalltalk::test
