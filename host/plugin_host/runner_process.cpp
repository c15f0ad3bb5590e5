#include "host/plugin_host/runner_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "host/plugin_host/background.hpp"
#include "host/plugin_host/child.hpp"
#include "host/plugin_runner/wire/sanitized.hpp"

namespace migue::host {

namespace {

using std::chrono::steady_clock;
using wire::Frame;
using wire::Kind;
using wire::Lane;
using wire::Writer;

constexpr std::chrono::seconds kEndsWithin{5};           // from a kill
constexpr std::chrono::milliseconds kEndsByItself{500};  // from the end of its sockets

Error system_fault(std::string_view step) {
    return {Error::Code::kUnavailable, fmt::format("{}: {}", step, std::generic_category().message(errno))};
}

bool has_fault_of_memory_or_threads(const siginfo_t& info) {
    return wire::kIsSanitized && info.si_code == CLD_EXITED && info.si_status == wire::kSanitizerFoundAFault;
}

std::string how_it_ended(const siginfo_t& info) {
    if (has_fault_of_memory_or_threads(info)) return "a sanitizer found a fault in it";
    if (info.si_code == CLD_EXITED) return fmt::format("it ended by itself with code {}", info.si_status);
    const char* const name = ::sigabbrev_np(info.si_status);
    return name == nullptr ? fmt::format("signal {} ended it", info.si_status)
                           : fmt::format("it crashed (SIG{})", name);
}

}  // namespace

Result<std::shared_ptr<RunnerProcess>> RunnerProcess::start(const Options& options) {
    const Handle nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nothing) return system_fault("open /dev/null");
    std::array<int, 2> errors{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, errors.data()) != 0)
        return system_fault("make a socket");
    Handle our_errors(errors[0]);
    std::vector<Handle> theirs;
    theirs.emplace_back(errors[1]);
    // A sanitizer's report is for whoever runs the tests.
    std::vector<int> inherited{nothing.get(), nothing.get(), wire::kIsSanitized ? STDERR_FILENO : errors[1]};
    std::vector<std::unique_ptr<Lane>> lanes;
    for (std::size_t i = 0; i < options.lanes; ++i) {
        std::array<int, 2> pair{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
            return system_fault("make a socket");
        lanes.push_back(std::make_unique<Lane>(pair[0]));
        theirs.emplace_back(pair[1]);
        inherited.push_back(pair[1]);
    }
    const auto child = start_child(
        {options.runner.string(), "serve", options.file.string(), std::to_string(options.lanes)}, inherited);
    if (!child) return child.error();
    const std::shared_ptr<RunnerProcess> process(
        new RunnerProcess(*child, std::move(lanes), std::move(our_errors), options));
    // What an action lets go of may be the last that held it: not before the watcher is done.
    process->watcher_ = std::thread([process] { process->watch(); });
    return process;
}

RunnerProcess::RunnerProcess(pid_t pid, std::vector<std::unique_ptr<Lane>> lanes, Handle errors,
                             const Options& options)
    : pid_(pid),
      errors_(std::move(errors)),
      error_output_(options.tell),
      on_bad_end_(options.on_bad_end),
      lanes_(std::move(lanes)) {
    for (auto lane = lanes_.rbegin(); lane != lanes_.rend(); ++lane) free_.push_back(lane->get());
}

RunnerProcess::~RunnerProcess() {
    close(std::chrono::milliseconds(0));
}

