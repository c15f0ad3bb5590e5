#include <algorithm>

#include "dialogue/calendar_words.hpp"
#include "dialogue/calendars.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;
using Calendars = std::vector<CalendarInfo>;

constexpr std::size_t kMostRows = 10;
constexpr std::size_t kMostNamed = 40;  ///< characters of a name in a sentence

std::string name_of(const CalendarInfo& calendar) {
    return shorten(calendar.name.empty() ? calendar.account_label : calendar.name, kMostNamed);
}

const CalendarInfo* find(const Calendars& calendars, std::string_view key) {
    const auto found = std::find_if(calendars.begin(), calendars.end(),
                                    [&](const CalendarInfo& one) { return one.key == key; });
    return found == calendars.end() ? nullptr : &*found;
}

/// "lo miro, solo lectura".
std::string state_of(const Scene& scene, const CalendarInfo& calendar) {
    const std::string state = scene.phrases.say(calendar.is_read ? "calendars/read" : "calendars/unread");
    return calendar.can_write ? state : scene.phrases.say("calendars/read_only", {{"state", state}});
}

Option calendar_option(const Scene& scene, Action action, const CalendarInfo& calendar) {
    Option row;
    row.action = action;
    row.event_id = calendar.key;
    row.label = name_of(calendar);
    const char* hint = calendar.is_default   ? "calendars/hint_default"
                       : !calendar.can_write ? "calendars/hint_read_only"
                       : calendar.is_read    ? "calendars/hint_read"
                                             : "calendars/hint_unread";
    row.hint = scene.phrases.say(hint);
    return row;
}

Reply calendar_list(const Scene& scene, const Calendars& calendars) {
    Reply reply;
    Open open;
    open.waiting = Waiting::kCalendar;
    std::string lines;
    for (const CalendarInfo& one : calendars) {
        lines += (lines.empty() ? "" : "\n") +
                 scene.phrases.say(one.is_default ? "calendars/line_default" : "calendars/line",
                                   {{"name", name_of(one)}, {"state", state_of(scene, one)}});
        if (open.options.size() < kMostRows)
            open.options.push_back(calendar_option(scene, Action::kShowCalendar, one));
    }
    reply.text = scene.phrases.say("calendars/list", {{"lines", shorten(lines, 800)}});
    reply.list_label = scene.phrases.label("see_calendars");
    reply.open = std::move(open);
    return reply;
}

/// What can be done with one calendar.
Reply calendar_card(const Scene& scene, const CalendarInfo& calendar) {
    Reply reply = say(scene.phrases.say("calendars/one",
                                        {{"name", name_of(calendar)}, {"state", state_of(scene, calendar)}}));
    Open open;
    open.waiting = Waiting::kCalendar;
    const auto add = [&](Action action, std::string_view label, std::string_view role) {
        Option choice = option(scene, action, label, role);
        choice.event_id = calendar.key;
        open.options.push_back(std::move(choice));
    };
    if (calendar.can_write && !calendar.is_default) add(Action::kWriteCalendar, "write_here", "");
    if (calendar.is_read && !calendar.is_default) add(Action::kUnreadCalendar, "unread_it", "");
    if (!calendar.is_read) add(Action::kReadCalendar, "read_it", "");
    add(Action::kDrop, "keep", "no");
    reply.open = std::move(open);
    return reply;
}

/// The person's own calendar alone can be seen, although there may be more.
Task<bool> may_see_more(Scene& scene) {
    auto accounts = co_await scene.tools.google->accounts.all(scene.person.id);
    co_return accounts&& std::any_of(accounts->begin(), accounts->end(), [](const GoogleAccount& one) {
        return one.is_alive && !may_choose_calendars(one.scopes);
    });
}

