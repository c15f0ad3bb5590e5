#include <gtest/gtest.h>

#include <date/date.h>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "understanding/edit.hpp"

/// Sentences about events, and what the reader makes of them: edits/<language>.txt. A line is `sentence =>
/// meaning`; MIGUE_MEANINGS=1 prints the meanings as they are, for new sentences.
namespace scheduling {
namespace {

/// Monday 23 November 2026, 10:05 in Bogotá.
Moment moment_of(const std::string& locale) {
    Moment moment;
    moment.now_unix_ms = 1795446300000;
    moment.zone = "America/Bogota";
    moment.locale = locale;
    return moment;
}

std::string name_of(Edit::What what) {
    switch (what) {
        case Edit::What::kNone:
            return "none";
        case Edit::What::kCancel:
            return "cancel";
        case Edit::What::kKeep:
            return "keep";
        case Edit::What::kMove:
            return "move";
        case Edit::What::kChange:
            return "change";
        case Edit::What::kRestore:
            return "restore";
        case Edit::What::kTell:
            return "tell";
    }
    return "?";
}

std::string name_of(Edit::Field field) {
    switch (field) {
        case Edit::Field::kNone:
            return "";
        case Edit::Field::kTitle:
            return " title?";
        case Edit::Field::kWhen:
            return " when?";
        case Edit::Field::kLength:
            return " length?";
        case Edit::Field::kPlace:
            return " place?";
        case Edit::Field::kGuests:
            return " guests?";
    }
    return "?";
}

std::string signed_minutes(std::chrono::minutes minutes) {
    return (minutes.count() < 0 ? "" : "+") + std::to_string(minutes.count());
}

std::string write(const EventWords& event) {
    std::string out;
    for (const std::string& word : event.words) out += (out.empty() ? " of " : ",") + word;
    if (event.span) out += " on " + date::format("%d.%m", event.span->begin);
    if (event.time) out += " at " + date::format("%H:%M", *event.time);
    if (event.ordinal != 0) out += " #" + std::to_string(event.ordinal);
    if (event.last) out += " last";
    if (event.everything) out += " all";
    return out;
}

std::string write(const Understanding& time, bool is_end) {
    const EventDraft& draft = time.draft;
    std::string out = is_end ? " ends" : "";
    if (draft.has_date && draft.start) out += " " + date::format("%d.%m", *draft.start);
    if (draft.has_time && draft.start) out += " " + date::format("%H:%M", *draft.start);
    if (draft.has_time && draft.end) out += "-" + date::format("%H:%M", *draft.end);
    if (draft.duration) out += " for " + std::to_string(draft.duration->count());
    if (draft.part_begin) out += " part";
    if (!draft.rrule.empty()) out += " " + draft.rrule;
    if (time.question && time.question->kind != "missing_date" && time.question->kind != "missing_time")
        out += " ?" + time.question->kind;
    return out;
}

std::string write(const Edit& edit) {
    if (edit.what == Edit::What::kNone) return edit.is_question ? "question" : "none";
    std::string out = name_of(edit.what) + write(edit.event);
    if (!edit.by_verb) out += " (loose)";
    out += name_of(edit.field);
    if (edit.has_changes()) out += ":";
    if (edit.time) out += write(*edit.time, edit.time_is_end);
    if (edit.shift && edit.shift_months == 0) out += " shift" + signed_minutes(*edit.shift);
    if (edit.shift_months != 0) out += " shift" + std::to_string(edit.shift_months) + "months";
    if (edit.longer) out += " longer" + signed_minutes(*edit.longer);
    if (edit.title) out += " title=" + *edit.title;
    if (edit.place) out += " place=" + *edit.place;
    for (const std::string& guest : edit.add_guests) out += " +" + guest;
    for (const std::string& guest : edit.remove_guests) out += " -" + guest;
    if (edit.remove_all_guests) out += " -everybody";
    if (edit.video) out += *edit.video ? " video" : " novideo";
    if (edit.no_repeat) out += " norepeat";
    return out;
}

class Edits : public ::testing::TestWithParam<const char*> {};

TEST_P(Edits, AreReadAsPeopleMeanThem) {
    const std::string language = GetParam();
    std::ifstream table(std::string(MIGUE_EDIT_TABLES) + "/" + language + ".txt");
    ASSERT_TRUE(table) << language;
    const bool prints = std::getenv("MIGUE_MEANINGS") != nullptr;
    std::size_t sentences = 0;
    for (std::string line; std::getline(table, line);) {
        if (line.empty() || line.starts_with('#')) {
            if (prints) std::cout << line << '\n';
            continue;
        }
        const std::size_t arrow = line.find(" => ");
        const std::string said = line.substr(0, arrow);
        const std::string meaning =
            write(read_edit(said, moment_of(language), {"Luis", "Ana Gómez", "kim@x.co"}));
        if (prints)
            std::cout << said << " => " << meaning << '\n';
        else
            EXPECT_EQ(meaning, arrow == std::string::npos ? "" : line.substr(arrow + 4)) << said;
        ++sentences;
    }
    EXPECT_GE(sentences, 120u);
}

INSTANTIATE_TEST_SUITE_P(EachLanguage, Edits, ::testing::Values("es", "en", "pt"),
                         [](const auto& one) { return std::string(one.param); });

TEST(Edits, AnyBytesAreRead) {
    for (const char* locale : {"es", "en", "pt", ""}) {
        for (int seed = 0; seed < 300; ++seed) {
            std::string text;
            unsigned state = static_cast<unsigned>(seed) * 2654435761u + 17u;
            static constexpr const char* kPieces[] = {"move", "it", "la", "muévela", " ",   "-",    "'",
                                                      ",",    "to", "5",  "con",     "sin", "a",    "\xff",
                                                      "@",    "é",  "y",  "hora",    "más", "tarde"};
            for (int i = 0; i < 24; ++i) {
                state = state * 1103515245u + 12345u;
                text += kPieces[(state >> 16) % std::size(kPieces)];
                if ((state >> 9) % 3 != 0) text += ' ';
            }
            const Edit edit = read_edit(text, moment_of(locale));
            EXPECT_FALSE(edit.what == Edit::What::kNone && edit.has_changes()) << text;
        }
    }
}

}  // namespace
}  // namespace scheduling
