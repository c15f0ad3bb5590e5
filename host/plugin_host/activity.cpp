#include "host/plugin_host/activity.hpp"

#include <utility>
#include <vector>

#include "host/plugin_host/instance.hpp"

namespace migue::host {

namespace {
// Says which turn an operation belongs to: the C border has no other way to tell.
thread_local Activity* current_activity = nullptr;
}  // namespace

Operation::Operation(std::shared_ptr<Activity> activity, std::shared_ptr<Lease> lease, std::uint64_t id,
                     migue_done done, void* user)
    : activity_(std::move(activity)), lease_(std::move(lease)), id_(id), done_(done), user_(user) {}

Operation::~Operation() = default;

bool Operation::end() {
    std::function<void()> stop;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(ended_, true)) return false;
        stop = std::move(stop_);
        stop_ = nullptr;
    }
    if (stop) stop();
    return true;
}

void Operation::finish(migue_status status, std::shared_ptr<const void> result) {
    if (end()) activity_->end_operation(shared_from_this(), status, std::move(result));
}

void Operation::on_end(std::function<void()> stop) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_) {
            stop_ = std::move(stop);
            return;
        }
    }
    stop();
}

Activity::Scope::Scope(Activity& activity) noexcept : before_(std::exchange(current_activity, &activity)) {}
Activity::Scope::~Scope() {
    current_activity = before_;
}

Activity* Activity::current() noexcept {
    return current_activity;
}

Activity::Activity(std::shared_ptr<Instance> instance, std::shared_ptr<Lease> lease)
    : lease_(std::move(lease)), instance_(std::move(instance)) {}

Activity::~Activity() = default;

void Activity::post(Step step) {
    {
        const std::lock_guard lock(mutex_);
        steps_.push_back(std::move(step));
        if (scheduled_ || paused_) return;
        scheduled_ = true;
    }
    schedule();
}

void Activity::pause() {
    const std::lock_guard lock(mutex_);
    paused_ = true;
}

void Activity::resume() {
    {
        const std::lock_guard lock(mutex_);
        paused_ = false;
        if (scheduled_ || steps_.empty()) return;
        scheduled_ = true;
    }
    schedule();
}

void Activity::schedule() {
    instance_->post([self = shared_from_this()] { self->run(); });
}

void Activity::run() {
    Step step;
    {
        const std::lock_guard lock(mutex_);
        step = std::move(steps_.front());
        steps_.pop_front();
    }
    {
        const Scope scope(*this);
        step();
    }
    step = nullptr;  // an operation's lease goes before we are seen at rest
    bool again = false;
    {
        const std::lock_guard lock(mutex_);
        again = !steps_.empty();
        scheduled_ = again;
    }
    // Other turns get the worker in between.
    if (again) schedule();
    conclude();
}

void Activity::conclude() {
    Step delivery;
    std::shared_ptr<Lease> lease;
    bool forget = false;
    {
        const std::lock_guard lock(mutex_);
        delivery = take_delivery();
        if (!scheduled_ && has_ended()) {
            lease = std::move(lease_);
            forget = is_left_by_plugin() && open_.empty();
        }
    }
    lease.reset();
    if (delivery) delivery();
    if (forget) instance_->forget(*this);
}

std::shared_ptr<Lease> Activity::lease_for_operation() {
    return lease_;
}

std::shared_ptr<Lease> BackgroundActivity::lease_for_operation() {
    Lease lease = instance().generation().acquire();
    return lease ? std::make_shared<Lease>(std::move(lease)) : nullptr;
}

migue_status Activity::begin(migue_done done, void* user, std::shared_ptr<Operation>& out) {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return MIGUE_E_CANCELLED;
    std::shared_ptr<Lease> lease = lease_for_operation();
    if (lease == nullptr) return MIGUE_E_STATE;
    const std::uint64_t id = instance_->next_operation();
    out = std::make_shared<Operation>(shared_from_this(), std::move(lease), id, done, user);
    open_.emplace(id, out);
    return MIGUE_OK;
}

void Activity::withdraw(const Operation& operation) {
    const std::lock_guard lock(mutex_);
    open_.erase(operation.id());
}

void Activity::end_operation(std::shared_ptr<Operation> operation, migue_status status,
                             std::shared_ptr<const void> result) {
    {
        const std::lock_guard lock(mutex_);
        // Not among the open ones: withdrawn, so the plugin was told that it did not start.
        if (open_.erase(operation->id()) == 0) return;
    }
    post([this, operation = std::move(operation), status, result = std::move(result)] {
        if (!instance_->call([&] { operation->done_(operation->user_, status, result.get()); })) threw();
    });
}

void Activity::cancel() {
    std::vector<std::shared_ptr<Operation>> open;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(cancelled_, true)) return;
        open.reserve(open_.size());
        for (const auto& [id, operation] : open_) open.push_back(operation);
    }
    for (const auto& operation : open) operation->finish(MIGUE_E_CANCELLED);
}

bool Activity::is_cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
}

bool Activity::cancel(std::uint64_t operation) {
    std::shared_ptr<Operation> found;
    {
        const std::lock_guard lock(mutex_);
        const auto open = open_.find(operation);
        if (open == open_.end()) return false;
        found = open->second;
    }
    found->finish(MIGUE_E_CANCELLED);
    return true;
}

}  // namespace migue::host
