#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/config/yaml.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::config {

struct Listen {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one
};

struct TlsFiles {
    std::filesystem::path certificate, key;
};

struct HttpSettings {
    Listen listen;
    /// No slash at the end. Not written: made from `listen`; empty if its port is 0, as the
    /// address is then known only to who listens.
    std::string public_url;
    std::optional<TlsFiles> tls;
};

/// One thing said in several messages: what becomes one turn.
struct TurnSettings {
    std::int64_t join_at_most = 8;  ///< messages; 1: each has its own
    std::int64_t join_wait_ms = 0;  ///< for the next one, before the first is begun
};

struct AdminSettings {
    Listen listen{"127.0.0.1", 9090};
    std::string token;  ///< empty: only allowed when `listen` is a loopback address
};

/// An approved template whose body has one parameter.
struct MessageTemplate {
    std::string name, language;
};

struct WhatsAppSettings {
    std::string path = "/webhook";
    std::string app_secret, verify_token;
    std::string access_token;                   ///< from the file, where there is one
    std::filesystem::path access_token_file;    ///< empty: the token stays as it is
    std::vector<std::string> phone_number_ids;  ///< at least one
    std::string graph_url = "https://graph.facebook.com";
    std::string graph_version = "v25.0";
    std::int64_t messages_per_second = 80;            ///< of each number; 0: no pace of our own
    std::optional<MessageTemplate> message_template;  ///< for replies outside the 24-hour window
};

/// A plugin's own section: kept as read, so that its schema can be checked with places.
struct PluginSettings {
    std::string id;
    std::string config_json;             ///< the section as JSON
    std::shared_ptr<const Node> source;  ///< for file:line:col of a JSON pointer
};

/// What migue.yaml says, checked.
struct Settings {
    std::filesystem::path file;
    HttpSettings http;
    std::string store_url = "sqlite:var/migue.db";
    std::string vault_keys;  ///< "id:base64,…", newest first; empty: a key file beside the store
    AdminSettings admin;
    TurnSettings turns;
    std::optional<WhatsAppSettings> whatsapp;
    std::filesystem::path plugin_lock = "plugins.lock";
    /// Those that `migue plugin install` lets run in the host's own process; others get one each. Where
    /// nothing is said, the plugins that ship with this program.
    std::vector<std::string> own_plugins{"scheduling", "smalltalk"};
    std::string plugin_trusted_key;  ///< base64 of an Ed25519 public key; empty: the lock is not signed
    std::vector<PluginSettings> plugins;
    std::filesystem::path routes;
};

/// Reads and checks the whole file. On failure `what` holds every fault, one a line, each
/// "file:line:col: what is wrong, what was expected".
[[nodiscard]] Result<Settings> load_settings(const std::filesystem::path& file,
                                             const Variables& variables = environment());

}  // namespace migue::host::config
