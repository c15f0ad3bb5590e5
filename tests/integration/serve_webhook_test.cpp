#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/integration/running_host.hpp"
#include "tests/standins/graph/graph.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kSecret = "app-secret-of-the-test";
constexpr auto kPatience = 45s;  // reconnects, leases and backoffs on a busy machine

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

bool mentions(const standins::GraphMessage& message, const std::string& word) {
    // Parsed and written again: no \u escapes to trip over.
    return json::parse(message.body).dump().find(word) != std::string::npos;
}

/// `migue serve` as in production, with Meta's two halves played by stand-ins.
class ServeWebhook : public ::testing::Test {
protected:
    void SetUp() override {
        std::ofstream(config_) << "http: { listen: \"127.0.0.1:0\" }\n"
                               << "store: { url: \"sqlite:" << (folder_.path() / "migue.db").string()
                               << "\" }\n"
                               << "admin: { listen: \"127.0.0.1:0\", token: \"admin-token-of-the-test\" }\n"
                               << "channels:\n"
                               << "  whatsapp:\n"
                               << "    path: /webhook\n"
                               << "    app_secret: \"" << kSecret << "\"\n"
                               << "    verify_token: \"verify-token-of-the-test\"\n"
                               << "    access_token: \"" << standins::GraphOptions{}.access_token << "\"\n"
                               << "    phone_number_id: \"" << standins::GraphOptions{}.phone_number_id
                               << "\"\n"
                               << "    graph_url: \"" << graph_.url() << "\"\n"
                               << "plugins:\n"
                               << "  lock: plugins.lock\n"
                               << "  scheduling: { calendar: local, timezone: America/Bogota }\n"
                               << "  smalltalk: {}\n"
                               << "routes: \"" << MIGUE_SOURCE_FOLDER << "/config/routes.yaml\"\n";
        for (const char* id : {"scheduling", "smalltalk"}) {
            const auto file = std::string(MIGUE_PLUGIN_FOLDER) + "/" + id + ".so";
            ASSERT_EQ(
                run_migue(folder_.path(), {"plugin", "install", file, "--config", config_.string()}).code, 0)
                << id;
        }
        start();
    }
    void start() {
        host_.reset();
        host_ = std::make_unique<RunningHost>(
            folder_.path(), std::vector<std::string>{"serve", "--config", config_.string()});
    }
    int post(const std::string& wamid, const std::string& text) {
        return standins::post_webhook(host_->url() + "/webhook", kSecret,
                                      standins::text_webhook(person_, wamid, now_seconds(), text))
            .status;
    }

    TemporaryFolder folder_;
    const std::filesystem::path config_ = folder_.path() / "migue.yaml";
    const standins::WebhookPerson person_;
    standins::Graph graph_;
    std::unique_ptr<RunningHost> host_;
};

TEST_F(ServeWebhook, AnswersASignedMessageThroughGraph) {
    ASSERT_EQ(post("wamid.1", "dentista mañana a las 10 por una hora"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    const auto message = graph_.messages().front();
    EXPECT_EQ(message.to, person_.phone);
    EXPECT_TRUE(mentions(message, "Dentista") || mentions(message, "dentista")) << message.body;
    EXPECT_TRUE(mentions(message, "Deshacer")) << message.body;
    EXPECT_TRUE(graph_.refused().empty()) << graph_.refused().front().details;
    EXPECT_EQ(host_->stop().value_or(Process::Exit{}).code, 0);
}

TEST_F(ServeWebhook, TakesNothingWithAWrongSignature) {
    const std::string body = standins::text_webhook(person_, "wamid.forged", now_seconds(), "hola");
    const std::string url = host_->url() + "/webhook";
    EXPECT_EQ(standins::post_webhook(url, "another-secret", body).status, 401);
    EXPECT_EQ(standins::post_webhook_signed(url, "", body).status, 401);
    ASSERT_EQ(post("wamid.good", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    (void)host_->stop();  // what was accepted is answered by now
    EXPECT_EQ(graph_.messages().size(), 1u) << "only the signed one";
}

TEST_F(ServeWebhook, AnswersARepeatedMessageOnce) {
    const std::string text = "dentista mañana a las 10 por una hora";
    for (int i = 0; i < 5; ++i) ASSERT_EQ(post("wamid.1", text), 200);
    ASSERT_EQ(post("wamid.2", "¿qué tengo mañana?"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    ASSERT_EQ(host_->stop().value_or(Process::Exit{}).code, 0);
    EXPECT_EQ(graph_.messages().size(), 2u) << "one answer to each message";
}

TEST_F(ServeWebhook, AnswersWhatItAcknowledgedEvenIfItDiesRightAfter) {
    ASSERT_EQ(post("wamid.1", "dentista mañana a las 10 por una hora"), 200);
    host_->kill_now();
    const std::size_t before = graph_.messages().size();
    start();
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

TEST_F(ServeWebhook, TriesAgainWhenGraphFails) {
    graph_.fail({.kind = standins::GraphFault::Kind::kError, .code = 131000, .status = 500, .times = 2});
    ASSERT_EQ(post("wamid.1", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    EXPECT_GE(graph_.requests(), 3u);
    EXPECT_EQ(graph_.messages().size(), 1u);
}

}  // namespace
}  // namespace migue::test
