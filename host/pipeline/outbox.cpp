#include "host/pipeline/outbox.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace migue::host {

namespace {

/// Between two looks at an account that can send again: what waited comes in growing groups,
/// so that an account that is still shut is not asked by all of them at once.
constexpr std::int64_t kReleasePauseMs = 100;

/// Until the host has said again that it lives.
constexpr std::int64_t kUnsurePauseMs = 50;

/// Between two tries to note what was done, while the store is away.
std::chrono::milliseconds note_pause(std::uint32_t tries) {
    return std::chrono::milliseconds(100 << std::min(tries, 5U));
}

bool is_away(const Error& error) {
    return error.code == Error::Code::kUnavailable || error.code == Error::Code::kDeadline;
}

double chance() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(generator);
}

std::string account_of(const OutboundReply& reply) {
    return reply.channel + "/" + reply.account;
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
      load_({.first_pace = options.first_pace}),
      executor_(Executor::Options{.least = options.senders,
                                  .most = std::max(options.senders, options.most_senders)}) {}

Outbox::~Outbox() {
    stop();
}

void Outbox::stop() {
    executor_.stop();
    notes_.wait();
}

bool Outbox::overloaded() {
    return lanes_.size() >= options_.most_waiting || load_.overloaded(clock_.monotonic_ns());
}

Outbox::Counts Outbox::counts() const {
    const std::lock_guard lock(mutex_);
    Counts out = counts_;
    out.threads = executor_.threads();
    return out;
}

// ---- lanes

void Outbox::deliver(std::vector<OutboundReply> replies) {
    for (OutboundReply& reply : replies) push({std::move(reply)});
}

void Outbox::push(Item item) {
    const std::string conversation = item.reply.conversation_id;
    if (auto first = lanes_.push(conversation, std::move(item))) begin(std::move(*first));
}

void Outbox::begin(Item item) {
    auto flight = std::make_shared<Flight>();
    flight->reply = std::move(item.reply);
    flight->failed_code = item.failed_code;
    {
        const std::lock_guard lock(mutex_);
        flights_[flight->reply.conversation_id] = flight;
    }
    if (item.failed_code != 0) {
        executor_.post([this, flight] { react_to_failure(flight); });
        return;
    }
    const std::int64_t wait = flight->reply.due_unix_ms - clock_.unix_ms();
    wait > 0 ? after(flight, wait, &Outbox::ask) : ask(flight);
}

/// With the store's word on this one. The next of its conversation may go.
void Outbox::finish(const FlightPtr& flight) {
    const std::string& conversation = flight->reply.conversation_id;
    {
        const std::lock_guard lock(mutex_);
        if (flight->failed_code != 0) {
            executor_.post([this, flight] { react_to_failure(flight); });
            return;
        }
        flights_.erase(conversation);
    }
    is_load(*flight, false);
    if (auto next = lanes_.next(conversation)) begin(std::move(*next));
}

void Outbox::is_load(Flight& flight, bool counts) {
    if (std::exchange(flight.is_load, counts) == counts) return;
    if (counts)
        load_.begin();
    else
        load_.end(clock_.monotonic_ns());
}

// ---- waiting

/// Nothing: news that came during the step have settled it already.
std::optional<std::uint64_t> Outbox::start_wait(const FlightPtr& flight) {
    const std::lock_guard lock(mutex_);
    if (flight->arrived || flight->failed_code != 0) return std::nullopt;
    flight->waits = true;
    return ++flight->wait;
}

/// False: news have ended this wait.
bool Outbox::end_wait(const FlightPtr& flight, std::uint64_t wait) {
    const std::lock_guard lock(mutex_);
    if (!flight->waits || flight->wait != wait) return false;
    flight->waits = false;
    return true;
}

void Outbox::after(const FlightPtr& flight, std::int64_t wait_ms, Step step) {
    const auto wait = start_wait(flight);
    if (!wait) {
        finish(flight);
        return;
    }
    executor_.post_after(std::chrono::milliseconds(wait_ms), [this, flight, wait = *wait, step] {
        if (end_wait(flight, wait)) (this->*step)(flight);
    });
}

void Outbox::park(const FlightPtr& flight, std::int64_t wait_ms) {
    is_load(*flight, false);
    const std::string account = account_of(flight->reply);
    const auto wait = start_wait(flight);
    if (!wait) {
        finish(flight);
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        Shut& shut = shut_[account];
        shut.replies.emplace_back(flight, *wait);
        shut.next_release = 1;
        shut.wait_ms = std::clamp<std::int64_t>(wait_ms, 1, options_.look_again_ms);
        if (std::exchange(shut.watched, true)) return;
    }
    post_look(account, wait_ms);
}

void Outbox::post_look(const std::string& account, std::int64_t wait_ms) {
    const std::int64_t pause = std::clamp<std::int64_t>(wait_ms, 1, options_.look_again_ms);
    executor_.post_after(std::chrono::milliseconds(pause), [this, account] { look_at_shut(account); });
}

void Outbox::look_at_shut(const std::string& account) {
    std::vector<std::pair<FlightPtr, std::uint64_t>> released;
    {
        const std::lock_guard lock(mutex_);
        Shut& shut = shut_[account];
        const auto count = static_cast<std::ptrdiff_t>(std::min(shut.next_release, shut.replies.size()));
        released.assign(shut.replies.begin(), shut.replies.begin() + count);
        shut.replies.erase(shut.replies.begin(), shut.replies.begin() + count);
        shut.next_release *= 2;
        shut.wait_ms = kReleasePauseMs;
    }
    for (const auto& [flight, wait] : released)
        if (end_wait(flight, wait)) ask(flight);
    std::int64_t pause = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto shut = shut_.find(account);
        if (shut->second.replies.empty()) {
            shut_.erase(shut);
            return;
        }
        pause = shut->second.wait_ms;
    }
    post_look(account, pause);
}

