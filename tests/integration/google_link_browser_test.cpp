#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/google_host.hpp"
#include "tests/integration/link_pages.hpp"
#include "tests/integration/webdriver.hpp"

/// Linking a Google account as a person does it, in a real browser.
namespace migue::test {
namespace {

constexpr const char* kContinue = "[data-continue]";
constexpr const char* kAllow = "button[value=allow]";

/// What every page of ours owes to people who cannot see it, or see it on a phone.
void expect_accessible(Browser& browser) {
    EXPECT_NE(browser.run("return document.title;"), "");
    EXPECT_EQ(browser.run("return document.documentElement.lang;"), "es");
    EXPECT_EQ(browser.run("return document.querySelectorAll('main').length;"), 1);
    EXPECT_EQ(browser.run("return document.querySelectorAll('h1').length;"), 1);
    EXPECT_EQ(
        browser.run("return [...document.querySelectorAll('button, a, input:not([type=hidden])')].filter("
                    "e => !(e.innerText || e.getAttribute('aria-label'))).length;"),
        0)
        << "a control without a name";
    EXPECT_EQ(browser.run("return document.documentElement.scrollWidth > window.innerWidth;"), false);
    EXPECT_EQ(browser.run("return document.scripts.length;"), 0);
}

class GoogleLinkInABrowser : public ::testing::Test {
protected:
    /// The link's page, and its button: Google's consent is shown.
    void go_to_google(const std::string& link) {
        browser_.open(link);
        browser_.wait_for(kContinue);
        browser_.click(kContinue);
        browser_.wait_for(kAllow);
    }
    void expect_notice(Browser& browser, const std::string& name) {
        browser.wait_for("[data-notice=" + name + "]");
        expect_accessible(browser);
        EXPECT_EQ(host_.google().live_refresh_tokens("maria@example.org"), 0u);
    }

    GoogleHost host_;
    Browser browser_{{}};
};

TEST_F(GoogleLinkInABrowser, LeadsFromTheChatToTheCodeAndBack) {
    const std::string link = between(host_.say("agenda dentista mañana a las 10"), "\"url\":\"", "\"");
    browser_.become_phone(390, 844);
    browser_.open(link);
    browser_.wait_for(kContinue);
    expect_accessible(browser_);
    browser_.click(kContinue);
    browser_.wait_for(kAllow);
    browser_.click("input[name=grant]");
    browser_.click(kAllow);
    browser_.wait_for("[data-code]");
    expect_accessible(browser_);
    EXPECT_EQ(browser_.run("return location.pathname + location.search;"), "/p/scheduling/linked")
        << "no code of Google's stays in the history";
    const std::string card = host_.say(browser_.text("[data-code]"));
    EXPECT_NE(card.find("maria@example.org"), std::string::npos) << card;
    EXPECT_NE(card.find("Dentista"), std::string::npos) << card;
}

TEST_F(GoogleLinkInABrowser, IsNotSpentByPreviewsAndOnlyOnceByThePerson) {
    const std::string link = host_.ask_for_link();
    for (int i = 0; i < 3; ++i) {
        PageReader preview(host_.local_url(), host_.public_url());
        EXPECT_EQ(preview.open("GET", link).status, 200);
    }
    go_to_google(link);
    browser_.click("input[name=grant]");
    browser_.click(kAllow);
    browser_.wait_for("[data-code]");
    browser_.open(link);
    browser_.wait_for("[data-notice=spent]");
    expect_accessible(browser_);
}

TEST_F(GoogleLinkInABrowser, EndsInTheBrowserItBeganIn) {
    go_to_google(host_.ask_for_link());
    Browser other{{}};
    other.open(browser_.run("return location.href;"));
    other.wait_for(kAllow);
    other.click("input[name=grant]");
    other.click(kAllow);
    expect_notice(other, "other_browser");
}

TEST_F(GoogleLinkInABrowser, SaysThatNothingWasConnectedWhenThePersonRefuses) {
    go_to_google(host_.ask_for_link());
    browser_.click("button[value=cancel]");
    expect_notice(browser_, "denied");
}

TEST_F(GoogleLinkInABrowser, NamesTheBoxThatWasNotTicked) {
    go_to_google(host_.ask_for_link());
    browser_.click(kAllow);
    expect_notice(browser_, "unticked");
}

}  // namespace
}  // namespace migue::test
