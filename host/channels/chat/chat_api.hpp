#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/channels/chat/chat_channel.hpp"
#include "host/channels/chat/chat_request.hpp"
#include "host/http/server.hpp"
#include "host/pipeline/inbox.hpp"
#include "host/services/clock.hpp"
#include "host/store/store.hpp"

namespace migue::host::chat {

/// The chat over HTTP, for the page and the terminal.
///
///     POST /console/api/chat/:person/messages   {"id","text"} or {"id","tap","title"}
///       → {"conversation","person_id","message_id","duplicate"} once it is on disk
///     GET  /console/api/chat/:person/messages?after=N&wait=MS
///       → {"conversation","person_id","lines":[{"position","from":"person"|"bot",
///          "message_id","kind","text"|"body","unix_ms"}]}, at most kPageLines;
///          without lines after N it waits up to `wait` (25 s at most) for the first one
///
/// A fault is {"error": what} with 400, 413 or 503. Whoever reaches these routes may speak
/// as anybody: they belong behind the admin guard. Thread-safe; must outlive the server.
class ChatApi {
public:
    static constexpr std::size_t kPageLines = 200;

    /// The host's id of the person with this identity ("chat:laura"): the one that
    /// Inbox::accept() gives, so the store's new_person_id("chat", identity). The page asks for
    /// the agenda with it.
    using PersonId = std::function<std::string(const std::string& identity)>;

    ChatApi(Inbox& inbox, Store& store, ChatChannel& channel, const Clock& clock, PersonId person_id);
    ChatApi(const ChatApi&) = delete;
    ChatApi& operator=(const ChatApi&) = delete;

    void add_routes(http::Server& server);

    [[nodiscard]] http::Reply post(const http::Request& request);
    [[nodiscard]] http::Reply read(const http::Request& request);

private:
    struct Page {
        std::string conversation_id, person_id;  ///< "" before the first message
        std::vector<TranscriptLine> lines;
    };
    static http::Reply page_reply(const Page& page);
    Result<Page> page_after(const std::string& person, std::int64_t after);

    Inbox& inbox_;
    Store& store_;
    ChatChannel& channel_;
    const Clock& clock_;
    const PersonId person_id_;
};

}  // namespace migue::host::chat
