#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/cli/plugin_watch.hpp"
#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "host/services/clock.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::cli {

/// A running host: every room made, wired and started. One for `serve`, `dev` and tests.
class App {
public:
    struct Options {
        config::Settings settings;
        std::filesystem::path data;  ///< folder for what is made while running
        bool dev = false;            ///< everything on http.listen, with the chat, without a token
        Clock* clock = nullptr;      ///< null: the system's; it must outlive the host
        /// Folders of plugins that are built and swapped in when they are saved (G5).
        std::vector<PluginWatch::Folder> watched_plugins = {};
    };

    /// What was left open by the last process is under way when this returns, and the
    /// listeners answer. `log` must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<App>> start(Options options, Log& log);
    App(const App&) = delete;
    App& operator=(const App&) = delete;
    ~App();  ///< stops in good order, within 10 seconds

    /// Where people and Meta reach it: "http://127.0.0.1:8080".
    [[nodiscard]] std::string address() const;

private:
    class Impl;
    explicit App(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host::cli
