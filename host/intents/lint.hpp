#pragma once
#include <string>
#include <vector>

#include "host/intents/route_table.hpp"
#include "host/intents/router.hpp"

namespace migue::host::intents {

/// What is well-formed but makes no sense or serves people badly; one finding a line, with
/// its place. For `migue check`.
[[nodiscard]] std::vector<std::string> lint(const RouteTable& table);

/// Routes that no message reaches: nothing leads to them, another one's keywords come first,
/// the thresholds let nothing through, or none of their own examples gets there. Takes a
/// classification for each example, up to a bound.
[[nodiscard]] Result<std::vector<std::string>> routes_that_never_win(const std::filesystem::path& routes_file,
                                                                     const Router& router);

/// Routes and a fallback that lead to none of these plugins.
[[nodiscard]] std::vector<std::string> lint_plugins(const RouteTable& table,
                                                    const std::vector<std::string>& plugins);

/// lint(), and lint_plugins() where plugins are named. Reads the files first; the error is that of
/// read_route_table.
[[nodiscard]] Result<std::vector<std::string>> lint_routes(const std::filesystem::path& routes_file,
                                                           const std::vector<std::string>& plugins = {});

}  // namespace migue::host::intents
