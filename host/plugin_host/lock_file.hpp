#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// One plugin the operator admits.
struct LockEntry {
    enum class Isolation { kNone = 1, kProcess };

    std::string id;
    std::filesystem::path file;  ///< relative ones start at the working directory
    std::string sha256;
    std::uint64_t size = 0;
    Isolation isolation = Isolation::kNone;
    std::vector<std::string> libraries;  ///< what it needs beside the C and C++ runtime (H13)
    std::size_t line = 0;                ///< of the entry in its file; 0: not read from one

    /// Whether another generation is needed to get from `other` to this.
    [[nodiscard]] bool loads_like(const LockEntry& other) const noexcept;
};

/// plugins.lock: the only thing that says which plugins run.
///
///     plugins:
///       - id: smalltalk
///         file: build/release/plugins/smalltalk.so
///         sha256: 9f2c…
///         size: 81920
///         isolation: none        # or process
///         libraries: []
struct LockFile {
    std::vector<LockEntry> entries;

    [[nodiscard]] const LockEntry* find(std::string_view id) const noexcept;
};

/// Every fault at once, each with file:line:col.
[[nodiscard]] Result<LockFile> parse_lock_file(std::string_view text, const std::string& name);
[[nodiscard]] Result<LockFile> read_lock_file(const std::filesystem::path& file);

/// Replaces the file by rename, after fsync: a reader finds the old one or the new one.
[[nodiscard]] Result<void> write_lock_file(const std::filesystem::path& file, const LockFile& lock);

[[nodiscard]] std::string_view name_of(LockEntry::Isolation isolation) noexcept;
[[nodiscard]] bool is_plugin_id(std::string_view id) noexcept;  ///< [a-z][a-z0-9_]{0,31}

}  // namespace migue::host
