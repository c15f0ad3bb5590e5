#include "host/plugin_host/hazards.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/plugin_host/install.hpp"

namespace migue::host {

namespace {

constexpr std::string_view kEntrySymbol = "migue_entry_v1";

/// A function that a plugin must not import. `is_prefix`: the compiler puts types behind it.
struct Denied {
    std::string_view id, symbol, does;
    bool is_prefix = false;
};

// H19 beside H4: what changes the whole process, or brings code into it.
constexpr Denied kDenied[] = {
    {"H4", "pthread_create", "starts a thread"},
    {"H4", "thrd_create", "starts a thread"},
    {"H4", "_ZNSt6thread15_M_start_thread", "starts a thread (std::thread, std::async)", true},
    {"H19", "setlocale", "changes the locale of the whole process"},
    {"H19", "_ZNSt6locale6globalERKS_", "changes the locale of the whole process"},
    {"H19", "setenv", "changes the environment of the whole process"},
    {"H19", "unsetenv", "changes the environment of the whole process"},
    {"H19", "putenv", "changes the environment of the whole process"},
    {"H19", "clearenv", "changes the environment of the whole process"},
    {"H19", "sigaction", "changes signal handlers of the whole process"},
    {"H19", "signal", "changes signal handlers of the whole process"},
    {"H19", "__sysv_signal", "changes signal handlers of the whole process"},
    {"H19", "bsd_signal", "changes signal handlers of the whole process"},
    {"H19", "chdir", "changes the working directory of the whole process"},
    {"H19", "fchdir", "changes the working directory of the whole process"},
    {"H19", "chroot", "changes the root directory of the whole process"},
    {"H19", "umask", "changes the file mode mask of the whole process"},
    {"H19", "fork", "makes another process"},
    {"H19", "vfork", "makes another process"},
    {"H19", "clone", "makes another process or thread"},
    {"H19", "posix_spawn", "makes another process"},
    {"H19", "posix_spawnp", "makes another process"},
    {"H19", "system", "makes another process"},
    {"H19", "popen", "makes another process"},
    {"H19", "execl", "replaces the process"},
    {"H19", "execle", "replaces the process"},
    {"H19", "execlp", "replaces the process"},
    {"H19", "execv", "replaces the process"},
    {"H19", "execve", "replaces the process"},
    {"H19", "execvp", "replaces the process"},
    {"H19", "execvpe", "replaces the process"},
    {"H19", "fexecve", "replaces the process"},
    {"H19", "dlopen", "brings another library into the process"},
    {"H19", "dlmopen", "brings another library into the process"},
    {"H19", "exit", "ends the process"},
    {"H19", "_exit", "ends the process"},
    {"H19", "_Exit", "ends the process"},
    {"H19", "quick_exit", "ends the process"},
};

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

void look_at_exports(const ElfFacts& facts, bool stays, std::vector<Hazard>& out) {
    std::vector<std::string> unique;
    std::vector<std::string> leaked;
    for (const ElfFacts::Symbol& symbol : facts.symbols) {
        if (symbol.is_unique) unique.push_back(symbol.name);
        if (symbol.is_defined && !symbol.is_unique && symbol.name != kEntrySymbol)
            leaked.push_back(symbol.name);
    }
    if (!unique.empty() && !stays)
        out.push_back({"H1", "it has process-wide (UNIQUE) symbols: " + joined(unique),
                       "build it with migue_add_plugin(), or with -fno-gnu-unique and the version script "
                       "plugin.exports"});
    if (!leaked.empty())
        out.push_back({"H11", "it exports " + joined(leaked) + " beside migue_entry_v1",
                       "build it with migue_add_plugin(), or with the version script plugin.exports"});
}

void look_at_imports(const ElfFacts& facts, const LockEntry& entry, std::vector<Hazard>& out) {
    const bool stays =
        entry.profile == LockEntry::Profile::kPinned || entry.isolation == LockEntry::Isolation::kProcess;
    for (const char* name : {"__cxa_thread_atexit", "__cxa_thread_atexit_impl"})
        if (facts.imports(name) && !stays)
            out.push_back({"H2", fmt::format("it imports {}: a thread_local with a destructor", name),
                           "keep such data in the plugin object, or admit it with `profile: pinned` in the "
                           "lock file (each swap then keeps its memory)"});
    // Of keys there are 1,024 in a process, and an image that goes gives none of its own back.
    for (const char* name : {"pthread_key_create", "tss_create"})
        if (facts.imports(name) && !stays)
            out.push_back(
                {"H2",
                 fmt::format("it imports {}: each swap uses up a key of the process, whose destructor "
                             "runs when a thread ends, perhaps after the image is gone",
                             name),
                 "keep such data in the plugin object, or run it with `isolation: process`"});
    for (const Denied& denied : kDenied) {
        if (denied.id == "H4" && entry.isolation == LockEntry::Isolation::kProcess) continue;
        const auto found =
            std::find_if(facts.symbols.begin(), facts.symbols.end(), [&](const ElfFacts::Symbol& symbol) {
                return !symbol.is_defined && (denied.is_prefix ? symbol.name.starts_with(denied.symbol)
                                                               : symbol.name == denied.symbol);
            });
        if (found == facts.symbols.end()) continue;
        out.push_back(
            {std::string(denied.id), fmt::format("it imports {}, which {}", found->name, denied.does),
             denied.id == "H4" ? "ask for work with migue.timer/1 (delay 0), or run it with "
                                 "`isolation: process`"
                               : "leave it out; what a plugin needs comes from the host's services"});
    }
}

/// Two C++ runtimes in one process find each other's symbols: libc++ and libstdc++ have std::exception and
/// its like under the same names, with another layout.
void look_at_runtime(const ElfFacts& facts, const LockEntry& entry, std::vector<Hazard>& out) {
    for (const std::string& library : facts.needed)
        if (library.starts_with("libc++"))
            out.push_back(
                {"H7",
                 fmt::format("it needs {}, beside the libstdc++ of whoever loads it: names that both "
                             "have are mixed, and an exception corrupts memory",
                             library),
                 "link the shared libstdc++; or libc++ into it (-static-libstdc++, with the version "
                 "script plugin.exports) and run it with `isolation: process`"});
    const bool is_alone = facts.has_libcxx && entry.isolation == LockEntry::Isolation::kProcess;
    if (facts.has_own_cxx_runtime && !is_alone)
        out.push_back({"H7",
                       "it brings its own C++ runtime (-static-libstdc++): an exception in it would end "
                       "the host",
                       facts.has_libcxx ? "link the shared libstdc++, or run it with `isolation: process`"
                                        : "link the shared libstdc++"});
}

}  // namespace

std::vector<Hazard> find_hazards(const ElfFacts& facts, const LockEntry& entry) {
    const bool stays =
        entry.profile == LockEntry::Profile::kPinned || entry.isolation == LockEntry::Isolation::kProcess;
    std::vector<Hazard> all;
    look_at_exports(facts, stays, all);
    look_at_imports(facts, entry, all);
    look_at_runtime(facts, entry, all);
    if (facts.never_unloads && !stays)
        all.push_back({"H15", "it is linked with -z nodelete and stays mapped after each swap",
                       "link it without, or admit it with `profile: pinned` in the lock file"});
    std::stable_sort(all.begin(), all.end(), [](const Hazard& a, const Hazard& b) {
        return std::stoi(a.id.substr(1)) < std::stoi(b.id.substr(1));
    });
    return all;
}

Result<void> check_hazards(const ElfFacts& facts, const LockEntry& entry) {
    std::string what;
    for (const Hazard& hazard : find_hazards(facts, entry))
        what += (what.empty() ? "" : "\n") + hazard.text();
    if (what.empty()) return {};
    return Error{Error::Code::kConfig, what};
}

}  // namespace migue::host
