#include <gtest/gtest.h>

#include <set>

#include "folding.hpp"
#include "migue/cpp/text.hpp"
#include "phrase_files.hpp"

namespace smalltalk::test {
namespace {

/// UTF-16 units are at most the bytes of UTF-8, so this is on the safe side of the limit.
constexpr std::size_t kMaxBytes = 1024;

std::set<std::string> keys_of(const nlohmann::json& file) {
    std::set<std::string> keys;
    for (const auto& [key, list] : file.items()) keys.insert(key);
    return keys;
}

TEST(SmalltalkPhraseFiles, HaveTheSameKeysAndNoEmptyLists) {
    const std::set<std::string> keys = keys_of(phrase_file("es"));
    for (const std::string locale : kLocales) {
        const nlohmann::json file = phrase_file(locale);
        EXPECT_EQ(keys_of(file), keys) << locale;
        for (const auto& [key, list] : file.items()) {
            ASSERT_TRUE(list.is_array()) << locale << " " << key;
            EXPECT_FALSE(list.empty()) << locale << " " << key;
            const std::set<std::string> different(list.begin(), list.end());
            EXPECT_EQ(different.size(), list.size()) << locale << " " << key;
        }
    }
}

TEST(SmalltalkPhraseFiles, SayThingsThatFitAndLeaveNothingUnfilled) {
    for (const std::string locale : kLocales) {
        for (const std::string& key : keys_of(phrase_file(locale))) {
            for (const std::string& text : possible(locale, key, std::string(200, 'x'))) {
                EXPECT_LE(text.size(), kMaxBytes) << locale << " " << key;
                EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
            }
        }
    }
}

TEST(SmalltalkPhraseFiles, NameTheOperatorWhereItIsKnownAndOnlyThere) {
    for (const std::string locale : kLocales) {
        const nlohmann::json file = phrase_file(locale);
        for (const auto& [key, list] : file.items()) {
            const bool names = key.ends_with("_operator");
            for (const std::string text : list)
                EXPECT_EQ(text.find("{operator}") != std::string::npos, names) << locale << " " << key;
        }
    }
}

TEST(SmalltalkPhraseFiles, KeepTheWordsToCompareFolded) {
    for (const std::string locale : kLocales) {
        const nlohmann::json file = phrase_file(locale);
        for (const char* key : {"identity_questions", "identity_subjects", "identity_nouns"})
            for (const std::string word : file.at(key)) EXPECT_EQ(fold(word), word) << locale;
    }
}

TEST(SmalltalkPhrases, AFaultyFileIsNamedByItsKey) {
    const nlohmann::json good = phrase_file("en");
    ASSERT_TRUE(Phrases::parse(good.dump()));
    for (const std::string& key : keys_of(good)) {
        nlohmann::json missing = good;
        missing.erase(key);
        std::vector<nlohmann::json> faulty = {missing};
        for (const char* list : {"[]", R"("x")", R"([""])", "[1]", "null"}) {
            faulty.push_back(good);
            faulty.back()[key] = nlohmann::json::parse(list);
        }
        for (const nlohmann::json& file : faulty) {
            const auto phrases = Phrases::parse(file.dump());
            ASSERT_FALSE(phrases) << key;
            EXPECT_NE(phrases.error().what.find(key + ":"), std::string::npos) << phrases.error().what;
        }
    }
    for (const char* text : {"", "{", "[]", "7"}) EXPECT_FALSE(Phrases::parse(text)) << text;
}

TEST(SmalltalkPhrases, EachVariantComesWithEachExample) {
    for (const std::string locale : kLocales) {
        const Phrases phrases = Phrases::parse(phrase_file(locale).dump()).value();
        std::set<std::string> picked;
        for (int i = 0; i < 2000; ++i)
            picked.insert(phrases.pick("other", stable_hash("wamid." + std::to_string(i))));
        const auto expected = possible(locale, "other");
        EXPECT_EQ(picked, std::set<std::string>(expected.begin(), expected.end())) << locale;
    }
}

TEST(SmalltalkPhrases, WhatWasFilledInIsNotLookedInto) {
    EXPECT_EQ(filled("{a} {a}", "{a}", "<{a}>"), "<{a}> <{a}>");
    EXPECT_EQ(filled("", "{a}", "x"), "");
}

TEST(SmalltalkPhrases, TheHashIsTheSameEverywhere) {
    EXPECT_EQ(stable_hash(""), 0xcbf29ce484222325U);  // published values of FNV-1a, 64 bits
    EXPECT_EQ(stable_hash("a"), 0xaf63dc4c8601ec8cU);
    EXPECT_EQ(stable_hash("foobar"), 0x85944171f73967e8U);
}

}  // namespace
}  // namespace smalltalk::test
