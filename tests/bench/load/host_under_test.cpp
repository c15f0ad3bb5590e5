#include "tests/bench/load/host_under_test.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace migue::load {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::string_view kReady = "migue is ready: ";

std::string contents(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

std::unique_ptr<test::Process> run(const fs::path& folder, std::vector<std::string> arguments,
                                   std::vector<std::pair<std::string, std::string>> environment) {
    test::Process::Options options;
    options.arguments = std::move(arguments);
    options.arguments.insert(options.arguments.begin(), MIGUE_PROGRAM);
    options.directory = folder;
    options.environment = std::move(environment);
    options.errors = folder / "migue.log";
    auto started = test::Process::start(std::move(options));
    if (!started) throw std::runtime_error(started.error().what);
    return std::move(*started);
}

/// The number after "VmRSS:" and the like, in bytes.
std::size_t memory_line(int pid, std::string_view name) {
    std::istringstream status(contents(fmt::format("/proc/{}/status", pid)));
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with(name)) continue;
        return std::stoull(line.substr(name.size())) * 1024;
    }
    return 0;
}

}  // namespace

void use_think_plugin(HostSetup& setup, std::chrono::milliseconds think) {
    setup.plugins = {{"think", fmt::format("{{ think_ms: {} }}", think.count())}};
    setup.routes = fs::path(MIGUE_SOURCE_FOLDER) / "tests/bench/think/routes.yaml";
}

HostUnderTest::HostUnderTest(const HostSetup& setup, const std::string& graph_url)
    : log_(setup.folder / "migue.log"),
      started_(Clock::now()),
      process_(run(setup.folder, {"serve", "--config", "migue.yaml"}, {{"GRAPH", graph_url}})) {}

std::uint16_t HostUnderTest::port() {
    if (port_ != 0) return port_;
    const auto line = process_->line([](const std::string& text) { return text.starts_with(kReady); }, 0ms);
    if (!line) return 0;
    // What it says is its public address, if it has one; where it listens is in its log.
    constexpr std::string_view kListens = "\"http\":\"http://127.0.0.1:";
    const std::string log = contents(log_);
    const std::size_t at = log.rfind(kListens);
    if (at == std::string::npos) return 0;
    const char* const begin = log.data() + at + kListens.size();
    std::from_chars(begin, log.data() + log.size(), port_);
    return port_;
}

std::uint16_t HostUnderTest::wait_ready(EventLoop& loop) {
    const TimePoint deadline = Clock::now() + kStartLimit;
    // Asked each millisecond: the figure of the start is as exact as that.
    while (port() == 0) {
        if (has_ended()) throw std::runtime_error("migue serve ended before it was ready\n" + log_tail(20));
        if (Clock::now() > deadline)
            throw std::runtime_error("migue serve is not ready after a minute\n" + log_tail(20));
        loop.run_for(1ms);
    }
    return port_;
}

void HostUnderTest::kill_now() {
    process_->kill_now();
    if (!process_->wait(10s)) throw std::runtime_error("migue outlived SIGKILL");
}

bool HostUnderTest::stop() {
    process_->terminate();
    const auto exit = process_->wait(12s);
    return exit && exit->code == 0;
}

bool HostUnderTest::stop(EventLoop& loop) {
    process_->terminate();
    loop.run_until([this] { return has_ended(); }, Clock::now() + 12s);
    const auto exit = process_->wait(0ms);
    return exit && exit->code == 0;
}

void HostUnderTest::freeze() const {
    ::kill(process_->pid(), SIGSTOP);
}

void HostUnderTest::thaw() const {
    ::kill(process_->pid(), SIGCONT);
}

bool HostUnderTest::has_ended() {
    return process_->wait(0ms).has_value();
}

double HostUnderTest::cpu_seconds() const {
    const std::string stat = contents(fmt::format("/proc/{}/stat", process_->pid()));
    // After the name, which may hold anything: state is field 3, utime 14, stime 15.
    std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::size_t HostUnderTest::rss_bytes() const {
    return memory_line(process_->pid(), "VmRSS:");
}

std::size_t HostUnderTest::peak_bytes() const {
    return memory_line(process_->pid(), "VmHWM:");
}

std::string HostUnderTest::log_tail(std::size_t lines) const {
    const std::string text = contents(log_);
    std::size_t begin = text.size();
    for (std::size_t i = 0; i <= lines && begin != std::string::npos && begin > 0; ++i)
        begin = text.rfind('\n', begin - 1);
    return begin == std::string::npos ? text : text.substr(begin);
}

}  // namespace migue::load
