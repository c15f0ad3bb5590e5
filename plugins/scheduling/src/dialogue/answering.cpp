#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "calendar/zone_time.hpp"
#include "dialogue/calendars.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/draft_checks.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/pair_flow.hpp"
#include "dialogue/steps.hpp"
#include "dialogue/wishes.hpp"

namespace scheduling {

namespace {

using migue::Task;

/// "2" to a question for an hour: the second choice, or two o'clock? Only where no numbers
/// were shown.
bool is_two_readings(const Scene& scene, const Open& open, std::string_view text) {
    const auto number = Answers::bare_number(text);
    const bool asks_hour = open.waiting == Waiting::kTime || open.waiting == Waiting::kTaken;
    const auto channel = nlohmann::json::parse(scene.turn.channel_json(), nullptr, false);
    const bool draws = channel.is_object() && channel.value("buttons", 0) > 0;
    return number && asks_hour && draws && *number <= open.options.size() &&
           open.options[*number - 1].action == Action::kPick && open.waiting == Waiting::kTime;
}

bool is_named(const EventDraft& draft) {
    return !draft.title.empty() &&
           std::find(draft.inferred.begin(), draft.inferred.end(), "title") == draft.inferred.end();
}

/// Marks and emoji alone: "?" asks again what was asked, a thumb up is a yes.
bool is_wordless(std::string_view text) {
    return fold(text).empty();
}

bool is_thumb_up(std::string_view text) {
    return text.find("👍") != std::string_view::npos || text.find("👌") != std::string_view::npos ||
           text.find("✅") != std::string_view::npos;
}

bool is_thumb_down(std::string_view text) {
    return text.find("👎") != std::string_view::npos || text.find("❌") != std::string_view::npos ||
           text.find("🚫") != std::string_view::npos;
}

std::optional<std::size_t> option_with_role(const Open& open, std::string_view role) {
    for (std::size_t i = 0; i < open.options.size(); ++i)
        if (open.options[i].role == role) return i;
    return std::nullopt;
}

bool takes_edits(const Open& open) {
    return open.waiting != Waiting::kCancel && open.waiting != Waiting::kPick &&
           open.waiting != Waiting::kLink && open.waiting != Waiting::kGuest &&
           open.waiting != Waiting::kCalendar && !(open.waiting == Waiting::kDone && open.target.empty());
}

/// The event that was just booked, when it is refused afterwards: "olvídalo".
Task<std::optional<Reply>> refuse_done(Scene& scene, const Open& open) {
    std::optional<Reply> reply;
    if (open.target.empty()) co_return say(scene.phrases.say("kept"), Reply::After::kKeep);
    auto event = co_await scene.booking.get(open.target);
    if (!event || !event->has_value() || (*event)->cancelled) co_return reply;
    reply = cancel_card(scene, **event);
    co_return reply;
}

/// A word or two about an event of the list: "la de Laura", "the 3pm one".
Task<std::optional<Reply>> pick_by_words(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.answers().is("both", text) && open.purpose == Purpose::kCancel) {
        reply = co_await cancel_listed(scene, open);
        co_return reply;
    }
    const auto index = co_await row_named(scene, open, text);
    if (index) reply = co_await choose(scene, open, *index);
    co_return reply;
}

bool is_done(const Open& open) {
    return open.waiting == Waiting::kDone || open.waiting == Waiting::kReminder;
}

/// A move that a message may be on what is open; nothing when it is another.
using Move = Task<std::optional<Reply>> (*)(Scene& scene, const Open& open, const std::string& text);

Task<std::optional<Reply>> agree_by_thumb(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (is_thumb_down(text) && is_wordless(text) && !is_done(open)) co_return leave(scene, open);
    if (!is_thumb_up(text) || !is_wordless(text)) co_return reply;
    auto agreed = option_with_role(open, "going");
    if (!agreed) agreed = option_with_role(open, "yes");
    if (agreed)
        reply = co_await choose(scene, open, *agreed);
    else if (is_done(open))
        reply = say(scene.phrases.say("ack"), Reply::After::kKeep);
    co_return reply;
}

Task<std::optional<Reply>> ask_again(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (is_wordless(text) && !is_done(open)) reply = repeat_open(scene, open);
    co_return reply;
}

Task<std::optional<Reply>> settle_number(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (!is_two_readings(scene, open, text)) co_return reply;
    const Understanding hour = scene.understand(text + ":00", "schedule_meeting");
    const std::size_t number = *Answers::bare_number(text);
    EventDraft by_hour = open.draft;
    if (hour.draft.has_time) apply_edit(by_hour, hour.draft);
    // The second choice is two o'clock: both readings are one.
    if (by_hour.start == open.options[number - 1].start)
        reply = co_await choose(scene, open, number - 1);
    else if (hour.draft.has_time)
        reply = ask_number(scene, open, number, hour.draft);
    co_return reply;
}

/// "el 30", "the 30th", "17h": a number, and words that lead to it.
std::optional<std::string> lone_number(const Answers& answers, std::string_view text) {
    std::optional<std::string> number;
    for (const std::string& word : words_of(fold(text))) {
        const std::size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
        if (digits == 0 && answers.is("day_leads", word)) continue;
        constexpr std::size_t kMostDigits = 2, kLongestEnding = 2;
        if (digits == 0 || digits > kMostDigits || word.size() > digits + kLongestEnding || number)
            return std::nullopt;
        number = word.substr(0, digits);
    }
    return number;
}

/// "el 30" behind "el 31 de abril does not exist" is the 30th of April: the other words stand.
Task<std::optional<Reply>> correct_number(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (open.waiting != Waiting::kTime || !open.said.starts_with(kImpossible)) co_return reply;
    const auto number = lone_number(scene.answers(), text);
    std::string said = open.said.substr(kImpossible.size());
    const std::size_t begin = said.find_first_of("0123456789");
    if (!number || begin == std::string::npos) co_return reply;
    const std::size_t end = std::min(said.find_first_not_of("0123456789", begin), said.size());
    said.replace(begin, end - begin, *number);
    const Understanding read = scene.understand(said, "schedule_meeting");
    const bool exists = !read.times.empty() && (read.draft.has_date || read.draft.has_time) &&
                        !(read.question && read.question->kind == "impossible");
    if (exists) reply = co_await edit_open(scene, open, read);
    co_return reply;
}

/// "segunda" to "que dia?" is Monday, "a segunda" the second one.
bool is_weekday_asked(const Scene& scene, const Open& open, std::string_view text) {
    return open.waiting == Waiting::kTime && !open.draft.has_date && scene.state.locale.starts_with("pt") &&
           scene.answers().is("pt_weekdays", text);
}

/// "30" to "today the 23rd or Monday the 30th?"
std::optional<std::size_t> day_by_number(const Open& open, std::string_view text) {
    const auto number = Answers::bare_number(text);
    if (!number || open.said != kTheseDays) return std::nullopt;
    for (std::size_t i = 0; i < open.options.size(); ++i) {
        if (!open.options[i].start) continue;
        const date::year_month_day day(day_of(*open.options[i].start));
        if (static_cast<unsigned>(day.day()) == *number) return i;
    }
    return std::nullopt;
}

/// "wednesday" to "Tuesday, December 1, or Wednesday, December 2?": the one of that name, where only one is.
std::optional<std::size_t> day_by_name(const Scene& scene, const Open& open, std::string_view text) {
    if (open.said != kTheseDays) return std::nullopt;
    const Understanding read = scene.understand(text, "schedule_meeting");
    const auto named = read.times.size() == 1 ? day_in(read.times.front().start) : std::nullopt;
    if (!named || !is_weekday_name(scene, read.times.front()) ||
        !scene.answers().is_time_edit(text, read.times))
        return std::nullopt;
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < open.options.size(); ++i) {
        const auto& start = open.options[i].start;
        if (!start || date::weekday(day_of(*start)) != date::weekday(*named)) continue;
        if (found) return std::nullopt;
        found = i;
    }
    return found;
}

