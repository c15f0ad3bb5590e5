#include "host/intents/language.hpp"

#include <algorithm>
#include <cassert>

#include "host/intents/text.hpp"
#include "host/intents/trainer.hpp"
#include "migue_intents_data.embedded.hpp"

namespace migue::host::intents {
namespace {

/// Below this the best guess is wrong too often to change the language of the answer.
constexpr float kSure = 0.60F;

/// A sentence of so many words has told its language.
constexpr std::size_t kTellingWords = 12;

/// The words that can tell a language: no numbers, no addresses, no first names.
std::vector<Token> telling_words(std::span<const Token> tokens, const WordClasses& classes) {
    std::vector<Token> words;
    words.reserve(kTellingWords);
    for (const Token& token : tokens) {
        if (token.type != TokenClass::kWord || classes.of(token) == "name") continue;
        words.push_back(token);
        if (words.size() == kTellingWords) break;
    }
    return words;
}

std::string joined(const std::vector<Token>& words) {
    std::string out;
    for (const Token& token : words) {
        if (!out.empty()) out += ' ';
        out += token.word;
    }
    return out;
}

void add_function_words(std::vector<Example>& examples) {
    for (const char* language : {"es", "en", "pt"}) {
        auto data = migue_intents_data::embedded(std::string("data/function_words/") + language + ".txt");
        assert(data);
        std::string_view rest = *data;
        while (!rest.empty()) {
            const auto end = rest.find('\n');
            const std::string_view line = rest.substr(0, end);
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
            examples.push_back({std::string(line), language, {}});
            for (std::size_t at = 0; at < line.size();) {
                const auto space = std::min(line.find(' ', at), line.size());
                examples.push_back({std::string(line.substr(at, space - at)), language, {}});
                at = space + 1;
            }
        }
    }
}

}  // namespace

LanguageIdentifier::LanguageIdentifier(LinearModel model)
    : model_(std::move(model)), classes_(WordClasses::shipped()) {}

Result<LanguageIdentifier> LanguageIdentifier::train(const std::vector<Example>& examples) {
    const WordClasses classes = WordClasses::shipped();
    std::vector<Example> lessons = examples;
    add_function_words(lessons);
    for (Example& lesson : lessons) {
        const Tokens tokens = tokenize(lesson.text);
        lesson.text = joined(telling_words(tokens.all(), classes));
    }
    std::erase_if(lessons, [](const Example& lesson) { return lesson.text.empty(); });
    const TrainOptions options{.features = {.masks = false,
                                            .stems = false,
                                            .pairs = false,
                                            .topics = false,
                                            .senses = false,
                                            .keep_accents = true,
                                            .char_min = 1,
                                            .char_max = 4},
                               .cost = 1.0,
                               .folds = 3,
                               .min_count = 2};
    auto model = train_linear(lessons, Target::kLocale, options);
    if (!model) return std::move(model).error();
    return LanguageIdentifier(std::move(model).value());
}

std::vector<std::pair<std::string, float>> LanguageIdentifier::probabilities(std::string_view text) const {
    const Tokens tokens = tokenize(text);
    const std::vector<Token> words = telling_words(tokens.all(), classes_);
    std::vector<std::pair<std::string, float>> out;
    if (words.empty()) return out;
    const std::vector<float> p = model_.probabilities(words, {});
    for (std::size_t i = 0; i < p.size(); ++i) out.emplace_back(model_.labels()[i], p[i]);
    return out;
}

std::string LanguageIdentifier::identify(std::span<const Token> tokens) const {
    const std::vector<Token> words = telling_words(tokens, classes_);
    if (words.empty()) return {};
    const std::vector<float> p = model_.probabilities(words, {});
    const auto best = std::ranges::max_element(p);
    return *best < kSure ? std::string() : model_.labels()[static_cast<std::size_t>(best - p.begin())];
}

}  // namespace migue::host::intents
