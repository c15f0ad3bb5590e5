/// What the shipped classifier costs: one decision, loading, training, memory.
///
///     bench_intents [--json]
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/linear_classifier.hpp"
#include "host/intents/route_table.hpp"
#include "host/intents/router.hpp"
#include "tests/bench/load/figures.hpp"
#include "tests/integration/process.hpp"

namespace {

using namespace migue::host::intents;
using migue::load::Figures;
using migue::load::Latencies;
using Clock = std::chrono::steady_clock;

constexpr double kMiB = 1024.0 * 1024.0;

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::size_t heap_bytes() {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

std::shared_ptr<const Router> load(const std::filesystem::path& routes, const std::filesystem::path& cache) {
    auto router = Router::load(routes, cache);
    if (!router) throw std::runtime_error(router.error().what);
    return std::move(router).value();
}

/// Processor time of this thread: what others do on the machine meanwhile does not count.
std::chrono::nanoseconds processor_time(clockid_t clock = CLOCK_THREAD_CPUTIME_ID) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void add_latencies(const Figures& figures, const std::string& what, const Latencies& latencies) {
    figures.add(what + ", p50", latencies.ms(0.5) * 1000, "µs");
    figures.add(what + ", p99", latencies.ms(0.99) * 1000, "µs");
}

void measure_decisions(const Figures& figures, const Router& router, const std::vector<Example>& examples) {
    Latencies routed, routed_busy;
    Latencies classified, classified_busy;
    std::size_t known = 0;  // so that nothing is left out as unused
    for (int round = 0; round < 4; ++round) {
        for (const Example& example : examples) {
            const auto busy_begin = processor_time();
            const auto begin = Clock::now();
            known += router.classifier().classify(example.text, example.locale).size();
            const auto middle = Clock::now();
            const auto busy_middle = processor_time();
            const Situation situation{
                .kind = "text", .text = example.text, .tap = {}, .locale = {}, .asked_plugin = {}};
            known += router.route(situation).plugin.size();
            const auto busy_end = processor_time();
            if (round == 0) continue;  // the caches' first look
            classified.add(middle - begin);
            routed.add(Clock::now() - middle);
            classified_busy.add(busy_middle - busy_begin);
            routed_busy.add(busy_end - busy_middle);
        }
    }
    if (known == 0) throw std::runtime_error("nothing was classified");
    add_latencies(figures, "classify", classified);
    add_latencies(figures, "  of it processor time", classified_busy);
    add_latencies(figures, "route (language, keywords, classifier)", routed);
    add_latencies(figures, "  of it processor time", routed_busy);
}

void run(const Figures& figures) {
    const std::filesystem::path routes = std::filesystem::path(MIGUE_SOURCE_FOLDER) / "config/routes.yaml";
    const migue::test::TemporaryFolder folder;
    const std::filesystem::path cache = folder.path() / "intents.model";
    const auto table = read_route_table(routes);
    if (!table) throw std::runtime_error(table.error().what);
    const std::vector<Example> examples = table->plain_examples();
    figures.add("examples", static_cast<double>(examples.size()), "");
    auto begin = Clock::now();
    auto busy_begin = processor_time(CLOCK_PROCESS_CPUTIME_ID);
    const auto busy_milliseconds = [&busy_begin] {
        const auto busy = processor_time(CLOCK_PROCESS_CPUTIME_ID) - busy_begin;
        return std::chrono::duration<double, std::milli>(busy).count();
    };
    load(routes, cache);
    figures.add("training, at the first start", milliseconds_since(begin), "ms");
    figures.add("  of it processor time, of both threads", busy_milliseconds(), "ms");
    figures.add("model file", static_cast<double>(std::filesystem::file_size(cache)) / kMiB, "MiB");
    begin = Clock::now();
    busy_begin = processor_time(CLOCK_PROCESS_CPUTIME_ID);
    const std::size_t before = heap_bytes();
    const auto router = load(routes, cache);
    figures.add("loading, at any other start", milliseconds_since(begin), "ms");
    figures.add("  of it processor time", busy_milliseconds(), "ms");
    figures.add("heap held", static_cast<double>(heap_bytes() - before) / kMiB, "MiB");
    begin = Clock::now();
    if (!LinearClassifier::load(cache)) throw std::runtime_error("the model could not be read again");
    figures.add("  of it reading the model", milliseconds_since(begin), "ms");
    measure_decisions(figures, *router, examples);
}

}  // namespace

int main(int argc, char** argv) {
    const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
    if (argc > 1 && !json) {
        fmt::print(stderr, "bench_intents: expected --json or nothing, got '{}'\n", argv[1]);
        return 2;
    }
    try {
        run(Figures("intents", json));
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_intents: {}\n", error.what());
        return 2;
    }
    return 0;
}
