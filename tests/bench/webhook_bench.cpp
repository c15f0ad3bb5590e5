/// The whole program under load: signed webhooks in, replies at a fake Graph out.
///
///     bench_webhook [--store sqlite,postgres] [--only users,steady] [--seconds 5] [--json]
///
/// Load, Graph, host and database share the machine: compare within one run. The goals beside
/// the figures are those the project set itself for two cores.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/load/database.hpp"
#include "tests/bench/load/delay_proxy.hpp"
#include "tests/bench/load/open_rows.hpp"
#include "tests/bench/load/rig.hpp"

namespace {

using namespace std::chrono_literals;
using migue::load::at_least;
using migue::load::at_most;
using migue::load::Figures;
using migue::load::LoadPlan;
using migue::load::LoadResult;
using migue::load::Rig;

constexpr double kMiB = 1024.0 * 1024.0;

double milliseconds_since(migue::load::TimePoint begin) {
    return std::chrono::duration<double, std::milli>(migue::load::Clock::now() - begin).count();
}

struct Options {
    std::vector<std::string> only;
    int seconds = 5;
    bool json = false;
};

class WebhookBench {
public:
    WebhookBench(const Options& options, std::string store)
        : options_(options), store_(std::move(store)), figures_("webhook", options.json) {}

    void run();

private:
    void add(const std::string& name, double value, const std::string& unit,
             std::optional<migue::load::Goal> goal = std::nullopt) const {
        figures_.add(store_ + ": " + name, value, unit, goal);
    }
    /// What must be nothing in every run, told only when it is something.
    void add_faults(const std::string& name, const LoadResult& result) const;

    void start(Rig& rig);
    void throughput(Rig& rig);
    void users(Rig& rig);
    void steady(Rig& rig);
    void number(Rig& rig);
    void overload(Rig& rig);
    void open_rows();
    void remote();
    /// A new, empty database. Throws when this build cannot make one.
    [[nodiscard]] std::unique_ptr<migue::load::Database> database() const;

