#include "host/pipeline/dispatcher.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <set>
#include <utility>

namespace migue::host {

namespace {

constexpr std::size_t kClaimed = 1000;
constexpr std::size_t kErased = 500;
constexpr std::int64_t kErasePauseMs = 60'000;
constexpr int kStartTries = 20;
constexpr std::chrono::milliseconds kStartPause{500};

bool is_away(const Error& error) {
    return error.code == Error::Code::kUnavailable || error.code == Error::Code::kDeadline;
}

/// Calls what reports through a Done, and waits for it.
template <typename T, typename Call>
Result<T> waited(Call call) {
    std::promise<Result<T>> promise;
    std::future<Result<T>> result = promise.get_future();
    call([&promise](Result<T> value) { promise.set_value(std::move(value)); });
    return result.get();
}

}  // namespace

Dispatcher::Dispatcher(Store& store, TurnRunner& turns, Outbox& outbox, Executor& executor, Channels channels,
                       Clock& clock, Log& log, Options options)
    : store_(store),
      turns_(turns),
      outbox_(outbox),
      executor_(executor),
      channels_(std::move(channels)),
      clock_(clock),
      log_(log),
      options_(options),
      load_(options.load) {}

Dispatcher::~Dispatcher() {
    stop();
}

Result<void> Dispatcher::start() {
    // All of it before the first new message: a conversation's old turns come first.
    auto claimed = claim_all();
    for (int tries = 1; !claimed && is_away(claimed.error()) && tries < kStartTries; ++tries) {
        log_.warn("what was left open could not be claimed; trying again", {{"why", claimed.error().what}});
        std::this_thread::sleep_for(kStartPause);
        claimed = claim_all();
    }
    if (!claimed) return claimed;
    watcher_ = std::thread([this] { watch(); });
    return {};
}

Result<void> Dispatcher::claim_all() {
    for (;;) {
        // A dead host may have left much: this one must not look dead meanwhile.
        if (auto alive = say_alive(); !alive) return alive;
        const TakeOver take_over(*this);
        auto left = store_.claim(clock_.unix_ms(), kClaimed);
        if (!left) return std::move(left).error().within("claim what was left open");
        if (left->turns.empty() && left->unsent.empty()) return {};
        log_.info("open work found", {{"turns", std::to_string(left->turns.size())},
                                      {"replies", std::to_string(left->unsent.size())}});
        enqueue(std::move(left).value());
    }
}

void Dispatcher::drain(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return lanes_.size() == 0; });
}

void Dispatcher::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (watcher_.joinable()) watcher_.join();
}

Result<std::vector<Accepted>> Dispatcher::accept(std::vector<InboundMessage> messages) {
    if (load_.overloaded(clock_.monotonic_ns()) || outbox_.overloaded())
        return Error{Error::Code::kUnavailable, "more is open than can be answered in time"};
    const std::int64_t now = clock_.unix_ms();
    return waited<std::vector<Accepted>>([&](auto done) {
        store_.accept(messages, now, [&, done](Result<std::vector<Accepted>> result) {
            // Here, where commits come in order: two senders of one conversation may return from
            // their waits in any order.
            if (result) enqueue_new(messages, *result, now);
            done(std::move(result));
        });
    });
}

Result<void> Dispatcher::note(std::vector<Delivery> news) {
    auto effects = waited<std::vector<DeliveryEffect>>(
        [&](auto done) { store_.deliveries(std::move(news), clock_.unix_ms(), done); });
    if (!effects) return std::move(effects).error();
    for (const DeliveryEffect& effect : *effects) outbox_.on_news(effect);
    return {};
}

void Dispatcher::enqueue_new(std::vector<InboundMessage>& messages, std::vector<Accepted>& accepted,
                             std::int64_t now_unix_ms) {
    std::vector<OpenTurn> turns;
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        Accepted& one = accepted[i];
        if (one.duplicate) continue;
        if (const auto channel = channels_.find(messages[i].channel);
            channel != channels_.end() && messages[i].expects_answer)
            channel->second->acknowledge(messages[i]);
        for (OpenTurn& older : one.before) turns.push_back(std::move(older));
        if (!one.ours) {
            const std::lock_guard lock(mutex_);
            held_away_.push_back(one.conversation_id);
            changed_.notify_all();
            continue;
        }
        turns.push_back(
            {std::move(messages[i]), one.conversation_id, one.person_id, one.sequence, now_unix_ms, 1, {}});
    }
    enqueue_in_order(std::move(turns));
}

void Dispatcher::enqueue_in_order(std::vector<OpenTurn> turns) {
    const std::lock_guard lock(order_mutex_);
    if (taking_over_)
        std::ranges::move(turns, std::back_inserter(late_));
    else
        enqueue(std::move(turns));
}

Dispatcher::TakeOver::TakeOver(Dispatcher& dispatcher) : dispatcher_(dispatcher) {
    const std::lock_guard lock(dispatcher_.order_mutex_);
    dispatcher_.taking_over_ = true;
}

Dispatcher::TakeOver::~TakeOver() {
    const std::lock_guard lock(dispatcher_.order_mutex_);
    dispatcher_.taking_over_ = false;
    dispatcher_.enqueue(std::exchange(dispatcher_.late_, {}));
}

void Dispatcher::enqueue(Claimed work) {
    outbox_.deliver(std::move(work.unsent));
    enqueue(std::move(work.turns));
}