// ---- sending

Channel* Outbox::channel_of(const OutboundReply& reply) const {
    const auto channel = channels_.find(reply.channel);
    return channel == channels_.end() ? nullptr : channel->second;
}

void Outbox::ask(const FlightPtr& flight) {
    const OutboundReply& reply = flight->reply;
    Channel* channel = channel_of(reply);
    if (channel == nullptr) {
        bury(flight, "no channel named '" + reply.channel + "' is configured", false);
        return;
    }
    if (reply.uncertain && reply.attempt >= options_.uncertain_sends) {
        bury(flight, "no answer to any of " + std::to_string(reply.attempt) + " sends");
        return;
    }
    const Permit permit = channel->permit(reply);
    switch (permit.kind) {
        case Permit::Kind::kGo:
            is_load(*flight, true);
            if (permit.wait_ms > 0)
                after(flight, permit.wait_ms, &Outbox::send);
            else
                executor_.post([this, flight] { send(flight); });
            return;
        case Permit::Kind::kPersonWaits:
            is_load(*flight, false);
            after(flight, std::max<std::int64_t>(permit.wait_ms, 1), &Outbox::ask);
            return;
        case Permit::Kind::kAccountShut:
            park(flight, permit.wait_ms);
            return;
    }
}

void Outbox::send(const FlightPtr& flight) {
    bool is_over = false;
    {
        const std::lock_guard lock(mutex_);
        is_over = flight->arrived || flight->forgotten;
    }
    if (is_over)
        finish(flight);
    else if (!holding_.is_sure(clock_.monotonic_ns()))
        after(flight, kUnsurePauseMs, &Outbox::send);
    else
        settle(flight, channel_of(flight->reply)->send(flight->reply));
}

void Outbox::react_to_failure(const FlightPtr& flight) {
    int code = 0;
    {
        const std::lock_guard lock(mutex_);
        code = std::exchange(flight->failed_code, 0);
    }
    flight->reply.uncertain = false;
    Channel* channel = channel_of(flight->reply);
    if (channel == nullptr) {
        bury(flight, "failed with code " + std::to_string(code));
        return;
    }
    settle(flight, channel->failed(flight->reply, code));
}

/// Whether news that came during the send say more than its outcome.
bool Outbox::is_settled_by_news(Flight& flight, const SendOutcome& outcome) {
    const std::lock_guard lock(mutex_);
    const bool is_sent = outcome.kind == SendOutcome::Kind::kSent;
    if (is_sent || flight.arrived) ++counts_.sent;
    if (flight.arrived) {
        if (!is_sent) ++counts_.settled_by_news;
        return true;
    }
    // Those about an earlier send, when this one is known to have ended otherwise.
    const bool is_other_send = !outcome.channel_message_id.empty() && !flight.failed_id.empty() &&
                               outcome.channel_message_id != flight.failed_id;
    const bool about_another = outcome.kind == SendOutcome::Kind::kRetry || (is_sent && is_other_send);
    if (about_another) flight.failed_code = 0;
    return flight.failed_code != 0 && !is_sent;
}

