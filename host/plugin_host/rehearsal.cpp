#include "host/plugin_host/rehearsal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "host/plugin_host/child.hpp"

namespace migue::host {

namespace {

using std::chrono::steady_clock;
constexpr std::size_t kMaxOutput = 1u << 20;

Error system_fault(std::string_view step) {
    return {Error::Code::kUnavailable,
            fmt::format("rehearsal: {}: {}", step, std::generic_category().message(errno))};
}

/// A file without a name that holds the text: standard input of the child.
Result<int> memory_file(std::string_view text) {
    const int file = ::memfd_create("rehearsal", MFD_CLOEXEC);
    if (file < 0) return system_fault("make its input");
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            const Error fault = system_fault("write its input");
            ::close(file);
            return fault;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(file, 0, SEEK_SET);
    return file;
}

Result<pid_t> spawn(const Rehearsal& rehearsal, int input, int output, int errors) {
    std::vector<std::string> words{rehearsal.runner.string(), std::string(name_of(rehearsal.check)),
                                   rehearsal.file.string(), std::to_string(rehearsal.seed)};
    if (rehearsal.own_process)
        words.emplace_back("own-process");
    else if (rehearsal.may_stay)
        words.emplace_back("may-stay");
    auto child = start_child(words, {input, output, errors});
    if (!child) return std::move(child).error().within("rehearsal");
    return child;
}

/// Reads both streams until they end; false when the time is over first.
bool read_all(const std::array<int, 2>& streams, const std::array<std::string*, 2>& into,
              steady_clock::time_point deadline) {
    std::array<pollfd, 2> waiting{pollfd{streams[0], POLLIN, 0}, pollfd{streams[1], POLLIN, 0}};
    std::array<char, 4096> buffer{};
    while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
        if (left <= 0) return false;
        const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(left));
        if (ready < 0 && errno != EINTR) return false;
        if (ready <= 0) continue;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
            const ssize_t got = ::read(waiting[i].fd, buffer.data(), buffer.size());
            if (got > 0 && into[i]->size() < kMaxOutput)
                into[i]->append(buffer.data(), static_cast<std::size_t>(got));
            if (got <= 0) waiting[i].fd = -1;
        }
    }
    return true;
}

struct Report {
    std::vector<std::string> findings;
    std::string step = "start";
    bool is_done = false;
};

/// One JSON object a line: {"step"}, {"id","found","advice"}, {"done"}. A plugin may print
/// there too, so what cannot be read is left out.
Report read_report(std::string_view output) {
    Report report;
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        const auto line = nlohmann::json::parse(output.substr(0, end), nullptr, false);
        output.remove_prefix(std::min(end + 1, output.size()));
        if (!line.is_object()) continue;
        report.step = line.value("step", report.step);
        if (line.contains("found"))
            report.findings.push_back(fmt::format("{}: {}; {}", line.value("id", "C11"),
                                                  line.value("found", ""), line.value("advice", "")));
        report.is_done |= line.contains("done");
    }
    return report;
}

/// The line in which a sanitizer or assert() says what happened, if there is one.
std::string last_words(const std::string& errors) {
    for (const char* mark : {"ERROR: ", "Assertion", "terminate called", "runtime error"}) {
        const std::size_t at = errors.find(mark);
        if (at == std::string::npos) continue;
        const std::size_t begin = errors.rfind('\n', at) + 1;
        return " (" + errors.substr(begin, std::min<std::size_t>(errors.find('\n', at) - begin, 300)) + ")";
    }
    return {};
}

}  // namespace

std::string_view name_of(Rehearsal::Check check) noexcept {
    switch (check) {
        case Rehearsal::Check::kFuzz:
            return "fuzz";
        case Rehearsal::Check::kSwaps:
            return "swaps";
        default:
            return "turns";
    }
}

Result<std::vector<std::string>> rehearse(const Rehearsal& rehearsal) {
    const auto made = memory_file(rehearsal.config_json);
    if (!made) return made.error();
    Handle input(*made);
    std::array<int, 2> output{-1, -1};
    std::array<int, 2> errors{-1, -1};
    if (::pipe2(output.data(), O_CLOEXEC) != 0) return system_fault("make a pipe");
    Handle output_end(output[0]);
    Handle output_begin(output[1]);
    if (::pipe2(errors.data(), O_CLOEXEC) != 0) return system_fault("make a pipe");
    Handle errors_end(errors[0]);
    Handle errors_begin(errors[1]);
    const auto child = spawn(rehearsal, input.get(), output[1], errors[1]);
    if (!child) return child.error();
    output_begin.close();
    errors_begin.close();
    std::string said;
    std::string complained;
    const bool in_time =
        read_all({output[0], errors[0]}, {&said, &complained}, steady_clock::now() + rehearsal.limit);
    if (!in_time) ::kill(*child, SIGKILL);
    int status = 0;
    while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
    }
    Report report = read_report(said);
    if (!in_time)
        report.findings.push_back(
            fmt::format("C11: it hung in {}: not done after {} ms; never wait, and end "
                        "when cancelled",
                        report.step, rehearsal.limit.count()));
    else if (WIFSIGNALED(status))
        report.findings.push_back(
            fmt::format("C11: it crashed in {}: {}{}; run `migue plugin check` under a "
                        "debugger, or build it with -fsanitize=address",
                        report.step, ::strsignal(WTERMSIG(status)), last_words(complained)));
    else if (!report.is_done)
        report.findings.push_back(
            fmt::format("C11: its process ended in {} with code {}{}; a plugin must not "
                        "end the process",
                        report.step, WEXITSTATUS(status), last_words(complained)));
    return std::move(report.findings);
}

}  // namespace migue::host
