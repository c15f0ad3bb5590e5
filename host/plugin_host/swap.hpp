#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/plugin_host/canary.hpp"
#include "host/plugin_host/history.hpp"
#include "host/plugin_host/loader.hpp"
#include "host/plugin_host/lock_file.hpp"
#include "host/plugin_host/registry.hpp"
#include "host/plugin_host/retirement.hpp"

namespace migue::host {

/// From what is loaded to what the lock file says, all or nothing; and what becomes of
/// generations that first serve a part of the conversations.
///
/// Control thread only, but for refused().
class Swap {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    struct Limits {
        std::size_t max_pinned = 200;
        std::size_t max_abandoned = 3;
    };
    struct Parts {
        Loader& loader;
        Registry& registry;
        Retirement& retirement;
        History& history;
        std::mutex& listing;  ///< so that nobody sees a generation in neither or both of the lists
        Log& log;
    };
    struct Request {
        std::string only;  ///< the one plugin that may change; "" for all
        /// At the start: a plugin that cannot be loaded is left out and told, the others serve.
        bool with_what_works = false;
        /// False: what is run is not what the lock file names, so it proves nothing about it.
        bool is_as_named = true;
        /// Waits until no generation of that plugin is on its way out any more.
        std::function<void(const std::string& plugin)> await_retired;
    };
    struct Refused {
        LockEntry entry;
        std::string why;
    };

    Swap(Parts parts, Limits limits) : parts_(parts), limits_(limits) {}

    [[nodiscard]] Result<void> run(const LockFile& lock, const Request& request);
    /// The same file again, in the place of an active generation that has come to an end.
    [[nodiscard]] Result<void> restart(const std::string& plugin);
    /// Judges the canaries. Says when to look again.
    std::optional<TimePoint> advance();
    /// Plugins of the lock file that could not be loaded at the start; asked with `listing` held.
    [[nodiscard]] const std::vector<Refused>& refused() const noexcept { return refused_; }

private:
    struct Plan {
        std::vector<const LockEntry*> to_load;
        std::vector<std::string> to_remove, to_send_back;
        [[nodiscard]] bool is_empty() const noexcept {
            return to_load.empty() && to_remove.empty() && to_send_back.empty();
        }
    };
    /// A canary under way.
    struct Trial {
        LockEntry::Canary plan;
        TimePoint begun;
        Score active, canary;  // when it began
    };
    using Candidates = std::vector<std::shared_ptr<Instance>>;

    [[nodiscard]] Plan plan(const LockFile& lock, const Registry::Table& active,
                            const std::string& only) const;
    [[nodiscard]] Result<void> make_room(const Plan& plan, const Request& request);
    [[nodiscard]] Result<Candidates> load_all(const Plan& plan, const Registry::Table& active,
                                              bool with_what_works);
    [[nodiscard]] Result<std::shared_ptr<Instance>> load(const LockEntry& entry,
                                                         const Registry::Table& active, bool with_what_works);
    void publish(const Plan& plan, Candidates candidates);
    void publish(Registry::Table next, std::vector<std::shared_ptr<Instance>> leaving);
    void begin_trial(const LockEntry& entry, const Instance& active, const Instance& canary);
    void promote(const std::string& plugin);
    void send_back(const std::string& plugin, const std::string& why);
    void settle(const LockFile& lock, bool is_whole);
    void record_good(const LockFile& lock);
    void warn_if(const Result<void>& done, std::string_view what) const;

    const Parts parts_;
    const Limits limits_;
    LockFile wanted_;                               // the last one that was followed
    std::map<std::string, Trial> trials_;           // by plugin
    std::map<std::string, std::string> sent_back_;  // by plugin: the hash that did not prove itself
    std::vector<Refused> refused_;                  // written with `listing` held
};

}  // namespace migue::host
