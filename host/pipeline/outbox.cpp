#include "host/pipeline/outbox.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace migue::host {

namespace {

double chance() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(generator);
}

std::chrono::milliseconds note_backoff(std::uint32_t tries) {
    return std::chrono::milliseconds(100 << std::min(tries, 5U));
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

void Outbox::note(const char* what, const std::string& next_of, const NoteCall& call, std::uint32_t tries) {
    notes_.begin();
    call([this, what, next_of, call, tries](const Result<void>& kept) {
        const bool again = !kept && kept.error().code != Error::Code::kConflict && !next_of.empty();
        if (!kept) log_.error("the store could not note a reply", {{"as", what}, {"why", kept.error().what}});
        if (again) {
            // Until it is noted nothing newer is sent: after a restart this one would be sent
            // once more, and must not come behind newer ones then.
            executor_.post_after(note_backoff(tries), [this, what, next_of, call, tries] {
                note(what, next_of, call, tries + 1);
            });
        } else if (!next_of.empty()) {
            go_on(next_of);
        }
        notes_.end();
    });
}

void Outbox::send(const OutboundReply& reply) {
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
            note("sent", reply.conversation_id,
                 [this, reply, id = outcome.channel_message_id, now = clock_.unix_ms()](
                     Store::Done<void> done) { store_.sent(reply, id, now, std::move(done)); });
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
    note("postponed", {},
         [this, reply, why](Store::Done<void> done) { store_.postpone(reply, why, std::move(done)); });
    ++reply.attempt;
    send_when_due(std::move(reply));
}

void Outbox::bury(const OutboundReply& reply, const std::string& why) {
    log_.error("a reply will not be sent",
               {{"channel", reply.channel}, {"kind", reply.reply.kind}, {"why", why}});
    note("buried", reply.conversation_id, [this, reply, why, now = clock_.unix_ms()](Store::Done<void> done) {
        store_.bury(reply, why, false, now, std::move(done));
    });
}

void Outbox::go_on(const std::string& conversation_id) {
    if (auto next = lanes_.next(conversation_id)) send_when_due(std::move(*next));
}

void Outbox::on_news(const DeliveryEffect& effect) {
    if (effect.delivery.state != Delivery::State::kFailed) return;
    log_.warn("a sent reply failed",
              {{"channel", effect.reply.channel}, {"code", std::to_string(effect.delivery.error_code)}});
}

}  // namespace migue::host
