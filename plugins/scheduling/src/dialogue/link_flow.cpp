#include <algorithm>
#include <nlohmann/json.hpp>

#include "calendar/zone_time.hpp"
#include "dialogue/calendar_words.hpp"
#include "dialogue/calendars.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;

constexpr std::size_t kMostRows = 10;

std::string labels_of(const Scene& scene, const std::vector<GoogleAccount>& accounts) {
    std::vector<std::string> labels;
    for (const GoogleAccount& account : accounts) labels.push_back(account.label);
    return scene.phrases.join(labels);
}

Option unlink_option(const GoogleAccount& account, std::string label, std::string role) {
    Option option;
    option.action = Action::kUnlink;
    option.label = std::move(label);
    option.role = std::move(role);
    option.event_id = account.id;
    return option;
}

Reply ask_unlink(const Scene& scene, const std::vector<GoogleAccount>& accounts) {
    if (accounts.empty()) return say(scene.phrases.say("link_none"));
    Reply reply;
    Open open;
    open.waiting = Waiting::kCancel;
    if (accounts.size() == 1) {
        reply.text = scene.phrases.say("unlink_ask", {{"account", accounts.front().label}});
        open.options.push_back(unlink_option(accounts.front(), scene.phrases.label("unlink_yes"), "yes"));
    } else {
        reply.text = scene.phrases.say("unlink_which");
        for (const GoogleAccount& account : accounts)
            if (open.options.size() + 1 < kMostRows)
                open.options.push_back(unlink_option(account, account.label, ""));
    }
    open.options.push_back(option(scene, Action::kDrop, "keep", "no"));
    reply.open = std::move(open);
    return reply;
}

/// What waits while the person is away: the plan's draft, or the one that waited before.
Open waiting_for_link(const Scene& scene) {
    Open open;
    const bool drafts =
        scene.plan && (scene.plan->kind == Plan::Kind::kProceed || scene.plan->kind == Plan::Kind::kCommit);
    if (drafts) {
        open.draft = scene.plan->open.draft;
        open.target = scene.plan->open.target;
    } else if (const Open* before = scene.state.alive(scene.now_ms);
               before != nullptr && before->waiting == Waiting::kLink) {
        open.draft = before->draft;
        open.target = before->target;
        open.said = before->said;
    }
    open.waiting = Waiting::kLink;
    return open;
}

/// The calendar's own zone, for a person who told none; drafts keep their hours in it.
Task<void> learn_zone(Scene& scene, GoogleAccount account, EventDraft& draft) {
    const std::string before = scene.person.zone;
    auto zone = co_await scene.tools.google->calendar.zone_of(scene.booking.caller(), std::move(account));
    if (!zone || !is_zone(*zone)) co_return;  // the one that was assumed stays, and can be told
    auto kept = co_await scene.tools.people.learn_zone(scene.person.id, *zone);
    auto person = co_await scene.tools.people.load(scene.person.id);
    if (!kept || !person || !is_zone(person->zone)) co_return;
    scene.person.zone = person->zone;
    scene.moment.zone = person->zone;
    if (draft.zone == before) draft.zone = person->zone;
}

std::chrono::nanoseconds time_left(const Scene& scene) {
    const std::uint64_t now = scene.tools.services.clock.monotonic_ns(),
                        until = scene.booking.caller().until_ns;
    return std::chrono::nanoseconds(until > now ? until - now : 1);
}

/// Tokens that no code came for go when their time is over.
Task<void> purge_later(const Scene& scene) {
    const std::int64_t at = scene.now_ms + kLinkLifeMs + kLinkLifeMs + kCodeLifeMs;
    const std::string payload = nlohmann::json{{"do", "purge"}, {"person", scene.person.id}}.dump();
    auto stored = co_await scene.tools.services.jobs.at(at, std::string(scene.turn.conversation_id()),
                                                        "purge", payload);
    if (!stored) scene.tools.services.log.error("a job was not stored", {{"why", stored.error().what}});
}

/// The accounts that words may mean: by their address, or by a calendar of theirs.
Task<std::vector<GoogleAccount>> accounts_named(Scene& scene, const std::vector<GoogleAccount>& accounts,
                                                std::string name) {
    std::vector<GoogleAccount> named;
    if (name.empty() || accounts.size() < 2) co_return named;
    const std::string wanted = fold(name);
    auto calendars = co_await scene.tools.google->choice.remembered(scene.booking.caller());
    for (const GoogleAccount& account : accounts) {
        const bool by_address =
            (" " + fold(account.label) + " ").find(" " + wanted + " ") != std::string::npos;
        const auto of_it = [&](const CalendarInfo& one) { return one.account == account.id; };
        const auto found = calendars ? calendars_named(*calendars, name) : std::vector<CalendarInfo>{};
        if (by_address || std::any_of(found.begin(), found.end(), of_it)) named.push_back(account);
    }
    co_return named;
}

}  // namespace

Task<Reply> show_account(Scene& scene, std::string_view text) {
    auto accounts = co_await scene.tools.google->accounts.all(scene.person.id);
    if (!accounts) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    if (scene.answers().has_word("unlink", text)) {
        auto named = co_await accounts_named(scene, *accounts, calendar_name_left(scene.answers(), text));
        co_return ask_unlink(scene, named.empty() ? *accounts : named);
    }
    std::erase_if(*accounts, [](const GoogleAccount& account) { return !account.is_alive; });
    std::string said = scene.phrases.say("link_offer");
    if (!accounts->empty())
        said = scene.phrases.say("link_more", {{"accounts", labels_of(scene, *accounts)}});
    co_return co_await offer_link(scene, std::move(said));
}

