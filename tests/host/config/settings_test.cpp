#include "host/config/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

class LoadSettings : public ::testing::Test {
protected:
    Result<Settings> load(std::string_view text, const Variables& variables = no_variables()) {
        return load_settings(directory_.write("migue.yaml", text), variables);
    }
    /// The faults without the file's name: "2:3: …".
    std::string faults(std::string_view text, const Variables& variables = no_variables()) {
        const Result<Settings> settings = load(text, variables);
        if (settings) return "no fault";
        std::string what = settings.error().what;
        const std::string prefix = (directory_.path() / "migue.yaml").string() + ":";
        for (std::size_t at = what.find(prefix); at != std::string::npos; at = what.find(prefix))
            what.erase(at, prefix.size());
        return what;
    }
    /// Whether exactly one fault is found, which begins as said.
    ::testing::AssertionResult refuses(std::string_view text, std::string_view begin) {
        const std::string found = faults(text);
        if (found.starts_with(begin) && found.find('\n') == std::string::npos)
            return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure() << "found: " << found;
    }

    TemporaryDirectory directory_;
};

constexpr std::string_view kWhatsApp = R"(
routes: r.yaml
channels:
  whatsapp:
    app_secret: s1
    verify_token: s2
    access_token: s3
    phone_number_id: 106540352242922
)";

TEST_F(LoadSettings, NeedsOnlyTheRoutes) {
    const auto settings = load("routes: config/routes.yaml\n");
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->routes, "config/routes.yaml");
    EXPECT_EQ(settings->http.listen.host, "127.0.0.1");
    EXPECT_EQ(settings->http.listen.port, 8080);
    EXPECT_EQ(settings->http.public_url, "http://127.0.0.1:8080");
    EXPECT_EQ(settings->store_url, "sqlite:var/migue.db");
    EXPECT_EQ(settings->vault_keys, "");
    EXPECT_EQ(settings->admin.listen.port, 9090);
    EXPECT_EQ(settings->admin.token, "");
    EXPECT_FALSE(settings->whatsapp);
    EXPECT_EQ(settings->plugin_lock, "plugins.lock");
    EXPECT_TRUE(settings->plugins.empty());
    EXPECT_EQ(settings->own_plugins, (std::vector<std::string>{"scheduling", "smalltalk"}));
    EXPECT_EQ(settings->file, directory_.path() / "migue.yaml");
}

TEST_F(LoadSettings, ReadsEveryKey) {
    const auto certificate = directory_.write("c.pem", "c"), key = directory_.write("k.pem", "k");
    const auto settings =
        load("http: { listen: \"[::1]:443\", public_url: https://bot.example.org/, tls: { certificate: " +
                 certificate.string() + ", key: " + key.string() +
                 " } }\n"
                 "store: { url: postgresql://db/migue }\n"
                 "vault: { keys: \"k2:AAAA,k1:${OLD}\" }\n"
                 "admin: { listen: 0.0.0.0:9090, token: \"${TOKEN}\" }\n"
                 "plugins:\n  lock: a/plugins.lock\n"
                 "  trusted_key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                 "  own: [scheduling]\n"
                 "  scheduling: { calendar: local, hours: [9, 18] }\n  smalltalk:\nroutes: r.yaml\n"
                 "channels: { whatsapp: { path: /hook, app_secret: a, verify_token: b, access_token: c, "
                 "phone_number_id: \"1\",\n"
                 "  graph_url: http://127.0.0.1:1/, graph_version: v26.0 } }\n",
             variables_from({{"TOKEN", "secret"}, {"OLD", "BBBB"}}));
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->http.listen.host, "::1");
    EXPECT_EQ(settings->http.public_url, "https://bot.example.org");
    ASSERT_TRUE(settings->http.tls);
    EXPECT_EQ(settings->http.tls->key, key);
    EXPECT_EQ(settings->store_url, "postgresql://db/migue");
    EXPECT_EQ(settings->vault_keys, "k2:AAAA,k1:BBBB");
    EXPECT_EQ(settings->admin.token, "secret");
    ASSERT_TRUE(settings->whatsapp);
    EXPECT_EQ(settings->whatsapp->path, "/hook");
    EXPECT_EQ(settings->whatsapp->graph_url, "http://127.0.0.1:1");
    EXPECT_EQ(settings->whatsapp->graph_version, "v26.0");
    EXPECT_EQ(settings->plugin_lock, "a/plugins.lock");
    EXPECT_EQ(settings->plugin_trusted_key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    EXPECT_EQ(settings->own_plugins, std::vector<std::string>{"scheduling"});
    ASSERT_EQ(settings->plugins.size(), 2u);
    EXPECT_EQ(settings->plugins[0].id, "scheduling");
    EXPECT_EQ(settings->plugins[0].config_json, R"({"calendar":"local","hours":[9,18]})");
    EXPECT_EQ(settings->plugins[0].source->at_pointer("/hours/1").scalar(), "18");
    EXPECT_EQ(settings->plugins[1].config_json, "{}");
}

