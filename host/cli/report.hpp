#pragma once
#include <string>
#include <string_view>

#include "migue/cpp/result.hpp"

/// How commands end.
namespace migue::host::cli {

inline constexpr int kDone = 0;
inline constexpr int kFindings = 1;
inline constexpr int kCouldNotRun = 2;

/// Says the error on standard error, as "migue: <what>", and gives kCouldNotRun.
int could_not_run(const Error& error);

}  // namespace migue::host::cli
