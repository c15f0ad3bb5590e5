#include "dialogue/dialogue.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "booking/event_id.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/event_search.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/voice_flow.hpp"

namespace scheduling {

namespace {

using migue::Task;

/// Of an event's id: enough to tell cards of one conversation apart.
constexpr std::size_t kCardName = 10;

void read_contacts(const nlohmann::json& parsed, Input& input) {
    const auto cards = parsed.find("contacts");
    if (cards == parsed.end() || !cards->is_array()) return;
    for (const auto& card : *cards) {
        Guest guest{card.value("name", ""), ""};
        const auto mails = card.find("emails");
        if (mails != card.end() && mails->is_array() && !mails->empty() && mails->front().is_string())
            guest.mail = mails->front().get<std::string>();
        input.contacts.push_back(std::move(guest));
    }
}

void read_second_wish(const nlohmann::json& parsed, std::string_view text, Input& input) {
    const auto wish = parsed.find("second_wish");
    if (wish == parsed.end() || !wish->is_object()) return;
    const auto begin = wish->value("begin", std::size_t{0}), end = wish->value("end", std::size_t{0});
    if (begin >= end || end > text.size()) return;
    input.second_intent = wish->value("intent", "");
    input.second_text = std::string(text.substr(begin, end - begin));
}

Input read_input(std::string_view input_json, std::string_view text) {
    Input input;
    const auto parsed = nlohmann::json::parse(input_json, nullptr, false);
    if (!parsed.is_object()) return input;
    input.kind = parsed.value("kind", "text");
    input.tap = parsed.value("tap", "");
    input.forwarded = parsed.value("forwarded", false);
    input.quoted_message = parsed.value("quoted_message", "");
    read_contacts(parsed, input);
    read_second_wish(parsed, text, input);
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
    scene.picked_slot = true;
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
            co_return co_await cancel_events(scene, open, Reach::kSeries);
        case Action::kCancelOne:
            co_return co_await cancel_events(scene, open, Reach::kOccurrence);
        case Action::kChoose:
            co_return co_await list_to_choose(scene, open);
        case Action::kEvent:
            co_return co_await take_event(scene, open, chosen);
        case Action::kCancelLater:
            co_return co_await cancel_events(scene, open, Reach::kLater);
        case Action::kRemind:
        case Action::kRemindWhen:
            co_return co_await take_remind(scene, open, chosen);
        case Action::kUnremind:
            co_return co_await remove_reminder(scene,
                                               chosen.event_id.empty() ? open.target : chosen.event_id);
        case Action::kGoing:
            co_return will_be_there(scene, open);
        case Action::kErase:
            co_return co_await erase_all(scene);
        case Action::kUnlink:
            co_return co_await unlink(scene, chosen.event_id);
        case Action::kShowGuests:
            co_return guest_list_card(scene, open);
        case Action::kGuest:
            co_return co_await take_guest(scene, open, chosen.event_id);
        case Action::kNoGuest:
            co_return co_await leave_guest_out(scene, open);
        case Action::kKeepContact: {
            Guest contact{name_of(scene, chosen.event_id), chosen.event_id};
            co_return co_await keep_contact(scene, std::move(contact));
        }
        case Action::kForgetContact: {
            Guest contact{chosen.label, chosen.event_id};
            co_return co_await forget_contact(scene, std::move(contact));
        }
        case Action::kRetry:
            co_return co_await proceed(scene, open.draft, open.target, true);
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
    if (const Open* reminder = scene.state.alive_reminder(scene.now_ms); reminder != nullptr) {
        const Open open = *reminder;
        if (const auto index = tapped_option(open, scene.input.tap))
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

/// What is open, again: the message said nothing about it.
Reply repeat_open(const Scene& scene, const Open& open) {
    Reply reply = say(scene.phrases.say("still_open", {{"current", open.prompt}}));
    reply.open = open;
    return reply;
}

/// Marks and emoji alone: "?" asks again what was asked, a thumb up is a yes.
bool is_wordless(std::string_view text) {
    return fold(text).empty();
}
bool is_thumb_up(std::string_view text) {
    return text.find("👍") != std::string_view::npos || text.find("👌") != std::string_view::npos ||
           text.find("✅") != std::string_view::npos;
}

std::optional<std::size_t> option_with_role(const Open& open, std::string_view role) {
    for (std::size_t i = 0; i < open.options.size(); ++i)
        if (open.options[i].role == role) return i;
    return std::nullopt;
}

bool takes_edits(const Open& open) {
    return open.waiting != Waiting::kCancel && open.waiting != Waiting::kPick &&
           open.waiting != Waiting::kLink && open.waiting != Waiting::kGuest &&
           !(open.waiting == Waiting::kDone && open.target.empty());
}

/// The event that was just booked, when it is refused afterwards: "olvídalo".
Task<std::optional<Reply>> refuse_done(Scene& scene, const Open& open) {
    std::optional<Reply> reply;
    if (open.target.empty()) co_return reply;
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
    if (index) reply = co_await perform(scene, open, *index);
    co_return reply;
}

/// Words that change the draft or the event on the card.
Task<std::optional<Reply>> take_edit(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    const Answers& answers = scene.answers();
    if (open.waiting == Waiting::kChange && !open.draft.rrule.empty()) {
        reply = co_await end_series(scene, open, text);
        if (reply) co_return reply;
    }
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
                       !answers.has_word("new_words", text) && !(whole && is_named(read.draft));
    if (auto name = answers.added_guest(text); name && read.times.empty()) {
        reply = co_await add_guest(scene, open, std::move(*name));
        co_return reply;
    }
    const bool adds = !read.times.empty() && !answers.has_word("new_words", text) &&
                      answers.has_phrase("guest_words", text);
    // Behind a reminder people also say why: "llego tarde, pásala a las 4".
    const bool asks_move = open.waiting == Waiting::kReminder && !read.times.empty() &&
                           (answers.has_word("edit_cues", text) || answers.has_word("move_words", text)) &&
                           !answers.has_word("new_words", text);
    if (edits || fills || asks_move || (adds && !other)) {
        reply = co_await edit_open(scene, open, read);
        co_return reply;
    }
    if (auto title = answers.after_lead("title_words", text))
        reply = co_await rename(scene, open, std::move(*title));
    co_return reply;
}

/// The message as an answer to what is open; nothing when it is none.
Task<std::optional<Reply>> answer_open(Scene& scene, const Open& open, std::string text) {
    const Answers& answers = scene.answers();
    const bool done = open.waiting == Waiting::kDone || open.waiting == Waiting::kReminder;
    std::optional<Reply> reply;
    if (is_thumb_up(text) && is_wordless(text)) {
        if (const auto going = option_with_role(open, "going"))
            co_return co_await perform(scene, open, *going);
        if (const auto yes = option_with_role(open, "yes")) co_return co_await perform(scene, open, *yes);
        if (done) co_return say(scene.phrases.say("ack"), Reply::After::kKeep);
    }
    if (is_wordless(text)) {
        if (done) co_return reply;
        co_return repeat_open(scene, open);
    }
    if (is_two_readings(scene, open, text)) {
        const std::size_t number = *Answers::bare_number(text);
        const Understanding hour = scene.understand(text + ":00", "schedule_meeting");
        if (hour.draft.has_time) co_return ask_number(scene, open, number, hour.draft);
    }
    if (const auto index = answers.choose(text, open.options))
        co_return co_await perform(scene, open, *index);
    if (answers.is("undo", text)) co_return co_await undo(scene);
    if (answers.is("no", text) || scene.intent == "never_mind") {
        if (!done) co_return leave(scene, open);
        co_return co_await refuse_done(scene, open);
    }
    if (done && answers.is("acknowledged", text))
        co_return say(scene.phrases.say("ack"), Reply::After::kKeep);
    if (open.waiting == Waiting::kGuest) co_return co_await answer_guest(scene, open, text);
    if (open.waiting == Waiting::kPick) co_return co_await pick_by_words(scene, open, text);
    if (!takes_edits(open)) co_return reply;
    if (open.waiting == Waiting::kTime && answers.is("dont_know", text))
        co_return co_await offer_free_hours(scene, open);
    reply = co_await edit_by_words(scene, open, text);
    if (reply) co_return reply;
    // A yes, an "ok" or a shrug that chose nothing: what is open is asked again.
    const bool empty =
        answers.is("yes", text) || answers.is("acknowledged", text) || answers.is("dont_know", text);
    if (empty && !done) reply = repeat_open(scene, open);
    co_return reply;
}

Task<Reply> take_intent(Scene& scene, std::string text) {
    const std::string& intent = scene.intent;
    if (scene.answers().is("undo", text)) co_return co_await undo(scene);
    if (intent == "cancel_meeting") co_return co_await cancel_by_words(scene, text);
    if (intent == "reschedule_meeting") co_return co_await move_by_words(scene, text);
    if (intent == "query_agenda") co_return co_await show_agenda(scene, text);
    if (intent == "find_slot") co_return co_await find_slot(scene, text);
    const bool links = intent == "link_account" && scene.tools.google != nullptr;
    if (links) co_return co_await show_account(scene, text);
    if (intent == "link_account") co_return co_await show_feed(scene, text);
    if (intent == "reminder") co_return co_await remind_of_words(scene, text);
    // "estoy en la oficina, agenda …": the words that led here were not what it is about.
    const bool by_words = intent == "travel" || intent == "digest";
    if (by_words) {
        const Understanding read = scene.understand(text, "schedule_meeting");
        if (read.draft.has_date || read.draft.has_time) co_return co_await start_draft(scene, text);
    }
    if (intent == "schedule_meeting") co_return co_await start_draft(scene, text);
    if (intent == "never_mind") co_return say(scene.phrases.say("nothing_open"));
    co_return pass_on();
}

/// The card and the last reminder, the newer one first.
std::vector<Open> open_things(const Scene& scene) {
    std::vector<Open> open;
    if (const Open* card = scene.state.alive(scene.now_ms); card != nullptr) open.push_back(*card);
    if (const Open* reminder = scene.state.alive_reminder(scene.now_ms); reminder != nullptr)
        open.push_back(*reminder);
    if (open.size() == 2 && open[0].at_ms < open[1].at_ms) std::swap(open[0], open[1]);
    return open;
}

/// "habla en español": the language stays until another is asked for.
std::optional<Reply> fix_language(Scene& scene, std::string_view text) {
    for (const char* language : {"es", "en", "pt"}) {
        if (!scene.answers().is("speak_" + std::string(language), text)) continue;
        scene.state.fixed_locale = language;
        return say(scene.tools.book.of(language).say("language_fixed"), Reply::After::kKeep);
    }
    return std::nullopt;
}

/// A quoted message of ours picks the event it was about.
void take_quotation(Scene& scene) {
    if (scene.input.quoted_message.empty()) return;
    auto id = event_id_for(scene.tools.services.vault, scene.person.id, scene.input.quoted_message);
    if (!id) return;
    const std::string card = id->substr(0, kCardName);
    for (const ShownEvent& one : scene.state.shown)
        if (one.card == card) scene.state.last_event = one.event_id;
    // What is open stays in force only when it is what was quoted.
    if (scene.state.open && scene.state.open->card != card) scene.state.open.reset();
}

/// Words that only change a time, about the event that was quoted.
Task<std::optional<Reply>> answer_quoted(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.input.quoted_message.empty() || scene.state.last_event.empty()) co_return reply;
    auto event = co_await scene.booking.get(scene.state.last_event);
    if (!event || !event->has_value() || (*event)->cancelled) co_return reply;
    Open about;
    about.waiting = Waiting::kDone;
    about.target = (*event)->id;
    about.draft = to_draft(**event);
    reply = co_await take_edit(scene, about, text);
    co_return reply;
}

/// "agenda dentista mañana a las 3 y recuérdame una hora antes": the reminder is the event's. One
/// of something else is found by the reading itself.
bool is_one_wish(std::string_view first, std::string_view second) {
    return (first == "schedule_meeting" && second == "reminder") ||
           (first == "reminder" && second == "schedule_meeting");
}

Task<Reply> take_text(Scene& scene) {
    std::string text(scene.turn.text());
    auto aside = co_await take_aside(scene, text);
    if (aside) co_return std::move(*aside);
    const auto code = scene.tools.google != nullptr ? code_in(text) : std::nullopt;
    if (code) {
        auto taken = co_await take_code(scene, *code);
        if (taken) co_return std::move(*taken);
    }
    if (auto fixed = fix_language(scene, text)) co_return std::move(*fixed);
    if (auto name = scene.answers().after_lead("forget_words", text);
        name && !named(scene.book, *name).empty())
        co_return co_await forget_contact(scene, std::move(*name));
    take_quotation(scene);
    for (const Open& open : open_things(scene)) {
        auto answer = co_await answer_open(scene, open, text);
        if (answer) co_return std::move(*answer);
    }
    auto about_quoted = co_await answer_quoted(scene, text);
    if (about_quoted) co_return std::move(*about_quoted);
    // Not an answer: the host routes it again, and it comes back with its intent if it is ours.
    if (scene.turn.answers_open_question()) co_return pass_on();
    if (!is_one_wish(scene.intent, scene.input.second_intent)) scene.left_out = scene.input.second_text;
    co_return co_await take_intent(scene, std::move(text));
}

/// What was not done is said, once, behind what was.
void tell_left_out(Scene& scene, Reply& reply) {
    if (scene.left_out.empty() || reply.pass || reply.silent) return;
    const bool did = !reply.open || reply.open->waiting == Waiting::kDone;
    reply.text +=
        "\n" + scene.phrases.say(did ? "left_out" : "left_out_first", {{"said", shown(scene.left_out)}});
}

/// Those whose address is known: the contact book, and who is on the open card.
void know_guests(Scene& scene, std::vector<Guest> book) {
    scene.book = std::move(book);
    if (scene.state.open) scene.guests = scene.state.open->guests;
    for (const Guest& guest : scene.book)
        if (name_of(scene, guest.mail) == guest.mail) scene.guests.push_back(guest);
}

/// The language of the answer: the one that was asked for, else the message's.
std::string language_of(const migue::Turn& turn, const State& state, bool has_no_language) {
    if (!state.fixed_locale.empty()) return state.fixed_locale;
    // It speaks as the conversation did last.
    if (has_no_language && !state.locale.empty()) return state.locale;
    return turn.locale().empty() ? state.locale : std::string(turn.locale());
}

}  // namespace

Task<std::optional<Reply>> edit_by_words(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    if (!takes_edits(open)) co_return reply;
    reply = co_await take_edit(scene, open, text);
    // Only what looks like a time that was not understood: the rest is somebody else's to answer,
    // and needs what the turn has left.
    const bool has_number = text.find_first_of("0123456789") != std::string_view::npos;
    const bool asks_time = open.waiting == Waiting::kTime || open.waiting == Waiting::kChange;
    const bool may_be_time = (asks_time && has_number) || scene.answers().has_word("edit_cues", text);
    if (reply || !may_be_time) co_return reply;
    auto said = co_await find_new_time(scene, text);
    if (!said) co_return reply;
    Open marked = open;
    marked.draft.by_model = true;
    reply = co_await edit_open(scene, marked, *said);
    co_return reply;
}

Task<migue::TurnEnd> take_turn(const Tools& tools, migue::Turn& turn, const HeardNote* heard) {
    Input input = read_input(turn.input_json(), turn.text());
    const std::string person_id = person_of(turn, input);
    if (heard != nullptr) input.kind = "heard";
    if (heard != nullptr) input.forwarded = heard->forwarded;
    auto person = co_await tools.people.load(person_id);
    if (!person) co_return std::move(person).error();
    if (!is_zone(person->zone)) person->zone = tools.settings.zone;
    auto event_id = event_id_for(tools.services.vault, person_id, turn.message_id());
    if (!event_id) co_return std::move(event_id).error();
    State state = read_state(turn.state_json());
    // Nobody wrote a job, a code is no word, and "bot" is one of all three: the language stays.
    const bool has_no_language = input.kind == "job" || heard != nullptr ||
                                 code_in(turn.text()).has_value() ||
                                 tools.answers.is("call_bot", turn.text());
    if (!turn.locale().empty() && (!has_no_language || state.locale.empty())) state.locale = turn.locale();
    if (heard != nullptr && !heard->heard.locale.empty()) state.locale = heard->heard.locale;
    const std::string locale = language_of(turn, state, has_no_language);
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
                event_id->substr(0, kCardName),
                *event_id};
    scene.intent = turn.intent();
    if (tools.google != nullptr) {
        auto book = co_await tools.contacts.all(person_id);
        if (!book) co_return std::move(book).error();
        know_guests(scene, std::move(*book));
    }
    be_where_they_are(scene);
    scene.moment = moment_of(tools, turn, scene.person);
    scene.heard = heard;
    if (heard != nullptr) {
        scene.moment.now_unix_ms = heard->sent_ms;
        scene.moment.locale = locale;
    }
    const bool is_audio = scene.input.kind == "voice" || scene.input.kind == "audio";
    const bool words = scene.input.kind == "text" && !turn.text().empty();
    // Statements, not one conditional: GCC 12 destroys the result of a co_await in it twice.
    Reply reply;
    auto paused = co_await answer_while_paused(scene);
    if (paused)
        reply = std::move(*paused);
    else if (heard != nullptr)
        reply = co_await answer_heard(scene);
    else if (is_audio)
        reply = co_await start_listening(scene);
    else if (scene.input.kind == "job")
        reply = co_await take_job(scene);
    else if (scene.input.kind == "tap")
        reply = co_await take_tap(scene);
    else if (words)
        reply = co_await take_text(scene);
    else if (!scene.input.contacts.empty() && tools.google != nullptr)
        reply = co_await take_contacts(scene, scene.state.alive(scene.now_ms));
    else
        reply = pass_on();
    if (tools.google != nullptr && !reply.pass && !reply.silent)
        reply = co_await answer_trouble(scene, std::move(reply));
    co_await follow_events(scene);
    tell_left_out(scene, reply);
    co_return finish(scene, std::move(reply));
}

}  // namespace scheduling
