#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <iostream>

#include "host/cli/app.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/plugin_options.hpp"
#include "host/cli/plugin_watch.hpp"
#include "host/cli/report.hpp"
#include "host/cli/shipped.hpp"
#include "host/config/settings.hpp"
#include "host/plugin_host/install.hpp"

namespace migue::host::cli {

namespace {

namespace fs = std::filesystem;

/// SIGINT and SIGTERM, taken by the one thread that waits for them. Made before any other
/// thread, which then inherits the mask.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }
    void wait() const {
        int signal = 0;
        ::sigwait(&set_, &signal);
    }

private:
    sigset_t set_{};
};

/// As many open files as the system lets this process have: each connection is one, and
/// service managers begin with a low number that may be raised.
void raise_file_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

int run_until_stopped(App::Options options, const StopSignals& signals) {
    raise_file_limit();
    Log log;
    const auto app = App::start(std::move(options), log);
    if (!app) return could_not_run(app.error());
    std::cout << "migue is ready: " << (*app)->address() << std::endl;
    signals.wait();
    log.info("stopping");
    return kDone;
}

/// The configuration of `migue dev`: the given one, the one of this folder, or the shipped one.
Result<config::Settings> dev_settings(const DevOptions& options) {
    fs::path file = options.config;
    if (file.empty())
        file = fs::exists("config/migue.yaml") ? "config/migue.yaml" : shipped_config() / "migue.yaml";
    auto settings = config::load_settings(file);
    if (!settings) return settings;
    if (options.config.empty()) settings->routes = file.parent_path() / "routes.yaml";
    settings->store_url = "sqlite:" + (options.data / "migue.db").string();
    settings->plugin_lock = options.data / "plugins.lock";
    if (options.port) {
        settings->http.listen.port = *options.port;
        settings->http.public_url =
            *options.port == 0 ? "" : "http://127.0.0.1:" + std::to_string(*options.port);
    }
    return settings;
}

/// In development the lock file follows what was built: nobody else writes plugins here.
Result<void> lock_shipped_plugins(const config::Settings& settings, const fs::path& data) {
    for (const config::PluginSettings& plugin : settings.plugins) {
        const fs::path file = shipped_plugin(plugin.id);
        if (!fs::exists(file)) continue;  // one of the developer's own, installed by hand
        InstallWishes wishes;
        wishes.own = {plugin.id};  // what ships is the operator's own
        if (auto installed = install_plugin(file, settings.plugin_lock, data / "plugins", wishes); !installed)
            return std::move(installed).error();
    }
    return {};
}

}  // namespace

int serve(const ServeOptions& options) {
    const StopSignals signals;
    auto settings = config::load_settings(options.config);
    if (!settings) return could_not_run(settings.error());
    auto data = data_folder(*settings);
    if (!data) return could_not_run(data.error());
    std::error_code failed;
    fs::create_directories(*data, failed);
    if (failed)
        return could_not_run(
            {Error::Code::kConfig, "store.url: make the folder " + data->string() + ": " + failed.message()});
    return run_until_stopped({.settings = std::move(settings).value(),
                              .data = std::move(data).value(),
                              .dev = false,
                              .watched_plugins = {}},
                             signals);
}

int dev(const DevOptions& options) {
    const StopSignals signals;
    auto settings = dev_settings(options);
    if (!settings) return could_not_run(settings.error());
    std::error_code failed;
    fs::create_directories(options.data, failed);
    if (failed)
        return could_not_run({Error::Code::kConfig,
                              "--data: make the folder " + options.data.string() + ": " + failed.message()});
    if (const auto locked = lock_shipped_plugins(*settings, options.data); !locked)
        return could_not_run(locked.error());
    std::vector<PluginWatch::Folder> watched;
    for (const fs::path& folder : options.watch) {
        auto built = PluginWatch::build_and_lock(folder, settings->plugin_lock, options.data / "plugins");
        if (!built) return could_not_run(built.error());
        watched.push_back(std::move(built).value());
    }
    return run_until_stopped({.settings = std::move(settings).value(),
                              .data = options.data,
                              .dev = true,
                              .watched_plugins = std::move(watched)},
                             signals);
}

}  // namespace migue::host::cli
