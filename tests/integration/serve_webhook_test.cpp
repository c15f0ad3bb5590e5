#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/integration/webhook_host.hpp"

namespace migue::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto kPatience = WebhookHost::kPatience;

class ServeWebhook : public ::testing::Test {
protected:
    void SetUp() override {
        host_.setup().write();
        host_.start();
    }
    int post(const std::string& wamid, const std::string& text) { return host_.post(wamid, text); }
    /// What Meta tells about a message it was given.
    int report(const standins::GraphMessage& message, const std::string& status, int code = 0) {
        return graph_.report({host_.webhook_url(), host_.setup().app_secret}, message, status, code);
    }
    [[nodiscard]] static std::string reply_name(const standins::GraphMessage& message) {
        return json::parse(message.body).at("biz_opaque_callback_data");
    }
    bool wait_for_log(std::string_view words, int times) {
        const auto limit = std::chrono::steady_clock::now() + kPatience;
        while (std::chrono::steady_clock::now() < limit) {
            const std::string text = host_.log();
            int found = 0;
            for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
            if (found >= times) return true;
            std::this_thread::yield();
        }
        return false;
    }
    /// What stands in the local calendar, of everybody.
    [[nodiscard]] std::size_t events_of_all() const {
        const SQLite::Database db((host_.folder() / "migue.scheduling.db").string(), SQLite::OPEN_READONLY,
                                  5000);
        SQLite::Statement count(db, "SELECT count(*) FROM local_events WHERE status = 'confirmed'");
        return count.executeStep() ? static_cast<std::size_t>(count.getColumn(0).getInt64()) : 0;
    }
    [[nodiscard]] bool is_told(const std::string& phone, const std::string& word) {
        const auto limit = std::chrono::steady_clock::now() + kPatience;
        for (std::size_t seen = 0;;) {
            const auto messages = graph_.messages();
            for (; seen < messages.size(); ++seen)
                if (messages[seen].to == phone && mentions(messages[seen], word)) return true;
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                limit - std::chrono::steady_clock::now());
            if (left.count() <= 0 || !graph_.wait_for_messages(seen + 1, left)) return false;
        }
    }
    /// Writes until the bot says that something could not be told.
    void expect_told_next_time() {
        for (int i = 0; i < 20; ++i) {
            const std::size_t before = graph_.messages().size();
            ASSERT_EQ(post("wamid.next" + std::to_string(i), "hola"), 200);
            ASSERT_TRUE(graph_.wait_for_messages(before + 1, kPatience));
            for (const auto& message : graph_.messages())
                if (mentions(message, "WhatsApp no me dej")) return;
        }
        FAIL() << "never told";
    }
    WebhookHost host_;
    standins::Graph& graph_ = host_.graph();
    const standins::WebhookPerson& person_ = host_.person();
};