/// All are in their lanes before the first is begun: it may answer those that came with it.
void Dispatcher::enqueue(std::vector<OpenTurn> turns) {
    std::vector<OpenTurn> firsts;
    for (OpenTurn& turn : turns) {
        load_.begin();
        const std::string conversation = turn.conversation_id;
        if (auto first = lanes_.push(conversation, std::move(turn))) firsts.push_back(std::move(*first));
    }
    for (OpenTurn& first : firsts)
        executor_.post([this, next = std::move(first)]() mutable { run(std::move(next)); });
}

void Dispatcher::run(OpenTurn turn) {
    const std::string conversation = turn.conversation_id;
    turns_.run(std::move(turn), behind(conversation), [this, conversation] {
        load_.end(clock_.monotonic_ns());
        if (auto next = lanes_.next(conversation)) {
            executor_.post([this, turn = std::move(*next)]() mutable { run(std::move(turn)); });
            return;
        }
        const std::lock_guard lock(mutex_);
        changed_.notify_all();  // for drain()
    });
}

Behind Dispatcher::behind(const std::string& conversation) {
    Behind behind;
    behind.look = [this, conversation](std::size_t most) { return lanes_.waiting(conversation, most); };
    behind.take = [this, conversation](const std::vector<OpenTurn>& turns) {
        std::size_t next = 0;
        const std::size_t taken = lanes_.take_while(conversation, [&](const OpenTurn& turn) {
            return next < turns.size() && turn.sequence == turns[next++].sequence;
        });
        for (std::size_t i = 0; i < taken; ++i) load_.end(clock_.monotonic_ns());
        return taken == turns.size();
    };
    return behind;
}

void Dispatcher::watch() {
    auto next_look = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const bool away = !held_away_.empty();
        lock.unlock();
        if (away) look_again();
        if (const auto now = std::chrono::steady_clock::now(); now >= next_look) {
            look_for_work();
            erase_old_text();
            next_look = now + options_.tick;
        }
        lock.lock();
        if (held_away_.empty())
            changed_.wait_until(lock, next_look, [this] { return stopping_ || !held_away_.empty(); });
        else
            changed_.wait_for(lock, options_.look_again, [this] { return stopping_; });
    }
}

void Dispatcher::look_for_work() {
    if (auto alive = say_alive(); !alive) {
        log_.error("the store does not answer", {{"why", alive.error().what}});
        return;
    }
    auto due = store_.due_jobs(clock_.unix_ms(), kClaimed);
    if (!due) {
        log_.error("due jobs could not be read", {{"why", due.error().what}});
        return;
    }
    enqueue(std::move(*due));
    if (auto claimed = claim_all(); !claimed)
        log_.error("open work could not be read", {{"why", claimed.error().what}});
}

Result<void> Dispatcher::say_alive() {
    const std::uint64_t said_ns = clock_.monotonic_ns();
    if (auto alive = store_.heartbeat(clock_.unix_ms()); !alive) return alive;
    if (!outbox_.holding().is_sure(said_ns))
        if (auto found = find_out_what_is_lost(); !found) return found;
    outbox_.holding().renewed(said_ns);
    return {};
}

/// This process said nothing for so long that others may have taken its conversations. What
/// they have taken is dropped here; a turn that runs is refused when it ends.
Result<void> Dispatcher::find_out_what_is_lost() {
    std::vector<std::string> held = lanes_.keys();
    const std::vector<std::string> sending = outbox_.conversations();
    held.insert(held.end(), sending.begin(), sending.end());
    const TakeOver take_over(*this);
    auto taken = store_.take(held, clock_.unix_ms());
    if (!taken) return std::move(taken).error().within("find out which conversations were lost");
    std::set<std::string> lost(taken->still.begin(), taken->still.end());
    for (const OpenTurn& turn : taken->work.turns) lost.insert(turn.conversation_id);
    for (const OutboundReply& reply : taken->work.unsent) lost.insert(reply.conversation_id);
    for (const std::string& conversation : lost) {
        for (std::size_t left = lanes_.drop(conversation).value_or(0); left > 0; --left)
            load_.end(clock_.monotonic_ns());
        outbox_.forget(conversation);
    }
    if (!lost.empty())
        log_.warn("conversations were taken over by another host", {{"count", std::to_string(lost.size())}});
    enqueue(std::move(taken->work));
    return {};
}

void Dispatcher::look_again() {
    std::vector<std::string> away;
    {
        const std::lock_guard lock(mutex_);
        away.swap(held_away_);
    }
    std::sort(away.begin(), away.end());
    away.erase(std::unique(away.begin(), away.end()), away.end());
    const TakeOver take_over(*this);
    auto taken = store_.take(away, clock_.unix_ms());
    if (taken)
        enqueue(std::move(taken->work));
    else
        log_.error("conversations of other hosts could not be looked at", {{"why", taken.error().what}});
    const std::vector<std::string>& still = taken ? taken->still : away;
    const std::lock_guard lock(mutex_);
    held_away_.insert(held_away_.end(), still.begin(), still.end());
}

void Dispatcher::erase_old_text() {
    const std::int64_t now = clock_.unix_ms();
    if (now < next_erase_unix_ms_) return;
    const auto erased = store_.erase_text(now - options_.text_kept.count(), kErased);
    if (!erased) log_.error("old text could not be erased", {{"why", erased.error().what}});
    // More than one bite is left: go on at the next look.
    next_erase_unix_ms_ = erased && *erased >= kErased ? now : now + kErasePauseMs;
}

}  // namespace migue::host
