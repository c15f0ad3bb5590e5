#include "language/text.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "language/grammar.hpp"
#include "language/knowledge.hpp"
#include "language/spans.hpp"

namespace scheduling::language {
namespace {

std::vector<std::string> words(std::string_view text) {
    const Text read = tokenize(text);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < read.tokens.size(); ++i) out.emplace_back(read.raw(i));
    return out;
}

TEST(Fold, TakesAwayCaseAndAccents) {
    EXPECT_EQ(fold("MAÑANA a las Três"), "manana a las tres");
    EXPECT_EQ(fold("ma\u0303n\u0303ana"), "manana") << "accents as marks of their own";
}

TEST(Tokenize, SplitsNumbersFromLetters) {
    EXPECT_EQ(words("15h30, 3pm"), (std::vector<std::string>{"15", "h", "30", ",", "3", "pm"}));
    EXPECT_EQ(words("A4 vence"), (std::vector<std::string>{"A4", "vence"}));
}

TEST(Tokenize, KeepsOffsetsIntoTheOriginal) {
    const std::string text = "el miércoles, sí";
    const Text read = tokenize(text);
    ASSERT_EQ(read.tokens.size(), 4u);
    EXPECT_EQ(read.raw(1), "miércoles");
    EXPECT_EQ(read.word(1), "miercoles");
    EXPECT_TRUE(read.tokens[2].glued);
    EXPECT_FALSE(read.tokens[3].glued);
}

TEST(Tokenize, KeepsAddressesLinksAndPhonesWhole) {
    EXPECT_EQ(words("a ana.perez+x@ejemplo.co."),
              (std::vector<std::string>{"a", "ana.perez+x@ejemplo.co", "."}));
    EXPECT_EQ(words("ver https://x.co/3am?a=4 ya"),
              (std::vector<std::string>{"ver", "https://x.co/3am?a=4", "ya"}));
    EXPECT_EQ(words("al +57 300 123 4567 hoy"), (std::vector<std::string>{"al", "+57 300 123 4567", "hoy"}));
}

struct PhoneCase {
    std::string_view text;
    bool is_phone;
};
class Phones : public ::testing::TestWithParam<PhoneCase> {};
TEST_P(Phones, AreToldFromDatesAndHours) {
    EXPECT_EQ(phone_size(GetParam().text, 0) > 0, GetParam().is_phone) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Edges, Phones,
                         ::testing::Values(PhoneCase{"+57 300 1234567", true}, PhoneCase{"3001234567", true},
                                           PhoneCase{"(206) 555-1212", true}, PhoneCase{"555-123-4567", true},
                                           PhoneCase{"300 123 4567", true}, PhoneCase{"2026-12-25", false},
                                           PhoneCase{"25-12-2026", false}, PhoneCase{"15:30", false},
                                           PhoneCase{"3-4", false}, PhoneCase{"10 11 12", false},
                                           PhoneCase{"2027", false}));

TEST(Lexicon, ForgivesOneSlipInLongWordsOnly) {
    const Lexicon& lexicon = knowledge().lexicon;
    const LanguageMask spanish = language_of("es");
    EXPECT_NE(lexicon.find_misspelt("miercolez", spanish), Lexicon::kUnknown);
    EXPECT_NE(lexicon.find_misspelt("setpiembre", spanish), Lexicon::kUnknown) << "two letters swapped";
    EXPECT_EQ(lexicon.find_misspelt("dos", spanish), Lexicon::kUnknown);
    EXPECT_EQ(lexicon.find_misspelt("tuesdy", spanish), Lexicon::kUnknown) << "another language's word";
}

TEST(Lexicon, SaysWhichLineIsMalformed) {
    Lexicon lexicon;
    Symbols symbols;
    try {
        lexicon.load(1, "weekday 1: lunes\nno colon here\n", symbols);
        FAIL() << "malformed data was accepted";
    } catch (const std::invalid_argument& fault) {
        EXPECT_NE(std::string(fault.what()).find("line 2"), std::string::npos) << fault.what();
    }
}

TEST(Grammar, SaysWhatIsWrongWithAPattern) {
    for (const char* pattern : {"date <- weekday", "date <- weekday : no_such_action", "date weekday : same",
                                "date <- x? : same"}) {
        Grammar grammar;
        Symbols symbols;
        EXPECT_THROW(grammar.load(kEveryLanguage, pattern, symbols), std::invalid_argument) << pattern;
    }
}

TEST(Locale, NamesItsLanguage) {
    EXPECT_EQ(language_of("pt-BR"), language_of("pt"));
    EXPECT_NE(language_of("es-419"), 0);
    EXPECT_EQ(language_of("fr"), 0);
    EXPECT_EQ(language_of(""), 0);
    EXPECT_EQ(language_of("estonian"), 0);
}

}  // namespace
}  // namespace scheduling::language
