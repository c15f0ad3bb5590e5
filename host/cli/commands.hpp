#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// One function a subcommand; the exit code comes back. Answers go to standard output, logs
/// and faults to standard error.
namespace migue::host::cli {

struct ServeOptions {
    std::filesystem::path config;
};
int serve(const ServeOptions& options);

struct DevOptions {
    std::filesystem::path config;  ///< empty: the shipped one
    std::filesystem::path data = "var";
    std::optional<std::uint16_t> port;
    std::vector<std::filesystem::path> watch;  ///< folders of plugins, built and swapped when saved
};
int dev(const DevOptions& options);

struct ChatOptions {
    std::string url = "http://127.0.0.1:8080";
    std::string token;
    std::string person = "terminal";
};
int chat(const ChatOptions& options);

struct CheckOptions {
    std::filesystem::path config;
    bool json = false;
};
int check(const CheckOptions& options);

struct RouteOptions {
    std::filesystem::path config;  ///< migue.yaml; empty: the shipped one
    std::string text;
    std::string locale;
};
int route(const RouteOptions& options);

struct TraceOptions {
    std::filesystem::path config;
    std::string message_id;
};
int trace(const TraceOptions& options);

struct MigrateOptions {
    std::filesystem::path config;
    bool dry_run = false;
};
int migrate(const MigrateOptions& options);

struct PluginOptions {
    std::filesystem::path config;
    std::filesystem::path file;
    std::string id;               ///< of rollback ("": all) and new
    std::filesystem::path to;     ///< of new; "": a folder named as the plugin
    std::string only;             ///< of check: the one check to run
    std::uint64_t seed = 1;       ///< of check's fuzz
    bool json = false;            ///< of check
    bool pinned = false;          ///< it may stay mapped
    unsigned canary_percent = 0;  ///< 0: no canary
    std::uint64_t canary_turns = 200, canary_seconds = 600;
};
int plugin_check(const PluginOptions& options);
int plugin_new(const PluginOptions& options);
int plugin_rollback(const PluginOptions& options);
int plugin_install(const PluginOptions& options);
int plugin_list(const PluginOptions& options);

struct VaultOptions {
    std::filesystem::path config;
};
/// Has every plugin seal what it keeps under the newest of vault.keys; hosts may run meanwhile. A
/// line a plugin. kFindings: something could not be opened, and stays as it is.
int vault_rotate(const VaultOptions& options);

/// The model that `understand` asks besides the rules.
struct SecondReader {
    bool is_wanted = false;
    std::vector<std::string> url_and_name = {};  ///< empty: what the configuration names
};
/// JSON lines in, JSON lines out.
int understand(const std::filesystem::path& config, const SecondReader& reader);

}  // namespace migue::host::cli
