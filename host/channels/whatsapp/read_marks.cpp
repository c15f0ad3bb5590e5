#include "host/channels/whatsapp/read_marks.hpp"

#include <chrono>
#include <exception>

#include "host/channels/whatsapp/encode.hpp"

namespace migue::host::whatsapp {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxQueue = 256;
constexpr int kThreads = 4;
constexpr std::chrono::milliseconds kCallLimit = 5s;
/// Answers take less than this; a mark that waited longer helps nobody.
constexpr std::uint64_t kStaleNs = 2'000'000'000;

}  // namespace

ReadMarks::ReadMarks(GraphClient& graph, const Clock& clock) : graph_(graph), clock_(clock) {
    for (int i = 0; i < kThreads; ++i)
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

ReadMarks::~ReadMarks() {
    for (std::jthread& thread : threads_) thread.request_stop();
}

void ReadMarks::add(const std::string& message_id) {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kMaxQueue) {
        ++counts_.dropped;
        return;
    }
    queue_.push_back({message_id, clock_.monotonic_ns(), true});
    added_.notify_one();
}

void ReadMarks::answered(std::string_view message_id) {
    const std::lock_guard lock(mutex_);
    for (Mark& mark : queue_)
        if (mark.message_id == message_id) mark.typing = false;
}

ReadMarks::Counts ReadMarks::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

void ReadMarks::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (added_.wait(lock, stop, [this] { return !queue_.empty(); })) {
        const Mark mark = std::move(queue_.front());
        queue_.pop_front();
        if (clock_.monotonic_ns() - mark.added_ns > kStaleNs) {
            ++counts_.dropped;
            continue;
        }
        lock.unlock();
        const auto answer = graph_.post_message(encode_read(mark.message_id, mark.typing), kCallLimit, stop);
        lock.lock();
        ++(answer && answer->status == 200 ? counts_.sent : counts_.failed);
    }
}

}  // namespace migue::host::whatsapp