TEST_F(LoadSettings, GivesWhatsAppItsDefaults) {
    const auto settings = load(kWhatsApp);
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->whatsapp->path, "/webhook");
    EXPECT_EQ(settings->whatsapp->phone_number_ids, std::vector<std::string>{"106540352242922"});
    EXPECT_EQ(settings->whatsapp->graph_url, "https://graph.facebook.com");
    EXPECT_EQ(settings->whatsapp->graph_version, "v25.0");
}

TEST_F(LoadSettings, LeavesThePublicAddressOpenWhenThePortIs) {
    const auto settings = load("routes: r\nhttp: { listen: 127.0.0.1:0 }\n");
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->http.public_url, "");
}

TEST_F(LoadSettings, TellsEveryFaultOfTheFileAtOnce) {
    EXPECT_EQ(faults("http: { lisen: x, public_url: ftp://x }\n"
                     "store: { url: mysql://u:p@h }\n"
                     "admin: { listen: 0.0.0.0:9090 }\n"
                     "channels: { whatsap: {} }\n"
                     "plugins: { Bad: {}, good: [] }\n"
                     "rutes: r\n"),
              "1:31: \"public_url\" is neither http nor https, expected one like https://bot.example.org\n"
              "1:9: unknown key \"lisen\", did you mean \"listen\"?\n"
              "2:15: \"store.url\" is no store, expected sqlite:PATH or postgres://…\n"
              "3:18: \"admin.listen\" can be reached from other machines and \"admin.token\" is missing, "
              "expected a token or "
              "a loopback address like 127.0.0.1:9090\n"
              "4:13: unknown key \"whatsap\", did you mean \"whatsapp\"?\n"
              "5:12: \"Bad\" is no plugin id, expected a small letter and then at most 31 small letters, "
              "digits or _\n"
              "5:27: the settings of plugin \"good\" are no map, expected \"key: value\" lines or {}\n"
              "1:1: the key \"routes\" is missing, expected it here\n"
              "6:1: unknown key \"rutes\", did you mean \"routes\"?");
}

TEST_F(LoadSettings, RefusesHalfOfTls) {
    const auto file = directory_.write("c.pem", "c").string();
    EXPECT_TRUE(refuses("routes: r\nhttp:\n  tls: { certificate: " + file + " }\n",
                        "3:3: the key \"key\" is missing"));
    EXPECT_TRUE(refuses("routes: r\nhttp:\n  tls: { certificate: " + file + ", key: /no/such }\n", "3:"));
    EXPECT_TRUE(refuses("routes: r\nhttp:\n  tls: { certificate: " + file + ", key: \"\" }\n", "3:"));
}

TEST_F(LoadSettings, WantsATokenUnlessOnlyThisMachineReachesTheConsole) {
    EXPECT_TRUE(load("routes: r\nadmin: { listen: \"[::1]:9090\" }\n"));
    EXPECT_TRUE(load("routes: r\nadmin: { listen: localhost:9090 }\n"));
    EXPECT_TRUE(load("routes: r\nadmin: { listen: 0.0.0.0:9090, token: t }\n"));
    EXPECT_TRUE(
        refuses("routes: r\nadmin: { listen: \"[::]:9090\" }\n", "2:18: \"admin.listen\" can be reached"));
    EXPECT_TRUE(refuses("routes: r\nadmin: { token: \"\" }\n", "2:17: \"token\" is empty"));
    EXPECT_TRUE(
        refuses("routes: r\nadmin: { listen: 10.0.0.1:1, token: ' ' }\n", "2:37: \"token\" is empty"));
}

TEST_F(LoadSettings, RefusesOneAddressForBothListeners) {
    EXPECT_TRUE(refuses("routes: r\nhttp: { listen: 127.0.0.1:1 }\nadmin: { listen: 127.0.0.1:1 }\n",
                        "3:18: \"admin.listen\" is the address of \"http.listen\""));
    EXPECT_TRUE(load("routes: r\nhttp: { listen: 127.0.0.1:0 }\nadmin: { listen: 127.0.0.1:0 }\n"))
        << "any free port, twice";
}

