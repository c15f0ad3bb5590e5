#include "host/store/postgres/line.hpp"

#include <algorithm>
#include <utility>

namespace migue::host::postgres {

namespace {
using std::chrono::steady_clock;
// A firewall forgets an idle connection without telling either side: after this long, ask.
constexpr std::chrono::seconds kAskAfter{30};
constexpr std::chrono::milliseconds kAnswerLimit{500};
}  // namespace

Result<Rows> Line::query(const std::string& sql, const Params& params, Deadline deadline) {
    if (!is_good(deadline)) {
        connection_.reset();
        auto opened =
            Connection::open(target_, std::min(deadline, steady_clock::now() + target_.connect_limit));
        if (!opened) return std::move(opened).error();
        connection_ = std::move(opened).value();
    }
    auto rows = connection_->query(sql, params, deadline);
    used_ = steady_clock::now();
    return rows;
}

bool Line::is_good(Deadline deadline) {
    if (!connection_ || !connection_->is_connected()) return false;
    const auto now = steady_clock::now();
    if (now - used_ < kAskAfter) return true;
    return static_cast<bool>(connection_->query("SELECT 1", {}, std::min(deadline, now + kAnswerLimit)));
}

}  // namespace migue::host::postgres
