#include "migue/cpp/bench.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "instance.hpp"
#include "migue/cpp/copy_struct.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/understand.h"
#include "outcome.hpp"
#include "routes.hpp"
#include "world.hpp"

namespace migue::bench {

namespace {

using nlohmann::json;

/// What is kept of a conversation between its turns.
struct Conversation {
    std::string state_json;
    std::optional<std::uint64_t> question_until_ns;
    std::map<std::string, std::string> shown;  ///< titles by choice id
    TurnId running = 0;
    std::uint64_t started_ns = 0;
};

/// A message that was delivered, for repeat().
struct Delivered {
    std::string text;
    Message message;
    bool is_question_open = false;
    bool is_done = false;
};

enum class Kind { kMessage = 1, kJob };

}  // namespace

class Bench::Impl {
public:
    Impl(const migue_entry& entry, std::string config_json, Options options)
        : world(std::move(options)),
          entry_(entry),
          config_json_(std::move(config_json)),
          instance_(std::make_unique<Instance>(world, entry_, config_json_)) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        instance_.reset();
        // A destructor must not throw; verify() tells in time.
        try {
            world.breaches.raise();
        } catch (const Fault& fault) {
            std::fprintf(stderr, "plugin bench, at the end: %s\n", fault.what());
        }
    }

    [[nodiscard]] const Instance& instance() const noexcept { return *instance_; }
    TurnId begin(std::string_view text, Message message, bool may_answer_question, Kind kind);
    TurnOutcome finish(TurnId id);
    TurnOutcome send(std::string_view text, const Message& message);
    TurnOutcome tap(std::string_view choice_id, Message message);
    TurnOutcome repeat(const std::string& message_id, std::optional<Cut> cut);
    std::vector<TurnOutcome> run_due_jobs();
    void advance(std::chrono::nanoseconds time);
    void restart(std::optional<std::string> config_json);
    TurnCall& turn(TurnId id);

    [[nodiscard]] const Conversation* find(std::string_view id) const {
        const auto found = conversations_.find(std::string(id));
        return found == conversations_.end() ? nullptr : &found->second;
    }

    World world;

private:
    Message complete(Message message);
    void commit(TurnCall& turn);
    void step_towards_end(TurnCall& turn);

    const migue_entry& entry_;
    std::string config_json_;
    std::map<std::string, Conversation> conversations_;
    std::map<std::string, Delivered> delivered_;
    std::map<TurnId, Kind> kinds_;
    std::uint64_t last_message_ = 0;
    std::unique_ptr<Instance> instance_;
};

Message Bench::Impl::complete(Message message) {
    if (message.person.empty()) message.person = "person-" + message.conversation;
    if (message.message_id.empty()) message.message_id = "m" + std::to_string(++last_message_);
    if (message.input_json.empty()) message.input_json = R"({"kind":"text"})";
    if (!message.sent_unix_ms) message.sent_unix_ms = world.time.unix_ms();
    if (!json::accept(message.input_json))
        throw Fault("input_json of " + message.message_id + " is not JSON");
    return message;
}

/// Rival and second wish stand in input_json, the clause by its place in the text.
Message with_wishes(Message message, std::string_view text) {
    if (!message.rival && !message.second_wish) return message;
    json input = json::parse(message.input_json);
    if (!input.is_object()) throw Fault("input_json of " + message.message_id + " is no object");
    if (const auto& rival = message.rival)
        input["rival"] = {
            {"intent", rival->intent}, {"plugin", rival->plugin}, {"confidence", rival->confidence}};
    if (const auto& wish = message.second_wish) {
        const auto begin = text.find(wish->clause);
        if (begin == std::string_view::npos)
            throw Fault("the text of " + message.message_id + " does not hold the clause of its second wish");
        input["second_wish"] = {{"intent", wish->intent},
                                {"plugin", wish->plugin},
                                {"begin", begin},
                                {"end", begin + wish->clause.size()}};
    }
    message.input_json = input.dump();
    return message;
}

