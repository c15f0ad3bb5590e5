#include "host/plugin_runner/session.hpp"

#include <unistd.h>

#include <atomic>
#include <utility>

namespace migue::runner {

namespace {

using wire::Kind;
using wire::Lane;
using wire::Reader;
using wire::Writer;

constexpr auto kForever = Lane::TimePoint::max();

/// The host puts what runs on its lanes in order: a turn comes after the one before it in its
/// conversation, destroy() after everything. It does so over sockets, which neither the language nor
/// the thread sanitizer takes for an order, so each thread marks here what it says and what it hears.
void mark_order() noexcept {
    static std::atomic<std::uint64_t> said_and_heard{0};
    said_and_heard.fetch_add(1, std::memory_order_acq_rel);
}

Result<void> send(Lane& lane, Kind kind, const Writer& body) {
    mark_order();
    return lane.send(kind, body, kForever);
}

Result<wire::Frame> receive(Lane& lane) {
    auto frame = lane.receive(kForever);
    mark_order();
    return frame;
}

}  // namespace

Inside*& Inside::current() noexcept {
    static thread_local Inside* current = nullptr;
    return current;
}

void end_process(const char*) {
    // Nobody would read why: there is no stream, and the host sees that we are gone.
    ::_exit(4);
}

void tell(Lane& lane, Kind kind, const Writer& body) {
    const auto sent = send(lane, kind, body);
    // Too long to cross: nothing was sent, and what wants no answer is dropped.
    const bool may_be_dropped = kind != Kind::kReturn && !sent && sent.error().code == Error::Code::kInternal;
    if (!sent && !may_be_dropped) end_process("the host is gone");
}

std::optional<wire::Frame> next_call(Lane& lane) {
    auto frame = receive(lane);
    if (!frame) return std::nullopt;
    if (frame->kind > Kind::kLastCall) end_process("an answer to nothing");
    return std::move(frame).value();
}

std::string ask(Lane& lane, Kind kind, const Writer& body) {
    const auto sent = send(lane, kind, body);
    if (!sent && sent.error().code == Error::Code::kInternal) return Writer().i32(MIGUE_E_INVALID).bytes();
    if (!sent) end_process("the host is gone");
    auto answer = receive(lane);
    if (!answer || answer->kind != Kind::kAnswer) end_process("the host is gone");
    return std::move(answer->body);
}

migue_status ask_status(Kind kind, const Writer& body) {
    Inside* const here = Inside::current();
    if (here == nullptr) return MIGUE_E_INVALID;  // a thread of the plugin's own (T3)
    const std::string answer = ask(here->lane, kind, body);
    return Reader(answer).i32();
}

std::uint64_t Operations::add(const Waiting& waiting) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(++last_, waiting);
    return last_;
}

std::optional<Operations::Waiting> Operations::take(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return std::nullopt;
    const Waiting waiting = found->second;
    waiting_.erase(found);
    return waiting;
}

Operations& Operations::all() {
    static Operations operations;
    return operations;
}

}  // namespace migue::runner
