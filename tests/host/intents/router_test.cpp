#include "host/intents/router.hpp"

#include <set>

#include "host/intents/linear_classifier.hpp"
#include "tests/host/intents/fixture.hpp"

namespace migue::host::intents {
namespace {

constexpr std::string_view kRoutes = R"(
intents: { es: es.yaml, en: en.yaml }
thresholds: { accept: 0.4, other: 0.5 }
fallback: smalltalk
routes:
  - { intent: schedule_meeting, plugin: scheduling }
  - { intent: cancel_meeting, plugin: scheduling }
  - intent: help
    plugin: smalltalk
    priority: 10
    exact: { es: [ayuda], en: [help] }
    keywords: { es: ["no entiendo nada"] }
)";

class RouterDecides : public IntentFiles {
protected:
    void SetUp() override {
        IntentFiles::SetUp();
        write("es.yaml", intent_file("es"));
        write("en.yaml", intent_file("en"));
        write("routes.yaml", kRoutes);
        auto loaded = Router::load(folder_ / "routes.yaml");
        ASSERT_TRUE(loaded) << loaded.error().what;
        router_ = *loaded;
    }
    static Situation text(std::string_view words, std::string_view asked = {}, std::string_view locale = {}) {
        return {.kind = "text", .text = words, .tap = {}, .locale = locale, .asked_plugin = asked};
    }
    std::shared_ptr<const Router> router_;
};

TEST_F(RouterDecides, ByTheClassifier) {
    const Decision decision = router_->route(text("cancela la reunión del jueves"));
    EXPECT_EQ(decision.plugin, "scheduling");
    EXPECT_EQ(decision.intent, "cancel_meeting");
    EXPECT_EQ(decision.routed_by, RoutedBy::kClassifier);
    EXPECT_EQ(decision.locale, "es");
    EXPECT_GE(decision.confidence, 0.4F);
    ASSERT_EQ(decision.ranked.size(), 3U);
    EXPECT_EQ(decision.ranked[0].probability, decision.confidence);
}

TEST_F(RouterDecides, ForTheFallbackWhenNothingFits) {
    for (const char* words : {"quién ganó el partido", "play some music", "", "zzz"}) {
        const Decision decision = router_->route(text(words));
        EXPECT_EQ(decision.plugin, "smalltalk") << words;
        EXPECT_EQ(decision.intent, "other") << words;
        EXPECT_EQ(decision.routed_by, RoutedBy::kFallback) << words;
    }
}

TEST_F(RouterDecides, ByKeywordsBeforeTheClassifier) {
    for (const char* words : {"Ayuda!", "help", "la verdad, no entiendo NADA de la cita"}) {
        const Decision decision = router_->route(text(words));
        EXPECT_EQ(decision.intent, "help") << words;
        EXPECT_EQ(decision.routed_by, RoutedBy::kPattern) << words;
        EXPECT_EQ(decision.plugin, "smalltalk") << words;
    }
    EXPECT_NE(router_->route(text("ayuda a cancelar la cita")).routed_by, RoutedBy::kPattern);
}

TEST_F(RouterDecides, ForThePluginWhoseQuestionIsOpen) {
    const Decision answer = router_->route(text("sí, a las 5", "scheduling", "es"));
    EXPECT_EQ(answer.plugin, "scheduling");
    EXPECT_EQ(answer.routed_by, RoutedBy::kOpenQuestion);
    // A clear new wish still shows, so that the plugin can pass.
    const Decision wish = router_->route(text("cancela la reunión de mañana", "survey"));
    EXPECT_EQ(wish.plugin, "survey");
    EXPECT_EQ(wish.routed_by, RoutedBy::kOpenQuestion);
    EXPECT_EQ(wish.intent, "cancel_meeting");
    EXPECT_EQ(router_->route(text("help", "survey")).intent, "help");
}

TEST_F(RouterDecides, AfreshOnceThePluginHasPassed) {
    Situation situation = text("cancela la reunión de mañana", "survey");
    ASSERT_EQ(router_->route(situation).plugin, "survey");
    situation.asked_plugin = {};
    const Decision decision = router_->route(situation);
    EXPECT_EQ(decision.plugin, "scheduling");
    EXPECT_EQ(decision.routed_by, RoutedBy::kClassifier);
}

TEST_F(RouterDecides, ByTheButtonEvenWhenAQuestionIsOpen) {
    const Situation tap{.kind = "tap",
                        .text = "Confirmar",
                        .tap = "scheduling:confirm:17",
                        .locale = "es",
                        .asked_plugin = "survey"};
    const Decision decision = router_->route(tap);
    EXPECT_EQ(decision.plugin, "scheduling");
    EXPECT_EQ(decision.routed_by, RoutedBy::kTap);
    EXPECT_EQ(decision.intent, "");
    EXPECT_EQ(decision.locale, "es");
    EXPECT_FLOAT_EQ(decision.confidence, 1);
}

TEST_F(RouterDecides, ByTheTextOfAButtonThatNamesNoPlugin) {
    for (const char* id : {"", "nocolon", ":x", "../etc:x", "Sched uling:x"}) {
        const Situation tap{.kind = "tap",
                            .text = "cancela la reunión de mañana",
                            .tap = id,
                            .locale = "es",
                            .asked_plugin = {}};
        EXPECT_EQ(router_->route(tap).intent, "cancel_meeting") << id;
    }
    const Situation silent{.kind = "tap", .text = {}, .tap = "nocolon", .locale = "es", .asked_plugin = {}};
    EXPECT_EQ(router_->route(silent).intent, "unsupported");
}

TEST_F(RouterDecides, ThatWhatIsNotTextIsUnsupported) {
    for (const char* kind : {"image", "audio", "sticker", "location", "contacts", "reaction"}) {
        const Situation situation{
            .kind = kind, .text = "cancela la reunión", .tap = {}, .locale = "en", .asked_plugin = {}};
        const Decision decision = router_->route(situation);
        EXPECT_EQ(decision.plugin, "smalltalk") << kind;
        EXPECT_EQ(decision.intent, "unsupported") << kind;
        EXPECT_EQ(decision.routed_by, RoutedBy::kFallback) << kind;
        EXPECT_EQ(decision.locale, "en") << kind;
    }
    const Situation asked{
        .kind = "image", .text = {}, .tap = {}, .locale = "en", .asked_plugin = "scheduling"};
    EXPECT_EQ(router_->route(asked).plugin, "scheduling");
    EXPECT_EQ(router_->route(asked).intent, "unsupported");
}

TEST_F(RouterDecides, AudioByTheRouteForVoiceNotes) {
    write("routes.yaml", std::string(kRoutes) + "  - { intent: voice_note, plugin: scheduling }\n");
    const auto loaded = Router::load(folder_ / "routes.yaml");
    ASSERT_TRUE(loaded) << loaded.error().what;
    const std::shared_ptr<const Router> with_route = *loaded;
    for (const char* kind : {"voice", "audio"}) {
        const Situation note{.kind = kind, .text = {}, .tap = {}, .locale = "es", .asked_plugin = {}};
        EXPECT_EQ(with_route->route(note).plugin, "scheduling") << kind;
        EXPECT_EQ(with_route->route(note).intent, "voice_note") << kind;
    }
    const Situation asked{
        .kind = "voice", .text = {}, .tap = {}, .locale = "es", .asked_plugin = "smalltalk"};
    EXPECT_EQ(with_route->route(asked).plugin, "smalltalk") << "the one that asked";
    const Situation image{.kind = "image", .text = {}, .tap = {}, .locale = "es", .asked_plugin = {}};
    EXPECT_EQ(with_route->route(image).intent, "unsupported");
}

TEST_F(RouterDecides, TheLanguageFromTheMessageElseFromTheConversation) {
    EXPECT_EQ(router_->route(text("i want to cancel the call", {}, "es")).locale, "en");
    EXPECT_EQ(router_->route(text("14h", {}, "pt-BR")).locale, "pt");
    for (const char* unknown : {"fr", "ptx", "p", ""})
        EXPECT_EQ(router_->route(text("14h", {}, unknown)).locale, "");
    EXPECT_EQ(router_->route(text("14h")).locale, "");
}

TEST_F(RouterDecides, TheSameEachTime) {
    const Decision one = router_->route(text("cita mañana con Ana"));
    const auto again = Router::load(folder_ / "routes.yaml");
    ASSERT_TRUE(again);
    const Decision two = (*again)->route(text("cita mañana con Ana"));
    EXPECT_EQ(one.intent, two.intent);
    EXPECT_EQ(one.confidence, two.confidence);
}

TEST_F(RouterDecides, AndTellsItsRoutes) {
    EXPECT_EQ(router_->fallback_plugin(), "smalltalk");
    const auto routes = router_->routes();
    ASSERT_EQ(routes.size(), 3U);
    EXPECT_EQ(routes[0], (std::pair<std::string, std::string>{"help", "smalltalk"}));
}

using ModelCache = RouterDecides;

TEST_F(ModelCache, IsWrittenAndUsedAgain) {
    const auto cache = folder_ / "var" / "intents.model";
    ASSERT_TRUE(Router::load(folder_ / "routes.yaml", cache));
    const auto first = LinearClassifier::load(cache);
    ASSERT_TRUE(first) << first.error().what;
    const auto written = std::filesystem::last_write_time(cache);
    ASSERT_TRUE(Router::load(folder_ / "routes.yaml", cache));
    EXPECT_EQ(std::filesystem::last_write_time(cache), written);
}

TEST_F(ModelCache, IsMadeAgainWhenTheExamplesChange) {
    const auto cache = folder_ / "intents.model";
    ASSERT_TRUE(Router::load(folder_ / "routes.yaml", cache));
    const Fingerprint before = (*LinearClassifier::load(cache))->trained_from();
    write("es.yaml", intent_file("es") + "greeting:\n  - hola\n  - buenas\n  - qué tal\n");
    const auto router = Router::load(folder_ / "routes.yaml", cache);
    ASSERT_TRUE(router);
    EXPECT_EQ((*router)->route(text("hola")).ranked.size(), 4U);
    EXPECT_NE((*LinearClassifier::load(cache))->trained_from(), before);
}

TEST_F(ModelCache, IsMadeAgainWhenItIsDamaged) {
    const auto cache = write("intents.model", "MIGUEINT but cut off");
    const auto router = Router::load(folder_ / "routes.yaml", cache);
    ASSERT_TRUE(router) << router.error().what;
    EXPECT_TRUE(LinearClassifier::load(cache));
}

TEST_F(ModelCache, ThatCannotBeWrittenIsAnError) {
    const auto blocked = write("file", "") / "intents.model";
    const auto router = Router::load(folder_ / "routes.yaml", blocked);
    ASSERT_FALSE(router);
    EXPECT_NE(router.error().what.find("cannot write the model"), std::string::npos) << router.error().what;
}

TEST_F(RouterDecides, NotWithoutExamples) {
    write("empty.yaml", "other: []\n");
    const auto router =
        Router::load(write("none.yaml", "intents: { es: empty.yaml }\nfallback: smalltalk\nroutes: []\n"));
    ASSERT_FALSE(router);
    EXPECT_NE(router.error().what.find("needs at least two"), std::string::npos) << router.error().what;
}

TEST_F(RouterDecides, AnswersAreNoWishesWhileAQuestionIsOpen) {
    write("sure.yaml", R"(
intents: { es: es.yaml, en: en.yaml }
thresholds: { accept: 0.2, other: 1, new_wish: 1 }
fallback: smalltalk
routes: [{ intent: schedule_meeting, plugin: scheduling }, { intent: cancel_meeting, plugin: scheduling }]
)");
    const auto router = Router::load(folder_ / "sure.yaml");
    ASSERT_TRUE(router) << router.error().what;
    const char* words = "cancela agenda reunión cita viernes";
    EXPECT_NE((*router)->route(text(words)).intent, "other");
    const Decision answer = (*router)->route(text(words, "scheduling"));
    EXPECT_EQ(answer.intent, "other");
    EXPECT_EQ(answer.plugin, "scheduling");
    EXPECT_EQ(answer.routed_by, RoutedBy::kOpenQuestion);
}

TEST_F(RouterDecides, AStatementOfADayAheadIsNoSmallTalkWhereNothingIsLikelyEnough) {
    const std::string unsure = R"(
intents: { es: es.yaml, en: en.yaml }
thresholds: { accept: 0.99, other: 1, dated: 0.95 }
fallback: smalltalk
routes: [{ intent: schedule_meeting, plugin: scheduling }, { intent: cancel_meeting, plugin: scheduling }]
)";
    write("unsure.yaml", unsure);
    write("dated.yaml", unsure + "dated: schedule_meeting\n");
    const auto without = Router::load(folder_ / "unsure.yaml"), with = Router::load(folder_ / "dated.yaml");
    ASSERT_TRUE(without && with);
    EXPECT_EQ((*without)->route(text("dominoes on friday")).intent, "other");
    const Decision decision = (*with)->route(text("dominoes on friday"));
    EXPECT_EQ(decision.intent, "schedule_meeting");
    EXPECT_EQ(decision.plugin, "scheduling");
    EXPECT_LT(decision.confidence, 0.99F);
    EXPECT_EQ((*with)->route(text("dominoes on friday?")).intent, "other");
    EXPECT_EQ((*with)->route(text("dominoes")).intent, "other");
}

