#pragma once
#include <chrono>
#include <functional>

namespace migue::host {

/// Runs a task on a thread of its own and waits until it ends. False: it did not end in time; it
/// goes on by itself, and whatever it holds stays alive with it.
///
/// For calls into plugins that the control thread makes: one that never comes back must not keep
/// every later swap, and the end of the host, waiting (G1). The task must not throw.
[[nodiscard]] bool ends_within(std::chrono::milliseconds limit, std::function<void()> task);

}  // namespace migue::host
