#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "host/services/clock.hpp"
#include "host/store/message.hpp"
#include "migue/cpp/result.hpp"
#include "migue/plugin.h"

namespace migue::host {

/// One turn for a plugin, owning everything migue_request points at.
struct TurnRequest {
    std::string message_id, conversation_id, person_id;
    std::string intent, text, locale, region, trace_id;
    std::string input_json, channel_json;
    std::string state_json;
    std::uint32_t state_version = 0;  ///< of state_json; 0 when there is none
    bool answers_open_question = false;
    std::uint64_t deadline_ns = 0;
    std::int64_t sent_unix_ms = 0;
    std::uint32_t attempt = 1;
    float confidence = 0;
    ChannelLimits limits;  ///< replies over them are refused
};

/// How it ended. With a negative status nothing of it may be committed.
struct TurnResult {
    migue_status status = MIGUE_E_INTERNAL;
    std::vector<std::string> reasons;  ///< what the plugin or the host reported, for operators
    std::vector<Reply> replies;
    std::optional<std::string> state_json;  ///< set_state(); "" removes
    std::uint32_t state_version = 0;
    std::optional<std::chrono::milliseconds> ask_ttl;
    std::string plugin_version;
    std::uint64_t generation = 0;
};

/// One HTTP request for a plugin's own routes.
struct PluginHttpRequest {
    bool admin = false;  ///< came through admin.listen, token checked
    std::string method;
    std::string path;  ///< below /p/<plugin>, decoded once, starts with '/'
    std::vector<std::pair<std::string, std::string>> query, headers;
    std::string body, public_url;
};
struct PluginHttpReply {
    int status = 500;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

/// What `GET /admin/plugins` and `migue plugin list` tell.
struct PluginStatus {
    std::string id, version, file, sha256, isolation;
    /// "active"; "canary": serves a part of the conversations; "draining": finishes what runs;
    /// "abandoned": does not end; "quarantined": let an exception out; "refused": not loaded;
    /// "restarting": its process has ended; "broken off": it keeps ending, and is tried rarely.
    std::string state;
    std::string build;  ///< the linker's build id, or ""
    std::string why;    ///< of "refused", and of processes that ended
    std::uint64_t generation = 0;
    std::uint64_t turns = 0;  ///< finished by this generation
    std::size_t running = 0;  ///< leases out
    std::vector<std::string> intents;
};

/// The plugins that are loaded, and the only way to them. Everything is addressed by plugin
/// id; which generation serves is decided here, at each turn.
///
/// Thread-safe. Callbacks run on plugin workers: they must not wait.
class PluginHost {
public:
    PluginHost() = default;
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;
    virtual ~PluginHost() = default;

    /// Loads what the lock file names. On failure nothing is loaded; `what` holds every fault.
    /// (A host that serves people starts with what works instead: PluginHostOptions.)
    virtual Result<void> start() = 0;
    /// No new turns; running ones finish or are cancelled by the deadline. Then unloads.
    virtual void stop(std::chrono::milliseconds limit) = 0;

    /// Runs one turn on the plugin's active generation and calls `finished` once. At the
    /// deadline the turn is cancelled; a plugin that does not end then is left behind and
    /// the result is MIGUE_E_DEADLINE. Unknown plugin: MIGUE_E_UNAVAILABLE.
    virtual void run_turn(const std::string& plugin_id, TurnRequest request,
                          std::function<void(TurnResult)> finished) = 0;

    /// Answers one HTTP request, waiting for the plugin at most 10 s (then 504). 404 for an
    /// unknown plugin or route, and for an admin route asked for on the public listener.
    [[nodiscard]] virtual PluginHttpReply serve(const std::string& plugin_id,
                                                const PluginHttpRequest& request) = 0;

    /// Calls migue.understand/1 of the plugin, on the caller's thread, which counts as one of the
    /// plugin's workers for that time: for commands, which run no turns beside it and where the
    /// person at the keyboard ends a call that hangs.
    [[nodiscard]] virtual Result<std::string> understand(const std::string& plugin_id, std::string_view text,
                                                         std::string_view intent, std::string_view timezone,
                                                         std::string_view locale,
                                                         std::int64_t now_unix_ms) = 0;

    /// Reads the lock file again and swaps what changed in it, all or nothing; `only` limits
    /// it to one plugin. Running turns finish on the old generation. A fault leaves the
    /// active generations serving.
    virtual Result<void> reload(const std::string& only = {}) = 0;

    [[nodiscard]] virtual std::vector<PluginStatus> list() const = 0;
    /// What an operator has to do something about, beside what list() tells: "restart wanted: …".
    [[nodiscard]] virtual std::vector<std::string> concerns() const { return {}; }
    [[nodiscard]] virtual bool has(const std::string& plugin_id) const = 0;
    /// Intents that loaded plugins declare, by plugin id.
    [[nodiscard]] virtual std::map<std::string, std::vector<std::string>> intents() const = 0;
};

}  // namespace migue::host
