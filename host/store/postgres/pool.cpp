#include "host/store/postgres/pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace migue::host::postgres {

namespace {

using namespace std::chrono_literals;

// A firewall forgets an idle connection without telling either side: after this long, ask.
constexpr auto kAskAfter = 30s;
constexpr auto kAnswerLimit = 2s;

}  // namespace

Pool::Pool(Target target) : target_(std::move(target)) {}

Pool::~Pool() {
    assert(count_ == resting_.size() && "a lease outlives its pool");
}

bool Pool::is_good(Resting& resting, Deadline deadline) const {
    if (!resting.connection->is_connected()) return false;
    const auto now = std::chrono::steady_clock::now();
    if (now - resting.since < kAskAfter) return true;
    return static_cast<bool>(
        resting.connection->query("SELECT 1", {}, std::min(deadline, now + kAnswerLimit)));
}

Result<Pool::Lease> Pool::borrow(Deadline deadline) {
    std::unique_lock lock(mutex_);
    for (;;) {
        while (!resting_.empty()) {
            Resting resting = std::move(resting_.back());
            resting_.pop_back();
            lock.unlock();
            if (is_good(resting, deadline)) return Lease(*this, std::move(resting.connection));
            resting.connection.reset();
            lock.lock();
            --count_;
        }
        if (count_ < target_.pool_size) break;
        const bool is_freed = freed_.wait_until(
            lock, deadline, [this] { return !resting_.empty() || count_ < target_.pool_size; });
        if (!is_freed)
            return Error{Error::Code::kUnavailable,
                         fmt::format("Postgres at {}: all {} connections are busy (pool_size in store.url)",
                                     target_.shown, target_.pool_size)};
    }
    ++count_;
    lock.unlock();
    auto opened = Connection::open(target_, deadline);
    if (opened) return Lease(*this, std::move(opened).value());
    forget_one();
    return std::move(opened).error();
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
    if (!connection->is_usable()) {
        connection.reset();
        forget_one();
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        resting_.push_back({std::move(connection), std::chrono::steady_clock::now()});
    }
    freed_.notify_one();
}

void Pool::forget_one() {
    {
        const std::lock_guard lock(mutex_);
        --count_;
    }
    freed_.notify_one();
}

std::size_t Pool::connections() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

Result<Rows> Pool::query(const std::string& sql, const Params& params, Deadline deadline) {
    auto lease = borrow(deadline);
    if (!lease) return std::move(lease).error();
    return (*lease)->query(sql, params, deadline);
}

Result<std::vector<Rows>> Pool::batch(std::span<const Statement> statements, Deadline deadline,
                                      const std::string& opening) {
    auto lease = borrow(deadline);
    if (!lease) return std::move(lease).error();
    return (*lease)->batch(statements, deadline, opening);
}

Pool::Lease::~Lease() {
    if (connection_) pool_->give_back(std::move(connection_));
}

}  // namespace migue::host::postgres
