#include "host/channels/chat/chat_api.hpp"

#include <nlohmann/json.hpp>

namespace migue::host::chat {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

http::Reply json_reply(int status, const json& body) {
    // Text of a store that was written to by hand may be no UTF-8: shown with marks, not refused.
    return {status,
            "application/json; charset=utf-8",
            body.dump(-1, ' ', false, json::error_handler_t::replace),
            {}};
}

http::Reply fault(int status, const std::string& what) {
    return json_reply(status, {{"error", what}});
}

http::Reply busy(const std::string& what) {
    http::Reply reply = fault(503, what);
    reply.headers.emplace_back("Retry-After", "1");
    return reply;
}

std::string identity_of(const std::string& person) {
    return "chat:" + person;
}

json line_json(const TranscriptLine& line) {
    json out = {{"position", line.position},
                {"from", line.from_person ? "person" : "bot"},
                {"message_id", line.message_id},
                {"kind", line.kind},
                {"unix_ms", line.unix_ms}};
    if (line.from_person) {
        out["text"] = line.text;
    } else {
        json body = json::parse(line.body_json, nullptr, false);
        out["body"] = body.is_object() ? std::move(body) : json::object();
    }
    return out;
}

InboundMessage inbound(const std::string& person, ChatMessage message, std::int64_t now_unix_ms) {
    InboundMessage in;
    in.channel = "chat";
    in.message_id = "chat." + person + "." + message.id;
    in.identities = {identity_of(person)};
    in.address_json = json{{"person", person}}.dump();
    in.kind = message.tap ? "tap" : "text";
    in.text = std::move(message.text);
    json input = {{"kind", in.kind}};
    if (message.tap) input["tap"] = *message.tap;
    if (!message.quoted.empty()) input["quoted"] = std::move(message.quoted);
    in.input_json = input.dump();
    in.sent_unix_ms = now_unix_ms;
    return in;
}

}  // namespace

ChatApi::ChatApi(Inbox& inbox, Store& store, ChatChannel& channel, const Clock& clock, PersonId person_id)
    : inbox_(inbox), store_(store), channel_(channel), clock_(clock), person_id_(std::move(person_id)) {}

void ChatApi::add_routes(http::Server& server) {
    const std::string pattern = "/console/api/chat/:person/messages";
    server.route("POST", pattern, [this](const http::Request& request) { return post(request); });
    server.route("GET", pattern, [this](const http::Request& request) { return read(request); });
}

http::Reply ChatApi::post(const http::Request& request) {
    const auto person = parse_person(request.param("person"));
    if (!person) return fault(400, person.error().what);
    if (request.body.size() > kMaxBody)
        return fault(413, "body: too large, expected at most " + std::to_string(kMaxBody) + " bytes");
    auto message = parse_message(request.body);
    if (!message) return fault(400, message.error().what);

    InboundMessage in = inbound(*person, std::move(*message), clock_.unix_ms());
    const std::string message_id = in.message_id;
    std::vector<InboundMessage> batch;
    batch.push_back(std::move(in));
    const auto accepted = inbox_.accept(std::move(batch));
    if (!accepted) return busy(accepted.error().what);
    if (accepted->size() != 1) return fault(500, "inbox: answered for another number of messages than one");

    const Accepted& one = accepted->front();
    channel_.announce();  // other windows of the same person show it too
    return json_reply(200, {{"conversation", one.conversation_id},
                            {"person_id", one.person_id},
                            {"message_id", message_id},
                            {"duplicate", one.duplicate}});
}

http::Reply ChatApi::read(const http::Request& request) {
    const auto person = parse_person(request.param("person"));
    if (!person) return fault(400, person.error().what);
    const auto wanted = parse_read(request);
    if (!wanted) return fault(400, wanted.error().what);

    const auto deadline = steady_clock::now() + wanted->wait;
    while (true) {
        const std::uint64_t version = channel_.version();
        const auto page = page_after(*person, wanted->after);
        if (!page) return busy(page.error().what);
        if (!page->lines.empty() || steady_clock::now() >= deadline) return page_reply(*page);
        switch (channel_.wait(version, deadline)) {
            case ChatChannel::Wait::kNews:
                continue;
            case ChatChannel::Wait::kTimeout:
            case ChatChannel::Wait::kClosed:
                return page_reply(*page);
            case ChatChannel::Wait::kFull:
                return busy("too many readers wait, at most " + std::to_string(ChatChannel::kMaxWaiters) +
                            " may; ask again later or with wait=0");
        }
    }
}

http::Reply ChatApi::page_reply(const Page& page) {
    json lines = json::array();
    for (const TranscriptLine& line : page.lines) lines.push_back(line_json(line));
    return json_reply(
        200,
        {{"conversation", page.conversation_id}, {"person_id", page.person_id}, {"lines", std::move(lines)}});
}

Result<ChatApi::Page> ChatApi::page_after(const std::string& person, std::int64_t after) {
    const std::string identity = identity_of(person);
    auto conversation = store_.find_conversation("chat", "", identity);
    if (!conversation) return conversation.error();
    if (conversation->empty()) return Page{};
    auto lines = store_.transcript(*conversation, after, kPageLines);
    if (!lines) return lines.error();
    return Page{std::move(*conversation), person_id_(identity), std::move(*lines)};
}

}  // namespace migue::host::chat
