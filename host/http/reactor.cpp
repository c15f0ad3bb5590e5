#include "host/http/reactor.hpp"

#include <Poco/Net/SocketAddress.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <typeinfo>

#include "host/http/reply_text.hpp"

namespace migue::host::http {

namespace {

using std::chrono::milliseconds;
using TimePoint = Connection::Clock::time_point;

/// The deadline of a connection that somebody works on.
constexpr TimePoint kTaken = TimePoint::max();
/// How late a deadline may be noticed.
constexpr milliseconds kTick{100};
/// How long a client may say nothing, or only half a request, before it goes first when there
/// is no room.
constexpr milliseconds kGrace{1000};
/// How long a stopping server waits for clients to take their answers.
constexpr milliseconds kFarewell{1500};
constexpr int kAcceptsAtOnce = 64;
/// Large bodies, read and thrown away, get so many turns in each round: 200 MB/s for all of
/// them together, so that small requests always find the reactor's thread free.
constexpr milliseconds kRound{5};
constexpr std::size_t kTurnsInARound = 16;
/// How long jobs may wait for a thread that the workers hold back.
constexpr milliseconds kNudge{1};

bool out_of_resources(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/// Whether a client waits to be accepted; needs no descriptor.
bool has_client(int listener) {
    pollfd asked{listener, POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1;
}

}  // namespace

Reactor::Reactor(Parts parts, const Limits& limits, std::function<Reply(Request&)> answer, Log& log)
    : limits_(limits),
      log_(log),
      listener_(std::move(parts.listener)),
      tls_(std::move(parts.tls)),
      room_(parts.room),
      rules_{limits, std::move(answer), [this] { return stopping_.load(std::memory_order_relaxed); }, tally_},
      workers_({limits.threads, limits.queue}, [this] { poller_.wake(); }),
      thread_([this] { run(); }) {}

Reactor::~Reactor() {
    stop();
}

void Reactor::stop() {
    if (stop_asked_.exchange(true)) return;
    poller_.wake();
    thread_.join();
    workers_.stop();
}

Counters Reactor::counters() const {
    Counters out;
    {
        const Lock lock(mutex_);
        out.open = slots_.size();
        for (const Slot& slot : slots_) out.parked += slot.deadline != kTaken;
    }
    out.running = workers_.busy();
    out.queued = workers_.queued();
    out.threads = workers_.threads();
    out.held_bytes = held_;
    out.accepted = accepted_;
    out.turned_away = turned_away_;
    out.gave_way = gave_way_;
    out.requests = tally_.requests;
    out.rejected = tally_.rejected;
    out.timeouts = tally_.timeouts;
    out.overloaded = tally_.overloaded;
    return out;
}

// --- the reactor's thread -------------------------------------------------------------------

void Reactor::run() {
    listener_.setBlocking(false);
    listen_again();
    while (true) {
        serve(poller_.wait(patience()));
        const auto now = Clock::now();
        if (now >= next_tick_) tick(now);
        if (now >= next_round_) begin_round(now);
        if (workers_.holds_back() && now >= next_nudge_) {
            workers_.nudge();
            next_nudge_ = now + kNudge;
        }
        if (!stop_asked_) continue;
        if (!stopping_) begin_to_stop();
        const Lock lock(mutex_);
        if (slots_.empty()) return;
    }
}

milliseconds Reactor::patience() const {
    if (workers_.holds_back()) return kNudge;
    {
        const Lock lock(mutex_);
        if (slots_.empty() && !pausing_ && !has_threads_) return milliseconds(-1);
    }
    const auto until = resting_.empty() ? next_tick_ : std::min(next_tick_, next_round_);
    return std::clamp(std::chrono::ceil<milliseconds>(until - Clock::now()), milliseconds(0), kTick);
}

/// The only way to take what is parked. Under the lock.
Reactor::Seat& Reactor::take(Slot& slot) {
    slot.deadline = kTaken;
    if (std::exchange(slot.seat->resting, false)) std::erase(resting_, slot.seat.get());
    return *slot.seat;
}

/// Lets a connection read. One that has more than its turn rests when the round's turns are
/// used up.
void Reactor::turn(Seat& seat) {
    const Next next = step(seat, &Connection::on_ready);
    if (next != Next::kTurn || turns_left_ > 0) {
        if (next == Next::kTurn) --turns_left_;
        go_on(seat, next);
    } else if (count_held(seat); park(seat, next)) {
        seat.resting = true;
        resting_.push_back(&seat);
    } else {
        close(seat);
    }
    if (held_ > limits_.buffered) relieve();
}

void Reactor::begin_round(TimePoint now) {
    next_round_ = now + kRound;
    turns_left_ = kTurnsInARound;
    for (std::size_t left = std::min(resting_.size(), kTurnsInARound); left > 0 && !resting_.empty();
         --left) {
        Seat* seat = resting_.front();
        resting_.pop_front();
        seat->resting = false;
        {
            const Lock lock(mutex_);
            take(slots_[seat->index]);
        }
        turn(*seat);
    }
}

void Reactor::serve(std::span<void* const> ready) {
    {
        // All at once, before anything is closed to make room for another.
        const Lock lock(mutex_);
        for (void* owner : ready)
            if (owner != &listener_) take(slots_[static_cast<Seat*>(owner)->index]);
    }
    for (void* owner : ready) {
        if (owner == &listener_)
            accept_some();
        else
            turn(*static_cast<Seat*>(owner));
    }
}

void Reactor::tick(TimePoint now) {
    next_tick_ = now + kTick;
    has_threads_ = workers_.reap();
    if (pausing_ && !stopping_) listen_again();
    due_.clear();
    {
        const Lock lock(mutex_);
        for (Slot& slot : slots_) {
            if (slot.deadline <= now) due_.push_back(&take(slot));
        }
    }
    for (Seat* seat : due_) go_on(*seat, step(*seat, &Connection::expire));
}

void Reactor::begin_to_stop() {
    listener_.close();
    listening_ = false;
    due_.clear();
    {
        const Lock lock(mutex_);
        stopping_ = true;  // under the lock: what is parked from now on knows it
        const auto farewell = Clock::now() + kFarewell;
        for (Slot& slot : slots_) {
            if (slot.deadline == kTaken) continue;
            slot.deadline = std::min(slot.deadline, farewell);
            if (!slot.seat->connection.answering()) due_.push_back(&take(slot));
        }
    }
    for (Seat* seat : due_) close(*seat);
}

// --- who comes in ---------------------------------------------------------------------------

void Reactor::listen_again() {
    pausing_ = !poller_.arm(listener_.impl()->sockfd(), listening_, Poller::For::kRead, &listener_);
    listening_ |= !pausing_;
}

void Reactor::accept_some() {
    if (stop_asked_) return;
    for (int i = 0; i < kAcceptsAtOnce; ++i) {
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        auto* address = reinterpret_cast<sockaddr*>(&from);
        FileDescriptor socket(
            ::accept4(listener_.impl()->sockfd(), address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) {
            short_of_files_ = false;
            admit(std::move(socket), address, size);
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        if (!out_of_resources(errno)) continue;  // that client is gone: the next one
        // Linux looks for a free descriptor before it looks for a client.
        const int error = errno;
        if (!has_client(listener_.impl()->sockfd())) break;
        if (!std::exchange(short_of_files_, true))
            log_.warn("no more connections for now", {{"errno", std::to_string(error)}});
        make_room();
        pausing_ = true;  // they wait in the listener's queue until the next tick
        return;
    }
    listen_again();
}

void Reactor::admit(FileDescriptor socket, const sockaddr* from, socklen_t size) {
    ++accepted_;
    bool full = false;
    {
        const Lock lock(mutex_);
        full = slots_.size() >= room_;
    }
    if (full && !make_room()) return turn_away(socket);
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Seat* seat = nullptr;
    try {
        std::string client = Poco::Net::SocketAddress(from, size).host().toString();
        Stream stream(std::move(socket), tls_ ? tls_->sslContext() : nullptr);
        auto owned = std::unique_ptr<Seat>(new Seat{{std::move(stream), std::move(client), rules_}, 0});
        seat = owned.get();
        const Lock lock(mutex_);
        seat->index = slots_.size();
        slots_.push_back({std::move(owned), kTaken, {}, 0, Rank::kStays});
    } catch (const std::exception&) {
        ++turned_away_;  // no memory for it
        return;
    }
    go_on(*seat, Next::kRead);
}

void Reactor::turn_away(const FileDescriptor& socket) {
    ++turned_away_;
    if (tls_) return;  // a word would cost a handshake
    static const std::string kFull = [] {
        Reply reply = plain_reply(503);
        reply.headers.emplace_back("Retry-After", "1");
        return reply_text(reply, {});
    }();
    // What has come is thrown away, or the client would see a reset and no answer.
    ::recv(socket.get(), nullptr, limits_.header, MSG_TRUNC);
    ::send(socket.get(), kFull.data(), kFull.size(), MSG_NOSIGNAL);
    ::shutdown(socket.get(), SHUT_WR);
}

bool Reactor::make_room() {
    Seat* leaves = nullptr;
    {
        Slot* first = nullptr;
        const Lock lock(mutex_);
        const auto young = Clock::now() - kGrace;
        const auto rank_of = [&](const Slot& slot) {
            if (slot.deadline == kTaken) return Rank::kStays;
            if (slot.since <= young || slot.rank == Rank::kIdle) return slot.rank;
            return slot.rank == Rank::kSilent ? Rank::kIdle : Rank::kStays;
        };
        Rank lowest = Rank::kStays;
        for (Slot& slot : slots_) {
            const Rank rank = rank_of(slot);
            if (rank > lowest || rank == Rank::kStays) continue;
            if (rank == lowest && slot.since >= first->since) continue;
            lowest = rank;
            first = &slot;
        }
        if (first == nullptr) return false;
        leaves = &take(*first);
    }
    ++gave_way_;
    close(*leaves);
    return true;
}

void Reactor::relieve() {
    while (held_ > limits_.buffered) {
        Seat* biggest = nullptr;
        {
            const Lock lock(mutex_);
            std::size_t most = 0;
            for (Slot& slot : slots_) {
                if (slot.deadline == kTaken || slot.held <= most) continue;
                most = slot.held;
                biggest = slot.seat.get();
            }
            if (biggest == nullptr) return;  // all of it is being answered
            take(slots_[biggest->index]);
        }
        go_on(*biggest, step(*biggest, &Connection::give_up));
    }
}

// --- one connection, on whatever thread has taken it ----------------------------------------

Reactor::Next Reactor::step(Seat& seat, Next (Connection::*what)()) {
    try {
        return (seat.connection.*what)();
    } catch (const std::exception& error) {
        // Memory ran out. The type only: what() may quote what a person wrote.
        log_.error("http connection given up", {{"exception", typeid(error).name()}});
        return Next::kClose;
    }
}

void Reactor::go_on(Seat& seat, Next next) {
    while (true) {
        count_held(seat);
        switch (next) {
            case Next::kTurn:
                next = Next::kRead;
                [[fallthrough]];
            case Next::kRead:
            case Next::kWrite:
                if (park(seat, next)) return;
                next = Next::kClose;
                break;
            case Next::kHandshake:
            case Next::kAnswer:
                if (hand_over(seat, next)) return;
                next = next == Next::kAnswer ? step(seat, &Connection::overloaded) : Next::kClose;
                break;
            case Next::kClose:
                return close(seat);
        }
    }
}

bool Reactor::park(Seat& seat, Next next) {
    Connection& connection = seat.connection;
    const Lock lock(mutex_);
    if (stopping_ && !connection.answering()) return false;
    Slot& slot = slots_[seat.index];
    slot.since = connection.since();
    slot.held = seat.held;
    slot.rank = !connection.idle()           ? (connection.receiving() ? Rank::kSlow : Rank::kStays)
                : connection.answered() == 0 ? Rank::kSilent
                                             : Rank::kIdle;
    slot.deadline = connection.deadline();
    if (stopping_) slot.deadline = std::min(slot.deadline, Clock::now() + kFarewell);
    if (next == Next::kTurn) return true;  // nothing to wait for but the turn
    const auto what = next == Next::kRead ? Poller::For::kRead : Poller::For::kWrite;
    const bool known = std::exchange(seat.known, true);
    if (poller_.arm(connection.descriptor(), known, what, &seat)) return true;
    slot.deadline = kTaken;
    return false;
}

bool Reactor::hand_over(Seat& seat, Next next) {
    const auto kind = next == Next::kAnswer ? WorkerPool::Kind::kRequest : WorkerPool::Kind::kHandshake;
    return workers_.submit(kind, [this, &seat] { go_on(seat, step(seat, &Connection::work)); });
}

void Reactor::close(Seat& seat) {
    std::unique_ptr<Seat> gone;
    {
        const Lock lock(mutex_);
        held_ -= seat.held;
        const std::size_t index = seat.index;
        gone = std::move(slots_[index].seat);
        if (index + 1 != slots_.size()) {
            slots_[index] = std::move(slots_.back());
            slots_[index].seat->index = index;
        }
        slots_.pop_back();
    }
    if (stopping_) poller_.wake();
}

void Reactor::count_held(Seat& seat) {
    const std::size_t held = seat.connection.held();
    held_ += held - seat.held;  // wraps around when it shrinks, and back again
    seat.held = held;
}

}  // namespace migue::host::http
