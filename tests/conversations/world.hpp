#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/cli/app.hpp"
#include "host/observe/log.hpp"
#include "host/services/clock.hpp"
#include "tests/conversations/script.hpp"
#include "tests/host/temporary_folder.hpp"
#include "tests/standins/google/google_server.hpp"
#include "tests/standins/graph/graph.hpp"

namespace migue::conversations {

inline constexpr const char* kAppSecret = "app-secret-of-the-test";
inline constexpr const char* kAdminToken = "admin-token-of-the-test";
inline constexpr const char* kPublicUrl = "http://bot.example.test";

/// The calendar date stands until it is moved; durations go on as they really do. Thread-safe.
class MovableClock final : public host::Clock {
public:
    [[nodiscard]] std::uint64_t monotonic_ns() const override { return system_.monotonic_ns(); }
    [[nodiscard]] std::int64_t unix_ms() const override { return unix_ms_.load(); }
    void set(std::int64_t unix_ms) { unix_ms_.store(unix_ms); }

private:
    host::SystemClock system_;
    std::atomic<std::int64_t> unix_ms_{1795446300000};
};

struct HttpAnswer {
    int status = 0;
    std::string body, location, cookie;
};
/// One request over its own connection; the body goes along as `type`.
struct HttpCall {
    std::string method, url;
    std::string body = {}, type = {}, cookie = {};
};
[[nodiscard]] HttpAnswer call(const HttpCall& request);

/// A whole host with real HTTP on both sides: the web chat behind the admin listener, the
/// webhook, the stand-in Graph, and the local calendar or the stand-in Google. People of one
/// script never meet those of another. Used by one thread.
class World {
public:
    struct Options {
        std::string zone, confirm;
        bool google = false;
        std::string isolated = {};          ///< the plugin that gets a process of its own
        std::string message_template = {};  ///< "name language"; "" none
        auto operator<=>(const Options&) const = default;
    };
    explicit World(Options options);
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] const std::string& url() const { return http_url_; }
    [[nodiscard]] const std::string& admin_url() const { return admin_url_; }
    [[nodiscard]] MovableClock& clock() { return clock_; }
    [[nodiscard]] standins::Graph& graph() { return graph_; }
    [[nodiscard]] standins::Google* google() { return google_.get(); }
    [[nodiscard]] int next_person() { return ++people_; }
    /// The turn of this message is over and committed.
    [[nodiscard]] bool is_finished(const std::string& message_id) const;

    /// The local calendar's own tables, as another program of the operator would.
    void put_local(const std::string& person_id, const EventLine& event, const std::string& zone);
    [[nodiscard]] std::vector<EventLine> local_events(const std::string& person_id, const std::string& zone);

    [[nodiscard]] std::string log() const;

private:
    void write_config() const;
    void note(std::string_view line);

    const Options options_;
    const host::test::TemporaryFolder folder_;
    MovableClock clock_;
    standins::Graph graph_;
    std::unique_ptr<standins::Google> google_;
    std::unique_ptr<standins::GoogleServer> google_server_;
    mutable std::mutex log_mutex_;
    std::string log_text_;  // guarded by log_mutex_
    host::Log log_;
    std::unique_ptr<host::cli::App> app_;
    std::string http_url_, admin_url_;
    int people_ = 0;
    int events_ = 0;
};

}  // namespace migue::conversations
