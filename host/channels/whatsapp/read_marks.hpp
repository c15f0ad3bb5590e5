#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "host/channels/whatsapp/graph_client.hpp"
#include "host/services/clock.hpp"

namespace migue::host::whatsapp {

/// Marks messages as read and shows "typing", in the background and best effort: what does
/// not fit the queue or comes too late is left out. Thread-safe.
class ReadMarks {
public:
    /// All must outlive it.
    ReadMarks(GraphClient& graph, const Clock& clock);
    ReadMarks(const ReadMarks&) = delete;
    ReadMarks& operator=(const ReadMarks&) = delete;
    ~ReadMarks();  ///< breaks off what is running

    void add(const std::string& message_id);
    /// The answer to this message is on its way: only mark it as read, "typing" would outlast it.
    void answered(std::string_view message_id);

    struct Counts {
        std::uint64_t sent = 0, failed = 0, dropped = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    struct Mark {
        std::string message_id;
        std::uint64_t added_ns = 0;
        bool typing = true;
    };
    void run(const std::stop_token& stop);

    GraphClient& graph_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable_any added_;
    std::deque<Mark> queue_;             // guarded by mutex_
    Counts counts_;                      // guarded by mutex_
    std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace migue::host::whatsapp
