#include "host/plugin_runner/sandbox.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace migue::runner {

namespace {

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
    limit(RLIMIT_CORE, 0);
    if (limits.cpu_seconds != 0) limit(RLIMIT_CPU, limits.cpu_seconds);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_FSIZE, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    limit(RLIMIT_AS, limits.memory);
#endif
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

/// These system calls answer EPERM from here on. False: the kernel has no seccomp filters.
bool deny_calls() {
    constexpr std::array<std::uint32_t, 14> kDenied = {
        SYS_socket,   SYS_socketpair, SYS_connect,           SYS_bind, SYS_listen, SYS_accept4, SYS_execve,
        SYS_execveat, SYS_ptrace,     SYS_process_vm_writev, SYS_kill, SYS_tkill,  SYS_setns,   SYS_unshare};
    std::array<sock_filter, 2 * kDenied.size() + 6> filter{};
    std::size_t size = 0;
    const auto add = [&](sock_filter one) { filter[size++] = one; };
    add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
    for (const std::uint32_t call : kDenied) {
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
        add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    }
    add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    sock_fprog program{};
    program.len = static_cast<unsigned short>(size);
    program.filter = filter.data();
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

Result<void> enter_sandbox(const Limits& limits, const std::vector<std::filesystem::path>& readable) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_limits(limits);
    std::string missing;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) missing += " no_new_privs";
    if (!restrict_files(readable)) missing += " Landlock";
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (!deny_calls()) missing += " seccomp";
#endif
    if (missing.empty()) return {};
    return Error{Error::Code::kUnsupported, "the kernel does not offer" + missing};
}

}  // namespace migue::runner
