// migue-plugin-runner: one plugin in a process of its own. Started by migue, not by people.
#include <limits.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "host/plugin_runner/sandbox.hpp"
#include "host/plugin_runner/session.hpp"

namespace {

/// isolation: process. The host limits each call's time; processor time adds up over months.
int serve(const char* file, const char* sockets) {
    ::mallopt(M_ARENA_MAX, 1);
    migue::runner::Limits limits;
    limits.cpu_seconds = 0;
    static_cast<void>(migue::runner::enter_sandbox(limits, {file}));
    return migue::runner::serve(file, STDERR_FILENO + 1, std::atoi(sockets));
}

/// The program that tries plugins lies beside this one. It links what stands in for the host's
/// services, which would double the time that it takes to start one that serves.
int rehearse(char** argv) {
    std::array<char, PATH_MAX> self{};
    const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
    if (size > 0) {
        const std::string_view path(self.data(), static_cast<std::size_t>(size));
        const std::string program =
            std::string(path.substr(0, path.rfind('/') + 1)) + "migue-plugin-rehearser";
        ::execv(program.c_str(), argv);
    }
    std::perror("migue-plugin-runner: cannot start migue-plugin-rehearser, which belongs beside it");
    return 2;
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
    return std::string_view(argv[1]) == "serve" ? serve(argv[2], argv[3]) : rehearse(argv);
}