/// Known ones; asked of Google when the name is not among them.
Task<migue::Result<Calendars>> calendars_with(Scene& scene, const std::vector<std::string>& names) {
    const GoogleTools& google = *scene.tools.google;
    auto known = co_await google.choice.remembered(scene.booking.caller());
    if (known && std::any_of(names.begin(), names.end(),
                             [&](const std::string& name) { return !calendars_named(*known, name).empty(); }))
        co_return known;
    co_return co_await google.choice.all(scene.booking.caller());
}

Task<Reply> show_calendars(Scene& scene) {
    auto calendars = co_await scene.tools.google->choice.all(scene.booking.caller());
    if (!calendars) {
        if (calendars.error().code == migue::Error::Code::kUnsupported)
            co_return co_await offer_link(scene, scene.phrases.say("link_offer"));
        co_return say(scene.phrases.say("calendars/failed"), Reply::After::kKeep);
    }
    Reply list = calendar_list(scene, *calendars);
    const bool more = co_await may_see_more(scene);
    if (!more) co_return list;
    // One answer: the names, and the link to see the others.
    std::string text = list.text + "\n" + scene.phrases.say("calendars/more_scope");
    co_return co_await offer_link(scene, std::move(text), OAuthClient::Wish::kAllCalendars);
}

Task<Reply> set_default(Scene& scene, const CalendarInfo& calendar) {
    if (!calendar.can_write)
        co_return say(scene.phrases.say("calendars/cannot_write_plain", {{"name", name_of(calendar)}}));
    auto chosen = co_await scene.tools.google->choice.choose_default(scene.booking.caller(), calendar.key);
    if (!chosen) co_return say(scene.phrases.say("calendars/failed"), Reply::After::kKeep);
    co_return say(scene.phrases.say("calendars/default_set", {{"name", name_of(calendar)}}));
}

Task<Reply> set_reading(Scene& scene, const Calendars& calendars, const CalendarInfo& calendar, bool reads) {
    if (!reads && calendar.is_default)
        co_return say(scene.phrases.say("calendars/unread_default", {{"name", name_of(calendar)}}));
    std::vector<std::string> keys;
    for (const CalendarInfo& one : calendars)
        if (one.key == calendar.key ? reads : one.is_read) keys.push_back(one.key);
    auto chosen = co_await scene.tools.google->choice.choose_reading(scene.booking.caller(), std::move(keys));
    if (!chosen) co_return say(scene.phrases.say("calendars/failed"), Reply::After::kKeep);
    co_return say(scene.phrases.say(reads ? "calendars/read_set" : "calendars/unread_set",
                                    {{"name", name_of(calendar)}}));
}

/// What a sentence wants done with calendars.
enum class Want { kNothing = 1, kList, kDefault, kRead, kUnread };

Want want_of(const Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    const Open* open = scene.state.alive(scene.now_ms);
    const bool listed = open != nullptr && open->waiting == Waiting::kCalendar && open->draft.title.empty();
    const bool names = answers.has_word("calendar_nouns", text);
    if (!names && !listed) return Want::kNothing;
    Want want = Want::kNothing;
    if (answers.mentions("calendar_list", text))
        want = Want::kList;
    else if (answers.mentions("calendar_always", text))
        want = Want::kDefault;
    else if (answers.mentions("calendar_hide", text))
        want = Want::kUnread;
    else if (answers.has_word("calendar_show", text))
        want = Want::kRead;
    if (want == Want::kNothing) return want;
    // With a time it is about events.
    const Understanding read = scene.understand(text, "query_agenda");
    return read.times.empty() ? want : Want::kNothing;
}

}  // namespace

