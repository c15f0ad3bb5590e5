#include "host/plugin_host/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace migue::host {

void Handle::close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Result<pid_t> start_child(const std::vector<std::string>& words, const std::vector<int>& descriptors) {
    const auto fault = [&](int code) {
        return Error{Error::Code::kUnavailable,
                     fmt::format("start {}: {}", words[0], std::generic_category().message(code))};
    };
    // Out of the way first: none of them may lie where another one has to go.
    constexpr int kOutOfTheWay = 128;
    std::vector<Handle> moved;
    for (const int descriptor : descriptors) {
        moved.emplace_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, kOutOfTheWay));
        if (!moved.back()) return fault(errno);
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (std::size_t i = 0; i < moved.size(); ++i)
        ::posix_spawn_file_actions_adddup2(&actions, moved[i].get(), static_cast<int>(i));
    ::posix_spawn_file_actions_addclosefrom_np(&actions, static_cast<int>(moved.size()));
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::array<char*, 1> environment{nullptr};
    pid_t child = -1;
    const int failed =
        ::posix_spawn(&child, words[0].c_str(), &actions, &attributes, arguments.data(), environment.data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return fault(failed);
    return child;
}

}  // namespace migue::host
