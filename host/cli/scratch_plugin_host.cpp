#include "host/cli/scratch_plugin_host.hpp"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "host/cli/shipped.hpp"
#include "host/plugin_host/install.hpp"
#include "host/plugin_host/native_plugin_host.hpp"

namespace migue::host::cli {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Result<fs::path> make_folder() {
    std::string pattern = (fs::temp_directory_path() / "migue-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        return Error{Error::Code::kConfig, pattern + ": no temporary folder: " + std::strerror(errno)};
    return fs::path(pattern);
}

}  // namespace

ScratchPluginHost::ScratchPluginHost(fs::path folder) : folder_(std::move(folder)) {}

ScratchPluginHost::~ScratchPluginHost() {
    if (host_) host_->stop(1s);
    host_.reset();
    std::error_code ignored;  // a leftover in the temporary folder is the system's to clean
    fs::remove_all(folder_, ignored);
}

Result<void> ScratchPluginHost::load(const fs::path& lock_file, std::vector<config::PluginSettings> plugins) {
    PluginHostOptions options;
    options.lock_file = lock_file;
    options.staging_dir = folder_ / "plugins";
    options.plugins = std::move(plugins);
    auto host = make_plugin_host(std::move(options), clock_, log_, nullptr, nullptr);
    if (!host) return std::move(host).error();
    host_ = std::move(host).value();
    return host_->start();
}

Result<std::unique_ptr<ScratchPluginHost>> ScratchPluginHost::start(
    const fs::path& lock_file, std::vector<config::PluginSettings> plugins) {
    auto folder = make_folder();
    if (!folder) return std::move(folder).error();
    auto scratch = std::unique_ptr<ScratchPluginHost>(new ScratchPluginHost(std::move(folder).value()));
    if (auto loaded = scratch->load(lock_file, std::move(plugins)); !loaded) return std::move(loaded).error();
    return scratch;
}

Result<std::unique_ptr<ScratchPluginHost>> ScratchPluginHost::start_shipped(const std::string& id,
                                                                            std::string config_json) {
    auto folder = make_folder();
    if (!folder) return std::move(folder).error();
    auto scratch = std::unique_ptr<ScratchPluginHost>(new ScratchPluginHost(std::move(folder).value()));
    const fs::path lock_file = scratch->folder_ / "plugins.lock";
    InstallWishes wishes;
    wishes.own = {id};
    if (auto locked = install_plugin(shipped_plugin(id), lock_file, scratch->folder_ / "install", wishes);
        !locked)
        return std::move(locked).error();
    config::PluginSettings settings;
    settings.id = id;
    settings.config_json = std::move(config_json);
    if (auto loaded = scratch->load(lock_file, {std::move(settings)}); !loaded)
        return std::move(loaded).error();
    return scratch;
}

}  // namespace migue::host::cli
