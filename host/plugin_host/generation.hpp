#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace migue::host {

class Generation;

/// Keeps a generation from being closed. Empty when it was refused.
class [[nodiscard]] Lease {
public:
    Lease() = default;
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&& other) noexcept {
        Lease old(std::exchange(generation_, std::move(other.generation_)));
        return *this;
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();

    explicit operator bool() const noexcept { return generation_ != nullptr; }

private:
    friend class Generation;
    explicit Lease(std::shared_ptr<Generation> generation) noexcept : generation_(std::move(generation)) {}
    std::shared_ptr<Generation> generation_;
};

/// One loaded copy of one plugin image, from dlopen to dlclose: who is still inside.
///
/// Accepts leases until retired; may be closed only when retired and idle. Thread-safe.
class Generation : public std::enable_shared_from_this<Generation> {
public:
    /// `on_idle` is called when the last lease of a retired generation comes back: under a
    /// lock, so it must neither wait nor come back here.
    explicit Generation(std::uint64_t number, std::function<void()> on_idle = {})
        : number_(number), on_idle_(std::move(on_idle)) {}
    Generation(const Generation&) = delete;
    Generation& operator=(const Generation&) = delete;

    /// Returns an empty lease when already retired.
    [[nodiscard]] Lease acquire();
    /// No new leases from here on.
    void retire();
    /// Retires, then waits for the leases still out. False: some were still out at the deadline.
    [[nodiscard]] bool drain(std::chrono::steady_clock::time_point deadline);

    [[nodiscard]] bool is_retired() const;
    [[nodiscard]] std::size_t leases() const;
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

private:
    friend class Lease;
    void release() noexcept;

    const std::uint64_t number_;
    const std::function<void()> on_idle_;
    mutable std::mutex mutex_;
    std::condition_variable idle_;
    std::size_t leases_ = 0;  // guarded by mutex_
    bool retired_ = false;    // guarded by mutex_
};

}  // namespace migue::host
