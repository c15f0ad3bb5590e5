/// Swaps under load (PLUGIN_ABI S1, S2): signed webhooks in, replies at a fake Graph out, and
/// all the while the plugin that answers is replaced in the running program.
///
///     bench_swap [--swaps 10000] [--rate 40] [--failing 1000] [--seed N] [--messages 100] [--json]
///
/// Exit 1 when a turn was lost, doubled or failed, a swap did not do what it should, or
/// memory or mappings grew after the 500th swap. Load, Graph and host share the machine.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "host/plugin_host/lock_file.hpp"
#include "host/plugin_host/stage.hpp"
#include "tests/bench/load/fake_graph.hpp"
#include "tests/bench/load/figures.hpp"
#include "tests/bench/load/host_under_test.hpp"
#include "tests/bench/load/load_run.hpp"
#include "tests/bench/load/webhook_client.hpp"
#include "tests/bench/load/webhook_text.hpp"
#include "tests/hazards/failing_swaps.hpp"
#include "tests/integration/process.hpp"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using migue::host::LockEntry;
using migue::host::LockFile;
using migue::load::at_most;
using migue::load::LoadPlan;
using migue::load::LoadResult;

constexpr double kKiB = 1024.0;
constexpr std::uint64_t kGuard = 4096;         // below each stack
constexpr double kMappingsOfAGeneration = 16;  // 5 of its image, and what its work takes for a while
constexpr double kMappingsWhileFilling = 40;   // in a short run, with a sanitizer's own
constexpr double kMostKeptStacks = 160;        // 40 MiB in glibc, of 256 KiB and more
constexpr std::size_t kSettled = 500;          // swaps after which nothing may grow
constexpr std::size_t kLong = 500;  // failing swaps from which on there is time for those that hang
constexpr std::size_t kMostAbandoned =
    1;  // the watch of the lock file may try it too, and a host bears three

struct Options {
    std::size_t swaps = 10'000, failing = 1'000;
    double rate = 40, messages = 100;
    std::uint64_t seed = std::random_device()();
    bool json = false;
};

std::string text_of(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

/// What the process holds. Threads of pools come and go with the load, and what they leave behind is
/// neither of the swaps nor of the host: glibc keeps the stacks of ended threads for the next ones, up
/// to 40 MiB of them. So stacks are told apart from all the rest, which must not grow.
struct Holdings {
    std::size_t rss = 0, mappings = 0;  ///< without stacks
    std::size_t stacks = 0, stack_rss = 0;
    std::size_t all_threads = 0;
    std::size_t threads = 0;  ///< without those that send and those that answer HTTP
    std::size_t descriptors = 0;
    std::size_t images = 0;  ///< private copies of plugins that are mapped
};

/// One part of what a process has mapped, as /proc/<pid>/smaps tells it.
struct Mapping {
    std::uint64_t begin = 0, end = 0;
    std::string rights, file;
    std::size_t rss = 0;
};

std::vector<Mapping> read_mappings(const fs::path& smaps) {
    std::istringstream in(text_of(smaps));
    std::vector<Mapping> all;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("Rss:") && !all.empty()) all.back().rss = std::stoull(line.substr(4)) * 1024;
        const std::size_t dash = line.find('-');
        if (dash == std::string::npos || line.find_first_not_of("0123456789abcdef") != dash) continue;
        Mapping one;
        std::string offset, device, inode;
        one.begin = std::stoull(line, nullptr, 16);
        one.end = std::stoull(line.substr(dash + 1), nullptr, 16);
        std::istringstream rest(line.substr(line.find(' ')));
        rest >> one.rights >> offset >> device >> inode >> one.file;
        all.push_back(std::move(one));
    }
    return all;
}

/// One request on a connection of its own; gives the whole answer.
std::string ask(std::uint16_t port, const char* method, const std::string& path) {
    const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        const std::string request = fmt::format(
            "{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer admin-token-of-the-test\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n",
            method, path, port);
        std::array<char, 4096> buffer{};
        if (::send(connection, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size()))
            for (ssize_t got = 0; (got = ::recv(connection, buffer.data(), buffer.size(), 0)) > 0;)
                answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(connection);
    return answer;
}

int status_of(const std::string& answer) {
    return answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
}

