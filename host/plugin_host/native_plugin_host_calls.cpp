// Turns, HTTP requests and questions on their way to a plugin.
#include <algorithm>
#include <future>
#include <string>
#include <utility>

#include "host/plugin_host/json_check.hpp"
#include "host/plugin_host/native_plugin_host_impl.hpp"
#include "host/plugin_host/route_call.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

constexpr std::size_t kMaxRouteBody = 64u << 10;
constexpr std::chrono::nanoseconds kLongestTurn = std::chrono::hours(24);
constexpr std::size_t kMaxUnderstood = 1u << 20;

PluginHttpReply plain(int status) {
    return {status, {}, {}};
}

}  // namespace

void NativePluginHost::Impl::refuse(TurnCall::Finished finished, migue_status status, std::string why) {
    TurnResult result;
    result.status = status;
    result.reasons.push_back(std::move(why));
    // Never on the caller's stack: it may hold what the callback needs.
    timers_.start(std::chrono::nanoseconds(0),
                  [finished = std::move(finished), result = std::move(result)] { finished(result); });
}

/// A process that has ended is there again in a moment, unless it keeps ending: what came in
/// meanwhile need not suffer for what somebody else said.
void NativePluginHost::Impl::await_restart(const std::string& plugin, const std::string& loss,
                                           TurnRequest request, TurnCall::Finished finished) {
    constexpr std::chrono::milliseconds kAgain{2};
    const auto told = supervisor_.told(plugin);
    const bool is_in_time = clock_.monotonic_ns() < request.deadline_ns;
    if ((told && told->is_broken_off) || !is_in_time)
        return refuse(std::move(finished), MIGUE_E_UNAVAILABLE,
                      "the process of plugin " + plugin + " is over: " + loss);
    ++awaiting_restart_;
    timers_.start(kAgain,
                  [this, plugin, request = std::move(request), finished = std::move(finished)]() mutable {
                      run_turn(plugin, std::move(request), std::move(finished));
                      if (--awaiting_restart_ == 0) awaiting_restart_.notify_all();
                  });
}

void NativePluginHost::Impl::run_turn(const std::string& plugin, TurnRequest request,
                                      TurnCall::Finished finished) {
    Registry::Leased leased = registry_.lease(plugin, request.conversation_id);
    if (leased.instance == nullptr)
        return refuse(std::move(finished), MIGUE_E_UNAVAILABLE, "no plugin " + plugin + " is loaded");
    if (leased.lease == nullptr) {
        const std::string loss = leased.instance->loss();
        if (loss.empty())
            return refuse(std::move(finished), MIGUE_E_UNAVAILABLE, "plugin " + plugin + " is quarantined");
        return await_restart(plugin, loss, std::move(request), std::move(finished));
    }
    const Descriptor& descriptor = leased.instance->descriptor();
    if (!request.state_json.empty() && !descriptor.reads_state(request.state_version))
        return refuse(
            std::move(finished), MIGUE_E_UNAVAILABLE,
            "plugin " + plugin + " cannot read state version " + std::to_string(request.state_version));
    const std::uint64_t now = clock_.monotonic_ns();
    const std::uint64_t left = request.deadline_ns > now ? request.deadline_ns - now : 0;
    const std::chrono::nanoseconds limit(std::min(left, static_cast<std::uint64_t>(kLongestTurn.count())));
    // A process that ends takes turns with it that nobody there has seen: they go to the next.
    if (leased.instance->entry().isolation == LockEntry::Isolation::kProcess)
        finished = [this, plugin, copy = request, instance = std::weak_ptr<Instance>(leased.instance),
                    inner = std::move(finished)](TurnResult result) mutable {
            const auto lost = instance.lock();
            if (result.status != MIGUE_E_UNAVAILABLE || lost == nullptr || lost->loss().empty())
                return inner(std::move(result));
            await_restart(plugin, lost->loss(), std::move(copy), std::move(inner));
        };
    const auto call = std::make_shared<TurnCall>(leased.instance, std::move(leased.lease), std::move(request),
                                                 std::move(finished));
    leased.instance->adopt(call);
    call->start(limit, options_.grace);
}

PluginHttpReply NativePluginHost::Impl::serve(const std::string& plugin, const PluginHttpRequest& request) {
    Registry::Leased leased = registry_.lease(plugin);
    if (leased.instance == nullptr) return plain(404);
    if (leased.lease == nullptr) return plain(503);
    RouteList::Answer answer = leased.instance->routes().find(request.method, request.path, request.admin);
    if (!answer.match) {
        PluginHttpReply reply = plain(answer.allowed.empty() ? 404 : 405);
        if (!answer.allowed.empty()) reply.headers.emplace_back("Allow", answer.allowed);
        return reply;
    }
    if (request.body.size() > kMaxRouteBody) return plain(413);
    const auto answered = std::make_shared<std::promise<PluginHttpReply>>();
    std::future<PluginHttpReply> reply = answered->get_future();
    const std::chrono::nanoseconds limit = std::max(options_.route_limit - options_.grace, options_.grace);
    const std::uint64_t deadline_ns = clock_.monotonic_ns() + static_cast<std::uint64_t>(limit.count());
    const auto call = std::make_shared<RouteCall>(
        leased.instance, std::move(leased.lease), request, std::move(*answer.match), deadline_ns,
        [answered](PluginHttpReply given) { answered->set_value(std::move(given)); });
    leased.instance->adopt(call);
    call->start(limit, options_.grace);
    return reply.get();  // the call ends in time, whatever the plugin does
}

Result<std::string> NativePluginHost::Impl::understand(const std::string& plugin,
                                                       const migue_understand_request& request) {
    Registry::Leased leased = registry_.lease(plugin);
    if (leased.lease == nullptr)
        return Error{Error::Code::kUnavailable, "no plugin " + plugin + " is serving"};
    if (!leased.instance->understand_api())
        return Error{Error::Code::kUnsupported, "plugin " + plugin + " does not offer migue.understand/1"};
    std::string out;
    migue_sink sink = sink_into(out);
    migue_status status = MIGUE_E_INTERNAL;
    Instance& instance = *leased.instance;
    const bool returned = instance.call(
        [&] { status = instance.understand_api()->understand(instance.plugin(), &request, &sink); });
    if (!returned || status != MIGUE_OK)
        return to_error(returned ? status : MIGUE_E_INTERNAL, "understand failed");
    if (out.size() > kMaxUnderstood || !is_json(out))
        return Error{Error::Code::kInternal, "understand gave no JSON"};
    return out;
}

}  // namespace migue::host
