#include "tests/integration/host_setup.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/integration/process.hpp"

namespace migue::test {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kScheduling = "{ calendar: local, timezone: America/Bogota }";

void write_file(const fs::path& file, const std::string& text) {
    std::ofstream out(file);
    out << text;
    if (!out.flush()) throw std::runtime_error("could not write " + file.string());
}

void install(const HostSetup& setup, const std::string& id) {
    Process::Options options;
    options.arguments = {MIGUE_PROGRAM, "plugin",
                         "install",     (fs::path(MIGUE_PLUGIN_FOLDER) / (id + ".so")).string(),
                         "--config",    setup.config().string()};
    options.directory = setup.folder;
    options.environment = {{"GRAPH", "http://127.0.0.1:1"}};
    options.errors = setup.folder / "migue.log";
    const auto started = Process::start(std::move(options));
    if (!started) throw std::runtime_error(started.error().what);
    const auto exit = (*started)->wait(60s);
    if (exit && exit->code == 0) return;
    std::ostringstream said;
    said << std::ifstream(setup.folder / "migue.log").rdbuf();
    throw std::runtime_error("plugin install " + id + " failed\n" + said.str());
}

}  // namespace

void HostSetup::write() const {
    fs::create_directories(folder);
    std::ostringstream yaml;
    yaml << "http: { listen: \"" << listen << '"';
    if (!public_url.empty()) yaml << ", public_url: \"" << public_url << '"';
    yaml << " }\nstore: { url: \"" << store_url << "\" }\n";
    if (!vault_keys.empty()) yaml << "vault: { keys: \"" << vault_keys << "\" }\n";
    yaml << "admin: { listen: \"127.0.0.1:0\", token: \"admin-token-of-the-test\" }\n"
         << "channels:\n"
         << "  whatsapp:\n"
         << "    path: /webhook\n"
         << "    app_secret: \"" << app_secret << "\"\n"
         << "    verify_token: \"" << verify_token << "\"\n"
         << (access_token_file.empty() ? "    access_token: \"" + access_token
                                       : "    access_token_file: \"" + access_token_file)
         << "\"\n"
         << "    phone_number_id: \"" << phone_number_id << "\"\n"
         << "    graph_url: \"" << graph_url << "\"\n";
    if (!paces_itself) yaml << "    messages_per_second: 0\n";
    yaml << "plugins:\n  lock: plugins.lock\n  own: [";
    for (const auto& [id, settings] : plugins) yaml << (id == plugins.begin()->first ? "" : ", ") << id;
    yaml << "]\n";
    for (const auto& [id, settings] : plugins) yaml << "  " << id << ": " << settings << '\n';
    yaml << "routes: \"" << routes.string() << "\"\n";
    write_file(config(), yaml.str());
    for (const auto& [id, settings] : plugins) install(*this, id);
}

void use_shipped_plugins(HostSetup& setup) {
    setup.plugins = {{"scheduling", kScheduling}, {"smalltalk", "{}"}};
    setup.routes = fs::path(MIGUE_SOURCE_FOLDER) / "config/routes.yaml";
}

void use_google(HostSetup& setup, const std::string& google_url, const std::string& more) {
    use_shipped_plugins(setup);
    setup.plugins["scheduling"] =
        "{ calendar: google, timezone: America/Bogota, google: { client_id: "
        "client-1.apps.googleusercontent.com, client_secret: client_secret_1, auth_url: \"" +
        google_url + "/o/oauth2/v2/auth\", token_url: \"" + google_url + "/token\", revoke_url: \"" +
        google_url + "/revoke\", userinfo_url: \"" + google_url + "/v1/userinfo\", calendar_url: \"" +
        google_url + "/calendar/v3\"" + more + " } }";
}

}  // namespace migue::test
