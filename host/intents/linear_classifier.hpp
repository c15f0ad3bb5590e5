#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/examples.hpp"
#include "host/intents/language.hpp"
#include "host/intents/linear_model.hpp"
#include "host/intents/router.hpp"

namespace migue::host::intents {

/// The classifier of this host: a linear model over words, word pairs and characters, and
/// another one for the language. Immutable: thread-safe.
class LinearClassifier final : public Classifier {
public:
    LinearClassifier(LinearModel intents, LanguageIdentifier languages, const Fingerprint& trained_from);

    [[nodiscard]] static Result<std::shared_ptr<const LinearClassifier>> train(
        const std::vector<Example>& examples);
    /// The same, for examples that are known by another fingerprint: that of their files.
    [[nodiscard]] static Result<std::shared_ptr<const LinearClassifier>> train(
        const std::vector<Example>& examples, const Fingerprint& trained_from);

    /// A truncated, altered or foreign file is an error that says which.
    [[nodiscard]] static Result<std::shared_ptr<const LinearClassifier>> load(
        const std::filesystem::path& file);
    /// Reads the head alone: is this a model of today's format, trained from that? False for
    /// whatever cannot be read, which load() would tell.
    [[nodiscard]] static bool fits(const std::filesystem::path& file, const Fingerprint& trained_from);
    [[nodiscard]] static Result<std::shared_ptr<const LinearClassifier>> from_bytes(std::string_view bytes);
    /// Written beside it and renamed: a reader sees the old file or the new one.
    [[nodiscard]] Result<void> save(const std::filesystem::path& file) const;
    [[nodiscard]] std::string to_bytes() const;

    [[nodiscard]] std::vector<Scored> classify(std::string_view text, std::string_view locale) const override;
    [[nodiscard]] std::string language(std::string_view text) const override;
    /// Is the likeliest of these intents likely enough to be meant? The bar was found from the
    /// examples of what is out of scope; without any there is none.
    [[nodiscard]] bool belongs(const std::vector<Scored>& ranked) const;
    [[nodiscard]] const LanguageIdentifier& languages() const noexcept { return languages_; }
    /// Of the examples it was trained from.
    [[nodiscard]] const Fingerprint& trained_from() const noexcept { return trained_from_; }

private:
    LinearModel intents_;
    LanguageIdentifier languages_;
    Fingerprint trained_from_;
};

}  // namespace migue::host::intents
