#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tests/bench/load/fake_graph.hpp"
#include "tests/bench/load/figures.hpp"
#include "tests/bench/load/host_under_test.hpp"
#include "tests/bench/load/webhook_client.hpp"
#include "tests/bench/load/webhook_text.hpp"

namespace migue::load {

/// What people do.
struct LoadPlan {
    enum class Pace {
        kReplies = 1,  ///< each person writes again when the reply is there
        kAcks,         ///< each writes again when the message is acknowledged
        kRate,         ///< `rate` messages a second, whatever the host does
    };
    Pace pace = Pace::kRate;
    std::size_t people = 50;
    double rate = 80;
    bool statuses = false;  ///< three webhooks for each reply: sent, delivered, read
    std::chrono::milliseconds warm_up{1000};
    std::chrono::milliseconds measured{5000};
    std::chrono::milliseconds drain{10'000};  ///< at most, for what is still open
    std::string text = "hola";
};

/// What came of it. Counts and times are of messages sent while it was measured.
struct LoadResult {
    double seconds = 0;
    std::size_t sent = 0, acked = 0, answered = 0;
    std::size_t acked_in_time = 0, answered_in_time = 0;  ///< before the measured time was over
    std::size_t shed = 0;                                 ///< answered with 503
    std::size_t failed = 0;                               ///< any other answer, or none
    std::size_t late = 0;                                 ///< acknowledged, and the reply came after 2 s
    std::size_t lost = 0;                                 ///< acknowledged, and no reply came
    std::size_t repeated = 0;                             ///< replies that came again
    std::size_t statuses = 0, statuses_failed = 0;
    double host_cpu_ms = 0;  ///< a message
    std::size_t peak_rss = 0;
    Latencies ack, reply, shed_answer, status_ack;  ///< from the moment it was due

    [[nodiscard]] double acked_per_second() const { return static_cast<double>(acked_in_time) / seconds; }
    [[nodiscard]] double answered_per_second() const {
        return static_cast<double>(answered_in_time) / seconds;
    }
};

/// One run of a plan. Outlives the loop's last round, as timers of it may be pending. Replies must carry no
/// identity of the message they answer, so they are matched by order: the n-th reply to a person answers the
/// n-th stored message of theirs, which holds for plugins that give one reply a message.
class LoadRun {
public:
    /// `first_person`: runs against one host take people of their own, and messages of
    /// earlier runs that are answered late are not taken for theirs.
    LoadRun(EventLoop& loop, WebhookClient& client, const WebhookText& text, const HostUnderTest& host,
            LoadPlan plan, std::uint64_t first_person);

    [[nodiscard]] LoadResult run();
    void on_reply(const GraphReply& reply);

private:
    struct Message {
        std::uint64_t person = 0;
        TimePoint due, acked{}, replied{};
        bool measured = false, settled = false;  // settled: refused or failed, no reply will come
    };

    void write(std::uint64_t person, TimePoint due);
    void on_ack(std::size_t index, int status);
    void write_again(std::uint64_t person, std::chrono::milliseconds after);
    void pace();
    void sample();
    void send_statuses(const GraphReply& reply);
    [[nodiscard]] bool all_settled() const { return open_ == 0 && statuses_out_ == 0; }
    [[nodiscard]] LoadResult result(double cpu_seconds);

    EventLoop& loop_;
    WebhookClient& client_;
    const WebhookText& text_;
    const HostUnderTest& host_;
    const LoadPlan plan_;
    const std::uint64_t first_person_;
    LoadResult result_;
    std::vector<Message> messages_;
    std::unordered_map<std::string, std::deque<std::size_t>> unanswered_;  // by phone
    std::unordered_set<std::string> names_;                                // of replies
    TimePoint begun_, measured_from_, measured_until_;
    bool writing_ = false;
    std::size_t open_ = 0;  // messages whose end is not known
    std::size_t statuses_out_ = 0;
};

}  // namespace migue::load
