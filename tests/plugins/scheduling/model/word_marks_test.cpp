#include "understanding/model/word_marks.hpp"

#include <gtest/gtest.h>

namespace scheduling::model {
namespace {

constexpr std::string_view kMessage = "ponme dentista el jueves a las 4 con Ana en la clínica y plan B";

std::string answer(const std::string& title, const std::string& times, const std::string& guests = "[]",
                   const std::string& place = "null") {
    return R"({"wishes":[{"title":)" + title + R"(,"times":)" + times + R"(,"guests":)" + guests +
           R"(,"place":)" + place + "}]}";
}

struct BadAnswer {
    const char* name;
    std::string content;
};
class WordMarksRefuse : public ::testing::TestWithParam<BadAnswer> {};
TEST_P(WordMarksRefuse, WhatIsNotTheSchema) {
    EXPECT_FALSE(is_answer(GetParam().content)) << GetParam().content;
}
INSTANTIATE_TEST_SUITE_P(
    Answers, WordMarksRefuse,
    ::testing::Values(
        BadAnswer{"prose", "Sure! Here it is."}, BadAnswer{"list", "[]"}, BadAnswer{"nothing", ""},
        BadAnswer{"no_wishes", "{}"}, BadAnswer{"extra_key", R"({"wishes":[],"action":"cancel"})"},
        BadAnswer{"extra_in_wish",
                  R"({"wishes":[{"title":null,"times":[],"guests":[],"place":null,"start":"2026-01-01"}]})"},
        BadAnswer{"missing_key", R"({"wishes":[{"title":null,"times":[],"guests":[]}]})"},
        BadAnswer{"repeated_key", R"({"wishes":[],"wishes":[]})"},
        BadAnswer{"repeated_in_wish",
                  R"({"wishes":[{"title":null,"title":"x","times":[],"guests":[],"place":null}]})"},
        BadAnswer{"number", answer("1", "[]")}, BadAnswer{"list_of_numbers", answer("null", "[1]")},
        BadAnswer{"text_for_list", answer("null", "\"el jueves\"")},
        BadAnswer{"deep", answer("null", "[[[[[\"x\"]]]]]")},
        BadAnswer{"cut", R"({"wishes":[{"title":"dent)"}, BadAnswer{"nan", answer("NaN", "[]")},
        BadAnswer{"bad_utf8", answer("\"\xFF\"", "[]")},
        BadAnswer{"large", answer("\"" + std::string(17000, 'a') + "\"", "[]")}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(WordMarks, ArePiecesOfTheMessage) {
    const Marks marks = find_marks(
        answer("\"dentista\"", R"(["el jueves a las 4"])", R"(["Ana"])", "\"la clínica\""), kMessage, {});
    ASSERT_EQ(marks.wishes.size(), 1u);
    const Wish& wish = marks.wishes[0];
    EXPECT_EQ(wish.title->in(kMessage), "dentista");
    ASSERT_EQ(wish.times.size(), 1u);
    EXPECT_EQ(wish.times[0].in(kMessage), "el jueves a las 4");
    EXPECT_EQ(wish.guests.at(0).in(kMessage), "Ana");
    EXPECT_EQ(wish.place->in(kMessage), "la clínica");
    EXPECT_EQ(marks.invented, 0);
}

TEST(WordMarks, DropAndCountWhatIsInvented) {
    const Marks marks =
        find_marks(answer("\"Dentist\"", R"(["2026-11-26T16:00"])", R"(["ana@evil.example"])"), kMessage, {});
    EXPECT_TRUE(marks.wishes.empty());
    EXPECT_EQ(marks.invented, 3);
}

TEST(WordMarks, AreWholeWords) {
    const Marks marks = find_marks(answer("\"dent\"", "[]", R"(["An","lan"])"), kMessage, {});
    EXPECT_EQ(marks.invented, 3);
}

TEST(WordMarks, TakeNamesOfTheContactBook) {
    const std::vector<std::string> contacts{"Laura Gómez"};
    const Marks marks =
        find_marks(answer("\"dentista\"", "[]", R"(["Laura Gómez","Laura Díaz"])"), kMessage, contacts);
    EXPECT_EQ(marks.wishes.at(0).known_guests, contacts);
    EXPECT_EQ(marks.invented, 1);
}

TEST(WordMarks, KeepTheMessagesOrderAndWriting) {
    const Marks marks = find_marks(answer("\"DENTISTA\"", R"(["A LAS 4","el jueves"])"), kMessage, {});
    const Wish& wish = marks.wishes.at(0);
    EXPECT_EQ(wish.title->in(kMessage), "dentista");
    ASSERT_EQ(wish.times.size(), 2u);
    EXPECT_EQ(wish.times[0].in(kMessage), "el jueves");
}

TEST(WordMarks, AreCleanedOfWhatCannotBeSeen) {
    EXPECT_EQ(clean("  a\u202Eb\u200B\n\tc\x01 ", 200), "ab c");
    EXPECT_EQ(clean("ábcdef", 3), "ábc");
}

}  // namespace
}  // namespace scheduling::model
