#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// One plugin the operator admits.
struct LockEntry {
    enum class Isolation { kNone = 1, kProcess };
    /// kPinned admits an image that cannot be unloaded: each swap keeps its memory (G2).
    enum class Profile { kStrict = 1, kPinned };
    /// A new generation first serves a part of the conversations, until so many of its turns
    /// have ended or the time is over; it goes back if it does worse than the one before.
    struct Canary {
        unsigned percent = 10;  ///< 1 to 100
        std::uint64_t turns = 200;
        std::uint64_t seconds = 600;
    };

    std::string id;
    std::filesystem::path file;  ///< relative ones start at the working directory
    std::string sha256;
    std::uint64_t size = 0;
    Isolation isolation = Isolation::kNone;
    Profile profile = Profile::kStrict;
    std::optional<Canary> canary;
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
///         isolation: none        # in the host's process; left out, or process: in one of its own
///         libraries: []
///         profile: strict        # or pinned; may be left out
///         canary: { percent: 10, turns: 200, seconds: 600 }   # may be left out
struct LockFile {
    std::vector<LockEntry> entries;
    std::string text;       ///< as it was read
    std::string signature;  ///< the same, where it had to be signed

    [[nodiscard]] const LockEntry* find(std::string_view id) const noexcept;
};

/// Every fault at once, each with file:line:col.
[[nodiscard]] Result<LockFile> parse_lock_file(std::string_view text, const std::string& name);
/// With a `trusted_key` (base64 of an Ed25519 public key) the bytes that are read must be
/// those that `<file>.sig` signs: 64 bytes, or base64 of them.
[[nodiscard]] Result<LockFile> read_lock_file(const std::filesystem::path& file,
                                              const std::string& trusted_key = {});

/// Where the detached signature of a lock file lies.
[[nodiscard]] std::filesystem::path signature_file(const std::filesystem::path& lock_file);

/// Replaces the file by rename, after fsync: a reader finds the old one or the new one.
[[nodiscard]] Result<void> write_lock_file(const std::filesystem::path& file, const LockFile& lock);

/// Replaces any small file in the same way.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& file, std::string_view text);

[[nodiscard]] std::string_view name_of(LockEntry::Isolation isolation) noexcept;
[[nodiscard]] std::string_view name_of(LockEntry::Profile profile) noexcept;
[[nodiscard]] bool is_plugin_id(std::string_view id) noexcept;  ///< [a-z][a-z0-9_]{0,31}

}  // namespace migue::host
