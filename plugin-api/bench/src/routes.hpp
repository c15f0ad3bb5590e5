#pragma once
#include <string_view>

#include "instance.hpp"
#include "world.hpp"

namespace migue::bench {

/// Answers one HTTP request by the plugin's routes, as a host does.
[[nodiscard]] Bench::RouteReply answer_request(World& world, const Instance& instance,
                                               std::string_view method, std::string_view target,
                                               const RouteCall& call);

}  // namespace migue::bench
