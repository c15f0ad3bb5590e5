#pragma once
#include <memory>
#include <string>

#include "tests/integration/host_setup.hpp"
#include "tests/integration/running_host.hpp"
#include "tests/standins/google/google_server.hpp"
#include "tests/standins/graph/graph.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::test {

/// `migue serve` with WhatsApp and Google played by stand-ins, over real HTTP everywhere, and
/// one person who writes to it. Google knows maria@example.org. Not thread-safe.
class GoogleHost {
public:
    /// "": people reach it where it listens; else what it says of itself.
    explicit GoogleHost(const std::string& public_url = {});

    /// What the bot answers to this text, as JSON; "" when nothing comes.
    [[nodiscard]] std::string say(const std::string& text);
    /// The same, and the link in it.
    [[nodiscard]] std::string ask_for_link();

    [[nodiscard]] const std::string& public_url() const noexcept { return setup_.public_url; }
    [[nodiscard]] const std::string& local_url() const noexcept { return local_; }
    [[nodiscard]] standins::Google& google() noexcept { return *google_; }
    [[nodiscard]] standins::Graph& graph() noexcept { return graph_; }
    [[nodiscard]] std::string log() const;
    /// Its exit code; -1 when it did not end.
    [[nodiscard]] int stop();

private:
    TemporaryFolder folder_;
    HostSetup setup_;
    const standins::WebhookPerson person_;
    standins::Graph graph_;
    std::unique_ptr<standins::Google> google_;
    std::unique_ptr<standins::GoogleServer> server_;
    std::unique_ptr<RunningHost> host_;
    std::string local_;
};

}  // namespace migue::test
