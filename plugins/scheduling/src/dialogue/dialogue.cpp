#include "dialogue/dialogue.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "booking/event_id.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"

namespace scheduling {

namespace {

using migue::Task;

Input read_input(std::string_view input_json) {
    Input input;
    const auto parsed = nlohmann::json::parse(input_json, nullptr, false);
    if (!parsed.is_object()) return input;
    input.kind = parsed.value("kind", "text");
    input.tap = parsed.value("tap", "");
    input.forwarded = parsed.value("forwarded", false);
    if (const auto job = parsed.find("job"); job != parsed.end() && job->is_object()) {
        input.job_key = job->value("key", "");
        if (const auto payload = job->find("payload"); payload != job->end())
            input.job_payload = payload->is_string() ? payload->get<std::string>() : payload->dump();
    }
    return input;
}

/// Who the turn is for: of a job, whoever asked for what it goes on with.
std::string person_of(const migue::Turn& turn, const Input& input) {
    const auto payload = nlohmann::json::parse(input.job_payload, nullptr, false);
    const bool named = input.kind == "job" && payload.is_object() && payload.contains("person");
    return named ? payload.value("person", "") : std::string(turn.person_id());
}

/// When calls outside must be over, so that there is time left to say what came of them.
std::uint64_t end_of_calls(const migue::Turn& turn) {
    constexpr std::uint64_t kLeftToAnswerNs = 250'000'000;
    return turn.deadline_ns() > kLeftToAnswerNs ? turn.deadline_ns() - kLeftToAnswerNs : 0;
}

Moment moment_of(const Tools& tools, const migue::Turn& turn, const Person& person) {
    Moment moment;
    moment.now_unix_ms = turn.sent_unix_ms();
    moment.zone = person.zone;
    moment.locale = turn.locale();
    moment.region = turn.region();
    moment.work_begin = tools.settings.work_begin;
    moment.work_end = tools.settings.work_end;
    return moment;
}

Task<Reply> pick_time(Scene& scene, const Open& open, const Option& chosen) {
    EventDraft draft = open.draft;
    if (!chosen.start) co_return say(scene.phrases.say("stale"));
    apply_time(draft, *chosen.start, chosen.end, chosen.day_only, chosen.all_day);
    // A whole event that was moved to another time still asks before it is written.
    co_return co_await proceed(scene, std::move(draft), open.target, open.target.empty() && !chosen.day_only);
}

/// Asks for words; what is known stays.
Reply ask_words(Scene& scene, const Open& open, std::string_view phrase) {
    Reply reply = say(scene.phrases.say(phrase));
    Open asked;
    asked.waiting = Waiting::kChange;
    asked.draft = open.draft;
    asked.target = open.target;
    asked.options.push_back(option(scene, Action::kDrop, open.target.empty() ? "drop" : "keep", "no"));
    reply.open = std::move(asked);
    return reply;
}

Reply ask_other_time(Scene& scene, const Open& open) {
    Reply reply = ask_words(scene, open, "ask_time_write");
    reply.open->waiting = Waiting::kTime;
    return reply;
}

Reply leave(Scene& scene, const Open& open) {
    const bool is_draft =
        open.target.empty() && (open.waiting == Waiting::kCard || open.waiting == Waiting::kTime ||
                                open.waiting == Waiting::kTaken || open.waiting == Waiting::kChange);
    return say(scene.phrases.say(is_draft ? "dropped" : "kept"));
}

/// What a tap and its typed twin both lead to.
Task<Reply> perform(Scene& scene, const Open& open, std::size_t index) {
    const Option& chosen = open.options[index];
    scene.before = open.before;
    switch (chosen.action) {
        case Action::kBook:
            co_return co_await commit(scene, open.draft, open.target, Overlap::kRefuse);
        case Action::kForce:
            co_return co_await commit(scene, open.draft, open.target, Overlap::kAllow);
        case Action::kChange:
            co_return ask_words(scene, open, "change_what");
        case Action::kSetEnd:
            co_return ask_words(scene, open, "end_what");
        case Action::kDrop:
            co_return leave(scene, open);
        case Action::kPick:
            co_return co_await pick_time(scene, open, chosen);
        case Action::kOtherTime:
            co_return ask_other_time(scene, open);
        case Action::kUndo:
            co_return co_await undo(scene);
        case Action::kCancel:
            co_return co_await cancel_events(scene, open, true);
        case Action::kCancelOne:
            co_return co_await cancel_events(scene, open, false);
        case Action::kChoose:
            co_return co_await list_to_choose(scene, open);
        case Action::kEvent:
            co_return co_await take_event(scene, open, chosen);
        case Action::kUnlink:
            co_return co_await unlink(scene, chosen.event_id);
    }
    co_return say(scene.phrases.say("stale"));
}

/// A card that was replaced, or has run out: nothing changes, and the present is shown.
Reply show_present(Scene& scene) {
    const Open* open = scene.state.alive(scene.now_ms);
    if (open == nullptr) return say(scene.phrases.say("stale"));
    Reply reply = say(scene.phrases.say("stale_current", {{"current", open->prompt}}));
    reply.open = *open;
    return reply;
}

Task<Reply> take_tap(Scene& scene) {
    // The undo of a card outlives the card itself only to be refused with the reason.
    if (scene.state.open) {
        const Open open = *scene.state.open;
        const auto index = tapped_option(open, scene.input.tap);
        const bool late_undo = index && open.options[*index].action == Action::kUndo;
        if (index && (scene.state.alive(scene.now_ms) != nullptr || late_undo))
            co_return co_await perform(scene, open, *index);
    }
    co_return show_present(scene);
}

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

/// The message as an answer to what is open; nothing when it is none.
Task<std::optional<Reply>> answer_open(Scene& scene, const Open& open, std::string text) {
    if (is_two_readings(scene, open, text)) {
        const std::size_t number = *Answers::bare_number(text);
        const Understanding hour = scene.understand(text + ":00", "schedule_meeting");
        if (hour.draft.has_time) co_return ask_number(scene, open, number, hour.draft);
    }
    if (const auto index = scene.answers().choose(text, open.options))
        co_return co_await perform(scene, open, *index);
    if (scene.answers().is("undo", text)) co_return co_await undo(scene);
    if (open.waiting != Waiting::kDone && scene.answers().is("no", text)) co_return leave(scene, open);
    const bool takes_edits = open.waiting != Waiting::kCancel && open.waiting != Waiting::kPick &&
                             open.waiting != Waiting::kLink &&
                             !(open.waiting == Waiting::kDone && open.target.empty());
    if (!takes_edits) co_return std::nullopt;
    const Understanding read = scene.understand(text, "reschedule_meeting");
    // What is done is changed by words that say so, or by one new thing; a whole new time is
    // another event.
    const bool whole = !read.draft.rrule.empty() || (read.draft.has_date && read.draft.has_time);
    const bool other =
        open.waiting == Waiting::kDone && whole && !scene.answers().has_word("edit_cues", text);
    const bool edits = (scene.answers().is_time_edit(text, read.times) && !other) ||
                       (!read.draft.rrule.empty() && open.waiting == Waiting::kChange);
    // Something with a name, a day and an hour of its own is no answer to "at what time?".
    const bool fills = open.waiting == Waiting::kTime && !read.times.empty() &&
                       !scene.answers().has_word("new_words", text) && !(whole && is_named(read.draft));
    if (edits || fills) co_return co_await edit_open(scene, open, read);
    if (auto name = scene.answers().added_guest(text))
        co_return co_await add_guest(scene, open, std::move(*name));
    co_return std::nullopt;
}

Task<Reply> take_intent(Scene& scene, std::string text) {
    const std::string_view intent = scene.turn.intent();
    if (scene.answers().is("undo", text)) co_return co_await undo(scene);
    if (intent == "cancel_meeting") co_return co_await cancel_by_words(scene, text);
    if (intent == "reschedule_meeting") co_return co_await move_by_words(scene, text);
    if (intent == "query_agenda") co_return co_await show_agenda(scene, text);
    if (intent == "find_slot") co_return co_await find_slot(scene, text);
    const bool links = intent == "link_account" && scene.tools.google != nullptr;
    if (links) co_return co_await show_account(scene, text);
    if (intent == "link_account") co_return co_await show_feed(scene, text);
    if (intent == "reminder") {
        const Understanding read = scene.understand(text, "reminder");
        if (!read.draft.start) co_return say(scene.phrases.say("reminder_later"), Reply::After::kKeep);
        co_return co_await start_draft(scene, text);
    }
    if (intent == "schedule_meeting") co_return co_await start_draft(scene, text);
    co_return pass_on();
}

Task<Reply> take_text(Scene& scene) {
    std::string text(scene.turn.text());
    const auto code = scene.tools.google != nullptr ? code_in(text) : std::nullopt;
    if (code) {
        auto taken = co_await take_code(scene, *code);
        if (taken) co_return std::move(*taken);
    }
    if (const Open* alive = scene.state.alive(scene.now_ms); alive != nullptr) {
        const Open open = *alive;
        auto answer = co_await answer_open(scene, open, text);
        if (answer) co_return std::move(*answer);
    }
    // Not an answer: the host routes it again, and it comes back with its intent if it is ours.
    if (scene.turn.answers_open_question()) co_return pass_on();
    co_return co_await take_intent(scene, std::move(text));
}

}  // namespace

Task<migue::TurnEnd> take_turn(const Tools& tools, migue::Turn& turn) {
    Input input = read_input(turn.input_json());
    const std::string person_id = person_of(turn, input);
    auto person = co_await tools.people.load(person_id);
    if (!person) co_return std::move(person).error();
    if (!is_zone(person->zone)) person->zone = tools.settings.zone;
    auto event_id = event_id_for(tools.services.vault, person_id, turn.message_id());
    if (!event_id) co_return std::move(event_id).error();
    State state = read_state(turn.state_json());
    if (!turn.locale().empty()) state.locale = turn.locale();
    const std::string locale = state.locale;
    Audit audit(tools.services, person_id, std::string(turn.message_id()), turn.attempt());
    Scene scene{turn,
                tools,
                tools.book.of(locale),
                std::move(*person),
                std::move(state),
                std::move(input),
                Moment{},
                tools.services.clock.unix_ms(),
                Booking(tools.calendar, audit, Caller(person_id, end_of_calls(turn))),
                event_id->substr(0, 10),
                *event_id};
    scene.moment = moment_of(tools, turn, scene.person);
    const bool words = scene.input.kind == "text" && !turn.text().empty();
    // Statements, not one conditional: GCC 12 destroys the result of a co_await in it twice.
    Reply reply;
    if (scene.input.kind == "job" && tools.google != nullptr)
        reply = co_await take_job(scene);
    else if (scene.input.kind == "tap")
        reply = co_await take_tap(scene);
    else if (words)
        reply = co_await take_text(scene);
    else
        reply = pass_on();
    if (tools.google != nullptr && !reply.pass && !reply.silent)
        reply = co_await answer_trouble(scene, std::move(reply));
    co_return finish(scene, std::move(reply));
}

}  // namespace scheduling
