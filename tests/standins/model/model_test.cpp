#include "tests/standins/model/model.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace migue::standins {
namespace {

using nlohmann::json;
using Profile = ModelOptions::Profile;
using Kind = ModelFault::Kind;

json schema(json properties, json required) {
    return {{"type", "object"},
            {"additionalProperties", false},
            {"properties", std::move(properties)},
            {"required", std::move(required)}};
}

json request() {
    return {{"model", "reader-1"},
            {"messages", json::array({{{"role", "system"}, {"content", "Answer with JSON."}},
                                      {{"role", "user"}, {"content", "dentista mañana a las 3 con Ana"}}})},
            {"temperature", 0},
            {"max_tokens", 300},
            {"response_format",
             {{"type", "json_schema"},
              {"json_schema",
               {{"name", "marks"},
                {"strict", true},
                {"schema", schema({{"title", {{"type", "string"}}}}, json::array({"title"}))}}}}}};
}

ModelResponse post(Model& model, const json& body, const std::string& key = "k") {
    return model.handle({"POST",
                         "/v1/chat/completions",
                         {{"authorization", "Bearer " + key}, {"content-type", "application/json"}},
                         body.dump()});
}

json error_of(const ModelResponse& response) {
    return json::parse(response.body).at("error");
}

TEST(StandinModel, MarksWordsOfTheMessage) {
    Model model;
    const auto response = post(model, request());
    ASSERT_EQ(response.status, 200) << response.body;
    const json choice = json::parse(response.body).at("choices").at(0);
    EXPECT_EQ(choice.at("finish_reason"), "stop");
    const json wish = json::parse(choice.at("message").at("content").get<std::string>()).at("wishes").at(0);
    EXPECT_EQ(wish.at("title"), "dentista");
    EXPECT_EQ(wish.at("times"), json::array({"mañana a las 3"}));
    EXPECT_EQ(wish.at("guests"), json::array({"Ana"}));
    EXPECT_GT(json::parse(response.body).at("usage").at("total_tokens"), 0);
    EXPECT_TRUE(model.breaches().empty());
}

TEST(StandinModel, ReadsOnlyWhatStandsBetweenTheMarkers) {
    EXPECT_EQ(marked_message("language: es\n[[m-12]]\nhola\n[[m-12]]\n"), "hola");
}

struct Refusal {
    const char* name;
    json patch;
    int status;
    const char* param;
};
class StandinModelRefuses : public ::testing::TestWithParam<Refusal> {};
TEST_P(StandinModelRefuses, AsOpenAiDoes) {
    Model model;
    json body = request();
    body.merge_patch(GetParam().patch);
    const auto response = post(model, body);
    EXPECT_EQ(response.status, GetParam().status) << response.body;
    EXPECT_EQ(error_of(response).at("param"), GetParam().param);
}
INSTANTIATE_TEST_SUITE_P(
    Requests, StandinModelRefuses,
    ::testing::Values(
        Refusal{"unknown", {{"grammar", "x"}}, 400, "grammar"},
        Refusal{"model", {{"model", "other"}}, 404, "model"},
        Refusal{"type", {{"temperature", "0"}}, 400, "temperature"},
        Refusal{"limit", {{"max_tokens", "300"}}, 400, "max_tokens"},
        Refusal{"name",
                {{"response_format", {{"json_schema", {{"name", "a b"}}}}}},
                400,
                "response_format.json_schema.name"},
        Refusal{"open object",
                {{"response_format", {{"json_schema", {{"schema", {{"additionalProperties", true}}}}}}}},
                400,
                "response_format"},
        Refusal{"optional property",
                {{"response_format", {{"json_schema", {{"schema", {{"required", json::array()}}}}}}}},
                400,
                "response_format"}),
    [](const auto& one) {
        std::string name = one.param.name;
        std::replace(name.begin(), name.end(), ' ', '_');
        return name;
    });

TEST(StandinModel, OpenAiWantsAKeyAndOllamaDoesNot) {
    Model openai, ollama({.profile = Profile::kOllama});
    const ModelRequest bare{"POST", "/v1/chat/completions", {}, request().dump()};
    EXPECT_EQ(openai.handle(bare).status, 401);
    EXPECT_EQ(ollama.handle(bare).status, 200);
}

TEST(StandinModel, OSeriesWantTheOtherLimit) {
    Model model({.wants_completion_tokens = true});
    EXPECT_EQ(error_of(post(model, request())).at("param"), "max_tokens");
    json body = request();
    body.erase("max_tokens");
    body["max_completion_tokens"] = 300;
    EXPECT_EQ(post(model, body).status, 200);
}

TEST(StandinModel, WhatOllamaIgnoresIsABreach) {
    Model model({.profile = Profile::kOllama});
    json body = request();
    body["max_completion_tokens"] = 300;
    EXPECT_EQ(post(model, body).status, 200);
    ASSERT_EQ(model.breaches().size(), 1u);
    EXPECT_EQ(model.breaches()[0], "ignored: max_completion_tokens");
}

TEST(StandinModel, VllmNumbersItsErrors) {
    Model model({.profile = Profile::kVllm});
    json body = request();
    body["model"] = "other";
    EXPECT_EQ(error_of(post(model, body)).at("code"), 404);
}

TEST(StandinModel, JsonModeWantsTheWordJson) {
    Model model;
    json body = request();
    body["response_format"] = {{"type", "json_object"}};
    EXPECT_EQ(post(model, body).status, 200);
    body["messages"][0]["content"] = "Answer.";
    EXPECT_EQ(error_of(post(model, body)).at("param"), "messages");
}

TEST(StandinModel, FailsInEveryWay) {
    Model model;
    const auto choice = [&](Kind kind) {
        model.fail({.kind = kind});
        return json::parse(post(model, request()).body).at("choices").at(0);
    };
    EXPECT_EQ(choice(Kind::kCut).at("finish_reason"), "length");
    EXPECT_FALSE(json::accept(choice(Kind::kCutUnsaid).at("message").at("content").get<std::string>()));
    EXPECT_TRUE(choice(Kind::kRefusal).at("message").at("refusal").is_string());
    EXPECT_EQ(choice(Kind::kEmpty).at("message").at("content"), "");
    EXPECT_TRUE(choice(Kind::kNull).at("message").at("content").is_null());
    EXPECT_EQ(choice(Kind::kToolCalls).at("finish_reason"), "tool_calls");
    EXPECT_EQ(choice(Kind::kFiltered).at("finish_reason"), "content_filter");
    EXPECT_TRUE(choice(Kind::kReasoningOnly).at("message").contains("reasoning_content"));
    model.fail({.status = 429,
                .text = "slow down",
                .code = "rate_limit_exceeded",
                .headers = {{"retry-after", "1"}}});
    const auto refused = post(model, request());
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(error_of(refused).at("code"), "rate_limit_exceeded");
    model.fail({.kind = Kind::kReset});
    EXPECT_EQ(post(model, request()).ending, ModelResponse::Ending::kLost);
    EXPECT_EQ(post(model, request()).status, 200);
}

std::string form(const std::string& file_name) {
    return "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
           "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
           file_name + "\"\r\nContent-Type: audio/ogg\r\n\r\nOggS....\r\n--b--\r\n";
}

TEST(StandinModel, JudgesVoiceNotesByTheirName) {
    Model model;
    model.hear("mañana a las 3");
    const auto send = [&](const std::string& name) {
        return model.handle(
            {"POST",
             "/v1/audio/transcriptions",
             {{"authorization", "Bearer k"}, {"content-type", "multipart/form-data; boundary=b"}},
             form(name)});
    };
    EXPECT_EQ(json::parse(send("voice.ogg").body).at("text"), "mañana a las 3");
    EXPECT_EQ(send("voice.oga").status, 400);
}

}  // namespace
}  // namespace migue::standins
