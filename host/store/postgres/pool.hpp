#pragma once
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/store/postgres/connection.hpp"

namespace migue::host::postgres {

/// At most target.pool_size connections, made when they are needed and kept. Those that broke
/// are dropped; those that rested for long are asked whether they still answer before they are
/// given out. Outlives its leases. Thread-safe.
class Pool {
public:
    class Lease;

    /// Connects to nothing yet.
    explicit Pool(Target target);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    ~Pool();

    /// A connection for one thread, back in the pool when the lease ends. kUnavailable: all are
    /// lent out until the deadline, or the server is away. kConfig as in Connection::open().
    [[nodiscard]] Result<Lease> borrow(Deadline deadline);

    /// Connection's calls on a borrowed one.
    [[nodiscard]] Result<Rows> query(const std::string& sql, const Params& params, Deadline deadline);
    [[nodiscard]] Result<std::vector<Rows>> batch(std::span<const Statement> statements, Deadline deadline,
                                                  const std::string& opening = {});
    template <typename Work>
    [[nodiscard]] auto transaction(Work&& work, Deadline deadline, const std::string& opening = {})
        -> std::invoke_result_t<Work, Transaction&>;

    /// Connections there are, lent out or resting.
    [[nodiscard]] std::size_t connections() const;
    [[nodiscard]] const Target& target() const noexcept { return target_; }

private:
    struct Resting {
        std::unique_ptr<Connection> connection;
        std::chrono::steady_clock::time_point since;
    };
    void give_back(std::unique_ptr<Connection> connection);
    void forget_one();
    /// One that rests, if it is still good.
    [[nodiscard]] bool is_good(Resting& resting, Deadline deadline) const;

    const Target target_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<Resting> resting_;  // guarded by mutex_; the last used at the back
    std::size_t count_ = 0;         // guarded by mutex_
};

class Pool::Lease {
public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }

private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
};

template <typename Work>
auto Pool::transaction(Work&& work, Deadline deadline, const std::string& opening)
    -> std::invoke_result_t<Work, Transaction&> {
    auto lease = borrow(deadline);
    if (!lease) return std::move(lease).error();
    return (*lease)->transaction(std::forward<Work>(work), deadline, opening);
}

}  // namespace migue::host::postgres
