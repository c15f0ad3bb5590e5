#include "host/plugin_runner/calls.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "migue/cpp/text.hpp"

namespace migue::runner {

namespace {

using wire::Kind;
using wire::Reader;
using wire::Writer;

constexpr std::uint32_t kMaxFields = 100'000;  // of one request; the host has bounded it

// ---- what a turn offers the plugin

Call& of(const migue_call* call) noexcept {
    return *static_cast<Call*>(call->ctx);
}

migue_status call_reply(migue_call* call, migue_str kind, migue_str body) noexcept {
    if ((kind.data == nullptr && kind.size != 0) || (body.data == nullptr && body.size != 0) ||
        body.size > kMostState)
        return MIGUE_E_INVALID;
    return ask_status(Kind::kReply, Writer().u64(of(call).number).text(kind).text(body));
}
migue_status call_set_state(migue_call* call, migue_str state) noexcept {
    if ((state.data == nullptr && state.size != 0) || state.size > kMostState) return MIGUE_E_INVALID;
    return ask_status(Kind::kState, Writer().u64(of(call).number).text(state));
}
migue_status call_ask(migue_call* call, std::uint64_t ttl_ms) noexcept {
    return ask_status(Kind::kAsk, Writer().u64(of(call).number).u64(ttl_ms));
}
migue_status call_complete(migue_call* call, migue_status status) noexcept {
    if (status == MIGUE_PENDING || Inside::current() == nullptr) return MIGUE_E_INVALID;
    Call& own = of(call);
    const migue_status taken = ask_status(Kind::kComplete, Writer().u64(own.number).i32(status));
    Calls::all().ended(own);
    return taken;
}
std::int32_t call_cancelled(const migue_call* call) noexcept {
    return ask_status(Kind::kCancelled, Writer().u64(of(call).number)) == 1 ? 1 : 0;
}
void report_to(std::uint64_t number, migue_str where, migue_str what) noexcept {
    Inside* const here = Inside::current();
    if (here == nullptr || (where.data == nullptr && where.size != 0) ||
        (what.data == nullptr && what.size != 0))
        return;
    constexpr std::size_t kEnough = 4096;
    tell(here->lane, Kind::kReport,
         Writer().u64(number).text(to_view(where).substr(0, kEnough)).text(to_view(what).substr(0, kEnough)));
}
void call_report(void* ctx, migue_str where, migue_str what) noexcept {
    report_to(static_cast<Call*>(ctx)->number, where, what);
}
void control_report(void*, migue_str where, migue_str what) noexcept {
    report_to(0, where, what);
}
migue_status route_respond(migue_route_call* call, std::int32_t status, const migue_field* headers,
                           std::size_t count, migue_str body) noexcept {
    if (Inside::current() == nullptr) return MIGUE_E_INVALID;
    Call& own = *static_cast<Call*>(call->ctx);
    // One more than allowed is enough to be refused.
    const migue_status taken =
        ask_status(Kind::kRespond, Writer()
                                       .u64(own.number)
                                       .i32(status)
                                       .fields(headers, std::min<std::size_t>(count, 33))
                                       .text(to_view(body).substr(0, kMostState)));
    Calls::all().ended(own);
    return taken;
}

/// A call that owns the bytes it was read from; `in` stands after its number.
Call& open_call(Instance& instance, std::string bytes, Reader& in) {
    auto call = std::make_shared<Call>();
    call->bytes = std::move(bytes);
    in = Reader(call->bytes);
    static_cast<void>(in.u32());  // the instance
    call->number = in.u64();
    call->instance = &instance;
    call->diag = {sizeof(migue_diag), 0, call.get(), &call_report};
    return Calls::all().add(std::move(call));
}

}  // namespace

Call& Calls::add(std::shared_ptr<Call> call) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t number = call->number;
    return *(open_[number] = std::move(call));
}

void Calls::returned(Call& call, bool is_pending) {
    const std::lock_guard lock(mutex_);
    call.has_returned = true;
    if (!is_pending) call.is_ended = true;
    let_go_if_over(call);
}

void Calls::ended(Call& call) {
    const std::lock_guard lock(mutex_);
    call.is_ended = true;
    let_go_if_over(call);
}

/// From inside a call of the host's, which keeps it until it returns.
void Calls::let_go_if_over(const Call& call) {
    if (!call.has_returned || !call.is_ended) return;
    const auto found = open_.find(call.number);
    if (found == open_.end()) return;  // ended twice
    Inside::current()->over.push_back(std::move(found->second));
    open_.erase(found);
}

Calls& Calls::all() {
    static Calls calls;
    return calls;
}

Call& open_turn(Instance& instance, std::string bytes) {
    Reader in("");
    Call& call = open_call(instance, std::move(bytes), in);
    migue_request& r = call.request;
    r.struct_size = sizeof r;
    r.flags = in.u32();
    for (migue_str* text : {&r.message_id, &r.conversation_id, &r.person_id, &r.intent, &r.text, &r.locale,
                            &r.region, &r.trace_id, &r.input_json, &r.channel_json, &r.state_json})
        *text = in.str();
    r.deadline_ns = in.u64();
    r.sent_unix_ms = in.i64();
    r.attempt = in.u32();
    r.confidence = in.f32();
    if (!in.is_whole()) end_process("a turn that cannot be read");
    call.call = {sizeof(migue_call), 0,         &call,          &call_reply,
                 &call_set_state,    &call_ask, &call_complete, &call_cancelled,
                 &call.diag};
    return call;
}

Call& open_route(Instance& instance, std::string bytes) {
    Reader in("");
    Call& call = open_call(instance, std::move(bytes), in);
    migue_route_request& r = call.route_request;
    r.struct_size = sizeof r;
    r.route = in.u32();
    r.method = in.str();
    r.path = in.str();
    call.params = in.fields(kMaxFields);
    call.query = in.fields(kMaxFields);
    call.headers = in.fields(kMaxFields);
    r.params = call.params.data();
    r.param_count = call.params.size();
    r.query = call.query.data();
    r.query_count = call.query.size();
    r.headers = call.headers.data();
    r.header_count = call.headers.size();
    r.body = in.str();
    r.public_url = in.str();
    r.deadline_ns = in.u64();
    if (!in.is_whole()) end_process("an HTTP request that cannot be read");
    call.route_call = {sizeof(migue_route_call), 0, &call, &route_respond};
    return call;
}

migue_diag control_diag() noexcept {
    return {sizeof(migue_diag), 0, nullptr, &control_report};
}

}  // namespace migue::runner
