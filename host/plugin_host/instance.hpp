#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/plugin_host/activity.hpp"
#include "host/plugin_host/canary.hpp"
#include "host/plugin_host/crash_report.hpp"
#include "host/plugin_host/descriptor.hpp"
#include "host/plugin_host/generation.hpp"
#include "host/plugin_host/host_table.hpp"
#include "host/plugin_host/image.hpp"
#include "host/plugin_host/lock_file.hpp"
#include "host/plugin_host/routes.hpp"
#include "host/plugin_host/stage.hpp"
#include "host/services/task_pool.hpp"
#include "migue/ext/migrations.h"
#include "migue/ext/understand.h"
#include "migue/plugin.h"

namespace migue::host {

/// What create() reported and where, for every fault of a configuration.
struct ConfigFault {
    std::string pointer, what;
};

/// One generation at work: its image, its host table, the plugin object, its workers and
/// everything that runs inside.
///
/// Life: made by the loader, create(), serving, quiesce(), then close() when its generation
/// is idle, or abandon() when it will never be. Those four are for the control thread, one
/// at a time; everything else is thread-safe.
class Instance : public std::enable_shared_from_this<Instance> {
public:
    /// What stays behind of a generation for the rest of the process's life (G2).
    enum class Leftover { kPinned = 1, kAbandoned };
    struct Parts {
        LockEntry entry;
        std::shared_ptr<const StagedFile> file;  ///< nullptr, like the image: another instance has them
        std::unique_ptr<Image> image;
        Image* code = nullptr;  ///< makes the instance: `image`, or that of the one that has it
        Descriptor descriptor;
        std::unique_ptr<HostTable> table;
        /// Of the instance that warmed the image up: what is left of it may still ask.
        std::unique_ptr<HostTable> warm_table;
        std::string build_id;  ///< "" when the linker gave none
        std::shared_ptr<Generation> generation;
        std::size_t max_workers = 4;
        std::chrono::milliseconds control_limit{10'000};  ///< of one call of the control thread
        std::function<void()> on_loss;                    ///< it has come to an end unasked; on any thread
        std::function<void(Leftover)> on_leftover;        ///< it was discarded and did not go; may be empty
    };

    explicit Instance(Parts parts);
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance();

    // ---- control
    /// Makes the plugin object and reads what it offers. On failure close() is all that may
    /// follow; `faults` holds what create() said about the configuration.
    [[nodiscard]] Result<void> create(std::string_view config_json, std::vector<ConfigFault>& faults);
    [[nodiscard]] Result<void> check_health();
    [[nodiscard]] Result<void> migrate();
    /// What another instance may take over of its caches; nothing when it offers none, or too
    /// much.
    [[nodiscard]] std::optional<std::string> export_state();
    /// Takes over what an instance exported whose states have this version.
    [[nodiscard]] Result<void> import_state(std::uint32_t version, std::string_view state);
    /// No new turns, and no new operations but those of turns that run (T6).
    void quiesce(std::chrono::nanoseconds limit);
    /// Ends all open operations, so that turns can end.
    void cancel_all();
    /// Destroys and unloads; nothing may be inside any more. False: the image stays mapped, or
    /// the instance is stuck and was abandoned.
    [[nodiscard]] bool close();
    /// For one that was never published: ends what create() began, then closes it. False: it
    /// did not end and was abandoned.
    bool discard();
    /// It is about to serve.
    void come_forward() { parts_.image->come_forward(); }
    /// Ends what runs inside, whether it likes it or not. False: it runs in this process.
    [[nodiscard]] bool end_by_force(const std::string& why);
    /// The table of a closed instance that shared its image with another.
    [[nodiscard]] std::unique_ptr<HostTable> release_table() { return std::move(parts_.table); }
    /// Lets go of it for good, at the end of the process: something inside does not end (G1).
    /// What that something holds stays alive with it.
    void abandon();

