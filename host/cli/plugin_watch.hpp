#pragma once
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/observe/log.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::cli {

/// `migue dev --watch`: when a source file of a plugin's folder was saved, builds it, puts it
/// into the lock file and swaps. A build or a check that fails is told, and what runs stays.
class PluginWatch {
public:
    /// When each file was last written.
    using Stamps = std::map<std::string, std::filesystem::file_time_type>;
    /// What was built, from which state of its files: what is saved during a build is built next.
    struct Folder {
        std::filesystem::path path;
        Stamps built_from;
    };
    struct Options {
        std::vector<Folder> folders;
        std::filesystem::path lock_file, staging_dir;
        std::filesystem::path settings_file;   ///< read at the start alone: its changes are told
        std::function<Result<void>()> reload;  ///< follows the lock file
    };

    PluginWatch(Options options, Log& log);
    PluginWatch(const PluginWatch&) = delete;
    PluginWatch& operator=(const PluginWatch&) = delete;
    ~PluginWatch();

    /// Builds a folder's plugins and locks them; before a start too.
    [[nodiscard]] static Result<Folder> build_and_lock(const std::filesystem::path& folder,
                                                       const std::filesystem::path& lock_file,
                                                       const std::filesystem::path& staging_dir);

private:
    [[nodiscard]] static Result<void> lock_all(const std::vector<std::filesystem::path>& files,
                                               const std::filesystem::path& lock_file,
                                               const std::filesystem::path& staging_dir);
    [[nodiscard]] static Stamps stamps_of(const std::filesystem::path& folder);
    void run();
    void rebuild(const std::filesystem::path& folder);
    /// Whether anything was saved that a build may need.
    [[nodiscard]] bool needs_build(const Stamps& before, const Stamps& now) const;

    Options options_;
    Log& log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace migue::host::cli
