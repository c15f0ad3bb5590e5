#include "tests/integration/google_host.hpp"

#include <Poco/Net/ServerSocket.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/integration/link_pages.hpp"

namespace migue::test {

namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 45s;

/// Nobody's at this moment.
std::string free_address() {
    const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
    return socket.address().toString();
}

}  // namespace

GoogleHost::GoogleHost(const std::string& public_url) {
    setup_.folder = folder_.path();
    setup_.store_url = "sqlite:" + (folder_.path() / "migue.db").string();
    setup_.access_token = standins::GraphOptions{}.access_token;
    setup_.phone_number_id = standins::GraphOptions{}.phone_number_id;
    setup_.graph_url = graph_.url();
    setup_.public_url = public_url;
    if (public_url.empty()) {
        setup_.listen = free_address();
        setup_.public_url = "http://" + setup_.listen;
    }
    standins::GoogleOptions options;
    options.redirect_uris = {setup_.public_url + "/p/scheduling/callback"};
    google_ = std::make_unique<standins::Google>(options);
    google_->add_account({"maria@example.org", "sub-maria"});
    server_ = std::make_unique<standins::GoogleServer>(*google_);
    use_google(setup_, server_->url());
    setup_.write();
    host_ = std::make_unique<RunningHost>(
        folder_.path(), std::vector<std::string>{"serve", "--config", setup_.config().string()});
    // What it says is its public address; where it really listens is in its log.
    local_ = between(log(), "\"http\":\"", "\"");
    if (!local_.starts_with("http://127.0.0.1:")) throw std::runtime_error("no address in: " + log());
}

std::string GoogleHost::log() const {
    std::ifstream file(folder_.path() / "migue.log");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string GoogleHost::say(const std::string& text) {
    const std::size_t before = graph_.messages().size();
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    const std::string webhook =
        standins::text_webhook(person_, "wamid." + std::to_string(before + 1), now.count(), text);
    if (standins::post_webhook(local_ + "/webhook", setup_.app_secret, webhook).status != 200) return {};
    if (!graph_.wait_for_messages(before + 1, kPatience)) return {};
    // Parsed and written again: no \u escapes to trip over.
    return nlohmann::json::parse(graph_.messages()[before].body).dump();
}

std::string GoogleHost::ask_for_link() {
    return between(say("conecta mi google calendar"), "\"url\":\"", "\"");
}

int GoogleHost::stop() {
    return host_->stop().value_or(Process::Exit{}).code;
}

}  // namespace migue::test
