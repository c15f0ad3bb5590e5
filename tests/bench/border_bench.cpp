/// What the border between host and plugins costs: taking a generation's lease, and one whole
/// turn through the ABI and back, with its two changes of thread.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/yaml.hpp"
#include "host/plugin_host/install.hpp"
#include "host/plugin_host/isolated_image.hpp"
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

/// One plugin without a host around it: what a call of handle() costs by itself.
class BareInstance {
public:
    explicit BareInstance(LockEntry::Isolation isolation) {
        auto area = StagingArea::make(folder_.path() / "staging");
        check(area);
        area_ = std::move(area).value();
        auto staged =
            area_->stage(std::filesystem::path(MIGUE_PLUGIN_FOLDER) / "think.so", "think", next_number_++);
        check(staged);
        file_ = std::move(staged).value();
        auto image = isolation == LockEntry::Isolation::kNone
                         ? load_image(file_->path())
                         : start_isolated({MIGUE_RUNNER, file_->path(), 2}, CallLimits{});
        check(image);
        Instance::Parts parts;
        parts.image = std::move(image).value();
        parts.code = parts.image.get();
        auto descriptor = parts.image->describe();
        check(descriptor);
        parts.descriptor = std::move(descriptor).value();
        parts.generation = std::make_shared<Generation>(1);
        parts.table =
            std::make_unique<HostTable>(ServiceBackends{clock_, log_, nullptr, nullptr, timers_, vault_},
                                        ServiceGrant{"think", 1, {}, {}, nullptr, nullptr});
        instance_ = std::make_shared<Instance>(std::move(parts));
        std::vector<ConfigFault> faults;
        check(instance_->create(R"({"think_ms":0})", faults));
        Registry::Table table;
        table["think"].active = instance_;
        (void)registry_.publish(std::move(table));
    }
    ~BareInstance() {
        (void)registry_.publish({});
        instance_->quiesce(std::chrono::seconds(1));
        (void)instance_->close();
    }
    /// What each turn does on its worker: the lease, and the plugin's function.
    void call(std::string_view text) {
        const Registry::Leased leased = registry_.lease(name_);
        migue_request request{};
        request.struct_size = sizeof request;
        request.text = {text.data(), text.size()};
        request.input_json = {"{\"kind\":\"text\"}", 15};
        migue_diag diag{sizeof(migue_diag), 0, nullptr, [](void*, migue_str, migue_str) {}};
        migue_call call{sizeof(migue_call),
                        0,
                        nullptr,
                        [](migue_call*, migue_str, migue_str) { return MIGUE_OK; },
                        [](migue_call*, migue_str) { return MIGUE_OK; },
                        [](migue_call*, std::uint64_t) { return MIGUE_OK; },
                        [](migue_call*, migue_status) { return MIGUE_OK; },
                        [](const migue_call*) { return 0; },
                        &diag};
        migue_status status = MIGUE_E_INTERNAL;
        const bool returned = leased.instance->call(
            [&] { status = leased.instance->api().handle(leased.instance->plugin(), &request, &call); });
        if (!returned || status < 0) throw std::runtime_error("a call failed");
    }

private:
    template <typename T>
    static void check(const migue::Result<T>& result) {
        if (!result) throw std::runtime_error(result.error().what);
    }
    inline static std::uint64_t next_number_ = 1;
    const std::string name_ = "think";
    migue::test::TemporaryFolder folder_;
    SystemClock clock_;
    Log log_{Severity::kError, [](std::string_view) {}};
    TimerQueue timers_;
    const Vault vault_{VaultKeys::make_for_now()};
    std::unique_ptr<StagingArea> area_;
    std::unique_ptr<StagedFile> file_;
    Registry registry_;
    std::shared_ptr<Instance> instance_;
};

/// Mean, and beside it what one call in two and one in a hundred took at most.
void measure_calls(benchmark::State& state, BareInstance& instance) {
    // No text: the plugin passes the turn on, which leaves what the border itself costs.
    const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
    std::vector<double> took;
    took.reserve(1'000'000);
    for (auto _ : state) {
        const auto begun = std::chrono::steady_clock::now();
        instance.call(text);
        const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begun;
        if (took.size() < took.capacity()) took.push_back(time.count());
    }
    std::sort(took.begin(), took.end());
    if (took.empty()) return;
    state.counters["p50_ns"] = took[took.size() / 2];
    state.counters["p99_ns"] = took[took.size() * 99 / 100];
}

/// Lease and call in this process. The goal without text is 200 ns.
void call_inside(benchmark::State& state) {
    static BareInstance instance(LockEntry::Isolation::kNone);
    measure_calls(state, instance);
}
BENCHMARK(call_inside)->Arg(0)->Arg(1024)->UseRealTime();

/// The same into a process of its own: without text one message there and one back, with 1 KiB
/// a reply and a state between them, three times as many. The goal is p50 20 us.
void call_into_process(benchmark::State& state) {
    static BareInstance instance(LockEntry::Isolation::kProcess);
    measure_calls(state, instance);
}
BENCHMARK(call_into_process)->Arg(0)->Arg(1024)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
