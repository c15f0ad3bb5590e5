#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/text.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::intents {

struct Scored {
    std::string intent;
    float probability = 0;
};

/// Tells what a message wants. Implementations are immutable: thread-safe.
class Classifier {
public:
    Classifier() = default;
    Classifier(const Classifier&) = delete;
    Classifier& operator=(const Classifier&) = delete;
    virtual ~Classifier() = default;
    /// Every known intent, the likeliest first; probabilities sum to 1. `locale` may be "".
    [[nodiscard]] virtual std::vector<Scored> classify(const Tokens& tokens,
                                                       std::string_view locale) const = 0;
    [[nodiscard]] std::vector<Scored> classify(std::string_view text, std::string_view locale) const {
        return classify(tokenize(text), locale);
    }
    /// The language the text is most likely written in ("es", "en", "pt"), or "" when it
    /// cannot be told.
    [[nodiscard]] virtual std::string language(const Tokens& tokens) const = 0;
    [[nodiscard]] std::string language(std::string_view text) const { return language(tokenize(text)); }
};

/// What else a message may want: an intent, and who answers it.
struct Alternative {
    std::string intent;
    std::string plugin;
    float probability = 0;
};

/// Another wish that a message holds: "cancel today's, and what's on tomorrow?".
struct SecondWish {
    std::string intent;
    std::string plugin;
    /// Where its clause stands in the message: bytes of the text, `end` excluded.
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// How a message came to its plugin.
enum class RoutedBy {
    kTap,           ///< a button or list row belongs to who offered it
    kOpenQuestion,  ///< it answers what a plugin asked
    kPattern,       ///< a phrase or command of the route table
    kClassifier,
    kKind,      ///< no text: a sticker, a voice note, a call
    kTold,      ///< news, no wish; its intent is the likeliest none the less
    kFallback,  ///< nothing was likely enough
    // What the turn makes of a decision.
    kListens,  ///< of the fallback: the plugin that said it listens in this conversation
    kChosen,   ///< a tap on one of the host's own choices
    kPassed,   ///< the first plugin passed it on
    kDoubt,    ///< the host itself asks which of two is meant
    kJob,      ///< no message: a plugin's own job is due
};
/// "open_question", as `migue route` and the trace have it.
[[nodiscard]] std::string_view name_of(RoutedBy how) noexcept;

struct Decision {
    std::string plugin;  ///< "" when no route fits at all
    std::string intent;
    float confidence = 0;
    std::string locale;  ///< language of the message, or "" when unsure
    RoutedBy routed_by = RoutedBy::kFallback;
    std::vector<Scored> ranked;  ///< runners-up included, for `migue route`
    /// `intent` is the wish that weighs more in the whole message.
    std::optional<SecondWish> second_wish = {};
    /// A runner-up so close that "did you mean …?" is a fair question. One of both is
    /// something to do: its route has a title.
    std::optional<Alternative> rival = {};
    /// What the host itself asks about, two or three of them, the likeliest first: nothing was
    /// likely enough but these, or the two likeliest are of different plugins. Else empty.
    std::vector<Alternative> doubt = {};
};

/// A word of a message and what it did for an intent: the probability lost without it.
struct WordWeight {
    std::string word;
    float gain = 0;
};

/// Where trained models may lie. Each may be empty.
struct ModelFiles {
    std::filesystem::path shipped = {};  ///< made by the build; only read
    std::filesystem::path cache = {};    ///< made here when the shipped one does not fit
};

/// What the router knows about the moment.
struct Situation {
    std::string_view kind;  ///< "text", "tap", "image" …
    std::string_view text;
    std::string_view tap;           ///< id of the pressed button; its prefix up to ':' names the plugin
    std::string_view locale;        ///< of the conversation so far ("pt", "pt-BR"), or ""
    std::string_view asked_plugin;  ///< whose question is open, or ""
    /// Whether Decision::second_wish is asked for; its clauses cost as much as the message itself.
    bool wants_second_wish = true;
};

/// routes.yaml and the intent files, compiled. Immutable: a change makes a new one.
/// Thread-safe.
class Router {
public:
    /// Reads routes.yaml; every fault at once. Paths in it start at its own folder. A model that
    /// was trained from the intent files as they are now is used, and the files are not parsed;
    /// where there is none it is trained (a few seconds) and kept in `models.cache`.
    [[nodiscard]] static Result<std::shared_ptr<const Router>> load(const std::filesystem::path& routes_file,
                                                                    const ModelFiles& models);
    [[nodiscard]] static Result<std::shared_ptr<const Router>> load(const std::filesystem::path& routes_file,
                                                                    const std::filesystem::path& cache = {});
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;
    ~Router();

    /// Where the message goes. An open question takes it first (reason "open_question"): the
    /// plugin that asked decides with MIGUE_PASS, then route() is called again without it.
    [[nodiscard]] Decision route(const Situation& situation) const;
    [[nodiscard]] const Classifier& classifier() const noexcept;
    /// The words of a text that speak for an intent, the weightiest first: those of a keyword
    /// that decides, else those without which the classifier would be less sure.
    [[nodiscard]] std::vector<WordWeight> deciding_words(std::string_view text,
                                                         const Decision& decision) const;
    /// Intents that routes name, with their plugin: to be checked against what plugins declare.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> routes() const;
    /// routes.yaml and the files of examples it names, to be watched for changes.
    [[nodiscard]] std::vector<std::filesystem::path> files() const;
    /// What a route's choice is called in a language; "" where it has no title.
    [[nodiscard]] std::string title(std::string_view intent, std::string_view locale) const;
    /// Where a pass that finds no other plugin ends.
    [[nodiscard]] const std::string& fallback_plugin() const noexcept;
    /// Who is asked before the fallback plugin, and passes what it does not know; or "".
    [[nodiscard]] const std::string& listening_plugin() const noexcept;

private:
    class Impl;
    explicit Router(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host::intents
