// migue-plugin-rehearser: tries one plugin. migue-plugin-runner becomes it, with these arguments:
// {turns|fuzz|swaps} FILE SEED [may-stay|own-process], and the configuration on standard input.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "host/plugin_runner/rehearse.hpp"
#include "host/plugin_runner/sandbox.hpp"

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

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("migue-plugin-rehearser is started by migue-plugin-runner\n", stderr);
        return 2;
    }
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
