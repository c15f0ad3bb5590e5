#pragma once
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// How long the audit keeps what a person did. Rows leave through scheduling.audit_erasures, which
/// a role of its own serves and which leaves one mark without person.
namespace scheduling {

/// Takes the person's rows that are older than `before_ms`; `mark` names what is left in their place.
[[nodiscard]] migue::SqlStatement erase_audit(const std::string& person, const std::string& mark,
                                              std::string_view reason, std::int64_t before_ms,
                                              std::int64_t at_ms);

/// The job that does so, once for each month in which somebody did something. Thread-safe.
class Retention {
public:
    Retention(const migue::Services& services, std::int64_t keep_days)
        : services_(services), keep_ms_(keep_days * kDayMs) {}

    /// Stores this month's job for the person, unless this host did so a moment ago. A job that
    /// cannot be stored is logged; the next turn tries again.
    [[nodiscard]] migue::Task<void> remember(std::string conversation, std::string person) const;

    /// Whether a job's payload is one of these.
    [[nodiscard]] static bool is_mine(std::string_view payload_json);
    /// The work of that job. An error: it is to be tried again.
    [[nodiscard]] migue::Task<migue::Result<void>> run(std::string payload_json) const;

private:
    static constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
    static constexpr std::int64_t kMonthMs = 30 * kDayMs;
    static constexpr std::size_t kMostRemembered = 10'000;

    const migue::Services services_;
    const std::int64_t keep_ms_;
    mutable std::mutex mutex_;
    mutable std::set<std::pair<std::string, std::int64_t>> known_;  // conversation, month; guarded by mutex_
};

}  // namespace scheduling
