#include "host/intents/text.hpp"

#include <gtest/gtest.h>

#include "host/intents/word_table.hpp"

namespace migue::host::intents {
namespace {

struct FoldCase {
    std::string_view text, folded;
};
class Folded : public ::testing::TestWithParam<FoldCase> {};
TEST_P(Folded, MakesSpellingsOfTheSameThingEqual) {
    EXPECT_EQ(folded(GetParam().text), GetParam().folded);
}
INSTANTIATE_TEST_SUITE_P(Spellings, Folded,
                         ::testing::Values(FoldCase{"¿Qué TENGO mañana?", "que tengo manana"},
                                           FoldCase{"ÁÉÍÓÚ Ñ Ç ÃÕ ü", "aeiou n c ao u"},
                                           FoldCase{"reunio\xCC\x81n man\xCC\x83"
                                                    "ana",
                                                    "reunion manana"},
                                           FoldCase{"Holaaaa", "hola"},
                                           FoldCase{"perro llama", "perro llama"},
                                           FoldCase{"What's up, don’t", "whats up dont"},
                                           FoldCase{"a las 14:30h", "a las 14:30h"}, FoldCase{"  \n\t ", ""},
                                           FoldCase{"", ""}, FoldCase{"...!!!", ""},
                                           FoldCase{"gracias 👍", "gracias 👍"}));

struct ClassCase {
    std::string_view text;
    TokenClass type;
};
class NumberClass : public ::testing::TestWithParam<ClassCase> {};
TEST_P(NumberClass, IsToldFromItsForm) {
    const auto tokens = tokenize(GetParam().text);
    ASSERT_EQ(tokens.size(), 1U) << GetParam().text;
    EXPECT_EQ(tokens[0].type, GetParam().type) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    Forms, NumberClass,
    ::testing::Values(ClassCase{"14h", TokenClass::kTime}, ClassCase{"12:30", TokenClass::kTime},
                      ClassCase{"3pm", TokenClass::kTime}, ClassCase{"14h30", TokenClass::kTime},
                      ClassCase{"10.30h", TokenClass::kTime}, ClassCase{"3/4", TokenClass::kDate},
                      ClassCase{"2026-11-23", TokenClass::kDate}, ClassCase{"1st", TokenClass::kDate},
                      ClassCase{"15", TokenClass::kNumber}, ClassCase{"2026", TokenClass::kBig},
                      ClassCase{"ana@example.com", TokenClass::kEmail},
                      ClassCase{"https://example.org/a", TokenClass::kLink},
                      ClassCase{"mañana", TokenClass::kWord}, ClassCase{"??", TokenClass::kQuestion},
                      ClassCase{"🙏", TokenClass::kSymbol}));

TEST(Tokenize, KeepsBothSpellings) {
    const auto tokens = tokenize("REUNIÓN");
    ASSERT_EQ(tokens.size(), 1U);
    EXPECT_EQ(tokens[0].word, "reunión");
    EXPECT_EQ(tokens[0].bare, "reunion");
}

TEST(Tokenize, SurvivesMalformedUtf8) {
    EXPECT_EQ(folded("ho\xFFla"), "hola");
    EXPECT_EQ(folded("a\xC3"), "a");
    EXPECT_EQ(folded("\xF0\x9F\x98"), "");
    EXPECT_EQ(folded("\xED\xA0 x"), "x");
}

TEST(Tokenize, BoundsWhatItLooksAt) {
    std::string many;
    for (int i = 0; i < 10000; ++i) many += "a b ";
    EXPECT_EQ(tokenize(many).size(), kMaxTokens);
    const auto one = tokenize(std::string(100000, 'a') + "b");
    ASSERT_EQ(one.size(), 1U);
    std::string long_word;
    for (int i = 0; i < 5000; ++i) long_word += "ab";
    EXPECT_LE(tokenize(long_word)[0].word.size(), 66U);
}

TEST(Tokenize, HoldsItsBytesWhateverTheTextIsMadeOf) {
    for (const char* piece :
         {"é", "éà ", "ÀÉ1 ", "a\xCC\x81", "\u0130\u0178", "한국 ", "?", "ññññ ", "😀", "w@é.b ", "1.2/3-"}) {
        std::string text;
        while (text.size() < 9000) text += piece;
        Tokens first = tokenize(text);
        const Tokens tokens = std::move(first);
        std::size_t bytes = 0;
        for (const Token& token : tokens) {
            EXPECT_EQ(token.hash, word_hash(token.bare)) << piece;
            EXPECT_EQ(folded(token.word), token.type == TokenClass::kQuestion ? "" : folded(token.bare));
            bytes += token.word.size();
        }
        EXPECT_LE(bytes, text.size()) << piece;
    }
}

}  // namespace
}  // namespace migue::host::intents
