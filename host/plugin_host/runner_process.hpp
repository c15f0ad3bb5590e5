#pragma once
#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/plugin_host/child.hpp"
#include "host/plugin_host/error_output.hpp"
#include "host/plugin_runner/wire/lane.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// One `migue-plugin-runner` that serves a plugin, from its start to its end. What it says is
/// checked like what a stranger says: it can end itself, and nothing else.
///
/// A call takes one of its sockets (a lane) for as long as it lasts, on the caller's own
/// thread, which meanwhile serves what the plugin asks for: so both processes have the same
/// stack of calls, and nobody has to carry messages between threads.
///
/// Thread-safe.
class RunnerProcess {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using OnEnd = std::function<void(const std::string& why)>;
    struct Options {
        std::filesystem::path runner;  ///< the program
        std::filesystem::path file;    ///< absolute; nobody else writes it
        std::size_t lanes = 6;         ///< calls that may run at once
        /// Its standard error; on a thread of its own, until close().
        ErrorOutput::Tell tell = [](std::string_view) {};
        /// It was let end by itself, and did not end well. On the same thread.
        OnEnd on_bad_end = [](const std::string&) {};
    };
    /// What a call in progress is asked for. kNoAnswer: none is expected. kBroken: the runner
    /// must not have said that.
    enum class Served { kAnswered = 1, kNoAnswer, kBroken };
    using Serve = std::function<Served(const wire::Frame& asked, wire::Writer& answer)>;

    [[nodiscard]] static Result<std::shared_ptr<RunnerProcess>> start(const Options& options);
    RunnerProcess(const RunnerProcess&) = delete;
    RunnerProcess& operator=(const RunnerProcess&) = delete;
    ~RunnerProcess();  ///< ends it

    /// Calls, and waits until it returns; gives what it returned. A runner that is not done by
    /// then, or that breaks the rules, is ended. kUnavailable: it is over, and why. kState: it was
    /// before anything was sent, and whoever waits for its end has been told.
    [[nodiscard]] Result<std::string> call(wire::Kind kind, const wire::Writer& body, TimePoint deadline,
                                           const Serve& serve);
    /// It said something that it must not say.
    void end_as_broken(const std::string& what) { end("it breaks the protocol: " + what); }
    /// Kills it. The first reason counts.
    void end(const std::string& why);
    /// Lets it end by itself, and kills it after `patience`. No OnEnd is called from here on.
    void close(std::chrono::milliseconds patience);

    /// Called once, on a thread of its own, when it has ended unasked; at once if it has.
    void on_end(OnEnd action);
    /// People wait for it from here on, where it was started in the background.
    void come_forward();
    [[nodiscard]] bool is_over() const;
    [[nodiscard]] std::string why() const;  ///< "" while it runs
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

private:
    RunnerProcess(pid_t pid, std::vector<std::unique_ptr<wire::Lane>> lanes, Handle errors,
                  const Options& options);
    [[nodiscard]] Result<std::string> talk(wire::Lane& lane, wire::Kind kind, const wire::Writer& body,
                                           TimePoint deadline, const Serve& serve);
    [[nodiscard]] wire::Lane* take_lane(TimePoint deadline);
    [[nodiscard]] Error failed(const Error& fault);
    void kill();  // with mutex_ held, while it is not over
    void watch();
    void follow_errors();
    [[nodiscard]] bool read_errors();

    const pid_t pid_;
    Handle errors_;  // the watcher's, like the next
    ErrorOutput error_output_;
    const OnEnd on_bad_end_;
    const std::vector<std::unique_ptr<wire::Lane>> lanes_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<wire::Lane*> free_;  // guarded by mutex_; the last one used comes first
    std::vector<OnEnd> on_end_;      // guarded by mutex_
    std::string why_;                // guarded by mutex_; of a killing, before it is over
    bool is_closing_ = false;        // guarded by mutex_
    bool is_killed_ = false;         // guarded by mutex_
    bool is_over_ = false;           // guarded by mutex_; nobody must be signalled any more
    bool is_told_ = false;           // guarded by mutex_; on_end_ has been called
    std::thread watcher_;
};

}  // namespace migue::host
