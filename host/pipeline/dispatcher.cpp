#include "host/pipeline/dispatcher.hpp"

#include <future>
#include <utility>

namespace migue::host {

namespace {
constexpr std::size_t kClaimed = 1000;
}

Dispatcher::Dispatcher(Store& store, TurnRunner& turns, Outbox& outbox, Executor& executor, Channels channels,
                       Clock& clock, Log& log, Options options)
    : store_(store),
      turns_(turns),
      outbox_(outbox),
      executor_(executor),
      channels_(std::move(channels)),
      clock_(clock),
      log_(log),
      options_(options) {}

Dispatcher::~Dispatcher() {
    stop();
}

Result<void> Dispatcher::start() {
    // Replies first: they were promised before the turns that are still open.
    auto unsent = store_.unsent(options_.max_open);
    if (!unsent) return std::move(unsent).error().within("read unsent replies");
    if (!unsent->empty()) log_.info("unsent replies found", {{"count", std::to_string(unsent->size())}});
    outbox_.deliver(std::move(unsent).value());
    // All of them before the first new message: a conversation's old turns come first.
    for (;;) {
        auto left = store_.claim(clock_.unix_ms(), kClaimed);
        if (!left) return std::move(left).error().within("claim open turns");
        if (left->empty()) break;
        log_.info("open turns found", {{"count", std::to_string(left->size())}});
        for (OpenTurn& turn : *left) enqueue(std::move(turn));
    }
    watcher_ = std::thread([this] { watch(); });
    return {};
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
    if (lanes_.size() > options_.max_open) return Error{Error::Code::kUnavailable, "too many turns are open"};
    std::promise<Result<std::vector<Accepted>>> promise;
    auto stored = promise.get_future();
    const std::int64_t now = clock_.unix_ms();
    store_.accept(messages, now, [&](Result<std::vector<Accepted>> result) {
        // Here, where commits come in order: two senders of one conversation may return from
        // their waits in any order.
        if (result) enqueue_new(messages, *result, now);
        promise.set_value(std::move(result));
    });
    return stored.get();
}

void Dispatcher::enqueue_new(std::vector<InboundMessage>& messages, const std::vector<Accepted>& accepted,
                             std::int64_t now_unix_ms) {
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        const Accepted& one = accepted[i];
        if (one.duplicate || !one.ours) continue;
        if (const auto channel = channels_.find(messages[i].channel); channel != channels_.end())
            channel->second->acknowledge(messages[i]);
        enqueue(
            {std::move(messages[i]), one.conversation_id, one.person_id, one.sequence, now_unix_ms, 1, {}});
    }
}

void Dispatcher::enqueue(OpenTurn turn) {
    const std::string conversation = turn.conversation_id;
    if (auto first = lanes_.push(conversation, std::move(turn)))
        executor_.post([this, next = std::move(*first)]() mutable { run(std::move(next)); });
}

void Dispatcher::run(OpenTurn turn) {
    const std::string conversation = turn.conversation_id;
    turns_.run(std::move(turn), [this, conversation] {
        if (auto next = lanes_.next(conversation)) {
            executor_.post([this, turn = std::move(*next)]() mutable { run(std::move(turn)); });
            return;
        }
        const std::lock_guard lock(mutex_);
        changed_.notify_all();  // for drain()
    });
}

void Dispatcher::watch() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        look_once();
        lock.lock();
        changed_.wait_for(lock, options_.tick, [this] { return stopping_; });
    }
}

void Dispatcher::look_once() {
    if (auto alive = store_.heartbeat(clock_.unix_ms()); !alive) {
        log_.error("the store does not answer", {{"why", alive.error().what}});
        return;
    }
    enqueue_all(store_.due_jobs(clock_.unix_ms(), kClaimed));
    enqueue_all(store_.claim(clock_.unix_ms(), kClaimed));
}

void Dispatcher::enqueue_all(Result<std::vector<OpenTurn>> turns) {
    if (!turns) {
        log_.error("open turns could not be read", {{"why", turns.error().what}});
        return;
    }
    for (OpenTurn& turn : *turns) enqueue(std::move(turn));
}

}  // namespace migue::host
