#include <algorithm>
#include <nlohmann/json.hpp>

#include "calendar/google/event_json.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::size_t kMostMatches = 9;
constexpr std::size_t kMostAsked = 20;

void add_known(Scene& scene, const Guest& guest) {
    std::erase_if(scene.guests, [&](const Guest& known) { return known.mail == guest.mail; });
    scene.guests.push_back(guest);
}

void replace_guest(EventDraft& draft, const std::string& name, const std::string& mail) {
    auto& guests = draft.attendees;
    const auto found = std::find(guests.begin(), guests.end(), name);
    if (found != guests.end()) *found = mail;
}

Option without(const Scene& scene, const std::string& name) {
    Option option;
    option.action = Action::kNoGuest;
    option.label = scene.phrases.say_for("labels/without_him", name);
    option.role = "no";
    return option;
}

Open about_guest(EventDraft draft, std::string target, std::string name) {
    Open open;
    open.waiting = Waiting::kGuest;
    open.draft = std::move(draft);
    open.target = std::move(target);
    open.said = std::move(name);
    return open;
}

Reply ask_which(const Scene& scene, const std::vector<Guest>& matches, Open open) {
    const std::string name = open.said, count = std::to_string(matches.size());
    Reply reply;
    reply.text = matches.size() == 2
                     ? scene.phrases.say_for("ask_which_of_two", name, {{"name", shown(name)}})
                     : scene.phrases.say("ask_which_guest", {{"name", shown(name)}, {"count", count}});
    for (const Guest& match : matches) {
        if (open.options.size() == kMostMatches) break;
        Option row;
        row.action = Action::kGuest;
        row.label = match.name;
        row.hint = match.mail;
        row.event_id = match.mail;
        open.options.push_back(std::move(row));
    }
    open.options.push_back(without(scene, name));
    reply.open = std::move(open);
    return reply;
}

Reply ask_mail(const Scene& scene, Open open) {
    Reply reply;
    reply.text = scene.phrases.say_for("ask_mail", open.said, {{"name", shown(open.said)}});
    open.options.push_back(without(scene, open.said));
    reply.open = std::move(open);
    return reply;
}

/// The question stays, with a word about why.
Reply ask_again(const Open& open, std::string why) {
    Reply reply;
    reply.text = std::move(why);
    reply.open = open;
    return reply;
}

}  // namespace

std::optional<Reply> ask_guest(Scene& scene, EventDraft& draft, const std::string& target) {
    if (scene.tools.google == nullptr) return std::nullopt;
    const bool knows_one =
        std::any_of(draft.attendees.begin(), draft.attendees.end(), [&](const std::string& guest) {
            return is_mail_address(guest) || named(scene.guests, guest).size() == 1;
        });
    const std::vector<std::string> wanted = draft.attendees;
    for (const std::string& name : wanted) {
        if (is_mail_address(name)) continue;
        const std::vector<Guest> matches = named(scene.guests, name);
        if (matches.size() == 1) replace_guest(draft, name, matches.front().mail);
        if (matches.size() > 1) return ask_which(scene, matches, about_guest(draft, target, name));
        if (matches.empty() && (draft.invites || knows_one))
            return ask_mail(scene, about_guest(draft, target, name));
    }
    return std::nullopt;
}

Task<Reply> take_guest(Scene& scene, const Open& open, std::string mail) {
    EventDraft draft = open.draft;
    const bool known = std::any_of(scene.guests.begin(), scene.guests.end(),
                                   [&](const Guest& guest) { return guest.mail == mail; });
    if (!known) add_known(scene, {open.said, mail});
    replace_guest(draft, open.said, mail);
    co_return co_await proceed(scene, std::move(draft), open.target, false);
}

Task<Reply> leave_guest_out(Scene& scene, const Open& open) {
    EventDraft draft = open.draft;
    std::erase(draft.attendees, open.said);
    const bool others = std::any_of(draft.attendees.begin(), draft.attendees.end(),
                                    [](const std::string& guest) { return !is_mail_address(guest); });
    if (!others) draft.invites = false;
    co_return co_await proceed(scene, std::move(draft), open.target, false);
}

Task<std::optional<Reply>> answer_guest(Scene& scene, const Open& open, std::string text) {
    const std::string mail = mail_in(text);
    if (mail.empty()) co_return std::nullopt;
    if (!is_mail_address(mail)) co_return ask_again(open, scene.phrases.say("mail_not_valid"));
    co_return co_await take_guest(scene, open, mail);
}

Task<Reply> take_contacts(Scene& scene, const Open* open) {
    const Guest& first = scene.input.contacts.front();
    const bool asked = open != nullptr && open->waiting == Waiting::kGuest;
    if (first.mail.empty() || !is_mail_address(first.mail)) {
        const std::string why = scene.phrases.say("contact_without_mail", {{"name", shown(first.name)}});
        if (asked) co_return ask_again(*open, why);
        co_return say(why, Reply::After::kKeep);
    }
    const Guest contact{first.name, mail_in(first.mail)};
    if (!asked) co_return co_await keep_contact(scene, contact);
    const Open question = *open;
    add_known(scene, contact);
    co_return co_await take_guest(scene, question, contact.mail);
}

std::string new_contact(Scene& scene, const Event& event, const std::vector<Guest>& book) {
    auto& asked = scene.state.asked_contacts;
    for (const std::string& guest : event.guests) {
        const bool in_book =
            std::any_of(book.begin(), book.end(), [&](const Guest& known) { return known.mail == guest; });
        const bool has_name = name_of(scene, guest) != guest;
        if (!is_mail_address(guest) || in_book || !has_name) continue;
        if (std::find(asked.begin(), asked.end(), guest) != asked.end()) continue;
        asked.push_back(guest);
        if (asked.size() > kMostAsked) asked.erase(asked.begin());
        return guest;
    }
    return {};
}

Task<Reply> keep_contact(Scene& scene, Guest contact) {
    auto kept = co_await scene.tools.contacts.keep(scene.person.id, contact);
    if (!kept) co_return say(scene.phrases.say("failed"), Reply::After::kKeep);
    const std::string first = contact.name.substr(0, contact.name.find(' '));
    co_return say(
        scene.phrases.say("contact_kept", {{"names", shown(contact.name)}, {"first", shown(first)}}),
        Reply::After::kKeep);
}

Task<Reply> forget_contact(Scene& scene, std::string name) {
    const std::vector<Guest> matches = named(scene.book, name);
    if (matches.empty())
        co_return say(scene.phrases.say("contact_unknown", {{"name", shown(name)}}), Reply::After::kKeep);
    if (matches.size() > 1) {
        Open open;
        open.waiting = Waiting::kPick;
        for (const Guest& match : matches) {
            if (open.options.size() == kMostMatches) break;
            Option row;
            row.action = Action::kForgetContact;
            row.label = match.name;
            row.hint = match.mail;
            row.event_id = match.mail;
            open.options.push_back(std::move(row));
        }
        Reply reply;
        reply.text = scene.phrases.say("contact_which");
        reply.open = std::move(open);
        co_return reply;
    }
    co_return co_await forget_contact(scene, matches.front());
}

Task<Reply> forget_contact(Scene& scene, Guest contact) {
    auto forgotten = co_await scene.tools.contacts.forget(scene.person.id, contact.mail);
    if (!forgotten) co_return say(scene.phrases.say("failed"), Reply::After::kKeep);
    co_return say(scene.phrases.say("contact_forgotten", {{"name", shown(contact.name)}}),
                  Reply::After::kKeep);
}

}  // namespace scheduling
