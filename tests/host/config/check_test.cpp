#include "host/config/check.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/host/config/config_fixture.hpp"

namespace migue::host::config {
namespace {

Result<std::string> schema_of(const std::string& plugin) {
    if (plugin == "missing")
        return Error{Error::Code::kUnavailable, "it is not in the lock file, expected it to be installed"};
    return std::string(
        R"({"type":"object","additionalProperties":false,"properties":{"calendar":{"enum":["local"]}}})");
}

class CheckConfig : public ::testing::Test {
protected:
    CheckReport check(std::string_view text, const std::vector<SettingsCheck>& others = {}) {
        return check_config(directory_.write("m.yaml", text), schema_of, others, no_variables());
    }
    TemporaryDirectory directory_;
};

TEST_F(CheckConfig, FindsNothingInAGoodFile) {
    const CheckReport report = check("plugins: { a: { calendar: local } }\nroutes: r\n");
    EXPECT_EQ(report.exit_code(), 0) << report.text();
    EXPECT_EQ(report.text(), "");
    EXPECT_EQ(report.json(), R"({"ok":true,"findings":[]})");
}

TEST_F(CheckConfig, TellsThePluginsAndTheOtherRoomsFaultsTogether) {
    const SettingsCheck routes = [](const Settings& settings) -> Result<void> {
        return Error{
            Error::Code::kConfig,
            settings.routes.string() + ":3:7: no such intent, expected another\nand a line of its own"};
    };
    const CheckReport report =
        check("plugins:\n  a: { calender: local }\n  missing: {}\nroutes: my: routes.yaml\n", {routes});
    EXPECT_EQ(report.findings.size(), 1u) << report.text();  // the routes line is no YAML
    const CheckReport all =
        check("plugins:\n  a: { calender: local }\n  missing: {}\nroutes: \"my: routes.yaml\"\n", {routes});
    EXPECT_EQ(all.exit_code(), 1);
    const std::string file = (directory_.path() / "m.yaml").string();
    EXPECT_EQ(all.text(),
              file + ":2:8: plugin a: unknown key \"calender\", did you mean \"calendar\"?\n" + file +
                  ":3:3: plugin missing: it is not in the lock file, expected it to be installed\n"
                  "my: routes.yaml:3:7: no such intent, expected another\n" +
                  file + ": and a line of its own\n");
}

TEST_F(CheckConfig, WritesFindingsForPrograms) {
    const auto report = nlohmann::json::parse(check("routes: r\nrutes: r\n").json());
    EXPECT_FALSE(report["ok"]);
    ASSERT_EQ(report["findings"].size(), 1u);
    EXPECT_EQ(report["findings"][0]["file"], (directory_.path() / "m.yaml").string());
    EXPECT_EQ(report["findings"][0]["line"], 2);
    EXPECT_EQ(report["findings"][0]["column"], 1);
    EXPECT_EQ(report["findings"][0]["what"], "unknown key \"rutes\", did you mean \"routes\"?");
}

TEST_F(CheckConfig, SaysThatItCouldNotRunWithoutAFile) {
    const CheckReport report = check_config(directory_.path() / "none.yaml", schema_of);
    EXPECT_EQ(report.exit_code(), 2);
    const std::string file = (directory_.path() / "none.yaml").string();
    EXPECT_EQ(report.text(), file + ": there is no such file, expected a YAML file\n");
}

}  // namespace
}  // namespace migue::host::config
