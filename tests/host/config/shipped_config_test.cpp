#include <gtest/gtest.h>

#include <algorithm>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "host/config/address.hpp"
#include "host/config/settings.hpp"
#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

const std::filesystem::path kFolder = MIGUE_CONFIG_DIR;

const std::map<std::string, std::string, std::less<>> kProduction = {
    {"MIGUE_LISTEN", "0.0.0.0:8080"},
    {"MIGUE_PUBLIC_URL", "https://bot.example.org"},
    {"MIGUE_STORE_URL", "postgres://migue:hush@db.example.org/migue"},
    {"MIGUE_VAULT_KEYS", "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    {"MIGUE_ADMIN_LISTEN", "0.0.0.0:9090"},
    {"MIGUE_ADMIN_TOKEN", "hush"},
    {"WHATSAPP_APP_SECRET", "hush"},
    {"WHATSAPP_VERIFY_TOKEN", "hush"},
    {"WHATSAPP_ACCESS_TOKEN", "hush"},
    {"WHATSAPP_PHONE_NUMBER_ID", "106540352242922"},
    {"GOOGLE_CLIENT_ID", "id.apps.googleusercontent.com"},
    {"GOOGLE_CLIENT_SECRET", "hush"},
};

TEST(ShippedConfig, RunsWithNoAccountAndNoEnvironment) {
    const auto settings = load_settings(kFolder / "migue.yaml", no_variables());
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->store_url, "sqlite:var/migue.db");
    EXPECT_TRUE(is_loopback(settings->http.listen.host));
    EXPECT_TRUE(is_loopback(settings->admin.listen.host));
    EXPECT_EQ(settings->admin.token, "");
    EXPECT_FALSE(settings->whatsapp);
    EXPECT_EQ(settings->plugin_lock, "var/plugins.lock");
    ASSERT_EQ(settings->plugins.size(), 2u);
    EXPECT_EQ(settings->plugins[0].id, "scheduling");
    EXPECT_EQ(settings->plugins[1].id, "smalltalk");
    EXPECT_EQ(settings->routes, "config/routes.yaml");
}

TEST(ShippedConfig, RunsInProductionFromTheEnvironment) {
    const auto settings = load_settings(kFolder / "production.yaml", variables_from(kProduction));
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->http.public_url, "https://bot.example.org");
    ASSERT_TRUE(settings->whatsapp);
    EXPECT_EQ(settings->whatsapp->phone_number_ids, std::vector<std::string>{"106540352242922"});
    EXPECT_EQ(settings->routes, "config/routes.yaml");
}

TEST(ShippedConfig, NamesEachMissingVariableOnceWithItsLine) {
    const auto settings = load_settings(kFolder / "production.yaml", no_variables());
    ASSERT_FALSE(settings);
    EXPECT_EQ(std::ranges::count(settings.error().what, '\n') + 1,
              static_cast<std::ptrdiff_t>(kProduction.size()));
    for (const auto& [name, value] : kProduction) {
        EXPECT_TRUE(std::regex_search(settings.error().what,
                                      std::regex("production\\.yaml:[0-9]+:[0-9]+: the variable " + name)))
            << name;
    }
}

}  // namespace
}  // namespace migue::host::config
