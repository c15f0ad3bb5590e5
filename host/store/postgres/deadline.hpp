#pragma once
#include <chrono>

namespace migue::host::postgres {

using Deadline = std::chrono::steady_clock::time_point;

}  // namespace migue::host::postgres
