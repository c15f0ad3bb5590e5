#include "host/http/router.hpp"

#include <algorithm>
#include <cassert>

#include "host/http/target.hpp"

namespace migue::host::http {

namespace {

enum Exactness { kRest = 0, kParam, kLiteral };

Exactness exactness_of(std::string_view segment) noexcept {
    if (segment.starts_with('*')) return kRest;
    return segment.starts_with(':') ? kParam : kLiteral;
}

/// Compared from the left: the first segment that is more exact wins, then the longer pattern.
bool more_exact(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        if (exactness_of(a[i]) != exactness_of(b[i])) return exactness_of(a[i]) > exactness_of(b[i]);
    return a.size() > b.size();
}

std::string joined(const std::vector<std::string_view>& segments, std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < segments.size(); ++i) {
        if (i > from) out += '/';
        out += segments[i];
    }
    return out;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path,
             std::vector<std::pair<std::string, std::string>>& params) {
    params.clear();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::string_view want = pattern[i];
        if (i >= path.size()) return false;
        switch (exactness_of(want)) {
            case kRest:
                params.emplace_back(want.substr(1), joined(path, i));
                return true;
            case kParam:
                if (path[i].empty()) return false;
                params.emplace_back(want.substr(1), path[i]);
                break;
            case kLiteral:
                if (want != path[i]) return false;
        }
    }
    return pattern.size() == path.size();
}

void allow(std::string& list, std::string_view method) {
    if (list.find(method) != std::string::npos) return;
    if (!list.empty()) list += ", ";
    list += method;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler) {
    assert(pattern.starts_with('/') && handler);
    Route route{std::move(method), std::move(pattern), {}, std::move(handler)};
    for (const auto segment : segments_of(route.pattern)) {
        assert(route.segments.empty() || exactness_of(route.segments.back()) != kRest);
        route.segments.emplace_back(segment);
    }
    const auto place = std::find_if(routes_.begin(), routes_.end(), [&](const Route& other) {
        return more_exact(route.segments, other.segments);
    });
    routes_.insert(place, std::move(route));
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
    const auto segments = segments_of(path);
    Match match;
    std::string allowed;
    const Route* get_for_head = nullptr;
    std::vector<std::pair<std::string, std::string>> params, head_params;
    for (const Route& route : routes_) {
        if (!matches(route.segments, segments, params)) continue;
        if (route.method == method) return {&route.handler, route.pattern, std::move(params), ""};
        if (method == "HEAD" && route.method == "GET" && !get_for_head) {
            get_for_head = &route;
            head_params = params;
        }
        allow(allowed, route.method);
        if (route.method == "GET") allow(allowed, "HEAD");
    }
    if (get_for_head) return {&get_for_head->handler, get_for_head->pattern, std::move(head_params), ""};
    match.allow = std::move(allowed);
    return match;
}

}  // namespace migue::host::http
