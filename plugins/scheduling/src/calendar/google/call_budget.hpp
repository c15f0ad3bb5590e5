#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace scheduling {

/// How often Google may be called: by one account, and by all. Each call gets its moment; a
/// burst of a second's worth goes at once. Thread-safe; remembers a bounded number of accounts.
class CallBudget {
public:
    /// Calls a second.
    CallBudget(int of_account, int of_all)
        : account_gap_ns_(kSecondNs / of_account), all_gap_ns_(kSecondNs / of_all) {}

    /// How long this call has to wait. Takes its place.
    [[nodiscard]] std::uint64_t take(const std::string& account, std::uint64_t now_ns);

private:
    static constexpr std::uint64_t kSecondNs = 1'000'000'000;
    static constexpr std::size_t kMostAccounts = 10'000;

    /// Moves `next` on by one call and says how long until it is this one's turn.
    static std::uint64_t advance(std::uint64_t& next, std::uint64_t gap_ns, std::uint64_t now_ns);

    const std::uint64_t account_gap_ns_, all_gap_ns_;
    std::mutex mutex_;
    std::map<std::string, std::uint64_t> accounts_;  // guarded by mutex_
    std::uint64_t all_ = 0;                          // guarded by mutex_
};

}  // namespace scheduling
