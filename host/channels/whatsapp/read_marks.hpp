#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>

#include "host/channels/whatsapp/graph_client.hpp"
#include "host/pipeline/executor.hpp"
#include "host/services/clock.hpp"

namespace migue::host::whatsapp {

/// Marks messages as read and shows "typing", at once, on threads of its own and best effort:
/// what does not fit the queue or comes too late is left out. Thread-safe.
class ReadMarks {
public:
    /// All must outlive it.
    ReadMarks(GraphClient& graph, const Clock& clock);
    ReadMarks(const ReadMarks&) = delete;
    ReadMarks& operator=(const ReadMarks&) = delete;
    ~ReadMarks();  ///< breaks off what is running

    /// From the number that was written to.
    void add(const std::string& phone_number_id, const std::string& message_id);
    /// The answer to this message is on its way: only mark it as read, "typing" would outlast it.
    void answered(const std::string& message_id);

    struct Counts {
        std::uint64_t sent = 0, failed = 0, dropped = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    struct Mark {
        std::string phone_number_id, message_id;
        std::uint64_t added_ns = 0;
    };
    void send(const Mark& mark);

    GraphClient& graph_;
    const Clock& clock_;
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, bool>
        waiting_;        // guarded by mutex_: message id, and whether to show typing
    Counts counts_;      // guarded by mutex_
    Executor executor_;  // last: its threads use all of the above
};

}  // namespace migue::host::whatsapp