void Outbox::settle(const FlightPtr& flight, SendOutcome outcome) {
    if (is_settled_by_news(*flight, outcome)) {
        finish(flight);
        return;
    }
    OutboundReply& reply = flight->reply;
    switch (outcome.kind) {
        case SendOutcome::Kind::kSent:
            note("sent", flight,
                 [this, flight, id = outcome.channel_message_id, now = clock_.unix_ms()](auto done) {
                     store_.sent(flight->reply, id, now, std::move(done));
                 });
            return;
        case SendOutcome::Kind::kHeld:
            ask(flight);
            return;
        case SendOutcome::Kind::kRetry:
            reply.uncertain = false;
            again(flight, outcome.retry_after_ms, outcome.why);
            return;
        case SendOutcome::Kind::kUncertain:
            reply.uncertain = true;
            again(flight, std::max(options_.uncertain_ms, outcome.retry_after_ms), outcome.why);
            return;
        case SendOutcome::Kind::kRefused:
            bury(flight, outcome.why);
            return;
    }
}

void Outbox::again(const FlightPtr& flight, std::int64_t delay_ms, const std::string& why) {
    OutboundReply& reply = flight->reply;
    const std::int64_t now = clock_.unix_ms();
    if (now - reply.created_unix_ms > options_.give_up_ms) {
        bury(flight, "given up after 24 hours: " + why);
        return;
    }
    is_load(*flight, false);
    const std::int64_t delay = delay_ms > 0 ? delay_ms : backoff_ms(reply.attempt, chance());
    reply.due_unix_ms = now + delay;
    log_.warn("a reply will be sent again",
              {{"channel", reply.channel}, {"attempt", std::to_string(reply.attempt + 1)}, {"why", why}});
    notes_.begin();
    store_.postpone(reply, why, [this](const Result<void>& kept) {
        // Known in memory; after a crash it would be sent at once instead of later.
        if (!kept)
            log_.error("the store could not note a reply", {{"as", "postponed"}, {"why", kept.error().what}});
        notes_.end();
    });
    ++reply.attempt;
    {
        const std::lock_guard lock(mutex_);
        ++counts_.postponed;
    }
    after(flight, delay, &Outbox::ask);
}

void Outbox::bury(const FlightPtr& flight, const std::string& why, bool untold) {
    const OutboundReply& reply = flight->reply;
    log_.error("a reply will not be sent",
               {{"channel", reply.channel}, {"kind", reply.reply.kind}, {"why", why}});
    {
        const std::lock_guard lock(mutex_);
        ++counts_.buried;
    }
    note("buried", flight, [this, flight, why, untold, now = clock_.unix_ms()](auto done) {
        store_.bury(flight->reply, why, untold, now, std::move(done));
    });
}

void Outbox::note(const char* what, const FlightPtr& flight, Note call, std::uint32_t tries) {
    notes_.begin();
    call([this, what, flight, call, tries](const Result<void>& kept) {
        if (!kept) log_.error("the store could not note a reply", {{"as", what}, {"why", kept.error().what}});
        if (kept || !is_away(kept.error()))
            finish(flight);
        else
            executor_.post_after(note_pause(tries),
                                 [this, what, flight, call, tries] { note(what, flight, call, tries + 1); });
        notes_.end();
    });
}

void Outbox::forget(const std::string& conversation_id) {
    FlightPtr ended;
    {
        const std::lock_guard lock(mutex_);
        if (!lanes_.drop(conversation_id)) return;
        const auto found = flights_.find(conversation_id);
        if (found == flights_.end()) return;
        // A step that runs sees it before it sends; a wait is over.
        found->second->forgotten = true;
        if (std::exchange(found->second->waits, false)) ended = found->second;
    }
    if (ended) finish(ended);
}

// ---- news

void Outbox::on_news(const DeliveryEffect& effect) {
    const bool failed = effect.delivery.state == Delivery::State::kFailed;
    const int code = effect.delivery.error_code == 0 ? -1 : effect.delivery.error_code;
    if (failed)
        log_.warn("a sent reply failed", {{"channel", effect.reply.channel}, {"code", std::to_string(code)}});
    FlightPtr ended;
    {
        const std::lock_guard lock(mutex_);
        if (failed) ++counts_.failed_later;
        const auto found = flights_.find(effect.reply.conversation_id);
        const bool is_it = found != flights_.end() && found->second->reply.sequence == effect.reply.sequence;
        if (is_it) {
            // A step that runs sees it at its end; a wait is over.
            Flight& flight = *found->second;
            flight.arrived = flight.arrived || !failed;
            if (failed) flight.failed_code = code;
            if (failed) flight.failed_id = effect.delivery.channel_message_id;
            if (!std::exchange(flight.waits, false)) return;
            ended = found->second;
            if (!failed) ++counts_.settled_by_news;
        }
    }
    if (ended)
        finish(ended);
    else if (failed)
        push({effect.reply, code});
}

}  // namespace migue::host
