/// Messages that the rules read unsurely, with a model that answers soon, late or never:
/// signed webhooks in, replies at a fake Graph out, a model on a loopback port.
///
///     bench_model [--seconds 20] [--rate 4] [--only 0.3,hang] [--json]
///
/// Each run has a host of its own, so that no run begins with the circuit breaker of another.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/load/rig.hpp"
#include "tests/standins/model/model_server.hpp"

namespace {

using namespace std::chrono_literals;
using migue::load::at_least;
using migue::load::at_most;
using migue::load::Figures;
using migue::load::LoadPlan;
using migue::load::LoadResult;
using migue::load::Rig;
using migue::standins::Model;
using migue::standins::ModelFault;
using migue::standins::ModelServer;

constexpr const char* kUnsure =
    "agenda por favor una cita con el dentista el jueves a las 4 de la tarde, ayer no pude ir y me quedó la "
    "pena "
    "porque ando corriendo de un lado para otro todo el santo día, muchas gracias de verdad por la ayuda";

struct Options {
    int seconds = 20;
    double rate = 4;
    std::vector<std::string> only;
    bool json = false;
};

void add_run(const Options& options, const Figures& figures, const std::string& name,
             std::chrono::milliseconds latency, bool hangs) {
    Model model({.profile = migue::standins::ModelOptions::Profile::kLlamaCpp});
    model.set_latency(latency);
    if (hangs) model.fail({.kind = ModelFault::Kind::kHang, .times = -1});
    const ModelServer server(model);
    Rig rig;
    rig.use_plugin("scheduling",
                   fmt::format("{{ calendar: local, timezone: America/Bogota, model: {{ url: \"{}\", name: "
                               "reader-1 }} }}",
                               server.url()));
    rig.start();
    LoadPlan plan;
    plan.text = kUnsure;
    plan.rate = options.rate;
    plan.people = 1'000'000;  // each writes once: no card is open when a message comes
    plan.warm_up = 0ms;
    plan.measured = std::chrono::seconds(options.seconds);
    const LoadResult result = rig.run(plan, 64);
    const std::size_t asked = model.count();
    rig.stop();
    figures.add(name + ", replies", static_cast<double>(result.answered), "", at_least(1));
    figures.add(name + ", questions to the model", static_cast<double>(asked), "", at_least(1));
    figures.add(name + ", webhook to reply p50", result.reply.ms(0.5), "ms");
    figures.add(name + ", webhook to reply p95", result.reply.ms(0.95), "ms", at_most(2000));
    figures.add(name + ", webhook to reply p99", result.reply.ms(0.99), "ms", at_most(2500));
    const auto wrong = result.lost + result.failed + result.shed + result.repeated;
    figures.add(name + ", lost, failed, shed or repeated", static_cast<double>(wrong), "", at_most(0));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Webhook to reply with a model that answers soon, late or never"};
    Options options;
    app.add_option("--seconds", options.seconds, "measured time of each run")->check(CLI::Range(1, 600));
    app.add_option("--rate", options.rate, "messages a second")->check(CLI::Range(0.1, 1000.0));
    app.add_option("--only", options.only, "0.3, 1, 3, 30, hang")->delimiter(',');
    app.add_flag("--json", options.json, "one JSON object a figure");
    CLI11_PARSE(app, argc, argv);
    const Figures figures("model", options.json);
    const struct {
        const char* name;
        std::chrono::milliseconds latency;
        bool hangs;
    } runs[] = {{"0.3", 300ms, false},
                {"1", 1000ms, false},
                {"3", 3000ms, false},
                {"30", 30'000ms, false},
                {"hang", 0ms, true}};
    try {
        figures.section("the model");
        for (const auto& run : runs) {
            const bool wanted = options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                                                  run.name) != options.only.end();
            const std::string name =
                run.hangs ? "never answers" : std::string("answers in ") + run.name + " s";
            if (wanted) add_run(options, figures, name, run.latency, run.hangs);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_model: {}\n", error.what());
        return 2;
    }
    return 0;
}
