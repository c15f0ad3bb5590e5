#include "host/plugin_host/open_calls.hpp"

#include <utility>
#include <vector>

#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

using wire::Kind;
using wire::Reader;
using wire::Writer;

constexpr std::uint32_t kMaxFields = 100;

}  // namespace

std::uint64_t OpenCalls::add(migue_call* turn, migue_route_call* route) {
    auto opened = std::make_shared<Open>();
    opened->turn = turn;
    opened->route = route;
    const std::lock_guard lock(mutex_);
    open_.emplace(++last_, std::move(opened));
    return last_;
}

std::shared_ptr<OpenCalls::Open> OpenCalls::find(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(number);
    return found == open_.end() ? nullptr : found->second;
}

void OpenCalls::forget(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    open_.erase(number);
}

/// From here on nothing of it is touched: what is just being done with it is waited for.
void OpenCalls::close(std::uint64_t number) {
    const auto call = find(number);
    if (call == nullptr) return;
    {
        const std::lock_guard lock(call->mutex);
        call->turn = nullptr;
        call->route = nullptr;
    }
    forget(number);
}

migue_status OpenCalls::leave(std::uint64_t number, migue_status status) {
    if (status != MIGUE_PENDING) {
        close(number);
        return status;
    }
    if (const auto call = find(number)) {
        const std::lock_guard lock(call->mutex);
        call->is_pending = true;
    }
    if (!is_over_) return status;  // who ends it from here on finds it pending
    close(number);
    return MIGUE_E_INTERNAL;
}

void OpenCalls::end_all(const std::string& why) {
    is_over_ = true;
    std::vector<std::shared_ptr<Open>> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, call] : open_) all.push_back(call);
    }
    const std::string reason = "the plugin's process is over: " + why;
    for (const auto& call : all) {
        const std::lock_guard lock(call->mutex);
        if (!call->is_pending) continue;
        if (migue_call* const turn = std::exchange(call->turn, nullptr)) {
            turn->diag->report(turn->diag->ctx, {}, to_c(reason));
            static_cast<void>(turn->complete(turn, MIGUE_E_INTERNAL));
        }
        if (migue_route_call* const route = std::exchange(call->route, nullptr))
            static_cast<void>(route->respond(route, 503, nullptr, 0, {}));
    }
}

void OpenCalls::close_all() {
    std::vector<std::uint64_t> left;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, call] : open_) left.push_back(number);
    }
    for (const std::uint64_t number : left) close(number);
}

void OpenCalls::report(std::uint64_t number, migue_str where, migue_str what) {
    const auto call = find(number);
    if (call == nullptr) return;
    const std::lock_guard lock(call->mutex);
    if (call->turn != nullptr) call->turn->diag->report(call->turn->diag->ctx, where, what);
}

/// Answers with the status that `act(call, status)` leaves; `over` where the call is.
template <typename Act>
OpenCalls::Served OpenCalls::with(std::uint64_t number, Reader& in, Writer& answer, migue_status over,
                                  Act&& act) {
    if (!in.is_whole()) return Served::kBroken;
    migue_status status = over;
    if (const auto call = find(number)) {
        const std::lock_guard lock(call->mutex);
        act(*call, status);
    }
    answer.i32(status);
    return Served::kAnswered;
}

OpenCalls::Served OpenCalls::serve(Kind kind, Reader& in, Writer& answer) {
    const std::uint64_t number = in.u64();
    switch (kind) {
        case Kind::kReply: {
            const migue_str what = in.str();
            const migue_str body = in.str();
            return with(number, in, answer, MIGUE_E_STATE, [&](Open& own, migue_status& status) {
                if (own.turn != nullptr) status = own.turn->reply(own.turn, what, body);
            });
        }
        case Kind::kState: {
            const migue_str state = in.str();
            return with(number, in, answer, MIGUE_E_STATE, [&](Open& own, migue_status& status) {
                if (own.turn != nullptr) status = own.turn->set_state(own.turn, state);
            });
        }
        case Kind::kAsk: {
            const std::uint64_t ttl_ms = in.u64();
            return with(number, in, answer, MIGUE_E_STATE, [&](Open& own, migue_status& status) {
                if (own.turn != nullptr) status = own.turn->ask(own.turn, ttl_ms);
            });
        }
        case Kind::kCancelled:
            return with(number, in, answer, 1, [](Open& own, migue_status& status) {
                if (own.turn != nullptr) status = own.turn->cancelled(own.turn);
            });
        case Kind::kComplete:
            return complete(number, in, answer);
        default:
            return respond(number, in, answer);
    }
}

OpenCalls::Served OpenCalls::complete(std::uint64_t number, Reader& in, Writer& answer) {
    const migue_status end = in.i32();
    const auto served = with(number, in, answer, MIGUE_E_INVALID, [&](Open& own, migue_status& status) {
        if (end == MIGUE_PENDING) return;
        if (migue_call* const turn = std::exchange(own.turn, nullptr)) status = turn->complete(turn, end);
    });
    if (served == Served::kAnswered && end != MIGUE_PENDING) forget(number);
    return served;
}

OpenCalls::Served OpenCalls::respond(std::uint64_t number, Reader& in, Writer& answer) {
    const std::int32_t code = in.i32();
    const std::vector<migue_field> headers = in.fields(kMaxFields);
    const migue_str body = in.str();
    const auto served = with(number, in, answer, MIGUE_E_INVALID, [&](Open& own, migue_status& status) {
        if (migue_route_call* const route = std::exchange(own.route, nullptr))
            status = route->respond(route, code, headers.data(), headers.size(), body);
    });
    if (served == Served::kAnswered) forget(number);
    return served;
}

}  // namespace migue::host
