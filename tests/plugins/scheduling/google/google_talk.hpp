#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "migue/cpp/bench.hpp"
#include "scheduling_plugin.hpp"
#include "tests/standins/google/discovery.hpp"
#include "tests/standins/google/google.hpp"

/// Conversations with the shipped plugin and the stand-in for Google, through the real border
/// and real SQL, on Monday 23 November 2026, 10:05 in Bogotá.
namespace scheduling {

using migue::bench::Message;
using migue::bench::TurnOutcome;
using migue::standins::Google;
using migue::standins::GoogleFault;
using nlohmann::json;

class GoogleTalk {
public:
    explicit GoogleTalk(migue::standins::GoogleOptions options = {}, json config = json::object(),
                        std::shared_ptr<migue::sql::Schema> tables = {})
        : own_(std::make_unique<Google>(with_clock(std::move(options)))),
          google(*own_),
          bench(migue::bench::entry_of<Plugin>(), with_google(std::move(config)).dump(),
                with_tables(std::move(tables))) {
        google.add_account({"maria@example.org", "sub-maria"});
        google.add_account({"trabajo@example.org", "sub-trabajo"});
        connect();
    }
    /// Another host on the same tables, with the same Google.
    GoogleTalk(GoogleTalk& first, std::shared_ptr<migue::sql::Schema> tables)
        : google(first.google),
          bench(migue::bench::entry_of<Plugin>(), with_google(json::object()).dump(),
                with_tables(std::move(tables))) {
        connect();
    }
    ~GoogleTalk() { EXPECT_TRUE(google.breaches().empty()) << google.breaches().front(); }

private:
    std::unique_ptr<Google> own_;
    static migue::bench::Options with_tables(std::shared_ptr<migue::sql::Schema> tables) {
        migue::bench::Options options;
        options.tables = std::move(tables);
        return options;
    }
    void connect() {
        for (const char* host : {"https://oauth2.googleapis.com/", "https://openidconnect.googleapis.com/",
                                 "https://www.googleapis.com/"})
            bench.http().serve(host, [this](const migue::bench::HttpCall& call) { return answer(call); });
    }

public:
    TurnOutcome say(std::string_view text, std::string intent = "schedule_meeting",
                    std::string person = "ana") {
        return checked(bench.send(text, message(std::move(intent), std::move(person))), text);
    }
    TurnOutcome tap(const TurnOutcome& shown, std::string_view title) {
        return checked(bench.tap(shown.choice(title), message("", "ana")), title);
    }
    static Message message(std::string intent, std::string person) {
        Message message;
        message.intent = std::move(intent);
        message.conversation = "chat-" + person;
        message.person = std::move(person);
        return message;
    }
    /// The job turns that are due within this time, one after another.
    std::vector<TurnOutcome> wait(std::chrono::seconds time) {
        bench.advance(time);
        return bench.run_due_jobs();
    }

    /// The link that a turn sent, below the public address.
    static std::string link_of(const TurnOutcome& turn) {
        for (const auto& reply : turn.replies)
            if (reply.kind == "link") {
                const std::string url = json::parse(reply.body_json).at("url");
                return url.substr(url.find("/link/"));
            }
        ADD_FAILURE() << "no link in: " << turn.text();
        return {};
    }

    /// One browser: keeps its cookie.
    struct Browser {
        std::string cookie;
        std::string check;
    };
    migue::bench::Bench::RouteReply open(Browser& browser, const std::string& link) {
        auto page = bench.request("GET", link, {.headers = {{"cookie", browser.cookie}}});
        if (const std::string set(page.header("set-cookie")); !set.empty())
            browser.cookie = set.substr(0, set.find(';'));
        if (const std::size_t at = page.body.find("name=\"check\" value=\""); at != std::string::npos)
            browser.check = page.body.substr(at + 20, 64);
        return page;
    }
    migue::bench::Bench::RouteReply press(const Browser& browser, const std::string& link) {
        return bench.request("POST", link,
                             {.headers = {{"cookie", browser.cookie}}, .body = "check=" + browser.check});
    }
    migue::bench::Bench::RouteReply come_back(const Browser& browser, const std::string& address) {
        return bench.request("GET", address.substr(address.find("/callback")),
                             {.headers = {{"cookie", browser.cookie}}});
    }
    static std::string code_in_page(const std::string& body) {
        const std::size_t at = body.find("data-code=\"");
        return at == std::string::npos ? "" : body.substr(at + 11, 9);
    }
    /// From a sent link to the code, as a person with that account does it.
    std::string consent(const std::string& link, const std::string& email = "maria@example.org",
                        const std::string& ticked = "all") {
        Browser browser;
        open(browser, link);
        const auto away = press(browser, link);
        EXPECT_EQ(away.status, 303) << away.body;
        const auto back = come_back(browser, google.consent(away.header("location"), email, ticked));
        if (back.status != 303) return "page: " + back.body;
        EXPECT_EQ(back.header("location"), "https://bot.example.org/p/scheduling/linked");
        return code_in_page(bench.request("GET", "/linked", {.headers = {{"cookie", browser.cookie}}}).body);
    }
    void link(const std::string& person = "ana", const std::string& email = "maria@example.org") {
        const TurnOutcome offered = say("conecta mi google calendar", "link_account", person);
        const TurnOutcome done = say(consent(link_of(offered), email), "other", person);
        EXPECT_NE(done.text().find("Conectado: " + email), std::string::npos) << done.text();
    }

    /// Titles of what stands in the calendar.
    std::vector<std::string> titles(const std::string& email = "maria@example.org") {
        std::vector<std::string> found;
        for (const auto& event : json::parse(google.events(email)))
            if (event.at("status") != "cancelled") found.push_back(event.at("summary"));
        return found;
    }
    json rows(std::string_view sql) { return json::parse(bench.sql(sql)); }

    Google& google;
    migue::bench::Bench bench;

private:
    migue::standins::GoogleOptions with_clock(migue::standins::GoogleOptions options) {
        options.now_unix_ms = [this] { return bench.unix_ms(); };
        return options;
    }
    static json with_google(json config) {
        config["calendar"] = "google";
        config["public_url"] = "https://bot.example.org";
        config["google"]["client_id"] = "client-1.apps.googleusercontent.com";
        config["google"]["client_secret"] = "client_secret_1";
        return config;
    }
    migue::bench::HttpAnswer answer(const migue::bench::HttpCall& call) {
        using Ending = migue::standins::GoogleResponse::Ending;
        const std::size_t host = call.url.find("://") + 3;
        const auto given =
            google.handle({call.method, call.url.substr(call.url.find('/', host)), call.headers, call.body});
        migue::bench::HttpAnswer answer;
        answer.status = given.status;
        answer.body = given.body;
        answer.headers = given.headers;
        answer.delay = given.delay;
        if (given.ending == Ending::kLost || given.ending == Ending::kCut) answer.failure = MIGUE_E_INTERNAL;
        if (given.ending == Ending::kHang) answer.failure = MIGUE_E_DEADLINE;
        if (given.ending == Ending::kRefuse) answer.failure = MIGUE_E_UNAVAILABLE;
        return answer;
    }
    static TurnOutcome checked(TurnOutcome turn, std::string_view text) {
        EXPECT_EQ(turn.status, MIGUE_OK) << text << (turn.reasons.empty() ? "" : ": " + turn.reasons.front());
        return turn;
    }
};

inline testing::AssertionResult contains(const std::string& text, std::string_view part) {
    if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "'" << part << "' is not in: " << text;
}

}  // namespace scheduling
