#include "dialogue/folding.hpp"

#include <gtest/gtest.h>

namespace scheduling {

struct FoldCase {
    std::string text, expected;
};
class Fold : public ::testing::TestWithParam<FoldCase> {};
TEST_P(Fold, KeepsWordsAlone) {
    EXPECT_EQ(fold(GetParam().text), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Texts, Fold,
                         ::testing::Values(FoldCase{"¡Sí, dale!", "si dale"}, FoldCase{"  NÃO ", "nao"},
                                           FoldCase{"¿Qué tengo mañana?", "que tengo manana"},
                                           FoldCase{"Cancelar 👍", "cancelar"}, FoldCase{"15:30.", "15:30"},
                                           FoldCase{"03/04", "03/04"}, FoldCase{"la 2ª", "la 2"},
                                           FoldCase{"", ""}, FoldCase{"Ünïçødé", "unicode"},
                                           FoldCase{"see «times»", "see times"}, FoldCase{"an\xC3", "an\xC3"},
                                           FoldCase{"e\xCC\x81l", "el"}));

TEST(Shorten, CutsBetweenCharacters) {
    EXPECT_EQ(shorten("mañana", 6), "mañana");
    EXPECT_EQ(shorten("mañana por la tarde", 8), "mañana…");
    EXPECT_EQ(shorten("ñññññ", 3), "ññ…");
    EXPECT_EQ(count_characters("ññ…"), 3u);
    EXPECT_EQ(count_characters("🎉"), 2u);
    EXPECT_EQ(shorten("🎉🎉🎉", 5), "🎉🎉…");
    EXPECT_EQ(shorten("🎉🎉🎉", 4), "🎉…");
}

}  // namespace scheduling
