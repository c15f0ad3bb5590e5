#include "host/intents/route_table.hpp"

#include "tests/host/intents/fixture.hpp"

namespace migue::host::intents {
namespace {

class RouteTableFile : public IntentFiles {
protected:
    void SetUp() override {
        IntentFiles::SetUp();
        write("es.yaml", intent_file("es"));
        write("en.yaml", intent_file("en"));
    }
    std::string faults_of(std::string_view routes) {
        const auto table = read_route_table(write("routes.yaml", routes));
        return table ? std::string() : table.error().what;
    }
};

TEST_F(RouteTableFile, IsReadWhole) {
    const auto table = read_route_table(write("routes.yaml", R"(
intents: { es: es.yaml, en: [en.yaml] }
thresholds: { accept: 0.6, other: 0.7 }
fallback: smalltalk
routes:
  - { intent: other, plugin: smalltalk }
  - intent: cancel_meeting
    plugin: scheduling
    priority: 20
    keywords: { es: ["anúlalo todo"] }
    exact: { en: [undo] }
)"));
    ASSERT_TRUE(table) << table.error().what;
    EXPECT_EQ(table->locales, (std::vector<std::string>{"es", "en"}));
    EXPECT_EQ(table->plain_examples().size(), few_examples().size());
    EXPECT_FLOAT_EQ(table->thresholds.accept, 0.6F);
    EXPECT_FLOAT_EQ(table->thresholds.other, 0.7F);
    EXPECT_EQ(table->fallback, "smalltalk");
    ASSERT_EQ(table->routes.size(), 2U);
    EXPECT_EQ(table->routes[0].intent, "cancel_meeting") << "the highest priority first";
    ASSERT_EQ(table->routes[0].keywords.size(), 2U);
    EXPECT_EQ(table->routes[0].keywords[1].folded, "anulalo todo");
    EXPECT_FALSE(table->routes[0].keywords[1].whole);
    EXPECT_TRUE(table->routes[0].keywords[0].whole);
    EXPECT_EQ(table->examples[0].place, (folder_ / "es.yaml").string() + ":2:5");
}

TEST_F(RouteTableFile, TellsEveryFaultAtOnceWithItsPlace) {
    const std::string faults = faults_of(R"(intents: { es: es.yaml, fr: fr.yaml }
thresholds: { accept: 2 }
fallback: Small Talk
routes:
  - { intent: other, plugin: smalltalk, colour: red }
  - { intent: other, plugin: smalltalk }
  - { plugin: scheduling }
  - just text
extra: 1
)");
    const std::string at = (folder_ / "routes.yaml").string() + ":";
    for (const char* expected : {"1:25: unknown language \"fr\"", "2:", "3:11: plugin \"Small Talk\"",
                                 "5:", "colour", "6:5: a second route for the intent \"other\"",
                                 "7:", "intent", "8:5: expected a route", "9:1", "extra"})
        EXPECT_NE(faults.find(expected), std::string::npos) << expected << "\n" << faults;
    EXPECT_NE(faults.find(at), std::string::npos);
}

TEST_F(RouteTableFile, NamesTheFileThatCannotBeRead) {
    const std::string faults = faults_of("intents: { es: gone.yaml }\nfallback: smalltalk\nroutes: []\n");
    EXPECT_NE(faults.find("gone.yaml"), std::string::npos) << faults;
    EXPECT_NE(faults.find("1:16"), std::string::npos) << faults;
}

TEST_F(RouteTableFile, RefusesExamplesThatAreNone) {
    write("es.yaml", "greeting:\n  - hola\n  - \"...\"\n  - [a, b]\nthanks: gracias\nBad Name:\n  - x\n");
    const std::string faults = faults_of("intents: { es: es.yaml }\nfallback: smalltalk\nroutes: []\n");
    for (const char* expected : {"es.yaml:3:5: an example without a word", "es.yaml:4:5: expected an example",
                                 "es.yaml:5:9: expected a sequence", "es.yaml:6:1: intent \"Bad Name\""})
        EXPECT_NE(faults.find(expected), std::string::npos) << expected << "\n" << faults;
}

TEST_F(RouteTableFile, RequiresItsParts) {
    const std::string faults = faults_of("thresholds: {}\n");
    for (const char* key : {"intents", "fallback", "routes"})
        EXPECT_NE(faults.find(key), std::string::npos) << faults;
}

TEST(HoldsPhrase, MatchesWholeWordsOnly) {
    EXPECT_TRUE(holds_phrase("quiero ayuda ya", "ayuda"));
    EXPECT_TRUE(holds_phrase("ayuda", "ayuda"));
    EXPECT_TRUE(holds_phrase("x ayudante ayuda", "ayuda"));
    EXPECT_FALSE(holds_phrase("ayudante", "ayuda"));
    EXPECT_FALSE(holds_phrase("mi ayudante", "ayuda"));
    EXPECT_FALSE(holds_phrase("reayuda", "ayuda"));
    EXPECT_FALSE(holds_phrase("ayuda", ""));
    EXPECT_FALSE(holds_phrase("", "ayuda"));
}

Keyword keyword(std::string text, bool whole) {
    return {text, text, "es", whole, "here"};
}

TEST(KeywordRoute, PrefersPriorityThenWholeMessagesThenLongerOnes) {
    RouteTable table;
    table.routes = {{"high", "a", 10, {keyword("reunion", false)}, ""},
                    {"short", "a", 0, {keyword("hola", false)}, ""},
                    {"long", "a", 0, {keyword("hola amigo", false)}, ""},
                    {"whole", "a", 0, {keyword("hola amigo mio", true)}, ""}};
    const auto winner = [&](std::string_view text) {
        const Route* route = keyword_route(table, text);
        return route == nullptr ? std::string() : route->intent;
    };
    EXPECT_EQ(winner("hola amigo tengo reunion"), "high");
    EXPECT_EQ(winner("hola"), "short");
    EXPECT_EQ(winner("hola amigo que tal"), "long");
    EXPECT_EQ(winner("hola amigo mio"), "whole");
    EXPECT_EQ(winner("hola amigo mio querido"), "long") << "an exact phrase is the whole message or nothing";
    EXPECT_EQ(winner("adios"), "");
}

TEST(HoldsPhrase, FindsThePartsOfAPatternInOrder) {
    EXPECT_TRUE(holds_phrase("borra por favor todos mis datos", "borra * datos"));
    EXPECT_TRUE(holds_phrase("borra datos", "borra * datos"));
    EXPECT_FALSE(holds_phrase("datos que borra", "borra * datos"));
    EXPECT_FALSE(holds_phrase("borra metadatos", "borra * datos"));
    EXPECT_FALSE(holds_phrase("borra", "borra * borra"));
}

TEST_F(RouteTableFile, ReadsPatternsCourtesiesAndEveryThreshold) {
    write("es.yaml", "privacy: [borra mis datos]\n");
    const auto table = read_route_table(write("routes.yaml", R"(
intents: { es: es.yaml }
thresholds: { accept: 0.1, other: 0.2, new_wish: 0.3, doubt: 0.05, dated: 0.7 }
fallback: smalltalk
dated: privacy
courtesies: [thanks]
routes:
  - intent: privacy
    plugin: smalltalk
    patterns: { es: ["*Borra * mis DATOS*"] }
)"));
    ASSERT_TRUE(table) << table.error().what;
    EXPECT_EQ(table->routes[0].keywords[0].folded, "borra * mis datos");
    EXPECT_EQ(table->courtesies, std::vector<std::string>{"thanks"});
    EXPECT_FLOAT_EQ(table->thresholds.new_wish, 0.3F);
    EXPECT_FLOAT_EQ(table->thresholds.doubt, 0.05F);
    EXPECT_FLOAT_EQ(table->thresholds.dated, 0.7F);
    EXPECT_EQ(table->dated, "privacy");
    EXPECT_EQ(keyword_route(*table, "por favor borra ya mis datos"), &table->routes[0]);
    EXPECT_EQ(keyword_route(*table, "mis datos borra"), nullptr);
}

TEST_F(RouteTableFile, NamesTheExamplesWithoutReadingThemWhenAskedTo) {
    const auto routes = write("routes.yaml", "intents: { es: none.yaml }\nfallback: smalltalk\nroutes: []\n");
    EXPECT_FALSE(read_route_table(routes));
    const auto table = read_route_table(routes, Reading::kRoutesOnly);
    ASSERT_TRUE(table) << table.error().what;
    ASSERT_EQ(table->example_files.size(), 1U);
    EXPECT_EQ(table->example_files[0].path, folder_ / "none.yaml");
    EXPECT_TRUE(table->examples.empty());
}

}  // namespace
}  // namespace migue::host::intents
