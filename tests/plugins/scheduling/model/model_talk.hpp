#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "migue/cpp/bench.hpp"
#include "scheduling_plugin.hpp"
#include "tests/standins/model/model.hpp"

/// Conversations with the shipped plugin and the stand-in for a model, through the real border
/// and real SQL, on Monday 23 November 2026, 10:05 in Bogotá.
namespace scheduling {

using migue::bench::Message;
using migue::bench::TurnOutcome;
using migue::standins::Model;
using migue::standins::ModelFault;
using migue::standins::ModelOptions;
using nlohmann::json;

inline constexpr const char* kModelKey = "key-of-the-model-1";

/// Long and full of things that are only told: unsure for the rules.
inline constexpr const char* kTangled =
    "ayer no pude ir y me quedó la pena, la verdad es que ando corriendo de un lado para otro todo el día, "
    "así que "
    "porfa ponme dentista el jueves a las 4 de la tarde con la doctora Paz, muchas gracias de verdad";

class ModelTalk {
public:
    explicit ModelTalk(ModelOptions options = {}, json config = json::object())
        : model(with_key(std::move(options))),
          bench(migue::bench::entry_of<Plugin>(), with_model(std::move(config)).dump()) {
        bench.http().serve("https://model.example/",
                           [this](const migue::bench::HttpCall& call) { return answer(call); });
        bench.advance(std::chrono::seconds(1));  // the warm-up
        warmed_up_ = model.count();
    }

    TurnOutcome say(std::string_view text, std::string intent = "schedule_meeting",
                    std::string input_json = {}) {
        Message message;
        message.intent = std::move(intent);
        message.person = "ana";
        message.input_json = std::move(input_json);
        return checked(bench.send(text, message), text);
    }
    /// What is none of this plugin's business: it is left to others.
    void say_elsewhere(std::string_view text) {
        Message message;
        message.intent = "other";
        message.person = "ana";
        checked(bench.send(text, message), text, MIGUE_PASS);
    }
    TurnOutcome tap(const TurnOutcome& shown, std::string_view title) {
        Message message;
        message.person = "ana";
        return checked(bench.tap(shown.choice(title), message), title);
    }
    /// Requests since the warm-up.
    [[nodiscard]] std::size_t asked() const { return model.count() - warmed_up_; }
    std::vector<std::string> titles() {
        std::vector<std::string> found;
        for (const auto& row :
             json::parse(bench.sql("SELECT title FROM scheduling.local_events WHERE status = "
                                   "'confirmed' ORDER BY start_ms, event_id")))
            found.push_back(row.at("title"));
        return found;
    }
    /// The draft that is open, as kept.
    json draft() {
        const json state = json::parse(bench.state(), nullptr, false);
        if (!state.is_object() || !state.contains("open") || !state.at("open").is_object()) return json();
        return state.at("open").value("draft", json());
    }
    /// From now on every answer marks these words.
    void mark(json title, json times, json guests = json::array(), json place = json()) {
        const json wish{{"title", title}, {"times", times}, {"guests", guests}, {"place", place}};
        model.think_with(
            [answer = json{{"wishes", json::array({wish})}}.dump()](std::string_view) { return answer; });
    }

    Model model;
    migue::bench::Bench bench;

private:
    static ModelOptions with_key(ModelOptions options) {
        options.api_key = kModelKey;
        return options;
    }
    static json with_model(json config) {
        config["timezone"] = "America/Bogota";
        config["model"]["url"] = "https://model.example/v1/";
        config["model"]["name"] = "reader-1";
        config["model"]["api_key"] = kModelKey;
        return config;
    }
    migue::bench::HttpAnswer answer(const migue::bench::HttpCall& call) {
        using Ending = migue::standins::ModelResponse::Ending;
        const std::size_t host = call.url.find("://") + 3;
        const auto given =
            model.handle({call.method, call.url.substr(call.url.find('/', host)), call.headers, call.body});
        migue::bench::HttpAnswer answer;
        answer.status = given.status;
        answer.body = given.body;
        answer.headers = given.headers;
        answer.delay = given.delay;
        if (given.ending == Ending::kLost) answer.failure = MIGUE_E_INTERNAL;
        if (given.ending == Ending::kHang || given.ending == Ending::kDrip) answer.failure = MIGUE_E_DEADLINE;
        if (given.ending == Ending::kRefuse) answer.failure = MIGUE_E_UNAVAILABLE;
        return answer;
    }
    static TurnOutcome checked(TurnOutcome turn, std::string_view text, migue_status wanted = MIGUE_OK) {
        EXPECT_EQ(turn.status, wanted) << text << (turn.reasons.empty() ? "" : ": " + turn.reasons.front());
        return turn;
    }

    std::size_t warmed_up_ = 0;
};

inline testing::AssertionResult has(const std::string& text, std::string_view part) {
    if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "'" << part << "' is not in: " << text;
}

}  // namespace scheduling
