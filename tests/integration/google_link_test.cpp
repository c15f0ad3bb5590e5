#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/integration/host_setup.hpp"
#include "tests/integration/link_pages.hpp"
#include "tests/integration/running_host.hpp"
#include "tests/standins/google/google_server.hpp"
#include "tests/standins/graph/graph.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kSecret = "app-secret-of-the-test";
constexpr const char* kPublicUrl = "http://bot.example.test";
constexpr auto kPatience = 45s;

/// `migue serve` with WhatsApp and Google played by stand-ins, over real HTTP everywhere.
class GoogleLink : public ::testing::Test {
protected:
    void SetUp() override {
        google_.add_account({"maria@example.org", "sub-maria"});
        setup_.folder = folder_.path();
        setup_.store_url = "sqlite:" + (folder_.path() / "migue.db").string();
        setup_.app_secret = kSecret;
        setup_.access_token = standins::GraphOptions{}.access_token;
        setup_.phone_number_id = standins::GraphOptions{}.phone_number_id;
        setup_.graph_url = graph_.url();
        setup_.public_url = kPublicUrl;
        use_google(setup_, server_.url());
        setup_.write();
        host_ = std::make_unique<RunningHost>(
            folder_.path(), std::vector<std::string>{"serve", "--config", setup_.config().string()});
        // What it says is its public address; where it really listens is in its log.
        local_ = between(log(), "\"http\":\"", "\"");
        ASSERT_TRUE(local_.starts_with("http://127.0.0.1:")) << log();
    }
    [[nodiscard]] std::string log() const {
        std::ifstream file(folder_.path() / "migue.log");
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }
    /// What the bot answers to this text, as JSON.
    std::string say(const std::string& text) {
        const std::size_t before = graph_.messages().size();
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(
            std::chrono::system_clock::now().time_since_epoch());
        const std::string id = "wamid." + std::to_string(before + 1);
        EXPECT_EQ(standins::post_webhook(local_ + "/webhook", kSecret,
                                         standins::text_webhook(person_, id, now.count(), text))
                      .status,
                  200);
        EXPECT_TRUE(graph_.wait_for_messages(before + 1, kPatience)) << text;
        const auto messages = graph_.messages();
        return messages.size() > before ? json::parse(messages[before].body).dump() : "";
    }

    TemporaryFolder folder_;
    HostSetup setup_;
    const standins::WebhookPerson person_;
    standins::Graph graph_;
    standins::Google google_{{.redirect_uris = {std::string(kPublicUrl) + "/p/scheduling/callback"}}};
    standins::GoogleServer server_{google_};
    std::unique_ptr<RunningHost> host_;
    std::string local_;
};

TEST_F(GoogleLink, FromTheFirstMessageToAnEventInTheCalendar) {
    const std::string offered = say("agenda dentista mañana a las 10");
    const std::string link = between(offered, "\"url\":\"", "\"");
    ASSERT_TRUE(link.starts_with(std::string(kPublicUrl) + "/p/scheduling/link/")) << offered;

    const std::string code = link_account(local_, kPublicUrl, link, google_, "maria@example.org");
    ASSERT_EQ(code.size(), 9u) << code;

    const std::string card = say(code);
    EXPECT_NE(card.find("maria@example.org"), std::string::npos) << card;
    EXPECT_NE(card.find("Dentista"), std::string::npos) << card;
    const std::string booked = say("sí");
    EXPECT_NE(booked.find("Agendado"), std::string::npos) << booked;
    const json events = json::parse(google_.events("maria@example.org"));
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].at("summary"), "Dentista");
    EXPECT_TRUE(google_.breaches().empty()) << google_.breaches().front();

    const std::string lines = log();
    for (const std::string& secret : {link.substr(link.rfind('/') + 1), code, std::string("ya29."),
                                      std::string("1//0"), std::string("client_secret_1")})
        EXPECT_EQ(lines.find(secret), std::string::npos) << secret;
    EXPECT_EQ(host_->stop().value_or(Process::Exit{}).code, 0);
}

}  // namespace
}  // namespace migue::test
