#include "dialogue/scene.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "calendar/google/event_json.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

// WhatsApp's limits, in characters; other channels draw at least as much.
constexpr std::size_t kButtonTitle = 20, kRowTitle = 24, kRowHint = 72, kBodyText = 1024, kPlainText = 4096;
constexpr std::size_t kShownTitle = 80;
constexpr std::size_t kMostRows = 10, kMostButtons = 3;
/// A chat that somebody else has: asked again with each message that comes.
constexpr std::int64_t kPausedMs = 90LL * 24 * 3600 * 1000;
constexpr std::size_t kMostRemembered = 12;

struct Limits {
    std::size_t buttons = kMostButtons, rows = kMostRows;
};

Limits read_limits(std::string_view channel_json) {
    Limits limits;
    const auto parsed = nlohmann::json::parse(channel_json, nullptr, false);
    if (!parsed.is_object()) return limits;
    limits.buttons = parsed.value("buttons", limits.buttons);
    limits.rows = parsed.value("list_rows", limits.rows);
    return limits;
}

std::string tap_id(const Open& open, std::size_t index) {
    return open.card + ":" + std::to_string(index);
}

/// For channels that draw nothing: the choices as numbered lines, answered by typing.
std::string numbered(std::string text, const Open& open) {
    for (std::size_t i = 0; i < open.options.size(); ++i) {
        const Option& option = open.options[i];
        text += "\n" + std::to_string(i + 1) + ". " + option.label;
        if (!option.hint.empty()) text += " (" + option.hint + ")";
    }
    return text;
}

migue::Result<void> send_open(migue::Turn& turn, const Reply& reply, const Open& open) {
    const Limits limits = read_limits(turn.channel_json());
    const std::size_t count = open.options.size();
    if (count == 0) return turn.say(shorten(reply.text, kPlainText));
    const bool has_hints = std::any_of(open.options.begin(), open.options.end(),
                                       [](const Option& option) { return !option.hint.empty(); });
    const bool fits = std::all_of(open.options.begin(), open.options.end(), [](const Option& option) {
        return count_characters(option.label) <= kButtonTitle;
    });
    if (count <= std::min(limits.buttons, kMostButtons) && !has_hints && fits) {
        std::vector<migue::Button> buttons;
        for (std::size_t i = 0; i < count; ++i)
            buttons.push_back({tap_id(open, i), shorten(open.options[i].label, kButtonTitle)});
        return turn.offer(shorten(reply.text, kBodyText), buttons);
    }
    if (count <= std::min(limits.rows, kMostRows)) {
        std::vector<migue::Row> rows;
        for (std::size_t i = 0; i < count; ++i)
            rows.push_back({tap_id(open, i), shorten(open.options[i].label, kRowTitle),
                            shorten(open.options[i].hint, kRowHint)});
        return turn.offer(shorten(reply.text, kBodyText), shorten(reply.list_label, kButtonTitle), rows);
    }
    return turn.say(shorten(numbered(reply.text, open), kPlainText));
}

migue::Result<void> send(migue::Turn& turn, const Reply& reply) {
    if (!reply.media_id.empty())
        return turn.document(shorten(reply.text, kBodyText), reply.media_id, reply.file_name);
    if (!reply.link_url.empty())
        return turn.link(shorten(reply.text, kBodyText), shorten(reply.link_title, kButtonTitle),
                         reply.link_url);
    if (reply.forgets) {
        const auto body = nlohmann::json{{"text", shorten(reply.text, kPlainText)}}.dump();
        auto said = turn.reply("forget", body);
        // A host that cannot forget is told nothing it would not show.
        if (said || said.error().code != migue::Error::Code::kUnsupported) return said;
    }
    if (reply.open) return send_open(turn, reply, *reply.open);
    return turn.say(shorten(reply.text, kPlainText));
}

/// The turn's end closes a question of the host's: what is still open here is asked again.
migue::TurnEnd keep_asking(Scene& scene) {
    std::int64_t left = scene.person.paused_ms != 0 ? kPausedMs : 0;
    for (const Open* open : {scene.state.alive(scene.now_ms), scene.state.alive_reminder(scene.now_ms)})
        if (open != nullptr)
            left = std::max({left, std::int64_t{1}, life_of(open->waiting) - (scene.now_ms - open->at_ms)});
    // What people say of the event that was just shown comes here first.
    if (scene.state.talks(scene.now_ms))
        left = std::max({left, std::int64_t{1}, kTalkLifeMs - (scene.now_ms - scene.state.spoke_ms)});
    // "and Friday?" goes on from a question.
    if (scene.state.asked) left = std::max(left, kAskedLifeMs - (scene.now_ms - scene.state.asked->at_ms));
    if (left <= 0) return migue::TurnEnd::done();
    if (auto asked = scene.turn.ask(std::chrono::milliseconds(left)); !asked) return std::move(asked).error();
    return migue::TurnEnd::done();
}

/// The card takes along the names of those whom its draft invites.
void keep_guests(const Scene& scene, Open& open) {
    open.guests.clear();
    for (const Guest& guest : scene.guests) {
        const auto& invited = open.draft.attendees;
        if (std::find(invited.begin(), invited.end(), guest.mail) != invited.end())
            open.guests.push_back(guest);
    }
}

