#include "process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <poll.h>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace migue::test {
namespace {

using std::chrono::steady_clock;

/// What posix_spawn wants beside the program, freed with this object.
class SpawnPlan {
public:
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes,
                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setpgroup(&attributes, 0);
        sigset_t none, defaults;
        sigemptyset(&none);
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        bool replaced = false;
        for (const auto& [name, value] : more) replaced |= text.starts_with(name + "=");
        if (!replaced) out.push_back(text);
    }
    for (const auto& [name, value] : more) out.push_back(name + "=" + value);
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

struct Process::Impl {
    pid_t pid = -1;
    int process_fd = -1;  // readable once it ended
    int output = -1;
    bool reaped = false;
    Exit exit;
    std::thread reader;

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> lines;  // guarded by mutex
    bool at_end = false;             // guarded by mutex

    void read_output();
    void take(std::string& rest);
};

void Process::Impl::take(std::string& rest) {
    const std::lock_guard lock(mutex);
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
        lines.push_back(rest.substr(0, end));
        rest.erase(0, end + 1);
    }
    changed.notify_all();
}

void Process::Impl::read_output() {
    std::array<char, 4096> bytes{};
    std::string rest;
    while (true) {
        const ssize_t count = ::read(output, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        rest.append(bytes.data(), static_cast<std::size_t>(count));
        take(rest);
    }
    const std::lock_guard lock(mutex);
    if (!rest.empty()) lines.push_back(rest);
    at_end = true;
    changed.notify_all();
}

Process::Process(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Process>> Process::start(Options options) {
    const std::string program = options.arguments.at(0);
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
        return Error{Error::Code::kInternal, std::string("pipe: ") + std::strerror(errno)};

    SpawnPlan plan;
    posix_spawn_file_actions_adddup2(&plan.actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!options.errors.empty())
        posix_spawn_file_actions_addopen(&plan.actions, STDERR_FILENO, options.errors.c_str(),
                                         O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (!options.directory.empty())
        posix_spawn_file_actions_addchdir_np(&plan.actions, options.directory.c_str());

    auto environment = environment_with(options.environment);
    auto impl = std::make_unique<Impl>();
    const int fault = posix_spawnp(&impl->pid, program.c_str(), &plan.actions, &plan.attributes,
                                   pointers(options.arguments).data(), pointers(environment).data());
    ::close(pipe[1]);
    if (fault != 0) {
        ::close(pipe[0]);
        return Error{Error::Code::kUnavailable, "start " + program + ": " + std::strerror(fault)};
    }
    impl->output = pipe[0];
    impl->process_fd = static_cast<int>(::syscall(SYS_pidfd_open, impl->pid, 0));
    impl->reader = std::thread([raw = impl.get()] { raw->read_output(); });
    return std::unique_ptr<Process>(new Process(std::move(impl)));
}

Process::~Process() {
    ::kill(-impl_->pid, SIGKILL);  // the group, grandchildren too; they hold the pipe open
    if (!impl_->reaped) ::waitpid(impl_->pid, nullptr, 0);
    impl_->reader.join();
    ::close(impl_->output);
    ::close(impl_->process_fd);
}

Result<std::string> Process::line(const std::function<bool(const std::string&)>& accepts,
                                  std::chrono::milliseconds limit) {
    const auto deadline = steady_clock::now() + limit;
    std::unique_lock lock(impl_->mutex);
    std::size_t next = 0;
    while (true) {
        for (; next < impl_->lines.size(); ++next)
            if (accepts(impl_->lines[next])) return impl_->lines[next];
        if (impl_->at_end)
            return Error{Error::Code::kUnavailable, "it ended its output without the expected line"};
        const auto more = [&] { return impl_->at_end || impl_->lines.size() > next; };
        if (!impl_->changed.wait_until(lock, deadline, more))
            return Error{Error::Code::kDeadline, "the expected line did not come in time"};
    }
}

std::vector<std::string> Process::lines() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->lines;
}

void Process::kill_now() {
    if (!impl_->reaped) ::kill(impl_->pid, SIGKILL);
}

void Process::terminate() {
    if (!impl_->reaped) ::kill(impl_->pid, SIGTERM);
}

std::optional<Process::Exit> Process::wait(std::chrono::milliseconds limit) {
    if (impl_->reaped) return impl_->exit;
    pollfd ended{impl_->process_fd, POLLIN, 0};
    if (::poll(&ended, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
    int status = 0;
    if (::waitpid(impl_->pid, &status, 0) != impl_->pid) return std::nullopt;
    impl_->reaped = true;
    if (WIFEXITED(status)) impl_->exit.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) impl_->exit.signal = WTERMSIG(status);
    return impl_->exit;
}

int Process::pid() const noexcept {
    return impl_->pid;
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "migue-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error(std::string("temporary folder: ") + std::strerror(errno));
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;  // nothing a test could do about it
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace migue::test
