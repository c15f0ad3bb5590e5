#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/bench/load/database.hpp"
#include "tests/bench/load/fake_graph.hpp"
#include "tests/bench/load/host_under_test.hpp"
#include "tests/bench/load/webhook_client.hpp"
#include "tests/bench/load/webhook_text.hpp"
#include "tests/standins/google/google_server.hpp"

namespace migue::torture {

using load::Clock;
using load::TimePoint;

struct Choice {
    std::string id, title;
};

/// A reply as a person sees it.
struct Heard {
    TimePoint at;
    std::size_t person = 0;
    std::string name;  ///< the same when it comes again
    std::string text, link;
    std::vector<Choice> choices;
    std::string sender;  ///< the process it came from

    /// The id of the button with this title, or "".
    [[nodiscard]] std::string choice(const std::string& title) const;
};

/// A process that is to be killed at a step, and how soon after it.
struct Trap {
    std::string call;  ///< "events.insert"; "reply": a reply reached Graph; "ack": a webhook got its 200
    standins::CallMoment moment = standins::CallMoment::kArrived;
    std::chrono::microseconds after{0};
};

/// Real hosts on one store, Google and Graph played by stand-ins, and people who write. One
/// event loop, one thread; Google serves on threads of its own, and each host has its own
/// address of it, so that a call tells which process made it.
class GoogleRig {
public:
    struct Options {
        std::size_t hosts = 1;
        std::size_t people = 8;
        std::uint64_t seed = 1;
        bool one_account = false;          ///< everybody has linked the same
        std::string google_settings = {};  ///< of plugins.scheduling.google, ", key: value" each
        std::chrono::milliseconds graph_latency{10};
        std::chrono::seconds access_life{3599};  ///< of Google's access tokens
    };
    using OnHeard = std::function<void(const Heard&)>;

    GoogleRig(const Options& options, load::Database& database);
    GoogleRig(const GoogleRig&) = delete;
    GoogleRig& operator=(const GoogleRig&) = delete;
    ~GoogleRig();

    /// Every person links their account, by the pages and the code.
    void link_everybody();
    [[nodiscard]] std::string email(std::size_t person) const;

    /// Replies from now on, without those that come again.
    void listen(OnHeard on_heard) { on_heard_ = std::move(on_heard); }
    /// Brought again until a host takes it; `on_ack` at the first 200.
    void say(std::size_t person, const std::string& text, std::function<void()> on_ack = {});
    void tap(std::size_t person, const Choice& choice, std::function<void()> on_ack = {});

    /// The next call of this kind kills its host.
    void arm(const Trap& trap);
    /// The trap that killed, once; `host` is the one that is gone.
    struct Sprung {
        Trap trap;
        std::size_t host = 0;
    };
    [[nodiscard]] std::optional<Sprung> sprung();
    void disarm();
    /// Starts a host that was killed; messages reach it as soon as it is ready.
    void restart(std::size_t host);
    [[nodiscard]] bool is_ready(std::size_t host) const { return hosts_[host]->ready; }
    /// Throws when a host ended by itself.
    void look_after_hosts();
    /// In good order; throws when it is not.
    void stop();

    [[nodiscard]] load::EventLoop& loop() noexcept { return loop_; }
    [[nodiscard]] standins::Google& google() noexcept { return google_; }
    [[nodiscard]] std::size_t hosts() const noexcept { return hosts_.size(); }
    [[nodiscard]] std::size_t repeated() const noexcept { return repeated_; }
    [[nodiscard]] std::string log_tail(std::size_t lines) const;
    [[nodiscard]] load::HostUnderTest& host(std::size_t number) { return *hosts_[number]->process; }

private:
    struct Host {
        std::size_t number = 0;
        std::unique_ptr<standins::GoogleServer> google;
        load::HostSetup setup;
        std::unique_ptr<load::WebhookClient> client;
        std::unique_ptr<load::HostUnderTest> process;  // empty while it is away
        std::atomic<int> pid{0};
        bool ready = false;
    };

    void start(Host& host);
    void on_reply(const load::GraphReply& reply);
    void post(std::string body, std::size_t tries, std::function<void()> on_ack);
    [[nodiscard]] Host& any_host();
    void on_call(Host& host, standins::CallMoment moment, const std::string& call);
    void poll_starts();

    const Options options_;
    load::EventLoop loop_;
    test::TemporaryFolder folder_;
    load::FakeGraph graph_;
    standins::Google google_;
    load::WebhookText text_;
    std::vector<std::unique_ptr<Host>> hosts_;
    OnHeard on_heard_;
    std::unordered_set<std::string> names_;
    std::size_t repeated_ = 0;
    std::uint64_t next_message_ = 0, next_host_ = 0;

    std::mutex trap_mutex_;
    std::optional<Trap> trap_;      // guarded by trap_mutex_
    std::optional<Sprung> sprung_;  // guarded by trap_mutex_
};

}  // namespace migue::torture
