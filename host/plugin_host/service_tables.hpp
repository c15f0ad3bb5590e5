#pragma once
#include <string_view>

namespace migue::host {

/// The struct of function pointers of a service ("migue.timer/1"), or nullptr. The same one
/// for every generation: which one is calling stands in its migue_host.
[[nodiscard]] const void* service_table(std::string_view id) noexcept;

}  // namespace migue::host
