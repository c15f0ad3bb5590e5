#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/http/server.hpp"

namespace migue::host::http {

/// Finds the handler for a method and a path. Filled before use; then only read, by many
/// threads at once.
class Router {
public:
    struct Match {
        const Handler* handler = nullptr;  ///< nullptr: the path is unknown, or known with `allow` only
        std::string_view pattern;          ///< of the match: for logs, where a path could hold a token
        std::vector<std::pair<std::string, std::string>> params;
        std::string allow;  ///< "GET, HEAD": set when the path is known and the method is not
    };

    /// The pattern must begin with '/'; "*rest" only as its last segment.
    void add(std::string method, std::string pattern, Handler handler);
    /// HEAD is answered by the GET route where there is no HEAD route.
    [[nodiscard]] Match find(std::string_view method, std::string_view path) const;

private:
    struct Route {
        std::string method, pattern;
        std::vector<std::string> segments;
        Handler handler;
    };
    std::vector<Route> routes_;  // the most exact first
};

}  // namespace migue::host::http
