#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// A wish that comes in the middle of another: which words are its own, which day it takes from the talk, and
/// what becomes of the draft it interrupts.
namespace scheduling {

// talk_day.cpp

/// The day of what was talked about last: the open draft, the last question about one day, or what was just
/// done. Nothing when that was too long ago, or was about several days.
[[nodiscard]] std::optional<date::local_days> day_of_talk(const Scene& scene);
/// Words that go on from what was said before: "and …", "también …", "with her".
[[nodiscard]] bool goes_on(const Scene& scene, std::string_view text);
/// A wish without a day that goes on from the talk takes the talk's day; "right after" takes the end of what
/// was just booked. `text` as it was written.
void take_talk_day(const Scene& scene, std::string_view text, Understanding& read);
/// "Christmas dinner": which of two evenings is meant is told by the talk, or asked.
void settle_feast(const Scene& scene, std::string_view text, Understanding& read);
/// The title without what joins sentences ("entonces", "too"), a feast's name where nothing else is said.
void tidy_title(const Scene& scene, std::string_view text, Understanding& read);
/// "Almorzar con Pepe" as it stands in a calendar: "Almuerzo con Pepe".
[[nodiscard]] std::string as_noun(const Answers& answers, std::string title);
/// "soy María, manejo una peluquería": a person says who they are, and wants nothing.
[[nodiscard]] bool introduces_itself(const Scene& scene, std::string_view text);

// shelf.cpp

/// A named draft that another wish interrupts is kept for afterwards. True when it was.
[[nodiscard]] bool shelve(Scene& scene, const Open& open, const EventDraft& next);
/// A new draft that was open when something about another event was said is kept likewise; the reply says so.
void keep_interrupted(Scene& scene, const std::optional<Open>& before, Reply& reply);
/// Once the other wish is done with, the draft that was kept is asked about again.
void resume_shelved(Scene& scene, Reply& reply);

// amid.cpp: moves on what is open (steps.hpp).

/// "and her daughter at 6", "mums birthday sunday": something else than what is open.
[[nodiscard]] migue::Task<std::optional<Reply>> begin_another(Scene& scene, const Open& open,
                                                              const std::string& text);
/// "saturday", "8pm", "dinner with Cormac": the draft that has no name yet gets one.
[[nodiscard]] migue::Task<std::optional<Reply>> name_draft(Scene& scene, const Open& open,
                                                           const std::string& text);
/// "move swimming to 10 just this week", "except holidays", of a series that is not booked yet.
[[nodiscard]] migue::Task<std::optional<Reply>> leave_out_of_draft(Scene& scene, const Open& open,
                                                                   const std::string& text);
/// The message says something of its own before its time, and no bare answer: "cierro el miércoles".
[[nodiscard]] bool is_own_sentence(const Scene& scene, std::string_view text, const Understanding& read);

// limits.cpp

/// "any day but Thursday", "she can't do friday morning", while a time is asked for or a draft is on its
/// card: another one is asked for. Nothing for other words, or when they are said of another event.
[[nodiscard]] migue::Task<std::optional<Reply>> limit_by_words(Scene& scene, std::string_view text);
/// "…, any day but Wednesday" behind a wish: the days that are no good, which are taken off `wish`; none
/// where it says nothing like it.
[[nodiscard]] std::vector<Span> take_exception(const Scene& scene, std::string& wish);
/// Takes what is offered at those times off the reply; other days stand in for days that went.
void offer_without(const Scene& scene, Reply& reply, const std::vector<Span>& times);
/// The folded words in front of the first of the list's phrases and behind it; nothing when none is there.
[[nodiscard]] std::optional<std::vector<std::string>> words_beside(const Answers& answers,
                                                                   std::string_view list,
                                                                   std::string_view text);
/// The event needs another time: asks for it.
[[nodiscard]] Reply ask_new_time(Scene& scene, const Event& event);
/// What was offered without those times; the day is asked for where none is left.
[[nodiscard]] Reply ask_other_day(Scene& scene, const Open& open, const std::vector<Span>& times);

// hour_words.cpp: a move on what is open (steps.hpp).

/// "same time", "el viernes a la misma hora": the hour that the event has now.
[[nodiscard]] migue::Task<std::optional<Reply>> keep_hour(Scene& scene, const Open& open,
                                                          const std::string& text);

// edit_flow.cpp

/// "terça", "on tuesday", "el martes": a day of the week by its name alone.
[[nodiscard]] bool is_weekday_name(const Scene& scene, const TimeMention& time);
/// "until June", and no other time: a stretch that has an end alone.
[[nodiscard]] bool says_open_end(const Understanding& read);
/// "next week" where a day is wanted: days of it, and the week is kept for a weekday that is written then;
/// nothing when the words say no such stretch.
[[nodiscard]] std::optional<Reply> ask_day_of_week(const Scene& scene, const Open& open,
                                                   const Understanding& said);

// wish_slots.cpp

/// "when can I have lunch with Joe next week?", "when can I go instead": free hours for what the words name,
/// or for what is talked about; nothing for other words.
[[nodiscard]] migue::Task<std::optional<Reply>> offer_for_wish(Scene& scene, const std::string& text);
/// "anything later?", while hours of a day are offered: others of that day; nothing for other words.
[[nodiscard]] migue::Task<std::optional<Reply>> offer_beside(Scene& scene, const std::string& text);

}  // namespace scheduling
