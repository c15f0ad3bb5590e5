#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

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

struct Page {
    int status = 0;
    std::string body, location, cookie;
};

/// A browser that knows where the bot's public address really is, and keeps its cookie.
class Browser {
public:
    explicit Browser(std::string host) : host_(std::move(host)) {}

    Page open(const std::string& method, const std::string& address, const std::string& form = "") {
        const Poco::URI uri(host_ + address.substr(std::string(kPublicUrl).size()));
        Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
        Poco::Net::HTTPRequest request(method, uri.getPathAndQuery(), "HTTP/1.1");
        if (!cookie_.empty()) request.set("Cookie", cookie_);
        request.setContentType("application/x-www-form-urlencoded");
        request.setContentLength(static_cast<std::streamsize>(form.size()));
        session.sendRequest(request) << form;
        Poco::Net::HTTPResponse response;
        Page page;
        Poco::StreamCopier::copyToString(session.receiveResponse(response), page.body);
        page.status = response.getStatus();
        page.location = response.get("Location", "");
        if (const std::string set = response.get("Set-Cookie", ""); !set.empty())
            cookie_ = set.substr(0, set.find(';'));
        return page;
    }

private:
    std::string host_, cookie_;
};

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string::npos) return {};
    const std::size_t from = begin + before.size();
    return text.substr(from, text.find(after, from) - from);
}

/// `migue serve` with WhatsApp and Google played by stand-ins, over real HTTP everywhere.
class GoogleLink : public ::testing::Test {
protected:
    void SetUp() override {
        google_.add_account({"maria@example.org", "sub-maria"});
        std::ofstream(config_) << "http: { listen: \"127.0.0.1:0\", public_url: \"" << kPublicUrl << "\" }\n"
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
                               << "  scheduling:\n"
                               << "    calendar: google\n"
                               << "    timezone: America/Bogota\n"
                               << "    google:\n"
                               << "      client_id: client-1.apps.googleusercontent.com\n"
                               << "      client_secret: client_secret_1\n"
                               << "      auth_url: " << server_.url() << "/o/oauth2/v2/auth\n"
                               << "      token_url: " << server_.url() << "/token\n"
                               << "      revoke_url: " << server_.url() << "/revoke\n"
                               << "      userinfo_url: " << server_.url() << "/v1/userinfo\n"
                               << "      calendar_url: " << server_.url() << "/calendar/v3\n"
                               << "  smalltalk: {}\n"
                               << "routes: \"" << MIGUE_SOURCE_FOLDER << "/config/routes.yaml\"\n";
        for (const char* id : {"scheduling", "smalltalk"}) {
            const auto file = std::string(MIGUE_PLUGIN_FOLDER) + "/" + id + ".so";
            ASSERT_EQ(
                run_migue(folder_.path(), {"plugin", "install", file, "--config", config_.string()}).code, 0)
                << id;
        }
        host_ = std::make_unique<RunningHost>(
            folder_.path(), std::vector<std::string>{"serve", "--config", config_.string()});
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
    const std::filesystem::path config_ = folder_.path() / "migue.yaml";
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

    Browser browser(local_);
    const Page page = browser.open("GET", link);
    ASSERT_EQ(page.status, 200) << page.body;
    EXPECT_NE(page.body.find("data-continue"), std::string::npos);
    const Page away =
        browser.open("POST", link, "check=" + between(page.body, "name=\"check\" value=\"", "\""));
    ASSERT_EQ(away.status, 303) << away.body;
    const std::string back = google_.consent(away.location, "maria@example.org");
    const Page came = browser.open("GET", back);
    ASSERT_EQ(came.status, 303) << back << came.body;
    const Page shown = browser.open("GET", came.location);
    const std::string code = between(shown.body, "data-code=\"", "\"");
    ASSERT_EQ(code.size(), 9u) << shown.body;

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
