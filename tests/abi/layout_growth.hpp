#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migue::abi {

/// How a newer layout text breaks with an older one; empty when it only grows (V3, C2):
/// fields at the end of structs that are not frozen, more structs and constants,
/// and a higher MIGUE_ABI_MINOR with any of it.
[[nodiscard]] std::vector<std::string> growth_faults(std::string_view older, std::string_view newer);

}  // namespace migue::abi
