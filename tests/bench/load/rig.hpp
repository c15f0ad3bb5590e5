#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load/fake_graph.hpp"
#include "tests/bench/load/host_under_test.hpp"
#include "tests/bench/load/load_run.hpp"
#include "tests/bench/load/webhook_client.hpp"
#include "tests/bench/load/webhook_text.hpp"

namespace migue::load {

/// One host with the shipped plugins, a Graph and people: what a load program drives.
class Rig {
public:
    /// An empty `store_url`: an SQLite file that goes with the rig.
    explicit Rig(std::string store_url = {});

    /// For the next start: the same database by another way.
    void use_store(std::string url);
    /// For the next start: other settings of a plugin, as YAML.
    void use_plugin(const std::string& id, std::string settings);
    /// Starts the host and returns at once; what it does before it is ready can be watched.
    void launch();
    /// Starts the host, or a new one after it was stopped; ready when this returns.
    void start();
    [[nodiscard]] LoadResult run(const LoadPlan& plan, std::size_t connections);
    /// From exec to the first reply, asked for with one message as soon as the host is ready.
    [[nodiscard]] std::chrono::nanoseconds start_and_ask();

    [[nodiscard]] EventLoop& loop() noexcept { return loop_; }
    [[nodiscard]] FakeGraph& graph() noexcept { return graph_; }
    [[nodiscard]] HostUnderTest& host() noexcept { return *host_; }
    [[nodiscard]] const WebhookText& text() const noexcept { return text_; }
    [[nodiscard]] const HostSetup& setup() const noexcept { return setup_; }
    void stop();

private:
    EventLoop loop_;
    test::TemporaryFolder folder_;
    FakeGraph graph_;
    HostSetup setup_;
    WebhookText text_;
    std::unique_ptr<HostUnderTest> host_;
    // All are kept to the end: timers and connections of theirs may still be in the loop.
    std::vector<std::unique_ptr<WebhookClient>> clients_;
    std::vector<std::unique_ptr<LoadRun>> runs_;
    std::uint64_t next_person_ = 0;
};

}  // namespace migue::load
