// Repeats what was said, and how often it has done so in this conversation.
#include <charconv>

#include "migue/cpp/plugin.hpp"

namespace echo {

class Echo final : public migue::Plugin {
public:
    static migue::Description describe() {
        return {.id = "echo", .version = "1.0.0", .intents = {{"echo", "repeats what was said"}}};
    }
    static migue::Result<std::unique_ptr<Echo>> create(const migue::Context&) {
        return std::make_unique<Echo>();
    }

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        if (turn.text().empty()) co_return migue::TurnEnd::pass();
        int count = 0;  // the state is JSON; a number will do
        const std::string_view state = turn.state_json();
        std::from_chars(state.data(), state.data() + state.size(), count);
        ++count;
        if (auto said = turn.say(std::to_string(count) + ": " + std::string(turn.text())); !said)
            co_return said.error();
        if (auto kept = turn.set_state(std::to_string(count)); !kept) co_return kept.error();
        co_return migue::TurnEnd::done();
    }
};

}  // namespace echo

MIGUE_PLUGIN(echo::Echo)
