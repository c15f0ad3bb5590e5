#include "migue/cpp/plugin.hpp"

namespace smalltalk {

class Plugin final : public migue::Plugin {
public:
    static migue::Description describe() { return {.id = "smalltalk", .version = "0.1.0"}; }
    static migue::Result<std::unique_ptr<Plugin>> create(const migue::Context&) { return std::make_unique<Plugin>(); }
    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        if (auto said = turn.say("smalltalk"); !said) co_return said.error();
        co_return migue::TurnEnd::done();
    }
};

}  // namespace smalltalk

MIGUE_PLUGIN(smalltalk::Plugin)