class SwapBench {
public:
    explicit SwapBench(const Options& options)
        : options_(options),
          graph_(loop_, {},
                 [this](const migue::load::GraphReply& reply) {
                     if (!runs_.empty()) runs_.back()->on_reply(reply);
                 }),
          setup_(make_setup()),
          text_(setup_.app_secret, setup_.phone_number_id, static_cast<std::uint32_t>(std::time(nullptr))),
          host_(setup_, graph_.url("host")),
          figures_("swap", options.json) {
        host_.wait_ready(loop_);
        admin_port_ = find_admin_port();
        good_ = migue::host::read_lock_file(lock_file()).value();
    }

    /// True: everything that must hold did.
    bool run() {
        figures_.section(fmt::format("{} swaps, {} failing ones, {} messages a second", options_.swaps,
                                     options_.failing, options_.messages));
        const LoadResult quiet = load("no swaps", 10s, {});
        const auto time = std::chrono::milliseconds(
            static_cast<long>(1000.0 * static_cast<double>(options_.swaps) / options_.rate));
        const LoadResult swapped = load("swaps", time, [this] { swap_all(); });
        expect("p99 of turns, more than without swaps", swapped.reply.ms(0.99) - quiet.reply.ms(0.99), "ms",
               100, false);
        figures_.add("swaps a second", static_cast<double>(done_) / swap_seconds_, "/s");
        figures_.add("a swap, p50", swap_times_.ms(0.5), "ms");
        figures_.add("a swap, p99", swap_times_.ms(0.99), "ms");
        expect("swaps that were not taken", static_cast<double>(wrong_), "", 0);
        tell_growth();
        wrong_ = 0;
        if (options_.failing > 0) {
            load("failing swaps", std::chrono::milliseconds(25 * static_cast<long>(options_.failing)),
                 [this] { fail_all(); });
            figures_.add("different points at which they failed", static_cast<double>(points_), "");
            expect("failing swaps that were taken, or refused for another reason",
                   static_cast<double>(wrong_), "", 0);
        }
        if (!host_.stop()) throw std::runtime_error("migue serve did not end well\n" + host_.log_tail(20));
        return is_good_;
    }

private:
    migue::load::HostSetup make_setup() {
        migue::load::HostSetup setup;
        setup.folder = folder_.path();
        setup.store_url = "sqlite:" + (folder_.path() / "migue.db").string();
        setup.access_token = graph_.options().access_token;
        setup.phone_number_id = graph_.options().phone_number_id;
        setup.paces_itself = false;  // the swaps are measured, not the pace of a number
        migue::load::use_think_plugin(setup, 0ms);
        setup.write();
        return setup;
    }
    [[nodiscard]] fs::path lock_file() const { return folder_.path() / "plugins.lock"; }

    std::uint16_t find_admin_port() {
        const std::string log = text_of(folder_.path() / "migue.log");
        const std::size_t at = log.find("\"admin\":\"http://127.0.0.1:");
        if (at == std::string::npos) throw std::runtime_error("the log names no admin address\n" + log);
        return static_cast<std::uint16_t>(std::atoi(log.c_str() + log.find("127.0.0.1:", at) + 10));
    }

    void expect(const std::string& name, double value, const std::string& unit, double most,
                bool is_needed = true) {
        figures_.add(name, value, unit, at_most(most));
        if (is_needed && value > most) is_good_ = false;
    }

    /// Runs the load, with `beside` on a thread of its own. Nothing may get lost.
    LoadResult load(const std::string& name, std::chrono::milliseconds time,
                    const std::function<void()>& beside) {
        LoadPlan plan;
        plan.rate = options_.messages;
        plan.people = static_cast<std::size_t>(options_.messages) * 10;
        plan.measured = time;
        clients_.push_back(std::make_unique<migue::load::WebhookClient>(loop_, 32));
        clients_.back()->point_to(host_.port());
        runs_.push_back(std::make_unique<migue::load::LoadRun>(loop_, *clients_.back(), text_, host_, plan,
                                                               next_person_));
        next_person_ += plan.people;
        std::thread other([&] {
            if (beside) beside();
        });
        LoadResult result = runs_.back()->run();
        other.join();
        figures_.add(name + ", messages", static_cast<double>(result.sent), "");
        figures_.add(name + ", turn p50", result.reply.ms(0.5), "ms");
        figures_.add(name + ", turn p99", result.reply.ms(0.99), "ms");
        expect(name + ", turns lost", static_cast<double>(result.lost), "", 0);
        expect(name + ", turns doubled", static_cast<double>(result.repeated), "", 0);
        expect(name + ", webhooks failed", static_cast<double>(result.failed + result.shed), "", 0);
        return result;
    }

