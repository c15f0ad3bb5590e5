#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin_host/elf_file.hpp"
#include "host/plugin_host/lock_file.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// What a plugin needs beyond the C and C++ runtime.
[[nodiscard]] std::vector<std::string> extra_libraries(const ElfFacts& facts);

/// Plain libraries that may be admitted without a second thought: no threads, no
/// registries, level when kept open (H13).
[[nodiscard]] bool is_plain_library(std::string_view name) noexcept;

/// Refuses what is neither runtime nor in `admitted`, naming all of it.
[[nodiscard]] Result<void> check_libraries(const ElfFacts& facts, const std::vector<std::string>& admitted);

/// Of a file that nobody changes meanwhile: a private copy.
[[nodiscard]] Result<ElfFacts> read_elf_file(const std::filesystem::path& file);

/// What the operator asks for with a file.
struct InstallWishes {
    bool pinned = false;  ///< it may stay mapped after each swap (profile: pinned)
    std::optional<LockEntry::Canary> canary;
    /// Where it runs; none: in the host's process if its id is in `own`, else as it stood there
    /// before, else in a process of its own.
    std::optional<LockEntry::Isolation> isolation = std::nullopt;
    std::vector<std::string> own = {};  ///< plugins.own
    /// migue-plugin-runner: the file is asked what it is over there; "": in this process.
    std::filesystem::path runner = {};
};

/// `migue plugin install FILE`: hashes the file, asks a private copy what it is, and writes or
/// replaces its entry in the lock file. What was decided for the plugin before is kept. Gives the entry.
[[nodiscard]] Result<LockEntry> install_plugin(const std::filesystem::path& file,
                                               const std::filesystem::path& lock_file,
                                               const std::filesystem::path& staging_dir = "var/plugins",
                                               const InstallWishes& wishes = {});

}  // namespace migue::host
