#pragma once
#include <chrono>
#include <type_traits>

#include "host/store/postgres/deadline.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::postgres {

struct RetryRule {
    std::chrono::milliseconds first{10};  ///< about the first wait; each next one is twice as long
    std::chrono::milliseconds most{500};
    /// Also what is in doubt (kDeadline): only where doing it twice is the same as once.
    bool repeats_in_doubt = false;
};

/// The waits between attempts: doubling, and each anywhere in its upper half, so that those who
/// failed together do not come back together.
class Backoff {
public:
    explicit Backoff(const RetryRule& rule);
    [[nodiscard]] std::chrono::microseconds next();

private:
    std::chrono::microseconds step_;
    const std::chrono::microseconds most_;
};

/// Sleeps, unless that would reach the deadline: then false, at once.
[[nodiscard]] bool wait_before_retry(Backoff& backoff, Deadline deadline);

/// Calls `call()`, which gives a Result, until it succeeds, fails for good, or the next
/// attempt would begin after the deadline; gives the last result. Blocks the thread.
template <typename Call>
auto retry(Deadline deadline, const RetryRule& rule, Call&& call) -> std::invoke_result_t<Call> {
    Backoff backoff(rule);
    for (;;) {
        auto result = call();
        if (result) return result;
        const Error::Code code = result.error().code;
        const bool may_repeat =
            code == Error::Code::kUnavailable || (rule.repeats_in_doubt && code == Error::Code::kDeadline);
        if (!may_repeat || !wait_before_retry(backoff, deadline)) return result;
    }
}

}  // namespace migue::host::postgres
