#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/integration/host_setup.hpp"
#include "tests/integration/running_host.hpp"
#include "tests/standins/graph/graph.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::test {

/// `migue serve` as in production: WhatsApp is its channel, Meta's two halves are played by
/// stand-ins over real HTTP, and one person writes to it. Not thread-safe.
class WebhookHost {
public:
    /// How long an answer may take: reconnects, leases and backoffs on a busy machine.
    static constexpr std::chrono::seconds kPatience{90};

    /// Set up with the shipped plugins and a SQLite file in folder(); not written, not started.
    WebhookHost();

    [[nodiscard]] HostSetup& setup() noexcept { return setup_; }
    [[nodiscard]] standins::WebhookPerson& person() noexcept { return person_; }
    [[nodiscard]] standins::Graph& graph() noexcept { return graph_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_.path(); }

    /// With what setup() has written; ends the one that runs.
    void start();
    void kill_now() { host_->kill_now(); }
    /// Its exit code; -1 when it did not end in the time it promises.
    [[nodiscard]] int stop();

    /// Where it really listens, whatever it says of itself: "http://127.0.0.1:8080".
    [[nodiscard]] const std::string& local_url() const noexcept { return local_; }
    [[nodiscard]] std::string webhook_url() const { return local_ + "/webhook"; }
    [[nodiscard]] std::string log() const;

    /// Brings a message of the person's, written now; the status that it got.
    int post(const std::string& wamid, const std::string& text);
    int post(const std::string& wamid, const std::string& text, std::int64_t written_seconds);
    /// Several texts in one delivery, as a phone sends them after a tunnel: "<wamid>0", "<wamid>1" …
    int post_all(const std::string& wamid, const std::vector<std::string>& texts);
    /// The same with any content: {"type": "audio", "audio": {…}}.
    int post_content(const std::string& wamid, const nlohmann::json& content);
    /// What the bot answers to this text, as JSON; "" when nothing comes.
    [[nodiscard]] std::string say(const std::string& text);

private:
    TemporaryFolder folder_;
    HostSetup setup_;
    standins::WebhookPerson person_;
    standins::Graph graph_;
    std::unique_ptr<RunningHost> host_;
    std::string local_;
    int said_ = 0;
};

[[nodiscard]] std::int64_t now_seconds();
/// Whether the word stands in what was sent, however it was escaped.
[[nodiscard]] bool mentions(const standins::GraphMessage& message, const std::string& word);
/// All bytes of a file; "" when there is none.
[[nodiscard]] std::string content_of(const std::filesystem::path& file);

}  // namespace migue::test
