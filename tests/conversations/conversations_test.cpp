#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>

#include "tests/conversations/player.hpp"

namespace migue::conversations {
namespace {

/// One host for every way a host can be set up, made when the first script needs it. main() owns them: a host
/// that outlived main() would still run turns while the static data that they read is taken down.
class Worlds {
public:
    World& at(const World::Options& options) {
        auto& world = worlds_[options];
        if (!world) world = std::make_unique<World>(options);
        return *world;
    }

private:
    std::map<World::Options, std::unique_ptr<World>> worlds_;
};

struct Way {
    bool google = false, whatsapp = false;
    [[nodiscard]] std::string name() const {
        return std::string(whatsapp ? "whatsapp" : "chat") + "_" + (google ? "google" : "local");
    }
};

class Conversation : public ::testing::Test {
public:
    Conversation(Worlds& worlds, const Script& script, Way way)
        : worlds_(worlds), script_(script), way_(way) {}

    void TestBody() override {
        const char* const isolated = std::getenv("MIGUE_ISOLATED");
        World& world = worlds_.at({script_.zone, script_.confirm, way_.google,
                                   isolated == nullptr ? "" : isolated, script_.message_template});
        Player player(world, script_, way_.whatsapp);
        const bool tells = std::getenv("MIGUE_TRANSCRIPT") != nullptr;
        if (tells) player.go_on();
        const auto fault = player.play();
        if (tells) std::cout << player.transcript() << std::endl;
        if (!fault) return;
        const std::string place = script_.file.string();
        ADD_FAILURE_AT(place.c_str(), fault->line)
            << script_.title << "\n"
            << fault->what << "\nSo far:\n"
            << player.transcript() << "Again: " << MIGUE_TEST_PROGRAM << " --gtest_filter='"
            << script_.language << "_" << way_.name() << "." << script_.name << "'";
    }

private:
    Worlds& worlds_;
    const Script& script_;
    const Way way_;
};

void add_tests(Worlds& worlds, const std::vector<Script>& scripts) {
    for (const Script& script : scripts)
        for (const bool google : {false, true})
            for (const bool whatsapp : {false, true}) {
                if (!(google ? script.on_google : script.on_local)) continue;
                if (!(whatsapp ? script.on_whatsapp : script.on_chat)) continue;
                const Way way{google, whatsapp};
                ::testing::RegisterTest((script.language + "_" + way.name()).c_str(), script.name.c_str(),
                                        nullptr, nullptr, script.file.c_str(), script.line,
                                        [&worlds, &script, way]() -> Conversation* {
                                            return new Conversation(worlds, script, way);
                                        });
            }
}

}  // namespace
}  // namespace migue::conversations

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    std::vector<migue::conversations::Script> scripts;
    migue::conversations::Worlds worlds;
    try {
        scripts = migue::conversations::read_scripts(MIGUE_SCRIPTS);
    } catch (const std::runtime_error& fault) {
        std::cerr << fault.what() << std::endl;
        return 2;
    }
    migue::conversations::add_tests(worlds, scripts);
    return RUN_ALL_TESTS();
}
