#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/cpp/text.hpp"
#include "migue/plugin.h"

namespace migue {

struct Button {
    std::string id;
    std::string title;  ///< at most 20 characters
};

struct Row {
    std::string id;
    std::string title;        ///< at most 24 characters
    std::string description;  ///< at most 72 characters
};

/// One turn, as the plugin sees it: what was said, and what to say. Lives until the
/// plugin's handle() task is done. Not copied, not kept.
///
/// Nothing takes effect before the turn ends well: replies, state and question are then
/// committed together.
class Turn {
public:
    Turn(const migue_request& request, migue_call& call) noexcept : request_(request), call_(call) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// The key of everything this turn does outside: the same at every attempt.
    [[nodiscard]] std::string_view message_id() const noexcept { return to_view(request_.message_id); }
    [[nodiscard]] std::string_view conversation_id() const noexcept {
        return to_view(request_.conversation_id);
    }
    [[nodiscard]] std::string_view person_id() const noexcept { return to_view(request_.person_id); }
    [[nodiscard]] std::string_view intent() const noexcept { return to_view(request_.intent); }
    [[nodiscard]] std::string_view text() const noexcept { return to_view(request_.text); }
    [[nodiscard]] std::string_view locale() const noexcept { return to_view(request_.locale); }
    [[nodiscard]] std::string_view region() const noexcept { return to_view(request_.region); }
    [[nodiscard]] std::string_view input_json() const noexcept { return to_view(request_.input_json); }
    [[nodiscard]] std::string_view channel_json() const noexcept { return to_view(request_.channel_json); }
    [[nodiscard]] std::string_view state_json() const noexcept { return to_view(request_.state_json); }
    [[nodiscard]] std::int64_t sent_unix_ms() const noexcept { return request_.sent_unix_ms; }
    [[nodiscard]] std::uint64_t deadline_ns() const noexcept { return request_.deadline_ns; }
    [[nodiscard]] std::uint32_t attempt() const noexcept { return request_.attempt; }
    [[nodiscard]] float confidence() const noexcept { return request_.confidence; }
    [[nodiscard]] bool answers_open_question() const noexcept {
        return (request_.flags & MIGUE_REQUEST_ANSWERS_OPEN_QUESTION) != 0;
    }
    [[nodiscard]] bool cancelled() const { return call_.cancelled(&call_) != 0; }

    /// Any kind of reply; the others are short for it. kInvalid when the channel's limits
    /// are exceeded, kUnsupported for an unknown kind.
    Result<void> reply(std::string_view kind, std::string_view body_json) {
        return check(call_.reply(&call_, to_c(kind), to_c(body_json)), "reply");
    }
    Result<void> say(std::string_view text) { return reply("text", "{\"text\":" + json_quote(text) + "}"); }
    Result<void> offer(std::string_view text, const std::vector<Button>& buttons);
    Result<void> offer(std::string_view text, std::string_view button, const std::vector<Row>& rows);
    Result<void> link(std::string_view text, std::string_view title, std::string_view url) {
        return reply("link", "{\"text\":" + json_quote(text) + ",\"title\":" + json_quote(title) +
                                 ",\"url\":" + json_quote(url) + "}");
    }

    /// A file that was uploaded before (Media::upload), with a text below it.
    Result<void> document(std::string_view text, std::string_view media_id, std::string_view file_name) {
        return reply("document", "{\"text\":" + json_quote(text) + ",\"media\":" + json_quote(media_id) +
                                     ",\"file_name\":" + json_quote(file_name) + "}");
    }

    Result<void> set_state(std::string_view state_json) {
        return check(call_.set_state(&call_, to_c(state_json)), "set_state");
    }
    /// The next message of this conversation comes to this plugin first.
    Result<void> ask(std::chrono::milliseconds ttl) {
        return check(call_.ask(&call_, static_cast<std::uint64_t>(ttl.count())), "ask");
    }

    /// Says why, for operators. Never what a person wrote.
    void explain(std::string_view where, std::string_view what) {
        if (call_.diag != nullptr) call_.diag->report(call_.diag->ctx, to_c(where), to_c(what));
    }

private:
    static Result<void> check(migue_status status, std::string_view what) {
        if (status == MIGUE_OK) return {};
        return to_error(status, what);
    }

    const migue_request& request_;
    migue_call& call_;
};

inline Result<void> Turn::offer(std::string_view text, const std::vector<Button>& buttons) {
    std::string body = "{\"text\":" + json_quote(text) + ",\"buttons\":[";
    for (std::size_t i = 0; i < buttons.size(); ++i) {
        if (i != 0) body += ',';
        body += "{\"id\":" + json_quote(buttons[i].id) + ",\"title\":" + json_quote(buttons[i].title) + "}";
    }
    return reply("buttons", body + "]}");
}

inline Result<void> Turn::offer(std::string_view text, std::string_view button,
                                const std::vector<Row>& rows) {
    std::string body = "{\"text\":" + json_quote(text) + ",\"button\":" + json_quote(button) + ",\"rows\":[";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i != 0) body += ',';
        body += "{\"id\":" + json_quote(rows[i].id) + ",\"title\":" + json_quote(rows[i].title);
        if (!rows[i].description.empty()) body += ",\"description\":" + json_quote(rows[i].description);
        body += "}";
    }
    return reply("list", body + "]}");
}

}  // namespace migue
