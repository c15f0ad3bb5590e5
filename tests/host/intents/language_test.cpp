#include "host/intents/language.hpp"

#include "tests/host/intents/fixture.hpp"

namespace migue::host::intents {
namespace {

TEST(LanguageIdentifier, KnowsCommonWordsFromTheFunctionWordsAlone) {
    const auto identifier = LanguageIdentifier::train({});
    ASSERT_TRUE(identifier) << identifier.error().what;
    EXPECT_EQ(identifier->identify("¿cómo están ustedes?"), "es");
    EXPECT_EQ(identifier->identify("could you help me with this"), "en");
    EXPECT_EQ(identifier->identify("você não está com pressa"), "pt");
}

TEST(LanguageIdentifier, SaysNothingWithoutAWordToJudge) {
    const auto identifier = LanguageIdentifier::train(few_examples());
    ASSERT_TRUE(identifier);
    for (const char* text :
         {"", "14h", "12:30", "👍", "!!", "Laura", "ana@example.com", "https://example.org"})
        EXPECT_EQ(identifier->identify(text), "") << text;
}

TEST(LanguageIdentifier, IsUnsureOfWordsThatBelongToTwo) {
    const auto identifier = LanguageIdentifier::train(few_examples());
    ASSERT_TRUE(identifier);
    for (const char* text : {"domingo", "ok", "agenda"}) {
        const auto all = identifier->probabilities(text);
        ASSERT_EQ(all.size(), 3U);
        for (const auto& [language, probability] : all)
            EXPECT_LT(probability, 0.95F) << text << " " << language;
    }
}

}  // namespace
}  // namespace migue::host::intents
