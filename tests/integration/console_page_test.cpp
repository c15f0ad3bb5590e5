#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/integration/fake_desk.hpp"
#include "tests/integration/webdriver.hpp"

namespace migue::test {
namespace {

using nlohmann::json;

constexpr const char* kEnter = "\uE007";
constexpr const char* kEscape = "\uE00C";

/// Pictures for docs/images, when somebody asks for them: MIGUE_SCREENSHOTS=folder.
void picture(Browser& browser, const std::string& name) {
    const char* folder = std::getenv("MIGUE_SCREENSHOTS");
    if (folder != nullptr) browser.screenshot(std::filesystem::path(folder) / (name + ".png"));
}

class ConsolePage : public ::testing::Test {
protected:
    void open(const std::string& path = "/") {
        browser_.open(desk_.url(path));
        browser_.wait_for("#welcome");
    }
    void say(const std::string& text) { browser_.type("#input", text + kEnter); }
    void TearDown() override { EXPECT_EQ(browser_.console_faults(), std::vector<std::string>{}); }

    FakeDesk desk_;
    Browser browser_{{}};
};

TEST_F(ConsolePage, LeadsFromTheRootToAWelcomeInTheBrowsersLanguage) {
    open();
    EXPECT_EQ(browser_.text("#welcome h2"), "Hola. ¿Qué agendamos?");
    EXPECT_EQ(browser_.run("return location.pathname;"), "/console/");
    EXPECT_EQ(browser_.run("return document.activeElement.id;"), "input") << "ready to type";
    picture(browser_, "welcome-light");
    browser_.prefer_dark(true);
    picture(browser_, "welcome-dark");
}

TEST_F(ConsolePage, BooksShowsTheAgendaAndTakesItBackWithAButton) {
    open();
    say("reunión con Laura mañana a las 3 por una hora");
    browser_.wait_for_text(".from-bot .words", "Agendada");
    EXPECT_EQ(browser_.text(".from-bot strong"), "Reunión con Laura") << "*bold* as WhatsApp shows it";
    browser_.wait_for("[data-event='laura']");
    browser_.wait_for(".from-person[data-state='answered'] .tick .icon");
    browser_.wait_gone("#typing");
    EXPECT_EQ(browser_.texts(".choice"), (std::vector<std::string>{"Deshacer", "Cambiar"}));
    picture(browser_, "chat-light");
    browser_.prefer_dark(true);
    picture(browser_, "chat-dark");

    browser_.click_text(".choice", "Deshacer");
    browser_.wait_for_text(".from-bot .words", "ya no está");
    browser_.wait_gone("[data-event='laura']");
    EXPECT_EQ(browser_.count(".choice"), 2u) << "old buttons stay, as on the phone";
    const auto taken = desk_.inbox().taken();
    ASSERT_EQ(taken.size(), 2u);
    EXPECT_EQ(json::parse(taken[1].input_json), json::parse(R"({"kind":"tap","tap":"undo"})"));
    EXPECT_EQ(taken[1].text, "Deshacer");
}

TEST_F(ConsolePage, OpensAListAsASheetThatTheKeyboardCanUse) {
    open();
    say("horarios");
    browser_.wait_for_text(".choice", "Ver horarios");
    browser_.click(".choice");
    browser_.wait_for("#sheet");
    EXPECT_EQ(
        browser_.texts(".row-title"),
        (std::vector<std::string>{"14:30–15:00", "15:30–16:00", "16:00–16:30", "Agendar de todos modos"}));
    EXPECT_EQ(browser_.run("return document.activeElement.querySelector('.row-title').textContent;"),
              "14:30–15:00");
    picture(browser_, "list-light");
    browser_.type("#sheet-close", kEscape);
    browser_.wait_gone("#sheet");
    browser_.click(".choice");
    browser_.click("#sheet-rows li:nth-child(2) button");
    browser_.wait_gone("#sheet");
    browser_.wait_for_text(".from-person .words", "15:30–16:00");
    browser_.wait_until("the tap arrived", [&] { return desk_.inbox().taken().size() == 2; });
    EXPECT_EQ(json::parse(desk_.inbox().taken().back().input_json)["tap"], "slot:15:30–16:00");
}

TEST_F(ConsolePage, ShowsMarkupOfAMessageAsTextAndRunsNothing) {
    open();
    const std::string attack =
        "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script> javascript:alert(1)";
    say(attack);
    browser_.wait_for_text(".from-bot .words", attack);
    EXPECT_EQ(browser_.count("#lines img, #lines script, #lines a"), 0u);
    EXPECT_EQ(browser_.run("return window.hit === undefined;"), true);
    desk_.say("me", "link", R"({"text":"x","title":"no","url":"javascript:window.hit=1"})");
    browser_.wait_until("the link message came", [&] { return browser_.count(".from-bot") == 2; });
    EXPECT_EQ(browser_.count("a.choice"), 0u) << "only http and https are opened";
}

TEST_F(ConsolePage, AsksAgainForAnAgendaThatDidNotAnswer) {
    open();
    desk_.fail_agenda(2);
    say("reunión con Laura mañana a las 3 por una hora");
    browser_.wait_for_text("#days .empty", "La agenda no responde ahora.");
    browser_.wait_for("[data-event='laura']");
    for (const std::string& fault : browser_.console_faults())  // the browser itself reports each refusal
        EXPECT_NE(fault.find("503"), std::string::npos) << fault;
}

TEST_F(ConsolePage, DrawsWhatsAppsMarksAndLinks) {
    open();
    say("*negrita* _cursiva_ ~tachado~ ```fijo``` 2*3*4 snake_case_name https://example.org/a_b_c.");
    browser_.wait_for(".from-bot .words");
    EXPECT_EQ(browser_.texts(".from-bot strong, .from-bot em, .from-bot s, .from-bot code"),
              (std::vector<std::string>{"negrita", "cursiva", "tachado", "fijo"}));
    EXPECT_NE(browser_.text(".from-bot .words").find("2*3*4 snake_case_name"), std::string::npos);
    EXPECT_EQ(browser_.run("return document.querySelector('.from-bot a').href;"),
              "https://example.org/a_b_c");
    say("conectar");
    browser_.wait_for_text("a.choice", "Conectar Google");
    EXPECT_EQ(browser_.run("return document.querySelector('a.choice').rel;"), "noopener noreferrer");
}

TEST_F(ConsolePage, ShowsThatItIsTypingUntilTheAnswerComes) {
    open();
    desk_.inbox().hold();
    say("hola");
    browser_.wait_for("#typing");
    browser_.wait_for(".from-person[data-state='stored']");
    browser_.wait_for_text("#status", "escribiendo");
    desk_.inbox().release();
    browser_.wait_for_text(".from-bot .words", "hola");
    browser_.wait_gone("#typing");
    browser_.wait_for(".from-person[data-state='answered']");
}

TEST_F(ConsolePage, KeepsAMessageThatCouldNotBeSentAndSendsItOnceLater) {
    open();
    desk_.inbox().fail_with("store: no space left");
    say("reunión");
    browser_.wait_for(".retry", std::chrono::seconds(30));
    (void)browser_.console_faults();  // the 503s that were asked for
    desk_.inbox().fail_with("");
    browser_.click(".retry");
    browser_.wait_for_text(".from-bot .words", "Agendada");
    EXPECT_EQ(browser_.count(".from-person"), 1u);
    EXPECT_EQ(desk_.inbox().taken().size(), 1u);
}

TEST_F(ConsolePage, KeepsTheConversationsOfSeveralPeopleApart) {
    open();
    say("soy yo");
    browser_.wait_for_text(".from-bot .words", "soy yo");
    browser_.click("[data-person='laura']");
    browser_.wait_for("#welcome");
    EXPECT_EQ(browser_.count(".line"), 0u);
    say("soy Laura");
    browser_.wait_for_text(".from-bot .words", "soy Laura");
    EXPECT_EQ(desk_.inbox().taken().back().identities, std::vector<std::string>{"chat:laura"});
    browser_.click(".person.add");
    browser_.type("#ask-input", std::string("José Ñandú") + kEnter);
    browser_.wait_for("[data-person='jose-nandu'][aria-pressed='true']");
    browser_.open(desk_.url("/console/"));
    browser_.wait_for("[data-person='jose-nandu'][aria-pressed='true']");
    browser_.click("[data-person='me']");
    browser_.wait_for_text(".from-bot .words", "soy yo");
}

TEST_F(ConsolePage, KnowsTheAgendaOfAnEarlierVisitAndCopiesItsAddress) {
    open();
    say("reunión");
    browser_.wait_for("[data-event='laura']");
    (void)browser_.run("localStorage.clear();");
    browser_.open(desk_.url("/console/"));
    browser_.wait_for("[data-event='laura']");
    browser_.wait_for_text(".from-bot .words", "Agendada");
    EXPECT_EQ(browser_.run("return document.querySelector('#feed-url').value;"),
              desk_.url("/p/scheduling/feed/0f3c.ics"));
    browser_.click("#copy-feed");
    browser_.wait_for_text("#copy-feed", "Copiado");
}

TEST_F(ConsolePage, TellsWhatHappenedToAMessage) {
    open();
    say("reunión");
    browser_.wait_for(".from-person[data-state='answered']");
    browser_.click("button.meta");
    browser_.wait_for_text(".trace", "schedule_meeting · 93");
    EXPECT_NE(browser_.text(".trace").find("3,6 ms"), std::string::npos) << browser_.text(".trace");
    picture(browser_, "trace-light");
    browser_.click("button.meta");
    browser_.wait_gone(".trace");
}

TEST_F(ConsolePage, SaysThatTheServerIsAwayAndComesBack) {
    open();
    say("hola");
    browser_.wait_for_text(".from-bot .words", "hola");
    desk_.store().fail_with("store: away");
    desk_.say("me", "text", R"({"text":"recordatorio"})");
    browser_.wait_for_text("#status", "sin conexión");
    desk_.store().fail_with("");
    browser_.wait_for_text(".from-bot .words", "recordatorio");
    browser_.wait_for_text("#status", "en línea");
    (void)browser_.console_faults();  // the 503s that were asked for
}

TEST_F(ConsolePage, SpeaksThreeLanguages) {
    open();
    struct Case {
        const char *name, *language, *title;
    };
    for (const auto& [name, language, title] : {Case{"English", "en", "Hello. What shall we book?"},
                                                Case{"Português", "pt", "Olá. O que vamos marcar?"}}) {
        browser_.type("#language", name);
        browser_.wait_for_text("#welcome h2", title);
        EXPECT_EQ(browser_.run("return document.documentElement.lang;"), language);
    }
    browser_.open(desk_.url("/console/"));
    browser_.wait_for_text("#welcome h2", "Olá");
}

TEST_F(ConsolePage, ReloadsAPluginAndSaysWhatCameOfIt) {
    open();
    browser_.wait_for_text("[data-plugin='scheduling'] .facts", "generación 1");
    browser_.click("[data-reload='scheduling']");
    browser_.wait_for_text("#plugin-note", "generación 2");
    browser_.wait_for_text("[data-plugin='scheduling'] .facts", "generación 2");
    EXPECT_EQ(desk_.reloads(), std::vector<std::string>{"scheduling"});
    desk_.refuse_reloads("plugins.lock line 1: sha256 differs");
    browser_.click("[data-reload='smalltalk']");
    browser_.wait_for_text("#plugin-note", "sha256 differs");
    (void)browser_.console_faults();  // the 409 that was asked for
}

TEST_F(ConsolePage, FitsAPhone) {
    browser_.become_phone(390, 844);
    open();
    picture(browser_, "phone-welcome");
    say("reunión con Laura mañana a las 3 por una hora");
    browser_.wait_for_text(".from-bot .words", "Agendada");
    EXPECT_EQ(
        browser_.run("return [...document.querySelectorAll('.top, .top *, .phone, .phone *')]"
                     ".filter(e => e.checkVisibility() && !e.closest('.unseen, .people'))"
                     ".map(e => e.getBoundingClientRect()).filter(r => r.right > 390 || r.left < 0).length;"),
        0)
        << "nothing reaches over the edge";
    EXPECT_EQ(browser_.run("const r = document.querySelector('.send').getBoundingClientRect();"
                           "return r.bottom <= 844 && r.width >= 40 && r.height >= 40;"),
              true);
    picture(browser_, "phone-light");
    browser_.click("#open-side");
    browser_.wait_for("[data-event='laura']");
    browser_.wait_until("the agenda slid in", [&] {
        return browser_.run(
                   "const r = document.querySelector('#side').getBoundingClientRect(); return r.right <= "
                   "innerWidth + 1;") == true;
    });
    picture(browser_, "phone-agenda");
    browser_.click("#close-side");
    browser_.wait_gone("#veil");
    browser_.prefer_dark(true);
    picture(browser_, "phone-dark");
}

TEST(ConsolePageWithToken, AsksForTheTokenAndGoesOn) {
    FakeDesk desk("s3cret-token");
    Browser browser({});
    browser.open(desk.url());
    browser.wait_for("#ask[open]");
    browser.type("#ask-input", std::string("s3cret-token") + kEnter);
    browser.wait_for("#welcome");
    browser.type("#input", std::string("hola") + kEnter);
    browser.wait_for_text(".from-bot .words", "hola");
    EXPECT_EQ(browser.run("return localStorage.getItem('migue.token');"), nullptr) << "kept in the tab only";
}

}  // namespace
}  // namespace migue::test
