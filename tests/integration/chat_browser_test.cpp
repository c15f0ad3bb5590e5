#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/integration/running_host.hpp"
#include "tests/integration/webdriver.hpp"

namespace migue::test {
namespace {

constexpr const char* kEnter = "\uE007";

struct Language {
    const char *code, *request, *who, *undo;
};
void PrintTo(const Language& language, std::ostream* out) {
    *out << language.code;
}

const Language kSpanish{"es", "reunión con Laura mañana a las 3 por una hora", "Laura", "Deshacer"};

/// What a newcomer does: starts migue with nothing set up, opens the page, writes.
class ChatInABrowser : public ::testing::TestWithParam<Language> {
protected:
    void open(const Language& language) {
        if (!browser_)
            browser_ = std::make_unique<Browser>(
                Browser::Options{.width = 1280, .height = 940, .language = language.code});
        browser_->open(host_->url());
        // Before it is read to its end, what is to be clicked may still move.
        browser_->wait_until("the conversation was read", [&] {
            return browser_->run(
                       "return document.querySelector('#log').ariaLive === 'polite' && "
                       "(!document.querySelector('#welcome').hidden || document.querySelector('.line') !== "
                       "null);") == true;
        });
    }
    void say(const std::string& text) { browser_->type("#input", text + kEnter); }
    /// Whether the agenda has an event with this in its title, at these hours.
    bool agenda_has(const std::string& title, const std::string& hours = {}) {
        const auto events = browser_->texts("#days .event");
        return std::any_of(events.begin(), events.end(), [&](const std::string& text) {
            return text.find(title) != std::string::npos && text.find(hours) != std::string::npos;
        });
    }
    void picture(const std::string& name) {
        const char* folder = std::getenv("MIGUE_SCREENSHOTS");
        if (folder != nullptr) browser_->screenshot(std::filesystem::path(folder) / (name + ".png"));
    }
    void start() {
        host_ = std::make_unique<RunningHost>(
            folder_.path(), std::vector<std::string>{"dev", "--port", "0", "--data", "data"});
    }

    TemporaryFolder folder_;
    std::unique_ptr<RunningHost> host_;
    std::unique_ptr<Browser> browser_;
};

TEST_P(ChatInABrowser, BooksShowsItInTheAgendaAndTakesItBack) {
    const Language& language = GetParam();
    start();
    open(language);
    say(language.request);
    browser_->wait_for_text(".choice", language.undo, std::chrono::seconds(30));
    EXPECT_NE(browser_->text(".from-bot .words").find(language.who), std::string::npos);
    browser_->wait_until("the event is in the agenda",
                         [&] { return agenda_has(language.who, "15:00–16:00"); });
    picture(std::string("booked-") + language.code);
    browser_->prefer_dark(true);
    picture(std::string("booked-") + language.code + "-dark");

    browser_->click_text(".choice", language.undo);
    browser_->wait_until("the event is gone", [&] { return !agenda_has(language.who); });
    browser_->wait_until("it was answered", [&] { return browser_->count(".from-bot") >= 2; });
    EXPECT_EQ(browser_->console_faults(), std::vector<std::string>{});
    EXPECT_EQ(host_->stop().value_or(Process::Exit{}).code, 0);
}
INSTANTIATE_TEST_SUITE_P(
    Languages, ChatInABrowser,
    ::testing::Values(kSpanish,
                      Language{"en", "meeting with Sam tomorrow at 3pm for one hour", "Sam", "Undo"},
                      Language{"pt", "reunião com a Ana amanhã às 15h por uma hora", "Ana", "Desfazer"}),
    [](const auto& one) { return std::string(one.param.code); });

using ChatAfterAPowerCut = ChatInABrowser;
TEST_F(ChatAfterAPowerCut, FindsTheConversationAndTheAgendaAsTheyWere) {
    start();
    open(kSpanish);
    say(kSpanish.request);
    browser_->wait_until(
        "the event is in the agenda", [&] { return agenda_has(kSpanish.who, "15:00–16:00"); },
        std::chrono::seconds(30));
    host_->kill_now();
    start();
    open(kSpanish);
    browser_->wait_for_text(".from-person .words", kSpanish.request);
    browser_->wait_until("the event is in the agenda",
                         [&] { return agenda_has(kSpanish.who, "15:00–16:00"); });
    browser_->click_text(".choice", kSpanish.undo);
    browser_->wait_until("the event is gone", [&] { return !agenda_has(kSpanish.who); });
}

}  // namespace
}  // namespace migue::test
