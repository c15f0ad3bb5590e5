#include "host/intents/commands.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/host/intents/fixture.hpp"

namespace migue::host::intents {
namespace {

using nlohmann::json;

std::string training_lines() {
    std::string lines;
    for (const Example& example : few_examples())
        lines +=
            json{{"id", "x"}, {"text", example.text}, {"locale", example.locale}, {"intent", example.intent}}
                .dump() +
            "\n";
    return lines;
}

class IntentCommands : public IntentFiles {
protected:
    std::ostringstream out_, errors_;
};

TEST_F(IntentCommands, TrainThenClassifyAnswersEachLineInOrder) {
    const auto model = folder_ / "model.bin";
    ASSERT_EQ(run_train(write("train.jsonl", training_lines()), model, errors_), 0) << errors_.str();
    std::istringstream in(R"({"id":"a","text":"cancela la cita","locale":"es"}
{"id":7,"text":"book a call","locale":null}

{"text":"play music"}
)");
    ASSERT_EQ(run_classify_model(in, out_, errors_, model), 0) << errors_.str();
    std::istringstream lines(out_.str());
    std::vector<json> answers;
    for (std::string line; std::getline(lines, line);) answers.push_back(json::parse(line));
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0]["id"], "a");
    EXPECT_EQ(answers[0]["intent"], "cancel_meeting");
    EXPECT_GT(answers[0]["confidence"].get<float>(), 0.3F);
    EXPECT_EQ(answers[1]["id"], 7);
    EXPECT_EQ(answers[1]["intent"], "schedule_meeting");
    EXPECT_FALSE(answers[2].contains("id"));
    EXPECT_EQ(answers[2]["intent"], "other");
    EXPECT_NE(answers[2]["best"], "other");
}

TEST_F(IntentCommands, ClassifyThroughTheRoutes) {
    write("es.yaml", intent_file("es"));
    const auto routes = write("routes.yaml", R"(intents: { es: es.yaml }
fallback: smalltalk
routes:
  - { intent: cancel_meeting, plugin: scheduling }
)");
    std::istringstream in(
        "{\"id\":\"a\",\"text\":\"cancela la cita\"}\n{\"id\":\"b\",\"text\":\"pon música\"}\n");
    ASSERT_EQ(run_classify_routes(in, out_, errors_, routes), 0) << errors_.str();
    std::istringstream lines(out_.str());
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(json::parse(line)["intent"], "cancel_meeting");
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(json::parse(line)["intent"], "other");
}

struct BadLine {
    std::string_view lines, fault;
};
class TrainingFaults : public IntentCommands, public ::testing::WithParamInterface<BadLine> {};
TEST_P(TrainingFaults, NameTheLine) {
    EXPECT_EQ(run_train(write("train.jsonl", GetParam().lines), folder_ / "model.bin", errors_), 2);
    EXPECT_NE(errors_.str().find(GetParam().fault), std::string::npos) << errors_.str();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "model.bin"));
}
INSTANTIATE_TEST_SUITE_P(Lines, TrainingFaults,
                         ::testing::Values(BadLine{"{\"text\":\"a\",\"intent\":\"b\"}\nnot json\n",
                                                   "line 2: expected one JSON object"},
                                           BadLine{"[1]\n", "line 1: expected one JSON object"},
                                           BadLine{"{\"intent\":\"b\"}\n", "line 1: \"text\" is missing"},
                                           BadLine{"{\"text\":\"a\",\"intent\":3}\n",
                                                   "line 1: \"intent\" is missing or no string"},
                                           BadLine{"", "needs at least two"}));

TEST_F(IntentCommands, SayWhatTheyCannotOpen) {
    EXPECT_EQ(run_train(folder_ / "none.jsonl", folder_ / "model.bin", errors_), 2);
    EXPECT_NE(errors_.str().find("none.jsonl: cannot open"), std::string::npos);
    std::istringstream in;
    EXPECT_EQ(run_classify_model(in, out_, errors_, folder_ / "none.bin"), 2);
    EXPECT_EQ(run_classify_routes(in, out_, errors_, folder_ / "none.yaml"), 2);
    EXPECT_TRUE(out_.str().empty());
}

TEST_F(IntentCommands, StopAtALineTheyCannotRead) {
    ASSERT_EQ(run_train(write("train.jsonl", training_lines()), folder_ / "model.bin", errors_), 0);
    std::istringstream in("{\"text\":\"hola\"}\n{broken\n");
    EXPECT_EQ(run_classify_model(in, out_, errors_, folder_ / "model.bin"), 2);
    EXPECT_NE(errors_.str().find("line 2"), std::string::npos);
}

TEST_F(IntentCommands, TrainFromTheRoutesWhatAStartThenFinds) {
    write("es.yaml", intent_file("es"));
    const auto routes = write("routes.yaml", R"(intents: { es: es.yaml }
fallback: smalltalk
routes: []
)");
    const auto model = folder_ / "intents.model";
    ASSERT_EQ(run_train_routes(routes, model, errors_), 0) << errors_.str();
    const auto cache = folder_ / "cache.model";
    ASSERT_TRUE(Router::load(routes, ModelFiles{.shipped = model, .cache = cache}));
    EXPECT_FALSE(std::filesystem::exists(cache));
    EXPECT_EQ(run_train_routes(folder_ / "none.yaml", model, errors_), 2);
    EXPECT_NE(errors_.str().find("none.yaml"), std::string::npos);
}

}  // namespace
}  // namespace migue::host::intents