TEST_F(LoadSettings, SaysHowMessagesAreJoined) {
    const auto otherwise = load("routes: r\n");
    ASSERT_TRUE(otherwise);
    EXPECT_EQ(otherwise->turns.join_at_most, 8);
    EXPECT_EQ(otherwise->turns.join_wait_ms, 0);
    const auto written = load("routes: r\nturns: { join_at_most: 1, join_wait_ms: 300 }\n");
    ASSERT_TRUE(written);
    EXPECT_EQ(written->turns.join_at_most, 1);
    EXPECT_EQ(written->turns.join_wait_ms, 300);
    EXPECT_TRUE(refuses("routes: r\nturns: { join_wait_ms: 1001 }\n", "2:24:"));
    EXPECT_TRUE(refuses("routes: r\nturns: { join_at_most: 0 }\n", "2:24:"));
}

struct RefusedCase {
    std::string_view text, begin;
};
std::ostream& operator<<(std::ostream& out, const RefusedCase& c) {
    return out << c.text;
}

class LoadSettingsRefuses : public LoadSettings, public ::testing::WithParamInterface<RefusedCase> {};
TEST_P(LoadSettingsRefuses, WithItsPlace) {
    EXPECT_TRUE(refuses("routes: r\n" + std::string(GetParam().text), GetParam().begin));
}
INSTANTIATE_TEST_SUITE_P(
    Values, LoadSettingsRefuses,
    ::testing::Values(
        RefusedCase{"http: { listen: 8080 }", "2:17: \"http.listen\": \"8080\" is no host and port"},
        RefusedCase{"http: { listen: [a] }", "2:17: \"http.listen\": this is no host and port"},
        RefusedCase{"http: { public_url: bot.example.org }", "2:21: \"public_url\" is no absolute address"},
        RefusedCase{"http: []", "2:7: this is a list"},
        RefusedCase{"store: { url: \"sqlite:\" }", "2:15: \"store.url\" is no store"},
        RefusedCase{"store: { url: [a] }", "2:15: \"url\" is a list"},
        RefusedCase{"vault: {}", "2:1: the key \"keys\" is missing"},
        RefusedCase{"vault: { keys: \"\" }", "2:16: \"keys\" is empty"},
        RefusedCase{"vault: { keys: \"k1:AAAA,k2\" }", "2:16: \"vault.keys\": pair 2 is no key"},
        RefusedCase{"vault: { keys: \"k1:not base64!\" }", "2:16: \"vault.keys\": pair 1 is no key"},
        RefusedCase{"vault: { keys: \"k1:AAAA,k1:BBBB\" }", "2:16: \"vault.keys\": pair 2 repeats an id"},
        RefusedCase{"vault: { keys: \"k1:AAAA,\" }", "2:16: \"vault.keys\": pair 1 is no key"},
        RefusedCase{"vault: { keys: \"k1:\" }", "2:16: \"vault.keys\": pair 1 is no key"},
        RefusedCase{"plugins: { lock: \"\" }", "2:18: \"lock\" is empty"},
        RefusedCase{"plugins: { trusted_key: AAAA }", "2:25: \"trusted_key\" is no Ed25519 public key"},
        RefusedCase{"plugins: { 9lives: {} }", "2:12: \"9lives\" is no plugin id"},
        RefusedCase{"plugins: { a-b: {} }", "2:12: \"a-b\" is no plugin id"},
        RefusedCase{"plugins: { abcdefghijklmnopqrstuvwxyz0123456: {} }", "2:12: "},
        RefusedCase{"plugins: { a: text }", "2:15: the settings of plugin \"a\" are no map"},
        RefusedCase{"plugins: [a]", "2:10: this is a list"}));

TEST_F(LoadSettings, ChecksEachWhatsAppKey) {
    const std::string begin = "routes: r\nchannels: { whatsapp: { ";
    EXPECT_EQ(std::ranges::count(faults(begin + "} }\n"), '\n'), 3);  // four keys are required
    const std::string good = "app_secret: a, verify_token: b, access_token: c, phone_number_id: \"1\", ";
    EXPECT_TRUE(load(begin + good + "} }\n"));
    for (const char* bad :
         {"path: webhook", "path: /", "path: /p/x", "path: \"/a b\"", "graph_url: graph.facebook.com",
          "graph_version: \"25.0\"", "graph_version: vX"}) {
        EXPECT_TRUE(refuses(begin + good + bad + " } }\n", "2:")) << bad;
    }
    EXPECT_TRUE(
        refuses(begin + "app_secret: \"\", verify_token: b, access_token: c, phone_number_id: \"1\" } }\n",
                "2:37: \"app_secret\" is empty"));
    EXPECT_TRUE(refuses(
        begin + "app_secret: a, verify_token: b, access_token: c, phone_number_id: +57 300 } }\n", "2:"));
}

