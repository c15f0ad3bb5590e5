#include <fmt/format.h>

#include <iostream>

#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/config/settings.hpp"
#include "host/plugin_host/install.hpp"

namespace migue::host::cli {

int plugin_install(const PluginOptions& options) {
    const auto settings = config::load_settings(options.config);
    if (!settings) return could_not_run(settings.error());
    const auto entry = install_plugin(options.file, settings->plugin_lock);
    if (!entry) return could_not_run(entry.error());
    fmt::print("{}: {} is locked at sha256 {}…\n", settings->plugin_lock.string(), entry->id,
               entry->sha256.substr(0, 12));
    bool configured = false;
    for (const config::PluginSettings& plugin : settings->plugins) configured |= plugin.id == entry->id;
    if (!configured)
        fmt::print("It is not in {} yet: add a section `{}: {{}}` under plugins.\n", settings->file.string(),
                   entry->id);
    fmt::print("A running host swaps to it by itself; POST /admin/plugins/{}/reload does it at once.\n",
               entry->id);
    return kDone;
}

}  // namespace migue::host::cli
