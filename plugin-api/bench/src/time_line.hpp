#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace migue::bench {

/// The clock, and everything that is to happen on it: open operations in the order in which
/// they become due. Each accepted one is taken out exactly once.
class TimeLine {
public:
    using Owner = std::size_t;  ///< a turn; 0: nobody's
    using Deliver = std::function<void(bool cancelled)>;

    struct Due {
        Owner owner;
        bool cancelled;
        Deliver deliver;
    };

    explicit TimeLine(std::int64_t unix_ms) noexcept : start_unix_ms_(unix_ms) {}

    [[nodiscard]] std::uint64_t now_ns() const noexcept { return now_ns_; }
    [[nodiscard]] std::int64_t unix_ms() const noexcept;
    /// Never back.
    void move_to(std::uint64_t time_ns) noexcept;

    /// Gives the operation's id.
    std::uint64_t add(Owner owner, std::uint64_t due_ns, Deliver deliver);
    /// Makes it due now, as cancelled. Unknown ones are ignored.
    void cancel(std::uint64_t id);
    void cancel_of(Owner owner);
    void cancel_all();

    /// Takes out the next that is due by now.
    [[nodiscard]] std::optional<Due> take_due();
    [[nodiscard]] std::optional<std::uint64_t> next_due_ns() const noexcept;
    [[nodiscard]] std::size_t open() const noexcept { return operations_.size(); }

private:
    struct Operation {
        std::uint64_t id;
        Due due;
    };
    using Key = std::pair<std::uint64_t, std::uint64_t>;  ///< when, then in order of asking

    const std::int64_t start_unix_ms_;
    std::uint64_t now_ns_ = kStartNs;
    std::uint64_t last_id_ = 0;
    std::uint64_t last_order_ = 0;
    std::map<Key, Operation> operations_;
    std::map<std::uint64_t, Key> by_id_;

    static constexpr std::uint64_t kStartNs = 1'000'000'000'000;
};

}  // namespace migue::bench
