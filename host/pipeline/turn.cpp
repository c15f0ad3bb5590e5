#include "host/pipeline/turn.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/pipeline/did_you_mean.hpp"
#include "host/pipeline/failure_reply.hpp"
#include "host/pipeline/tap.hpp"
#include "host/store/identity.hpp"
#include "migue/ext/jobs.h"

namespace migue::host {

namespace {

using Json = nlohmann::json;

// The store is away: try again soon, then less often. The turn's result waits in memory.
std::chrono::milliseconds store_backoff(std::uint32_t tries) {
    return std::chrono::milliseconds(100 << std::min(tries, 6U));
}

/// "··· 4567": enough for a person to know their own number, too little to learn somebody's. ""
/// where the channel has no numbers.
std::string masked_number(const std::string& address_json) {
    constexpr std::size_t kShown = 4;
    const Json address = Json::parse(address_json, nullptr, false);
    if (!address.is_object() || !address.contains("to") || !address.at("to").is_string()) return {};
    const std::string number = address.at("to");
    const bool is_number = number.size() > 2 * kShown && number.front() == '+' &&
                           number.find_first_not_of("0123456789", 1) == std::string::npos;
    return is_number ? "··· " + number.substr(number.size() - kShown) : std::string();
}

std::string channel_json(const ChannelLimits& limits, const Window& window, const std::string& address_json,
                         const std::string& media) {
    Json channel{{"buttons", limits.buttons}, {"list_rows", limits.list_rows}};
    if (window.hours > 0) {
        channel["window_hours"] = window.hours;
        channel["template"] = window.has_template;
    }
    if (std::string number = masked_number(address_json); !number.empty())
        channel["shown_as"] = std::move(number);
    if (!media.empty()) channel["media"] = media;
    return channel.dump();
}

/// A job that said beforehand that it takes longer than a message may (ext/jobs.h).
bool is_slow_job(const OpenTurn& turn) {
    if (turn.job_plugin.empty()) return false;
    const Json input = Json::parse(turn.message.input_json, nullptr, false);
    return input.is_object() && input.contains("job") &&
           input.at("job").value("key", "").starts_with(MIGUE_JOBS_SLOW);
}

/// What the message may want besides its intent, for the plugin that gets it.
std::string with_wishes(const std::string& input_json, const intents::Decision& decision) {
    if (!decision.rival && !decision.second_wish) return input_json;
    Json input = Json::parse(input_json);
    if (const auto& rival = decision.rival)
        input["rival"] = {
            {"intent", rival->intent}, {"plugin", rival->plugin}, {"confidence", rival->probability}};
    if (const auto& wish = decision.second_wish)
        input["second_wish"] = {
            {"intent", wish->intent}, {"plugin", wish->plugin}, {"begin", wish->begin}, {"end", wish->end}};
    return input.dump();
}

}  // namespace

/// A turn under way. Touched by one thread at a time: each step starts the next.
struct TurnRunner::Running {
    OpenTurn turn;
    Behind behind;
    std::function<void()> finished;
    std::size_t messages = 1;  // that this turn answers
    bool question_open = false;
    std::shared_ptr<const intents::Router> router;
    Input input;
    Conversation conversation;
    intents::Decision decision;
    bool answers_open_question = false;
    bool fell_back = false;  // a plugin passed, and the fallback was asked
    std::string locale;
    std::uint64_t deadline_ns = 0;
    std::uint64_t started_ns = 0;
    std::uint64_t called_ns = 0;
    std::uint32_t tries = 0;  // of reading the conversation
};

TurnRunner::TurnRunner(Store& store, PluginHost& plugins, RouterSource router, Channels channels,
                       Outbox& outbox, Executor& executor, Clock& clock, Log& log, Options options)
    : store_(store),
      plugins_(plugins),
      router_(std::move(router)),
      channels_(std::move(channels)),
      outbox_(outbox),
      executor_(executor),
      clock_(clock),
      log_(log),
      options_(std::move(options)) {}

void TurnRunner::run(OpenTurn turn, Behind behind, std::function<void()> finished) {
    auto run = std::make_shared<Running>();
    run->router = router_();
    run->messages = read_joined(turn);
    run->behind = std::move(behind);
    run->input = read_input(turn.message.input_json);
    run->started_ns = clock_.monotonic_ns();
    run->deadline_ns = deadline_for(turn);
    run->turn = std::move(turn);
    run->finished = std::move(finished);
    start(run);
}

std::uint64_t TurnRunner::deadline_for(const OpenTurn& turn) const {
    const auto late =
        std::chrono::milliseconds(turn.attempt > 1 ? 0 : clock_.unix_ms() - turn.received_unix_ms);
    const auto budget = is_slow_job(turn) ? options_.slow_job : options_.budget;
    const auto left = std::max(options_.least, budget - options_.send - late);
    return clock_.monotonic_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(left).count());
}