TEST_F(RouterDecides, ThatKindsOfOtherAreOther) {
    write("es.yaml", intent_file("es") + "other-told:\n  - llegamos a las 9\n  - perdieron el domingo\n");
    write("en.yaml", intent_file("en") + "other-told:\n  - we waited from 4 to 6\n  - they lost on sunday\n");
    const auto told = Router::load(folder_ / "routes.yaml");
    ASSERT_TRUE(told) << told.error().what;
    for (const char* words : {"we waited from 4 to 6", "play some music"}) {
        const Decision decision = (*told)->route(text(words));
        EXPECT_EQ(decision.intent, "other") << words;
        EXPECT_EQ(decision.plugin, "smalltalk") << words;
        ASSERT_EQ(decision.ranked.size(), 3U) << words;
        EXPECT_EQ(decision.ranked.front().intent, "other") << words;
    }
}

class Wishes : public IntentFiles {
protected:
    void SetUp() override {
        IntentFiles::SetUp();
        write("es.yaml", intent_file("es") + "thanks:\n  - gracias\n  - muchas gracias\n  - mil gracias\n");
        const auto routes = write("routes.yaml", R"(
intents: { es: es.yaml }
thresholds: { accept: 0.3, doubt: 0.2 }
fallback: smalltalk
courtesies: [thanks]
routes:
  - { intent: schedule_meeting, plugin: scheduling }
  - { intent: cancel_meeting, plugin: scheduling, title: { es: Cancelar } }
  - { intent: thanks, plugin: smalltalk, exact: { es: ["mil gracias"] } }
)");
        auto loaded = Router::load(routes);
        ASSERT_TRUE(loaded) << loaded.error().what;
        router_ = *loaded;
    }
    Decision route(std::string_view words) const {
        return router_->route({.kind = "text", .text = words, .tap = {}, .locale = "es", .asked_plugin = {}});
    }
    std::shared_ptr<const Router> router_;
};

