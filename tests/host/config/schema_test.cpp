#include "host/config/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

constexpr std::string_view kSchema = R"json({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object", "additionalProperties": false, "required": ["calendar"],
  "definitions": {"address": {"type": "string", "pattern": "^https?://", "x-egress": true}},
  "properties": {
    "calendar": {"enum": ["local", "google"]},
    "confirm": {"enum": ["when_unsure", "always", "never"], "default": "when_unsure"},
    "hours": {"type": "object", "additionalProperties": false, "default": {},
              "properties": {"begin": {"type": "string", "default": "09:00"}}},
    "google": {"type": "object", "additionalProperties": false, "required": ["client_id", "client_secret"],
      "properties": {"client_id": {"type": "string"}, "client_secret": {"type": "string", "x-secret": true, "minLength": 3},
                     "token_url": {"$ref": "#/definitions/address", "default": "https://oauth2.example.org/token"}}},
    "model": {"type": "object", "properties": {"url": {"$ref": "#/definitions/address"},
      "api_key": {"type": "string", "x-secret": true}, "timeout_ms": {"type": "integer", "minimum": 100, "maximum": 10000, "default": 1200}},
      "required": ["url"], "additionalProperties": false},
    "mirrors": {"type": "array", "items": {"$ref": "#/definitions/address"}, "maxItems": 2},
    "feeds": {"type": "array", "x-egress": true, "items": {"type": "string"}},
    "days": {"type": "array", "items": {"type": "integer"}, "uniqueItems": true},
    "labels": {"type": "object", "patternProperties": {"^l_": {"type": "string", "x-secret": true}},
               "additionalProperties": {"type": "integer"}},
    "limit": {"anyOf": [{"type": "integer"}, {"const": "none"}]},
    "off": false
  }
})json";

PluginSettings plugin_from(std::string_view yaml, const Variables& variables = no_variables()) {
    Result<Node> node = parse_yaml(yaml, "f", variables);
    EXPECT_TRUE(node) << node.error().what;
    PluginSettings plugin{.id = "sched", .config_json = node->to_json(), .source = nullptr};
    plugin.source = std::make_shared<const Node>(std::move(node).value());
    return plugin;
}

std::string check(std::string_view yaml, std::string_view schema = kSchema) {
    const Result<std::string> config = check_plugin_config(plugin_from(yaml), schema);
    return config ? *config : config.error().what;
}

