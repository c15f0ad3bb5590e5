#include "host/plugin_host/background.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

namespace migue::host {

namespace {

/// As the kernel has it (sched_setattr(2)); glibc 2.36 does not.
struct Attributes {
    std::uint32_t size = sizeof(Attributes);
    std::uint32_t policy = SCHED_OTHER;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0;  ///< ns that it may run before others come; 0: what is usual
    std::uint64_t deadline = 0, period = 0;
};

/// Who wakes up with a shorter slice goes first. Three usual ones are enough for that; with a much
/// longer one, each answer of a process that is just starting would take its time on a busy machine,
/// and a swap would be refused for hanging.
constexpr std::uint64_t kSlices = 3;

/// The shortest that the kernel knows.
constexpr std::uint64_t kPromptNs = 100'000;

/// What the processes of plugins are nicer than the host.
constexpr std::int32_t kNicer = 5;
constexpr std::int32_t kNicest = 19;

bool read(pid_t thread, Attributes& into) noexcept {
    return ::syscall(SYS_sched_getattr, thread, &into, sizeof into, 0) == 0;
}

bool write(pid_t thread, Attributes& from) noexcept {
    from.flags = 0;
    return ::syscall(SYS_sched_setattr, thread, &from, 0) == 0;
}

/// Between the background (SCHED_BATCH) and what is usual. The rest stays as it is: an operator may
/// have made the whole host nicer.
bool change(Attributes& now, std::uint32_t from, std::uint32_t to) noexcept {
    if (now.policy != from) return false;
    now.policy = to;
    now.runtime = 0;
    return true;
}

void serve_in_foreground(pid_t thread) noexcept {
    Attributes now;
    if (!read(thread, now) || !change(now, SCHED_BATCH, SCHED_OTHER)) return;
    now.nice = std::min(now.nice + kNicer, kNicest);
    write(thread, now);
}

}  // namespace

void answer_promptly() noexcept {
    Attributes own;
    if (!read(0, own) || own.policy != SCHED_OTHER) return;  // whoever started the host wanted it so
    own.runtime = kPromptNs;
    write(0, own);
}

InBackground::InBackground() noexcept {
    Attributes own;
    if (!read(0, own)) return;
    slice_ns_ = own.runtime;
    is_mine_ = change(own, SCHED_OTHER, SCHED_BATCH) && write(0, own);
    if (!is_mine_ || !read(0, own)) return;
    own.runtime *= kSlices;
    write(0, own);
}

InBackground::~InBackground() {
    Attributes own;
    if (!is_mine_ || !read(0, own) || !change(own, SCHED_BATCH, SCHED_OTHER)) return;
    own.runtime = slice_ns_;
    write(0, own);
}

void bring_to_foreground(pid_t process) {
    Attributes own;
    if (!read(0, own) || own.policy != SCHED_OTHER) return;  // whoever started the host wanted it so
    std::error_code none;
    const std::filesystem::directory_iterator threads("/proc/" + std::to_string(process) + "/task", none);
    for (auto each = begin(threads); each != end(threads); each.increment(none)) {
        const std::string name = each->path().filename();
        pid_t thread = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc())
            serve_in_foreground(thread);
    }
}

}  // namespace migue::host