Task<CalendarWish> read_calendar_wish(Scene& scene, std::string text) {
    CalendarWish wish;
    wish.text = text;
    const std::vector<CalendarMention> mentions = calendar_mentions(scene.answers(), text);
    if (mentions.empty()) co_return wish;
    const auto sure = std::find_if(mentions.begin(), mentions.end(),
                                   [](const CalendarMention& one) { return one.is_sure; });
    const bool generic = sure != mentions.end() && scene.answers().is("calendar_generic", sure->name);
    if (generic || scene.tools.google == nullptr) {
        if (sure != mentions.end()) wish.text = without(text, *sure);
        co_return wish;
    }
    std::vector<std::string> names;
    for (const CalendarMention& one : mentions) names.push_back(one.name);
    auto calendars = co_await calendars_with(scene, names);
    if (!calendars) co_return wish;  // not linked, or silent: said by the booking itself
    for (const CalendarMention& one : mentions) {
        const Calendars named = calendars_named(*calendars, one.name);
        if (named.empty()) continue;
        const Calendars writable = calendars_to_write(named);
        wish.text = without(text, one);
        wish.name = one.name;
        if (writable.size() == 1)
            wish.key = writable.front().key;
        else if (writable.empty())
            wish.question = scene.phrases.say("calendars/cannot_write", {{"name", name_of(named.front())}});
        else
            wish.question = scene.phrases.say("calendars/which_meant");
        co_return wish;
    }
    if (sure == mentions.end()) co_return wish;
    wish.text = without(text, *sure);
    wish.name = shorten(sure->name, kMostNamed);
    wish.needs_scope = co_await may_see_more(scene);
    wish.question = scene.phrases.say("calendars/unknown", {{"name", wish.name}});
    co_return wish;
}

Task<Reply> ask_calendar(Scene& scene, EventDraft draft, CalendarWish wish) {
    if (wish.needs_scope) {
        Reply reply = co_await offer_link(scene, scene.phrases.say("calendars/more_scope"),
                                          OAuthClient::Wish::kAllCalendars);
        reply.open->draft = std::move(draft);
        reply.open->said = std::move(wish.name);
        co_return reply;
    }
    auto calendars = co_await scene.tools.google->choice.remembered(scene.booking.caller());
    if (!calendars) co_return say(scene.phrases.say("calendars/failed"));
    Reply reply = say(std::move(wish.question));
    Open open;
    open.waiting = Waiting::kCalendar;
    open.draft = std::move(draft);
    for (const CalendarInfo& one : calendars_to_write(std::move(*calendars)))
        if (open.options.size() < kMostRows)
            open.options.push_back(calendar_option(scene, Action::kOnCalendar, one));
    reply.list_label = scene.phrases.label("see_calendars");
    reply.open = std::move(open);
    co_return reply;
}

Task<std::string> calendar_called(Scene& scene, std::string name) {
    auto calendars = co_await scene.tools.google->choice.all(scene.booking.caller());
    if (!calendars) co_return std::string();
    const Calendars named = calendars_to_write(calendars_named(*calendars, name));
    co_return named.size() == 1 ? named.front().key : std::string();
}

Task<std::optional<Reply>> take_calendars(Scene& scene, std::string_view text) {
    std::optional<Reply> reply;
    const Want want = want_of(scene, text);
    if (want == Want::kNothing) co_return reply;
    if (scene.tools.google == nullptr) {
        if (want == Want::kList || want == Want::kDefault)
            reply = say(scene.phrases.say("calendars/local"), Reply::After::kKeep);
        co_return reply;
    }
    if (want == Want::kList) {
        reply = co_await show_calendars(scene);
        co_return reply;
    }
    const std::string name = calendar_name_left(scene.answers(), text);
    if (name.empty()) co_return reply;
    std::vector<std::string> names;
    names.push_back(name);
    auto calendars = co_await calendars_with(scene, names);
    if (!calendars) co_return reply;
    const Calendars named = calendars_named(*calendars, name);
    // "show my work calendar" of one that is looked at already asks for what is in it.
    const bool is_query = want == Want::kRead && !scene.answers().mentions("calendar_also", text);
    if (named.empty()) {
        if (is_query) co_return reply;
        const bool more = co_await may_see_more(scene);
        if (more)
            reply = co_await offer_link(scene, scene.phrases.say("calendars/more_scope"),
                                        OAuthClient::Wish::kAllCalendars);
        else
            reply = say(scene.phrases.say("calendars/unknown_plain", {{"name", shorten(name, kMostNamed)}}),
                        Reply::After::kKeep);
        co_return reply;
    }
    if (named.size() > 1) {
        reply = calendar_list(scene, named);
        co_return reply;
    }
    if (is_query && named.front().is_read) co_return reply;
    if (want == Want::kDefault)
        reply = co_await set_default(scene, named.front());
    else
        reply = co_await set_reading(scene, *calendars, named.front(), want == Want::kRead);
    co_return reply;
}

