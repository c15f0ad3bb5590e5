#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "migue/cpp/bench.hpp"
#include "scheduling_plugin.hpp"

/// Conversations with the shipped plugin, through the real border and real SQL, on
/// Monday 23 November 2026, 10:05.
namespace scheduling {

using migue::bench::Message;
using migue::bench::TurnOutcome;

/// One person in Bogotá, São Paulo or New York, by language.
class Talk {
public:
    explicit Talk(std::string locale = "es", nlohmann::json config = nlohmann::json::object())
        : locale_(std::move(locale)),
          bench_(migue::bench::entry_of<Plugin>(), with_zone(config, locale_).dump(), options(locale_)) {}

    TurnOutcome say(std::string_view text, std::string intent = "schedule_meeting",
                    std::string conversation = "c1") {
        Message message;
        message.intent = std::move(intent);
        message.locale = locale_;
        message.conversation = std::move(conversation);
        message.person = "ana";
        return checked(bench_.send(text, message), text);
    }
    TurnOutcome tap(const TurnOutcome& shown, std::string_view title, std::string conversation = "c1") {
        return press(shown.choice(title), std::move(conversation));
    }
    TurnOutcome press(const std::string& id, std::string conversation = "c1") {
        Message message;
        message.locale = locale_;
        message.conversation = std::move(conversation);
        message.person = "ana";
        return checked(bench_.tap(id, message), id);
    }

    migue::bench::Bench& bench() { return bench_; }

    /// Titles of the events that stand, by start.
    std::vector<std::string> titles() {
        std::vector<std::string> found;
        const auto rows =
            nlohmann::json::parse(bench_.sql("SELECT title FROM scheduling.local_events WHERE status = "
                                             "'confirmed' ORDER BY start_ms, event_id"));
        for (const auto& row : rows) found.push_back(row.at("title"));
        return found;
    }
    /// The actions in the audit, in order.
    std::vector<std::string> audit() {
        std::vector<std::string> found;
        const auto rows = nlohmann::json::parse(
            bench_.sql("SELECT action FROM scheduling.calendar_events ORDER BY at_ms, entry_id"));
        for (const auto& row : rows) found.push_back(row.at("action"));
        return found;
    }
    static std::vector<std::string> labels(const TurnOutcome& turn) {
        std::vector<std::string> found;
        for (const auto& reply : turn.replies) {
            const auto body = nlohmann::json::parse(reply.body_json);
            for (const char* list : {"buttons", "rows"})
                if (body.contains(list))
                    for (const auto& item : body.at(list)) found.push_back(item.at("title"));
        }
        return found;
    }

private:
    static std::string zone_of(const std::string& locale) {
        if (locale == "en") return "America/New_York";
        return locale == "pt" ? "America/Sao_Paulo" : "America/Bogota";
    }
    static nlohmann::json with_zone(nlohmann::json config, const std::string& locale) {
        config["timezone"] = zone_of(locale);
        return config;
    }
    static migue::bench::Options options(const std::string& locale) {
        migue::bench::Options options;  // 10:05 in Bogotá and New York
        if (locale == "pt") options.now_unix_ms -= 2LL * 3600 * 1000;
        return options;
    }
    static TurnOutcome checked(TurnOutcome turn, std::string_view text) {
        EXPECT_EQ(turn.status, MIGUE_OK) << text << (turn.reasons.empty() ? "" : ": " + turn.reasons.front());
        return turn;
    }

    std::string locale_;
    migue::bench::Bench bench_;
};

}  // namespace scheduling
