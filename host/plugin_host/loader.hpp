#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/config/settings.hpp"
#include "host/plugin_host/instance.hpp"
#include "host/services/http_client.hpp"
#include "host/services/sql_service.hpp"

namespace migue::host {

/// Brings a lock entry to life, step by step: stage, look at the file, load, look at what it
/// says it is, check its configuration, create, ask for its health. A fault at any step
/// leaves nothing behind.
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
        std::function<void()> on_idle;       ///< a retired generation became idle
    };

    Loader(Options options, const ServiceBackends& backends, StagingArea& area, HttpClient& http,
           SqlService& sql);
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    [[nodiscard]] Result<std::shared_ptr<Instance>> load(const LockEntry& entry);
    /// Waits for all HTTP requests that run.
    void stop_http();

private:
    [[nodiscard]] Result<std::unique_ptr<StagedFile>> stage(const LockEntry& entry, std::uint64_t number);
    [[nodiscard]] Result<void> check_file(const LockEntry& entry, const StagedFile& file);
    [[nodiscard]] Result<Instance::Parts> open(const LockEntry& entry, std::uint64_t number);
    [[nodiscard]] Result<std::shared_ptr<Instance>> make(Instance::Parts parts);
    [[nodiscard]] config::PluginSettings settings_of(const std::string& id) const;
    [[nodiscard]] std::shared_ptr<HttpService> http_of(const std::string& id);

    const Options options_;
    const ServiceBackends backends_;
    StagingArea& area_;
    HttpClient& http_;
    SqlService& sql_;
    std::uint64_t last_number_ = 0;
    std::map<std::string, std::shared_ptr<HttpService>> http_services_;  // by plugin, for all its generations
};

}  // namespace migue::host
