#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "host/plugin_host/generation.hpp"
#include "migue/ext/operation.h"

namespace migue::host {

class Activity;
class Instance;

/// Something a plugin asked a service for and waits to hear about. Exactly one done()
/// follows, whoever ends it first. Thread-safe.
class Operation : public std::enable_shared_from_this<Operation> {
public:
    Operation(std::shared_ptr<Activity> activity, std::shared_ptr<Lease> lease, std::uint64_t id,
              migue_done done, void* user);
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    ~Operation();

    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    /// Only the first call counts. `result` lives until done() has returned.
    void finish(migue_status status, std::shared_ptr<const void> result = nullptr);
    /// How to make the service stop working on it; called once it has ended, at once if it
    /// has ended already. Must not wait.
    void on_end(std::function<void()> stop);

private:
    friend class Activity;
    [[nodiscard]] bool end();  // true for the first caller

    const std::shared_ptr<Activity> activity_;
    const std::shared_ptr<Lease> lease_;  // the code of done() stays loaded
    const std::uint64_t id_;
    const migue_done done_;
    void* const user_;
    std::mutex mutex_;
    bool ended_ = false;          // guarded by mutex_
    std::function<void()> stop_;  // guarded by mutex_
};

/// A line of work inside one plugin instance: a turn, an HTTP request, or the instance's own
/// background. Its steps, the plugin's functions called one after the other, never overlap;
/// operations belong to the activity whose step is running on the calling thread.
///
/// Thread-safe. No lock is held while a step runs (T2).
class Activity : public std::enable_shared_from_this<Activity> {
public:
    using Step = std::function<void()>;

    Activity(std::shared_ptr<Instance> instance, std::shared_ptr<Lease> lease);
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;
    virtual ~Activity();

    /// The activity whose step runs on this thread, or nullptr.
    [[nodiscard]] static Activity* current() noexcept;
    /// Makes an activity current on this thread while it lives.
    class Scope {
    public:
        explicit Scope(Activity& activity) noexcept;
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        ~Scope();

    private:
        Activity* const before_;
    };

    [[nodiscard]] Instance& instance() const noexcept { return *instance_; }
    /// When operations without a limit of their own have to end.
    [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> deadline() const {
        return std::nullopt;
    }
    [[nodiscard]] virtual std::string_view trace_id() const { return {}; }

    /// Runs a step on a worker, after those that wait already.
    void post(Step step);
    /// Steps only queue up until resume(): for the time a call runs outside the queue.
    void pause();
    void resume();

    /// Takes an operation in. MIGUE_E_STATE: the activity is over, or its generation retires
    /// and it is no turn. MIGUE_E_CANCELLED: it was cancelled.
    [[nodiscard]] migue_status begin(migue_done done, void* user, std::shared_ptr<Operation>& out);
    /// Forgets an operation that could not be started after all: no done() follows.
    void withdraw(const Operation& operation);
    /// Ends all open operations with MIGUE_E_CANCELLED; new ones are refused.
    void cancel();
    [[nodiscard]] bool is_cancelled() const;
    /// Whoever waits for it is told that nothing more will come.
    virtual void abandon() {}
    /// Ends one operation with MIGUE_E_CANCELLED. False: it is not open here.
    bool cancel(std::uint64_t operation);

protected:
    friend class Operation;

    /// Delivers the end, gives the lease back and has the activity forgotten, each as soon
    /// as it may be. Never from inside a step.
    void conclude();

    /// The plugin let an exception out of a step.
    virtual void threw() {}

    // Asked with mutex_ held.
    [[nodiscard]] virtual Step take_delivery() { return {}; }
    [[nodiscard]] virtual bool has_ended() const { return false; }
    [[nodiscard]] virtual bool is_left_by_plugin() const { return false; }
    [[nodiscard]] virtual std::shared_ptr<Lease> lease_for_operation();

    mutable std::mutex mutex_;
    std::shared_ptr<Lease> lease_;  // guarded by mutex_

private:
    void run();
    void schedule();
    void end_operation(std::shared_ptr<Operation> operation, migue_status status,
                       std::shared_ptr<const void> result);

    const std::shared_ptr<Instance> instance_;
    std::deque<Step> steps_;  // guarded by mutex_
    bool scheduled_ = false;  // guarded by mutex_; a worker has it, or will
    bool paused_ = false;     // guarded by mutex_
    bool cancelled_ = false;  // guarded by mutex_
    std::unordered_map<std::uint64_t, std::shared_ptr<Operation>> open_;  // guarded by mutex_
};

/// What an instance does that belongs to no turn: operations started by create(). Each holds
/// a lease of its own; a retiring generation takes no new ones (T6).
class BackgroundActivity final : public Activity {
public:
    explicit BackgroundActivity(std::shared_ptr<Instance> instance)
        : Activity(std::move(instance), nullptr) {}

private:
    [[nodiscard]] std::shared_ptr<Lease> lease_for_operation() override;
};

}  // namespace migue::host
