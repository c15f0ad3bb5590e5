#include "host/config/settings.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "host/config/address.hpp"
#include "host/config/secret_file.hpp"

namespace migue::host::config {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kLowerDigits = "abcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
constexpr std::size_t kTrustedKeySize = 32;  // an Ed25519 public key

bool consists_of(std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_plugin_id(std::string_view id) {
    return id.size() <= 32 && !id.empty() && kLower.find(id[0]) != std::string_view::npos &&
           consists_of(id, kLowerDigits);
}

/// The number of bytes that this base64 stands for; 0 when it is none.
std::size_t base64_size(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    for (const int variant : {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING, sodium_base64_VARIANT_URLSAFE}) {
        const char* end = nullptr;
        const bool is_read = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                               text.data(), text.size(), nullptr, &size, &end, variant) == 0;
        sodium_memzero(bytes.data(), bytes.size());
        if (is_read && end == text.data() + text.size()) return size;
    }
    return 0;
}

/// Reads migue.yaml section by section; the faults of all of them are collected.
class SettingsReader {
public:
    explicit SettingsReader(Faults& faults) : faults_(faults) {}

    Settings read(const Node& root) {
        MapReader map(root, faults_);
        read_http(map.child("http"));
        read_store(map.child("store"));
        read_vault(map.child("vault"));
        read_admin(map.child("admin"));
        read_turns(map.child("turns"));
        read_channels(map.child("channels"));
        read_plugins(map.child("plugins"));
        settings_.routes = filled(root, map, "routes");
        map.done();
        return std::move(settings_);
    }

private:
    void read_http(const Node* node);
    void read_tls(const Node& node);
    void read_store(const Node* node);
    void read_vault(const Node* node);
    void read_admin(const Node* node);
    void read_turns(const Node* node);
    void read_channels(const Node* node);
    void read_whatsapp(const Node& node);
    void read_access_token(const Node& node, MapReader& map, WhatsAppSettings& whatsapp);
    std::vector<std::string> read_numbers(const Node& node, MapReader& map);
    std::optional<MessageTemplate> read_template(MapReader& map);
    void read_plugins(const Node* node);
    void read_plugin(const std::string& id, const Node& node);

    /// A required text that is not empty.
    std::string filled(const Node& node, MapReader& map, std::string_view key);
    std::string filled(const Node& node, MapReader& map, std::string_view key, std::string_view otherwise);
    std::string url(const Node& node, MapReader& map, std::string_view key, std::string_view otherwise);
    Listen listen(MapReader& map, std::string_view section, const Listen& otherwise);
    std::filesystem::path existing_file(const Node& node, MapReader& map, std::string_view key);
    void check_filled(const Node& node, std::string_view key, const std::string& value);

