#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host/config/settings.hpp"
#include "host/plugin_host/elf_file.hpp"
#include "host/plugin_host/history.hpp"
#include "host/plugin_host/instance.hpp"
#include "host/services/http_client.hpp"
#include "host/services/sql_service.hpp"

namespace migue::host {

/// Brings a lock entry to life, step by step (PLUGIN_ABI §6): stage, look at the file,
/// rehearse, load, look at what it says it is, check its configuration, warm up, create, take
/// over caches, ask for its health. A fault at any step leaves nothing behind.
///
/// Control thread only.
class Loader {
public:
    struct Options {
        std::filesystem::path lock_file;  ///< for messages
        std::vector<config::PluginSettings> plugins;
        std::string public_url;              ///< http.public_url, or ""
        std::size_t max_workers = 4;         ///< threads of one instance
        std::size_t max_http_requests = 64;  ///< of one plugin at once
        std::filesystem::path runner;        ///< of rehearsals and of plugins in their own process
        bool rehearse = true;
        std::chrono::milliseconds kill_after{1000};  ///< from a turn's deadline to killing its process
        bool warm = true;                            ///< one turn an intent before it serves
        std::chrono::milliseconds rehearsal_limit{10'000};
        std::chrono::milliseconds control_limit{10'000};  ///< for a call that the control thread makes
        std::function<void()> on_idle;                    ///< a generation became idle, or came to an end
        /// A candidate that is refused does not go; on the control thread.
        std::function<void(Instance::Leftover)> on_leftover;
    };

    Loader(Options options, const ServiceBackends& backends, StagingArea& area, HttpClient& http,
           SqlService& sql, const History& history);
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    /// `active`: the generation that serves now, whose caches it may take over; or nullptr.
    [[nodiscard]] Result<std::shared_ptr<Instance>> load(const LockEntry& entry, Instance* active);
    /// Another process of a generation whose own has ended: of the same copy of the file, which was
    /// good when that one was loaded, and is not looked at or tried again. People are waiting.
    [[nodiscard]] Result<std::shared_ptr<Instance>> load_again(const Instance& ended);
    /// Waits for all HTTP requests that run.
    void stop_http();

private:
    [[nodiscard]] Result<std::unique_ptr<StagedFile>> stage(const LockEntry& entry, std::uint64_t number);
    [[nodiscard]] Result<std::unique_ptr<StagedFile>> stage(const LockEntry& entry,
                                                            const std::filesystem::path& from,
                                                            std::uint64_t number);
    [[nodiscard]] Instance::Parts parts_of(const LockEntry& entry);
    [[nodiscard]] Result<std::shared_ptr<Instance>> finish(Instance::Parts& parts, Instance* active,
                                                           bool warm);
    [[nodiscard]] Result<ElfFacts> check_file(const LockEntry& entry, const StagedFile& file);
    [[nodiscard]] Result<void> rehearse_file(const LockEntry& entry, const StagedFile& file);
    [[nodiscard]] Result<std::unique_ptr<Image>> start(const LockEntry& entry, const StagedFile& file,
                                                       std::uint64_t number) const;
    [[nodiscard]] Result<void> open(const LockEntry& entry, Instance::Parts& parts);
    [[nodiscard]] Result<void> start_and_describe(const LockEntry& entry, Instance::Parts& parts) const;
    [[nodiscard]] Result<Descriptor> describe(Instance::Parts& parts) const;
    [[nodiscard]] Result<std::shared_ptr<Instance>> make(Instance::Parts& parts, Instance* active, bool warm);
    /// Of a candidate that never became an instance.
    void put_away(Instance::Parts& parts) const;
    [[nodiscard]] config::PluginSettings settings_of(const std::string& id) const;
    [[nodiscard]] std::shared_ptr<HttpService> http_of(const std::string& id);

    const Options options_;
    const ServiceBackends backends_;
    StagingArea& area_;
    HttpClient& http_;
    SqlService& sql_;
    const History& history_;
    std::uint64_t last_number_ = 0;
    std::set<std::string> rehearsed_;                                    // by hash: what was good here once
    std::map<std::string, std::shared_ptr<HttpService>> http_services_;  // by plugin, for all its generations
};

}  // namespace migue::host
