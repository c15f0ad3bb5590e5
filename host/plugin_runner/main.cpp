// migue-plugin-runner: one plugin in a process of its own. Started by migue, not by people.
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "host/plugin_runner/rehearse.hpp"
#include "host/plugin_runner/sandbox.hpp"
#include "host/plugin_runner/session.hpp"

// A plugin's crash is a crash here too, not a report and an exit code; what a sanitizer itself finds
// ends the process, so that the host notices.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MIGUE_SIGNALS "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:"
extern "C" const char* __asan_default_options() {  // NOLINT: the runtime's name
    return MIGUE_SIGNALS "detect_leaks=0";         // those of a plugin are its own
}
extern "C" const char* __tsan_default_options() {  // NOLINT: the runtime's name
    return MIGUE_SIGNALS "halt_on_error=1";
}
#endif

namespace {

std::string standard_input() {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

/// isolation: process. The host limits each call's time; processor time adds up over months.
int serve(const char* file, const char* sockets) {
    ::mallopt(M_ARENA_MAX, 1);
    migue::runner::Limits limits;
    limits.cpu_seconds = 0;
    static_cast<void>(migue::runner::enter_sandbox(limits, {file}));
    return migue::runner::serve(file, STDERR_FILENO + 1, std::atoi(sockets));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs(
            "migue-plugin-runner is started by migue: {turns|fuzz|swaps} FILE SEED [may-stay|own-process], "
            "or serve FILE SOCKETS\n",
            stderr);
        return 2;
    }
    if (std::string_view(argv[1]) == "serve") return serve(argv[2], argv[3]);
    migue::runner::Task task;
    task.check = argv[1];
    task.file = argv[2];
    task.seed = std::strtoull(argv[3], nullptr, 10);
    task.may_stay = argc > 4;
    task.may_have_threads = argc > 4 && std::string_view(argv[4]) == "own-process";
    task.config_json = standard_input();
    migue::runner::Limits limits;
    if (task.check != "turns") limits.cpu_seconds = 120;
    // What the kernel lacks is told by `migue doctor`; the checks are the same without.
    static_cast<void>(migue::runner::enter_sandbox(limits, {task.file}));
    return migue::runner::rehearse(task);
}