Task<std::optional<Reply>> choose_by_words(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (const auto of_pair = option_of_pair(scene, open, text))
        reply = co_await choose_of_pair(scene, open, *of_pair);
    else if (const auto of_month = day_by_number(open, text))
        reply = co_await choose(scene, open, *of_month);
    else if (const auto of_week = day_by_name(scene, open, text))
        reply = co_await choose(scene, open, *of_week);
    else if (is_weekday_asked(scene, open, text))
        co_return reply;
    else if (const auto index = scene.answers().choose(text, open.options))
        reply = co_await choose(scene, open, *index);
    else if (scene.answers().is_made_of("undo", "no_fillers", text))
        reply = co_await undo(scene);
    co_return reply;
}

Task<std::optional<Reply>> refuse(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    // "quinta depois das 3" is not "later".
    const bool drops =
        scene.intent == "never_mind" && scene.understand(text, "reschedule_meeting").times.empty();
    const Answers& answers = scene.answers();
    if (!answers.is("no", text) && !answers.is_made_of("no", "no_fillers", text) && !drops) co_return reply;
    // What was answered since is refused, not what was done before it.
    if (is_done(open) && scene.state.spoke_ms > open.at_ms)
        reply = say(scene.phrases.say("kept"), Reply::After::kKeep);
    else if (is_done(open))
        reply = co_await refuse_done(scene, open);
    else
        reply = leave(scene, open);
    co_return reply;
}

