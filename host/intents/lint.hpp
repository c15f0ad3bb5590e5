#pragma once
#include <string>
#include <vector>

#include "host/intents/route_table.hpp"

namespace migue::host::intents {

/// What is well-formed but makes no sense or serves people badly; one finding a line, with
/// its place. For `migue check`.
[[nodiscard]] std::vector<std::string> lint(const RouteTable& table);

/// Reads the files first; the error is that of read_route_table.
[[nodiscard]] Result<std::vector<std::string>> lint_routes(const std::filesystem::path& routes_file);

}  // namespace migue::host::intents
