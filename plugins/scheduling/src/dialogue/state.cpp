#include "dialogue/state.hpp"

#include <nlohmann/json.hpp>

namespace scheduling {

namespace {

using nlohmann::json;

constexpr int kVersion = 1;

json minutes_json(const std::optional<LocalMinutes>& at) {
    return at ? json(at->time_since_epoch().count()) : json();
}
std::optional<LocalMinutes> read_minutes(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) return std::nullopt;
    return LocalMinutes(std::chrono::minutes(found->get<std::int64_t>()));
}
json duration_json(const std::optional<std::chrono::minutes>& length) {
    return length ? json(length->count()) : json();
}
std::optional<std::chrono::minutes> read_duration(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) return std::nullopt;
    return std::chrono::minutes(found->get<std::int64_t>());
}

json option_json(const Option& option) {
    return {{"action", static_cast<int>(option.action)},
            {"label", option.label},
            {"hint", option.hint},
            {"role", option.role},
            {"start", minutes_json(option.start)},
            {"end", minutes_json(option.end)},
            {"day_only", option.day_only},
            {"all_day", option.all_day},
            {"event", option.event_id},
            {"occurrence", option.occurrence_ms},
            {"minutes", option.minutes}};
}
Option read_option(const json& object) {
    Option option;
    option.action = static_cast<Action>(object.at("action").get<int>());
    option.label = object.at("label");
    option.hint = object.at("hint");
    option.role = object.at("role");
    option.start = read_minutes(object, "start");
    option.end = read_minutes(object, "end");
    option.day_only = object.at("day_only");
    option.all_day = object.at("all_day");
    option.event_id = object.at("event");
    option.occurrence_ms = object.at("occurrence");
    option.minutes = object.value("minutes", std::int64_t{0});
    return option;
}

json days_json(const std::vector<LocalMinutes>& days) {
    json list = json::array();
    for (const LocalMinutes day : days) list.push_back(minutes_json(day));
    return list;
}
std::vector<LocalMinutes> read_days(const json& object) {
    std::vector<LocalMinutes> days;
    for (const json& day : object.value("except", json::array()))
        if (day.is_number_integer()) days.emplace_back(std::chrono::minutes(day.get<std::int64_t>()));
    return days;
}

json draft_json(const EventDraft& draft) {
    return {{"title", draft.title},
            {"start", minutes_json(draft.start)},
            {"end", minutes_json(draft.end)},
            {"has_date", draft.has_date},
            {"has_time", draft.has_time},
            {"all_day", draft.all_day},
            {"duration", duration_json(draft.duration)},
            {"attendees", draft.attendees},
            {"invites", draft.invites},
            {"location", draft.location},
            {"rrule", draft.rrule},
            {"zone", draft.zone},
            {"video_call", draft.video_call},
            {"reminder", duration_json(draft.reminder)},
            {"inferred", draft.inferred},
            {"part_begin", duration_json(draft.part_begin)},
            {"part_end", duration_json(draft.part_end)},
            {"except", days_json(draft.except)},
            {"calendar", draft.calendar},
            {"show_first", draft.show_first}};
}
EventDraft read_draft(const json& object) {
    EventDraft draft;
    draft.title = object.at("title");
    draft.start = read_minutes(object, "start");
    draft.end = read_minutes(object, "end");
    draft.has_date = object.at("has_date");
    draft.has_time = object.at("has_time");
    draft.all_day = object.at("all_day");
    draft.duration = read_duration(object, "duration");
    draft.attendees = object.at("attendees").get<std::vector<std::string>>();
    draft.invites = object.at("invites");
    draft.location = object.at("location");
    draft.rrule = object.at("rrule");
    draft.zone = object.at("zone");
    draft.video_call = object.at("video_call");
    draft.reminder = read_duration(object, "reminder");
    draft.inferred = object.at("inferred").get<std::vector<std::string>>();
    draft.part_begin = read_duration(object, "part_begin");
    draft.part_end = read_duration(object, "part_end");
    draft.except = read_days(object);
    draft.calendar = object.value("calendar", "");
    draft.show_first = object.value("show_first", false);
    return draft;
}