TEST_F(LoadSettings, TakesOneNumberOrSeveral) {
    const std::string begin =
        "routes: r\nchannels: { whatsapp: { app_secret: a, verify_token: b, access_token: c, ";
    const auto one = load(begin + "phone_number_id: \"1\" } }\n");
    ASSERT_TRUE(one) << one.error().what;
    EXPECT_EQ(one->whatsapp->phone_number_ids, std::vector<std::string>{"1"});
    EXPECT_EQ(one->whatsapp->messages_per_second, 80);
    EXPECT_FALSE(one->whatsapp->message_template);
    const auto two = load(begin +
                          "phone_number_id: [\"1\", \"2\"], messages_per_second: 0, "
                          "template: { name: later, language: es_CO } } }\n");
    ASSERT_TRUE(two) << two.error().what;
    EXPECT_EQ(two->whatsapp->phone_number_ids, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(two->whatsapp->messages_per_second, 0);
    EXPECT_EQ(two->whatsapp->message_template->name, "later");
    EXPECT_EQ(two->whatsapp->message_template->language, "es_CO");
    for (const char* bad : {"phone_number_id: []", "phone_number_id: [\"1\", \"1\"]",
                            "phone_number_id: [\"+57\"]", "phone_number_id: \"1\", messages_per_second: 1001",
                            "phone_number_id: \"1\", template: { name: x }",
                            "phone_number_id: \"1\", template: { name: x, language: \"\" }"})
        EXPECT_TRUE(refuses(begin + bad + " } }\n", "2:")) << bad;
}

TEST_F(LoadSettings, TakesTheAccessTokenFromAFile) {
    const std::string begin =
        "routes: r\nchannels: { whatsapp: { app_secret: a, verify_token: b, phone_number_id: \"1\", ";
    const auto file = directory_.path() / "token";
    const std::string key = "access_token_file: \"" + file.string() + "\"";
    EXPECT_NE(faults(begin + key + " } }\n").find("cannot be read"), std::string::npos);
    std::ofstream(file) << "EAAG-secret\n";
    const auto settings = load(begin + key + " } }\n");
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->whatsapp->access_token, "EAAG-secret");
    EXPECT_EQ(settings->whatsapp->access_token_file, file);
    EXPECT_NE(faults(begin + key + ", access_token: c } }\n").find("expected one of them"),
              std::string::npos);
    EXPECT_NE(faults(begin + "} }\n").find("\"access_token\" is missing"), std::string::npos);
    for (const char* bad : {"", "\n", "two words\n"}) {
        std::ofstream(file) << bad;
        const std::string found = faults(begin + key + " } }\n");
        EXPECT_NE(found.find("holds the token and nothing else"), std::string::npos) << found;
        EXPECT_EQ(found.find("two"), std::string::npos);
    }
}

TEST_F(LoadSettings, NeverShowsTheValueOfAVariable) {
    const auto hidden = variables_from({{"S", "hush,hush"}});
    const std::string found = faults(
        "http: { listen: \"${S}\", public_url: \"${S}\" }\nstore: { url: \"${S}\" }\nvault: { keys: \"${S}\" "
        "}\n"
        "admin: { listen: \"${S}\", token: \"${S}\" }\nroutes: r\n"
        "plugins: { trusted_key: \"${S}\", x: \"${S}\" }\n"
        "channels: { whatsapp: { path: \"${S}\", app_secret: \"${S}\", verify_token: \"${S}\", access_token: "
        "\"${S}\",\n"
        "  phone_number_id: \"${S}\", graph_url: \"${S}\", graph_version: \"${S}\" } }\n",
        hidden);
    EXPECT_GE(std::ranges::count(found, '\n'), 10) << found;
    EXPECT_EQ(found.find("hush"), std::string::npos) << found;
}

TEST_F(LoadSettings, NeverShowsSecretsWrittenInTheFile) {
    const std::string found = faults(
        "store: { url: \"hush\" }\nvault: { keys: \"hush\" }\nplugins: { trusted_key: hush }\nroutes: r\n"
        "http: { public_url: \"https://me:hush@x\" }\n");
    EXPECT_EQ(std::ranges::count(found, '\n'), 3) << found;
    EXPECT_EQ(found.find("hush"), std::string::npos) << found;
}

}  // namespace
}  // namespace migue::host::config