TurnId Bench::Impl::begin(std::string_view text, Message given, bool may_answer_question, Kind kind) {
    const Message message = with_wishes(complete(std::move(given)), text);
    Conversation& conversation = conversations_[message.conversation];
    if (conversation.running != 0)
        throw Fault("conversation " + message.conversation + " has a turn running (T1)");
    const bool answers = may_answer_question && conversation.question_until_ns &&
                         *conversation.question_until_ns > world.time.now_ns();
    delivered_[message.message_id] = {std::string(text), message, may_answer_question, false};
    const TurnId id = world.turns.size() + 1;
    const auto limit = static_cast<std::uint64_t>(std::chrono::nanoseconds(message.time_limit).count());
    TurnCall::Input input{
        message, std::string(text),          conversation.state_json, "trace-" + std::to_string(id),
        answers, world.time.now_ns() + limit};
    input.media_place = world.media.place();
    world.turns.push_back(
        std::make_unique<TurnCall>(id, std::move(input), world.options.limits, world.breaches));
    TurnCall& turn = *world.turns.back();
    kinds_[id] = kind;
    conversation.running = id;
    conversation.started_ns = world.time.now_ns();
    turn.returned(world.run_as(
        &turn, [&] { return instance_->api().handle(instance_->raw(), turn.request(), turn.call()); }));
    return id;
}

/// Ends one operation, or lets time pass up to the next or to the deadline.
void Bench::Impl::step_towards_end(TurnCall& turn) {
    if (world.run_one()) return;
    const std::uint64_t next = world.time.next_due_ns().value_or(UINT64_MAX);
    if (!turn.is_cancelled() && next > turn.deadline_ns()) {
        world.time.move_to(turn.deadline_ns());
        world.cancel_turn(turn);
    } else if (next != UINT64_MAX && !turn.is_cancelled()) {
        world.time.move_to(next);
    } else {
        world.breaches.add("turn " + turn.message().message_id +
                           " never ends: it was cancelled and waits for nothing that is open");
        turn.abandon(MIGUE_E_DEADLINE);
    }
}

TurnOutcome Bench::Impl::finish(TurnId id) {
    TurnCall& call = turn(id);
    while (!call.has_ended()) step_towards_end(call);
    while (world.run_one()) {
    }
    commit(call);
    world.breaches.raise();
    return call.outcome();
}

void Bench::Impl::commit(TurnCall& call) {
    Conversation& conversation = conversations_[call.message().conversation];
    if (conversation.running != call.id()) return;  // asked again about a turn that is over
    conversation.running = 0;
    TurnOutcome& outcome = call.outcome();
    outcome.took = std::chrono::nanoseconds(world.time.now_ns() - conversation.started_ns);
    const std::optional<Cut>& cut = call.message().cut;
    if (outcome.status >= 0 && cut && (call.is_cancelled() || cut->operation == 0))
        outcome.status = MIGUE_E_CANCELLED;
    if (outcome.status != MIGUE_OK) {
        outcome.replies.clear();
        outcome.state_json.reset();
        outcome.ask_ttl.reset();
    }
    if (outcome.status < 0) return;
    delivered_[call.message().message_id].is_done = true;
    if (outcome.state_json) conversation.state_json = *outcome.state_json;
    if (kinds_[call.id()] == Kind::kMessage) conversation.question_until_ns.reset();
    if (outcome.ask_ttl)
        conversation.question_until_ns =
            world.time.now_ns() +
            static_cast<std::uint64_t>(std::chrono::nanoseconds(*outcome.ask_ttl).count());
    for (Choice& choice : choices_of(outcome.replies))
        conversation.shown[choice.id] = std::move(choice.title);
}

TurnCall& Bench::Impl::turn(TurnId id) {
    if (id == 0 || id > world.turns.size()) throw Fault("there is no turn " + std::to_string(id));
    return *world.turns[id - 1];
}

TurnOutcome Bench::Impl::send(std::string_view text, const Message& message) {
    TurnOutcome outcome = finish(begin(text, message, true, Kind::kMessage));
    const auto& intents = instance_->descriptor().intents;
    const bool is_own = std::find(intents.begin(), intents.end(), message.intent) != intents.end();
    if (outcome.status != MIGUE_PASS || !outcome.answered_question || !is_own) return outcome;
    Message again = message;
    again.message_id = outcome.message_id;
    return finish(begin(text, again, false, Kind::kMessage));
}

