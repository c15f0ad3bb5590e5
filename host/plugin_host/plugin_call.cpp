#include "host/plugin_host/plugin_call.hpp"

#include <utility>

#include "host/plugin_host/instance.hpp"

namespace migue::host {

namespace {

/// Unknown negative values are MIGUE_E_INTERNAL, and so are positive ones nobody defined.
migue_status known(migue_status status) {
    const bool is_known = status == MIGUE_OK || status == MIGUE_PASS ||
                          (status <= MIGUE_E_INVALID && status >= MIGUE_E_INTERNAL);
    return is_known ? status : MIGUE_E_INTERNAL;
}

}  // namespace

void PluginCall::start(std::chrono::nanoseconds limit, std::chrono::nanoseconds grace) {
    deadline_ = std::chrono::steady_clock::now() + limit;
    const std::weak_ptr<PluginCall> weak = std::static_pointer_cast<PluginCall>(shared_from_this());
    TimerQueue& timers = instance().timers();
    const auto on_time = [&](std::chrono::nanoseconds delay, void (PluginCall::*action)()) {
        return timers.start(delay, [weak, action] {
            if (const auto self = weak.lock()) ((*self).*action)();
        });
    };
    {
        const std::lock_guard lock(mutex_);
        timers_ = {on_time(limit, &PluginCall::out_of_time), on_time(limit + grace, &PluginCall::give_up)};
    }
    post([this] { run_first_step(); });
}

void PluginCall::run_first_step() {
    {
        const std::lock_guard lock(mutex_);
        if (end_) return;  // out of time before a worker was free
        entered_ = true;
    }
    migue_status status = MIGUE_E_INTERNAL;
    if (!instance().call([&] { status = enter(); })) return threw();
    const std::lock_guard lock(mutex_);
    if (status == MIGUE_PENDING) return;
    left_by_plugin_ = true;
    if (!end_) end_ = known(status);
}

void PluginCall::threw() {
    {
        const std::lock_guard lock(mutex_);
        left_by_plugin_ = true;
        explain("the plugin threw an exception over the border (O4)");
        if (!end_) end_ = MIGUE_E_INTERNAL;
    }
    cancel();  // what it left open ends, so that nothing waits for ever
}

migue_status PluginCall::end_by_plugin(migue_status status, const std::function<void()>& keep) {
    bool in_time = false;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(left_by_plugin_, true)) return MIGUE_E_INVALID;
        in_time = !end_.has_value();
        if (in_time) {
            end_ = known(status);
            if (keep) keep();
        }
    }
    // Our own step concludes when it returns. Another turn's step ended this one: a worker does.
    if (current() != this) post([] {});
    return in_time ? MIGUE_OK : MIGUE_E_STATE;
}

void PluginCall::out_of_time() {
    cancel();
    {
        const std::lock_guard lock(mutex_);
        if (end_ || entered_) return;
        // The plugin never saw it, and will not.
        end_ = MIGUE_E_DEADLINE;
        left_by_plugin_ = true;
        explain("out of time before a worker of the plugin was free");
    }
    conclude();
}

void PluginCall::give_up() {
    {
        const std::lock_guard lock(mutex_);
        if (delivered_) return;
        if (!end_) {
            end_ = MIGUE_E_DEADLINE;
            explain("the plugin did not end in time");
        }
    }
    conclude();
}

Activity::Step PluginCall::take_delivery() {
    if (!end_ || std::exchange(delivered_, true)) return {};
    Step delivery = make_delivery(*end_);
    return [this, timers = timers_, delivery = std::move(delivery)] {
        for (const std::uint64_t timer : timers) instance().timers().cancel(timer);
        delivery();
    };
}

}  // namespace migue::host
