#include "host/plugin_host/turn.hpp"

#include <algorithm>
#include <exception>

#include "host/plugin_host/descriptor.hpp"
#include "host/plugin_host/instance.hpp"
#include "host/plugin_host/json_check.hpp"
#include "migue/cpp/reply_check.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

constexpr std::size_t kMaxReplies = 10;
constexpr std::size_t kMaxState = 256u << 10;
constexpr std::size_t kMaxReasons = 50;
constexpr std::size_t kMaxReason = 500;
constexpr std::chrono::milliseconds kLongestQuestion = std::chrono::hours(24 * 7);

TurnCall& self(const migue_call* call) noexcept {
    return *static_cast<TurnCall*>(call->ctx);
}

bool is_sound(migue_str text) noexcept {
    return text.data != nullptr || text.size == 0;
}

ReplyLimits limits_of(const ChannelLimits& channel) {
    ReplyLimits limits;
    limits.buttons = channel.buttons;
    limits.button_title = channel.button_title;
    limits.list_rows = channel.list_rows;
    limits.row_title = channel.row_title;
    limits.row_description = channel.row_description;
    limits.text = channel.text;
    limits.body = channel.body;
    return limits;
}

}  // namespace

TurnCall::TurnCall(std::shared_ptr<Instance> instance, std::shared_ptr<Lease> lease, TurnRequest request,
                   Finished finished)
    : PluginCall(std::move(instance), std::move(lease)),
      request_(std::move(request)),
      finished_(std::move(finished)) {
    const TurnRequest& r = request_;
    raw_request_ = {sizeof(migue_request), r.answers_open_question ? MIGUE_REQUEST_ANSWERS_OPEN_QUESTION : 0u,
                    to_c(r.message_id),    to_c(r.conversation_id),
                    to_c(r.person_id),     to_c(r.intent),
                    to_c(r.text),          to_c(r.locale),
                    to_c(r.region),        to_c(r.trace_id),
                    to_c(r.input_json),    to_c(r.channel_json),
                    to_c(r.state_json),    r.deadline_ns,
                    r.sent_unix_ms,        r.attempt,
                    r.confidence};
    raw_diag_ = {sizeof(migue_diag), 0, this, &TurnCall::report};
    raw_call_ = {sizeof(migue_call),
                 0,
                 this,
                 &TurnCall::reply,
                 &TurnCall::set_state,
                 &TurnCall::ask,
                 &TurnCall::complete,
                 &TurnCall::cancelled,
                 &raw_diag_};
    result_.plugin_version = this->instance().descriptor().version;
    result_.generation = this->instance().number();
    result_.state_version = this->instance().descriptor().state_write;
}

migue_status TurnCall::enter() {
    return instance().api().handle(instance().plugin(), &raw_request_, &raw_call_);
}

void TurnCall::explain(std::string what) {
    if (result_.reasons.size() >= kMaxReasons) return;
    if (what.size() > kMaxReason) what.resize(kMaxReason);
    if (!is_utf8(what)) what = "(a reason that is not UTF-8)";
    result_.reasons.push_back(std::move(what));
}

Activity::Step TurnCall::make_delivery(migue_status end) {
    const bool changed = !result_.replies.empty() || result_.state_json || result_.ask_ttl;
    if (end == MIGUE_PASS && changed) {
        explain("the plugin passed a turn on after it had replied or changed something");
        end = MIGUE_E_INTERNAL;
    }
    if (end < 0) {
        // Nothing of a turn that failed may be committed.
        result_.replies.clear();
        result_.state_json.reset();
        result_.ask_ttl.reset();
    }
    result_.status = end;
    return [this, result = std::move(result_)]() mutable {
        instance().count_turn(result.status < 0, std::chrono::steady_clock::now() - begun_);
        finished_(std::move(result));
    };
}

migue_status TurnCall::reply(migue_call* call, migue_str kind, migue_str body_json) noexcept {
    try {
        TurnCall& turn = self(call);
        if (!is_sound(kind) || !is_sound(body_json)) return MIGUE_E_INVALID;
        const std::string_view body = to_view(body_json);
        // Checked without the lock: bodies may be long.
        const Result<void> good = check_reply(to_view(kind), body, limits_of(turn.request_.limits));
        const std::lock_guard lock(turn.mutex_);
        if (!turn.takes_more()) return MIGUE_E_STATE;
        if (!good) {
            turn.explain("reply: " + good.error().what);
            return to_status(good.error().code);
        }
        if (turn.result_.replies.size() >= kMaxReplies) {
            turn.explain("reply: over " + std::to_string(kMaxReplies) + " replies in one turn");
            return MIGUE_E_INVALID;
        }
        turn.result_.replies.push_back({std::string(to_view(kind)), std::string(body)});
        return MIGUE_OK;
    } catch (const std::exception&) {
        return MIGUE_E_INTERNAL;  // out of memory
    }
}

migue_status TurnCall::set_state(migue_call* call, migue_str state_json) noexcept {
    try {
        TurnCall& turn = self(call);
        if (!is_sound(state_json)) return MIGUE_E_INVALID;
        const std::string_view state = to_view(state_json);
        const bool good = state.empty() || (state.size() <= kMaxState && is_json(state));
        const std::lock_guard lock(turn.mutex_);
        if (!turn.takes_more()) return MIGUE_E_STATE;
        if (!good) {
            turn.explain("set_state: not JSON, or over " + std::to_string(kMaxState) + " bytes");
            return MIGUE_E_INVALID;
        }
        turn.result_.state_json = std::string(state);
        return MIGUE_OK;
    } catch (const std::exception&) {
        return MIGUE_E_INTERNAL;  // out of memory
    }
}

migue_status TurnCall::ask(migue_call* call, std::uint64_t ttl_ms) noexcept {
    TurnCall& turn = self(call);
    if (ttl_ms == 0) return MIGUE_E_INVALID;
    const std::lock_guard lock(turn.mutex_);
    if (!turn.takes_more()) return MIGUE_E_STATE;
    const auto longest = static_cast<std::uint64_t>(kLongestQuestion.count());
    turn.result_.ask_ttl = std::chrono::milliseconds(std::min(ttl_ms, longest));
    return MIGUE_OK;
}

migue_status TurnCall::complete(migue_call* call, migue_status status) noexcept {
    TurnCall& turn = self(call);
    if (status == MIGUE_PENDING) return MIGUE_E_INVALID;
    // Ours until we return, even if this call was the last thing that held it.
    const std::shared_ptr<Activity> kept = turn.shared_from_this();
    return turn.end_by_plugin(status);
}

std::int32_t TurnCall::cancelled(const migue_call* call) noexcept {
    return self(call).is_cancelled() ? 1 : 0;
}

void TurnCall::report(void* ctx, migue_str where, migue_str what) noexcept {
    try {
        TurnCall& turn = *static_cast<TurnCall*>(ctx);
        if (!is_sound(where) || !is_sound(what)) return;
        std::string line(to_view(where).substr(0, kMaxReason));
        if (!line.empty()) line += ": ";
        line += to_view(what).substr(0, kMaxReason);
        const std::lock_guard lock(turn.mutex_);
        if (turn.takes_more()) turn.explain(std::move(line));
    } catch (const std::exception&) {
        return;  // out of memory: a reason less
    }
}

}  // namespace migue::host
