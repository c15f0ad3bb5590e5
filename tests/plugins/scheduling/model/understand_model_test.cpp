#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/integration/process.hpp"
#include "tests/standins/model/model_server.hpp"

/// `migue understand --model`: the program as built, a model on a loopback port.
namespace migue {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct Answer {
    json line;
    int code = -1;
};

Answer understand(const std::string& arguments) {
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() / "in.jsonl")
        << R"({"id":"1","text":"agenda dentista mañana a las 10","now":"2026-11-23T10:05:00-05:00",)"
        << R"("tz":"America/Bogota","locale":"es"})" << '\n';
    test::Process::Options options;
    options.arguments = {"/bin/sh", "-c", "exec '" MIGUE_PROGRAM "' understand " + arguments + " < in.jsonl"};
    options.directory = folder.path();
    options.environment = {{"MODEL_API_KEY", "key-1"}};
    options.errors = folder.path() / "errors";
    auto process = test::Process::start(options);
    Answer answer;
    if (!process) return answer;
    const auto exit = (*process)->wait(60s);
    if (exit) answer.code = exit->code;
    if (!(*process)->lines().empty()) answer.line = json::parse((*process)->lines().front(), nullptr, false);
    return answer;
}

TEST(UnderstandWithModel, ShowsBothReadingsAndWhatEachContributed) {
    standins::Model model({.api_key = "key-1"});
    const standins::ModelServer server(model);
    const Answer answer = understand("--model " + server.url() + " reader-1");
    ASSERT_EQ(answer.code, 0);
    ASSERT_TRUE(answer.line.is_object());
    EXPECT_EQ(answer.line.at("id"), "1");
    EXPECT_EQ(answer.line.at("model").at("end"), "answered");
    EXPECT_EQ(answer.line.at("model").at("from").at("time"), "both");
    EXPECT_EQ(answer.line.at("rules").at("event").at("title"), "Dentista");
    EXPECT_EQ(answer.line.at("reading").at("event").at("start"), "2026-11-24T10:00:00-05:00");
    EXPECT_TRUE(model.breaches().empty());
}

TEST(UnderstandWithModel, ADeadModelLeavesTheRules) {
    std::string url;
    {
        standins::Model model;
        url = standins::ModelServer(model).url();
    }
    const Answer answer = understand("--model " + url + " reader-1");
    ASSERT_EQ(answer.code, 0);
    EXPECT_EQ(answer.line.at("model").at("end"), "broken");
    EXPECT_EQ(answer.line.at("reading"), answer.line.at("rules"));
}

TEST(UnderstandWithModel, WantsAModelToAsk) {
    EXPECT_EQ(understand("--model").code, 2);
    EXPECT_EQ(understand("--model http://127.0.0.1:1/v1").code, 2);
}

}  // namespace
}  // namespace migue