/// What this answer was about, for when it is quoted.
void remember_shown(Scene& scene) {
    if (scene.state.last_event.empty()) return;
    auto& shown = scene.state.shown;
    // Another event is talked about now.
    if (!shown.empty() && shown.back().event_id != scene.state.last_event) scene.state.listed.clear();
    std::erase_if(shown, [&](const ShownEvent& one) { return one.card == scene.card; });
    shown.push_back({scene.card, scene.state.last_event});
    if (shown.size() > kMostRemembered) shown.erase(shown.begin());
}

}  // namespace

LocalMinutes Scene::now() const {
    return to_local(now_ms, person.zone);
}

Understanding Scene::understand(std::string_view text, std::string_view as_intent) const {
    return scheduling::understand(text, as_intent, moment);
}

Reply say(std::string text, Reply::After after) {
    Reply reply;
    reply.text = std::move(text);
    reply.after = after;
    return reply;
}

Reply pass_on() {
    Reply reply;
    reply.pass = true;
    return reply;
}

migue::TurnEnd finish(Scene& scene, Reply reply) {
    if (reply.pass) return migue::TurnEnd::pass();
    if (reply.silent) return keep_asking(scene);
    // Dates begin sentences here and there; phrases write them small.
    reply.text = capitalised(std::move(reply.text));
    if (reply.is_reminder) reply.after = Reply::After::kKeep;
    if (reply.open) {
        // Questions on the way to a change forget neither the occurrence nor how much was chosen.
        if (!reply.open->before && scene.before && is_same_event(scene.before->id, reply.open->target)) {
            reply.open->before = scene.before;
            reply.open->part = scene.part;
        }
        if (reply.list_label.empty()) reply.list_label = scene.phrases.label("choose");
        reply.open->card = scene.card;
        reply.open->at_ms = scene.now_ms;
        // What is shown again keeps its own words: those in front of them are said once.
        const std::string& before = reply.open->prompt;
        if (before.empty() || reply.text.find(before) == std::string::npos)
            reply.open->prompt = shorten(reply.text, kBodyText);
        keep_guests(scene, *reply.open);
    }
    if (auto sent = send(scene.turn, reply); !sent) return std::move(sent).error().within("send the answer");
    remember_shown(scene);
    scene.state.spoke_ms = scene.now_ms;
    if (reply.open && reply.is_reminder)
        scene.state.reminded = std::move(reply.open);
    else if (reply.open)
        scene.state.open = std::move(reply.open);
    else if (reply.after == Reply::After::kClose)
        scene.state.open.reset();
    if (reply.forgets) scene.state = State{};
    if (auto kept = scene.turn.set_state(reply.forgets ? "" : write_state(scene.state)); !kept)
        return std::move(kept).error();
    return keep_asking(scene);
}

std::string card_of(std::string_view event_id) {
    return std::string(event_id.substr(0, 10));
}

std::optional<std::size_t> tapped_option(const Open& open, std::string_view tap_id) {
    const std::size_t colon = tap_id.find(':');
    if (colon == std::string_view::npos || tap_id.substr(0, colon) != open.card) return std::nullopt;
    const std::string_view digits = tap_id.substr(colon + 1);
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || end != digits.data() + digits.size() || index >= open.options.size())
        return std::nullopt;
    return index;
}

Option option(const Scene& scene, Action action, std::string_view label, std::string_view role) {
    Option made;
    made.action = action;
    made.label = scene.phrases.label(label);
    made.role = role;
    return made;
}

LocalSpan span_of(const Event& event, std::string_view zone) {
    const std::string_view shown_in = event.all_day ? std::string_view(event.zone) : zone;
    return {to_local(event.start_ms, shown_in), to_local(event.end_ms, shown_in)};
}

std::string when_of(const Scene& scene, const Event& event, bool with_year) {
    return write_when(scene.phrases, span_of(event, scene.person.zone), event.all_day,
                      with_year ? DateStyle::kFull : DateStyle::kLong);
}

std::string begin_of(const Scene& scene, const Event& event) {
    return write_begin(scene.phrases, span_of(event, scene.person.zone).begin, event.all_day,
                       DateStyle::kLong);
}

std::string name_of(const Scene& scene, std::string_view guest) {
    for (const Guest& known : scene.guests)
        if (known.mail == guest) return known.name.empty() ? known.mail : known.name;
    return std::string(guest);
}

std::vector<std::string> mailed_names(const Scene& scene, const std::vector<std::string>& guests) {
    std::vector<std::string> names;
    if (scene.tools.google == nullptr) return names;
    for (const std::string& guest : guests)
        if (is_mail_address(guest)) names.push_back(name_of(scene, guest));
    return names;
}

std::vector<LocalSpan> busy_spans(const std::vector<Event>& events, std::string_view zone) {
    std::vector<LocalSpan> spans;
    for (const Event& event : events)
        if (event.busy && !event.cancelled) spans.push_back(span_of(event, zone));
    return spans;
}

std::string shown(std::string_view title) {
    return shorten(title, kShownTitle);
}

}  // namespace scheduling
