#pragma once
#include <string>
#include <string_view>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// The things a person can do, each as a step from the scene to a reply. What a tap, a typed
/// "2" and a sentence lead to is the same step.
namespace scheduling {

// draft_flow.cpp: from a draft to an event.

/// The message as the rules read it; where they are unsure, with what a model adds in time.
[[nodiscard]] migue::Task<Understanding> read_twice(Scene& scene, std::string_view text,
                                                    std::string_view intent);
/// The new time in words that the rules do not understand, as a model marks it, with the event's name
/// where it marks one ("" else); nothing when it finds no time either.
[[nodiscard]] migue::Task<std::optional<Understanding>> find_new_time(Scene& scene, std::string_view text);
/// The names of the contact book that words of the text begin: "Lau" is how Laura Gómez is called.
[[nodiscard]] std::vector<std::string> contacts_in(const Scene& scene, std::string_view text);
/// Words that change what is open: a time, a guest, a title; nothing when they do not.
[[nodiscard]] migue::Task<std::optional<Reply>> change_open(Scene& scene, const Open& open,
                                                            std::string_view text);
/// A new request replaces what was open.
[[nodiscard]] migue::Task<Reply> start_draft(Scene& scene, std::string_view text);
/// Asks for what is missing, checks, shows a card, or books. `sure`: the person has just
/// chosen this very time.
[[nodiscard]] migue::Task<Reply> proceed(Scene& scene, EventDraft draft, std::string target, bool sure);
/// Writes the draft: a new event, or over `target`.
[[nodiscard]] migue::Task<Reply> commit(Scene& scene, EventDraft draft, std::string target, Overlap overlap);
/// The draft as a card; over an event, what would be different.
[[nodiscard]] migue::Task<Reply> show_draft_card(Scene& scene, EventDraft draft, std::string target);
/// The draft as a card, checked anew: nothing is written before a tap.
[[nodiscard]] migue::Task<Reply> show_again(Scene& scene, EventDraft draft, std::string target);

// edit_flow.cpp: words that change what is on the card.

/// Takes an edit in words into the open draft, or into the event it is about.
[[nodiscard]] migue::Task<Reply> edit_open(Scene& scene, const Open& open, const Understanding& said);
/// "hasta el 30 de junio", "6 veces": when the open draft's series ends; nothing for other words.
[[nodiscard]] migue::Task<std::optional<Reply>> end_series(Scene& scene, const Open& open,
                                                           std::string_view text);
/// Nobody has named it: its title says no more than that somebody meets.
[[nodiscard]] bool is_made_title(const Scene& scene, const EventDraft& draft);
/// A title that was made of the guests' names is made anew when they are others.
void retitle(const Scene& scene, const EventDraft& before, EventDraft& draft);
[[nodiscard]] migue::Task<Reply> rename(Scene& scene, const Open& open, std::string title);

// guest_flow.cpp: who is invited.

/// Puts addresses in the place of known names; a question when one is missing or not clear.
[[nodiscard]] std::optional<Reply> ask_guest(Scene& scene, EventDraft& draft, const std::string& target);
/// The address of the one who was asked about.
[[nodiscard]] migue::Task<Reply> take_guest(Scene& scene, const Open& open, std::string mail);
[[nodiscard]] migue::Task<Reply> leave_guest_out(Scene& scene, const Open& open);
/// A typed address; nothing when the text holds none.
[[nodiscard]] migue::Task<std::optional<Reply>> answer_guest(Scene& scene, const Open& open,
                                                             std::string text);
/// A shared contact answers the question for an address, or is kept. `open` may be null.
[[nodiscard]] migue::Task<Reply> take_contacts(Scene& scene, const Open* open);
/// A guest's address that is not in the contact book and was not offered to be kept before.
[[nodiscard]] std::string new_contact(Scene& scene, const Event& event, const std::vector<Guest>& book);
[[nodiscard]] migue::Task<Reply> keep_contact(Scene& scene, Guest contact);
[[nodiscard]] migue::Task<Reply> forget_contact(Scene& scene, std::string name);
[[nodiscard]] migue::Task<Reply> forget_contact(Scene& scene, Guest contact);

// question_flow.cpp: asking for a time.

/// In `Open::said`: the day is one of the options.
inline constexpr std::string_view kTheseDays = "days/";
/// What an open question said: in front of a date or an hour that does not exist.
inline constexpr std::string_view kImpossible = "impossible/";

[[nodiscard]] migue::Task<Reply> ask_question(Scene& scene, EventDraft draft, std::string target,
                                              Question question);
[[nodiscard]] migue::Task<Reply> ask_time(Scene& scene, EventDraft draft, std::string target);
[[nodiscard]] Reply ask_date(Scene& scene, EventDraft draft, std::string target);
[[nodiscard]] Reply ask_past(Scene& scene, EventDraft draft, std::string target);
[[nodiscard]] migue::Task<Reply> offer_other_times(Scene& scene, EventDraft draft, std::string target);
/// Free hours as rows of a list, each a tap that books.
[[nodiscard]] std::vector<Option> slot_rows(const Scene& scene, const std::vector<LocalSpan>& slots);
[[nodiscard]] Reply ask_number(Scene& scene, const Open& open, std::size_t number, const EventDraft& hour);

// event_flow.cpp: what is done to events that exist.

[[nodiscard]] migue::Task<Reply> cancel_by_words(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> move_by_words(Scene& scene, std::string_view text);
/// The one row of an open list that the words name, if they name one.
[[nodiscard]] migue::Task<std::optional<std::size_t>> row_named(Scene& scene, const Open& open,
                                                                std::string_view text);
[[nodiscard]] migue::Task<Reply> take_event(Scene& scene, const Open& open, const Option& chosen);
[[nodiscard]] migue::Task<Reply> cancel_events(Scene& scene, const Open& open, SeriesPart part);
/// All events of the open list, with one question.
[[nodiscard]] migue::Task<Reply> cancel_listed(Scene& scene, const Open& open);
[[nodiscard]] migue::Task<Reply> list_to_choose(Scene& scene, const Open& open);
[[nodiscard]] migue::Task<Reply> undo(Scene& scene);

/// The event as it is stored, or of a series the occurrence that begins then.
[[nodiscard]] Event occurrence_at(Event stored, std::int64_t start_ms);
/// It is one of a series, or a series itself.
[[nodiscard]] bool repeats(const Event& event);

// meet_flow.cpp: video calls.

/// "añade meet", of the open draft or the event last talked about; nothing for other words.
[[nodiscard]] migue::Task<std::optional<Reply>> take_meet(Scene& scene, std::string_view text);
/// Asks the calendar for a link and tells it, or that it is still to come.
[[nodiscard]] migue::Task<Reply> add_meet(Scene& scene, std::string event);

// agenda_flow.cpp: looking.

[[nodiscard]] migue::Task<Reply> show_agenda(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> find_slot(Scene& scene, std::string_view text);
/// Free hours for an open draft whose person does not know when.
[[nodiscard]] migue::Task<Reply> offer_free_hours(Scene& scene, const Open& open);
[[nodiscard]] migue::Task<Reply> show_feed(Scene& scene, std::string_view text);

// link_flow.cpp: a calendar outside.

/// "conecta mi calendario", "qué cuenta tengo", "desconecta trabajo".
[[nodiscard]] migue::Task<Reply> show_account(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> offer_link(Scene& scene, std::string text,
                                            OAuthClient::Wish wish = OAuthClient::Wish::kOwnCalendar);
/// The code from the page after Google's consent; nothing when none is waited for.
[[nodiscard]] migue::Task<std::optional<Reply>> take_code(Scene& scene, std::string code);
[[nodiscard]] migue::Task<Reply> unlink(Scene& scene, std::string account);
/// What is said instead when the calendar could not be used: it may be a link, or a promise
/// that a job keeps.
[[nodiscard]] migue::Task<Reply> answer_trouble(Scene& scene, Reply reply);

// later_flow.cpp: what a job goes on with.

/// Tries the plan again until it is done or fifteen minutes are over, and reports either way.
[[nodiscard]] migue::Task<Reply> try_later(Scene& scene, Reply reply);
/// After a booking: whether another program took the same hour, and the link of its video call.
[[nodiscard]] migue::Task<void> look_again_later(Scene& scene, const Event& event, Overlap overlap);
[[nodiscard]] migue::Task<Reply> take_job(Scene& scene);
/// Google ends grants that are not used: this uses them.
[[nodiscard]] migue::Task<void> keep_alive_later(Scene& scene, std::string account);

}  // namespace scheduling