TurnOutcome Bench::Impl::tap(std::string_view choice_id, Message message) {
    const Conversation& conversation = conversations_[message.conversation];
    const auto shown = conversation.shown.find(std::string(choice_id));
    if (shown == conversation.shown.end())
        throw Fault("nothing with the id \"" + std::string(choice_id) + "\" was shown in " +
                    message.conversation);
    const std::string title = shown->second;
    if (message.input_json.empty()) message.input_json = json{{"kind", "tap"}, {"tap", choice_id}}.dump();
    return send(title, message);
}

TurnOutcome Bench::Impl::repeat(const std::string& message_id, std::optional<Cut> cut) {
    const auto found = delivered_.find(message_id);
    if (found == delivered_.end()) throw Fault("message " + message_id + " was never delivered");
    if (found->second.is_done) throw Fault("message " + message_id + " is done: a host does not repeat it");
    Delivered again = found->second;
    ++again.message.attempt;
    again.message.cut = cut;
    return finish(begin(again.text, std::move(again.message), again.is_question_open, Kind::kMessage));
}

std::vector<TurnOutcome> Bench::Impl::run_due_jobs() {
    std::vector<TurnOutcome> outcomes;
    for (const JobBook::Job& due : world.jobs.due(world.time.unix_ms())) {
        const json payload = json::parse(due.job.payload_json);
        Message message;
        message.conversation = due.job.conversation;
        message.message_id = "job-" + std::to_string(due.number);
        message.attempt = due.attempt;
        message.sent_unix_ms = due.job.at_unix_ms;
        if (due.job.key.starts_with(MIGUE_JOBS_SLOW)) message.time_limit = std::chrono::seconds(20);
        message.input_json =
            json{{"kind", "job"}, {"job", {{"key", due.job.key}, {"payload", payload}}}}.dump();
        outcomes.push_back(finish(begin("", std::move(message), false, Kind::kJob)));
        if (outcomes.back().status == MIGUE_OK)
            world.jobs.remove(due);
        else
            world.jobs.failed(due);
    }
    return outcomes;
}

void Bench::Impl::advance(std::chrono::nanoseconds time) {
    const std::uint64_t target = world.time.now_ns() + static_cast<std::uint64_t>(time.count());
    for (;;) {
        if (world.run_one()) continue;
        const std::uint64_t next = world.time.next_due_ns().value_or(UINT64_MAX);
        if (next > target) break;
        world.time.move_to(next);
    }
    world.time.move_to(target);
    world.breaches.raise();
}

void Bench::Impl::restart(std::optional<std::string> config_json) {
    instance_.reset();
    for (auto& [id, conversation] : conversations_) conversation.running = 0;
    world.breaches.raise();
    if (config_json) config_json_ = std::move(*config_json);
    instance_ = std::make_unique<Instance>(world, entry_, config_json_);
}

Bench::Bench(const migue_entry& entry, std::string config_json, Options options)
    : impl_(std::make_unique<Impl>(entry, std::move(config_json), std::move(options))) {}
Bench::~Bench() = default;

TurnOutcome Bench::send(std::string_view text, Message message) {
    return impl_->send(text, message);
}
TurnOutcome Bench::tap(std::string_view choice_id, Message message) {
    return impl_->tap(choice_id, std::move(message));
}
TurnOutcome Bench::repeat(const TurnOutcome& turn, std::optional<Cut> cut) {
    return impl_->repeat(turn.message_id, cut);
}
TurnId Bench::start(std::string_view text, Message message) {
    return impl_->begin(text, std::move(message), true, Kind::kMessage);
}
TurnOutcome Bench::finish(TurnId turn) {
    return impl_->finish(turn);
}
void Bench::cancel(TurnId turn) {
    impl_->world.cancel_turn(impl_->turn(turn));
}

