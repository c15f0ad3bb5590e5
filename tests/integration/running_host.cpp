#include "running_host.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace migue::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kReady = "migue is ready: ";

std::string contents(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

std::unique_ptr<Process> start(const std::filesystem::path& folder, std::vector<std::string> arguments) {
    Process::Options options;
    options.arguments = std::move(arguments);
    options.arguments.insert(options.arguments.begin(), MIGUE_PROGRAM);
    options.directory = folder;
    options.errors = folder / "migue.log";
    auto started = Process::start(std::move(options));
    if (!started) throw std::runtime_error(started.error().what);
    return std::move(*started);
}

}  // namespace

RunningHost::RunningHost(const std::filesystem::path& folder, std::vector<std::string> arguments)
    : process_(start(folder, std::move(arguments))) {
    const auto line =
        process_->line([](const std::string& text) { return text.starts_with(kReady); }, kStartLimit);
    if (!line)
        throw std::runtime_error("migue did not get ready: " + line.error().what + "\n" +
                                 contents(folder / "migue.log"));
    url_ = line->substr(kReady.size());
}

void RunningHost::kill_now() {
    process_->kill_now();
    if (!process_->wait(10s)) throw std::runtime_error("migue outlived SIGKILL");
}

std::optional<Process::Exit> RunningHost::stop() {
    process_->terminate();
    return process_->wait(12s);
}

Finished run_migue(const std::filesystem::path& folder, std::vector<std::string> arguments) {
    const auto process = start(folder, std::move(arguments));
    const auto exit = process->wait(60s);
    if (!exit) throw std::runtime_error("migue did not end within a minute");
    // Its output is complete once it closed it: no line is accepted, so this waits for the end.
    (void)process->line([](const std::string&) { return false; }, 10s);
    return {exit->code, process->lines()};
}

}  // namespace migue::test
