#include "host/channels/whatsapp/whatsapp_channel.hpp"

#include <algorithm>
#include <chrono>

namespace migue::host::whatsapp {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kCallLimit = 10s;
constexpr std::uint64_t kNsPerMs = 1'000'000;

SendOutcome outcome(SendOutcome::Kind kind, std::string why, std::int64_t retry_after_ms = 0) {
    SendOutcome out;
    out.kind = kind;
    out.why = std::move(why);
    out.retry_after_ms = retry_after_ms;
    return out;
}

}  // namespace

WhatsAppChannel::WhatsAppChannel(const config::WhatsAppSettings& settings, HttpClient& http,
                                 const Clock& clock, Log& log, EncodeRules rules)
    : rules_(std::move(rules)),
      account_(settings.phone_number_id),
      clock_(clock),
      log_(log),
      graph_(settings, http),
      read_marks_(graph_, clock) {}

SendOutcome WhatsAppChannel::send(const OutboundReply& reply) {
    if (const std::int64_t left = pause_left_ms(); left > 0) {
        const std::lock_guard lock(mutex_);
        return outcome(SendOutcome::Kind::kRetry, "sending is paused: " + pause_why_, left);
    }
    if (reply.account != account_)
        return outcome(SendOutcome::Kind::kRefused,
                       "the reply belongs to a business number that is not ours");
    const auto body = encode(reply, rules_);
    if (!body) {
        learn({outcome(SendOutcome::Kind::kRefused, body.error().what), 0ms, true, 0});
        return outcome(SendOutcome::Kind::kRefused, body.error().what);
    }
    read_marks_.answered(reply.message_id);
    const std::uint64_t tokens = tokens_;
    const auto answer = graph_.post_message(*body, kCallLimit);
    Verdict verdict = answer ? judge(*answer, reply.attempt) : judge(answer.error(), reply.attempt);
    // A call that began with the old token says nothing about the new one.
    if (tokens != tokens_) verdict.pause = 0ms;
    learn(verdict);
    return std::move(verdict.outcome);
}

void WhatsAppChannel::acknowledge(const InboundMessage& message) {
    if (message.account == account_ && pause_left_ms() == 0) read_marks_.add(message.message_id);
}

void WhatsAppChannel::set_access_token(std::string token) {
    graph_.set_access_token(std::move(token));
    ++tokens_;
    paused_until_ns_ = 0;
}

WhatsAppChannel::Counts WhatsAppChannel::counts() const {
    Counts out;
    {
        const std::lock_guard lock(mutex_);
        out = counts_;
    }
    out.read_marks = read_marks_.counts();
    out.paused = pause_left_ms() > 0;
    return out;
}

std::int64_t WhatsAppChannel::pause_left_ms() const {
    const std::uint64_t until = paused_until_ns_;
    const std::uint64_t now = clock_.monotonic_ns();
    return until <= now ? 0 : static_cast<std::int64_t>((until - now) / kNsPerMs + 1);
}

void WhatsAppChannel::learn(const Verdict& verdict) {
    const bool was_paused = pause_left_ms() > 0;
    if (verdict.pause > 0ms)
        paused_until_ns_ =
            clock_.monotonic_ns() + static_cast<std::uint64_t>(verdict.pause.count()) * kNsPerMs;
    {
        const std::lock_guard lock(mutex_);
        switch (verdict.outcome.kind) {
            case SendOutcome::Kind::kSent:
                ++counts_.sent;
                return;
            case SendOutcome::Kind::kHeld:
                return;
            case SendOutcome::Kind::kRetry:
                ++counts_.retried;
                break;
            case SendOutcome::Kind::kUncertain:
                ++counts_.uncertain;
                break;
            case SendOutcome::Kind::kRefused:
                ++counts_.refused;
                break;
        }
        ++counts_.errors_by_code[verdict.code];
        if (verdict.pause > 0ms) pause_why_ = verdict.outcome.why;
    }
    // Many senders learn of one dead token at once: it is told once.
    if (verdict.alarm && !was_paused)
        log_.error("whatsapp: an operator has to look", {{"why", verdict.outcome.why}});
    else if (verdict.pause > 0ms && !was_paused)
        log_.warn("whatsapp: sending is paused", {{"why", verdict.outcome.why}});
}

}  // namespace migue::host::whatsapp
