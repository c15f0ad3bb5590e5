#include "host/channels/whatsapp/whatsapp_channel.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

namespace migue::host::whatsapp {

namespace {

using namespace std::chrono_literals;
using Kind = SendOutcome::Kind;

constexpr std::chrono::milliseconds kCallLimit = 10s;
constexpr std::uint64_t kNsPerMs = 1'000'000;
/// Free text is allowed for 24 hours; Meta's clock and ours may differ, and sending takes time.
constexpr std::int64_t kWindowMs = std::chrono::milliseconds(24h - 5min).count();

SendOutcome outcome(Kind kind, std::string why, std::int64_t retry_after_ms = 0) {
    SendOutcome out;
    out.kind = kind;
    out.why = std::move(why);
    out.retry_after_ms = retry_after_ms;
    return out;
}

/// A conversation is one person with one of our numbers: what Graph's pair limit counts.
std::uint64_t person_of(const OutboundReply& reply) {
    return std::hash<std::string>{}(reply.conversation_id);
}

}  // namespace

WhatsAppChannel::WhatsAppChannel(const config::WhatsAppSettings& settings, HttpClient& http,
                                 const Clock& clock, Log& log, EncodeRules rules)
    : rules_(std::move(rules)),
      template_(settings.message_template),
      clock_(clock),
      log_(log),
      graph_(settings, http),
      read_marks_(graph_, clock) {
    for (const std::string& number : settings.phone_number_ids)
        numbers_.emplace(number, std::make_unique<Number>(
                                     number, Pacer::Options{.per_second = settings.messages_per_second}));
    if (!settings.access_token_file.empty())
        token_watch_ = std::make_unique<TokenWatch>(
            settings.access_token_file, settings.access_token,
            [this](std::string token) { set_access_token(std::move(token)); }, log_);
}

// ---- what may be sent now

Permit WhatsAppChannel::permit(const OutboundReply& reply) {
    Number* number = number_of(reply.account);
    if (number == nullptr) return {};  // send() says what is wrong
    if (const std::int64_t left = pause_left_ms(*number); left > 0) return {Permit::Kind::kAccountShut, left};
    const Permit permit = number->pacer.take(person_of(reply), clock_.monotonic_ns());
    if (permit.kind == Permit::Kind::kPersonWaits) ++person_waits_;
    return permit;
}

WhatsAppChannel::Number* WhatsAppChannel::number_of(const std::string& account) const {
    const auto found = numbers_.find(account);
    return found == numbers_.end() ? nullptr : found->second.get();
}

std::int64_t WhatsAppChannel::pause_left_ms(const Number& number) const {
    const std::uint64_t until = number.paused_until_ns;
    const std::uint64_t now = clock_.monotonic_ns();
    return until <= now ? 0 : static_cast<std::int64_t>((until - now) / kNsPerMs + 1);
}

bool WhatsAppChannel::is_window_closed(const OutboundReply& reply) const {
    // Somebody who never wrote since this was kept: Graph knows.
    return reply.person_wrote_unix_ms != 0 && clock_.unix_ms() - reply.person_wrote_unix_ms > kWindowMs;
}

// ---- sending

SendOutcome WhatsAppChannel::send(const OutboundReply& reply) {
    Number* number = number_of(reply.account);
    if (number == nullptr)
        return outcome(Kind::kRefused, "the reply belongs to a business number that is not ours");
    if (pause_left_ms(*number) > 0) {
        const std::lock_guard lock(mutex_);
        return outcome(Kind::kHeld, "sending is paused: " + number->pause_why, pause_left_ms(*number));
    }
    read_marks_.answered(reply.message_id);
    if (is_window_closed(reply)) return send_template(reply, *number);
    Verdict verdict = call(reply, *number, encode(reply, rules_));
    if (verdict.code == kWindowClosed) return send_template(reply, *number);
    return std::move(verdict.outcome);
}

SendOutcome WhatsAppChannel::send_template(const OutboundReply& reply, Number& number) {
    {
        const std::lock_guard lock(mutex_);
        ++counts_.window_closed;
    }
    if (!template_)
        return outcome(Kind::kRefused, "the 24-hour window is closed, and no template is configured");
    Verdict verdict = call(reply, number, encode_template(reply, rules_, *template_));
    if (verdict.outcome.kind == Kind::kSent) {
        const std::lock_guard lock(mutex_);
        ++counts_.templates;
    }
    return std::move(verdict.outcome);
}

SendOutcome WhatsAppChannel::failed(const OutboundReply& reply, int error_code) {
    Number* number = number_of(reply.account);
    if (number == nullptr)
        return outcome(Kind::kRefused, "the reply belongs to a business number that is not ours");
    if (error_code == kWindowClosed) return send_template(reply, *number);
    Verdict verdict = judge_failed(error_code, reply.attempt);
    learn(verdict, *number, reply);
    return std::move(verdict.outcome);
}

Verdict WhatsAppChannel::call(const OutboundReply& reply, Number& number, const Result<std::string>& body) {
    if (!body) {
        Verdict verdict;
        verdict.outcome = outcome(Kind::kRefused, body.error().what);
        verdict.alarm = true;
        learn(verdict, number, reply);
        return verdict;
    }
    const std::uint64_t tokens = tokens_;
    const auto answer = graph_.post_message(number.id, *body, kCallLimit);
    Verdict verdict = answer ? judge(*answer, reply.attempt) : judge(answer.error(), reply.attempt);
    // A call that began with the old token says nothing about the new one.
    const bool is_outdated = tokens != tokens_ && verdict.is_access;
    if (is_outdated) verdict.pause = 0ms;
    learn(verdict, number, reply);
    // It goes with all the others of its number, as soon as that opens again.
    if (verdict.outcome.kind == Kind::kRetry && (verdict.pause > 0ms || is_outdated))
        verdict.outcome.kind = Kind::kHeld;
    return verdict;
}

void WhatsAppChannel::acknowledge(const InboundMessage& message) {
    const Number* number = number_of(message.account);
    if (number != nullptr && pause_left_ms(*number) == 0) read_marks_.add(number->id, message.message_id);
}

void WhatsAppChannel::set_access_token(std::string token) {
    graph_.set_access_token(std::move(token));
    ++tokens_;
    for (const auto& [id, number] : numbers_)
        if (number->is_access.exchange(false)) number->paused_until_ns = 0;
}

// ---- what the answers teach

void WhatsAppChannel::learn(const Verdict& verdict, Number& number, const OutboundReply& reply) {
    const bool was_paused = pause_left_ms(number) > 0;
    const std::uint64_t now = clock_.monotonic_ns();
    if (verdict.code == kNumberTooFast) number.pacer.slow_down(now);
    if (verdict.code == kPersonTooFast) number.pacer.exhaust(person_of(reply), now);
    if (verdict.pause > 0ms) {
        {
            const std::lock_guard lock(mutex_);
            number.pause_why = verdict.outcome.why;
        }
        // A short pause never ends a longer one.
        const std::uint64_t until = now + static_cast<std::uint64_t>(verdict.pause.count()) * kNsPerMs;
        if (until > number.paused_until_ns) {
            number.is_access = verdict.is_access;
            number.paused_until_ns = until;
        }
    }
    count(verdict);
    tell(verdict, was_paused);
}

void WhatsAppChannel::count(const Verdict& verdict) {
    const std::lock_guard lock(mutex_);
    if (verdict.alarm) ++counts_.alarms;
    switch (verdict.outcome.kind) {
        case Kind::kSent:
            ++counts_.sent;
            return;
        case Kind::kHeld:
            return;
        case Kind::kRetry:
            ++counts_.retried;
            break;
        case Kind::kUncertain:
            ++counts_.uncertain;
            break;
        case Kind::kRefused:
            ++counts_.refused;
            break;
    }
    ++counts_.errors_by_code[verdict.code];
}

void WhatsAppChannel::tell(const Verdict& verdict, bool was_paused) {
    if (verdict.outcome.kind == Kind::kSent || was_paused) return;
    // Many senders learn of one dead token at once: it is told once.
    if (verdict.alarm)
        log_.error("whatsapp: an operator has to look", {{"why", verdict.outcome.why}});
    else if (verdict.pause > 0ms)
        log_.warn("whatsapp: sending is paused", {{"why", verdict.outcome.why}});
}

WhatsAppChannel::Counts WhatsAppChannel::counts() const {
    Counts out;
    {
        const std::lock_guard lock(mutex_);
        out = counts_;
    }
    out.person_waits = person_waits_;
    out.read_marks = read_marks_.counts();
    out.paused =
        static_cast<std::size_t>(std::count_if(numbers_.begin(), numbers_.end(), [this](const auto& each) {
            return pause_left_ms(*each.second) > 0;
        }));
    return out;
}

}  // namespace migue::host::whatsapp
