#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "host/plugin_host/runner_process.hpp"
#include "migue/ext/routes.h"
#include "migue/plugin.h"

namespace migue::host {

/// The turns and HTTP requests that a plugin in another process has not ended, under the
/// numbers that it knows them by. Each is ended at most once, and nothing is done with it
/// beside that or after it.
///
/// Thread-safe.
class OpenCalls {
public:
    using Served = RunnerProcess::Served;

    /// `turn` and `route` are borrowed until it is ended or closed.
    [[nodiscard]] std::uint64_t open(migue_call* turn) { return add(turn, nullptr); }
    [[nodiscard]] std::uint64_t open(migue_route_call* route) { return add(nullptr, route); }
    /// What the plugin's function said of it, to be given on; it stays open only when its end
    /// comes later.
    [[nodiscard]] migue_status leave(std::uint64_t number, migue_status status);
    /// The process is over: those that wait in it are ended. Those whose function has not come
    /// back are ended by its return, which knows more.
    void end_all(const std::string& why);
    /// What the plugin never ended goes with its instance.
    void close_all();

    /// A reason that the plugin gives for how a turn ends.
    void report(std::uint64_t number, migue_str where, migue_str what);
    /// Serves what a plugin asks of a turn or request: kReply to kRespond.
    [[nodiscard]] Served serve(wire::Kind kind, wire::Reader& in, wire::Writer& answer);

private:
    struct Open {
        std::mutex mutex;
        migue_call* turn = nullptr;         // guarded by mutex
        migue_route_call* route = nullptr;  // guarded by mutex
        bool is_pending = false;            // guarded by mutex; the plugin's function came back
    };
    [[nodiscard]] std::uint64_t add(migue_call* turn, migue_route_call* route);
    [[nodiscard]] std::shared_ptr<Open> find(std::uint64_t number);
    void forget(std::uint64_t number);
    void close(std::uint64_t number);
    template <typename Act>
    [[nodiscard]] Served with(std::uint64_t number, wire::Reader& in, wire::Writer& answer, migue_status over,
                              Act&& act);
    [[nodiscard]] Served complete(std::uint64_t number, wire::Reader& in, wire::Writer& answer);
    [[nodiscard]] Served respond(std::uint64_t number, wire::Reader& in, wire::Writer& answer);

    std::atomic<bool> is_over_{false};  // the process is
    std::mutex mutex_;
    std::uint64_t last_ = 0;                                         // guarded by mutex_
    std::unordered_map<std::uint64_t, std::shared_ptr<Open>> open_;  // guarded by mutex_
};

}  // namespace migue::host
