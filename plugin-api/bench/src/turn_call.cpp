#include "turn_call.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "migue/cpp/text.hpp"
#include "world.hpp"

namespace migue::bench {

namespace {

// A host's own limits.
constexpr std::size_t kMaxReplies = 10;
constexpr std::size_t kMaxState = 256 * 1024;
constexpr std::uint64_t kLongestQuestionMs = 7ull * 24 * 60 * 60 * 1000;

}  // namespace

std::string reason_of(migue_str where, migue_str what) {
    const std::string prefix = where.size == 0 ? std::string() : std::string(to_view(where)) + ": ";
    return prefix + std::string(to_view(what));
}

TurnCall::TurnCall(TurnId id, Input input, const ReplyLimits& limits, Breaches& breaches)
    : id_(id),
      limits_(limits),
      breaches_(breaches),
      message_(input.message),
      deadline_ns_(input.deadline_ns) {
    diag_ = {sizeof(migue_diag), 0, this, &TurnCall::report};
    call_ = {sizeof(migue_call),
             0,
             this,
             &TurnCall::reply,
             &TurnCall::set_state,
             &TurnCall::ask,
             &TurnCall::complete,
             &TurnCall::cancelled,
             &diag_};
    outcome_.message_id = message_.message_id;
    outcome_.answered_question = input.answers_question;
    fill_request(std::move(input));
}

void TurnCall::fill_request(Input input) {
    input_ = std::make_unique<Input>(std::move(input));
    const Message& message = input_->message;
    request_.struct_size = sizeof(migue_request);
    request_.flags = input_->answers_question ? MIGUE_REQUEST_ANSWERS_OPEN_QUESTION : 0;
    request_.message_id = to_c(message.message_id);
    request_.conversation_id = to_c(message.conversation);
    request_.person_id = to_c(message.person);
    request_.intent = to_c(message.intent);
    request_.text = to_c(input_->text);
    request_.locale = to_c(message.locale);
    request_.region = to_c(message.region);
    request_.trace_id = to_c(input_->trace_id);
    request_.input_json = to_c(message.input_json);
    input_->channel_json = R"({"buttons":3,"list_rows":10)";
    if (!input_->media_place.empty()) input_->channel_json += ",\"media\":" + json_quote(input_->media_place);
    input_->channel_json += '}';
    request_.channel_json = to_c(input_->channel_json);
    request_.state_json = to_c(input_->state_json);
    request_.deadline_ns = deadline_ns_;
    request_.sent_unix_ms = message.sent_unix_ms.value_or(0);
    request_.attempt = message.attempt;
    request_.confidence = message.confidence;
}

void TurnCall::returned(migue_status status) {
    has_returned_ = true;
    if (status == MIGUE_PENDING) {
        if (has_completed_) end(outcome_.status);
        return;
    }
    if (has_completed_)
        breaches_.add("handle() returned " + std::to_string(status) +
                      " after complete(): one of them ends a turn (T5)");
    if (status > MIGUE_PASS) breaches_.add("handle() returned the unknown status " + std::to_string(status));
    end(status);
}

void TurnCall::abandon(migue_status status) {
    end(status);
}

void TurnCall::end(migue_status status) {
    if (status == MIGUE_PASS && (!outcome_.replies.empty() || outcome_.state_json || outcome_.ask_ttl))
        breaches_.add("MIGUE_PASS after a reply, a state or a question");
    outcome_.status = status;
    outcome_.was_cancelled = is_cancelled_;
    end_ = status;
    request_ = {};
    input_.reset();  // whoever still reads it is found by the address sanitizer
}

bool TurnCall::is_over(std::string_view call_name) {
    if (!has_ended() && !has_completed_) return false;
    breaches_.add(std::string(call_name) + " of a turn that has ended (T5)");
    return true;
}

migue_status TurnCall::reply(migue_call* call, migue_str kind, migue_str body_json) noexcept {
    TurnCall& turn = self(call->ctx);
    if (turn.is_over("reply()")) return MIGUE_E_STATE;
    Result<void> checked = check_reply(to_view(kind), to_view(body_json), turn.limits_);
    if (!checked) {
        turn.outcome_.reasons.push_back("reply: " + checked.error().what);
        return to_status(checked.error().code);
    }
    if (turn.outcome_.replies.size() == kMaxReplies) {
        turn.outcome_.reasons.push_back("reply: over " + std::to_string(kMaxReplies) +
                                        " replies in one turn");
        return MIGUE_E_INVALID;
    }
    turn.outcome_.replies.push_back({std::string(to_view(kind)), std::string(to_view(body_json))});
    return MIGUE_OK;
}

migue_status TurnCall::set_state(migue_call* call, migue_str state_json) noexcept {
    TurnCall& turn = self(call->ctx);
    if (turn.is_over("set_state()")) return MIGUE_E_STATE;
    const bool is_json = state_json.size == 0 || nlohmann::json::accept(to_view(state_json));
    if (!is_json || state_json.size > kMaxState) {
        turn.outcome_.reasons.push_back("set_state: is not JSON in UTF-8, or over " +
                                        std::to_string(kMaxState) + " bytes");
        return MIGUE_E_INVALID;
    }
    turn.outcome_.state_json = std::string(to_view(state_json));
    return MIGUE_OK;
}

migue_status TurnCall::ask(migue_call* call, std::uint64_t ttl_ms) noexcept {
    TurnCall& turn = self(call->ctx);
    if (turn.is_over("ask()")) return MIGUE_E_STATE;
    if (ttl_ms == 0) return MIGUE_E_INVALID;
    turn.outcome_.ask_ttl = std::chrono::milliseconds(std::min(ttl_ms, kLongestQuestionMs));
    return MIGUE_OK;
}

migue_status TurnCall::complete(migue_call* call, migue_status status) noexcept {
    TurnCall& turn = self(call->ctx);
    if (turn.is_over("complete()")) return MIGUE_E_STATE;
    if (status == MIGUE_PENDING || status > MIGUE_PASS) {
        turn.breaches_.add("complete() got the status " + std::to_string(status) + ", which ends nothing");
        return MIGUE_E_INVALID;
    }
    turn.has_completed_ = true;
    turn.outcome_.status = status;
    if (turn.has_returned_) turn.end(status);
    return MIGUE_OK;
}

std::int32_t TurnCall::cancelled(const migue_call* call) noexcept {
    TurnCall& turn = self(call->ctx);
    static_cast<void>(turn.is_over("cancelled()"));
    return turn.is_cancelled_ ? 1 : 0;
}

void TurnCall::report(void* ctx, migue_str where, migue_str what) noexcept {
    TurnCall& turn = self(ctx);
    if (turn.has_ended()) {
        turn.breaches_.add("diag of a turn that has ended (T5)");
        return;
    }
    turn.outcome_.reasons.push_back(reason_of(where, what));
}

}  // namespace migue::bench
