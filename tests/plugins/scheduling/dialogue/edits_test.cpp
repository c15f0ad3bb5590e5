#include "dialogue/edits.hpp"

#include <gtest/gtest.h>

namespace scheduling {

namespace {

using namespace date::literals;

const date::local_days kTuesday = date::local_days(2026_y / 11 / 24);
const date::local_days kFriday = date::local_days(2026_y / 11 / 27);

LocalMinutes at(date::local_days day, int hour, int minute = 0) {
    return day + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

EventDraft tuesday_at_three() {
    EventDraft draft;
    draft.title = "Reunión con Laura";
    draft.start = at(kTuesday, 15);
    draft.end = at(kTuesday, 15, 45);
    draft.has_date = draft.has_time = true;
    draft.zone = "America/Bogota";
    return draft;
}

}  // namespace

TEST(ApplyEdit, ANewHourKeepsDayAndLength) {
    EventDraft draft = tuesday_at_three(), said;
    said.start = at(kFriday, 16);  // whatever day the reading assumed
    said.has_time = true;
    apply_edit(draft, said);
    EXPECT_EQ(draft.start, at(kTuesday, 16));
    EXPECT_EQ(draft.end, at(kTuesday, 16, 45));
}

TEST(ApplyEdit, ANewDayKeepsTheHours) {
    EventDraft draft = tuesday_at_three(), said;
    said.start = at(kFriday, 0);
    said.has_date = true;
    apply_edit(draft, said);
    EXPECT_EQ(draft.start, at(kFriday, 15));
    EXPECT_EQ(draft.end, at(kFriday, 15, 45));
}

TEST(ApplyEdit, ALengthMovesTheEnd) {
    EventDraft draft = tuesday_at_three(), said;
    said.duration = std::chrono::minutes(60);
    apply_edit(draft, said);
    EXPECT_EQ(draft.start, at(kTuesday, 15));
    EXPECT_EQ(draft.end, at(kTuesday, 16));
}

TEST(ApplyEdit, WhatWasNotSaidStays) {
    EventDraft draft = tuesday_at_three();
    apply_edit(draft, EventDraft{});
    EXPECT_EQ(draft.title, "Reunión con Laura");
    EXPECT_EQ(draft.start, at(kTuesday, 15));
    EXPECT_EQ(draft.end, at(kTuesday, 15, 45));
}

TEST(ApplyEdit, AnHourFillsADraftThatHadOnlyADay) {
    EventDraft draft, said;
    draft.start = at(kFriday, 0);
    draft.has_date = true;
    said.start = at(kTuesday, 11);
    said.has_time = true;
    apply_edit(draft, said);
    EXPECT_EQ(draft.start, at(kFriday, 11));
    EXPECT_EQ(draft.end, at(kFriday, 11, 30));
}

TEST(ToEvent, AndBackGivesTheSameDraft) {
    const EventDraft back = to_draft(to_event(tuesday_at_three()));
    EXPECT_EQ(back.start, at(kTuesday, 15));
    EXPECT_EQ(back.end, at(kTuesday, 15, 45));
    EXPECT_EQ(back.title, "Reunión con Laura");
}

TEST(ToEvent, WholeDaysKeepNobodyAway) {
    EventDraft draft = tuesday_at_three();
    draft.all_day = true;
    draft.has_time = false;
    draft.start = at(kTuesday, 0);
    draft.end = at(kFriday, 24);
    const Event event = to_event(draft);
    EXPECT_FALSE(event.busy);
    EXPECT_EQ(event.end_ms - event.start_ms, 4LL * 24 * 3600 * 1000);
}

}  // namespace scheduling
