#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// What people say beside booking: reminders, the morning's agenda, where they are, their data,
/// a person instead of a program, no more messages.
namespace scheduling {

// aside.cpp

/// A message that is about one of these whatever else is open; nothing when it is not.
[[nodiscard]] migue::Task<std::optional<Reply>> take_aside(Scene& scene, std::string_view text);

// reminder_times.cpp

/// When the person will be told of this event with its `reminder_minutes`, and how, in words.
[[nodiscard]] std::string reminder_note(const Scene& scene, const Event& event);
/// The chat reminds of it; else the calendar has to.
[[nodiscard]] bool reminds_itself(const Scene& scene, const Event& event);

// reminder_flow.cpp

/// Keeps the reminder that was asked for with a booking; says so in the reply when it cannot.
[[nodiscard]] migue::Task<void> remind_of_booking(Scene& scene, Event event, std::chrono::minutes before,
                                                  Reply& reply);
/// "recuérdame …", of an event that is there or of something new.
[[nodiscard]] migue::Task<Reply> remind_of_words(Scene& scene, std::string_view text);
/// "una hora antes", "quita el aviso", "¿qué avisos tengo?"; nothing when it is none of these.
[[nodiscard]] migue::Task<std::optional<Reply>> change_reminders(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> take_remind(Scene& scene, const Open& open, const Option& chosen);
[[nodiscard]] Reply ask_how_long(Scene& scene, const Open& open);
[[nodiscard]] migue::Task<Reply> remove_reminder(Scene& scene, std::string event);
[[nodiscard]] Reply will_be_there(Scene& scene, const Open& open);
/// Writing first is agreed to by asking for it.
[[nodiscard]] migue::Task<void> keep_consent(Scene& scene, std::string subject);

// reminder_job.cpp

/// Reminders go with what this turn did to their events.
[[nodiscard]] migue::Task<void> follow_events(Scene& scene);
/// A reminder's job: looks the event up again, and says it, waits on, or says nothing.
[[nodiscard]] migue::Task<Reply> take_reminder(Scene& scene, nlohmann::json payload);
/// A reminder that was asked to come once more.
[[nodiscard]] migue::Task<Reply> take_snoozed(Scene& scene, nlohmann::json payload);

// digest_flow.cpp

[[nodiscard]] migue::Task<Reply> start_digest(Scene& scene, std::string_view text);
[[nodiscard]] migue::Task<Reply> stop_digest(Scene& scene);
[[nodiscard]] migue::Task<Reply> take_digest(Scene& scene);

// travel_flow.cpp

/// The person's zone becomes the one of where they are now.
void be_where_they_are(Scene& scene);
/// "estoy en Madrid hasta el viernes", "voltei"; nothing when no place is named that is known.
[[nodiscard]] migue::Task<std::optional<Reply>> take_whereabouts(Scene& scene, std::string_view text);
/// A draft's time at home, for a card of somebody who is away: " En Bogotá: …", or "".
[[nodiscard]] std::string home_note(const Scene& scene, const EventDraft& draft);

// small_asks.cpp

/// What people ask beside: contacts by words, who sees what, the time somewhere; nothing when it
/// is none of these.
[[nodiscard]] migue::Task<std::optional<Reply>> take_small_ask(Scene& scene, std::string_view text);
/// Anger gets an apology, and what can still be undone; nothing when it is none.
[[nodiscard]] migue::Task<std::optional<Reply>> take_complaint(Scene& scene, std::string_view text);
/// The link of a video call, to words that ask for one.
[[nodiscard]] migue::Task<Reply> show_video_link(Scene& scene);
/// What somebody who fixed the language is told instead of what another plugin would say in the
/// message's own; nothing when it is not needed.
[[nodiscard]] std::optional<Reply> say_in_fixed_language(const Scene& scene);

// handoff_flow.cpp

[[nodiscard]] migue::Task<Reply> hand_over(Scene& scene);
/// The answer while somebody else has the chat: none, until the bot is called; nothing when
/// nobody has it.
[[nodiscard]] migue::Task<std::optional<Reply>> answer_while_paused(Scene& scene);
[[nodiscard]] Reply handed_back(Scene& scene);

// privacy_flow.cpp

[[nodiscard]] migue::Task<Reply> offer_export(Scene& scene);
[[nodiscard]] migue::Task<Reply> ask_erase(Scene& scene);
[[nodiscard]] migue::Task<Reply> erase_all(Scene& scene);

}  // namespace scheduling
