/// What a plugin that crashes and hangs in its own process costs the others (PLUGIN_ABI §9):
/// another plugin in the host answers at a steady rate, while times in which it does so again and
/// again alternate with equally long ones in which it does not, so that both see the same machine.
///
///     bench_crash [--crashes 1000] [--hangs 1000] [--rate 200] [--pace 20] [--json]
///
/// A host as it ships starts a process that has ended again at once, then after 100 ms, 200 ms and so
/// on; after 5 ends within a minute it does so once a minute. So the pace here is far above what one
/// plugin is let do: 20 a second are 240 plugins that all end as often as they may. Here there is one,
/// it is started again at once, and the breaker is off. --pace 0 goes on as fast as it can, which
/// measures less what a failing plugin costs than how a machine with few processors divides them.
///
/// A hang takes a processor from its turn's deadline (20 ms) until it is killed (20 ms later; a host
/// as it ships gives it a second).
///
/// Exit 1 when a turn of the other plugin failed or was lost, or a crash or hang was answered
/// with anything but a failure. Times are compared within one run, since everything shares the machine.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "host/config/yaml.hpp"
#include "host/plugin_host/background.hpp"
#include "host/plugin_host/install.hpp"
#include "host/plugin_host/native_plugin_host.hpp"
#include "tests/bench/load/figures.hpp"
#include "tests/integration/process.hpp"

namespace {

using namespace std::chrono_literals;
using namespace migue::host;
using Clock = std::chrono::steady_clock;

struct Options {
    std::size_t crashes = 1000, hangs = 1000;
    double rate = 200, pace = 20;
    bool json = false;
};

/// A host with the think plugin inside and an offender in a process of its own.
class Host {
public:
    explicit Host(const std::string& offender) {
        PluginHostOptions options;
        options.lock_file = folder_.path() / "plugins.lock";
        options.staging_dir = folder_.path() / "staging";
        options.runner = MIGUE_RUNNER;
        options.rehearse = false;  // it offends when it is asked to
        options.grace = 10ms;
        options.kill_after = 20ms;
        options.restarts.first_pause = 1ms;
        options.restarts.longest_pause = 1ms;
        options.restarts.most_ends = 1'000'000;  // the breaker would end the measurement
        const auto settings = config::parse_yaml("think_ms: 0\n", "bench.yaml", config::environment());
        check(settings);
        options.plugins.push_back(
            {"think", settings->to_json(), std::make_shared<const config::Node>(*settings)});
        InstallWishes wishes;
        wishes.own = {"think"};
        check(install_plugin(std::filesystem::path(MIGUE_PLUGIN_FOLDER) / "think.so", options.lock_file,
                             options.staging_dir, wishes));
        check(install_plugin(std::filesystem::path(MIGUE_FIXTURE_DIR) / (offender + ".so"), options.lock_file,
                             options.staging_dir, wishes));
        auto made = NativePluginHost::make(std::move(options), clock_, log_, nullptr, nullptr);
        check(made);
        host_ = std::move(made).value();
        check(host_->start());
    }
    void begin(const std::string& plugin, const std::string& text, std::chrono::milliseconds limit,
               std::function<void(TurnResult)> finished) {
        TurnRequest request;
        request.message_id = "m1";
        request.conversation_id = plugin;
        request.person_id = "p1";
        request.intent = plugin;
        request.text = text;
        request.locale = "es";
        request.input_json = R"({"kind":"text"})";
        request.channel_json = "{}";
        request.deadline_ns =
            clock_.monotonic_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(limit).count());
        host_->run_turn(plugin, std::move(request), std::move(finished));
    }

private:
    template <typename T>
    static void check(const migue::Result<T>& result) {
        if (!result) throw std::runtime_error(result.error().what);
    }
    migue::test::TemporaryFolder folder_;
    SystemClock clock_;
    Log log_{Severity::kError, [](std::string_view) {}};
    std::unique_ptr<NativePluginHost> host_;
};

/// Which of the two times it is.
enum class Phase : int { kCalm, kStorm };

/// Turns of the think plugin at a steady rate, each from when it was due, by the phase it was due in.
class Others {
public:
    Others(Host& host, double rate) : host_(host), rate_(rate), thread_([this] { run(); }) {}
    void enter(Phase phase) { phase_ = phase; }
    void stop() {
        is_over_ = true;
        thread_.join();
        while (const std::size_t open = open_) open_.wait(open);
    }
    /// After stop().
    [[nodiscard]] const migue::load::Latencies& took(Phase phase) const {
        return took_[static_cast<std::size_t>(phase)];
    }
    [[nodiscard]] std::size_t failed() const { return failed_; }

private:
    void run() {
        const auto begun = Clock::now();
        for (std::size_t i = 0; !is_over_; ++i) {
            const auto due = begun + std::chrono::duration_cast<Clock::duration>(
                                         std::chrono::duration<double>(static_cast<double>(i) / rate_));
            std::this_thread::sleep_until(due);
            const auto phase = static_cast<std::size_t>(phase_.load());
            ++open_;
            host_.begin("think", "hola", 10s, [this, due, phase](const TurnResult& result) {
                {
                    const std::lock_guard lock(mutex_);
                    took_[phase].add(Clock::now() - due);
                }
                if (result.status != MIGUE_OK) ++failed_;
                if (--open_ == 0) open_.notify_all();
            });
        }
    }

