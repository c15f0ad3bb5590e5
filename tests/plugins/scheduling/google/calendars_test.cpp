#include "desk.hpp"

/// Several calendars of an account, and which of them are read and written.
namespace scheduling {
namespace {

constexpr const char* kMaria = "maria@example.org";
constexpr const char* kFamily = "family@group.calendar.google.com";
constexpr const char* kBoss = "boss@example.org";
constexpr const char* kMeeting =
    R"({"summary":"Comité","iCalUID":"u1","start":{"dateTime":"2026-11-24T15:00:00-05:00"},"end":{"dateTime":"2026-11-24T16:00:00-05:00"}})";

/// Somebody with a calendar of the family and a look into the boss's, who allowed all of it.
class CalendarsOfAPerson : public ::testing::Test, protected DeskTalk {
protected:
    CalendarsOfAPerson() {
        talk.google.put_calendar(kMaria, {.id = kFamily, .summary = "Familia Gómez"});
        talk.google.put_calendar(kMaria, {.id = kBoss, .summary = "Jefe", .role = "reader"});
        std::string link;
        at([&](Desk& desk) -> migue::Task<void> {
            LinkRequest request;
            request.person = "ana";
            request.conversation = "chat-ana";
            request.locale = "es";
            request.wish = OAuthClient::Wish::kAllCalendars;
            auto made = co_await desk.attempts.begin(std::move(request));
            if (made) link = "/link/" + *made;
        });
        const std::string code = talk.consent(link);
        EXPECT_TRUE(contains(talk.say(code, "link_account").text(), "Conectado"));
    }
    std::vector<CalendarInfo> calendars() {
        std::vector<CalendarInfo> found;
        at([&](Desk& desk) -> migue::Task<void> {
            auto all = co_await desk.choice.all(desk.caller);
            EXPECT_TRUE(all) << all.error().what;
            if (all) found = std::move(*all);
        });
        return found;
    }
    std::string key(const std::string& id) {
        for (const CalendarInfo& one : calendars())
            if (one.id == id) return one.key;
        return {};
    }
    migue::Error::Code choose_default(const std::string& id) {
        const std::string chosen = key(id);
        auto code = migue::Error::Code::kInternal;
        bool done = false;
        at([&](Desk& desk) -> migue::Task<void> {
            auto result = co_await desk.choice.choose_default(desk.caller, chosen);
            done = static_cast<bool>(result);
            if (!result) code = result.error().code;
        });
        EXPECT_NE(done, code == migue::Error::Code::kInvalid);
        return code;
    }
    void read(const std::vector<std::string>& ids) {
        std::vector<std::string> keys;
        for (const std::string& id : ids) keys.push_back(key(id));
        at([&](Desk& desk) -> migue::Task<void> {
            auto done = co_await desk.choice.choose_reading(desk.caller, keys);
            EXPECT_TRUE(done) << done.error().what;
        });
    }
    std::vector<std::string> titles_on(const std::string& calendar) {
        std::vector<std::string> found;
        for (const auto& event : json::parse(talk.google.events_on(kMaria, calendar)))
            if (event.at("status") != "cancelled") found.push_back(event.at("summary"));
        return found;
    }
};

TEST_F(CalendarsOfAPerson, AreListedWithTheirRights) {
    const auto all = calendars();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_TRUE(all[0].is_default && all[0].is_primary && all[0].is_read);
    EXPECT_EQ(all[1].name, "Familia Gómez");
    EXPECT_TRUE(all[1].can_write);
    EXPECT_FALSE(all[2].can_write);
    EXPECT_EQ(calendars_to_write(all).size(), 2u);
    ASSERT_EQ(calendars_named(all, "familia").size(), 1u);
    EXPECT_EQ(calendars_named(all, "FAMILIA GOMEZ").front().id, kFamily);
    EXPECT_EQ(calendars_named(all, kMaria).front().id, "primary");
    EXPECT_TRUE(calendars_named(all, "trabajo").empty());
}

TEST_F(CalendarsOfAPerson, AreAskedForAgainOnlyForWhatChanged) {
    calendars();
    calendars();
    EXPECT_EQ(talk.google.count("calendarList.list"), 1u);
    talk.google.put_calendar(kMaria, {.id = kFamily, .summary = "Casa"});
    talk.google.put_calendar(kMaria, {.id = kBoss, .summary = "Jefe", .deleted = true});
    talk.bench.advance(std::chrono::minutes(11));
    const auto all = calendars();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].name, "Casa");
    EXPECT_TRUE(contains(talk.google.calls().back().target, "syncToken=list-"));
    talk.google.fail({.status = 410, .reason = "fullSyncRequired", .call = "calendarList.list"});
    talk.bench.advance(std::chrono::minutes(11));
    EXPECT_EQ(calendars().size(), 2u) << "a token that Google forgot";
}