    static LockEntry entry_for(const fs::path& file) {
        const auto digest = migue::host::hash_file(file);
        if (!digest) throw std::runtime_error(digest.error().what);
        LockEntry entry;
        entry.id = "think";
        entry.file = file;
        entry.sha256 = digest->sha256;
        entry.size = digest->size;
        return entry;
    }
    /// The whole answer to the reload.
    std::string swap_to(const LockEntry& entry) {
        LockFile lock;
        lock.entries.push_back(entry);
        if (const auto written = migue::host::write_lock_file(lock_file(), lock); !written)
            throw std::runtime_error(written.error().what);
        return ask(admin_port_, "POST", "/admin/plugins/think/reload");
    }

    void swap_all() {
        const std::array<LockEntry, 2> files = {entry_for(fs::path(MIGUE_PLUGIN_FOLDER) / "think_o0.so"),
                                                entry_for(fs::path(MIGUE_PLUGIN_FOLDER) / "think.so")};
        const auto begun = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < options_.swaps; ++i) {
            std::this_thread::sleep_until(
                begun + std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::duration<double>(static_cast<double>(i) / options_.rate)));
            const auto before = std::chrono::steady_clock::now();
            if (status_of(swap_to(files[i % 2])) == 200)
                ++done_;
            else
                ++wrong_;
            swap_times_.add(std::chrono::steady_clock::now() - before);
            if (i + 1 == std::min(kSettled, options_.swaps / 2)) settled_ = holdings();
        }
        swap_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }

    /// Failure points at random: each is refused with 409 and its reason, and what serves goes on.
    void fail_all() {
        migue::test::FailingSwaps swaps(MIGUE_FIXTURE_DIR, folder_.path() / "delivered", "think");
        std::mt19937_64 random(options_.seed);
        const auto& points = swaps.points();
        std::size_t abandoned = 0;
        std::map<std::string, std::size_t> tried;
        for (std::size_t i = 0; i < options_.failing;) {
            const migue::test::FailurePoint& point = points[random() % points.size()];
            // These take ten seconds each, and what stays for good counts against a cap (G2).
            // The plugin that serves here has no caches to hand over.
            if (point.name.starts_with("import")) continue;
            const bool is_tried = tried.contains(point.name);
            if (point.hangs && (is_tried || options_.failing < kLong)) continue;
            if (point.is_abandoned && ++abandoned > kMostAbandoned) continue;
            const std::string answer = swap_to(point.entry());
            // Reasons are told inside JSON: quotes in them are escaped there.
            const std::string_view says =
                std::string_view(point.says).substr(point.says.starts_with('"') ? 8 : 0);
            const bool is_refused = status_of(answer) == 409 && answer.find(says) != std::string::npos;
            if (!is_refused) fmt::print(stderr, "{} (--seed {}): {}\n", point.name, options_.seed, answer);
            wrong_ += is_refused ? 0 : 1;
            ++tried[point.name];
            ++i;
        }
        points_ = tried.size();
        wrong_ += status_of(swap_to(good_.entries.at(0))) == 200 ? 0 : 1;
    }

    [[nodiscard]] Holdings holdings() const {
        const fs::path process = "/proc/" + std::to_string(host_.pid());
        const auto count = [&](const char* folder) {
            return static_cast<std::size_t>(
                std::distance(fs::directory_iterator(process / folder), fs::directory_iterator()));
        };
        Holdings now;
        // A pool may grow or shrink between the two readings.
        now.threads = std::numeric_limits<std::size_t>::max();
        for (int i = 0; i < 5; ++i) {
            const std::size_t pooled = threads_of_pools();
            now.all_threads = count("task");
            now.threads = std::min(now.threads, now.all_threads - std::min(now.all_threads, pooled));
        }
        now.descriptors = count("fd");
        std::set<std::string> images;
        const Mapping* before = nullptr;
        const std::vector<Mapping> all = read_mappings(process / "smaps");
        for (const Mapping& each : all) {
            const bool follows_guard = before != nullptr && before->end == each.begin &&
                                       before->rights == "---p" && before->file.empty() &&
                                       before->end - before->begin == kGuard;
            before = &each;
            if (each.file.find("/plugins/run-") != std::string::npos) images.insert(each.file);
            if (follows_guard && each.rights == "rw-p" && each.file.empty()) {
                ++now.stacks;
                now.stack_rss += each.rss;
                --now.mappings;  // its guard
                continue;
            }
            ++now.mappings;
            now.rss += each.rss;
        }
        now.images = images.size();
        return now;
    }

    [[nodiscard]] std::size_t threads_of_pools() const {
        const std::string metrics = ask(admin_port_, "GET", "/metrics");
        const auto pool = [&](const std::string& name) {
            const std::size_t at = metrics.find("\n" + name + " ");
            return at == std::string::npos
                       ? std::size_t{0}
                       : static_cast<std::size_t>(std::atoi(metrics.c_str() + at + name.size() + 2));
        };
        return pool("migue_outbox_threads") + pool("migue_http_threads");
    }

    void tell_growth() {
        const Holdings now = holdings();
        const auto growth = [](std::size_t before, std::size_t after) {
            return static_cast<double>(after) - static_cast<double>(before);
        };
        const std::string since = fmt::format(", since swap {}", std::min(kSettled, options_.swaps / 2));
        figures_.add("RSS without stacks", static_cast<double>(now.rss) / kKiB, "KiB");
        // A short run is still filling its caches.
        expect("RSS growth without stacks" + since, growth(settled_.rss, now.rss) / kKiB, "KiB", 2048,
               options_.swaps >= 2 * kSettled);
        // A generation that is just leaving has its mappings and its thread.
        expect("mappings more, without stacks" + since, growth(settled_.mappings, now.mappings), "",
               options_.swaps >= 2 * kSettled ? kMappingsOfAGeneration : kMappingsWhileFilling);
        figures_.add("threads", static_cast<double>(now.all_threads), "");
        figures_.add("stacks", static_cast<double>(now.stacks), "");
        figures_.add("RSS of stacks", static_cast<double>(now.stack_rss) / kKiB, "KiB");
        expect("stacks of threads that have ended", growth(now.all_threads, now.stacks), "", kMostKeptStacks);
        expect("threads more" + since, growth(settled_.threads, now.threads), "", 20);
        // The one that serves, and one that has not ended yet.
        expect("plugin images mapped", static_cast<double>(now.images), "", 2);
        expect("descriptors more" + since, growth(settled_.descriptors, now.descriptors), "", 64);
    }

    const Options options_;
    migue::load::EventLoop loop_;
    migue::test::TemporaryFolder folder_;
    migue::load::FakeGraph graph_;
    const migue::load::HostSetup setup_;
    const migue::load::WebhookText text_;
    migue::load::HostUnderTest host_;
    migue::load::Figures figures_;
    std::uint16_t admin_port_ = 0;
    LockFile good_;
    std::vector<std::unique_ptr<migue::load::WebhookClient>> clients_;
    std::vector<std::unique_ptr<migue::load::LoadRun>> runs_;
    std::uint64_t next_person_ = 0;
    // Of the swapping thread; read after it has ended.
    std::size_t done_ = 0, wrong_ = 0, points_ = 0;
    double swap_seconds_ = 1;
    migue::load::Latencies swap_times_;
    Holdings settled_;
    bool is_good_ = true;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Swaps under load, webhook to reply"};
    Options options;
    app.add_option("--swaps", options.swaps, "how many")->check(CLI::Range(2, 1'000'000));
    app.add_option("--rate", options.rate, "swaps a second, at most")->check(CLI::PositiveNumber);
    app.add_option("--failing", options.failing, "swaps that must be refused")
        ->check(CLI::Range(0, 1'000'000));
    app.add_option("--seed", options.seed, "of the order in which swaps fail");
    app.add_option("--messages", options.messages, "a second")->check(CLI::PositiveNumber);
    app.add_flag("--json", options.json, "one JSON object a figure");
    CLI11_PARSE(app, argc, argv);
    try {
        return SwapBench(options).run() ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_swap: {}\n", error.what());
        return 2;
    }
}
