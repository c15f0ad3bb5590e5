#include "tests/integration/webhook_host.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace migue::test {

using nlohmann::json;

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

bool mentions(const standins::GraphMessage& message, const std::string& word) {
    // Parsed and written again: no \u escapes to trip over.
    return json::parse(message.body).dump().find(word) != std::string::npos;
}

std::string content_of(const std::filesystem::path& file) {
    std::ostringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    return content.str();
}

WebhookHost::WebhookHost() {
    setup_.folder = folder_.path();
    setup_.store_url = "sqlite:" + (folder_.path() / "migue.db").string();
    setup_.access_token = standins::GraphOptions{}.access_token;
    setup_.phone_number_id = standins::GraphOptions{}.phone_number_id;
    setup_.graph_url = graph_.url();
    use_shipped_plugins(setup_);
}

void WebhookHost::start() {
    host_.reset();
    host_ = std::make_unique<RunningHost>(
        folder_.path(), std::vector<std::string>{"serve", "--config", setup_.config().string()});
    // What it says is its public address; where it really listens is in its log.
    constexpr std::string_view kAddress = "\"http\":\"";
    const std::string said = log();
    const auto begin = said.rfind(kAddress) + kAddress.size();
    local_ = said.substr(begin, said.find('"', begin) - begin);
    if (!local_.starts_with("http://127.0.0.1:")) throw std::runtime_error("no address in: " + said);
}

int WebhookHost::stop() {
    return host_->stop().value_or(Process::Exit{}).code;
}

std::string WebhookHost::log() const {
    return content_of(folder_.path() / "migue.log");
}

int WebhookHost::post(const std::string& wamid, const std::string& text) {
    return post(wamid, text, now_seconds());
}

int WebhookHost::post(const std::string& wamid, const std::string& text, std::int64_t written_seconds) {
    return standins::post_webhook(webhook_url(), setup_.app_secret,
                                  standins::text_webhook(person_, wamid, written_seconds, text))
        .status;
}

int WebhookHost::post_all(const std::string& wamid, const std::vector<std::string>& texts) {
    json messages = json::array();
    for (const std::string& text : texts)
        messages.push_back(standins::webhook_message(person_, wamid + std::to_string(messages.size()),
                                                     now_seconds(),
                                                     {{"type", "text"}, {"text", {{"body", text}}}}));
    return standins::post_webhook(webhook_url(), setup_.app_secret, standins::webhook_body(person_, messages))
        .status;
}

int WebhookHost::post_content(const std::string& wamid, const json& content) {
    const json message = standins::webhook_message(person_, wamid, now_seconds(), content);
    return standins::post_webhook(webhook_url(), setup_.app_secret,
                                  standins::webhook_body(person_, json::array({message})))
        .status;
}

std::string WebhookHost::say(const std::string& text) {
    const std::size_t before = graph_.messages().size();
    // An id that holds the number, as Meta's do.
    if (post("wamid." + person_.phone + "." + std::to_string(++said_), text) != 200) return {};
    if (!graph_.wait_for_messages(before + 1, kPatience)) return {};
    return json::parse(graph_.messages()[before].body).dump();
}

}  // namespace migue::test