TEST_F(CalendarsOfAPerson, AreReadPageByPage) {
    for (int i = 0; i < 260; ++i)
        talk.google.put_calendar(kMaria, {.id = "c" + std::to_string(i), .summary = "Otro"});
    talk.bench.advance(std::chrono::minutes(11));
    const std::size_t before = talk.google.count("calendarList.list");
    EXPECT_EQ(calendars().size(), 263u);
    EXPECT_EQ(talk.google.count("calendarList.list"), before + 2);
}

TEST_F(CalendarsOfAPerson, TakeNewEventsWhereThePersonChose) {
    choose_default(kFamily);
    talk.say("agenda dentista mañana a las 3");
    EXPECT_EQ(titles_on(kFamily), std::vector<std::string>{"Dentista"});
    EXPECT_TRUE(talk.titles().empty());
    talk.tap(talk.say("mueve el dentista de mañana a las 5 de la tarde", "reschedule_meeting"), "Mover");
    talk.tap(talk.say("cancela el dentista de mañana", "cancel_meeting"), "Sí, cancelar");
    EXPECT_TRUE(titles_on(kFamily).empty());
}

TEST_F(CalendarsOfAPerson, ThatMayOnlyBeReadAreNotChosenForWriting) {
    EXPECT_EQ(choose_default(kBoss), migue::Error::Code::kInvalid);
    talk.say("agenda dentista mañana a las 3");
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista"});
}

TEST_F(CalendarsOfAPerson, FindAnEventAlsoAfterTheDefaultChanged) {
    const TurnOutcome booked = talk.say("agenda dentista mañana a las 3");
    choose_default(kFamily);
    EXPECT_TRUE(contains(talk.tap(booked, "Deshacer").text(), "ya no está"));
    EXPECT_TRUE(talk.titles().empty());
}

TEST_F(CalendarsOfAPerson, AreReadTogetherAndLookedAtInOneCall) {
    read({"primary", kFamily, kBoss});
    talk.google.put_event_on(kMaria, kFamily, kMeeting);
    talk.google.put_event_on(kMaria, kBoss, kMeeting);
    const std::string agenda = talk.say("¿qué tengo mañana?", "query_agenda").text();
    EXPECT_TRUE(contains(agenda, "Comité"));
    EXPECT_EQ(agenda.find("Comité"), agenda.rfind("Comité")) << "one event, though two calendars show it";
    bool taken = false;
    at([&](Desk& desk) -> migue::Task<void> {
        Event event;
        event.id = "abcde12345";
        event.title = "Dentista";
        event.zone = "America/Bogota";
        event.start_ms = 1'795'550'400'000;  // 15:00
        event.end_ms = event.start_ms + 1'800'000;
        auto made = co_await desk.google.insert(desk.caller, event, Overlap::kRefuse);
        taken = !made && made.error().code == migue::Error::Code::kConflict;
    });
    EXPECT_TRUE(taken);
    EXPECT_EQ(talk.google.count("freebusy.query"), 1u);
}

TEST_F(CalendarsOfAPerson, BookNothingWhileOneOfThemIsNotKnown) {
    read({"primary", kFamily});
    talk.google.put_calendar(kMaria, {.id = kFamily, .summary = "Familia", .deleted = true});
    bool unknown = false;
    at([&](Desk& desk) -> migue::Task<void> {
        Event event;
        event.id = "abcde12345";
        event.title = "Dentista";
        event.zone = "America/Bogota";
        event.start_ms = 1'795'550'400'000;
        event.end_ms = event.start_ms + 1'800'000;
        auto made = co_await desk.google.insert(desk.caller, event, Overlap::kRefuse);
        unknown = !made && made.error().code == migue::Error::Code::kUnavailable;
    });
    EXPECT_TRUE(unknown) << "free/busy with an error inside a 200 is not free";
    EXPECT_EQ(talk.google.count("events.insert"), 0u);
}

TEST_F(CalendarsOfAPerson, TakeAnEventOnTheOneThatWasNamed) {
    const std::string family = key(kFamily);
    std::string id;
    at([&](Desk& desk) -> migue::Task<void> {
        Event event;
        event.id = "abcde12345";
        event.title = "Cena";
        event.zone = "America/Bogota";
        event.start_ms = 1'795'550'400'000;
        event.end_ms = event.start_ms + 1'800'000;
        event.calendar = family;
        auto made = co_await desk.booking.book(event, Overlap::kRefuse);
        id = made.event.id;
        auto again = co_await desk.booking.book(event, Overlap::kRefuse);
        EXPECT_EQ(again.kind, Outcome::Kind::kDone) << "the same booking once more";
    });
    EXPECT_EQ(titles_on(kFamily), std::vector<std::string>{"Cena"});
    EXPECT_TRUE(is_same_event(id, "abcde12345"));
    at([&](Desk& desk) -> migue::Task<void> {
        auto found = co_await desk.booking.get(id);
        EXPECT_TRUE(found && found->has_value());
    });
}

}  // namespace
}  // namespace scheduling
