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

/// Reads the memory of conversations on connections of its own, as many as gathered during the
/// reads before in one round trip. Thread-safe.
class ConversationReader {
public:
    using Done = std::function<void(Result<Conversation>)>;

    /// Connects when there is something to read. `lines`: reads under way at once. `target` outlives it.
    ConversationReader(const Target& target, std::size_t lines, std::chrono::milliseconds limit);
    ConversationReader(const ConversationReader&) = delete;
    ConversationReader& operator=(const ConversationReader&) = delete;
    ~ConversationReader();  ///< answers what was asked, then stops

    /// `done` is called once, on a thread of the reader; at once, with kUnavailable, when too many
    /// wait already.
    void read(const std::string& conversation_id, Done done);
    using QuotedDone = std::function<void(Result<std::string>)>;
    /// Store::quoted(), in the same way.
    void read_quoted(const std::string& conversation_id, const std::string& channel_message_id,
                     QuotedDone done);

private:
    struct Entry {
        std::string id;
        Done done;
    };
    struct Quote {
        std::string id, channel_message_id;
        QuotedDone done;
    };
    void run();
    void answer_quote(Line& line, Quote quote);
    void answer(Line& line, std::vector<Entry>& batch);

    const Target& target_;
    const std::chrono::milliseconds limit_;
    std::mutex mutex_;
    std::condition_variable work_or_stop_;
    std::deque<Entry> waiting_;  // guarded by mutex_
    std::deque<Quote> quotes_;   // guarded by mutex_
    bool is_stopping_ = false;   // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace migue::host::postgres