    const Options& options_;
    const std::string store_;
    const Figures figures_;
    migue::test::TemporaryFolder folder_;
};

std::unique_ptr<migue::load::Database> WebhookBench::database() const {
    static int number = 0;
    if (store_ == "sqlite")
        return migue::load::sqlite_database(folder_.path() / fmt::format("database{}", ++number));
    return migue::load::postgres_database();
}

void WebhookBench::add_faults(const std::string& name, const LoadResult& result) const {
    if (result.lost > 0)
        add(name + ", acknowledged, never answered", static_cast<double>(result.lost), "", at_most(0));
    if (result.failed > 0)
        add(name + ", requests that failed", static_cast<double>(result.failed), "", at_most(0));
    if (result.repeated > 0)
        add(name + ", replies sent twice", static_cast<double>(result.repeated), "", at_most(0));
    if (result.shed > 0) add(name + ", messages shed (503)", static_cast<double>(result.shed), "");
}

void WebhookBench::start(Rig& rig) {
    const auto ms = [](std::chrono::nanoseconds time) {
        return std::chrono::duration<double, std::milli>(time).count();
    };
    add("first start to first answer, training included", ms(rig.start_and_ask()), "ms");
    rig.stop();
    add("exec to first answer", ms(rig.start_and_ask()), "ms", at_most(200));
    rig.loop().run_for(500ms);
    add("RSS idle", static_cast<double>(rig.host().rss_bytes()) / kMiB, "MiB", at_most(30));
}

void WebhookBench::throughput(Rig& rig) {
    for (const std::size_t connections : {1u, 16u, 64u, 256u}) {
        LoadPlan plan;
        plan.pace = LoadPlan::Pace::kAcks;
        plan.people = connections;
        plan.measured = std::chrono::seconds(std::min(options_.seconds, 5));
        LoadResult result = rig.run(plan, connections);
        const std::string name = fmt::format("{} connections", connections);
        add(name + ", acknowledged", result.acked_per_second(), "/s");
        add(name + ", ack p50", result.ack.ms(0.5), "ms");
        add(name + ", ack p99", result.ack.ms(0.99), "ms");
        add(name + ", answered", result.answered_per_second(), "/s");
        add(name + ", reply p99", result.reply.ms(0.99), "ms");
        add_faults(name, result);
    }
}

void WebhookBench::users(Rig& rig) {
    LoadPlan plan;
    plan.pace = LoadPlan::Pace::kReplies;
    plan.people = 50;
    plan.measured = std::chrono::seconds(options_.seconds);
    LoadResult result = rig.run(plan, 50);
    // 14 and 10 times what edge-pg answered (279/s) on the machine of the comparison.
    add("50 users, closed loop, answered", result.answered_per_second(), "/s",
        at_least(store_ == "sqlite" ? 3906 : 3141));
    add("50 users, reply p50", result.reply.ms(0.5), "ms");
    add("50 users, reply p99", result.reply.ms(0.99), "ms");
    add("50 users, host CPU a message", result.host_cpu_ms, "ms", at_most(0.3));
    add_faults("50 users", result);
}

void WebhookBench::steady(Rig& rig) {
    LoadPlan plan;
    plan.rate = 80;
    plan.people = 1000;
    plan.measured = std::chrono::seconds(options_.seconds);
    LoadResult result = rig.run(plan, 64);
    add("80 msg/s, ack p50", result.ack.ms(0.5), "ms", at_most(3));
    add("80 msg/s, ack p99", result.ack.ms(0.99), "ms", at_most(15));
    add("80 msg/s, reply p99", result.reply.ms(0.99), "ms", at_most(20));
    add_faults("80 msg/s", result);
}

void WebhookBench::number(Rig& rig) {
    LoadPlan plan;
    plan.rate = 1000;
    plan.people = 10'000;
    plan.statuses = true;
    plan.measured = std::chrono::seconds(options_.seconds);
    rig.graph().set_latency(200ms);
    LoadResult result = rig.run(plan, 256);
    rig.graph().set_latency(0ms);
    const std::string name = "1,000 msg/s + statuses, Graph 200 ms";
    add(name + ", answered", result.answered_per_second(), "/s", at_least(990));
    add(name + ", statuses", static_cast<double>(result.statuses) / result.seconds, "/s", at_least(2900));
    add(name + ", ack p99", result.ack.ms(0.99), "ms", at_most(50));
    add(name + ", reply p99 until Graph has it", result.reply.ms(0.99), "ms", at_most(60));
    add(name + ", replies over 2 s", static_cast<double>(result.late), "", at_most(0));
    add(name + ", host CPU a message", result.host_cpu_ms, "ms");
    add(name + ", peak RSS", static_cast<double>(result.peak_rss) / kMiB, "MiB", at_most(64));
    if (result.statuses_failed > 0)
        add(name + ", statuses refused", static_cast<double>(result.statuses_failed), "", at_most(0));
    add_faults(name, result);
}

/// Twice what it can do. What is taken must be answered in time, the rest told so at once.
void WebhookBench::overload(Rig& rig) {
    LoadPlan plan;
    plan.pace = LoadPlan::Pace::kReplies;
    plan.people = 100;
    plan.measured = 3s;
    const double able = rig.run(plan, 100).answered_per_second();
    plan.pace = LoadPlan::Pace::kRate;
    plan.people = 5'000'000;  // each writes once, so that every reply tells what it answers
    plan.rate = 2 * able;
    plan.measured = std::chrono::seconds(options_.seconds);
    // As many connections as Meta would open when answers take their time.
    LoadResult result = rig.run(plan, 1024);
    const double acked = std::max<double>(1, static_cast<double>(result.acked));
    add("overload, rate it can do", able, "/s");
    add("overload, answered at twice that", result.answered_per_second(), "/s");
    add("overload, acknowledged but later than 2 s", 100 * static_cast<double>(result.late) / acked, "%",
        at_most(1));
    add("overload, shed",
        100 * static_cast<double>(result.shed) / std::max<double>(1, static_cast<double>(result.sent)), "%");
    add("overload, connections refused or cut", static_cast<double>(result.failed), "");
    add("overload, 503 told within, p99", result.shed_answer.ms(0.99), "ms");
    add("overload, acknowledged, never answered", static_cast<double>(result.lost), "", at_most(0));
    // Right after: as in a quiet hour again.
    plan.rate = 80;
    plan.people = 1000;
    plan.warm_up = 0ms;
    plan.measured = 5s;
    LoadResult after = rig.run(plan, 64);
    add("5 s after overload, shed", static_cast<double>(after.shed), "", at_most(0));
    add("5 s after overload, reply p99", after.reply.ms(0.99), "ms", at_most(2000));
}

void WebhookBench::open_rows() {
    constexpr std::size_t kRows = 10'000;
    const auto store = database();
    Rig rig(store->url());
    rig.start();  // makes the tables and the classifier's model
    rig.stop();
    migue::load::leave_open_rows(rig.setup().store_url, rig.text(), rig.setup().phone_number_id, kRows);
    const auto replies_before = rig.graph().counts().replies;
    const auto begun = migue::load::Clock::now();
    rig.launch();
    if (!rig.loop().run_until([&] { return rig.graph().counts().replies > replies_before; }, begun + 60s))
        throw std::runtime_error("what was open at start is not answered\n" + rig.host().log_tail(20));
    add("10,000 open rows, exec to first reply", milliseconds_since(begun), "ms", at_most(1000));
    rig.host().wait_ready(rig.loop());
    add("10,000 open rows, exec to ready for new messages", milliseconds_since(begun), "ms");
    LoadPlan plan;
    plan.rate = 80;
    plan.people = 1000;
    plan.warm_up = 0ms;
    plan.measured = 2s;
    LoadResult result = rig.run(plan, 64);
    add("10,000 open rows, new messages' ack p99", result.ack.ms(0.99), "ms");
    add("10,000 open rows, new messages' reply p99", result.reply.ms(0.99), "ms", at_most(2000));
    add_faults("10,000 open rows", result);
    const bool all = rig.loop().run_until(
        [&] { return rig.graph().counts().replies >= replies_before + kRows + result.answered; },
        migue::load::Clock::now() + 60s);
    add("10,000 open rows, all answered",
        all ? std::chrono::duration<double>(migue::load::Clock::now() - begun).count() : -1, "s",
        at_least(0));
}

void WebhookBench::remote() {
    const auto store = database();
    Rig rig(store->url());
    const migue::load::DelayProxy proxy(rig.loop(), store->port(), 30ms);
    rig.use_store(store->url_by(proxy.port()));
    rig.start();
    LoadPlan plan;
    plan.rate = 1000;
    plan.people = 10'000;
    plan.measured = std::chrono::seconds(options_.seconds);
    LoadResult result = rig.run(plan, 256);
    const std::string name = "database 30 ms away, 1,000 msg/s";
    add(name + ", answered", result.answered_per_second(), "/s", at_least(990));
    add(name + ", ack p99", result.ack.ms(0.99), "ms");
    add(name + ", reply p50", result.reply.ms(0.5), "ms");
    add(name + ", reply p99", result.reply.ms(0.99), "ms", at_most(200));
    add_faults(name, result);
    rig.stop();
}

void WebhookBench::run() {
    const auto wanted = [this](std::string_view name) {
        return options_.only.empty() ||
               std::find(options_.only.begin(), options_.only.end(), name) != options_.only.end();
    };
    figures_.section(store_);
    const auto store = database();
    Rig rig(store->url());
    if (wanted("start"))
        start(rig);
    else
        rig.start();
    if (wanted("steady")) steady(rig);
    if (wanted("users")) users(rig);
    if (wanted("throughput")) throughput(rig);
    if (wanted("number")) number(rig);
    if (wanted("overload")) overload(rig);
    rig.stop();
    if (wanted("open_rows")) open_rows();
    if (wanted("remote") && store->port() != 0) remote();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The whole program under load, webhook to reply"};
    Options options;
    std::vector<std::string> stores{"sqlite", "postgres"};
    app.add_option("--store", stores, "sqlite, postgres")
        ->check(CLI::IsMember({"sqlite", "postgres"}))
        ->delimiter(',');
    app.add_option("--only", options.only,
                   "start, steady, users, throughput, number, overload, open_rows, remote")
        ->delimiter(',');
    app.add_option("--seconds", options.seconds, "measured time of each run")->check(CLI::Range(1, 600));
    app.add_flag("--json", options.json, "one JSON object a figure");
    CLI11_PARSE(app, argc, argv);
    try {
        for (const std::string& store : stores) WebhookBench(options, store).run();
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_webhook: {}\n", error.what());
        return 2;
    }
    return 0;
}
