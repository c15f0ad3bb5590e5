#include "routes.hpp"

#include <algorithm>
#include <optional>

#include "migue/cpp/copy_struct.hpp"
#include "migue/cpp/services.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/routes.h"

namespace migue::bench {

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxBody = 64 * 1024;
constexpr std::uint64_t kTimeLimitNs = 10'000'000'000;

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                             hex_digit(text[i + 2]) >= 0;
        if (escaped) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

Fields decode_query(std::string_view query) {
    Fields fields;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
        if (!pair.empty()) fields.emplace_back(decode(pair.substr(0, equals), true), decode(value, true));
    }
    return fields;
}

/// "/events/:id" against "/events/7": {id, 7}; nothing when it does not fit.
std::optional<Fields> match(std::string_view pattern, std::string_view path) {
    Fields params;
    while (!pattern.empty() && !path.empty() && pattern[0] == '/' && path[0] == '/') {
        const std::string_view wanted = pattern.substr(1, pattern.find('/', 1) - 1);
        const std::string_view given = path.substr(1, path.find('/', 1) - 1);
        if (wanted.starts_with(':')) {
            if (given.empty()) return std::nullopt;
            params.emplace_back(wanted.substr(1), decode(given, false));
        } else if (wanted != given) {
            return std::nullopt;
        }
        pattern.remove_prefix(1 + wanted.size());
        path.remove_prefix(1 + given.size());
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return params;
}

/// The call as the plugin answers it; exactly once.
class RouteAnswer {
public:
    explicit RouteAnswer(Breaches& breaches)
        : breaches_(breaches), raw_{sizeof(migue_route_call), 0, this, &RouteAnswer::respond} {}
    RouteAnswer(const RouteAnswer&) = delete;
    RouteAnswer& operator=(const RouteAnswer&) = delete;

    [[nodiscard]] migue_route_call* raw() noexcept { return &raw_; }
    [[nodiscard]] std::optional<Bench::RouteReply>& reply() noexcept { return reply_; }

private:
    static migue_status respond(migue_route_call* call, std::int32_t status, const migue_field* headers,
                                std::size_t count, migue_str body) noexcept {
        RouteAnswer& self = *static_cast<RouteAnswer*>(call->ctx);
        if (self.reply_) {
            self.breaches_.add("respond() was called twice");
            return MIGUE_E_STATE;
        }
        if (status < 100 || status > 599)
            self.breaches_.add("respond() got the status " + std::to_string(status));
        Bench::RouteReply reply{status, {}, std::string(to_view(body))};
        for (std::size_t i = 0; i < count; ++i)
            reply.headers.emplace_back(to_view(headers[i].key), to_view(headers[i].value));
        self.reply_ = std::move(reply);
        return MIGUE_OK;
    }

    Breaches& breaches_;
    migue_route_call raw_;
    std::optional<Bench::RouteReply> reply_;
};

struct Found {
    std::uint32_t route;
    Fields params;
};

std::optional<Found> find_route(const migue_routes_v1& routes, std::string_view method, std::string_view path,
                                bool admin) {
    const std::uint32_t access = admin ? MIGUE_ROUTE_ADMIN : MIGUE_ROUTE_PUBLIC;
    for (std::size_t i = 0; i < routes.count; ++i) {
        const migue_route route = copy_struct(*routes.routes[i]);
        if (route.access != access || method != route.method) continue;
        if (auto params = match(route.pattern, path))
            return Found{static_cast<std::uint32_t>(i), std::move(*params)};
    }
    return std::nullopt;
}

Fields plugin_headers(const RouteCall& call) {
    Fields headers;
    for (const auto& [name, value] : call.headers) {
        std::string lower = name;
        for (char& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (lower != "authorization") headers.emplace_back(std::move(lower), value);
    }
    return headers;
}

Bench::RouteReply failed(int status) {
    return {status, {}, {}};
}

Bench::RouteReply wait_for(World& world, RouteAnswer& answer, migue_status status,
                           std::uint64_t deadline_ns) {
    if (status == MIGUE_OK && !answer.reply())
        world.breaches.add("a route returned MIGUE_OK without respond()");
    if (status != MIGUE_OK && status != MIGUE_PENDING) return failed(500);
    while (!answer.reply()) {
        if (world.run_one()) continue;
        const std::optional<std::uint64_t> next = world.time.next_due_ns();
        if (!next || *next > deadline_ns) break;
        world.time.move_to(*next);
    }
    if (answer.reply()) return std::move(*answer.reply());
    // The plugin may still hold the call: what waits is ended before it goes away.
    world.time.cancel_all();
    while (world.run_one()) {
    }
    if (!answer.reply()) world.breaches.add("a route never answered: it waits for nothing that is open");
    return failed(504);
}

}  // namespace

std::string_view Bench::RouteReply::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (key.size() == name.size() && std::equal(key.begin(), key.end(), name.begin(),
                                                    [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
            return value;
    return {};
}

Bench::RouteReply answer_request(World& world, const Instance& instance, std::string_view method,
                                 std::string_view target, const RouteCall& call) {
    const auto* offered = instance.extension<migue_routes_v1>(MIGUE_ROUTES_ID);
    if (offered == nullptr) return failed(404);
    const migue_routes_v1 routes = copy_struct(*offered);
    const std::string_view path = target.substr(0, target.find('?'));
    const std::optional<Found> found = find_route(routes, method, path, call.admin);
    if (!found) return failed(404);
    if (call.body.size() > kMaxBody) return failed(413);
    const std::string decoded_path = decode(path, false);
    const Fields query = decode_query(target.substr(std::min(path.size() + 1, target.size())));
    const Fields headers = plugin_headers(call);
    const auto raw_params = migue::detail::to_fields(found->params);
    const auto raw_query = migue::detail::to_fields(query);
    const auto raw_headers = migue::detail::to_fields(headers);
    const std::uint64_t deadline_ns = world.time.now_ns() + kTimeLimitNs;
    const migue_route_request request{sizeof(migue_route_request),
                                      found->route,
                                      to_c(method),
                                      to_c(decoded_path),
                                      raw_params.data(),
                                      raw_params.size(),
                                      raw_query.data(),
                                      raw_query.size(),
                                      raw_headers.data(),
                                      raw_headers.size(),
                                      to_c(call.body),
                                      to_c(call.public_url),
                                      deadline_ns};
    RouteAnswer answer(world.breaches);
    const migue_status status =
        world.run_as(nullptr, [&] { return routes.handle(instance.raw(), &request, answer.raw()); });
    return wait_for(world, answer, status, deadline_ns);
}

}  // namespace migue::bench
