#include "calendar/google/call_budget.hpp"

#include <algorithm>

namespace scheduling {

std::uint64_t CallBudget::advance(std::uint64_t& next, std::uint64_t gap_ns, std::uint64_t now_ns) {
    next = std::max(next, now_ns > kSecondNs ? now_ns - kSecondNs : 0) + gap_ns;
    return next > now_ns ? next - now_ns : 0;
}

std::uint64_t CallBudget::take(const std::string& account, std::uint64_t now_ns) {
    const std::lock_guard lock(mutex_);
    if (accounts_.size() >= kMostAccounts) {
        std::erase_if(accounts_, [&](const auto& one) { return one.second + kSecondNs < now_ns; });
        if (accounts_.size() >= kMostAccounts) accounts_.clear();
    }
    return std::max(advance(accounts_[account], account_gap_ns_, now_ns), advance(all_, all_gap_ns_, now_ns));
}

}  // namespace scheduling
