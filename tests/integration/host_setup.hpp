#pragma once
#include <filesystem>
#include <map>
#include <string>

namespace migue::test {

/// How `migue serve` is set up for a test or a load: writes its migue.yaml and installs the
/// plugins. WhatsApp is the only channel; where Graph is can be told at each start.
struct HostSetup {
    std::filesystem::path folder;  ///< its own; hosts that share a database have one each
    std::string store_url;
    std::string app_secret = "app-secret-of-the-test";
    std::string verify_token = "verify-token-of-the-test";
    std::string access_token;
    std::string access_token_file = {};  ///< instead of the token, when it is not ""
    std::string phone_number_id;
    std::string graph_url = "${GRAPH}";  ///< as it stands: from the environment
    std::string listen = "127.0.0.1:0";  ///< of the webhook
    std::string public_url = {};         ///< "": none
    std::string vault_keys = {};         ///< "": a key file beside the store
    bool paces_itself = true;            ///< false: no rate of messages of the host's own
    /// Plugin files by id, with their settings as YAML: {"smalltalk", "{}"}.
    std::map<std::string, std::string> plugins = {};
    std::filesystem::path routes = {};

    [[nodiscard]] std::filesystem::path config() const { return folder / "migue.yaml"; }
    /// Makes the folder, the file and the lock. Throws std::runtime_error with what the program
    /// said.
    void write() const;
};

/// The real plugins and the shipped routes: what a person meets.
void use_shipped_plugins(HostSetup& setup);
/// The same with Google as the calendar, all of its addresses under one, as GoogleServer has
/// them. `more`: further settings of plugins.scheduling.google, ", key: value" each.
void use_google(HostSetup& setup, const std::string& google_url, const std::string& more = {});

}  // namespace migue::test
