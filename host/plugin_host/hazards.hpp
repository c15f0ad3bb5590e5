#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin_host/elf_file.hpp"
#include "host/plugin_host/lock_file.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// Something a plugin file must not have, found without loading it.
struct Hazard {
    std::string id;      ///< "H4"; stands in docs/plugins.md
    std::string found;   ///< what, by the name it has in the file
    std::string advice;  ///< what its author or the operator can do

    /// "H4: it imports pthread_create, which …; ask for work with migue.timer/1 instead".
    [[nodiscard]] std::string text() const { return id + ": " + found + "; " + advice; }
};

/// Everything that keeps this file from being loaded as `entry` wants it, in order of the
/// ids. `profile: pinned` admits what only keeps an image mapped (H1, H2, H15), a process of
/// its own also what needs one (H4, H13).
[[nodiscard]] std::vector<Hazard> find_hazards(const ElfFacts& facts, const LockEntry& entry);

/// Refuses a file with hazards, naming all of them, one a line.
[[nodiscard]] Result<void> check_hazards(const ElfFacts& facts, const LockEntry& entry);

}  // namespace migue::host
