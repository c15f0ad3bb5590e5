#pragma once
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/plugin_host/activity.hpp"
#include "host/services/timer_queue.hpp"
#include "migue/plugin.h"

namespace migue::host {

/// An activity that asks the plugin for one answer: at the deadline it is cancelled, and
/// after a grace the host gives up on it. What the plugin still does then is ignored.
class PluginCall : public Activity {
public:
    using Activity::Activity;

    /// Once. `limit` from now to the cancelling, `grace` from there to giving up.
    void start(std::chrono::nanoseconds limit, std::chrono::nanoseconds grace);

    void abandon() final { give_up(); }
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const override {
        return deadline_;
    }

protected:
    /// The plugin's function; runs as a step, inside Instance::call().
    [[nodiscard]] virtual migue_status enter() = 0;
    /// Moves the answer out; asked once, with mutex_ held. The step runs without it.
    [[nodiscard]] virtual Step make_delivery(migue_status end) = 0;
    /// Says why, with mutex_ held.
    virtual void explain(std::string what) = 0;

    /// The plugin says that it is done, from inside any call. MIGUE_E_INVALID: the second
    /// time. MIGUE_E_STATE: too late, the host has answered. `keep` runs with mutex_ held
    /// when it counts.
    migue_status end_by_plugin(migue_status status, const std::function<void()>& keep = {});
    /// Guards what the plugin adds to the answer; asked with mutex_ held.
    [[nodiscard]] bool takes_more() const noexcept { return !end_.has_value(); }

private:
    void run_first_step();
    void threw() final;
    void out_of_time();
    void give_up();
    [[nodiscard]] Step take_delivery() final;
    [[nodiscard]] bool has_ended() const final { return delivered_; }
    [[nodiscard]] bool is_left_by_plugin() const final { return left_by_plugin_; }

    std::chrono::steady_clock::time_point deadline_;  // set by start(), before anything runs
    std::array<std::uint64_t, 2> timers_{};           // guarded by mutex_
    std::optional<migue_status> end_;                 // guarded by mutex_
    bool entered_ = false;                            // guarded by mutex_
    bool left_by_plugin_ = false;                     // guarded by mutex_; it will not come back
    bool delivered_ = false;                          // guarded by mutex_
};

}  // namespace migue::host
