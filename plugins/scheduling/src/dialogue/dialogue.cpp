#include "dialogue/dialogue.hpp"

#include <algorithm>

#include "booking/event_id.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/event_edit.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "dialogue/questions.hpp"
#include "dialogue/steps.hpp"
#include "dialogue/turn_input.hpp"
#include "dialogue/voice_flow.hpp"
#include "dialogue/wishes.hpp"
#include "understanding/event_intents.hpp"

namespace scheduling {

namespace {

using migue::Task;

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

/// The feed's link is secret, and linking is a step of its own: neither is for a "meet link".
bool is_about_calendar(const Scene& scene, std::string_view text) {
    return scene.answers().has_word("calendar_words", text) || scene.answers().mentions("feed_words", text);
}

/// Only a day or an hour, and nothing that it could answer: "saturday", "a las 8".
bool is_bare_time(const Scene& scene, std::string_view text) {
    const Understanding read = scene.understand(text, "schedule_meeting");
    return !read.times.empty() && (read.draft.has_date || read.draft.has_time) &&
           scene.answers().is_time_edit(text, read.times);
}

/// "mañana a las 3", "con Laura", "dentista": what comes last is the name of what nobody has named yet.
std::optional<std::string> title_sent_last(const Scene& scene, std::string_view text) {
    constexpr std::int64_t kBurstMs = 60'000;
    constexpr std::size_t kMostWords = 4, kLongest = 60;
    const Open* open = scene.state.alive(scene.now_ms);
    if (open == nullptr || !open->target.empty() || scene.now_ms - open->at_ms > kBurstMs)
        return std::nullopt;
    if (open->waiting != Waiting::kCard && open->waiting != Waiting::kTime) return std::nullopt;
    if (!is_made_title(scene, open->draft) || scene.input.forwarded || text.size() > kLongest)
        return std::nullopt;
    const Answers& answers = scene.answers();
    const std::size_t words = words_of(fold(text)).size();
    // A noun or two may be read as a question for it.
    const bool asks =
        scene.intent == "query_agenda" &&
        (words > 2 || answers.has_word("agenda_words", text) || answers.is("no_title_begins", text));
    if ((scene.intent != "other" && scene.intent != "schedule_meeting" && scene.intent != "query_agenda") ||
        asks)
        return std::nullopt;
    const bool says_more = text.find_first_of("?!0123456789@") != std::string_view::npos ||
                           answers.has_word("new_words", text) || answers.has_word("edit_cues", text) ||
                           answers.is("yes", text) || answers.is("no", text) || answers.is("dont_know", text);
    if (words == 0 || words > kMostWords || says_more) return std::nullopt;
    const Understanding read = scene.understand(text, "schedule_meeting");
    if (!read.times.empty() || read.draft.title.empty() || is_generic_title(answers, read.draft.title))
        return std::nullopt;
    return read.draft.title;
}

/// "book a facial for Nina", whatever the words resemble besides: asked for by its verb, and named.
bool asks_for_event(const Scene& scene, std::string_view text) {
    if (scene.input.forwarded || text.find('?') != std::string_view::npos) return false;
    if (!scene.answers().after_lead("books", text)) return false;
    const EventDraft draft = scene.understand(text, "schedule_meeting").draft;
    return !draft.title.empty();
}

/// "soy María, manejo una peluquería" wants nothing yet.
bool only_introduces(const Scene& scene, std::string_view text) {
    return introduces_itself(scene, text) && !scene.answers().has_word("new_words", text) &&
           scene.understand(text, "schedule_meeting").times.empty();
}

/// A few words that no rule knows are nearer to what is asked than to anything else: it is asked again.
std::optional<Reply> ask_again_for_words(const Scene& scene, std::string_view text) {
    constexpr std::size_t kMostWords = 4;
    const Open* open = scene.state.alive(scene.now_ms);
    const bool asks = open != nullptr && !is_settled(*open) && open->waiting != Waiting::kLink &&
                      open->waiting != Waiting::kCalendar;
    if (!asks || scene.intent != "other" || scene.input.forwarded) return std::nullopt;
    if (text.find('?') != std::string_view::npos || words_of(fold(text)).size() > kMostWords)
        return std::nullopt;
    return repeat_open(scene, *open);
}

Task<Reply> take_intent(Scene& scene, std::string text) {
    const std::string& intent = scene.intent;
    if (auto title = title_sent_last(scene, text)) {
        const Open named = *scene.state.open;
        co_return co_await rename(scene, named, std::move(*title));
    }
    if (scene.answers().is_made_of("undo", "no_fillers", text)) co_return co_await undo(scene);
    if (intent == "cancel_meeting") co_return co_await cancel_by_words(scene, text);
    if (intent == "reschedule_meeting") co_return co_await move_by_words(scene, text);
    if (intent == "query_agenda") co_return co_await show_agenda(scene, text);
    if (intent == "find_slot") co_return co_await find_slot(scene, text);
    if (intent == "link_account" && !is_about_calendar(scene, text)) {
        if (scene.answers().has_word("meet_words", text)) co_return co_await show_video_link(scene);
        co_return pass_on();
    }
    const bool links = intent == "link_account" && scene.tools.google != nullptr;
    if (links) co_return co_await show_account(scene, text);
    const bool wants_link = scene.answers().has_word("link_words", text) ||
                            scene.answers().has_word("revoke", text) ||
                            scene.answers().mentions("feed_words", text);
    if (intent == "link_account" && !wants_link)
        co_return say(scene.phrases.say("talk/local"), Reply::After::kKeep);
    if (intent == "link_account") co_return co_await show_feed(scene, text);
    if (intent == "reminder") co_return co_await remind_of_words(scene, text);
    // "estoy en la oficina, agenda …": the words that led here were not what it is about.
    if (yields_to_event(intent)) {
        const Understanding read = scene.understand(text, intent);
        if (!read.is_only_told && (read.draft.has_date || read.draft.has_time))
            co_return co_await start_draft(scene, text);
    }
    if (intent == "schedule_meeting" && only_introduces(scene, text)) co_return pass_on();
    if (intent == "schedule_meeting" && scene.understand(text, intent).is_only_told) co_return pass_on();
    if (intent == "schedule_meeting") co_return co_await start_draft(scene, text);
    if (intent == "never_mind") co_return say(scene.phrases.say("nothing_open"));
    // What no route claims is heard here first: "pints friday at 8", a bare hour.
    const bool may_wish = !scene.input.forwarded && is_talk(intent) && !introduces_itself(scene, text);
    if (may_wish && scene.understand(text, intent).is_bare_wish) co_return co_await start_draft(scene, text);
    if (intent == "other" && asks_for_event(scene, text)) co_return co_await start_draft(scene, text);
    if (intent == "other" && !scene.input.forwarded && is_bare_time(scene, text))
        co_return co_await start_draft(scene, text);
    if (auto said = say_in_fixed_language(scene)) co_return std::move(*said);
    if (auto again = ask_again_for_words(scene, text)) co_return std::move(*again);
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

/// "agenda dentista mañana a las 3 y recuérdame una hora antes": the reminder is the event's. One
/// of something else is found by the reading itself.
bool is_one_wish(std::string_view first, std::string_view second) {
    return (first == "schedule_meeting" && second == "reminder") ||
           (first == "reminder" && second == "schedule_meeting");
}

/// "olvida a Pablo", whom nobody knows: said so, unless it may be about an event.
bool is_unknown_contact(const Scene& scene, std::string_view name) {
    const bool elsewhere = scene.intent == "cancel_meeting" || scene.intent == "reschedule_meeting" ||
                           scene.intent == "reminder" || scene.intent == "never_mind";
    const auto words = words_of(fold(name));
    return !elsewhere && !words.empty() && words.size() <= 2 && scene.state.alive(scene.now_ms) == nullptr &&
           std::none_of(words.begin(), words.end(), [&](const std::string& word) {
               return scene.answers().has_word("edit_words", word) || word == "that" || word == "eso" ||
                      word == "isso";
           });
}

/// The message as one about what is open, quoted, or was shown last; nothing when it is about none of these.
Task<std::optional<Reply>> answer_of_talk(Scene& scene, const std::string& text) {
    for (const Open& open : open_things(scene)) {
        auto answer = co_await answer_open(scene, open, text);
        if (answer) co_return answer;
    }
    auto about_quoted = co_await answer_quoted(scene, text);
    if (about_quoted) co_return about_quoted;
    auto about_last = co_await edit_last_shown(scene, text);
    if (about_last) co_return about_last;
    co_return co_await take_complaint(scene, text);
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
        name && (!named(scene.book, *name).empty() || is_unknown_contact(scene, *name)))
        co_return co_await forget_contact(scene, std::move(*name));
    take_quotation(scene);
    auto beside = co_await offer_beside(scene, text);
    if (beside) co_return std::move(*beside);
    auto offered = co_await offer_for_wish(scene, text);
    if (offered) co_return std::move(*offered);
    auto told = co_await answer_question(scene, text);
    if (told) {
        scene.left_out = scene.input.second_text;
        co_return std::move(*told);
    }
    auto limited = co_await limit_by_words(scene, text);
    if (limited) co_return std::move(*limited);
    auto left_out = co_await leave_out_by_words(scene, text);
    if (left_out) co_return std::move(*left_out);
    auto told_of = co_await told_by_words(scene, text);
    if (told_of) co_return std::move(*told_of);
    if (const Open* alive = scene.state.alive(scene.now_ms); alive != nullptr) {
        const Open card = *alive;
        auto other = co_await mean_other_event(scene, card, text);
        if (other) co_return std::move(*other);
    }
    auto swapped = co_await swap_by_words(scene, text);
    if (swapped) co_return std::move(*swapped);
    auto answered = co_await answer_of_talk(scene, text);
    if (answered) co_return std::move(*answered);
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

/// What is said to the message, whatever it is.
Task<Reply> answer(Scene& scene) {
    const bool words = scene.input.kind == "text" && !scene.turn.text().empty();
    auto paused = co_await answer_while_paused(scene);
    if (paused) co_return std::move(*paused);
    if (scene.heard != nullptr) co_return co_await answer_heard(scene);
    const bool is_audio = scene.input.kind == "voice" || scene.input.kind == "audio";
    if (is_audio) co_return co_await start_listening(scene);
    if (scene.input.kind == "job") co_return co_await take_job(scene);
    if (scene.input.kind == "tap") co_return co_await take_tap(scene);
    if (words) co_return co_await take_text(scene);
    if (!scene.input.contacts.empty())
        co_return co_await take_contacts(scene, scene.state.alive(scene.now_ms));
    co_return pass_on();
}

/// The answer, with what goes along with it: a draft that it interrupted, the reminders of what it did, what
/// was left undone.
Task<Reply> answer_whole(Scene& scene) {
    std::optional<Open> before;
    if (const Open* open = scene.state.alive(scene.now_ms); open != nullptr) before = *open;
    Reply reply = co_await answer(scene);
    keep_interrupted(scene, before, reply);
    if (scene.tools.google != nullptr && !reply.pass && !reply.silent)
        reply = co_await answer_trouble(scene, std::move(reply));
    co_await follow_events(scene);
    tell_left_out(scene, reply);
    resume_shelved(scene, reply);
    if (!scene.said_before.empty()) reply.text = scene.said_before + "\n" + reply.text;
    co_return reply;
}

/// A letter or two, numbers, an address: "y" is a yes in English too.
bool is_too_short(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\n'; };
    const bool one_word = std::none_of(text.begin(), text.end(), is_space);
    if (one_word && text.find('@') != std::string_view::npos) return true;
    const std::string folded = fold(text);
    return std::count_if(folded.begin(), folded.end(), [](char c) { return c >= 'a' && c <= 'z'; }) <= 2;
}

/// "saca a Laura" is as good in one as in the other: a word or three do not leave a conversation's language
/// for the one that is nearest to it.
bool is_near(std::string_view text, std::string_view before, std::string_view now) {
    constexpr std::ptrdiff_t kMostBlanks = 2;
    const bool near = (before == "es" && now == "pt") || (before == "pt" && now == "es");
    for (const char* mark : {"ã", "õ", "ç", "à", "ê", "ô", "ñ", "¿", "¡"})  // only one of them writes so
        if (text.find(mark) != std::string_view::npos) return false;
    return near && std::count(text.begin(), text.end(), ' ') <= kMostBlanks;
}

/// "sábado", the first word of a conversation: of two languages that have it, the one of the person's zone.
std::string first_language(const Tools& tools, const migue::Turn& turn, std::string_view zone) {
    std::string said(turn.locale());
    const std::string_view now = said;
    const bool of_zone = tools.answers.is("pt_zones", zone);
    if (now == "pt" && !of_zone && is_near(turn.text(), "es", now)) said = "es";
    if (now == "es" && of_zone && is_near(turn.text(), "pt", now)) said = "pt";
    return said;
}

/// Nobody wrote a job or a tap, a code is no word, "bot" is one of all three, and the words of a
/// button are ours: the language stays.
bool is_of_no_language(const Tools& tools, const migue::Turn& turn, const Input& input, const State& state) {
    if (state.open && tools.answers.choose(turn.text(), state.open->options)) return true;
    if (is_near(turn.text(), state.locale, turn.locale())) return true;
    return input.kind == "job" || input.kind == "tap" ||
           (input.kind == "text" && is_too_short(turn.text())) || code_in(turn.text()).has_value() ||
           tools.answers.is("call_bot", turn.text());
}

}  // namespace

Task<migue::TurnEnd> take_turn(const Tools& tools, migue::Turn& turn, const HeardNote* heard) {
    Input input = read_input(turn);
    const std::string person_id = person_of(turn, input);
    if (heard != nullptr) input.kind = "heard";
    if (heard != nullptr) input.forwarded = heard->forwarded;
    auto person = co_await tools.people.load(person_id);
    if (!person) co_return std::move(person).error();
    if (!is_zone(person->zone)) person->zone = tools.settings.zone;
    auto event_id = event_id_for(tools.services.vault, person_id, turn.message_id());
    if (!event_id) co_return std::move(event_id).error();
    State state = read_state(turn.state_json());
    const bool no_language = heard != nullptr || is_of_no_language(tools, turn, input, state);
    const bool is_first = state.locale.empty();
    if (!turn.locale().empty() && (!no_language || is_first)) state.locale = turn.locale();
    if (is_first && !turn.locale().empty()) state.locale = first_language(tools, turn, person->zone);
    if (heard != nullptr && !heard->heard.locale.empty()) state.locale = heard->heard.locale;
    const std::string locale = language_of(turn, state, no_language || is_first);
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
                card_of(*event_id),
                *event_id};
    scene.intent = turn.intent();
    {
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
    scene.talk_day = day_of_talk(scene);
    Reply reply = co_await answer_whole(scene);
    co_return finish(scene, std::move(reply));
}

}  // namespace scheduling