    Host& host_;
    const double rate_;
    std::atomic<Phase> phase_{Phase::kCalm};
    std::atomic<bool> is_over_{false};
    std::atomic<std::size_t> failed_{0}, open_{0};
    std::mutex mutex_;
    std::array<migue::load::Latencies, 2> took_;  // guarded by mutex_ while the thread runs
    std::thread thread_;
};

class CrashBench {
public:
    explicit CrashBench(const Options& options) : options_(options), figures_("crash", options.json) {}

    /// True: everything that must hold did.
    bool run() {
        const std::string pace =
            options_.pace > 0 ? fmt::format("at most {} a second", options_.pace) : "as fast as they go";
        figures_.section(fmt::format("{} crashes, {} hangs in a process, {}; beside it {} turns a second",
                                     options_.crashes, options_.hangs, pace, options_.rate));
        measure("crashes", "hazard_crash", "crash", options_.crashes, 10s);
        measure("hangs", "hazard_hang", "hang", options_.hangs, 20ms);
        return is_good_;
    }

private:
    void measure(const std::string& name, const std::string& offender, const std::string& text,
                 std::size_t count, std::chrono::milliseconds limit) {
        if (count == 0) return;
        Host host(offender);
        Others others(host, options_.rate);
        const std::size_t pairs = std::clamp<std::size_t>(count / 10, 1, 100);
        std::size_t wrong = 0;
        Clock::duration stormy{0};
        for (std::size_t pair = 0; pair < pairs; ++pair) {
            const auto begun = Clock::now();
            others.enter(Phase::kStorm);
            const std::size_t part = count * (pair + 1) / pairs - count * pair / pairs;
            for (std::size_t i = 0; i < part; ++i) {
                if (offend(host, text, limit) >= 0) ++wrong;
                std::this_thread::sleep_until(begun + at_pace(i + 1));
            }
            const auto over = Clock::now();
            others.enter(Phase::kCalm);
            stormy += over - begun;
            std::this_thread::sleep_until(over + (over - begun));
        }
        others.stop();
        figures_.add(name + " a second",
                     static_cast<double>(count) / std::chrono::duration<double>(stormy).count(), "/s");
        expect(name + " that were not answered as failed", wrong);
        expect(name + ", turns of others failed", others.failed());
        compare(name, others.took(Phase::kStorm), others.took(Phase::kCalm));
    }
    /// How long so many of them take at least.
    [[nodiscard]] Clock::duration at_pace(std::size_t count) const {
        if (options_.pace <= 0) return {};
        return std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(static_cast<double>(count) / options_.pace));
    }
    static migue_status offend(Host& host, const std::string& text, std::chrono::milliseconds limit) {
        std::promise<migue_status> ended;
        host.begin("hazard", text, limit, [&](const TurnResult& result) { ended.set_value(result.status); });
        return ended.get_future().get();
    }
    void compare(const std::string& name, const migue::load::Latencies& with,
                 const migue::load::Latencies& without) {
        figures_.add(name + ", turns of others", static_cast<double>(with.count() + without.count()), "");
        figures_.add(name + ", others' p50 without", without.ms(0.5), "ms");
        figures_.add(name + ", others' p50", with.ms(0.5), "ms");
        figures_.add(name + ", others' p90 without", without.ms(0.9), "ms");
        figures_.add(name + ", others' p90", with.ms(0.9), "ms");
        figures_.add(name + ", others' p99 without", without.ms(0.99), "ms");
        figures_.add(name + ", others' p99", with.ms(0.99), "ms");
        figures_.add(name + ", others' p99 more", 100 * (with.ms(0.99) / without.ms(0.99) - 1), "%",
                     migue::load::at_most(10));
    }
    void expect(const std::string& name, std::size_t value) {
        figures_.add(name, static_cast<double>(value), "", migue::load::at_most(0));
        if (value > 0) is_good_ = false;
    }

    const Options options_;
    migue::load::Figures figures_;
    bool is_good_ = true;
};

}  // namespace

int main(int argc, char** argv) {
    migue::host::answer_promptly();  // as migue does
    CLI::App app{"A plugin that crashes and hangs in its process, and what others feel"};
    Options options;
    app.add_option("--crashes", options.crashes, "how many");
    app.add_option("--hangs", options.hangs, "how many");
    app.add_option("--rate", options.rate, "turns of others a second")->check(CLI::PositiveNumber);
    app.add_option("--pace", options.pace, "crashes or hangs a second, at most; 0: as fast as they go")
        ->check(CLI::NonNegativeNumber);
    app.add_flag("--json", options.json, "one JSON object a figure");
    CLI11_PARSE(app, argc, argv);
    try {
        return CrashBench(options).run() ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_crash: {}\n", error.what());
        return 2;
    }
}
