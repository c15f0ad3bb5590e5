#include <gtest/gtest.h>

#include "input.hpp"
#include "migue/cpp/bench.hpp"
#include "phrase_files.hpp"
#include "smalltalk_plugin.hpp"

namespace smalltalk::test {
namespace {

using migue::bench::Bench;
using migue::bench::entry_of;
using migue::bench::TurnOutcome;

std::string of_kind(const std::string& kind) {
    return R"({"kind":")" + kind + "\"}";
}

TEST(SmalltalkKinds, WhatIsNoTextIsToldByItsKind) {
    struct {
        const char *kind, *key;
    } const cases[] = {{"audio", "unsupported_audio"},       {"voice", "unsupported_audio"},
                       {"image", "unsupported_picture"},     {"video", "unsupported_picture"},
                       {"location", "unsupported_card"},     {"contacts", "unsupported_card"},
                       {"document", "unsupported_document"}, {"order", "unsupported_order"},
                       {"form", "unsupported_order"},        {"tap", "unsupported_tap"},
                       {"request_welcome", "greeting"}};
    Bench bench(entry_of<Plugin>());
    for (const std::string locale : kLocales) {
        for (const auto& one : cases) {
            for (int time = 0; time < 2; ++time) {
                const TurnOutcome turn = bench.send(
                    "", {.intent = "unsupported", .locale = locale, .input_json = of_kind(one.kind)});
                ASSERT_EQ(turn.status, MIGUE_OK);
                EXPECT_EQ(turn.replies.size(), 1U) << one.kind;
                EXPECT_TRUE(is_one_of(possible(locale, one.key), turn.text()))
                    << one.kind << ": " << turn.text();
                EXPECT_FALSE(turn.state_json);
            }
        }
    }
}

TEST(SmalltalkKinds, ACaptionDoesNotMakeAPictureReadable) {
    Bench bench(entry_of<Plugin>());
    const TurnOutcome turn = bench.send("hola", {.intent = "greeting", .input_json = of_kind("image")});
    EXPECT_TRUE(is_one_of(possible("es", "unsupported_picture"), turn.text())) << turn.text();
}

TEST(SmalltalkKinds, ATapIsReadAsTheTextItShows) {
    Bench bench(entry_of<Plugin>());
    const TurnOutcome turn =
        bench.send("Gracias", {.intent = "thanks", .input_json = R"({"kind":"tap","tap":"x"})"});
    EXPECT_TRUE(is_one_of(possible("es", "thanks"), turn.text())) << turn.text();
}

TEST(SmalltalkKinds, StickersAndTheLikeGetOneLineAConversation) {
    Bench bench(entry_of<Plugin>());
    bool first = true;
    for (const char* kind : {"sticker", "reaction", "unsupported", "poll", "unknown", "", "sticker"}) {
        const TurnOutcome turn = bench.send("", {.intent = "unsupported", .input_json = of_kind(kind)});
        ASSERT_EQ(turn.status, MIGUE_OK) << kind;
        EXPECT_EQ(turn.replies.size(), first ? 1U : 0U) << kind;
        if (first) {
            EXPECT_TRUE(is_one_of(possible("es", "unsupported_once"), turn.text())) << turn.text();
        }
        first = false;
    }
    EXPECT_EQ(bench.state(), R"({"hinted":true})");
    const TurnOutcome other =
        bench.send("", {.intent = "unsupported", .conversation = "c2", .input_json = of_kind("reaction")});
    EXPECT_EQ(other.replies.size(), 1U);
}

TEST(SmalltalkKinds, TheOneLineSurvivesALostCommitAndANewInstance) {
    Bench bench(entry_of<Plugin>());
    const TurnOutcome lost = bench.send(
        "", {.intent = "unsupported", .input_json = of_kind("sticker"), .cut = migue::bench::Cut{0}});
    EXPECT_EQ(bench.repeat(lost).replies.size(), 1U);
    bench.restart();
    EXPECT_TRUE(bench.send("", {.intent = "unsupported", .input_json = of_kind("sticker")}).replies.empty());
    EXPECT_EQ(bench.send("hola", {.intent = "greeting"}).replies.size(), 1U);
    EXPECT_TRUE(bench.send("", {.intent = "unsupported", .input_json = of_kind("sticker")}).replies.empty());
}

TEST(SmalltalkKinds, WhatNobodySaidIsNotAnswered) {
    Bench bench(entry_of<Plugin>());
    for (const char* kind : {"revoke", "system", "job"}) {
        const TurnOutcome turn = bench.send("", {.intent = "unsupported", .input_json = of_kind(kind)});
        EXPECT_EQ(turn.status, MIGUE_OK) << kind;
        EXPECT_TRUE(turn.replies.empty()) << kind;
        EXPECT_FALSE(turn.state_json) << kind;
    }
}

TEST(SmalltalkKinds, AMalformedInputIsText) {
    const char* inputs[] = {"", "{", "[]", "null", "7", "{}", R"({"kind":7})", R"({"kind":null})", "\xFF"};
    for (const char* input : inputs) EXPECT_EQ(read_kind(input), "text") << input;
    EXPECT_EQ(read_kind(std::string(100'000, '[')), "text");

    Bench bench(entry_of<Plugin>());
    for (const char* input : {"{}", R"({"kind":7})", R"({"kind":[{}]})"}) {
        const TurnOutcome turn = bench.send("hola", {.intent = "greeting", .input_json = input});
        EXPECT_EQ(turn.status, MIGUE_OK) << input;
        EXPECT_TRUE(is_one_of(possible("es", "greeting"), turn.text())) << input;
    }
    // Taken for no text by the host, but with nothing that tells its kind.
    EXPECT_TRUE(is_one_of(possible("es", "unsupported_once"),
                          bench.send("", {.intent = "unsupported", .input_json = "{}"}).text()));
}

}  // namespace
}  // namespace smalltalk::test
