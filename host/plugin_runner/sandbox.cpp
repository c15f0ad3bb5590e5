#include "host/plugin_runner/sandbox.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/plugin_runner/wire/sanitized.hpp"

namespace migue::runner {

namespace {

using wire::kIsSanitized;

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "add this processor's audit architecture"
#endif

void limit(int what, rlim_t value) {
    const rlimit both{value, value};
    ::setrlimit(static_cast<__rlimit_resource>(what), &both);
}

void set_limits(const Limits& limits) {
    // No image of what people wrote on a disk, and a crash that costs nobody else the time of one:
    // a limit of zero does not keep a core dump from a program that takes them.
    ::prctl(PR_SET_DUMPABLE, 0);
    limit(RLIMIT_CORE, 0);
    if (limits.cpu_seconds != 0) limit(RLIMIT_CPU, limits.cpu_seconds);
    limit(RLIMIT_NOFILE, 64);
    // A sanitizer's report may go to a file, and its shadow alone takes 16 TiB of addresses.
    if (kIsSanitized) return;
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_AS, limits.memory);
}

/// Files: only read, only below these. False: the kernel has no Landlock.
bool restrict_files(const std::vector<std::filesystem::path>& readable) {
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs =
        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
        LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
        LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
        LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
        LANDLOCK_ACCESS_FS_MAKE_SYM;
    const long rules = ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0) return false;
    const auto allow = [&](const std::filesystem::path& path, std::uint64_t what) {
        const int folder = ::open(path.c_str(), O_PATH | O_CLOEXEC);
        if (folder < 0) return;
        struct stat status {};
        landlock_path_beneath_attr beneath{};
        beneath.allowed_access = what;
        // Of a file there is nothing to list: the kernel refuses a rule that says so.
        if (::fstat(folder, &status) == 0 && !S_ISDIR(status.st_mode))
            beneath.allowed_access &= ~std::uint64_t{LANDLOCK_ACCESS_FS_READ_DIR};
        beneath.parent_fd = folder;
        ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
        ::close(folder);
    };
    constexpr std::uint64_t kLook =
        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    for (const char* system : {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo",
                               "/usr/local/lib", "/etc/ld.so.cache", "/etc/localtime", "/proc/self"})
        allow(system, kLook);
    allow("/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE);
    for (const std::filesystem::path& path : readable) allow(path, kLook);
    const bool good = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    ::close(static_cast<int>(rules));
    return good;
}

/// A filter of system calls, made rule by rule; what no rule denies is allowed.
class Filter {
public:
    Filter() {
        add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
        add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
        add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
#if defined(__x86_64__)
        // The same calls under other numbers (x32).
        add(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
        add(deny_with(EPERM));
#endif
    }
    void deny(std::uint32_t call, std::uint32_t code = EPERM) {
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
        add(deny_with(code));
    }
    /// `test` is what the first argument must pass: BPF_JEQ, equal to `value`; BPF_JSET, has that bit.
    void deny_unless(std::uint32_t call, std::uint16_t test, std::uint32_t value) {
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));
        add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)));
        add(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value, 1, 0));
        add(deny_with(EPERM));
        add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    }
    /// False: the kernel has no seccomp filters.
    [[nodiscard]] bool enter() {
        add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
        const sock_fprog program{static_cast<unsigned short>(rules_.size()), rules_.data()};
        return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
    }

private:
    static sock_filter deny_with(std::uint32_t code) {
        return BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code);
    }
    void add(sock_filter rule) { rules_.push_back(rule); }
    std::vector<sock_filter> rules_;
};

/// No network, no programs, no other processes: neither made nor touched. Threads stay allowed,
/// since a plugin with a process of its own may have them. False: the kernel has no seccomp filters.
bool deny_calls() {
    constexpr std::uint32_t kDenied[] = {
        SYS_socket,
        SYS_socketpair,
        SYS_connect,
        SYS_bind,
        SYS_listen,
        SYS_accept,
        SYS_accept4,
        SYS_io_uring_setup,  // its rings do what is denied here
        SYS_execve,
        SYS_execveat,
#if defined(SYS_fork)
        SYS_fork,
        SYS_vfork,
#endif
        SYS_kill,
        SYS_tkill,
        SYS_rt_sigqueueinfo,
        SYS_rt_tgsigqueueinfo,
        SYS_pidfd_open,
        SYS_pidfd_send_signal,
        SYS_pidfd_getfd,
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_setns,
        SYS_unshare,
        SYS_setpriority,
        SYS_sched_setscheduler,
        SYS_sched_setattr,
        SYS_sched_setaffinity
    };
    Filter filter;
    for (const std::uint32_t call : kDenied) filter.deny(call);
    // Its arguments lie where a filter cannot look; the C library then takes clone().
    filter.deny(SYS_clone3, ENOSYS);
    filter.deny_unless(SYS_clone, BPF_JSET, CLONE_THREAD);
    filter.deny_unless(SYS_tgkill, BPF_JEQ, static_cast<std::uint32_t>(::getpid()));  // abort()
    filter.deny_unless(SYS_prlimit64, BPF_JEQ, 0);
    return filter.enter();
}

}  // namespace

Result<void> enter_sandbox(const Limits& limits, const std::vector<std::filesystem::path>& readable) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_limits(limits);
    std::string missing;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) missing += " no_new_privs";
    if (!restrict_files(readable)) missing += " Landlock";
    // A sanitizer's runtime reads its own process through a child of its own.
    if (!kIsSanitized && !deny_calls()) missing += " seccomp";
    if (missing.empty()) return {};
    return Error{Error::Code::kUnsupported, "the kernel does not offer" + missing};
}

}  // namespace migue::runner
