#include "host/plugin_host/json_check.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace migue::host {
namespace {

TEST(JsonCheck, TakesJsonAndNothingElse) {
    for (const char* good : {"{}", "[1,2]", "\"a\"", "-0.5e3", "null",
                             " {\"a\": [true, \"\\ud83d\\ude00\"]} ", "123456789012345678901234567890"})
        EXPECT_TRUE(is_json(good)) << good;
    for (const char* bad : {"", "{", "{}{}", "{'a':1}", "[1,]", "01", "nul", "\"\\udc00\"", "\"\\ud800\"",
                            "\"\xff\"", "\"\n\"", "1e400", "{\"a\":1,}"})
        EXPECT_FALSE(is_json(bad)) << bad;
}

TEST(JsonCheck, AgreesWithTheReaderOfJsonOnPiecesPutTogether) {
    const std::string_view pieces[] = {"{",       "}",        "[",
                                       "]",       "\"",       "\"a\"",
                                       ":",       ",",        "1",
                                       "-",       "0",        "e5",
                                       "1e400",   ".",        "\\u",
                                       "\\ud800", " ",        "\n",
                                       "\\udc00", "\xC3\xA9", "\xC3",
                                       "null",    "true",     "\\",
                                       "a",       "\"x\":1",  "123456789012345678901",
                                       "\"b\":",  "\\\"",     "d800"};
    std::mt19937 random(7);
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (std::size_t n = 1 + random() % 9; n-- > 0;) text += pieces[random() % std::size(pieces)];
        if (random() % 3 == 0) text = "{\"a\":\"" + text + "\"}";
        EXPECT_EQ(is_json(text), nlohmann::json::accept(text)) << text;
    }
}

TEST(JsonCheck, TakesTextsLongerThanAThreadKeepsMemoryFor) {
    const std::string list = "[\"" + std::string(100'000, 'x') + "\"]";
    EXPECT_TRUE(is_json(list));
    EXPECT_FALSE(is_json(list + "]"));
}

}  // namespace
}  // namespace migue::host
