#include "dialogue/answers.hpp"

#include <gtest/gtest.h>

namespace scheduling {

namespace {

const Answers& answers() {
    static const auto loaded = Answers::load();
    return *loaded;
}

Option labelled(std::string label, std::string role = "") {
    Option option;
    option.label = std::move(label);
    option.role = std::move(role);
    return option;
}

/// The mention of `words` in `text`.
TimeMention mention(std::string_view text, std::string_view words) {
    TimeMention time;
    time.begin = text.find(words);
    time.finish = time.begin + words.size();
    return time;
}

}  // namespace

struct ChoiceCase {
    std::string text;
    std::optional<std::size_t> index;
};
class TypedTwin : public ::testing::TestWithParam<ChoiceCase> {};
TEST_P(TypedTwin, ChoosesWhatItsButtonChooses) {
    const std::vector<Option> options{labelled("Agendar", "yes"), labelled("Cambiar", "change"),
                                      labelled("Cancelar", "no")};
    EXPECT_EQ(answers().choose(GetParam().text, options), GetParam().index) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    Card, TypedTwin,
    ::testing::Values(ChoiceCase{"sí", 0}, ChoiceCase{"Dale!", 0}, ChoiceCase{"ok", 0},
                      ChoiceCase{"agendar", 0}, ChoiceCase{"Go ahead.", 0}, ChoiceCase{"pode ser", 0},
                      ChoiceCase{"1", 0}, ChoiceCase{"2", 1}, ChoiceCase{"la segunda", 1},
                      ChoiceCase{"the second one", 1}, ChoiceCase{"a terceira", 2}, ChoiceCase{"no", 2},
                      ChoiceCase{"não", 2}, ChoiceCase{"cancelar", 2}, ChoiceCase{"4", std::nullopt},
                      ChoiceCase{"mejor a las 4", std::nullopt}, ChoiceCase{"", std::nullopt},
                      ChoiceCase{"gracias", std::nullopt}));

TEST(Answers, TheLastIsTheLastThatCanBePicked) {
    const std::vector<Option> options{labelled("14:30"), labelled("15:30"),
                                      labelled("Otra hora", "other_time")};
    EXPECT_EQ(answers().choose("la última", options), 1u);
    EXPECT_EQ(answers().choose("otra hora", options), 2u);
}

struct EditCase {
    std::string text, time;
    bool is_edit;
};
class TimeEdit : public ::testing::TestWithParam<EditCase> {};
TEST_P(TimeEdit, IsTimesAndLittleWordsOnly) {
    const auto& [text, time, is_edit] = GetParam();
    EXPECT_EQ(answers().is_time_edit(text, {mention(text, time)}), is_edit) << text;
}
INSTANTIATE_TEST_SUITE_P(Texts, TimeEdit,
                         ::testing::Values(EditCase{"mejor a las 4", "a las 4", true},
                                           EditCase{"que dure una hora", "una hora", true},
                                           EditCase{"no, el viernes", "el viernes", true},
                                           EditCase{"at 4 instead", "4", true},
                                           EditCase{"melhor às 16h", "às 16h", true},
                                           EditCase{"dentista mañana a las 3", "mañana a las 3", false},
                                           EditCase{"agenda mañana a las 3", "mañana a las 3", false},
                                           EditCase{"¿qué tengo mañana?", "mañana", false}));

TEST(Answers, ABareNumberIsDigitsAlone) {
    EXPECT_EQ(Answers::bare_number(" 3 "), 3u);
    EXPECT_EQ(Answers::bare_number("0"), std::nullopt);
    EXPECT_EQ(Answers::bare_number("3pm"), std::nullopt);
    EXPECT_EQ(Answers::bare_number("99999999999999999999999"), std::nullopt);
}

}  // namespace scheduling
