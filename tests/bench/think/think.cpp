// Repeats what was said and how often in this conversation, "3: hola", after waiting as long
// as a call to the outside would take. For measuring and for torture.
#include <charconv>
#include <chrono>

#include "migue/cpp/plugin.hpp"

namespace think {

class Think final : public migue::Plugin {
public:
    static migue::Description describe() {
        return {.id = "think",
                .version = "1.0.0",
                .config_schema = R"({"type":"object","additionalProperties":false,"properties":{"think_ms":
                    {"type":"integer","minimum":0,"maximum":10000}},"required":["think_ms"]})",
                .required_services = {MIGUE_TIMER_ID},
                .intents = {{"think", "repeats what was said, after a while"}},
                .max_concurrency = 4};
    }
    static migue::Result<std::unique_ptr<Think>> create(const migue::Context& context) {
        const std::size_t digits = context.config_json.find_first_of("0123456789");
        if (digits == std::string_view::npos)
            return migue::Error{migue::Error::Code::kConfig, "think_ms is not a number"};
        int think_ms = 0;
        std::from_chars(context.config_json.data() + digits,
                        context.config_json.data() + context.config_json.size(), think_ms);
        return std::make_unique<Think>(context.services, std::chrono::milliseconds(think_ms));
    }
    Think(const migue::Services& services, std::chrono::milliseconds think)
        : services_(services), think_(think) {}

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        if (turn.text().empty()) co_return migue::TurnEnd::pass();
        if (think_.count() > 0) {
            const auto waited = co_await services_.timer.after(think_);
            if (!waited) co_return waited.error();
        }
        int count = 0;  // the state is JSON; a number will do
        const std::string_view state = turn.state_json();
        std::from_chars(state.data(), state.data() + state.size(), count);
        ++count;
        if (auto said = turn.say(std::to_string(count) + ": " + std::string(turn.text())); !said)
            co_return said.error();
        if (auto kept = turn.set_state(std::to_string(count)); !kept) co_return kept.error();
        co_return migue::TurnEnd::done();
    }

private:
    const migue::Services services_;
    const std::chrono::milliseconds think_;
};

}  // namespace think

MIGUE_PLUGIN(think::Think)
