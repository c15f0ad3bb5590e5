#include "host/pipeline/outbox.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace migue::host {

namespace {

// Until the host has said again that it lives.
constexpr std::chrono::milliseconds kUnsurePause{50};

double chance() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

std::int64_t backoff_ms(std::uint32_t attempt, double chance_0_1) noexcept {
    constexpr std::int64_t kLongest = 600'000;
    const std::uint32_t steps = std::min(attempt, 5U);  // 4^5 s is over the longest already
    const std::int64_t base = std::min(kLongest, std::int64_t{1000} << (2 * steps));
    return base + static_cast<std::int64_t>(static_cast<double>(base) / 2 * chance_0_1);
}

Outbox::Outbox(Store& store, Channels channels, Clock& clock, Log& log, Options options)
    : store_(store),
      channels_(std::move(channels)),
      clock_(clock),
      log_(log),
      options_(options),
      load_({}),
      executor_(options.senders) {}

void Outbox::deliver(std::vector<OutboundReply> replies) {
    for (OutboundReply& reply : replies) {
        const std::string conversation = reply.conversation_id;
        if (auto first = lanes_.push(conversation, std::move(reply))) send_when_due(std::move(*first));
    }
}

void Outbox::send_when_due(OutboundReply reply) {
    const std::int64_t wait = reply.due_unix_ms - clock_.unix_ms();
    if (wait > 0) {
        executor_.post_after(std::chrono::milliseconds(wait),
                             [this, next = std::move(reply)] { send(next); });
        return;
    }
    load_.begin();
    executor_.post([this, next = std::move(reply)] {
        send(next);
        load_.end(clock_.monotonic_ns());
    });
}

Outbox::~Outbox() {
    stop();
}

void Outbox::stop() {
    executor_.stop();
    notes_.wait();
}

Store::Done<void> Outbox::noted(const char* what, std::string next_of) {
    notes_.begin();
    return [this, what, next_of = std::move(next_of)](const Result<void>& kept) {
        // What could not be noted is sent once more after a restart: at least once, and said here.
        if (!kept) log_.error("the store could not note a reply", {{"as", what}, {"why", kept.error().what}});
        if (!next_of.empty()) go_on(next_of);
        notes_.end();
    };
}

void Outbox::send(const OutboundReply& reply) {
    if (!holding_.is_sure(clock_.monotonic_ns())) {
        executor_.post_after(kUnsurePause, [this, reply] { send(reply); });
        return;
    }
    if (is_forgotten(reply.conversation_id)) {
        go_on(reply.conversation_id);
        return;
    }
    const auto channel = channels_.find(reply.channel);
    if (channel == channels_.end()) {
        bury(reply, "no channel named '" + reply.channel + "' is configured");
        return;
    }
    settle(reply, channel->second->send(reply));
}

void Outbox::settle(OutboundReply reply, SendOutcome outcome) {
    switch (outcome.kind) {
        case SendOutcome::Kind::kSent:
            store_.sent(reply, outcome.channel_message_id, clock_.unix_ms(),
                        noted("sent", reply.conversation_id));
            return;
        case SendOutcome::Kind::kRetry:
            again(std::move(reply), outcome.retry_after_ms, outcome.why);
            return;
        case SendOutcome::Kind::kUncertain:
            reply.uncertain = true;
            again(std::move(reply), std::max(options_.uncertain_ms, outcome.retry_after_ms), outcome.why);
            return;
        case SendOutcome::Kind::kRefused:
            bury(reply, outcome.why);
            return;
    }
}

void Outbox::again(OutboundReply reply, std::int64_t delay_ms, const std::string& why) {
    const std::int64_t now = clock_.unix_ms();
    if (reply.person_wrote_unix_ms != 0 && now - reply.person_wrote_unix_ms > options_.give_up_ms) {
        bury(reply, "given up after 24 hours: " + why);
        return;
    }
    const std::int64_t delay = delay_ms > 0 ? delay_ms : backoff_ms(reply.attempt, chance());
    reply.due_unix_ms = now + delay;
    log_.warn("a reply will be sent again",
              {{"channel", reply.channel}, {"attempt", std::to_string(reply.attempt + 1)}, {"why", why}});
    store_.postpone(reply, why, noted("postponed", {}));
    ++reply.attempt;
    send_when_due(std::move(reply));
}

void Outbox::bury(const OutboundReply& reply, const std::string& why) {
    log_.error("a reply will not be sent",
               {{"channel", reply.channel}, {"kind", reply.reply.kind}, {"why", why}});
    store_.bury(reply, why, false, clock_.unix_ms(), noted("buried", reply.conversation_id));
}

void Outbox::forget(const std::string& conversation_id) {
    const std::lock_guard lock(mutex_);
    if (lanes_.drop(conversation_id)) forgotten_.insert(conversation_id);
}

/// The reply of a conversation that another host has: theirs to send.
bool Outbox::is_forgotten(const std::string& conversation_id) {
    const std::lock_guard lock(mutex_);
    return forgotten_.contains(conversation_id);
}

void Outbox::go_on(const std::string& conversation_id) {
    {
        const std::lock_guard lock(mutex_);
        forgotten_.erase(conversation_id);
    }
    if (auto next = lanes_.next(conversation_id)) send_when_due(std::move(*next));
}

void Outbox::on_news(const DeliveryEffect& effect) {
    if (effect.delivery.state != Delivery::State::kFailed) return;
    log_.warn("a sent reply failed",
              {{"channel", effect.reply.channel}, {"code", std::to_string(effect.delivery.error_code)}});
}

}  // namespace migue::host
