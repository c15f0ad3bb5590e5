// "remind me in 10 minutes": writes again when the time has come, also after a restart of the host.
#include <charconv>

#include "migue/cpp/plugin.hpp"

namespace reminder {

class Reminder final : public migue::Plugin {
public:
    static migue::Description describe() {
        return {.id = "reminder",
                .version = "1.0.0",
                .required_services = {"migue.jobs/1"},
                .intents = {{"reminder", "writes again after so many minutes"}},
                .max_concurrency = 4};
    }
    static migue::Result<std::unique_ptr<Reminder>> create(const migue::Context& context) {
        return std::make_unique<Reminder>(context.services);
    }
    explicit Reminder(migue::Services services) : services_(services) {}

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        // A job is a turn: replies and "job done" are one commit, so nobody is reminded twice.
        if (turn.input_json().find("\"kind\":\"job\"") != std::string_view::npos)
            co_return end(turn.say("You wanted to be reminded. It is time."));
        const long minutes = first_number(turn.text());
        if (minutes < 1 || minutes > kMostMinutes)
            co_return end(turn.say("In how many minutes? Write a number from 1 to 10080."));
        // From when it was written, not from when it is handled; the message is its key.
        const std::int64_t due = turn.sent_unix_ms() + minutes * 60'000;
        std::string conversation(turn.conversation_id());
        std::string key(turn.message_id());
        const auto stored = co_await services_.jobs.at(due, std::move(conversation), std::move(key), "{}");
        if (!stored) co_return stored.error();
        co_return end(turn.say("I will write in " + std::to_string(minutes) + " minutes."));
    }

private:
    static constexpr long kMostMinutes = 7 * 24 * 60;

    static migue::TurnEnd end(const migue::Result<void>& said) {
        return said ? migue::TurnEnd::done() : migue::TurnEnd(said.error());
    }
    static long first_number(std::string_view text) {
        const std::size_t at = text.find_first_of("0123456789");
        long number = 0;
        if (at != std::string_view::npos)
            std::from_chars(text.data() + at, text.data() + text.size(), number);
        return number;
    }

    const migue::Services services_;
};

}  // namespace reminder

MIGUE_PLUGIN(reminder::Reminder)
