#include "host/intents/senses.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "host/intents/features.hpp"
#include "host/intents/stemmer.hpp"

namespace migue::host::intents {
namespace {

bool share_a_sense(const Senses& senses, const char* one, const char* other, const char* locale) {
    Stemmer stemmer(locale);
    const std::string first(stemmer.stem(one)), second(stemmer.stem(other));
    const auto a = senses.of(one, first, locale), b = senses.of(other, second, locale);
    return std::ranges::find_first_of(a, b) != a.end();
}

TEST(SensesOfWords, AreSharedByWordsThatSayTheSame) {
    const Senses senses = Senses::shipped();
    struct Case {
        const char* one;
        const char* other;
        const char* locale;
        bool same;
    };
    for (const Case& c : {Case{"declined", "refused", "en", true}, Case{"declining", "rejected", "en", true},
                          Case{"stolen", "missing", "en-US", true}, Case{"stolen", "salary", "en", false},
                          Case{"cancelar", "borra", "es", true}, Case{"moverla", "cambiar", "es", false},
                          Case{"remarcar", "adiar", "pt", true}, Case{"declined", "refused", "fr", false},
                          Case{"xyzzy", "xyzzy", "en", false}})
        EXPECT_EQ(share_a_sense(senses, c.one, c.other, c.locale), c.same) << c.one << " " << c.other;
}

TEST(SensesOfWords, KeepAPageOfTextBounded) {
    std::string page;
    for (int i = 0; i < 200; ++i) page += "declined card stolen transfer refund pending ";
    EXPECT_LT(Extractor({}).extract(page, "en").of(Block::kSenses).size(), 2000U);
    EXPECT_TRUE(Extractor({.senses = false}).extract(page, "en").of(Block::kSenses).empty());
}

}  // namespace
}  // namespace migue::host::intents
