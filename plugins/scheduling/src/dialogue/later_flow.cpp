#include <algorithm>
#include <nlohmann/json.hpp>

#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/flows.hpp"

namespace scheduling {

namespace {

using migue::Task;
using nlohmann::json;

constexpr std::int64_t kTryMs = 15 * 60 * 1000;
constexpr std::int64_t kLongestWaitMs = 32 * 1000;
constexpr std::int64_t kLookAfterMs = 5 * 1000;
constexpr int kMostLooks = 5;
constexpr std::size_t kMostPromises = 8;
constexpr std::int64_t kKeepAliveMs = 25LL * 24 * 3600 * 1000;

/// 4, 8, 16, 32 s, and a part of a second so that many do not come at once.
std::int64_t wait_of(const Scene& scene, int tries) {
    const std::int64_t whole = tries >= 3 ? kLongestWaitMs : 4000LL << tries;
    const auto random = scene.tools.services.vault.random(1);
    return whole + (random && !random->empty() ? static_cast<unsigned char>(random->front()) * 4 : 0);
}

Task<bool> schedule(Scene& scene, std::int64_t at_ms, std::string key, json payload) {
    payload["person"] = scene.person.id;
    auto stored = co_await scene.tools.services.jobs.at(
        at_ms, std::string(scene.turn.conversation_id()), std::move(key),
        payload.dump(-1, ' ', false, json::error_handler_t::replace));
    if (!stored) scene.tools.services.log.error("a job was not stored", {{"why", stored.error().what}});
    co_return static_cast<bool>(stored);
}

json plan_json(const Plan& plan) {
    Open open = plan.open;
    open.options.clear();
    open.prompt.clear();
    return {{"kind", static_cast<int>(plan.kind)},
            {"open", write_open(open)},
            {"sure", plan.sure},
            {"force", plan.force},
            {"part", static_cast<int>(plan.part)}};
}

std::optional<Plan> read_plan(const json& object) {
    auto open = read_open(object.value("open", ""));
    if (!open) return std::nullopt;
    Plan plan;
    plan.kind = static_cast<Plan::Kind>(object.value("kind", 1));
    plan.open = std::move(*open);
    plan.sure = object.value("sure", false);
    plan.force = object.value("force", false);
    plan.part = static_cast<SeriesPart>(object.value("part", 1));
    return plan;
}

bool is_complete(const Plan& plan) {
    const EventDraft& draft = plan.open.draft;
    return plan.kind == Plan::Kind::kCancel || plan.kind == Plan::Kind::kUndo ||
           (draft.start && draft.has_date && (draft.has_time || draft.all_day));
}

Task<Reply> perform(Scene& scene, Plan plan) {
    scene.before = plan.open.before;
    scene.part = plan.part;
    switch (plan.kind) {
        case Plan::Kind::kProceed:
            co_return co_await proceed(scene, std::move(plan.open.draft), std::move(plan.open.target),
                                       plan.sure);
        case Plan::Kind::kCommit:
            co_return co_await commit(scene, std::move(plan.open.draft), std::move(plan.open.target),
                                      plan.force ? Overlap::kAllow : Overlap::kRefuse);
        case Plan::Kind::kCancel:
            co_return co_await cancel_events(scene, plan.open, plan.part);
        case Plan::Kind::kUndo:
            co_return co_await undo(scene);
    }
    co_return say(scene.phrases.say("stale"));
}

/// Nothing came of it: the draft is kept for one more try by hand.
Reply offer_retry(const Scene& scene) {
    Reply reply;
    Open open;
    open.waiting = Waiting::kCard;
    open.draft = scene.plan->open.draft;
    reply.text = scene.phrases.say_of("later_gave_up_booking", open.draft.title, {});
    open.options.push_back(option(scene, Action::kRetry, "retry", "yes"));
    open.options.push_back(option(scene, Action::kDrop, "discard", "no"));
    reply.open = std::move(open);
    return reply;
}

Task<Reply> go_on(Scene& scene, json payload) {
    auto plan = read_plan(payload.value("plan", json::object()));
    Reply quiet;
    quiet.silent = true;
    // Of an attempt that died before it could promise anything: a later one has answered.
    const bool was_told = std::erase(scene.state.promised, scene.input.job_key) > 0;
    if (payload.value("promised", false) && !was_told) co_return quiet;
    if (!plan) co_return quiet;  // written by a version that kept something else
    const std::string title = plan->open.draft.title;
    // What the message makes has the id of that message, not of this job.
    scene.own_event_id = payload.value("event", scene.own_event_id);
    Reply reply = co_await perform(scene, std::move(*plan));
    if (scene.booking.trouble() != Trouble::kSilent) co_return reply;
    const bool is_open = payload.value("open", false) || scene.booking.is_open();
    const bool over = scene.now_ms >= payload.value("until", std::int64_t{0});
    if (over && !is_open && scene.plan && scene.plan->kind != Plan::Kind::kCancel &&
        scene.plan->kind != Plan::Kind::kUndo && scene.plan->open.target.empty())
        co_return offer_retry(scene);
    if (over)
        co_return say(is_open ? scene.phrases.say("later_unknown", {{"title", shown(title)}})
                              : scene.phrases.say("later_gave_up"));
    const int tries = payload.value("tries", 0) + 1;
    payload["tries"] = tries;
    payload["open"] = is_open;
    const std::int64_t at = scene.now_ms + wait_of(scene, tries);
    const bool stored = co_await schedule(scene, at, scene.input.job_key, std::move(payload));
    if (stored) co_return quiet;
    co_return say(scene.phrases.say(is_open ? "failed_unknown" : "failed"));
}

Reply ask_about_rival(Scene& scene, const Event& event, const Event& rival) {
    Reply reply;
    reply.text = scene.phrases.say("rival", {{"other", shown(rival.title)}, {"title", shown(event.title)}});
    Open open;
    open.waiting = Waiting::kCard;
    open.target = event.id;
    open.draft = to_draft(event);
    open.options.push_back(option(scene, Action::kChange, "move", "change"));
    open.options.push_back(option(scene, Action::kDrop, "keep", "no"));
    const bool can_undo = scene.state.undo && scene.state.undo->kind == Undo::Kind::kBooked &&
                          !scene.state.undo->events.empty() &&
                          scene.state.undo->events.front().id == event.id;
    if (can_undo) open.options.push_back(option(scene, Action::kUndo, "undo", "undo"));
    reply.open = std::move(open);
    return reply;
}

/// After a booking: Google cannot refuse an overlap, and makes video calls in its own time.
Task<Reply> look_again(Scene& scene, json payload) {
    Reply quiet;
    quiet.silent = true;
    const int tries = payload.value("tries", 0) + 1;
    payload["tries"] = tries;
    const bool again = tries < kMostLooks;
    auto event = co_await scene.booking.get(payload.value("event", ""));
    if (event && (!event->has_value() || (*event)->cancelled)) co_return quiet;
    const bool wants_video = payload.value("video", false);
    const bool has_video = event && !(*event)->video_url.empty();
    if (!event || (wants_video && !has_video && again)) {
        if (again)
            static_cast<void>(co_await schedule(scene, scene.now_ms + wait_of(scene, tries),
                                                scene.input.job_key, std::move(payload)));
        co_return quiet;
    }
    if (wants_video)
        co_return has_video ? say(scene.phrases.say("video_ready", {{"title", shown((*event)->title)},
                                                                    {"url", (*event)->video_url}}),
                                  Reply::After::kKeep)
                            : say(scene.phrases.say("video_failed", {{"title", shown((*event)->title)}}),
                                  Reply::After::kKeep);
    auto listed = co_await scene.booking.list(Interval{(*event)->start_ms, (*event)->end_ms});
    if (!listed) {
        if (again)
            static_cast<void>(co_await schedule(scene, scene.now_ms + wait_of(scene, tries),
                                                scene.input.job_key, std::move(payload)));
        co_return quiet;
    }
    for (const Event& other : *listed)
        if (other.busy && !is_same_event(other.id, (*event)->id) &&
            (other.series.empty() || !is_same_event(other.series, (*event)->id)))
            co_return ask_about_rival(scene, **event, other);
    co_return quiet;
}

Task<Reply> keep_alive(Scene& scene, const std::string& account) {
    const GoogleTools& google = *scene.tools.google;
    Reply quiet;
    quiet.silent = true;
    auto accounts = co_await google.accounts.all(scene.person.id);
    if (!accounts) co_return quiet;
    for (const GoogleAccount& one : *accounts) {
        if (one.id != account || !one.is_alive) continue;
        auto spoiled = co_await google.accounts.spoil(scene.person.id, account, one.version);
        auto token = co_await google.accounts.access(scene.booking.caller(), account);
        const bool died = spoiled && !token && token.error().code == migue::Error::Code::kUnsupported;
        if (died) co_return co_await offer_link(scene, scene.phrases.say("link_again"));
        co_await keep_alive_later(scene, account);
    }
    co_return quiet;
}

Task<Reply> purge(Scene& scene) {
    migue::SqlStatement erase{
        "DELETE FROM scheduling.link_attempts WHERE person_id = $1 AND expires_ms <= $2",
        json::array({scene.person.id, scene.now_ms}).dump(), false};
    auto erased = co_await scene.tools.services.sql.execute(std::move(erase));
    if (!erased) scene.tools.services.log.warn("old link attempts stay", {{"why", erased.error().what}});
    Reply quiet;
    quiet.silent = true;
    co_return quiet;
}

}  // namespace

Task<Reply> try_later(Scene& scene, Reply reply) {
    if (scene.input.kind == "job" || !scene.plan || !is_complete(*scene.plan)) co_return reply;
    const std::int64_t until = scene.now_ms + kTryMs;
    json payload{
        {"do", "plan"},     {"plan", plan_json(*scene.plan)}, {"event", scene.own_event_id}, {"until", until},
        {"promised", true}, {"open", scene.booking.is_open()}};
    std::string key = "later/" + scene.card;
    const bool stored = co_await schedule(scene, scene.now_ms + wait_of(scene, 0), key, std::move(payload));
    if (!stored) co_return reply;
    std::vector<std::string>& promised = scene.state.promised;
    if (promised.size() >= kMostPromises) promised.erase(promised.begin());
    promised.push_back(std::move(key));
    const std::string time = write_clock(scene.phrases, to_local(until, scene.person.zone));
    co_return say(scene.phrases.say("later_trying", {{"time", time}}));
}

Task<void> look_again_later(Scene& scene, const Event& event, Overlap overlap) {
    if (scene.tools.google == nullptr) co_return;
    const bool video = event.video_call && event.video_url.empty();
    if (overlap == Overlap::kAllow && !video) co_return;
    json payload{{"do", "look"}, {"event", event.id}, {"video", video}};
    static_cast<void>(
        co_await schedule(scene, scene.now_ms + kLookAfterMs, "look/" + scene.card, std::move(payload)));
}

Task<void> keep_alive_later(Scene& scene, std::string account) {
    const std::string key = "keep/" + account;
    json payload{{"do", "keep"}, {"account", std::move(account)}};
    static_cast<void>(co_await schedule(scene, scene.now_ms + kKeepAliveMs, key, std::move(payload)));
}

Task<Reply> take_job(Scene& scene) {
    json payload = json::parse(scene.input.job_payload, nullptr, false);
    const std::string what = payload.is_object() ? payload.value("do", "") : "";
    if (what == "remind") co_return co_await take_reminder(scene, std::move(payload));
    if (what == "snooze") co_return co_await take_snoozed(scene, std::move(payload));
    if (what == "digest") co_return co_await take_digest(scene);
    if (what == "back") co_return handed_back(scene);
    if (scene.tools.google == nullptr) co_return pass_on();
    if (what == "plan") co_return co_await go_on(scene, std::move(payload));
    if (what == "look") co_return co_await look_again(scene, std::move(payload));
    if (what == "purge") co_return co_await purge(scene);
    if (what == "keep") co_return co_await keep_alive(scene, payload.value("account", ""));
    co_return pass_on();
}

}  // namespace scheduling
