#include "host/pipeline/turn.hpp"

#include <algorithm>
#include <utility>

#include "host/pipeline/did_you_mean.hpp"
#include "host/pipeline/turn_running.hpp"
#include "host/store/identity.hpp"

namespace migue::host {

namespace {

using intents::RoutedBy;

/// Whether nothing but a guess brought it where it goes.
bool may_be_listened_to(RoutedBy how) {
    return how != RoutedBy::kTap && how != RoutedBy::kOpenQuestion && how != RoutedBy::kChosen &&
           how != RoutedBy::kTold;
}

// The store is away: try again soon, then less often. The turn's result waits in memory.
std::chrono::milliseconds store_backoff(std::uint32_t tries) {
    return std::chrono::milliseconds(100 << std::min(tries, 6U));
}

}  // namespace

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

void TurnRunner::start(const Step& run) {
    if (!run->turn.message.expects_answer) {
        commit(run, ignored(*run), 0);
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
    run->decision.routed_by = RoutedBy::kDoubt;
    TurnResult asked;
    asked.status = MIGUE_OK;
    FinishedTurn finished = outcome_of(*run, asked);
    finished.replies.push_back(std::move(*question));
    commit(run, std::move(finished), 0);
    return true;
}

void TurnRunner::decide(const Step& run, bool question_open) {
    const std::string& known =
        run->conversation.locale.empty() ? run->turn.message.locale : run->conversation.locale;
    if (!run->turn.job_plugin.empty()) {
        run->decision = {run->turn.job_plugin, "job", 1.0F, {}, RoutedBy::kJob, {}};
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
    const bool falls = run->turn.job_plugin.empty() && may_be_listened_to(run->decision.routed_by) &&
                       run->decision.plugin == run->router->fallback_plugin();
    if (falls && run->decision.doubt.empty() && !listener.empty()) {
        // It may know what no example shows: a bare day, "guarda el correo de Pablo", a contact.
        run->decision.plugin = listener;
        run->decision.routed_by = RoutedBy::kListens;
    }
    run->answers_open_question = run->decision.routed_by == RoutedBy::kOpenQuestion;
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
        run.decision = {plugin, intent, 1.0F, {}, RoutedBy::kChosen, {}};
        run.input = read_input({});
        run.turn.message.text = std::move(wish->text);
        run.turn.message.sent_unix_ms = std::min(wish->sent_unix_ms, run.turn.message.sent_unix_ms);
        return true;
    }
    // Its route is gone since: what the button showed is read as if it had been written.
    run.input = read_input({});
    return false;
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
            run->decision.routed_by = RoutedBy::kPassed;
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
