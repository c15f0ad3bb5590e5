// A plugin of today that uses what is newest where it is there, and does without where it is not (C5).
#include "migue/cpp/plugin.hpp"

namespace {

class NewPlugin final : public migue::Plugin {
public:
    static migue::Description describe() {
        return {.id = "new_plugin", .version = "1.0.0", .intents = {{"classify", "says what it reads"}}};
    }
    static migue::Result<std::unique_ptr<NewPlugin>> create(const migue::Context& context) {
        return std::make_unique<NewPlugin>(context.services);
    }
    explicit NewPlugin(migue::Services services) : services_(services) {}

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        const auto waited = co_await services_.timer.after(std::chrono::milliseconds(1));
        if (!waited) co_return waited.error();
        const auto read = services_.intents.classify(turn.text(), "es");
        migue::MediaFetch fetch;
        fetch.place = "whatsapp/1";
        fetch.media_id = "1";
        fetch.max_bytes = 10;
        const auto file = co_await services_.media.fetch(std::move(fetch));
        const auto tell = [](bool good, migue::Error::Code code) {
            return good                                       ? std::string("there")
                   : code == migue::Error::Code::kUnsupported ? std::string("not here")
                                                              : std::string("failed");
        };
        const std::string all =
            "intents " +
            tell(static_cast<bool>(read), read ? migue::Error::Code::kInternal : read.error().code) +
            ", media " +
            tell(static_cast<bool>(file), file ? migue::Error::Code::kInternal : file.error().code);
        if (auto said = turn.say(all); !said) co_return said.error();
        co_return migue::TurnEnd::done();
    }

private:
    migue::Services services_;
};

}  // namespace

MIGUE_PLUGIN(NewPlugin)
