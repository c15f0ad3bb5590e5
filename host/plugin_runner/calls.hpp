#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/plugin_runner/session.hpp"
#include "host/plugin_runner/wire/bytes.hpp"
#include "migue/ext/routes.h"
#include "migue/plugin.h"

namespace migue::runner {

/// A turn or an HTTP request that the plugin has not ended yet. What it was given lies here,
/// valid until then.
struct Call {
    std::uint64_t number = 0;
    Instance* instance = nullptr;
    std::string bytes;
    migue_request request{};
    migue_call call{};
    migue_diag diag{};
    std::vector<migue_field> params, query, headers;
    migue_route_request route_request{};
    migue_route_call route_call{};
    bool has_returned = false;  // guarded by Calls
    bool is_ended = false;      // guarded by Calls
};

/// The open ones. Thread-safe.
class Calls {
public:
    Call& add(std::shared_ptr<Call> call);
    /// The plugin's function has come back; `is_pending`: the end comes later.
    void returned(Call& call, bool is_pending);
    /// The plugin has ended it, maybe from inside.
    void ended(Call& call);
    [[nodiscard]] static Calls& all();

private:
    void let_go_if_over(const Call& call);
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Call>> open_;  // guarded by mutex_
};

/// Reads a turn or a request from the body of its frame, which it then owns, and opens it.
[[nodiscard]] Call& open_turn(Instance& instance, std::string bytes);
[[nodiscard]] Call& open_route(Instance& instance, std::string bytes);

/// For calls of the host that are no turn: reasons go back with what they return.
[[nodiscard]] migue_diag control_diag() noexcept;

}  // namespace migue::runner