Task<std::optional<Reply>> change_calendar(Scene& scene, const Open& open, std::string_view text) {
    std::optional<Reply> reply;
    if (scene.tools.google == nullptr || open.draft.title.empty()) co_return reply;
    // "en el de trabajo", "in the work one": short, and about nothing else.
    const std::string name = calendar_name_left(scene.answers(), text);
    const bool short_name = !name.empty() && words_of(fold(name)).size() <= 4;
    const bool leads = scene.answers().has_word("calendar_leads", text);
    if (!short_name || !leads) co_return reply;
    auto calendars = co_await scene.tools.google->choice.remembered(scene.booking.caller());
    if (!calendars || calendars->size() < 2) co_return reply;
    const Calendars named = calendars_named(*calendars, name);
    if (named.size() != 1) co_return reply;
    if (!open.target.empty()) {
        reply = say(scene.phrases.say("calendars/no_move", {{"name", name_of(named.front())}}),
                    Reply::After::kKeep);
        co_return reply;
    }
    if (!named.front().can_write) {
        CalendarWish wish;
        wish.question = scene.phrases.say("calendars/cannot_write", {{"name", name_of(named.front())}});
        reply = co_await ask_calendar(scene, open.draft, std::move(wish));
        co_return reply;
    }
    EventDraft draft = open.draft;
    draft.calendar = named.front().key;
    reply = co_await show_again(scene, std::move(draft), open.target);
    co_return reply;
}

Task<Reply> choose_calendar(Scene& scene, const Open& open, const Option& chosen) {
    if (scene.tools.google == nullptr) co_return say(scene.phrases.say("stale"));
    if (chosen.action == Action::kOnCalendar) {
        EventDraft draft = open.draft;
        draft.calendar = chosen.event_id;
        co_return co_await proceed(scene, std::move(draft), open.target, false);
    }
    auto calendars = co_await scene.tools.google->choice.all(scene.booking.caller());
    if (!calendars) co_return say(scene.phrases.say("calendars/failed"), Reply::After::kKeep);
    const CalendarInfo* calendar = find(*calendars, chosen.event_id);
    if (calendar == nullptr) co_return calendar_list(scene, *calendars);
    if (chosen.action == Action::kWriteCalendar) co_return co_await set_default(scene, *calendar);
    if (chosen.action == Action::kShowCalendar) co_return calendar_card(scene, *calendar);
    co_return co_await set_reading(scene, *calendars, *calendar, chosen.action == Action::kReadCalendar);
}

Task<void> know_calendars(Scene& scene) {
    if (scene.tools.google == nullptr || scene.calendars) co_return;
    auto calendars = co_await scene.tools.google->choice.remembered(scene.booking.caller());
    scene.calendars = calendars ? std::move(*calendars) : Calendars{};
}

std::string calendar_note(const Scene& scene, const EventDraft& draft) {
    if (!scene.calendars) return {};
    const Calendars writable = calendars_to_write(*scene.calendars);
    if (writable.size() < 2) return {};
    for (const CalendarInfo& one : writable)
        if (draft.calendar.empty() ? one.is_default : one.key == draft.calendar)
            return " " + scene.phrases.say("detail_calendar", {{"name", name_of(one)}});
    return {};
}

}  // namespace scheduling
