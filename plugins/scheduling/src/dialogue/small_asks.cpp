#include <algorithm>
#include <cctype>

#include "calendar/google/event_json.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/contacts.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "understanding/edit.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::size_t kMostListed = 20;
constexpr std::size_t kLongestName = 60;

Reply told(const Scene& scene, std::string_view phrase, Args values = {}) {
    return say(scene.phrases.say("talk/" + std::string(phrase), values), Reply::After::kKeep);
}

/// Words as written, without the marks around them.
std::vector<std::string> written_words(std::string_view text) {
    constexpr std::string_view kMarks = " \t\r\n,;:.!?()<>\"'";
    std::vector<std::string> words;
    for (std::size_t at = text.find_first_not_of(kMarks); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(kMarks, at), text.size());
        std::string_view word = text.substr(at, end - at);
        for (const std::string_view mark : {"¿", "¡", "«", "»"}) {  // of two bytes each: never cut
            if (word.starts_with(mark)) word.remove_prefix(mark.size());
            if (word.ends_with(mark)) word.remove_suffix(mark.size());
        }
        if (!word.empty()) words.emplace_back(word);
        at = text.find_first_not_of(kMarks, end);
    }
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
    return shorten(out, kLongestName);
}

/// Of "guarda el correo de Pablo Ruiz: p@x.co" the name, as written.
std::string name_in(const Scene& scene, std::string_view text, const std::string& mail) {
    const Answers& answers = scene.answers();
    std::string rest(text);
    if (const auto behind = answers.behind("name_leads", text)) {
        std::vector<std::string> words = words_of(*behind);
        if (!words.empty()) return capitalised(words.front());
    }
    std::vector<std::string> left, capitals;
    std::size_t at = 0;
    while (at < rest.size()) {  // the address is no name
        const std::size_t end = std::min(rest.find_first_of(" \t\n", at), rest.size());
        if (rest.substr(at, end - at).find('@') != std::string::npos)
            rest.replace(at, end - at, end - at, ' ');
        at = end + 1;
    }
    for (std::string& word : written_words(rest)) {
        if (answers.has_word("contact_fill", word)) continue;
        if (std::isupper(static_cast<unsigned char>(word.front())) != 0) capitals.push_back(word);
        left.push_back(std::move(word));
    }
    const std::string name = joined(capitals.empty() ? left : capitals);
    return name.empty() ? mail : capitalised(name);
}

Task<std::optional<Reply>> list_contacts(Scene& scene) {
    auto book = co_await scene.tools.contacts.all(scene.person.id);
    if (!book) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (book->empty()) co_return told(scene, "no_contacts");
    std::string lines;
    for (std::size_t i = 0; i < std::min(book->size(), kMostListed); ++i) {
        const Guest& one = (*book)[i];
        lines += (i == 0 ? "" : "\n") +
                 scene.phrases.say("talk/contact", {{"name", shown(one.name)}, {"mail", one.mail}});
    }
    co_return told(scene, "contacts", {{"lines", lines}});
}

/// "what's Leila's email?": somebody whose address is kept.
Task<std::optional<Reply>> show_contact(Scene& scene, std::string_view text) {
    auto book = co_await scene.tools.contacts.all(scene.person.id);
    if (!book) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    for (const std::string& word : written_words(text)) {
        if (scene.answers().has_word("contact_fill", word)) continue;
        for (const Guest& one : named(*book, word))
            co_return told(scene, "contact", {{"name", shown(one.name)}, {"mail", one.mail}});
    }
    co_return std::nullopt;
}

/// Contacts by words alone; nothing while an address is asked for, or for a sentence that books.
Task<std::optional<Reply>> take_contact_words(Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    const Open* open = scene.state.alive(scene.now_ms);
    const bool asked = open != nullptr && open->waiting == Waiting::kGuest;
    const bool books = scene.intent == "schedule_meeting" || scene.intent == "reschedule_meeting";
    if (asked) co_return std::nullopt;
    const std::string mail = mail_in(text);
    if (!mail.empty() && is_mail_address(mail) && answers.mentions("keep_words", text) &&
        !(books && !scene.understand(text, "schedule_meeting").times.empty())) {
        Guest contact;
        contact.name = name_in(scene, text, mail);
        contact.mail = mail;
        co_return co_await keep_contact(scene, std::move(contact));
    }
    if (!mail.empty()) co_return std::nullopt;
    if (answers.mentions("contacts_list", text) && !answers.after_lead("forget_words", text))
        co_return co_await list_contacts(scene);
    if (answers.has_word("mail_nouns", text) && scene.understand(text, "schedule_meeting").times.empty() &&
        !answers.after_lead("forget_words", text))
        co_return co_await show_contact(scene, text);
    co_return std::nullopt;
}

