#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/plugin_host/history.hpp"
#include "host/plugin_host/lock_file.hpp"

namespace migue::host {

/// Plugin files inside which the host crashed (PLUGIN_ABI §9): they do not come into its process
/// again, until somebody asks for it. Kept in `<folder>/crashed`, a line each as report_crashes()
/// writes it.
///
/// In the place of such a file comes the last good one of that plugin that is another. Where there
/// is none it serves from a process of its own, so that the next crash hurts its own turn only.
///
/// Control thread only.
class Quarantine {
public:
    /// `folder` "": nothing is known, and nothing kept. A line that cannot be read is left out: it
    /// was cut off.
    explicit Quarantine(std::filesystem::path folder);

    /// What stands in for a file, for the log and the list of plugins.
    struct StandIn {
        LockEntry crashed;
        LockEntry instead;
    };
    /// Puts stand-ins in place; `has_runner`: there can be processes. Without either a file stays.
    [[nodiscard]] std::vector<StandIn> apply(LockFile& lock, const History& history, bool has_runner) const;
    /// The plugin's file may come into the process again.
    void release(const std::string& plugin);

    /// A descriptor to append to, for report_crashes(); -1 where nothing is kept.
    [[nodiscard]] int open_for_crash() const;

private:
    [[nodiscard]] bool holds(const LockEntry& entry) const;
    [[nodiscard]] std::filesystem::path file() const { return folder_ / "crashed"; }
    void write() const;

    std::filesystem::path folder_;
    std::map<std::string, std::string> plugins_;  ///< by the hash of the file
};

}  // namespace migue::host
