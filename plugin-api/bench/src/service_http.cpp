#include <algorithm>
#include <array>

#include "egress.hpp"
#include "migue/cpp/copy_struct.hpp"
#include "migue/cpp/services.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/http.h"
#include "world.hpp"

namespace migue::bench {

namespace {

constexpr std::uint64_t kDefaultTimeoutNs = 10'000'000'000;
constexpr std::size_t kDefaultMaxResponse = 1024 * 1024;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

HttpCall to_call(const migue_http_request& raw) {
    HttpCall call{
        std::string(to_view(raw.method)), std::string(to_view(raw.url)), {}, std::string(to_view(raw.body))};
    for (std::size_t i = 0; i < raw.header_count; ++i)
        call.headers.emplace_back(lower(to_view(raw.headers[i].key)), to_view(raw.headers[i].value));
    return call;
}

/// Query strings may hold secrets; a test that prints them is fine, a habit is not.
std::string name_of(const HttpCall& call) {
    return call.method + " " + call.url.substr(0, call.url.find('?'));
}

/// Why a host would refuse the request, or "".
std::string refusal(const World& world, const HttpCall& call) {
    static constexpr std::array<std::string_view, 5> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};
    if (std::find(kMethods.begin(), kMethods.end(), call.method) == kMethods.end())
        return "unknown method " + call.method;
    if (!is_web_address(call.url)) return name_of(call) + " is no absolute http address";
    if (!is_allowed(world.egress, call.url))
        return name_of(call) + " is below no address that the config names under an \"x-egress\" key";
    for (const auto& [name, value] : call.headers)
        if (name.empty() || (name + value).find_first_of("\r\n") != std::string::npos)
            return name_of(call) + " has a malformed header";
    return {};
}

void respond(const HttpAnswer& answer, migue_done done, void* user) {
    std::vector<std::pair<std::string, std::string>> headers;
    headers.reserve(answer.headers.size());
    for (const auto& [name, value] : answer.headers) headers.emplace_back(lower(name), value);
    const std::vector<migue_field> fields = migue::detail::to_fields(headers);
    const migue_http_response response{sizeof(migue_http_response), answer.status, fields.data(),
                                       fields.size(), to_c(answer.body)};
    done(user, MIGUE_OK, &response);
}

/// A stand-in is the test's code: what it throws must not go through the plugin.
HttpAnswer ask(World& world, const FakeHttp::Handler& handler, const HttpCall& call) {
    try {
        return handler(call);
    } catch (const std::exception& failure) {
        world.breaches.add("http: the test's handler of " + name_of(call) + " threw: " + failure.what());
        return {.failure = MIGUE_E_INTERNAL};
    }
}

std::uint64_t time_limit_ns(const World& world, std::uint64_t asked) {
    if (asked != 0) return asked;
    if (world.current == nullptr) return kDefaultTimeoutNs;
    const std::uint64_t deadline = world.current->deadline_ns();
    return deadline > world.time.now_ns() ? deadline - world.time.now_ns() : 0;
}

migue_status send(const migue_host* host, const migue_http_request* raw, migue_done done, void* user,
                  std::uint64_t* op) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (raw == nullptr || done == nullptr) return MIGUE_E_INVALID;
    const migue_http_request request = copy_struct(*raw);
    const HttpCall call = to_call(request);
    if (const std::string why = refusal(*world, call); !why.empty()) {
        world->breaches.add("http: " + why);
        return MIGUE_E_INVALID;
    }
    if (const migue_status refused = world->admit(); refused != MIGUE_OK) return refused;
    const FakeHttp::Handler handler = world->http.take(call);
    if (!handler) {
        world->breaches.add("http: nobody expected " + name_of(call));
        return MIGUE_E_INVALID;
    }
    world->http.note(call);
    HttpAnswer answer = ask(*world, handler, call);
    const auto delay = static_cast<std::uint64_t>(std::chrono::nanoseconds(answer.delay).count());
    const std::uint64_t limit = time_limit_ns(*world, request.timeout_ns);
    const std::uint64_t now = world->time.now_ns();
    if (delay > limit || answer.failure == MIGUE_E_DEADLINE)
        return world->accept(now + limit, MIGUE_E_DEADLINE, done, user, op);
    if (answer.failure != MIGUE_OK) return world->accept(now + delay, answer.failure, done, user, op);
    if (answer.body.size() > (request.max_response == 0 ? kDefaultMaxResponse : request.max_response))
        return world->accept(now + delay, MIGUE_E_INTERNAL, done, user, op);
    return world->accept(
        now + delay,
        [=, answer = std::move(answer)](bool cancelled) {
            if (cancelled)
                done(user, MIGUE_E_CANCELLED, nullptr);
            else
                respond(answer, done, user);
        },
        op);
}

void cancel(const migue_host* host, std::uint64_t op) noexcept {
    if (World* world = world_of(host); world != nullptr) world->time.cancel(op);
}

constexpr migue_http_v1 kHttp{sizeof(migue_http_v1), 0, send, cancel};

}  // namespace

const void* http_table() noexcept {
    return &kHttp;
}

}  // namespace migue::bench
