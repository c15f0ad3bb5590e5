#include "host/intents/trainer.hpp"

#include <algorithm>
#include <numeric>

#include "tests/host/intents/fixture.hpp"

namespace migue::host::intents {
namespace {

std::string best(const LinearModel& model, std::string_view text, std::string_view locale) {
    const auto p = model.probabilities(text, locale);
    return model.labels()[static_cast<std::size_t>(std::ranges::max_element(p) - p.begin())];
}

TEST(TrainLinear, LearnsWhatTheExamplesShow) {
    const auto model = train_linear(few_examples(), Target::kIntent, {});
    ASSERT_TRUE(model) << model.error().what;
    EXPECT_EQ(best(*model, "agendar reunión con Pedro el jueves", "es"), "schedule_meeting");
    EXPECT_EQ(best(*model, "cancelar reunión con Pedro", "es"), "cancel_meeting");
    EXPECT_EQ(best(*model, "delete the call with Sam", "en"), "cancel_meeting");
    EXPECT_EQ(best(*model, "play music", "en"), "other");
}

TEST(TrainLinear, GivesProbabilities) {
    const auto model = train_linear(few_examples(), Target::kIntent, {});
    ASSERT_TRUE(model);
    for (const char* text : {"agenda una cita", "", "🙏", "zzz qqq"}) {
        const auto p = model->probabilities(text, "es");
        EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0F), 1.0F, 1e-4F) << text;
        for (const float one : p) EXPECT_GE(one, 0.0F);
    }
}

TEST(TrainLinear, IsSurerOfWhatItKnowsThanOfWhatItDoesNot) {
    const auto model = train_linear(few_examples(), Target::kIntent, {});
    ASSERT_TRUE(model);
    const auto known = model->probabilities("cancela la reunión de mañana", "es");
    const auto unknown = model->probabilities("xkcd wvut", "es");
    EXPECT_GT(*std::ranges::max_element(known), *std::ranges::max_element(unknown));
}

TEST(TrainLinear, GivesTheSameModelForTheSameExamples) {
    const auto one = train_linear(few_examples(), Target::kIntent, {});
    const auto two = train_linear(few_examples(), Target::kIntent, {});
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->to_bytes(), two->to_bytes());
}

TEST(TrainLinear, TellsTwoLabelsApartTheRightWayRound) {
    const auto model = train_linear(few_examples(), Target::kLocale, {});
    ASSERT_TRUE(model);
    EXPECT_EQ(best(*model, "cancela la cita", ""), "es");
    EXPECT_EQ(best(*model, "cancel the appointment", ""), "en");
}

TEST(TrainLinear, SaysWhichExamplesAreMissing) {
    const auto none = train_linear({}, Target::kIntent, {});
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().what.find("at least two"), std::string::npos);
    auto lonely = few_examples();
    lonely.push_back({"hola", "es", "greeting"});
    const auto one = train_linear(lonely, Target::kIntent, {});
    ASSERT_FALSE(one);
    EXPECT_NE(one.error().what.find("\"greeting\" has one example"), std::string::npos);
}

}  // namespace
}  // namespace migue::host::intents
