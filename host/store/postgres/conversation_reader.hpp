#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/store/postgres/line.hpp"
#include "host/store/records.hpp"

namespace migue::host::postgres {

/// Reads the memory of conversations on a connection of its own, as many as gathered during the
/// read before in one round trip. Thread-safe.
class ConversationReader {
public:
    using Done = std::function<void(Result<Conversation>)>;

    /// Connects when there is something to read. `target` outlives it.
    ConversationReader(const Target& target, std::chrono::milliseconds limit);
    ConversationReader(const ConversationReader&) = delete;
    ConversationReader& operator=(const ConversationReader&) = delete;
    ~ConversationReader();  ///< answers what was asked, then stops

    /// `done` is called once, on the reader's thread; at once, with kUnavailable, when too many
    /// wait already.
    void read(const std::string& conversation_id, Done done);

private:
    struct Entry {
        std::string id;
        Done done;
    };
    void run();
    void answer(std::vector<Entry>& batch);

    const std::chrono::milliseconds limit_;
    Line line_;  // used by thread_ alone
    std::mutex mutex_;
    std::condition_variable work_or_stop_;
    std::deque<Entry> waiting_;  // guarded by mutex_
    bool is_stopping_ = false;   // guarded by mutex_
    std::thread thread_;
};

}  // namespace migue::host::postgres