Task<std::optional<Reply>> acknowledge(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    const Answers& answers = scene.answers();
    if (is_done(open) &&
        (answers.is("acknowledged", text) || answers.is_made_of("acknowledged", "yes_fillers", text)))
        reply = say(scene.phrases.say("ack"), Reply::After::kKeep);
    co_return reply;
}

Task<std::optional<Reply>> fill_or_change(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (is_wordless(text)) co_return reply;
    if (open.waiting == Waiting::kGuest) reply = co_await answer_guest(scene, open, text);
    if (open.waiting == Waiting::kPick) reply = co_await pick_by_words(scene, open, text);
    if (!takes_edits(open)) {
        bool is_other = false;
        if (!reply) reply = co_await edit_by_words(scene, open, text, is_other);
        co_return reply;
    }
    if (open.waiting == Waiting::kTime && scene.answers().is("dont_know", text))
        reply = co_await offer_free_hours(scene, open);
    else
        reply = co_await change_open(scene, open, text);
    co_return reply;
}

/// A yes, an "ok" or a shrug that chose nothing: what is open is asked again.
Task<std::optional<Reply>> ask_after_shrug(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (is_done(open) || !takes_edits(open)) co_return reply;
    const Answers& answers = scene.answers();
    if (answers.is("yes", text) || answers.is("acknowledged", text) || answers.is("dont_know", text))
        reply = repeat_open(scene, open);
    co_return reply;
}

/// "cierro el miércoles" says something else than the day that was asked for: it is asked again.
Task<std::optional<Reply>> ask_after_aside(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    const bool asks = open.waiting == Waiting::kTime && open.target.empty() && !scene.input.forwarded;
    if (!asks || text.find('?') != std::string::npos) co_return reply;
    if (scene.answers().has_word("new_words", text)) co_return reply;
    const Understanding read = scene.understand(text, "reschedule_meeting");
    if (is_own_sentence(scene, text, read)) reply = repeat_open(scene, open);
    co_return reply;
}

/// A day or an hour and nothing else, whatever verb it resembles: "quinta depois das 15h" takes nothing away.
bool is_only_time(const Scene& scene, std::string_view text) {
    const Understanding read = scene.understand(text, "schedule_meeting");
    return !read.times.empty() && scene.answers().is_time_edit(text, read.times);
}

Task<std::optional<Reply>> settle(Scene& scene, const Open& open, const std::string& text) {
    std::optional<Reply> reply;
    if (is_only_time(scene, text)) co_return reply;
    reply = co_await settle_by_words(scene, open, text);
    co_return reply;
}

/// In the order in which people mean them.
constexpr Move kMoves[] = {agree_by_thumb, ask_again,       keep_hour,          correct_number,
                           settle_number,  settle,          choose_by_words,    refuse,
                           acknowledge,    name_draft,      leave_out_of_draft, begin_another,
                           fill_or_change, ask_after_shrug, ask_after_aside};

/// "06:00:00".
std::optional<std::chrono::minutes> time_in(std::string_view written) {
    int hours = 0, minutes = 0;
    if (written.size() < 5 || written[2] != ':') return std::nullopt;
    const auto first = std::from_chars(written.data(), written.data() + 2, hours);
    const auto second = std::from_chars(written.data() + 3, written.data() + 5, minutes);
    if (first.ec != std::errc() || second.ec != std::errc()) return std::nullopt;
    return std::chrono::minutes(60 * hours + minutes);
}