TEST_F(Wishes, TwoInOneMessageAreNoticed) {
    const Decision decision = route("cancela la reunión de mañana. agenda una reunión con Laura");
    const std::set<std::string> both{decision.intent, decision.second_wish.value().intent};
    EXPECT_EQ(both, (std::set<std::string>{"cancel_meeting", "schedule_meeting"}));
    EXPECT_EQ(route("cancela la reunión de mañana y borra la cita del viernes").second_wish.has_value(),
              false);
}

TEST_F(Wishes, AreOneWhereNoSecondIsAskedFor) {
    const auto first_of = [this](std::string_view words) {
        return router_->route({.kind = "text",
                               .text = words,
                               .tap = {},
                               .locale = "es",
                               .asked_plugin = {},
                               .wants_second_wish = false});
    };
    const std::string_view two = "cancela la reunión de mañana. agenda una reunión con Laura";
    EXPECT_EQ(first_of(two).intent, route(two).intent);
    EXPECT_FALSE(first_of(two).second_wish);
    EXPECT_EQ(first_of("muchas gracias. cancela la reunión de mañana").intent, "cancel_meeting");
}

TEST_F(Wishes, GoBeforeCourtesies) {
    EXPECT_EQ(route("muchas gracias").intent, "thanks");
    const Decision decision = route("muchas gracias. cancela la reunión de mañana");
    EXPECT_EQ(decision.intent, "cancel_meeting");
    EXPECT_EQ(decision.plugin, "scheduling");
    EXPECT_FALSE(decision.second_wish);
}