/// False: there is no more for now; or for good, and errors_ is closed.
bool RunnerProcess::read_errors() {
    std::array<char, 4096> piece{};
    const ssize_t got = ::recv(errors_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (got > 0) error_output_.take({piece.data(), static_cast<std::size_t>(got)});
    const bool is_over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    if (is_over) errors_.close();
    return got > 0;
}

/// Until it has ended.
void RunnerProcess::follow_errors() {
    // glibc 2.36 has a wrapper, older ones do not. Without the call (before Linux 5.3) the end of
    // its standard error is what is waited for here.
    const Handle process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    while (process || errors_) {
        std::array<pollfd, 2> waiting{{{process.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
        if (waiting[1].revents != 0) static_cast<void>(read_errors());
        if (waiting[0].revents != 0) break;
    }
    // What it said at the very end. A process that it left behind could go on for ever.
    for (int i = 0; i < 64 && errors_ && read_errors(); ++i) {
    }
    errors_.close();
    error_output_.end();
}

void RunnerProcess::watch() {
    follow_errors();
    siginfo_t info{};
    // Not waited for yet: until is_over_ stands, the number is its own and may be signalled.
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    std::vector<OnEnd> actions;
    std::string why;
    bool is_bad_end = false;
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
        ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
        const bool was_killed = is_killed_ && info.si_code == CLD_KILLED && info.si_status == SIGKILL;
        const bool was_asked_to = info.si_code == CLD_EXITED && info.si_status == 0;
        is_bad_end = is_closing_ && !was_killed && !was_asked_to;
        if (why_.empty() || is_bad_end) why_ = how_it_ended(info);
        why = why_;
        actions = std::exchange(on_end_, {});
        if (is_closing_) actions.clear();
    }
    if (is_bad_end) on_bad_end_(why);
    changed_.notify_all();
    // A process that it left behind may hold its ends open.
    for (const auto& lane : lanes_) lane->shut_down();
    for (const OnEnd& action : actions) action(why);
    actions.clear();
    const std::lock_guard lock(mutex_);
    is_told_ = true;
    changed_.notify_all();
}

void RunnerProcess::end(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    if (why_.empty()) why_ = why;
    kill();
}

void RunnerProcess::kill() {
    is_killed_ = true;
    ::kill(pid_, SIGKILL);
}

void RunnerProcess::close(std::chrono::milliseconds patience) {
    if (!watcher_.joinable()) return;
    {
        std::unique_lock lock(mutex_);
        is_closing_ = true;
        if (why_.empty()) why_ = "it was closed";
        for (const auto& lane : lanes_) lane->shut_down();
        if (!changed_.wait_for(lock, patience, [this] { return is_over_; })) kill();
    }
    // The last one to let go may be an action of the watcher's own; it touches nothing after it.
    if (watcher_.get_id() == std::this_thread::get_id())
        watcher_.detach();
    else
        watcher_.join();
}

void RunnerProcess::on_end(OnEnd action) {
    std::string why;
    {
        const std::lock_guard lock(mutex_);
        if (!is_over_) {
            on_end_.push_back(std::move(action));
            return;
        }
        if (is_closing_) return;
        why = why_;
    }
    action(why);
}

void RunnerProcess::come_forward() {
    const std::lock_guard lock(mutex_);
    if (!is_over_) bring_to_foreground(pid_);
}

bool RunnerProcess::is_over() const {
    const std::lock_guard lock(mutex_);
    return is_over_;
}

std::string RunnerProcess::why() const {
    const std::lock_guard lock(mutex_);
    return is_over_ ? why_ : std::string();
}

Lane* RunnerProcess::take_lane(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    const bool good =
        changed_.wait_until(lock, deadline, [this] { return is_over_ || is_closing_ || !free_.empty(); });
    if (!good || is_over_ || is_closing_ || free_.empty()) return nullptr;
    Lane* const lane = free_.back();
    free_.pop_back();
    return lane;
}

Error RunnerProcess::failed(const Error& fault) {
    if (fault.code == Error::Code::kInvalid) end_as_broken(fault.what);
    if (fault.code == Error::Code::kDeadline) end("it hung: a call did not come back in time (T4)");
    std::unique_lock lock(mutex_);
    const auto over = [this] { return is_over_; };
    if (!changed_.wait_for(lock, kEndsByItself, over)) {
        if (why_.empty()) why_ = "it closed its socket";
        kill();
        changed_.wait_for(lock, kEndsWithin, over);
    }
    return {Error::Code::kUnavailable, "the plugin's process is over: " + why_};
}

Result<std::string> RunnerProcess::call(Kind kind, const Writer& body, TimePoint deadline,
                                        const Serve& serve) {
    Lane* const lane = take_lane(deadline);
    if (lane == nullptr) {
        std::unique_lock lock(mutex_);
        if (!is_over_) return Error{Error::Code::kUnavailable, "the plugin's process is busy"};
        changed_.wait_for(lock, kEndsWithin, [this] { return is_told_; });
        return Error{Error::Code::kState, "the plugin's process is over: " + why_};
    }
    auto returned = talk(*lane, kind, body, deadline, serve);
    // Too long to be sent: nothing was, and the lane is as it was.
    if (!returned && returned.error().code != Error::Code::kInternal) return failed(returned.error());
    {
        const std::lock_guard lock(mutex_);
        free_.push_back(lane);
    }
    changed_.notify_one();
    return returned;
}

Result<std::string> RunnerProcess::talk(Lane& lane, Kind kind, const Writer& body, TimePoint deadline,
                                        const Serve& serve) {
    if (auto sent = lane.send(kind, body, deadline); !sent) return std::move(sent).error();
    for (;;) {
        auto frame = lane.receive(deadline);
        if (!frame) return std::move(frame).error();
        if (frame->kind == Kind::kReturn) return std::move(frame->body);
        Writer answer;
        const Served served = serve(*frame, answer);
        if (served == Served::kBroken)
            return Error{Error::Code::kInvalid,
                         fmt::format("message {} cannot be served", static_cast<unsigned>(frame->kind))};
        if (served == Served::kNoAnswer) continue;
        auto sent = lane.send(Kind::kAnswer, answer, deadline);
        if (!sent && sent.error().code == Error::Code::kInternal)
            sent = lane.send(Kind::kAnswer, Writer().i32(MIGUE_E_INTERNAL), deadline);
        if (!sent) return std::move(sent).error();
    }
}

}  // namespace migue::host
