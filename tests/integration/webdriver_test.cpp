#include "tests/integration/webdriver.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/integration/process.hpp"

namespace migue::test {
namespace {

/// PATH for the length of a test.
class PathIs {
public:
    explicit PathIs(const std::string& path) : before_(std::getenv("PATH")) {
        ::setenv("PATH", path.c_str(), 1);
    }
    PathIs(const PathIs&) = delete;
    PathIs& operator=(const PathIs&) = delete;
    ~PathIs() { ::setenv("PATH", before_.c_str(), 1); }

private:
    const std::string before_;
};

std::string fault_of(const std::function<void()>& step) {
    try {
        step();
    } catch (const BrowserFault& fault) {
        return fault.what();
    }
    return "no fault";
}

TEST(Browser, NamesTheMissingPackage) {
    const TemporaryFolder empty;
    const PathIs path(empty.path().string());
    const std::string fault = fault_of([] { const Browser browser({}); });
    EXPECT_NE(fault.find("./dev deps installs it (Debian package chromium-driver)"), std::string::npos)
        << fault;
}

TEST(Browser, SaysWhichStepFailedOnWhat) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "page.html")
        << "<title>t</title><p id=one>first</p><p hidden>second</p><script>console.error('broken');</script>";
    Browser browser({});
    browser.open("file://" + (folder.path() / "page.html").string());
    browser.wait_for_text("p", "first");
    EXPECT_EQ(browser.count("p"), 2u);
    EXPECT_EQ(browser.run("return 6 * 7;"), 42);
    const auto short_time = std::chrono::milliseconds(50);
    EXPECT_EQ(fault_of([&] { browser.wait_for("p[hidden]", short_time); }),
              "waited in vain: p[hidden] is visible");
    EXPECT_EQ(fault_of([&] { browser.wait_gone("#one", short_time); }), "waited in vain: #one is gone");
    EXPECT_NE(fault_of([&] { (void)browser.text("#two"); }).find("no such element"), std::string::npos);
    const auto faults = browser.console_faults();
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_NE(faults.front().find("broken"), std::string::npos);
}

}  // namespace
}  // namespace migue::test
