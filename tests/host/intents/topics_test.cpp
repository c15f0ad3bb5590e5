#include "host/intents/topics.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/intents/stemmer.hpp"

namespace migue::host::intents {
namespace {

class TopicsOfWords : public ::testing::Test {
protected:
    Topics::Set of(std::string_view word, std::string_view locale) const {
        Stemmer stemmer(locale);
        return topics_.of(word, stemmer.stem(word), locale);
    }
    Topics::Set named(std::string_view name) const {
        const auto found = std::ranges::find(topics_.names(), name);
        return found == topics_.names().end() ? 0 : Topics::Set{1} << (found - topics_.names().begin());
    }
    const Topics topics_ = Topics::shipped();
};

TEST_F(TopicsOfWords, AreSharedByTheLanguages) {
    const Topics::Set undo = named("undo");
    ASSERT_NE(undo, 0U);
    for (const auto& [word, locale] : std::initializer_list<std::pair<const char*, const char*>>{
             {"erase", "en"}, {"erasing", "en"}, {"borra", "es"}, {"desmarca", "pt"}, {"desmarca", "pt-BR"}})
        EXPECT_NE(of(word, locale) & undo, 0U) << word;
}

TEST_F(TopicsOfWords, AreNoneForOtherWordsAndLanguages) {
    EXPECT_EQ(of("xylophone", "en"), 0U);
    EXPECT_EQ(of("erase", "pt"), 0U);
    EXPECT_EQ(of("erase", ""), 0U);
    // "livro" (book) shares its stem with "livre" (free).
    EXPECT_EQ(of("livro", "pt") & named("free"), 0U);
}

TEST_F(TopicsOfWords, FitTheirSet) {
    EXPECT_LE(topics_.names().size(), Topics::kMost);
    EXPECT_GE(topics_.names().size(), 30U);
}

}  // namespace
}  // namespace migue::host::intents
