#include "tests/bench/load/fake_graph.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "tests/bench/load/http_text.hpp"

namespace migue::load {

namespace {

using nlohmann::json;

std::string text_in(const json& object, const char* key) {
    const auto member = object.find(key);
    return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

/// What a person would read of it.
std::string shown_text(const json& message) {
    const std::string type = text_in(message, "type");
    const auto content = message.find(type);
    if (content == message.end() || !content->is_object()) return {};
    if (type == "text") return text_in(*content, "body");
    const auto body = content->find("body");
    return body != content->end() && body->is_object() ? text_in(*body, "text") : std::string();
}

}  // namespace

FakeGraph::FakeGraph(EventLoop& loop, Options options, std::function<void(const GraphReply&)> on_reply)
    : loop_(loop),
      options_(std::move(options)),
      on_reply_(std::move(on_reply)),
      chance_(options_.seed),
      listener_(loop, [this](int fd) { accept(fd); }) {}

std::string FakeGraph::url(std::string_view label) const {
    return fmt::format("http://127.0.0.1:{}/{}", listener_.port(), label);
}

void FakeGraph::accept(int fd) {
    auto self = std::make_shared<std::weak_ptr<Stream>>();
    Stream::Handlers handlers;
    handlers.data = [this, self](std::string& received) {
        if (const auto stream = self->lock()) on_data(stream, received);
    };
    handlers.gone = [this, self] {
        if (const auto stream = self->lock()) streams_.erase(stream.get());
    };
    const auto stream = Stream::take(loop_, fd, std::move(handlers));
    *self = stream;
    streams_.emplace(stream.get(), stream);
}

void FakeGraph::on_data(const std::shared_ptr<Stream>& stream, std::string& received) {
    while (const auto request = read_http(received)) {
        std::string body;
        const std::uint64_t before = counts_.replies;
        const std::string refusal =
            take(request->start, request->header("authorization"), request->body, body);
        received.erase(0, request->size);
        if (!refusal.empty()) {
            ++counts_.refused;
            counts_.last_refusal = refusal;
            body = json{{"error", {{"message", refusal}, {"type", "OAuthException"}, {"code", 100}}}}.dump();
        }
        const bool lost = counts_.replies != before && options_.lost_answers > 0 &&
                          std::uniform_real_distribution<>(0, 1)(chance_) < options_.lost_answers;
        if (lost) {
            ++counts_.lost_answers;
            stream->close();
            streams_.erase(stream.get());
            return;
        }
        answer(stream, refusal.empty() ? 200 : 400, std::move(body));
    }
}

void FakeGraph::answer(const std::shared_ptr<Stream>& stream, int status, std::string body) {
    std::string text = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{}",
        status == 200 ? "200 OK" : "400 Bad Request", body.size(), body);
    if (options_.latency.count() == 0) {
        stream->write(text);
        return;
    }
    loop_.after(options_.latency, [weak = std::weak_ptr(stream), text = std::move(text)] {
        if (const auto open = weak.lock()) open->write(text);
    });
}

std::string FakeGraph::take(std::string_view start, std::string_view authorization, std::string_view text,
                            std::string& body) {
    const std::string path =
        fmt::format("/{}/{}/messages HTTP/1.1", options_.version, options_.phone_number_id);
    if (!start.starts_with("POST /") || !start.ends_with(path)) return "unknown path";
    if (authorization != "Bearer " + options_.access_token) return "wrong access token";
    const json message = json::parse(text, nullptr, false);
    if (!message.is_object()) return "the body is not a JSON object";
    if (text_in(message, "messaging_product") != "whatsapp") return "messaging_product is not whatsapp";
    if (text_in(message, "status") == "read") {
        if (text_in(message, "message_id").empty()) return "message_id is missing";
        ++counts_.read_marks;
        body = R"({"success":true})";
        return {};
    }
    GraphReply reply;
    reply.at = Clock::now();
    reply.to = text_in(message, "to");
    if (reply.to.starts_with('+')) reply.to.erase(0, 1);
    if (reply.to.empty() || reply.to.find_first_not_of("0123456789") != std::string::npos)
        return "to is no phone number";
    reply.text = shown_text(message);
    if (reply.text.empty()) return "the message has no text";
    reply.body = text;
    reply.name = text_in(message, "biz_opaque_callback_data");
    reply.wamid = fmt::format("wamid.HBgMNTI1NTAwMDAwMDAwFQIAERgS{:012X}AA==", next_id_++);
    constexpr std::size_t kLabel = std::string_view("POST /").size();
    const std::size_t before_path = start.size() - path.size();
    if (before_path > kLabel) reply.sender = std::string(start.substr(kLabel, before_path - kLabel));
    ++counts_.replies;
    body = json{{"messaging_product", "whatsapp"},
                {"contacts", json::array({{{"input", reply.to}, {"wa_id", reply.to}}})},
                {"messages", json::array({{{"id", reply.wamid}}})}}
               .dump();
    on_reply_(reply);
    return {};
}

}  // namespace migue::load
