/// What the border between host and plugins costs: taking a generation's lease, and one whole
/// turn through the ABI and back, with its two changes of thread.
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

#include "host/config/yaml.hpp"
#include "host/plugin_host/install.hpp"
#include "host/plugin_host/native_plugin_host.hpp"
#include "host/plugin_host/registry.hpp"
#include "tests/integration/process.hpp"

namespace {

using namespace migue::host;

/// A registry with as many plugins as a host usually has.
Registry& filled_registry() {
    static Registry registry;
    static const bool filled = [] {
        Registry::Table table;
        std::uint64_t number = 0;
        for (const char* id : {"google", "scheduling", "smalltalk", "think"}) {
            Instance::Parts parts;
            parts.generation = std::make_shared<Generation>(++number);
            table[id].active = std::make_shared<Instance>(std::move(parts));
        }
        (void)registry.publish(std::move(table));
        return true;
    }();
    (void)filled;
    return registry;
}

void generation_lease(benchmark::State& state) {
    static const auto generation = std::make_shared<Generation>(1);
    for (auto _ : state) {
        Lease lease = generation->acquire();
        benchmark::DoNotOptimize(lease);
    }
}
BENCHMARK(generation_lease)->Threads(1)->Threads(2);

/// What each turn does: finds the plugin and holds its generation. The goal is 100 ns.
void registry_lease(benchmark::State& state) {
    const Registry& registry = filled_registry();
    const std::string plugin = "smalltalk";
    for (auto _ : state) {
        Registry::Leased leased = registry.lease(plugin);
        benchmark::DoNotOptimize(leased);
    }
}
BENCHMARK(registry_lease)->Threads(1)->Threads(2);

/// A plugin host with the think plugin, which answers at once.
class Border {
public:
    explicit Border(LockEntry::Isolation isolation) {
        PluginHostOptions options;
        options.lock_file = folder_.path() / "plugins.lock";
        options.staging_dir = folder_.path() / "staging";
        const auto settings = config::parse_yaml("think_ms: 0\n", "bench.yaml", config::environment());
        check(settings);
        options.plugins.push_back(
            {"think", settings->to_json(), std::make_shared<const config::Node>(*settings)});
        InstallWishes wishes;
        wishes.isolation = isolation;
        options.runner = MIGUE_RUNNER;
        check(install_plugin(std::filesystem::path(MIGUE_PLUGIN_FOLDER) / "think.so", options.lock_file,
                             options.staging_dir, wishes));
        auto made = NativePluginHost::make(std::move(options), clock_, log_, nullptr, nullptr);
        check(made);
        host_ = std::move(made).value();
        check(host_->start());
    }
    /// Runs so many turns at once and waits for all.
    void turns(std::size_t count) {
        const std::uint64_t deadline_ns = clock_.monotonic_ns() + 10'000'000'000;
        {
            const std::lock_guard lock(mutex_);
            open_ = count;
        }
        for (std::size_t i = 0; i < count; ++i) {
            TurnRequest request;
            request.message_id = "m1";
            request.conversation_id = "c1";
            request.person_id = "p1";
            request.intent = "think";
            request.text = "hola";
            request.locale = "es";
            request.trace_id = "trace-1";
            request.input_json = R"({"kind":"text"})";
            request.channel_json = R"({"buttons":3,"list_rows":10})";
            request.deadline_ns = deadline_ns;
            host_->run_turn("think", std::move(request), [this](const TurnResult& result) {
                const std::lock_guard lock(mutex_);
                if (result.status != MIGUE_OK) ++failed_;
                if (--open_ == 0) done_.notify_one();
            });
        }
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return open_ == 0; });
        if (failed_ > 0) throw std::runtime_error("a turn failed");
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
    std::mutex mutex_;
    std::condition_variable done_;
    std::size_t open_ = 0;    // guarded by mutex_
    std::size_t failed_ = 0;  // guarded by mutex_
};

/// With range turns under way at once; the time is one turn's share.
void turn_through_border(benchmark::State& state) {
    static Border border(LockEntry::Isolation::kNone);
    const auto together = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) border.turns(together);
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(turn_through_border)->Arg(1)->Arg(64)->UseRealTime()->MeasureProcessCPUTime();

/// The same where the plugin has a process of its own.
void turn_through_process(benchmark::State& state) {
    static Border border(LockEntry::Isolation::kProcess);
    const auto together = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) border.turns(together);
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(turn_through_process)->Arg(1)->Arg(64)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace

BENCHMARK_MAIN();