ChannelLimits TurnRunner::limits_of(const OpenTurn& turn) const {
    const auto channel = channels_.find(turn.message.channel);
    return channel == channels_.end() ? ChannelLimits{} : channel->second->limits();
}

void TurnRunner::start(const Step& run) {
    if (!run->turn.message.expects_answer) {
        ignore(run);
        return;
    }
    store_calls_.begin();
    store_.conversation(run->turn.conversation_id, [this, run](Result<Conversation> conversation) {
        executor_.post([this, run, conversation = std::move(conversation)]() mutable {
            on_conversation(run, std::move(conversation));
        });
        store_calls_.end();
    });
}

void TurnRunner::on_conversation(const Step& run, Result<Conversation> conversation) {
    if (!conversation) {
        log_.error("a conversation could not be read", {{"why", conversation.error().what}});
        executor_.post_after(store_backoff(run->tries++), [this, run] { start(run); });
        return;
    }
    run->conversation = std::move(conversation).value();
    run->question_open =
        !run->conversation.asked_plugin.empty() && clock_.unix_ms() < run->conversation.asked_until_unix_ms;
    // A tap says itself what it is about.
    if (run->input.quoted.empty() || run->input.kind == "tap")
        begin(run);
    else
        find_quoted(run);
}

/// The channel's id of what is quoted says nothing to a plugin: it knows the message that it answered.
void TurnRunner::find_quoted(const Step& run) {
    store_calls_.begin();
    store_.quoted(run->turn.conversation_id, run->input.quoted, [this, run](Result<std::string> message_id) {
        executor_.post([this, run, message_id = std::move(message_id)] {
            if (!message_id) {
                log_.error("a quoted message could not be looked up", {{"why", message_id.error().what}});
                executor_.post_after(store_backoff(run->tries++), [this, run] { find_quoted(run); });
                return;
            }
            if (!message_id->empty())
                run->input.input_json = with_quoted_message(run->input.input_json, *message_id);
            begin(run);
        });
        store_calls_.end();
    });
}

void TurnRunner::begin(const Step& run) {
    decide(run, run->question_open);
    const bool waits = run->behind.look && options_.burst.messages > 1 && run->messages == 1 &&
                       may_go_on(run->turn, run->decision, *run->router);
    if (!waits)
        answer(run);
    else if (options_.burst_wait.count() > 0)
        executor_.post_after(options_.burst_wait, [this, run] { join(run); });
    else
        join(run);
}

void TurnRunner::join(const Step& run) {
    auto others = going_on(run->turn, run->behind.look(options_.burst.messages - 1), *run->router,
                           options_.burst, run->locale);
    if (others.empty())
        answer(run);
    else if (run->behind.take(others))
        keep_joined(run, std::move(others), 0);
    else
        run->finished();  // another host has the conversation, and all that waited
}

/// Kept before anything is done about it: were this turn run again, it would be the same one.
void TurnRunner::keep_joined(const Step& run, std::vector<OpenTurn> others, std::uint32_t tries) {
    JoinedTurn joined = joined_turn(run->turn, others);
    store_calls_.begin();
    store_.join(std::move(joined), clock_.unix_ms(),
                [this, run, others = std::move(others), tries](const Result<void>& kept) {
                    executor_.post([this, run, others, tries, kept] { on_joined(run, others, tries, kept); });
                    store_calls_.end();
                });
}

