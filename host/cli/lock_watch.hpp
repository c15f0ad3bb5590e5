#pragma once
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "host/observe/log.hpp"
#include "host/plugin_host/plugin_host.hpp"

namespace migue::host::cli {

/// Swaps plugins when plugins.lock was replaced: the one trigger there is. A plugin file
/// that changes on disk triggers nothing.
class LockWatch {
public:
    LockWatch(std::filesystem::path lock_file, PluginHost& plugins, Log& log);
    LockWatch(const LockWatch&) = delete;
    LockWatch& operator=(const LockWatch&) = delete;
    ~LockWatch();

private:
    void run();

    const std::filesystem::path lock_file_;
    PluginHost& plugins_;
    Log& log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace migue::host::cli
