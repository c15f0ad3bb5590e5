#include "host/plugin_host/routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/plugin_host/safe_read.hpp"

namespace migue::host {

namespace {

// Sizes of ABI 1.0, frozen (V3).
constexpr std::size_t kRoutesSize = 32;
constexpr std::size_t kRouteSize = 24;
static_assert(sizeof(migue_routes_v1) >= kRoutesSize && sizeof(migue_route) >= kRouteSize);

constexpr std::size_t kMaxRoutes = 256;
constexpr std::size_t kMaxPattern = 256;

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);  // the '/'
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool is_param(const std::string& segment) {
    return segment.starts_with(':');
}

bool is_pattern(std::string_view pattern) {
    if (!pattern.starts_with('/')) return false;
    if (pattern == "/") return true;
    const std::vector<std::string> segments = split(pattern);
    return std::none_of(segments.begin(), segments.end(),
                        [](const std::string& segment) { return segment.empty() || segment == ":"; });
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                      [](const std::string& expected, const std::string& segment) {
                          return is_param(expected) ? !segment.empty() : expected == segment;
                      });
}

/// Whether `a` is the more exact of two patterns that both fit.
bool is_more_exact(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (is_param(a[i]) != is_param(b[i])) return is_param(b[i]);
    return false;
}

}  // namespace

Result<RouteList> RouteList::read(const migue_routes_v1* raw) {
    const auto fault = [](std::string what) {
        return Error{Error::Code::kInvalid, "migue.routes/1: " + std::move(what)};
    };
    const auto list = safe_struct<migue_routes_v1>(raw, kRoutesSize);
    if (!list || list->handle == nullptr) return fault("cannot be read, or has no handle()");
    if (list->count > kMaxRoutes)
        return fault(fmt::format("{} routes, expected at most {}", list->count, kMaxRoutes));
    RouteList out;
    for (std::size_t i = 0; i < list->count; ++i) {
        const migue_route* pointer = nullptr;
        const bool readable = safe_copy(&pointer, list->routes + i, sizeof pointer);
        const auto route = readable ? safe_struct<migue_route>(pointer, kRouteSize) : std::nullopt;
        const auto method = route ? safe_text(route->method, 16) : std::nullopt;
        const auto pattern = route ? safe_text(route->pattern, kMaxPattern) : std::nullopt;
        if (!method || !pattern) return fault(fmt::format("routes[{}] cannot be read", i));
        if (*method != "GET" && *method != "POST" && *method != "DELETE")
            return fault(fmt::format("routes[{}] has another method than GET, POST, DELETE", i));
        if (!is_pattern(*pattern)) return fault(fmt::format("routes[{}] has a malformed pattern", i));
        if (route->access != MIGUE_ROUTE_PUBLIC && route->access != MIGUE_ROUTE_ADMIN)
            return fault(fmt::format("routes[{}] is neither public nor admin", i));
        out.routes_.push_back({route->access == MIGUE_ROUTE_PUBLIC, *method, split(*pattern)});
    }
    return out;
}

RouteList::Answer RouteList::find(std::string_view method, std::string_view path, bool admin) const {
    Answer answer;
    if (!path.starts_with('/')) return answer;
    const std::vector<std::string> segments = split(path);
    const Route* best = nullptr;
    for (const Route& route : routes_) {
        if ((!route.is_public && !admin) || !matches(route.segments, segments)) continue;
        if (route.method != method) {
            if (answer.allowed.find(route.method) == std::string::npos)
                answer.allowed += (answer.allowed.empty() ? "" : ", ") + route.method;
        } else if (best == nullptr || is_more_exact(route.segments, best->segments)) {
            best = &route;
        }
    }
    if (best == nullptr) return answer;
    answer.match.emplace();
    answer.match->route = static_cast<std::size_t>(best - routes_.data());
    for (std::size_t i = 0; i < segments.size(); ++i)
        if (is_param(best->segments[i]))
            answer.match->params.emplace_back(best->segments[i].substr(1), segments[i]);
    return answer;
}

}  // namespace migue::host