    Faults& faults_;
    Settings settings_;
};

/// What was written, to be repeated in a message; nothing if it may be a secret.
std::string quoted_value(const Node& node) {
    if (node.from_variable() || node.kind() != Node::Kind::kScalar) return "this";
    return fmt::format("\"{}\"", node.scalar());
}

void SettingsReader::check_filled(const Node& node, std::string_view key, const std::string& value) {
    const Node* found = node.find(key);
    const bool is_scalar = found != nullptr && found->kind() == Node::Kind::kScalar;
    const bool is_blank = value.find_first_not_of(" \t\n") == std::string::npos;
    if (is_scalar && is_blank)
        faults_.add(found->place(), fmt::format("\"{}\" is empty, expected a text", key));
}

std::string SettingsReader::filled(const Node& node, MapReader& map, std::string_view key) {
    std::string value = map.text(key);
    check_filled(node, key, value);
    return value;
}

std::string SettingsReader::filled(const Node& node, MapReader& map, std::string_view key,
                                   std::string_view otherwise) {
    std::string value = map.text(key, otherwise);
    check_filled(node, key, value);
    return value;
}

std::string SettingsReader::url(const Node& node, MapReader& map, std::string_view key,
                                std::string_view otherwise) {
    std::string value = map.text(key, otherwise);
    const Node* found = node.find(key);
    if (found == nullptr || found->kind() != Node::Kind::kScalar) return value;
    const std::string fault = url_fault(value);
    if (!fault.empty()) {
        faults_.add(found->place(),
                    fmt::format("\"{}\" is {}, expected one like https://bot.example.org", key, fault));
    }
    while (value.ends_with('/')) value.pop_back();
    return value;
}

Listen SettingsReader::listen(MapReader& map, std::string_view section, const Listen& otherwise) {
    const Node* found = map.child("listen");
    if (found == nullptr) return otherwise;
    const auto parsed = found->kind() == Node::Kind::kScalar ? parse_listen(found->scalar()) : std::nullopt;
    if (parsed) return *parsed;
    faults_.add(found->place(),
                fmt::format("\"{}.listen\": {} is no host and port, expected one like {} or [::1]:{}",
                            section, quoted_value(*found), listen_text(otherwise), otherwise.port));
    return otherwise;
}

std::filesystem::path SettingsReader::existing_file(const Node& node, MapReader& map, std::string_view key) {
    std::filesystem::path file = filled(node, map, key);
    std::error_code error;
    if (!file.empty() && !std::filesystem::is_regular_file(file, error)) {
        faults_.add(node.find(key)->place(), fmt::format("\"{}\" names no file, expected a PEM file", key));
    }
    return file;
}

void SettingsReader::read_http(const Node* node) {
    HttpSettings& http = settings_.http;
    if (node != nullptr) {
        MapReader map(*node, faults_);
        http.listen = listen(map, "http", http.listen);
        http.public_url = url(*node, map, "public_url", "");
        if (const Node* tls = map.child("tls")) read_tls(*tls);
        map.done();
    }
    if (http.public_url.empty() && http.listen.port != 0) {
        http.public_url = (http.tls ? "https://" : "http://") + listen_text(http.listen);
    }
}

void SettingsReader::read_tls(const Node& node) {
    MapReader map(node, faults_);
    TlsFiles tls;
    tls.certificate = existing_file(node, map, "certificate");
    tls.key = existing_file(node, map, "key");
    settings_.http.tls = tls;
    map.done();
}

void SettingsReader::read_store(const Node* node) {
    if (node == nullptr) return;
    MapReader map(*node, faults_);
    settings_.store_url = map.text("url", settings_.store_url);
    map.done();
    const std::string_view url = settings_.store_url;
    constexpr std::string_view kStores[] = {"sqlite:", "postgres://", "postgresql://"};
    const bool is_known = std::any_of(std::begin(kStores), std::end(kStores), [url](std::string_view begin) {
        return url.starts_with(begin) && url.size() > begin.size();
    });
    const Node* found = node->find("url");
    if (is_known || found == nullptr || found->kind() != Node::Kind::kScalar) return;
    // Never repeated: a database address holds a password.
    faults_.add(found->place(), "\"store.url\" is no store, expected sqlite:PATH or postgres://…");
}

void SettingsReader::read_vault(const Node* node) {
    if (node == nullptr) return;
    MapReader map(*node, faults_);
    settings_.vault_keys = filled(*node, map, "keys");
    map.done();
    std::vector<std::string_view> ids;
    for (std::string_view rest = settings_.vault_keys; !rest.empty();) {
        const std::size_t end = rest.find(',');
        const std::string_view pair = rest.substr(0, end);
        const std::size_t colon = std::min(pair.find(':'), pair.size());
        const std::string_view id = pair.substr(0, colon);
        const bool is_known = std::find(ids.begin(), ids.end(), id) != ids.end();
        const bool is_good = consists_of(id, kWord) && colon < pair.size() &&
                             base64_size(pair.substr(colon + 1)) > 0 && end + 1 != rest.size();
        ids.push_back(id);
        if (!is_good || is_known) {
            faults_.add(
                node->find("keys")->place(),
                fmt::format(
                    "\"vault.keys\": pair {} {}, expected id:base64 pairs with commas between, newest first",
                    ids.size(), is_good ? "repeats an id" : "is no key, or ends in a comma"));
        }
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
}

void SettingsReader::read_admin(const Node* node) {
    if (node == nullptr) return;
    AdminSettings& admin = settings_.admin;
    MapReader map(*node, faults_);
    admin.listen = listen(map, "admin", admin.listen);
    admin.token = filled(*node, map, "token", "");
    map.done();
    const Listen& other = settings_.http.listen;
    if (node->find("listen") != nullptr && admin.listen.port != 0 && admin.listen.port == other.port &&
        admin.listen.host == other.host)
        faults_.add(node->find("listen")->place(),
                    "\"admin.listen\" is the address of \"http.listen\", expected another port");
    if (node->find("token") != nullptr || is_loopback(admin.listen.host)) return;
    faults_.add(node->find("listen")->place(),
                "\"admin.listen\" can be reached from other machines and \"admin.token\" is missing, "
                "expected a token "
                "or a loopback address like 127.0.0.1:9090");
}

void SettingsReader::read_turns(const Node* node) {
    if (node == nullptr) return;
    TurnSettings& turns = settings_.turns;
    MapReader map(*node, faults_);
    turns.join_at_most = map.integer("join_at_most", turns.join_at_most, 1, 20);
    // More would not leave the turn its time.
    turns.join_wait_ms = map.integer("join_wait_ms", turns.join_wait_ms, 0, 1000);
    map.done();
}

void SettingsReader::read_channels(const Node* node) {
    if (node == nullptr) return;
    MapReader map(*node, faults_);
    if (const Node* whatsapp = map.child("whatsapp")) read_whatsapp(*whatsapp);
    map.done();
}

void SettingsReader::read_whatsapp(const Node& node) {
    MapReader map(node, faults_);
    WhatsAppSettings whatsapp;
    const auto check = [&](std::string_view key, bool is_good, std::string_view expected) {
        const Node* found = node.find(key);
        if (is_good || found == nullptr || found->kind() != Node::Kind::kScalar || found->scalar().empty())
            return;
        faults_.add(found->place(),
                    fmt::format("\"{}\": {} does not fit, expected {}", key, quoted_value(*found), expected));
    };
    whatsapp.path = filled(node, map, "path", whatsapp.path);
    const bool is_path =
        whatsapp.path.starts_with('/') && whatsapp.path.find_first_of(" \t?#") == std::string::npos;
    check("path", is_path && whatsapp.path.size() > 1 && !whatsapp.path.starts_with("/p/"),
          "a path such as /webhook, outside of /p/, which is the plugins'");
    whatsapp.app_secret = filled(node, map, "app_secret");
    whatsapp.verify_token = filled(node, map, "verify_token");
    read_access_token(node, map, whatsapp);
    whatsapp.phone_number_ids = read_numbers(node, map);
    whatsapp.graph_url = url(node, map, "graph_url", whatsapp.graph_url);
    whatsapp.graph_version = filled(node, map, "graph_version", whatsapp.graph_version);
    check("graph_version",
          whatsapp.graph_version.starts_with('v') &&
              consists_of(whatsapp.graph_version.substr(1), "0123456789."),
          "a version such as v25.0");
    whatsapp.messages_per_second = map.integer("messages_per_second", whatsapp.messages_per_second, 0, 1000);
    whatsapp.message_template = read_template(map);
    map.done();
    settings_.whatsapp = std::move(whatsapp);
}

void SettingsReader::read_access_token(const Node& node, MapReader& map, WhatsAppSettings& whatsapp) {
    if (node.find("access_token_file") == nullptr) {
        whatsapp.access_token = filled(node, map, "access_token");
        return;
    }
    whatsapp.access_token_file = filled(node, map, "access_token_file");
    const Place& place = node.find("access_token_file")->place();
    if (map.child("access_token") != nullptr)
        faults_.add(place, "\"access_token_file\" stands beside \"access_token\", expected one of them");
    if (whatsapp.access_token_file.empty()) return;
    auto token = read_secret_file(whatsapp.access_token_file);
    if (token)
        whatsapp.access_token = std::move(token).value();
    else
        faults_.add(place, "\"access_token_file\" " + token.error().what +
                               ", expected a file that holds the token and nothing else");
}

/// One id, or a list of them.
std::vector<std::string> SettingsReader::read_numbers(const Node& node, MapReader& map) {
    const Node* found = node.find("phone_number_id");
    const bool is_list = found != nullptr && found->kind() == Node::Kind::kSequence;
    std::vector<std::string> ids;
    if (is_list)
        ids = map.texts("phone_number_id");
    else if (std::string id = filled(node, map, "phone_number_id"); !id.empty())
        ids.push_back(std::move(id));
    if (is_list && ids.empty())
        faults_.add(found->place(), "\"phone_number_id\" is an empty list, expected at least one id");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const Node& written = is_list && i < found->items().size() ? found->items()[i] : *found;
        const bool is_new = std::find(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i), ids[i]) ==
                            ids.begin() + static_cast<std::ptrdiff_t>(i);
        if (is_new && consists_of(ids[i], kWord)) continue;
        faults_.add(written.place(),
                    fmt::format("\"phone_number_id\": {} {}, expected the id that Meta gave the number, not "
                                "the number itself",
                                quoted_value(written), is_new ? "does not fit" : "is there twice"));
    }
    return ids;
}