/// "new york" → "New York"
std::string as_name(std::string_view place, std::string_view zone) {
    if (std::string city = zone_city(zone); fold(city) == fold(place)) return city;
    std::string name;
    for (const std::string& word : words_of(place)) name += (name.empty() ? "" : " ") + capitalised(word);
    return name;
}

Task<std::optional<Event>> last_event(Scene& scene) {
    std::optional<Event> none;
    if (scene.state.last_event.empty()) co_return none;
    auto event = co_await scene.booking.get(scene.state.last_event);
    if (!event || !event->has_value() || (*event)->cancelled) co_return none;
    co_return std::move(**event);
}

Task<std::optional<Reply>> take_time_ask(Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    const auto clock_in = [&](const std::string& zone) {
        return write_clock(scene.phrases, to_local(scene.now_ms, zone));
    };
    if (answers.mentions("zone_asks", text))
        co_return told(scene, "zone",
                       {{"zone", zone_city(scene.person.zone)}, {"time", clock_in(scene.person.zone)}});
    if (const auto place = answers.behind("event_time_in", text)) {
        const auto zone = answers.zone_of(*place);
        auto event = co_await last_event(scene);
        if (!zone || !event) co_return std::nullopt;
        const LocalSpan span{to_local(event->start_ms, *zone), to_local(event->end_ms, *zone)};
        co_return told(scene, "event_in",
                       {{"title", shown(event->title)},
                        {"zone", as_name(*place, *zone)},
                        {"when", write_when(scene.phrases, span, event->all_day, DateStyle::kLong)}});
    }
    if (const auto place = answers.behind("time_in", text))
        if (const auto zone = answers.zone_of(*place))
            co_return told(scene, "time_in", {{"zone", as_name(*place, *zone)}, {"time", clock_in(*zone)}});
    co_return std::nullopt;
}

}  // namespace

Task<std::optional<Reply>> take_small_ask(Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    if (answers.mentions("about_mail", text)) co_return told(scene, "mail");
    if (answers.mentions("about_sight", text)) co_return told(scene, "sight");
    if (answers.mentions("other_language", text)) co_return told(scene, "languages");
    if (answers.mentions("about_writing", text)) {
        auto event = co_await last_event(scene);
        if (!event) co_return told(scene, "writing");
        co_return told(scene, "writing_event",
                       {{"title", shown(event->title)}, {"when", when_of(scene, *event, true)}});
    }
    const bool asks_video =
        answers.has_word("link_words", text) && answers.has_word("meet_words", text) &&
        !answers.has_word("calendar_words", text) && !answers.has_word("new_words", text) &&
        text.find("://") == std::string_view::npos && text.find('.') == std::string_view::npos;
    // "agrega un link de zoom" asks for one, not which it is.
    const bool wants_one = asks_video && read_edit(text, scene.moment).video.has_value();
    if (asks_video && !wants_one) co_return co_await show_video_link(scene);
    auto contact = co_await take_contact_words(scene, text);
    if (contact) co_return contact;
    co_return co_await take_time_ask(scene, text);
}

Task<std::optional<Reply>> take_complaint(Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    if (scene.input.forwarded || !answers.mentions("complaints", text)) co_return std::nullopt;
    // Inside a request it is not what the message is about.
    const bool asks = scene.intent != "other" && scene.intent != "chitchat" && !scene.intent.empty() &&
                      scene.intent != "goodbye" && scene.intent != "help";
    if (asks) co_return std::nullopt;
    const Open* open = scene.state.alive(scene.now_ms);
    if (open == nullptr || open->waiting != Waiting::kDone || open->target.empty())
        co_return told(scene, "sorry");
    const Open done = *open;
    auto event = co_await scene.booking.get(done.target);
    if (!event || !event->has_value() || (*event)->cancelled) co_return told(scene, "sorry");
    Reply reply = told(scene, "sorry_last",
                       {{"title", shown((*event)->title)}, {"when", when_of(scene, **event, false)}});
    reply.open = done;
    co_return reply;
}

Task<Reply> show_video_link(Scene& scene) {
    auto event = co_await last_event(scene);
    if (!event) co_return told(scene, "no_event_video");
    if (event->video_url.empty()) co_return told(scene, "no_video", {{"title", shown(event->title)}});
    co_return told(scene, "video", {{"title", shown(event->title)}, {"url", event->video_url}});
}

std::optional<Reply> say_in_fixed_language(const Scene& scene) {
    const std::string& fixed = scene.state.fixed_locale;
    if (fixed.empty() || scene.turn.locale().substr(0, 2) == fixed) return std::nullopt;
    for (const char* intent : {"greeting", "thanks", "goodbye", "other"})
        if (scene.intent == intent) return told(scene, intent);
    return std::nullopt;
}

}  // namespace scheduling