TEST(CheckPluginConfig, FillsDefaultsAtTheTopAndInMapsThatAreThere) {
    EXPECT_EQ(check("calendar: local\n"),
              R"({"calendar":"local","confirm":"when_unsure","hours":{"begin":"09:00"}})");
    EXPECT_EQ(
        check("calendar: local\nconfirm: never\nhours: {begin: \"10:00\"}\nmodel: {url: http://x}\n"),
        R"({"calendar":"local","confirm":"never","hours":{"begin":"10:00"},"model":{"url":"http://x","timeout_ms":1200}})");
}

TEST(CheckPluginConfig, TakesEverythingWhenThereIsNoSchema) {
    EXPECT_EQ(check("a: {b: [1]}\n", ""), R"({"a":{"b":[1]}})");
    EXPECT_EQ(check("a: 1\n", "{}"), R"({"a":1})");
}

TEST(CheckPluginConfig, TellsEveryFaultWithItsPlace) {
    EXPECT_EQ(
        check("calendar: gogle\n"
              "confirn: never\n"
              "modle: {}\n"
              "google: { client_id: 5, secret: x }\n"
              "model: { url: ftp://x, timeout_ms: 50 }\n"
              "mirrors: [http://x, 7, http://y]\n"
              "days: [1, x, 1]\n"
              "limit: some\n"
              "off: 1\n"),
        "f:1:11: plugin sched: \"calendar\" is none of the possible values, expected one of: local, google; "
        "did you mean "
        "\"google\"?\n"
        "f:2:1: plugin sched: unknown key \"confirn\", did you mean \"confirm\"?\n"
        "f:3:1: plugin sched: unknown key \"modle\", did you mean \"model\"?\n"
        "f:4:1: plugin sched: the key \"client_secret\" is missing in \"google\", expected it there\n"
        "f:4:22: plugin sched: \"google.client_id\" is a whole number, expected a text; put it in quotes\n"
        "f:4:25: plugin sched: unknown key \"google.secret\", expected one of: client_id, client_secret, "
        "token_url\n"
        "f:5:15: plugin sched: \"model.url\" does not have the right form, expected a match of ^https?://\n"
        "f:5:36: plugin sched: \"model.timeout_ms\" is too small, expected at least 100\n"
        "f:6:1: plugin sched: \"mirrors\" has too many entries, expected at most 2\n"
        "f:6:21: plugin sched: \"mirrors.1\" is a whole number, expected a text; put it in quotes\n"
        "f:7:1: plugin sched: \"days\" does not fit (Elements at indexes #0 and #2 violate uniqueness "
        "constraint.), expected "
        "what the plugin's schema says\n"
        "f:7:11: plugin sched: \"days.1\" is a text, expected a whole number\n"
        "f:8:8: plugin sched: \"limit\" fits none of the possible forms, or several, expected one of: a "
        "whole number, none\n"
        "f:9:1: plugin sched: \"off\" cannot be here, expected it to be absent");
}

TEST(CheckPluginConfig, PlacesWhatIsMissingAtTheTop) {
    EXPECT_EQ(check("confirm: never\n"),
              "f:1:1: plugin sched: the key \"calendar\" is missing in the section, expected it there");
}

TEST(CheckPluginConfig, HintsAtQuotesAroundNumbers) {
    EXPECT_EQ(check("calendar: local\nmodel: {url: http://x, timeout_ms: \"500\"}\n"),
              "f:2:36: plugin sched: \"model.timeout_ms\" is a text, expected a whole number; write it "
              "without quotes");
}

TEST(CheckPluginConfig, NeverShowsAValue) {
    const PluginSettings plugin = plugin_from(
        "calendar: ${S}\n"
        "confirm: ${S}\n"
        "google: {client_id: a, client_secret: hu}\n"
        "model: {url: \"${S}\", api_key: [hush], timeout_ms: \"${S}\"}\n"
        "limit: ${S}\n"
        "mirrors: ${S}\n",
        variables_from({{"S", "hush"}}));
    const Result<std::string> config = check_plugin_config(plugin, kSchema);
    ASSERT_FALSE(config);
    EXPECT_GE(std::ranges::count(config.error().what, '\n'), 6) << config.error().what;
    EXPECT_EQ(config.error().what.find("hush"), std::string::npos) << config.error().what;
}

TEST(CheckPluginConfig, WorksWithoutASourceToPointAt) {
    const PluginSettings plugin{.id = "sched", .config_json = R"({"calendar":1})", .source = nullptr};
    const Result<std::string> config = check_plugin_config(plugin, kSchema);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().what.find("plugins.sched:1:1: "), 0u) << config.error().what;
}