void TurnRunner::on_joined(const Step& run, const std::vector<OpenTurn>& others, std::uint32_t tries,
                           const Result<void>& kept) {
    if (kept) {
        JoinedTurn joined = joined_turn(run->turn, others);
        run->turn.message.input_json = std::move(joined.input_json);
        run->turn.message.sent_unix_ms = joined.sent_unix_ms;
        run->messages = read_joined(run->turn);
        run->input = read_input(run->turn.message.input_json);
        joined_ += others.size();
        decide(run, run->question_open);
        answer(run);
        return;
    }
    if (kept.error().code == Error::Code::kConflict) {
        log_.warn("messages could not be joined: their conversation is another host's now",
                  {{"trace", trace_id_of(run->turn.message.message_id)}});
        run->finished();
        return;
    }
    log_.error("joined messages could not be kept",
               {{"trace", trace_id_of(run->turn.message.message_id)}, {"why", kept.error().what}});
    executor_.post_after(store_backoff(tries),
                         [this, run, others, tries] { keep_joined(run, others, tries + 1); });
}

void TurnRunner::answer(const Step& run) {
    if (run->turn.attempt > options_.attempts) {
        // It was begun so often and never ended: whatever it does to a host, it does again.
        log_.error("a turn is given up",
                   {{"plugin", run->decision.plugin}, {"trace", trace_id_of(run->turn.message.message_id)}});
        run->called_ns = clock_.monotonic_ns();
        TurnResult given_up;
        given_up.status = MIGUE_E_INTERNAL;
        commit(run, outcome_of(*run, given_up), 0);
        return;
    }
    if (ask_what_was_meant(run)) return;
    call_plugin(run);
}

/// True: the host has answered itself.
bool TurnRunner::ask_what_was_meant(const Step& run) {
    auto question =
        did_you_mean(run->decision, *run->router, run->turn.message, run->locale, options_.default_locale);
    if (!question) return false;
    run->called_ns = clock_.monotonic_ns();
    run->decision.plugin = kDidYouMean;
    run->decision.reason = "doubt";
    TurnResult asked;
    asked.status = MIGUE_OK;
    FinishedTurn finished = outcome_of(*run, asked);
    finished.replies.push_back(std::move(*question));
    commit(run, std::move(finished), 0);
    return true;
}

void TurnRunner::ignore(const Step& run) {
    FinishedTurn finished;
    finished.conversation_id = run->turn.conversation_id;
    finished.message_id = run->turn.message.message_id;
    finished.sequence = run->turn.sequence;
    finished.outcome = "ignored";
    finished.trace_json = Json{{"message_id", run->turn.message.message_id},
                               {"trace_id", trace_id_of(run->turn.message.message_id)},
                               {"kind", run->turn.message.kind},
                               {"received_unix_ms", run->turn.received_unix_ms}}
                              .dump(-1, ' ', false, Json::error_handler_t::replace);
    finished.keeps_question = true;
    commit(run, std::move(finished), 0);
}

void TurnRunner::decide(const Step& run, bool question_open) {
    const std::string& known =
        run->conversation.locale.empty() ? run->turn.message.locale : run->conversation.locale;
    if (!run->turn.job_plugin.empty()) {
        run->decision = {run->turn.job_plugin, "job", 1.0F, {}, "job", {}};
    } else if (!take_chosen_wish(*run)) {
        run->decision = run->router->route(
            {.kind = run->input.kind,
             .text = run->turn.message.text,
             .tap = run->input.tap,
             .locale = known,
             .asked_plugin =
                 question_open ? std::string_view(run->conversation.asked_plugin) : std::string_view()});
    }
    const std::string& listener = run->router->listening_plugin();
    const bool falls = run->turn.job_plugin.empty() && run->decision.reason != "tap" &&
                       run->decision.reason != "open_question" && run->decision.reason != "chosen" &&
                       run->decision.reason != "told" &&
                       run->decision.plugin == run->router->fallback_plugin();
    if (falls && run->decision.doubt.empty() && !listener.empty()) {
        // It may know what no example shows: a bare day, "guarda el correo de Pablo", a contact.
        run->decision.plugin = listener;
        run->decision.reason = "listens";
    }
    run->answers_open_question = run->decision.reason == "open_question";
    run->locale = !run->decision.locale.empty() ? run->decision.locale
                  : !known.empty()              ? known
                                                : options_.default_locale;
}

