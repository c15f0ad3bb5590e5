#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/channels/chat/chat_api.hpp"
#include "host/http/server.hpp"
#include "host/services/clock.hpp"
#include "tests/host/channels/chat/memory_chat.hpp"

namespace migue::test {

/// All that the console page talks to: the real server, chat API and page, and behind them a
/// bot that answers by a script, an agenda and two plugins in memory.
///
///     "reunión …"  booked: buttons Deshacer and Cambiar; the event is in the agenda
///     tap "undo"   takes it out again
///     "horarios"   a list    "conectar"  a link    else: the same text comes back
class FakeDesk {
public:
    explicit FakeDesk(std::string token = {});
    ~FakeDesk();

    [[nodiscard]] std::string url(const std::string& path = "/") const;
    [[nodiscard]] ScriptedInbox& inbox() { return inbox_; }
    [[nodiscard]] MemoryStore& store() { return store_; }
    /// What the plugin panel asked to be reloaded.
    [[nodiscard]] std::vector<std::string> reloads() const;
    void refuse_reloads(std::string why);
    /// The agenda answers 503 so many times.
    void fail_agenda(int times);
    /// Says something unasked, as a reminder does.
    void say(const std::string& person, const std::string& kind, const std::string& body_json);

private:
    void add_routes();
    std::vector<host::Reply> answer(const host::InboundMessage& message);
    host::http::Reply agenda(const host::http::Request& request);
    host::http::Reply plugins(const host::http::Request& request);
    host::http::Reply reload(const host::http::Request& request);
    host::http::Reply trace(const host::http::Request& request);
    nlohmann::json plugin_list() const;  // under mutex_

    host::Log log_{host::Severity::kError};
    host::SystemClock clock_;
    MemoryStore store_;
    host::chat::ChatChannel channel_;
    ScriptedInbox inbox_;
    host::chat::ChatApi api_;
    mutable std::mutex mutex_;
    std::string booked_for_;             // guarded by mutex_
    std::vector<std::string> reloaded_;  // guarded by mutex_
    std::string refusal_;                // guarded by mutex_
    int agenda_failures_ = 0;            // guarded by mutex_
    host::http::Server server_;          // last: stops before what its handlers use goes
};

}  // namespace migue::test