Task<Reply> offer_link(Scene& scene, std::string text, OAuthClient::Wish wish) {
    const GoogleTools& google = *scene.tools.google;
    auto accounts = co_await google.accounts.all(scene.person.id);
    if (!accounts) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    std::string hint;
    for (const GoogleAccount& account : *accounts)
        if (!account.is_alive ||
            (wish == OAuthClient::Wish::kAllCalendars && !may_choose_calendars(account.scopes)))
            hint = account.label;
    LinkRequest request;
    request.wish = wish;
    request.person = scene.person.id;
    request.conversation = std::string(scene.turn.conversation_id());
    request.locale = scene.state.locale;
    request.login_hint = std::move(hint);
    const auto channel = nlohmann::json::parse(scene.turn.channel_json(), nullptr, false);
    if (channel.is_object()) request.shown_as = channel.value("shown_as", "");
    auto link = co_await google.attempts.begin(std::move(request));
    if (!link) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    co_await purge_later(scene);
    Reply reply;
    reply.text = std::move(text);
    reply.link_title = scene.phrases.label("connect");
    reply.link_url = scene.tools.settings.public_url + "/p/scheduling/link/" + *link;
    reply.open = waiting_for_link(scene);
    co_return reply;
}

Task<std::optional<Reply>> take_code(Scene& scene, std::string code) {
    std::optional<Reply> reply;
    auto redeemed = co_await scene.tools.google->attempts.redeem(
        scene.person.id, std::string(scene.turn.conversation_id()), std::move(code));
    if (!redeemed) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    switch (redeemed->kind) {
        case Redeemed::Kind::kNothing:
            co_return reply;
        case Redeemed::Kind::kWrong:
            co_return say(scene.phrases.say("link_wrong"), Reply::After::kKeep);
        case Redeemed::Kind::kSpent:
            co_return say(scene.phrases.say("link_spent"), Reply::After::kKeep);
        case Redeemed::Kind::kLinked:
            break;
    }
    const std::string label = redeemed->account.label;
    Open waiting;
    if (const Open* open = scene.state.alive(scene.now_ms);
        open != nullptr && open->waiting == Waiting::kLink)
        waiting = *open;
    co_await keep_alive_later(scene, redeemed->account.id);
    co_await learn_zone(scene, redeemed->account, waiting.draft);
    if (!waiting.said.empty()) {
        waiting.draft.calendar = co_await calendar_called(scene, waiting.said);
    } else {
        // Its list is asked for now, while nobody waits for a booking.
        auto learned = co_await scene.tools.google->choice.all(scene.booking.caller());
        if (!learned)
            scene.tools.services.log.warn("a list of calendars stays unknown",
                                          {{"why", learned.error().what}});
    }
    if (waiting.draft.title.empty()) co_return say(scene.phrases.say("link_done", {{"account", label}}));
    reply = co_await show_again(scene, std::move(waiting.draft), std::move(waiting.target));
    reply->text = scene.phrases.say("link_resume", {{"account", label}}) + reply->text;
    co_return reply;
}

Task<Reply> unlink(Scene& scene, std::string account) {
    const GoogleTools& google = *scene.tools.google;
    auto accounts = co_await google.accounts.all(scene.person.id);
    if (!accounts) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    const auto found = std::find_if(accounts->begin(), accounts->end(),
                                    [&](const GoogleAccount& one) { return one.id == account; });
    if (found == accounts->end()) co_return say(scene.phrases.say("link_none"));
    auto forgotten = co_await google.accounts.forget(scene.person.id, std::move(account));
    if (!forgotten) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    bool is_confirmed = true;
    // Revoking ends every grant of that Google account: not while somebody else has it linked.
    if (forgotten->is_last && !forgotten->token.empty()) {
        auto revoked = co_await google.oauth.revoke(forgotten->token, time_left(scene));
        is_confirmed = static_cast<bool>(revoked);
        if (!revoked)
            scene.tools.services.log.warn("a grant was not revoked at Google",
                                          {{"why", revoked.error().what}});
    }
    co_return say(
        scene.phrases.say(is_confirmed ? "unlink_done" : "unlink_unconfirmed", {{"account", found->label}}));
}

Task<Reply> answer_trouble(Scene& scene, Reply reply) {
    switch (scene.booking.trouble()) {
        case Trouble::kNotLinked:
            co_return co_await offer_link(scene, scene.phrases.say("link_offer"));
        case Trouble::kAccessEnded:
            co_return co_await offer_link(scene, scene.phrases.say("link_again"));
        case Trouble::kScope:
            co_return co_await offer_link(scene, scene.phrases.say("link_scope"));
        case Trouble::kService:
            co_return say(scene.phrases.say("failed_service"), Reply::After::kKeep);
        case Trouble::kNotYours:
            co_return say(scene.phrases.say("failed_not_yours"));
        case Trouble::kSilent:
            co_return co_await try_later(scene, std::move(reply));
        case Trouble::kNone:
            break;
    }
    co_return reply;
}

}  // namespace scheduling