class BrokenSchema : public ::testing::TestWithParam<std::string_view> {};
TEST_P(BrokenSchema, IsToldWithThePluginsName) {
    const Result<std::string> config = check_plugin_config(plugin_from("a: b\n"), GetParam());
    ASSERT_FALSE(config) << *config;
    EXPECT_EQ(config.error().code, Error::Code::kInvalid);
    EXPECT_EQ(config.error().what.find("plugin sched: the schema is broken: "), 0u) << config.error().what;
}
INSTANTIATE_TEST_SUITE_P(
    Schemas, BrokenSchema,
    ::testing::Values(
        "{", "[]", "5", "true", R"({"type":"wat"})", R"({"type":5})", R"({"$ref":"#"})",
        R"({"allOf":[{"$ref":"#"}]})", R"({"$ref":"http://example.org/s"})",
        R"({"properties":{"a":{"$ref":"other.json"}}})",
        R"({"properties":{"a":{"$ref":"#/definitions/no"}}})", R"({"properties":{"a":{"$ref":"#no"}}})",
        R"({"properties":{"a":{"$ref":"#/definitions/a"}},"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}})",
        R"({"properties":{"a":{"pattern":"("}}})", R"({"required":"a"})", R"({"properties":[]})",
        R"({"properties":{"a":5}})", R"({"enum":5})"));

TEST(BrokenSchemaGrowth, IsStopped) {
    // Each level doubles the one below: 2^40 nodes when written out.
    std::string schema = R"({"properties":{"a":{"$ref":"#/definitions/d40"}},"definitions":{"d0":{})";
    for (int i = 1; i <= 40; ++i) {
        const std::string below = "{\"$ref\":\"#/definitions/d" + std::to_string(i - 1) + "\"}";
        schema += ",\"d" + std::to_string(i) + "\":{\"allOf\":[" + below + "," + below + "]}";
    }
    EXPECT_NE(check("a: b\n", schema + "}}").find("the schema is broken"), std::string::npos);
}

TEST(Redact, HidesSecretsAndWhatTheSchemaDoesNotKnow) {
    EXPECT_EQ(
        redact(
            R"({"calendar":"google","google":{"client_id":"id","client_secret":"hush","client_secrte":"hush"},)"
            R"("model":{"url":"http://x","api_key":["hush"]},"labels":{"l_a":"hush","n":1},"tokn":"hush"})",
            kSchema),
        R"({"calendar":"google","google":{"client_id":"id","client_secret":"***","client_secrte":"***"},)"
        R"("model":{"url":"http://x","api_key":"***"},"labels":{"l_a":"***","n":1},"tokn":"***"})");
}

TEST(Redact, LooksIntoListsAndBranches) {
    constexpr std::string_view schema =
        R"({"properties":{"l":{"type":"array","items":{"properties":{"s":{"x-secret":true},"o":{}}}},
        "x":{"oneOf":[{"properties":{"k":{"x-secret":true}}},{"properties":{"p":{"type":"string"}}}]}}})";
    EXPECT_EQ(redact(R"({"l":[{"s":"hush","o":1},{"s":2}],"x":{"k":"hush","p":"open"}})", schema),
              R"({"l":[{"s":"***","o":1},{"s":"***"}],"x":{"k":"***","p":"open"}})");
}

TEST(Redact, HidesAllWhenItCannotTell) {
    EXPECT_EQ(redact("{\"a\":\"hush\"", kSchema), R"("***")");
    EXPECT_EQ(redact("{\"a\":\"hush\"}", "{"), R"("***")");
}

TEST(EgressUrls, CollectsMarkedTextsOnceEach) {
    const Result<std::string> config =
        check_plugin_config(plugin_from("calendar: google\ngoogle: {client_id: a, client_secret: "
                                        "bcd}\nmodel: {url: http://m}\nmirrors: [http://m, http://n]\n"
                                        "feeds: [http://f]\n"),
                            kSchema);
    ASSERT_TRUE(config) << config.error().what;
    EXPECT_EQ(egress_urls(*config, kSchema), (std::vector<std::string>{"https://oauth2.example.org/token",
                                                                       "http://m", "http://n", "http://f"}));
}

TEST(EgressUrls, AreNoneWithoutMarksOrWithoutJson) {
    EXPECT_TRUE(egress_urls(R"({"u":"http://x"})", R"({"properties":{"u":{"type":"string"}}})").empty());
    EXPECT_TRUE(egress_urls(R"({"u":5})", R"({"properties":{"u":{"x-egress":true}}})").empty());
    EXPECT_TRUE(egress_urls("{", kSchema).empty());
    EXPECT_TRUE(egress_urls("{}", "{").empty());
}

}  // namespace
}  // namespace migue::host::config