std::optional<MessageTemplate> SettingsReader::read_template(MapReader& map) {
    const Node* node = map.child("template");
    if (node == nullptr) return std::nullopt;
    MapReader members(*node, faults_);
    MessageTemplate out;
    out.name = filled(*node, members, "name");
    out.language = filled(*node, members, "language");
    members.done();
    return out;
}

void SettingsReader::read_plugins(const Node* node) {
    if (node == nullptr) return;
    MapReader map(*node, faults_);
    settings_.plugin_lock = filled(*node, map, "lock", settings_.plugin_lock.string());
    settings_.plugin_trusted_key = filled(*node, map, "trusted_key", "");
    // A list; a map is the section of a plugin of that name.
    const Node* own = node->find("own");
    const bool lists_own = own != nullptr && own->kind() == Node::Kind::kSequence;
    if (lists_own) settings_.own_plugins = map.texts("own");
    if (const Node* key = node->find("trusted_key")) {
        if (key->kind() == Node::Kind::kScalar && base64_size(key->scalar()) != kTrustedKeySize) {
            faults_.add(key->place(),
                        "\"trusted_key\" is no Ed25519 public key, expected 32 bytes in base64");
        }
    }
    for (const auto& [id, section] : node->members()) {
        const bool is_plugin = id != "lock" && id != "trusted_key" && (id != "own" || !lists_own);
        if (is_plugin) read_plugin(id, section);
    }
}

void SettingsReader::read_plugin(const std::string& id, const Node& node) {
    if (!is_plugin_id(id)) {
        faults_.add(node.key_place(),
                    fmt::format("\"{}\" is no plugin id, expected a small letter and then at most 31 "
                                "small letters, digits or _",
                                id));
    }
    const bool is_map = node.kind() == Node::Kind::kMap;
    if (!is_map && node.kind() != Node::Kind::kNull) {
        faults_.add(
            node.place(),
            fmt::format("the settings of plugin \"{}\" are no map, expected \"key: value\" lines or {{}}",
                        id));
    }
    settings_.plugins.push_back({id, is_map ? node.to_json() : "{}", std::make_shared<const Node>(node)});
}

}  // namespace

Result<Settings> load_settings(const std::filesystem::path& file, const Variables& variables) {
    Result<Node> root = read_yaml(file, variables);
    if (!root) return std::move(root).error();
    Faults faults;
    Settings settings = SettingsReader(faults).read(*root);
    if (!faults.empty()) return faults.error();
    settings.file = file;
    return settings;
}

}  // namespace migue::host::config
