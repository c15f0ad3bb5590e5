#pragma once
#include <array>
#include <cstddef>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"

/// What the plugin says, from phrases/<language>.json and, beside booking, <language>_beside.json. Code never
/// puts sentences together from pieces of words: it names a phrase and gives the values.
namespace scheduling {

using Args = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// One language. Immutable. A key that is not in the file is a bug and throws; a test holds
/// the three files to the same keys.
class Phrases {
public:
    Phrases(std::string language, nlohmann::json phrases)
        : language_(std::move(language)), phrases_(std::move(phrases)) {}

    [[nodiscard]] const std::string& language() const noexcept { return language_; }
    /// The phrase with each {name} replaced.
    [[nodiscard]] std::string say(std::string_view key, Args args = {}) const;
    /// A phrase that bends to a thing's gender and number, which are taken from its title.
    [[nodiscard]] std::string say_of(std::string_view key, std::string_view title, Args args) const;
    /// A phrase that bends to a person's gender, which is guessed from the first name.
    [[nodiscard]] std::string say_for(std::string_view key, std::string_view name, Args args = {}) const;
    /// A phrase with forms "one" and "other"; {count} is given.
    [[nodiscard]] std::string count(std::string_view key, std::size_t count, Args args = {}) const;
    [[nodiscard]] std::string item(std::string_view key, std::size_t index) const;
    [[nodiscard]] std::size_t size(std::string_view key) const;
    [[nodiscard]] std::string label(std::string_view key) const { return say("labels/" + std::string(key)); }
    /// "Ana, Luis y Pablo".
    [[nodiscard]] std::string join(const std::vector<std::string>& words) const;

private:
    const nlohmann::json& at(std::string_view key) const;
    bool lists(std::string_view key, const std::string& word) const;

    std::string language_;
    nlohmann::json phrases_;
};

/// The three languages, read once from the image.
class PhraseBook {
public:
    [[nodiscard]] static migue::Result<PhraseBook> load();
    /// By the language of a locale ("pt-BR"); Spanish for others.
    [[nodiscard]] const Phrases& of(std::string_view locale) const;

private:
    explicit PhraseBook(std::vector<Phrases> phrases) : phrases_(std::move(phrases)) {}
    std::vector<Phrases> phrases_;
};

}  // namespace scheduling
