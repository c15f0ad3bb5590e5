#include "host/channels/whatsapp/read_marks.hpp"

#include <chrono>

#include "host/channels/whatsapp/encode.hpp"

namespace migue::host::whatsapp {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxWaiting = 256;
/// At once. With Graph answering in 200 ms this marks 320 messages a second.
constexpr std::size_t kMostThreads = 64;
constexpr std::chrono::milliseconds kCallLimit = 5s;
/// Answers take less than this; a mark that waited longer helps nobody.
constexpr std::uint64_t kStaleNs = 2'000'000'000;

}  // namespace

ReadMarks::ReadMarks(GraphClient& graph, const Clock& clock)
    : graph_(graph), clock_(clock), executor_(Executor::Options{.least = 1, .most = kMostThreads}) {}

ReadMarks::~ReadMarks() {
    stop_.request_stop();
    executor_.stop();
}

void ReadMarks::add(const std::string& phone_number_id, const std::string& message_id) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= kMaxWaiting || !waiting_.emplace(message_id, true).second) {
            ++counts_.dropped;
            return;
        }
    }
    executor_.post([this, mark = Mark{phone_number_id, message_id, clock_.monotonic_ns()}] { send(mark); });
}

void ReadMarks::answered(const std::string& message_id) {
    const std::lock_guard lock(mutex_);
    if (const auto mark = waiting_.find(message_id); mark != waiting_.end()) mark->second = false;
}

ReadMarks::Counts ReadMarks::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

void ReadMarks::send(const Mark& mark) {
    bool typing = true;
    {
        const std::lock_guard lock(mutex_);
        const auto waiting = waiting_.extract(mark.message_id);
        typing = waiting.mapped();
        if (stop_.stop_requested() || clock_.monotonic_ns() - mark.added_ns > kStaleNs) {
            ++counts_.dropped;
            return;
        }
    }
    const auto answer = graph_.post_message(mark.phone_number_id, encode_read(mark.message_id, typing),
                                            kCallLimit, stop_.get_token());
    const std::lock_guard lock(mutex_);
    ++(answer && answer->status == 200 ? counts_.sent : counts_.failed);
}

}  // namespace migue::host::whatsapp
