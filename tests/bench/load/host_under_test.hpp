#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load/event_loop.hpp"
#include "tests/integration/host_setup.hpp"
#include "tests/integration/process.hpp"

namespace migue::load {

using test::HostSetup;
using test::use_shipped_plugins;

/// One plugin that repeats what was said, counts, and first waits as a call to the outside
/// would: "3: hola".
void use_think_plugin(HostSetup& setup, std::chrono::milliseconds think);

/// `migue serve`, run as a child. Throws std::runtime_error when it does not get ready.
class HostUnderTest {
public:
    static constexpr std::chrono::seconds kStartLimit{60};

    /// Starts it; `graph_url` as the Graph gave it out.
    HostUnderTest(const HostSetup& setup, const std::string& graph_url);

    /// The port of its webhook, or 0 as long as it is not ready. Cheap to ask again and again.
    [[nodiscard]] std::uint16_t port();
    /// Serves the loop until it is ready.
    std::uint16_t wait_ready(EventLoop& loop);
    /// kill -9; returns once it is gone.
    void kill_now();
    /// Asks it to end in good order. True: it did, with 0, within the 10 seconds it promises.
    [[nodiscard]] bool stop();
    /// The same while the loop is served: what is under way may need its Graph.
    [[nodiscard]] bool stop(EventLoop& loop);
    void freeze() const;
    void thaw() const;
    [[nodiscard]] bool has_ended();

    [[nodiscard]] int pid() const noexcept { return process_->pid(); }
    [[nodiscard]] TimePoint started() const noexcept { return started_; }
    [[nodiscard]] double cpu_seconds() const;      ///< user and system, until now
    [[nodiscard]] std::size_t rss_bytes() const;   ///< now
    [[nodiscard]] std::size_t peak_bytes() const;  ///< the most it ever had
    /// The last lines it logged, for whoever has to look into a failure.
    [[nodiscard]] std::string log_tail(std::size_t lines) const;

private:
    std::filesystem::path log_;
    TimePoint started_;
    std::unique_ptr<test::Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace migue::load