TEST_F(ServeWebhook, AnswersASignedMessageThroughGraph) {
    ASSERT_EQ(post("wamid.1", "dentista mañana a las 10 por una hora"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    const auto message = graph_.messages().front();
    EXPECT_EQ(message.to, person_.phone);
    EXPECT_TRUE(mentions(message, "Dentista") || mentions(message, "dentista")) << message.body;
    EXPECT_TRUE(mentions(message, "Deshacer")) << message.body;
    EXPECT_TRUE(graph_.refused().empty()) << graph_.refused().front().details;
    EXPECT_EQ(host_.stop(), 0);
}

TEST_F(ServeWebhook, TakesNothingWithAWrongSignature) {
    const std::string body = standins::text_webhook(person_, "wamid.forged", now_seconds(), "hola");
    const std::string url = host_.webhook_url();
    EXPECT_EQ(standins::post_webhook(url, "another-secret", body).status, 401);
    EXPECT_EQ(standins::post_webhook_signed(url, "", body).status, 401);
    ASSERT_EQ(post("wamid.good", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    (void)host_.stop();  // what was accepted is answered by now
    EXPECT_EQ(graph_.messages().size(), 1u) << "only the signed one";
}

TEST_F(ServeWebhook, AnswersARepeatedMessageOnce) {
    const std::string text = "dentista mañana a las 10 por una hora";
    for (int i = 0; i < 5; ++i) ASSERT_EQ(post("wamid.1", text), 200);
    ASSERT_EQ(post("wamid.2", "¿qué tengo mañana?"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    ASSERT_EQ(host_.stop(), 0);
    EXPECT_EQ(graph_.messages().size(), 2u) << "one answer to each message";
}

TEST_F(ServeWebhook, AnswersWhatItAcknowledgedEvenIfItDiesRightAfter) {
    ASSERT_EQ(post("wamid.1", "dentista mañana a las 10 por una hora"), 200);
    host_.kill_now();
    const std::size_t before = graph_.messages().size();
    host_.start();
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience)) << before << " before the restart";

    ASSERT_EQ(post("wamid.1", "dentista mañana a las 10 por una hora"), 200) << "Meta brings it again";
    ASSERT_EQ(post("wamid.2", "¿qué tengo mañana?"), 200);
    const auto answers_the_second = [](const standins::GraphMessage& message) {
        return !mentions(message, "Deshacer");
    };
    std::vector<standins::GraphMessage> sent;
    for (std::size_t count = 2; count <= 3; ++count) {
        ASSERT_TRUE(graph_.wait_for_messages(count, kPatience));
        sent = graph_.messages();
        if (answers_the_second(sent.back())) break;
    }
    EXPECT_LE(sent.size(), 3u) << "at most one repeated reply a crash";
    const std::string agenda = json::parse(sent.back().body).dump();
    const auto first = agenda.find("entista");
    ASSERT_NE(first, std::string::npos) << agenda;
    EXPECT_EQ(agenda.find("entista", first + 1), std::string::npos) << "booked once: " << agenda;
}

/// One thing said in three messages; the host dies once so many of them have got their 200, or only when the
/// first sign of its work reaches Graph.
struct DeathInABurst {
    std::size_t acknowledged = 1;
    bool in_one_delivery = false, at_work = false;
};

TEST_F(ServeWebhook, ABurstThatTheHostDiesInIsAnsweredAndBookedOnce) {
    const std::vector<std::string> burst{"reunión con Ana", "mañana", "a las 3"};
    const std::vector<DeathInABurst> deaths{{.acknowledged = 1},
                                            {.acknowledged = 2},
                                            {.acknowledged = 3},
                                            {.acknowledged = 3, .at_work = true},
                                            {.acknowledged = 3, .in_one_delivery = true},
                                            {.acknowledged = 3, .in_one_delivery = true, .at_work = true}};
    for (std::size_t round = 0; round < deaths.size(); ++round) {
        const DeathInABurst& death = deaths[round];
        host_.person().phone = "1555020000" + std::to_string(round);
        const std::string id = "wamid.burst" + std::to_string(round) + ".";
        const std::size_t before = graph_.requests();
        if (death.in_one_delivery)
            ASSERT_EQ(host_.post_all(id, burst), 200);
        else
            for (std::size_t i = 0; i < death.acknowledged; ++i)
                ASSERT_EQ(post(id + std::to_string(i), burst[i]), 200);
        const auto limit = std::chrono::steady_clock::now() + kPatience;
        while (death.at_work && graph_.requests() == before && std::chrono::steady_clock::now() < limit)
            std::this_thread::yield();
        host_.kill_now();
        host_.start();
        // Meta brings again what it is not sure of.
        for (std::size_t i = 0; i < burst.size(); ++i) ASSERT_EQ(post(id + std::to_string(i), burst[i]), 200);
    }
    for (std::size_t round = 0; round < deaths.size(); ++round)
        EXPECT_TRUE(is_told("1555020000" + std::to_string(round), "Deshacer")) << "round " << round;
    ASSERT_EQ(host_.stop(), 0);
    EXPECT_EQ(events_of_all(), deaths.size());
}

TEST_F(ServeWebhook, TriesAgainWhenGraphFails) {
    graph_.fail({.kind = standins::GraphFault::Kind::kError, .code = 131000, .status = 500, .times = 2});
    ASSERT_EQ(post("wamid.1", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    EXPECT_GE(graph_.requests(), 3u);
    EXPECT_EQ(graph_.messages().size(), 1u);
}

TEST_F(ServeWebhook, AStatusStandsInForALostAnswerOfGraph) {
    graph_.fail({.kind = standins::GraphFault::Kind::kAcceptThenClose, .to = person_.phone});
    ASSERT_EQ(post("wamid.1", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    ASSERT_EQ(report(graph_.messages().front(), "sent"), 200);
    ASSERT_EQ(post("wamid.2", "gracias"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    // In one conversation the second is sent only when the first is settled.
    EXPECT_NE(reply_name(graph_.messages()[0]), reply_name(graph_.messages()[1])) << "sent twice";
    EXPECT_EQ(host_.stop(), 0);
    EXPECT_EQ(graph_.messages().size(), 2u);
}

TEST_F(ServeWebhook, WithoutAStatusALostAnswerCostsOneRepetition) {
    graph_.fail({.kind = standins::GraphFault::Kind::kAcceptThenClose, .to = person_.phone});
    ASSERT_EQ(post("wamid.1", "hola"), 200);
    ASSERT_EQ(post("wamid.2", "gracias"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(3, 2 * kPatience)) << "half a minute is waited for news";
    const auto sent = graph_.messages();
    EXPECT_EQ(reply_name(sent[0]), reply_name(sent[1]));
    EXPECT_NE(reply_name(sent[1]), reply_name(sent[2]));
    EXPECT_GE(sent[1].at - sent[0].at, 25s);
    EXPECT_EQ(host_.stop(), 0);
    EXPECT_EQ(graph_.messages().size(), 3u);
}

TEST_F(ServeWebhook, AStatusThatGotIts200SurvivesACrash) {
    graph_.fail({.kind = standins::GraphFault::Kind::kAcceptThenClose, .to = person_.phone});
    ASSERT_EQ(post("wamid.1", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    ASSERT_EQ(report(graph_.messages().front(), "delivered"), 200);
    host_.kill_now();
    host_.start();
    ASSERT_EQ(post("wamid.2", "gracias"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    EXPECT_NE(reply_name(graph_.messages()[0]), reply_name(graph_.messages()[1])) << "sent twice";
}

TEST_F(ServeWebhook, AReplyThatFailsAfterwardsIsToldNextTime) {
    ASSERT_EQ(post("wamid.1", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    ASSERT_EQ(report(graph_.messages().front(), "failed", 131047), 200);
    expect_told_next_time();
    EXPECT_TRUE(graph_.refused().empty());
}

TEST_F(ServeWebhook, AMessageBroughtADayLateIsNotAnsweredAsFreeText) {
    graph_.close_window(person_.phone);
    ASSERT_EQ(host_.post("wamid.1", "hola", now_seconds() - 25 * 3600), 200);
    ASSERT_EQ(host_.post("wamid.old", "gracias", now_seconds() - 24 * 3600), 200);
    // Before the person writes again: after that they may be told as ever.
    ASSERT_TRUE(wait_for_log("a reply will not be sent", 2));
    ASSERT_EQ(host_.stop(), 0);
    host_.start();
    graph_.close_window(person_.phone, false);
    expect_told_next_time();
    EXPECT_TRUE(graph_.refused().empty()) << "Graph was never asked";
}

TEST_F(ServeWebhook, KeepsRepliesWhileTheTokenIsDeadAndResumesWithANewOne) {
    const auto file = host_.folder() / "token";
    std::ofstream(file) << "expired\n";
    host_.setup().access_token_file = file.string();
    host_.setup().write();
    host_.start();
    ASSERT_EQ(post("wamid.1", "hola"), 200);
    const auto limit = std::chrono::steady_clock::now() + kPatience;
    while (graph_.refused().empty() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    ASSERT_FALSE(graph_.refused().empty());
    ASSERT_EQ(post("wamid.2", "gracias"), 200) << "webhooks are still taken";
    std::ofstream(file) << standins::GraphOptions{}.access_token << "\n";
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    EXPECT_EQ(host_.stop(), 0);
    EXPECT_EQ(graph_.messages().size(), 2u);
}

TEST_F(ServeWebhook, TakesTheStatusesOfAllItSends) {
    graph_.report_to({host_.webhook_url(), host_.setup().app_secret});
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(post("wamid." + std::to_string(i), "hola"), 200);
        ASSERT_TRUE(graph_.wait_for_messages(static_cast<std::size_t>(i) + 1, kPatience));
    }
    EXPECT_EQ(host_.stop(), 0);
    EXPECT_EQ(graph_.messages().size(), 5u);
}

}  // namespace
}  // namespace migue::test
