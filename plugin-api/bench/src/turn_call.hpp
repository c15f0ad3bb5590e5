#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/bench.hpp"
#include "migue/plugin.h"

namespace migue::bench {

class Breaches;

/// "<where>: <what>", or what alone.
[[nodiscard]] std::string reason_of(migue_str where, migue_str what);

/// One turn: the request and the call as the plugin sees them, and what it did with them.
/// Stays when the turn has ended, so that a late call is told instead of being a crash; the
/// request is given back then.
class TurnCall {
public:
    struct Input {
        Message message;  ///< complete: no defaults left
        std::string text, state_json, trace_id;
        bool answers_question = false;
        std::uint64_t deadline_ns = 0;
        std::string media_place = {};  ///< "": the channel carries no files
        std::string channel_json = {};
    };

    TurnCall(TurnId id, Input input, const ReplyLimits& limits, Breaches& breaches);
    TurnCall(const TurnCall&) = delete;
    TurnCall& operator=(const TurnCall&) = delete;

    [[nodiscard]] TurnId id() const noexcept { return id_; }
    [[nodiscard]] const Message& message() const noexcept { return message_; }
    [[nodiscard]] std::uint64_t deadline_ns() const noexcept { return deadline_ns_; }
    [[nodiscard]] const migue_request* request() const noexcept { return &request_; }
    [[nodiscard]] migue_call* call() noexcept { return &call_; }

    /// What handle() returned. The turn goes on only after MIGUE_PENDING.
    void returned(migue_status status);
    void cancel() noexcept { is_cancelled_ = true; }
    /// Ends it for the plugin, when it does not end itself.
    void abandon(migue_status status);

    [[nodiscard]] bool has_ended() const noexcept { return end_.has_value(); }
    [[nodiscard]] bool is_cancelled() const noexcept { return is_cancelled_; }
    [[nodiscard]] TurnOutcome& outcome() noexcept { return outcome_; }

    std::size_t asked_operations = 0;  ///< refused ones included

private:
    static TurnCall& self(void* ctx) noexcept { return *static_cast<TurnCall*>(ctx); }
    static migue_status reply(migue_call* call, migue_str kind, migue_str body_json) noexcept;
    static migue_status set_state(migue_call* call, migue_str state_json) noexcept;
    static migue_status ask(migue_call* call, std::uint64_t ttl_ms) noexcept;
    static migue_status complete(migue_call* call, migue_status status) noexcept;
    static std::int32_t cancelled(const migue_call* call) noexcept;
    static void report(void* ctx, migue_str where, migue_str what) noexcept;

    void fill_request(Input input);
    [[nodiscard]] bool is_over(std::string_view call_name);
    void end(migue_status status);

    const TurnId id_;
    const ReplyLimits limits_;
    Breaches& breaches_;
    Message message_;
    std::uint64_t deadline_ns_;
    std::unique_ptr<Input> input_;  ///< what request_ points at, until the turn ends
    migue_request request_{};
    migue_diag diag_{};
    migue_call call_{};
    TurnOutcome outcome_;
    std::optional<migue_status> end_;
    bool has_returned_ = false;
    bool has_completed_ = false;
    bool is_cancelled_ = false;
};

}  // namespace migue::bench
