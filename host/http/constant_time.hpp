#pragma once
#include <string_view>

namespace migue::host::http {

/// Compares secrets without telling by its time where, or in what length, they differ.
[[nodiscard]] bool same_secret(std::string_view given, std::string_view expected);

}  // namespace migue::host::http