/// "de manhã", "el jueves o el viernes", and nothing else, to a question for a time: a part of the day, which
/// says no hour, or two days.
std::optional<Understanding> part_or_days(const Scene& scene, const Open& open, std::string_view text) {
    if (open.waiting != Waiting::kTime) return std::nullopt;
    // Of a change two days would be the one before and the one after it.
    Understanding read = scene.understand(text, "schedule_meeting");
    const auto left = scene.answers().left_over(text, read.times, "joins_days");
    if (read.times.empty() || read.draft.has_time || !left.empty()) return std::nullopt;
    if (read.times.size() > 1 && read.question && read.question->kind == "ambiguous_date") return read;
    if (read.times.size() != 1 || read.times.front().type != "timerange") return std::nullopt;
    const auto begin = time_in(read.times.front().start), end = time_in(read.times.front().end);
    if (!begin || !end || *end <= *begin) return std::nullopt;
    read.draft.part_begin = begin;
    read.draft.part_end = end;
    return read;
}

}  // namespace

Reply repeat_open(const Scene& scene, const Open& open) {
    const bool asks_words = open.waiting == Waiting::kChange;
    Reply reply = say(asks_words ? open.prompt : scene.phrases.say("still_open", {{"current", open.prompt}}));
    reply.open = open;
    return reply;
}

Task<std::optional<Reply>> change_by_words(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    const Answers& answers = scene.answers();
    reply = co_await change_calendar(scene, open, text);
    if (reply) co_return reply;
    const bool ends =
        open.waiting == Waiting::kChange || says_open_end(scene.understand(text, "reschedule_meeting"));
    if (ends && !open.draft.rrule.empty()) {
        reply = co_await end_series(scene, open, text);
        if (reply) co_return reply;
    }
    bool is_other = false;
    if (const auto answer = part_or_days(scene, open, text))
        co_return co_await edit_open(scene, open, *answer);
    reply = co_await edit_by_words(scene, open, text, is_other);
    if (reply || is_other) co_return reply;
    const Understanding read = scene.answers().has_word("edit_cues", text)
                                   ? read_new_time(scene, text)
                                   : scene.understand(text, "reschedule_meeting");
    // What is done is changed by words that say so, or by one new thing; a whole new time is
    // another event.
    const bool whole = !read.draft.rrule.empty() || (read.draft.has_date && read.draft.has_time);
    const bool other = open.waiting == Waiting::kDone && whole && !answers.has_word("edit_cues", text);
    const bool edits = (answers.is_time_edit(text, read.times) && !other) ||
                       (!read.draft.rrule.empty() && open.waiting == Waiting::kChange);
    // Something with a name, a day and an hour of its own is no answer to "at what time?".
    const bool fills = open.waiting == Waiting::kTime && !read.times.empty() &&
                       !answers.has_word("new_words", text) && !(whole && is_named(read.draft)) &&
                       !is_own_sentence(scene, text, read);
    // Behind a reminder people also say why: "llego tarde, pásala a las 4".
    const bool asks_move = open.waiting == Waiting::kReminder && !read.times.empty() &&
                           (answers.has_word("edit_cues", text) || answers.has_word("move_words", text)) &&
                           !answers.has_word("new_words", text);
    if (edits || fills || asks_move) {
        reply = co_await edit_open(scene, open, read);
        co_return reply;
    }
    if (auto title = answers.after_lead("title_words", text))
        reply = co_await rename(scene, open, std::move(*title));
    co_return reply;
}

Task<std::optional<Reply>> change_open(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    if (!takes_edits(open)) co_return reply;
    reply = co_await change_by_words(scene, open, text);
    // Only what looks like a time that was not understood: the rest is somebody else's to answer,
    // and needs what the turn has left.
    const bool has_number = text.find_first_of("0123456789") != std::string_view::npos;
    const bool asks_time = open.waiting == Waiting::kTime || open.waiting == Waiting::kChange;
    const bool may_be_time = (asks_time && has_number) || scene.answers().has_word("edit_cues", text);
    if (reply || !may_be_time) co_return reply;
    auto said = co_await find_new_time(scene, text);
    if (!said) co_return reply;
    Open marked = open;
    marked.draft.show_first = true;
    reply = co_await edit_open(scene, marked, *said);
    co_return reply;
}

Task<std::optional<Reply>> answer_open(Scene& scene, const Open& open, std::string text) {
    std::optional<Reply> reply;
    for (const Move move : kMoves) {
        reply = co_await move(scene, open, text);
        if (reply) break;
    }
    co_return reply;
}

}  // namespace scheduling
