#include "host/cli/plugin_watch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include "host/cli/plugin_workshop.hpp"
#include "host/cli/shipped.hpp"
#include "host/plugin_host/install.hpp"

namespace migue::host::cli {

namespace {

namespace fs = std::filesystem;
constexpr std::chrono::milliseconds kLook{100};
constexpr std::size_t kMostFiles = 10'000;

bool is_source(const fs::path& file) {
    static constexpr std::array<std::string_view, 10> kEndings = {".cpp", ".cc", ".c",    ".hpp",  ".h",
                                                                  ".txt", ".in", ".json", ".yaml", ".cmake"};
    return std::find(kEndings.begin(), kEndings.end(), file.extension().string()) != kEndings.end();
}

}  // namespace

PluginWatch::PluginWatch(Options options, Log& log)
    : options_(std::move(options)), log_(log), thread_([this] { run(); }) {}

PluginWatch::~PluginWatch() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

Result<PluginWatch::Folder> PluginWatch::build_and_lock(const fs::path& folder, const fs::path& lock_file,
                                                        const fs::path& staging_dir) {
    Folder built{folder, stamps_of(folder)};
    const auto files = build_plugins(folder);
    if (!files) return files.error();
    if (auto locked = lock_all(*files, lock_file, staging_dir); !locked) return std::move(locked).error();
    return built;
}

Result<void> PluginWatch::lock_all(const std::vector<fs::path>& files, const fs::path& lock_file,
                                   const fs::path& staging_dir) {
    for (const fs::path& file : files) {
        InstallWishes wishes;
        wishes.runner = plugin_runner();
        if (auto installed = install_plugin(file, lock_file, staging_dir, wishes); !installed)
            return std::move(installed).error();
    }
    return {};
}

PluginWatch::Stamps PluginWatch::stamps_of(const fs::path& folder) {
    Stamps stamps;
    std::error_code ignored;
    for (auto at = fs::recursive_directory_iterator(folder, ignored);
         at != fs::recursive_directory_iterator() && stamps.size() < kMostFiles; at.increment(ignored)) {
        const std::string name = at->path().filename().string();
        if (at->is_directory(ignored)) {
            if (name == "build" || name == "var" || name.starts_with(".")) at.disable_recursion_pending();
            continue;
        }
        if (is_source(at->path())) stamps[at->path().string()] = at->last_write_time(ignored);
    }
    return stamps;
}

void PluginWatch::rebuild(const fs::path& folder) {
    const auto begun = std::chrono::steady_clock::now();
    const auto files = build_plugins(folder);
    const auto linked = std::chrono::steady_clock::now();
    Result<void> done =
        files ? lock_all(*files, options_.lock_file, options_.staging_dir) : Result<void>(files.error());
    if (done) done = options_.reload();
    if (!done) {
        log_.error("the changed plugin is not taken; what runs stays",
                   {{"folder", folder.string()}, {"why", done.error().what}});
        return;
    }
    using std::chrono::milliseconds;
    const auto in_ms = [](auto time) {
        return std::to_string(std::chrono::duration_cast<milliseconds>(time).count());
    };
    log_.info("the changed plugin serves", {{"folder", folder.string()},
                                            {"build_ms", in_ms(linked - begun)},
                                            {"swap_ms", in_ms(std::chrono::steady_clock::now() - linked)}});
}

bool PluginWatch::needs_build(const Stamps& before, const Stamps& now) const {
    bool is_needed = now.size() < before.size();
    for (const auto& [file, stamp] : now) {
        const auto known = before.find(file);
        if (known != before.end() && known->second == stamp) continue;
        std::error_code ignored;
        if (fs::equivalent(file, options_.settings_file, ignored))
            log_.warn("settings are read at the start: start again for what was changed in them",
                      {{"file", file}});
        else
            is_needed = true;
    }
    return is_needed;
}

void PluginWatch::run() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kLook, [this] { return stopping_; })) {
        lock.unlock();
        for (Folder& folder : options_.folders) {
            Stamps now = stamps_of(folder.path);
            if (now == folder.built_from) continue;
            const Stamps before = std::exchange(folder.built_from, std::move(now));
            if (needs_build(before, folder.built_from)) rebuild(folder.path);
        }
        lock.lock();
    }
}

}  // namespace migue::host::cli
