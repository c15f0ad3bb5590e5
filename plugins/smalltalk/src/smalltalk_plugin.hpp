#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "migue/cpp/plugin.hpp"
#include "phrases.hpp"

namespace smalltalk {

/// Answers what is not about a calendar: greetings, help, who and what the bot is, and
/// whatever nobody else can read. One reply a message, no questions.
///
/// Immutable after create(), so thread-safe.
class Plugin final : public migue::Plugin {
public:
    static migue::Description describe();
    static migue::Result<std::unique_ptr<Plugin>> create(const migue::Context& context);

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override;

private:
    using Languages = std::map<std::string, Phrases, std::less<>>;

    Plugin(Languages languages, std::string run_by)
        : languages_(std::move(languages)), operator_(std::move(run_by)) {}

    [[nodiscard]] const Phrases& spoken(std::string_view locale) const;
    [[nodiscard]] bool asks_identity(std::string_view text) const;
    [[nodiscard]] std::string help(const Phrases& phrases, std::uint64_t seed) const;
    [[nodiscard]] std::string with_operator(const Phrases& phrases, std::string key,
                                            std::uint64_t seed) const;
    [[nodiscard]] std::string answer(const migue::Turn& turn) const;
    migue::Result<void> answer_kind(migue::Turn& turn, std::string_view kind) const;

    const Languages languages_;
    const std::string operator_;  ///< who runs this bot; may be empty
};

}  // namespace smalltalk
