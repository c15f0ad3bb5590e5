#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/ext/routes.h"

namespace migue::host {

/// What a plugin answers over HTTP, copied out of its image and checked.
class RouteList {
public:
    struct Match {
        std::size_t route = 0;  ///< index into the plugin's own list
        std::vector<std::pair<std::string, std::string>> params;
    };
    struct Answer {
        std::optional<Match> match;
        std::string allowed;  ///< without a match: methods this path has, "GET, POST"
    };

    RouteList() = default;
    [[nodiscard]] static Result<RouteList> read(const migue_routes_v1* raw);

    /// Public routes are on both listeners, admin ones on the admin's only. A fixed segment
    /// goes before a ":name".
    [[nodiscard]] Answer find(std::string_view method, std::string_view path, bool admin) const;

private:
    struct Route {
        bool is_public = false;
        std::string method;
        std::vector<std::string> segments;
    };
    std::vector<Route> routes_;
};

}  // namespace migue::host
