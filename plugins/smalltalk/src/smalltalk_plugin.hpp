#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "migue/cpp/plugin.hpp"
#include "model_line.hpp"
#include "phrases.hpp"

namespace smalltalk {

/// Answers what is not about a calendar: greetings, help, who and what the bot is, and
/// whatever nobody else can read. One reply a message, no questions. What it says is ready-made;
/// where a model is set up, chat is answered by a line of its own when that is harmless and comes in time.
///
/// Thread-safe: all that changes is in the turn, and in what the model's client learns.
class Plugin final : public migue::Plugin {
public:
    static migue::Description describe();
    static migue::Result<std::unique_ptr<Plugin>> create(const migue::Context& context);

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override;

private:
    using Languages = std::map<std::string, Phrases, std::less<>>;
    struct Settings {
        std::string run_by;  ///< who runs this bot; may be empty
        model_client::ModelSettings model;
    };

    Plugin(const migue::Services& services, Languages languages, Settings settings);

    [[nodiscard]] std::string language_of(std::string_view locale) const;
    [[nodiscard]] const Phrases& spoken(std::string_view locale) const;
    [[nodiscard]] bool asks_identity(std::string_view text) const;
    [[nodiscard]] std::string help(const Phrases& phrases, std::uint64_t seed) const;
    [[nodiscard]] std::string with_operator(const Phrases& phrases, std::string key,
                                            std::uint64_t seed) const;
    [[nodiscard]] std::string answer(const migue::Turn& turn) const;
    migue::Result<void> answer_kind(migue::Turn& turn, std::string_view kind) const;

    /// Whether a model may answer this: chat, and only chat.
    [[nodiscard]] bool is_chat(const migue::Turn& turn) const;
    /// The model's line with a ready example, or "". Counts its cost in the conversation's state.
    migue::Task<std::string> chat(migue::Turn& turn);

    const migue::Services services_;
    const Languages languages_;
    const Settings settings_;
    std::unique_ptr<LineWriter> writer_;  ///< null without a model
};

}  // namespace smalltalk
