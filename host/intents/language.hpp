#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/examples.hpp"
#include "host/intents/linear_model.hpp"
#include "host/intents/word_classes.hpp"

namespace migue::host::intents {

/// Tells which language a short text is written in. Immutable: thread-safe.
class LanguageIdentifier {
public:
    explicit LanguageIdentifier(LinearModel model);
    /// From the examples and the function words that are compiled in.
    [[nodiscard]] static Result<LanguageIdentifier> train(const std::vector<Example>& examples);

    /// "es", "en", "pt", or "" when it cannot be told: numbers, names, "ok", another language.
    [[nodiscard]] std::string identify(std::span<const Token> tokens) const;
    [[nodiscard]] std::string identify(std::string_view text) const { return identify(tokenize(text).all()); }
    /// The probability of each language, for diagnosis; empty when there is no word to judge.
    [[nodiscard]] std::vector<std::pair<std::string, float>> probabilities(std::string_view text) const;
    [[nodiscard]] const LinearModel& model() const noexcept { return model_; }

private:
    LinearModel model_;
    WordClasses classes_;
};

}  // namespace migue::host::intents
