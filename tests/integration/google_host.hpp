#pragma once
#include <memory>
#include <string>

#include "tests/integration/webhook_host.hpp"
#include "tests/standins/google/google_server.hpp"

namespace migue::test {

/// A WebhookHost whose calendar is Google's, played by a stand-in that knows maria@example.org. It
/// runs when the constructor returns. Not thread-safe.
class GoogleHost {
public:
    /// "": people reach it where it listens; else what it says of itself.
    explicit GoogleHost(const std::string& public_url = {});

    /// What the bot answers to this text, as JSON; "" when nothing comes.
    [[nodiscard]] std::string say(const std::string& text) { return host_.say(text); }
    /// The same, and the link in it.
    [[nodiscard]] std::string ask_for_link();

    [[nodiscard]] const std::string& public_url() const noexcept { return public_url_; }
    [[nodiscard]] const std::string& local_url() const noexcept { return host_.local_url(); }
    [[nodiscard]] standins::Google& google() noexcept { return *google_; }
    [[nodiscard]] standins::Graph& graph() noexcept { return host_.graph(); }
    [[nodiscard]] std::string log() const { return host_.log(); }
    /// Its exit code; -1 when it did not end.
    [[nodiscard]] int stop() { return host_.stop(); }

private:
    std::unique_ptr<standins::Google> google_;
    std::unique_ptr<standins::GoogleServer> server_;
    std::string public_url_;
    WebhookHost host_;  // last: it asks all of the above
};

}  // namespace migue::test
