#include "host/intents/lint.hpp"

#include "tests/host/intents/fixture.hpp"

namespace migue::host::intents {
namespace {

Keyword keyword(std::string text, bool whole = false) {
    return {text, text, "es", whole, "at " + text};
}

/// A table without findings: 20 examples of each intent in each language, each with a route.
RouteTable sound_table() {
    RouteTable table;
    table.file = "routes.yaml";
    table.locales = {"es", "en", "pt"};
    table.fallback = "smalltalk";
    int n = 0;
    for (const char* intent : {"greeting", "thanks"}) {
        for (const std::string& locale : table.locales)
            for (int i = 0; i < 20; ++i, ++n)
                table.examples.push_back(
                    {{"word" + std::to_string(n), locale, intent}, "place" + std::to_string(n)});
        table.routes.push_back({intent, "smalltalk", 0, {}, "at route"});
    }
    table.routes.push_back({"unsupported", "smalltalk", 0, {}, "at route"});
    return table;
}

void expect_one(const std::vector<std::string>& findings, std::string_view part) {
    ASSERT_EQ(findings.size(), 1U) << ::testing::PrintToString(findings);
    EXPECT_NE(findings[0].find(part), std::string::npos) << findings[0];
}

TEST(Lint, IsSilentAboutASoundTable) {
    EXPECT_TRUE(lint(sound_table()).empty());
}

TEST(Lint, FindsAnExampleUnderTwoIntents) {
    RouteTable table = sound_table();
    table.examples.push_back({{"WORD0!", "es", "thanks"}, "es.yaml:9:5"});
    expect_one(lint(table), "es.yaml:9:5: this example of thanks also stands under greeting at place0");
}

TEST(Lint, FindsTheSameExampleTwice) {
    RouteTable table = sound_table();
    table.examples.push_back({{"word0", "es", "greeting"}, "es.yaml:9:5"});
    expect_one(lint(table), "es.yaml:9:5: the same example stands at place0");
    table.examples.back().example.locale = "pt";
    EXPECT_TRUE(lint(table).empty()) << "languages may share words";
}

TEST(Lint, FindsThinIntents) {
    RouteTable table = sound_table();
    table.examples.erase(table.examples.begin());
    expect_one(lint(table), "the intent greeting has 19 example(s) in es");
}

TEST(Lint, FindsAnIntentWithoutExamplesInOneLanguage) {
    RouteTable table = sound_table();
    std::erase_if(table.examples, [](const PlacedExample& placed) {
        return placed.example.locale == "pt" && placed.example.intent == "thanks";
    });
    expect_one(lint(table), "the intent thanks has no examples in pt");
}

TEST(Lint, FindsAMissingLanguage) {
    RouteTable table = sound_table();
    std::erase(table.locales, "pt");
    expect_one(lint(table), "no intent file for the language pt");
}

TEST(Lint, FindsRoutesThatNothingReaches) {
    RouteTable table = sound_table();
    table.routes.push_back({"ghost", "scheduling", 0, {}, "routes.yaml:7:3"});
    expect_one(lint(table), "routes.yaml:7:3: the intent ghost has no examples and no keywords");
    table.routes.back().keywords = {keyword("boo")};
    EXPECT_TRUE(lint(table).empty()) << "keywords can lead there";
}

TEST(Lint, FindsExamplesWithoutARoute) {
    RouteTable table = sound_table();
    table.routes.erase(table.routes.begin());
    expect_one(lint(table), "the intent greeting has examples but no route");
}

TEST(Lint, FindsKeywordsThatAlwaysLose) {
    RouteTable table = sound_table();
    table.routes[0].priority = 5;
    table.routes[0].keywords = {keyword("ayuda")};
    table.routes[1].keywords = {keyword("ayuda urgente")};
    expect_one(lint(table), "\"ayuda urgente\" of thanks can never win: \"ayuda\" of greeting");
    table.routes[1].keywords = {keyword("ayudante")};
    EXPECT_TRUE(lint(table).empty());
}

TEST(Lint, KnowsThatALongerKeywordWinsAtEqualPriority) {
    RouteTable table = sound_table();
    table.routes[0].keywords = {keyword("ayuda")};
    table.routes[1].keywords = {keyword("ayuda urgente")};
    EXPECT_TRUE(lint(table).empty());
    table.routes[1].keywords = {keyword("ayuda")};
    expect_one(lint(table), "\"ayuda\" of thanks can never win");
    table.routes[0].keywords = {keyword("ayuda", true)};
    EXPECT_TRUE(lint(table).empty()) << "an exact phrase leaves longer messages to the other";
}

TEST(Lint, FindsAnIntentForDaysAheadThatHasNoRoute) {
    RouteTable table = sound_table();
    table.dated = "thank";
    expect_one(lint(table), "dated is thank, which has no route; did you mean thanks?");
}

class LintRoutes : public IntentFiles {};

TEST_F(LintRoutes, ReadsTheFilesFirst) {
    const auto unreadable = lint_routes(folder_ / "routes.yaml");
    ASSERT_FALSE(unreadable);
    write("es.yaml", intent_file("es"));
    const auto findings = lint_routes(
        write("routes.yaml",
              "intents: { es: es.yaml }\nfallback: smalltalk\nroutes:\n  - { intent: ghost, plugin: x }\n"));
    ASSERT_TRUE(findings) << findings.error().what;
    EXPECT_GE(findings->size(), 5U);
}

TEST(Lint, FindsThresholdsThatLetNothingThrough) {
    RouteTable table = sound_table();
    table.thresholds.other = 0;
    expect_one(lint(table), "thresholds.other is 0");
}

TEST_F(LintRoutes, FindsIntentsThatLoseTheirOwnExamples) {
    write("es.yaml", intent_file("es"));
    const auto routes = write("routes.yaml", R"(
intents: { es: es.yaml }
fallback: smalltalk
routes:
  - { intent: schedule_meeting, plugin: scheduling }
  - { intent: cancel_meeting, plugin: scheduling }
  - intent: other
    plugin: smalltalk
    exact:
      es: ["cancela la reunión de mañana", "borra la cita del viernes", "elimina el evento del lunes"]
    keywords: { es: ["cancelar la llamada"] }
)");
    const auto router = Router::load(routes);
    ASSERT_TRUE(router) << router.error().what;
    const auto findings = routes_that_never_win(routes, **router);
    ASSERT_TRUE(findings) << findings.error().what;
    expect_one(*findings, "cancel_meeting wins none of 4 of its own examples");
}

TEST_F(IntentFiles, NamesThatAreMisspeltAreToldWithTheirPlaceAndTheRightOne) {
    write("es.yaml", intent_file("es"));
    const auto routes = write("routes.yaml", R"(intents: { es: es.yaml }
fallback: smaltalk
courtesies: [canel_meeting]
routes:
  - { intent: schedule_meeting, plugin: schedulng }
  - { intent: cancel_meetin, plugin: scheduling }
  - { intent: other, plugin: smalltalk }
)");
    const auto findings = lint_routes(routes, {"scheduling", "smalltalk"});
    ASSERT_TRUE(findings) << findings.error().what;
    std::string all;
    for (const std::string& finding : *findings) all += finding + "\n";
    const std::string file = routes.string(), examples = (folder_ / "es.yaml").string();
    for (const std::string& expected :
         {file + ":2:11: the fallback leads to the plugin smaltalk, which the configuration does not name; "
                 "did you mean smalltalk?",
          file + ":3:14: the courtesy canel_meeting has no route; did you mean cancel_meetin?",
          file + ":5:5: the route of schedule_meeting leads to the plugin schedulng, which the configuration "
                 "does not name; did you mean scheduling?",
          file +
              ":6:5: the intent cancel_meetin has no examples and no keywords: nothing leads here; did you "
              "mean cancel_meeting?",
          examples + ":7:5: the intent cancel_meeting has examples but no route; did you mean cancel_meetin?",
          file + ":1:10: no intent file for the language en"})
        EXPECT_NE(all.find(expected), std::string::npos) << expected << "\nnot in\n" << all;
    EXPECT_EQ(all.find("plugin smalltalk,"), std::string::npos) << all;
}

}  // namespace
}  // namespace migue::host::intents