    // ---- what it is
    [[nodiscard]] std::uint64_t number() const noexcept { return parts_.generation->number(); }
    [[nodiscard]] const LockEntry& entry() const noexcept { return parts_.entry; }
    [[nodiscard]] const std::string& build_id() const noexcept { return parts_.build_id; }
    /// Nothing once it is closed.
    [[nodiscard]] const std::shared_ptr<const StagedFile>& file() const noexcept { return parts_.file; }
    [[nodiscard]] const Descriptor& descriptor() const noexcept { return parts_.descriptor; }
    [[nodiscard]] Generation& generation() const noexcept { return *parts_.generation; }
    [[nodiscard]] HostTable& table() const noexcept { return *parts_.table; }
    [[nodiscard]] TimerQueue& timers() const noexcept { return parts_.table->backends().timers; }
    [[nodiscard]] const migue_plugin& api() const noexcept { return api_; }
    [[nodiscard]] migue_plugin* plugin() const noexcept { return plugin_; }
    [[nodiscard]] const RouteList& routes() const noexcept { return routes_; }
    [[nodiscard]] const migue_routes_v1& routes_api() const noexcept { return routes_api_; }
    [[nodiscard]] const std::optional<migue_understand_v1>& understand_api() const noexcept {
        return understand_api_;
    }

    // ---- what runs inside
    /// Keeps the activity until it is over.
    void adopt(std::shared_ptr<Activity> activity);
    void forget(const Activity& activity);
    void post(TaskPool::Task task);
    /// Calls into the plugin. False: it let an exception out, which quarantines the
    /// generation (O4); the exception is not looked at.
    template <typename Call>
    [[nodiscard]] bool call(Call&& call_plugin) noexcept {
        const CrashMark mark(crash_name_);
        try {
            call_plugin();
            return true;
        } catch (...) {
            quarantine();
            return false;
        }
    }
    [[nodiscard]] bool is_quarantined() const noexcept { return quarantined_; }
    /// The control thread called it and it never came back: it is not called from there again,
    /// and close() abandons it.
    [[nodiscard]] bool is_stuck() const noexcept { return is_stuck_; }
    /// Why it came to an end unasked (isolation: process), or "".
    [[nodiscard]] std::string loss() const;
    [[nodiscard]] std::uint64_t next_operation() noexcept { return next_operation_++; }
    void cancel_operation(std::uint64_t operation);
    void count_turn(bool has_failed, std::chrono::nanoseconds took) { scores_.add(has_failed, took); }
    [[nodiscard]] Score score() const { return scores_.score(); }
    /// A line of the host's own about this generation.
    void warn(std::string_view message, std::string_view why) const;

private:
    /// As call(), for the control thread: an error when the plugin throws, or does not come back.
    /// `call_plugin` owns all that the plugin gets to see.
    [[nodiscard]] Result<void> call_control(std::string_view what, std::function<void()> call_plugin);
    void quarantine() noexcept;
    void lose(const std::string& why);
    [[nodiscard]] Result<void> read_extensions();
    [[nodiscard]] Result<const void*> extension(const char* id);
    [[nodiscard]] std::vector<std::shared_ptr<Activity>> activities() const;

    Parts parts_;
    const CrashName crash_name_;
    TaskPool workers_;
    migue_plugin* plugin_ = nullptr;
    migue_plugin api_{};
    RouteList routes_;
    migue_routes_v1 routes_api_{};
    std::optional<migue_understand_v1> understand_api_;
    const migue_migrations_v1* migrations_ = nullptr;
    std::shared_ptr<BackgroundActivity> background_;  // from create() to close()
    std::atomic<bool> quarantined_{false}, is_stuck_{false};
    std::atomic<std::uint64_t> next_operation_{1};
    ScoreBoard scores_;
    mutable std::mutex mutex_;
    std::string loss_;                                                           // guarded by mutex_
    std::unordered_map<const Activity*, std::shared_ptr<Activity>> activities_;  // guarded by mutex_
};

}  // namespace migue::host
