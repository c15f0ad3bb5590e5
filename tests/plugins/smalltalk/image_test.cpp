#include <gtest/gtest.h>

#include <set>

#include "migue/cpp/bench.hpp"
#include "migue/cpp/bench_image.hpp"
#include "phrase_files.hpp"
#include "smalltalk_plugin.hpp"

namespace smalltalk::test {
namespace {

TEST(SmalltalkImage, TheFileThatShipsAnswers) {
    const migue::bench::PluginImage image(SMALLTALK_IMAGE);
    migue::bench::Bench bench(image.entry());
    for (const std::string locale : kLocales) {
        const std::string text = bench.send("…", {.intent = "greeting", .locale = locale}).text();
        EXPECT_TRUE(is_one_of(possible(locale, "greeting"), text)) << text;
    }
    bench.verify();
}

TEST(SmalltalkImage, SaysWhichIntentsItAnswers) {
    const migue::Description description = Plugin::describe();
    std::set<std::string> intents;
    for (const migue::IntentDescription& intent : description.intents) {
        intents.insert(intent.name);
        EXPECT_FALSE(intent.summary.empty()) << intent.name;
    }
    const std::set<std::string> expected = {"greeting", "thanks",  "goodbye", "help",       "chitchat",
                                            "handoff",  "privacy", "other",   "unsupported"};
    EXPECT_EQ(intents, expected);
    EXPECT_EQ(description.id, "smalltalk");
    EXPECT_EQ(description.max_concurrency, 8U);
    EXPECT_TRUE(description.required_services.empty());
}

}  // namespace
}  // namespace smalltalk::test