json event_json(const Event& event) {
    return {{"id", event.id},
            {"title", event.title},
            {"start", event.start_ms},
            {"end", event.end_ms},
            {"all_day", event.all_day},
            {"busy", event.busy},
            {"zone", event.zone},
            {"location", event.location},
            {"guests", event.guests},
            {"rrule", event.rrule},
            {"exdates", event.exdates},
            {"series", event.series},
            {"video_call", event.video_call},
            {"reminder", event.reminder_minutes ? json(*event.reminder_minutes) : json()},
            {"cancelled", event.cancelled},
            {"sequence", event.sequence}};
}
Event read_event_json(const json& object) {
    Event event;
    event.id = object.at("id");
    event.title = object.at("title");
    event.start_ms = object.at("start");
    event.end_ms = object.at("end");
    event.all_day = object.at("all_day");
    event.busy = object.at("busy");
    event.zone = object.at("zone");
    event.location = object.at("location");
    event.guests = object.at("guests").get<std::vector<std::string>>();
    event.rrule = object.at("rrule");
    event.exdates = object.at("exdates").get<std::vector<std::int64_t>>();
    event.series = object.value("series", "");
    event.video_call = object.value("video_call", false);
    if (const auto minutes = object.find("reminder"); minutes != object.end() && minutes->is_number_integer())
        event.reminder_minutes = minutes->get<std::int64_t>();
    event.cancelled = object.at("cancelled");
    event.sequence = object.at("sequence");
    return event;
}

json guests_json(const std::vector<Guest>& guests) {
    json list = json::array();
    for (const Guest& guest : guests) list.push_back({guest.name, guest.mail});
    return list;
}
std::vector<Guest> read_guests(const json& list) {
    std::vector<Guest> guests;
    for (const json& guest : list) guests.push_back({guest.at(0), guest.at(1)});
    return guests;
}

json pair_json(const std::vector<EventDraft>& pair) {
    json list = json::array();
    for (const EventDraft& draft : pair) list.push_back(draft_json(draft));
    return list;
}

json open_json(const Open& open) {
    json options = json::array();
    for (const Option& option : open.options) options.push_back(option_json(option));
    return {{"waiting", static_cast<int>(open.waiting)},
            {"card", open.card},
            {"at", open.at_ms},
            {"prompt", open.prompt},
            {"options", options},
            {"draft", draft_json(open.draft)},
            {"target", open.target},
            {"before", open.before ? event_json(*open.before) : json()},
            {"part", static_cast<int>(open.part)},
            {"events", open.events},
            {"occurrences", open.occurrences},
            {"purpose", static_cast<int>(open.purpose)},
            {"said", open.said},
            {"guests", guests_json(open.guests)},
            {"slots", open.is_slot_list},
            {"pair", pair_json(open.pair)}};
}
Open read_open_json(const json& object) {
    Open open;
    open.waiting = static_cast<Waiting>(object.at("waiting").get<int>());
    open.card = object.at("card");
    open.at_ms = object.at("at");
    open.prompt = object.at("prompt");
    for (const json& option : object.at("options")) open.options.push_back(read_option(option));
    open.draft = read_draft(object.at("draft"));
    open.target = object.at("target");
    if (const auto before = object.find("before"); before != object.end() && before->is_object())
        open.before = read_event_json(*before);
    open.part = static_cast<SeriesPart>(object.value("part", 1));
    open.events = object.at("events").get<std::vector<std::string>>();
    open.occurrences = object.at("occurrences").get<std::vector<std::int64_t>>();
    open.purpose = static_cast<Purpose>(object.at("purpose").get<int>());
    open.said = object.at("said");
    open.guests = read_guests(object.value("guests", json::array()));
    open.is_slot_list = object.value("slots", false);
    for (const json& draft : object.value("pair", json::array())) open.pair.push_back(read_draft(draft));
    return open;
}

json undo_json(const Undo& undo) {
    json events = json::array(), made = json::array();
    for (const Event& event : undo.events) events.push_back(event_json(event));
    for (const Event& event : undo.made) made.push_back(event_json(event));
    return {
        {"kind", static_cast<int>(undo.kind)}, {"events", events}, {"made", made}, {"until", undo.until_ms}};
}
Undo read_undo(const json& object) {
    Undo undo;
    undo.kind = static_cast<Undo::Kind>(object.at("kind").get<int>());
    for (const json& event : object.at("events")) undo.events.push_back(read_event_json(event));
    for (const json& event : object.value("made", json::array())) undo.made.push_back(read_event_json(event));
    undo.until_ms = object.at("until");
    return undo;
}