/// A tap on one of the host's own choices is the message it was offered for, with its intent told.
bool TurnRunner::take_chosen_wish(Running& run) const {
    auto wish = read_chosen_wish(run.input.tap);
    if (!wish) return false;
    for (const auto& [intent, plugin] : run.router->routes()) {
        if (intent != wish->intent) continue;
        run.decision = {plugin, intent, 1.0F, {}, "chosen", {}};
        run.input = read_input({});
        run.turn.message.text = std::move(wish->text);
        run.turn.message.sent_unix_ms = std::min(wish->sent_unix_ms, run.turn.message.sent_unix_ms);
        return true;
    }
    // Its route is gone since: what the button showed is read as if it had been written.
    run.input = read_input({});
    return false;
}

TurnRequest TurnRunner::request_for(const Running& run) const {
    const InboundMessage& message = run.turn.message;
    TurnRequest request;
    request.message_id = message.message_id;
    request.conversation_id = run.turn.conversation_id;
    request.person_id = run.turn.person_id;
    request.intent = run.decision.intent;
    request.text = message.text;
    request.locale = run.locale;
    request.region = message.region;
    request.trace_id = trace_id_of(message.message_id);
    request.input_json = with_wishes(run.input.input_json, run.decision);
    request.limits = limits_of(run.turn);
    const auto channel = channels_.find(run.turn.message.channel);
    request.channel_json =
        channel_json(request.limits, channel == channels_.end() ? Window{} : channel->second->window(),
                     message.address_json,
                     channel != channels_.end() && channel->second->carries_files()
                         ? message.channel + "/" + message.account
                         : std::string());
    if (const auto state = run.conversation.states.find(run.decision.plugin);
        state != run.conversation.states.end()) {
        request.state_json = state->second.json;
        request.state_version = state->second.version;
    }
    request.answers_open_question = run.answers_open_question;
    request.deadline_ns = run.deadline_ns;
    request.sent_unix_ms = message.sent_unix_ms;
    request.attempt = run.turn.attempt;
    request.confidence = run.decision.confidence;
    return request;
}

void TurnRunner::call_plugin(const Step& run) {
    run->called_ns = clock_.monotonic_ns();
    // The result comes on a plugin's worker, which must not wait: it goes on over here.
    plugins_.run_turn(run->decision.plugin, request_for(*run), [this, run](TurnResult result) {
        executor_.post(
            [this, run, result = std::move(result)]() mutable { on_result(run, std::move(result)); });
    });
}

void TurnRunner::on_result(const Step& run, TurnResult result) {
    if (result.status == MIGUE_PASS && run->turn.job_plugin.empty()) {
        if (run->answers_open_question) {
            decide(run, false);
            if (!ask_what_was_meant(run)) call_plugin(run);
            return;
        }
        if (!run->fell_back && run->decision.plugin != run->router->fallback_plugin()) {
            run->fell_back = true;
            run->decision.plugin = run->router->fallback_plugin();
            run->decision.reason = "passed";
            call_plugin(run);
            return;
        }
    }
    for (const std::string& reason : result.reasons)
        log_.warn("a turn reported", {{"plugin", run->decision.plugin},
                                      {"trace", trace_id_of(run->turn.message.message_id)},
                                      {"why", reason}});
    commit(run, outcome_of(*run, result), 0);
}

