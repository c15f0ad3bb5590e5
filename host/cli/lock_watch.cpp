#include "host/cli/lock_watch.hpp"

#include <sys/stat.h>

#include <chrono>
#include <tuple>
#include <utility>

#include "host/plugin_host/lock_file.hpp"

namespace migue::host::cli {

namespace {

constexpr std::chrono::milliseconds kLook{500};

/// Differs between two files that were put in one place by rename.
using Stamp = std::tuple<ino_t, off_t, time_t, long>;

Stamp stamp_of(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return {};
    return {facts.st_ino, facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
}

}  // namespace

LockWatch::LockWatch(std::filesystem::path lock_file, PluginHost& plugins, Log& log)
    : lock_file_(std::move(lock_file)), plugins_(plugins), log_(log), thread_([this] { run(); }) {}

LockWatch::~LockWatch() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void LockWatch::run() {
    const std::filesystem::path signature = signature_file(lock_file_);
    const auto look = [&] { return std::pair(stamp_of(lock_file_), stamp_of(signature)); };
    auto seen = look();
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kLook, [this] { return stopping_; })) {
        const auto now = look();
        if (now == seen || now.first == Stamp{}) continue;
        seen = now;
        lock.unlock();
        if (const auto swapped = plugins_.reload(); swapped) {
            log_.info("plugins follow the lock file", {{"file", lock_file_.string()}});
        } else {
            log_.error("the lock file could not be followed; the plugins stay as they are",
                       {{"why", swapped.error().what}});
        }
        lock.lock();
    }
}

}  // namespace migue::host::cli