std::int64_t Bench::unix_ms() const noexcept {
    return impl_->world.time.unix_ms();
}
void Bench::advance(std::chrono::nanoseconds time) {
    impl_->advance(time);
}
std::vector<TurnOutcome> Bench::run_due_jobs() {
    return impl_->run_due_jobs();
}
std::vector<StoredJob> Bench::jobs() const {
    return impl_->world.jobs.all();
}

Bench::RouteReply Bench::request(std::string_view method, std::string_view target, RouteCall call) {
    RouteReply reply = answer_request(impl_->world, impl_->instance(), method, target, call);
    impl_->world.breaches.raise();
    return reply;
}

Result<std::string> Bench::understand(const UnderstandRequest& request) {
    const Instance& instance = impl_->instance();
    const auto* offered = instance.extension<migue_understand_v1>(MIGUE_UNDERSTAND_ID);
    if (offered == nullptr)
        return Error{Error::Code::kUnsupported, "the plugin offers no " MIGUE_UNDERSTAND_ID};
    const migue_understand_request raw{sizeof(migue_understand_request),
                                       0,
                                       to_c(request.text),
                                       to_c(request.intent),
                                       to_c(request.timezone),
                                       to_c(request.locale),
                                       request.now_unix_ms};
    std::string out;
    migue_sink sink = sink_into(out);
    const migue_status status = copy_struct(*offered).understand(instance.raw(), &raw, &sink);
    impl_->world.breaches.raise();
    if (status != MIGUE_OK) return to_error(status, "understand");
    if (!json::accept(out)) throw Fault("understand() wrote what is not JSON");
    return out;
}

void Bench::restart(std::optional<std::string> config_json) {
    impl_->restart(std::move(config_json));
}

FakeHttp& Bench::http() noexcept {
    return impl_->world.http;
}
FakeMedia& Bench::media() noexcept {
    return impl_->world.media;
}
void Bench::read_intents_with(Classify classify) {
    impl_->world.classify = std::move(classify);
}

std::string Bench::sql(std::string_view text, std::string_view params_json) {
    const migue_sql_statement statement{sizeof(migue_sql_statement), 0, to_c(text), to_c(params_json)};
    const migue_sql_statement* pointer = &statement;
    const sql::Schema::Outcome outcome = impl_->world.schema->execute(&pointer, 1);
    if (outcome.status != MIGUE_OK) throw Fault("sql: " + outcome.why);
    return json::parse(outcome.json).at(0).at("rows").dump();
}

void Bench::fail_next_sql(migue_status status) {
    impl_->world.next_sql = status;
}
const std::vector<LogLine>& Bench::log() const noexcept {
    return impl_->world.log;
}
std::vector<double> Bench::metric(std::string_view name) const {
    return impl_->world.metrics.values(name);
}

std::string Bench::state(std::string_view conversation) const {
    const Conversation* found = impl_->find(conversation);
    return found == nullptr ? std::string() : found->state_json;
}

bool Bench::has_open_question(std::string_view conversation) const {
    const Conversation* found = impl_->find(conversation);
    return found != nullptr && found->question_until_ns &&
           *found->question_until_ns > impl_->world.time.now_ns();
}

std::size_t Bench::open_operations() const noexcept {
    return impl_->world.time.open();
}

void Bench::verify() {
    World& world = impl_->world;
    for (const std::string& one : world.http.unmet()) world.breaches.add("http: nobody asked for " + one);
    if (world.time.open() != 0)
        world.breaches.add(std::to_string(world.time.open()) + " operations are still open");
    world.breaches.raise();
}

std::vector<std::string> load_faults(const migue_entry& entry, std::string config_json, Options options) {
    try {
        const Bench bench(entry, std::move(config_json), std::move(options));
        return {};
    } catch (const Fault& fault) {
        std::vector<std::string> lines;
        const std::string all = fault.what();
        for (std::size_t at = 0; at <= all.size();) {
            const std::size_t end = std::min(all.find('\n', at), all.size());
            lines.push_back(all.substr(at, end - at));
            at = end + 1;
        }
        return lines;
    }
}

}  // namespace migue::bench