TEST_F(Wishes, ThatAreCloseLeaveADoubt) {
    const Decision plain = route("cancela la reunión de mañana");
    EXPECT_EQ(plain.intent, "cancel_meeting");
    EXPECT_FALSE(plain.rival);
    const Decision both = route("cancela agenda reunión cita viernes");
    ASSERT_EQ(both.routed_by, RoutedBy::kClassifier);
    const bool close = both.ranked[0].probability - both.ranked[1].probability <= 0.2F;
    EXPECT_EQ(both.rival.has_value(), close && both.ranked[1].intent != "other");
}

TEST_F(Wishes, AreDecidedByWordsThatCanBeTold) {
    const auto words = router_->deciding_words("cancela la reunión", route("cancela la reunión"));
    ASSERT_EQ(words.size(), 3U);
    EXPECT_GE(words[0].gain, words[1].gain);
    EXPECT_GE(words[1].gain, words[2].gain);
    const auto alone = router_->deciding_words("¡cancela!", route("cancela"));
    ASSERT_EQ(alone.size(), 1U);
    EXPECT_GT(alone[0].gain, 0.1F);
    const auto keyword = router_->deciding_words("¡Mil gracias!", route("¡Mil gracias!"));
    ASSERT_EQ(keyword.size(), 2U);
    EXPECT_EQ(keyword[1].word, "gracias");
}

TEST_F(ModelCache, OfTheBuildIsUsedAndNotWritten) {
    const auto shipped = folder_ / "shipped.model", cache = folder_ / "var" / "intents.model";
    ASSERT_TRUE(Router::load(folder_ / "routes.yaml", shipped));
    const ModelFiles files{.shipped = shipped, .cache = cache};
    ASSERT_TRUE(Router::load(folder_ / "routes.yaml", files));
    EXPECT_FALSE(std::filesystem::exists(cache));
    const auto written = std::filesystem::last_write_time(shipped);
    write("es.yaml", intent_file("es") + "# any change\n");
    ASSERT_TRUE(Router::load(folder_ / "routes.yaml", files));
    EXPECT_TRUE(std::filesystem::exists(cache));
    EXPECT_EQ(std::filesystem::last_write_time(shipped), written);
}

}  // namespace
}  // namespace migue::host::intents
