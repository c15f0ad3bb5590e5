#include "dialogue/state.hpp"

#include <gtest/gtest.h>

namespace scheduling {

namespace {

State full_state() {
    State state;
    state.locale = "pt";
    state.last_event = "abc";
    Open open;
    open.waiting = Waiting::kTaken;
    open.card = "k3";
    open.at_ms = 1'000'000;
    open.prompt = "¿Cuál?";
    open.draft.title = "Reunión";
    open.draft.start = LocalMinutes(std::chrono::minutes(123));
    open.draft.has_date = true;
    open.draft.duration = std::chrono::minutes(45);
    open.draft.attendees = {"Ana"};
    open.events = {"e1", "e2"};
    open.occurrences = {0, 77};
    Option option;
    option.action = Action::kPick;
    option.label = "11:00";
    option.start = LocalMinutes(std::chrono::minutes(5));
    open.options.push_back(option);
    state.open = open;
    state.undo = Undo{Undo::Kind::kMoved, {Event{}}, {}, 99};
    state.undo->events[0].title = "Antes";
    state.undo->events[0].exdates = {1, 2};
    return state;
}

}  // namespace

TEST(State, ComesBackAsItWas) {
    const State back = read_state(write_state(full_state()));
    ASSERT_TRUE(back.open);
    EXPECT_EQ(write_state(back), write_state(full_state()));
    EXPECT_EQ(back.open->waiting, Waiting::kTaken);
    EXPECT_EQ(back.open->draft.duration, std::chrono::minutes(45));
    EXPECT_EQ(back.open->options.at(0).start, LocalMinutes(std::chrono::minutes(5)));
    EXPECT_FALSE(back.open->options.at(0).end);
    EXPECT_EQ(back.open->occurrences, (std::vector<std::int64_t>{0, 77}));
    EXPECT_EQ(back.undo->events.at(0).exdates, (std::vector<std::int64_t>{1, 2}));
}

TEST(State, StartsOverOnWhatItCannotRead) {
    for (const char* text :
         {"", "null", "[]", "{", R"({"v":2})", R"({"v":1})", R"({"v":1,"last_event":3,"locale":""})"}) {
        const State state = read_state(text);
        EXPECT_FALSE(state.open) << text;
        EXPECT_EQ(state.last_event, "") << text;
    }
}

TEST(State, ACardLivesFifteenMinutesAndItsUndoTen) {
    State state = full_state();
    EXPECT_NE(state.alive(1'000'000 + kCardLifeMs), nullptr);
    EXPECT_EQ(state.alive(1'000'000 + kCardLifeMs + 1), nullptr);
    state.open->waiting = Waiting::kDone;
    EXPECT_EQ(state.alive(1'000'000 + kUndoLifeMs + 1), nullptr);
}

}  // namespace scheduling
