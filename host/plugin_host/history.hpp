#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "host/plugin_host/lock_file.hpp"
#include "host/plugin_host/stage.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// What served well, kept on disk so that there is a way back (G3): the last good lock file
/// and the one before, with their signatures, and the plugin files they name, by hash. A
/// lock file that is on trial is marked, so that a host that dies meanwhile does not start
/// from it.
///
///     current.lock[.sig]   what served last, whole
///     previous.lock[.sig]  what served before it
///     on-trial             the lock file that has not proven itself yet
///     files/<sha256>.so
///
/// One process at a time; `migue plugin rollback` only reads.
class History {
public:
    /// `folder` "": nothing is kept, and nothing is known. With a trusted key the lock files
    /// must be signed here too. `only_read`: what would be written is not.
    [[nodiscard]] static Result<History> open(std::filesystem::path folder, std::string trusted_key,
                                              bool only_read = false);

    /// The kept file with this hash, if there is one: an image that has served well.
    [[nodiscard]] std::optional<std::filesystem::path> find(const std::string& sha256) const;
    [[nodiscard]] Result<LockFile> last_good() const;
    [[nodiscard]] Result<LockFile> previous_good() const;

    [[nodiscard]] bool is_on_trial(const LockFile& lock) const;
    Result<void> begin_trial(const LockFile& lock);
    /// It is over, and not for the good: nothing was changed by it.
    Result<void> end_trial();
    /// The entry of that plugin in the last good lock file.
    [[nodiscard]] std::optional<LockEntry> find_good(const std::string& plugin) const;
    /// The lock file has proven itself; its files are known to be kept.
    Result<void> record_good(const LockFile& lock);
    Result<void> keep(const StagedFile& file);

private:
    History(std::filesystem::path folder, std::string trusted_key, bool only_read)
        : folder_(std::move(folder)), trusted_key_(std::move(trusted_key)), only_read_(only_read) {}
    [[nodiscard]] bool is_written() const noexcept { return !folder_.empty() && !only_read_; }
    void forget_unused(const LockFile& lock) const;
    [[nodiscard]] std::filesystem::path kept_path(const std::string& sha256) const;

    std::filesystem::path folder_;
    std::string trusted_key_;
    bool only_read_;
};

/// `migue plugin rollback [ID]`: puts the last good lock file in place, or, where that is in
/// place, the one before it; with an id only that plugin's entry. Gives what it wrote.
[[nodiscard]] Result<LockFile> roll_back(const std::filesystem::path& history_folder,
                                         const std::filesystem::path& lock_file,
                                         const std::string& trusted_key, const std::string& id = {});

}  // namespace migue::host
