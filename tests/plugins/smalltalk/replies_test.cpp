#include <gtest/gtest.h>

#include <set>

#include "migue/cpp/bench.hpp"
#include "phrase_files.hpp"
#include "smalltalk_plugin.hpp"

namespace smalltalk::test {
namespace {

using migue::bench::Bench;
using migue::bench::entry_of;
using migue::bench::TurnOutcome;

constexpr const char* kOperator = R"({"operator":"Clínica {example} & \"Sol\""})";
constexpr const char* kOperatorName = "Clínica {example} & \"Sol\"";

struct Case {
    std::string intent, key, text;
};

TEST(SmalltalkReplies, EachIntentIsAnsweredOnceInTheLanguageOfTheTurn) {
    const std::vector<Case> cases = {
        {"greeting", "greeting", "…"}, {"thanks", "thanks", "…"},    {"goodbye", "goodbye", "…"},
        {"chitchat", "chitchat", "…"}, {"handoff", "handoff", "…"},  {"privacy", "privacy", "…"},
        {"other", "other", "…"},       {"never_heard", "other", ""}, {"", "other", "…"}};
    Bench bench(entry_of<Plugin>());
    for (const std::string locale : kLocales) {
        for (const Case& one : cases) {
            SCOPED_TRACE(locale + " " + one.intent);
            const TurnOutcome turn = bench.send(one.text, {.intent = one.intent, .locale = locale});
            ASSERT_EQ(turn.status, MIGUE_OK);
            ASSERT_EQ(turn.replies.size(), 1U);
            EXPECT_EQ(turn.replies[0].kind, "text");
            EXPECT_TRUE(is_one_of(possible(locale, one.key), turn.text())) << turn.text();
            EXPECT_FALSE(turn.ask_ttl);
            EXPECT_FALSE(turn.state_json);
        }
    }
    bench.verify();
}

TEST(SmalltalkReplies, HelpShowsFiveExamplesAndNobodyWhenNobodyIsNamed) {
    Bench bench(entry_of<Plugin>());
    for (const std::string locale : kLocales) {
        const std::string text = bench.send("?", {.intent = "help", .locale = locale}).text();
        const auto examples = phrase_file(locale).at("examples").get<std::vector<std::string>>();
        ASSERT_EQ(examples.size(), 5U);
        for (const std::string& example : examples)
            EXPECT_NE(text.find("\n• " + example), std::string::npos) << text;
        EXPECT_EQ(std::ranges::count(text, '\n'), 5) << text;
        EXPECT_EQ(text.find('{'), std::string::npos) << text;
    }
}

TEST(SmalltalkReplies, TheOperatorIsNamedAsWritten) {
    Bench bench(entry_of<Plugin>(), kOperator);
    for (const std::string locale : kLocales) {
        SCOPED_TRACE(locale);
        const std::string help = bench.send("?", {.intent = "help", .locale = locale}).text();
        const std::string last_line = help.substr(help.rfind('\n') + 1);
        EXPECT_TRUE(is_one_of(possible(locale, "help_operator", kOperatorName), last_line)) << help;
        for (const std::string intent : {"handoff", "privacy"}) {
            const std::string text = bench.send("…", {.intent = intent, .locale = locale}).text();
            EXPECT_TRUE(is_one_of(possible(locale, intent + "_operator", kOperatorName), text)) << text;
        }
    }
}

TEST(SmalltalkReplies, ABlankOperatorIsNone) {
    for (const char* config : {R"({"operator":""})", R"({"operator":" \n "})"}) {
        Bench bench(entry_of<Plugin>(), config);
        EXPECT_TRUE(is_one_of(possible("es", "handoff"), bench.send("…", {.intent = "handoff"}).text()));
    }
}

TEST(SmalltalkReplies, AConfigThatCannotBeSaysWhere) {
    struct {
        std::string config, where;
    } const cases[] = {{R"({"operator":")" + std::string(201, 'x') + "\"}", "/operator"},
                       {R"({"operator":7})", "/operator"},
                       {R"({"operater":"x"})", "operater"}};
    for (const auto& one : cases) {
        std::string faults;
        for (const std::string& fault : migue::bench::load_faults(entry_of<Plugin>(), one.config))
            faults += fault + "\n";
        EXPECT_NE(faults.find(one.where), std::string::npos) << one.config << ": " << faults;
    }
    EXPECT_TRUE(
        migue::bench::load_faults(entry_of<Plugin>(), R"({"operator":")" + std::string(200, 'x') + "\"}")
            .empty());
}

TEST(SmalltalkReplies, TheLanguageIsTheLocalesOrSpanish) {
    struct {
        const char *locale, *spoken;
    } const cases[] = {{"es-CO", "es"}, {"en_US", "en"}, {"pt-BR", "pt"},
                       {"fr", "es"},    {"", "es"},      {"e", "es"}};
    Bench bench(entry_of<Plugin>());
    for (const auto& one : cases) {
        const std::string text = bench.send("…", {.intent = "privacy", .locale = one.locale}).text();
        EXPECT_TRUE(is_one_of(possible(one.spoken, "privacy"), text)) << one.locale << ": " << text;
    }
}

TEST(SmalltalkReplies, ARepeatedTurnSaysTheSameAndOthersVary) {
    Bench at_once(entry_of<Plugin>()), after_crash(entry_of<Plugin>());
    std::set<std::string> texts;
    for (int i = 0; i < 40; ++i) {
        const std::string id = "wamid." + std::to_string(i);
        const std::string text = at_once.send("gracias", {.intent = "thanks", .message_id = id}).text();
        const TurnOutcome lost = after_crash.send(
            "gracias", {.intent = "thanks", .message_id = id, .cut = migue::bench::Cut{.operation = 0}});
        ASSERT_TRUE(lost.replies.empty());
        after_crash.restart();
        EXPECT_EQ(after_crash.repeat(lost).text(), text);
        texts.insert(text);
    }
    EXPECT_EQ(texts.size(), phrase_file("es").at("thanks").size());
}

TEST(SmalltalkReplies, HugeAndBrokenTextsAreAnswered) {
    Bench bench(entry_of<Plugin>());
    const std::string texts[] = {"",
                                 std::string(60'000, 'a'),
                                 "eres un " + std::string(20'000, ' ') + "\xF0\x9F\xA4\x96",
                                 "{example} {operator}",
                                 "\xC3",
                                 "\xCC",
                                 "'; DROP TABLE x; --"};
    for (const std::string& text : texts) {
        const TurnOutcome turn = bench.send(text, {.intent = "other"});
        EXPECT_EQ(turn.status, MIGUE_OK);
        EXPECT_TRUE(is_one_of(possible("es", "other"), turn.text())) << turn.text();
    }
    EXPECT_TRUE(bench.log().empty());
}

}  // namespace
}  // namespace smalltalk::test
