#include "host/cli/plugin_options.hpp"

#include "host/cli/open_store.hpp"
#include "host/cli/shipped.hpp"
#include "host/store/postgres/target.hpp"

namespace migue::host::cli {

namespace fs = std::filesystem;

Result<fs::path> data_folder(const config::Settings& settings) {
    if (postgres::is_postgres_url(settings.store_url)) return fs::absolute("var");
    auto file = sqlite_file(settings.store_url);
    if (!file) return std::move(file).error();
    return fs::absolute(*file).parent_path();
}

fs::path history_folder(const fs::path& data) {
    return data / "plugins-kept";
}

Result<PluginHostOptions> plugin_host_options(const config::Settings& settings, const fs::path& data) {
    PluginHostOptions options;
    options.lock_file = settings.plugin_lock;
    options.staging_dir = data / "plugins";
    options.history_dir = history_folder(data);
    options.trusted_key = settings.plugin_trusted_key;
    options.runner = plugin_runner();
    options.start_with_what_works = true;
    options.report_crashes = true;
    options.plugins = settings.plugins;
    options.public_url = settings.http.public_url;
    options.vault_keys = settings.vault_keys;
    if (postgres::is_postgres_url(settings.store_url)) {
        options.sql_url = settings.store_url;
        options.vault_key_file = data / "vault.keys";
        return options;
    }
    auto file = sqlite_file(settings.store_url);
    if (!file) return std::move(file).error();
    options.sql_prefix = fs::path(*file).replace_extension().string();
    options.vault_key_file = file->parent_path() / "vault.keys";
    return options;
}

Result<std::unique_ptr<PluginHost>> start_plugins(const config::Settings& settings, Clock& clock, Log& log) {
    if (!fs::exists(settings.plugin_lock)) return std::unique_ptr<PluginHost>();
    auto data = data_folder(settings);
    if (!data) return std::move(data).error();
    auto options = plugin_host_options(settings, *data);
    if (!options) return std::move(options).error();
    // A command says what is wrong, and leaves what a host keeps alone.
    options->start_with_what_works = false;
    options->history_only_read = true;
    auto host = make_plugin_host(std::move(options).value(), clock, log, nullptr, nullptr);
    if (!host) return std::move(host).error();
    if (auto started = (*host)->start(); !started) {
        (*host)->stop(std::chrono::seconds(4));
        return std::move(started).error();
    }
    return host;
}

}  // namespace migue::host::cli