json asked_json(const Asked& asked) {
    const Window& window = asked.window;
    return {{"asks", static_cast<int>(asked.asks)},
            {"first", window.first.time_since_epoch().count()},
            {"last", window.last.time_since_epoch().count()},
            {"from", duration_json(window.from)},
            {"to", duration_json(window.to)},
            {"hour", window.is_hour},
            {"over", window.takes_next_week},
            {"words", asked.words},
            {"event", asked.event_ms},
            {"at", asked.at_ms}};
}
Asked read_asked(const json& object) {
    Asked asked;
    asked.asks = static_cast<Asks>(object.at("asks").get<int>());
    asked.window.first = date::local_days(date::days(object.at("first").get<int>()));
    asked.window.last = date::local_days(date::days(object.at("last").get<int>()));
    asked.window.from = read_duration(object, "from");
    asked.window.to = read_duration(object, "to");
    asked.window.is_hour = object.at("hour");
    asked.window.takes_next_week = object.at("over");
    asked.words = object.at("words");
    asked.event_ms = object.at("event");
    asked.at_ms = object.at("at");
    return asked;
}

State read_known(const json& object) {
    State state;
    if (object.contains("open")) state.open = read_open_json(object.at("open"));
    if (object.contains("reminded")) state.reminded = read_open_json(object.at("reminded"));
    if (object.contains("undo")) state.undo = read_undo(object.at("undo"));
    if (object.contains("asked")) state.asked = read_asked(object.at("asked"));
    for (const json& one : object.value("shelved", json::array()))
        state.shelved.push_back(read_open_json(one));
    state.last_event = object.at("last_event");
    state.listed = object.value("listed", std::vector<std::string>());
    state.spoke_ms = object.value("spoke", std::int64_t{0});
    state.locale = object.at("locale");
    state.fixed_locale = object.value("fixed_locale", "");
    for (const json& one : object.value("shown", json::array()))
        state.shown.push_back({one.at(0), one.at(1)});
    state.asked_contacts = object.value("asked_contacts", std::vector<std::string>{});
    state.promised = object.value("promised", std::vector<std::string>());
    return state;
}

}  // namespace

const Open* State::alive(std::int64_t now_ms) const {
    if (!open) return nullptr;
    return now_ms - open->at_ms <= life_of(open->waiting) ? &*open : nullptr;
}

bool State::talks(std::int64_t now_ms) const {
    const bool knows_event = !last_event.empty() || undo || !listed.empty();
    return knows_event && now_ms - spoke_ms <= kTalkLifeMs;
}

const Open* State::alive_reminder(std::int64_t now_ms) const {
    if (!reminded) return nullptr;
    return now_ms - reminded->at_ms <= kReminderLifeMs ? &*reminded : nullptr;
}

std::int64_t life_of(Waiting waiting) {
    if (waiting == Waiting::kLink) return kLinkedWaitMs;
    if (waiting == Waiting::kReminder) return kReminderLifeMs;
    return waiting == Waiting::kDone ? kUndoLifeMs : kCardLifeMs;
}

std::string write_open(const Open& open) {
    return open_json(open).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Open> read_open(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    try {
        return read_open_json(object);
    } catch (const json::exception&) {
        return std::nullopt;  // written by a version that kept something else
    }
}

std::string write_state(const State& state) {
    json object{{"v", kVersion}, {"last_event", state.last_event}, {"locale", state.locale}};
    if (!state.fixed_locale.empty()) object["fixed_locale"] = state.fixed_locale;
    for (const ShownEvent& one : state.shown) object["shown"].push_back({one.card, one.event_id});
    if (!state.asked_contacts.empty()) object["asked_contacts"] = state.asked_contacts;
    if (state.open) object["open"] = open_json(*state.open);
    for (const Open& one : state.shelved) object["shelved"].push_back(open_json(one));
    if (state.reminded) object["reminded"] = open_json(*state.reminded);
    if (state.undo) object["undo"] = undo_json(*state.undo);
    if (!state.listed.empty()) object["listed"] = state.listed;
    if (state.spoke_ms != 0) object["spoke"] = state.spoke_ms;
    if (state.asked) object["asked"] = asked_json(*state.asked);
    if (!state.promised.empty()) object["promised"] = state.promised;
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

State read_state(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object() || object.value("v", 0) != kVersion) return {};
    try {
        return read_known(object);
    } catch (const json::exception&) {
        return {};  // written by a version that kept something else; the conversation starts over
    }
}

}  // namespace scheduling