FinishedTurn TurnRunner::outcome_of(const Running& run, const TurnResult& result) const {
    FinishedTurn finished;
    finished.conversation_id = run.turn.conversation_id;
    finished.message_id = run.turn.message.message_id;
    finished.sequence = run.turn.sequence;
    finished.plugin = run.decision.plugin;
    finished.locale = run.turn.job_plugin.empty() ? run.locale : std::string();
    finished.outcome = result.status == MIGUE_OK ? "done" : "failed";
    finished.told = run.turn.job_plugin.empty() ? run.conversation.untold : 0;
    if (finished.told > 0) finished.replies.push_back(untold_reply(run.locale, options_.default_locale));
    if (result.status == MIGUE_OK) {
        for (const Reply& reply : result.replies)
            finished.replies.push_back(with_plugin_in_ids(reply, run.decision.plugin));
        if (result.state_json) finished.state = {result.state_version, *result.state_json};
        if (result.ask_ttl) {
            finished.asked_plugin = run.decision.plugin;
            finished.asked_until_unix_ms = clock_.unix_ms() + result.ask_ttl->count();
        } else {
            // The person has answered nothing: what they were asked stays open.
            finished.keeps_question = !run.turn.job_plugin.empty();
        }
    } else if (run.turn.job_plugin.empty()) {
        finished.replies.push_back(failure_reply(result.status, run.locale, options_.default_locale));
    } else {
        finished.again = job_again(run);
        finished.keeps_question = true;
    }
    const std::uint64_t now = clock_.monotonic_ns();
    finished.trace_json = Json{{"message_id", run.turn.message.message_id},
                               {"trace_id", trace_id_of(run.turn.message.message_id)},
                               {"conversation_id", run.turn.conversation_id},
                               {"received_unix_ms", run.turn.received_unix_ms},
                               {"attempt", run.turn.attempt},
                               {"kind", run.turn.message.kind},
                               {"messages", run.messages},
                               {"locale", run.locale},
                               {"intent", run.decision.intent},
                               {"confidence", run.decision.confidence},
                               {"routed_by", run.decision.reason},
                               {"plugin", run.decision.plugin},
                               {"version", result.plugin_version},
                               {"generation", result.generation},
                               {"status", result.status},
                               {"reasons", result.reasons},
                               {"replies", finished.replies.size()},
                               {"prepare_us", (run.called_ns - run.started_ns) / 1000},
                               {"plugin_us", (now - run.called_ns) / 1000}}
                              .dump(-1, ' ', false, Json::error_handler_t::replace);
    return finished;
}

/// A job was promised to somebody: it comes back until it works or has been tried often.
std::optional<Job> TurnRunner::job_again(const Running& run) const {
    if (run.turn.attempt >= options_.attempts) return std::nullopt;
    const Json input = Json::parse(run.turn.message.input_json, nullptr, false);
    if (!input.is_object() || !input.contains("job")) return std::nullopt;
    const Json& job = input.at("job");
    const std::int64_t pause_ms = std::int64_t{15'000} << run.turn.attempt;
    return Job{run.turn.job_plugin,      run.turn.conversation_id,    job.at("key"),
               job.at("payload").dump(), clock_.unix_ms() + pause_ms, run.turn.attempt + 1};
}

void TurnRunner::commit(const Step& run, FinishedTurn finished, std::uint32_t tries) {
    store_calls_.begin();
    store_.finish(finished, clock_.unix_ms(),
                  [this, run, finished, tries](Result<std::vector<OutboundReply>> kept) mutable {
                      on_commit(run, std::move(finished), tries, std::move(kept));
                      store_calls_.end();
                  });
}

void TurnRunner::on_commit(const Step& run, FinishedTurn finished, std::uint32_t tries,
                           Result<std::vector<OutboundReply>> kept) {
    if (kept) {
        outbox_.deliver(std::move(kept).value());
        run->finished();
        return;
    }
    if (kept.error().code == Error::Code::kConflict) {
        log_.warn("a turn was finished before, or its conversation is another host's now",
                  {{"trace", trace_id_of(finished.message_id)}});
        run->finished();
        return;
    }
    log_.error("a turn could not be committed",
               {{"trace", trace_id_of(finished.message_id)}, {"why", kept.error().what}});
    executor_.post_after(store_backoff(tries), [this, run, again = std::move(finished), tries]() mutable {
        commit(run, std::move(again), tries + 1);
    });
}

}  // namespace migue::host
