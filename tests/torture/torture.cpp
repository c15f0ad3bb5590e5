#include "tests/torture/torture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "tests/bench/load/fake_graph.hpp"
#include "tests/bench/load/host_under_test.hpp"
#include "tests/bench/load/webhook_client.hpp"
#include "tests/bench/load/webhook_text.hpp"

namespace migue::torture {

namespace {

using namespace std::chrono_literals;
using load::Clock;
using std::chrono::milliseconds;

constexpr auto kTick = 5ms;
constexpr std::size_t kConnections = 48;  // to each host
constexpr double kKilledAtStart = 0.15;   // share of processes that die before they are ready
constexpr double kStaysAway = 0.5;        // share of kills, with two hosts, until the other took over
// Meta brings a message again after longer and longer pauses.
constexpr milliseconds kFirstPause{200};
constexpr milliseconds kLongestPause{2000};
constexpr std::size_t kMostUnacked = 400;
constexpr auto kStartAgain = 250ms;
/// Replies that come again later than this after everything was answered are not seen.
constexpr auto kQuiet = 1500ms;

/// "3: m17" → 17 and 3. Nothing when it is another sentence.
struct Said {
    std::size_t message = 0;
    std::uint64_t count = 0;
};
std::optional<Said> read_said(std::string_view text) {
    Said said;
    const char* const end = text.data() + text.size();
    const auto count = std::from_chars(text.data(), end, said.count);
    if (count.ec != std::errc() || !std::string_view(count.ptr, end).starts_with(": m")) return std::nullopt;
    const auto message = std::from_chars(count.ptr + 3, end, said.message);
    return message.ec == std::errc() && message.ptr == end ? std::optional(said) : std::nullopt;
}

class Torture {
public:
    Torture(const TortureOptions& options, load::Database& database);
    TortureResult run();

private:
    struct Host {
        std::size_t number = 0;
        load::HostSetup setup;
        std::unique_ptr<load::WebhookClient> client;
        std::unique_ptr<load::HostUnderTest> process;  // empty while it is away
        std::size_t sender = 0;
        bool ready = false;
        std::optional<TimePoint> kill_at;
        std::optional<TimePoint> start_at;
        std::vector<std::size_t> owed;  // stays away until these are answered
        TimePoint killed_at{};
    };

    // people
    void pace();
    void write();
    void post(std::size_t message);
    [[nodiscard]] Host& any_host();
    void on_answer(std::size_t message, int status);
    void on_reply(const load::GraphReply& reply);
    // what happens to hosts and database
    void tick();
    void look_after(Host& host);
    void start(Host& host);
    void kill(Host& host);
    void look_after_database();
    void begin_outage();
    [[nodiscard]] bool database_was_away(TimePoint since) const;

    [[nodiscard]] bool is_over() const;
    [[nodiscard]] bool all_settled() const;
    [[nodiscard]] double chance() { return std::uniform_real_distribution<>(0, 1)(random_); }
    [[nodiscard]] milliseconds between(milliseconds least, milliseconds most) {
        return milliseconds(
            std::uniform_int_distribution<std::int64_t>(least.count(), most.count())(random_));
    }
    void say(const std::string& text) const {
        if (options_.say) options_.say(text);
    }

    const TortureOptions options_;
    load::Database& database_;
    std::mt19937_64 random_;
    load::EventLoop loop_;
    test::TemporaryFolder folder_;
    load::FakeGraph graph_;
    std::optional<load::WebhookText> text_;
    std::vector<Host> hosts_;
    TortureResult result_;
    std::vector<bool> answered_;  // by message
    TimePoint begun_, last_reply_;
    bool writing_ = false, tormenting_ = false;
    std::size_t unacked_ = 0;
    std::size_t due_ = 0;                         // by the rate
    std::unordered_map<std::size_t, int> tries_;  // of messages without a 200

    std::optional<TimePoint> next_outage_;
    bool away_ = false;
    TimePoint back_at_;
    std::future<void> database_work_;
};

Torture::Torture(const TortureOptions& options, load::Database& database)
    : options_(options),
      database_(database),
      random_(options.seed),
      graph_(loop_, {.latency = options.graph_latency, .seed = options.seed},
             [this](const load::GraphReply& reply) { on_reply(reply); }) {
    for (std::size_t i = 0; i < options_.hosts; ++i) {
        Host host;
        host.number = i;
        host.setup.folder = folder_.path() / fmt::format("host{}", i);
        host.setup.store_url = database_.url();
        host.setup.access_token = graph_.options().access_token;
        host.setup.phone_number_id = graph_.options().phone_number_id;
        host.setup.paces_itself = false;
        load::use_think_plugin(host.setup, options_.think);
        host.setup.write();
        host.client = std::make_unique<load::WebhookClient>(loop_, kConnections);
        hosts_.push_back(std::move(host));
    }
    text_.emplace(hosts_.front().setup.app_secret, graph_.options().phone_number_id,
                  static_cast<std::uint32_t>(options_.seed));
}

// ---- people

void Torture::pace() {
    if (!writing_) return;
    const double passed = std::chrono::duration<double>(Clock::now() - begun_).count();
    for (; static_cast<double>(due_) < passed * options_.rate; ++due_)
        if (unacked_ < kMostUnacked) write();  // while nothing is taken, people do not write on
    loop_.after(kTick, [this] { pace(); });
}

void Torture::write() {
    const std::size_t message = result_.ledger.messages.size();
    SentMessage sent;
    sent.conversation = std::uniform_int_distribution<std::size_t>(0, options_.conversations - 1)(random_);
    sent.first_sent = TimePoint::max();
    result_.ledger.messages.push_back(sent);
    answered_.push_back(false);
    ++unacked_;
    // Held back on its way: what is written meanwhile overtakes it.
    const bool held = chance() < options_.reordered;
    const bool again = chance() < options_.duplicates;
    result_.reordered += held ? 1 : 0;
    result_.duplicates += again ? 1 : 0;
    const milliseconds delay = held ? between(20ms, 1500ms) : 0ms;
    loop_.after(delay, [this, message] { post(message); });
    if (again) loop_.after(delay + between(0ms, 800ms), [this, message] { post(message); });
}

void Torture::post(std::size_t message) {
    SentMessage& sent = result_.ledger.messages[message];
    std::string body =
        text_->message(text_->message_id(message), sent.conversation, fmt::format("m{}", message));
    std::string signature = text_->sign(body);
    Host& host = any_host();
    sent.first_sent = std::min(sent.first_sent, Clock::now());
    host.client->post(std::move(body), std::move(signature),
                      [this, message](int status) { on_answer(message, status); });
}

/// A load balancer that has noticed who is away.
Torture::Host& Torture::any_host() {
    const std::size_t first = std::uniform_int_distribution<std::size_t>(0, hosts_.size() - 1)(random_);
    for (std::size_t i = 0; i < hosts_.size(); ++i)
        if (Host& host = hosts_[(first + i) % hosts_.size()]; host.ready) return host;
    return hosts_[first];
}

void Torture::on_answer(std::size_t message, int status) {
    SentMessage& sent = result_.ledger.messages[message];
    if (status == 200) {
        if (sent.acked) return;
        --unacked_;
        tries_.erase(message);
        sent.acked = Clock::now();
        return;
    }
    if (status != 0 && status != 503)
        throw std::runtime_error(fmt::format("the webhook answered {} to message {}", status, message));
    if (sent.acked) return;  // the second copy of a message that is there
    ++result_.retries;
    const milliseconds pause =
        std::min<milliseconds>(kFirstPause * (1 << std::min(tries_[message]++, 5)), kLongestPause);
    loop_.after(between(pause / 2, pause), [this, message] {
        if (!result_.ledger.messages[message].acked) post(message);
    });
}

void Torture::on_reply(const load::GraphReply& reply) {
    SentReply sent;
    sent.at = reply.at;
    std::from_chars(reply.to.data() + 4, reply.to.data() + reply.to.size(), sent.conversation);
    sent.name = reply.name;
    if (const auto said = read_said(reply.text)) {
        sent.answers = said->message;
        sent.count = said->count;
        if (said->message < answered_.size()) answered_[said->message] = true;
    }
    std::from_chars(reply.sender.data() + 1, reply.sender.data() + reply.sender.size(), sent.sender);
    last_reply_ = reply.at;
    result_.ledger.replies.push_back(std::move(sent));
}

// ---- hosts and database

void Torture::start(Host& host) {
    host.sender = result_.ledger.senders.size();
    result_.ledger.senders.push_back({.killed = {}, .host = host.number});
    host.process =
        std::make_unique<load::HostUnderTest>(host.setup, graph_.url(fmt::format("p{}", host.sender)));
    host.ready = false;
    host.start_at.reset();
    host.kill_at.reset();
    if (tormenting_ && chance() < kKilledAtStart) host.kill_at = Clock::now() + between(0ms, 150ms);
}

void Torture::kill(Host& host) {
    // From now on nothing can come of it that was not on its way.
    result_.ledger.senders[host.sender].killed = Clock::now();
    host.process->kill_now();
    ++result_.kills;
    if (!host.ready) ++result_.kills_at_start;
    host.killed_at = Clock::now();
    host.ready = false;
    host.process.reset();
    host.kill_at.reset();
    host.client->point_to(0);
    // Only while the others are there: two that wait for each other would wait for ever.
    const bool alone = std::any_of(hosts_.begin(), hosts_.end(),
                                   [&host](const Host& other) { return &other != &host && !other.ready; });
    if (hosts_.size() > 1 && !alone && !away_ && chance() < kStaysAway) {
        for (std::size_t i = 0; i < answered_.size(); ++i)
            if (result_.ledger.messages[i].acked && !answered_[i]) host.owed.push_back(i);
        return;
    }
    host.start_at = Clock::now() + between(0ms, 200ms);
}

void Torture::look_after(Host& host) {
    const TimePoint now = Clock::now();
    if (!host.process) {
        if (!host.start_at) {
            std::erase_if(host.owed, [this](std::size_t message) { return answered_[message]; });
            if (!host.owed.empty() && tormenting_ && now < host.killed_at + 30s) return;
            if (host.owed.empty())
                result_.take_overs.push_back(std::chrono::duration_cast<milliseconds>(now - host.killed_at));
            host.owed.clear();
            host.start_at = now;
        }
        if (now >= *host.start_at) start(host);
        return;
    }
    if (host.kill_at && now >= *host.kill_at && tormenting_) {
        // Whoever takes over is left in peace meanwhile: how long it takes is a figure.
        const bool takes_over =
            std::any_of(hosts_.begin(), hosts_.end(), [](const Host& other) { return !other.owed.empty(); });
        if (takes_over)
            host.kill_at = now + between(20ms, 2 * options_.life);
        else
            kill(host);
        return;
    }
    if (host.process->has_ended()) {
        // Without its database it says so and ends; whoever runs it starts it again.
        if (host.ready || !database_was_away(host.process->started()))
            throw std::runtime_error("migue serve ended by itself\n" + host.process->log_tail(30));
        result_.ledger.senders[host.sender].killed = now;
        host.process.reset();
        host.start_at = now + kStartAgain;
        return;
    }
    if (host.ready) return;
    const std::uint16_t port = host.process->port();
    if (port == 0) {
        if (now > host.process->started() + load::HostUnderTest::kStartLimit)
            throw std::runtime_error("migue serve does not get ready");
        return;
    }
    host.ready = true;
    host.client->point_to(port);
    host.kill_at = now + between(20ms, 2 * options_.life);
}

bool Torture::database_was_away(TimePoint since) const {
    return !result_.ledger.outages.empty() && result_.ledger.outages.back().end >= since;
}

void Torture::begin_outage() {
    using Fault = load::Database::Fault;
    const auto fault = static_cast<Fault>(std::uniform_int_distribution<>(1, 3)(random_));
    const milliseconds length = between(200ms, 4000ms);
    away_ = true;
    back_at_ = Clock::now() + length;
    say(fmt::format("the database is {} for {} ms",
                    fault == Fault::kFrozen    ? "frozen"
                    : fault == Fault::kStopped ? "stopped"
                                               : "killed",
                    length.count()));
    result_.ledger.outages.push_back({Clock::now(), TimePoint::max()});
    ++result_.outages;
    // Elsewhere: a server takes a while to stop and to start.
    database_work_ = database_.take_away(fault);
}

void Torture::look_after_database() {
    if (database_work_.valid()) {
        if (database_work_.wait_for(0s) != std::future_status::ready) return;
        database_work_.get();
        if (!away_) {
            say("the database is back");
            // A while after it is back hosts are still about to notice.
            result_.ledger.outages.back().end = Clock::now() + 2s;
            return;
        }
    }
    const TimePoint now = Clock::now();
    if (away_) {
        if (now < back_at_) return;
        away_ = false;
        database_work_ = database_.bring_back();
        return;
    }
    if (!database_.can_fail() || options_.outages_per_minute <= 0 || !tormenting_) return;
    if (next_outage_ && now >= *next_outage_) {
        begin_outage();
        next_outage_.reset();
    } else if (!next_outage_) {
        const milliseconds mean(static_cast<std::int64_t>(60'000 / options_.outages_per_minute));
        next_outage_ = now + between(mean / 4, 2 * mean);
    }
}

void Torture::tick() {
    for (Host& host : hosts_) look_after(host);
    look_after_database();
    loop_.after(kTick, [this] { tick(); });
}

bool Torture::is_over() const {
    return options_.kills > 0 && result_.kills >= options_.kills;
}

bool Torture::all_settled() const {
    if (unacked_ > 0 || away_ || database_work_.valid()) return false;
    // Where sentences about failures stand for answers only the checker can tell; then it is quiet.
    const bool all = std::find(answered_.begin(), answered_.end(), false) == answered_.end();
    return Clock::now() > last_reply_ + (all ? milliseconds(kQuiet) : options_.settle / 3);
}

TortureResult Torture::run() {
    for (Host& host : hosts_) start(host);
    for (Host& host : hosts_) host.client->point_to(host.process->wait_ready(loop_));
    begun_ = last_reply_ = Clock::now();
    writing_ = tormenting_ = true;
    pace();
    tick();
    TimePoint told = begun_;
    loop_.run_until(
        [&] {
            if (Clock::now() > told + 10s) {
                told = Clock::now();
                say(fmt::format("{} s: {} messages, {} replies, {} kills, {} outages",
                                std::chrono::duration_cast<std::chrono::seconds>(told - begun_).count(),
                                result_.ledger.messages.size(), result_.ledger.replies.size(), result_.kills,
                                result_.outages));
            }
            return is_over();
        },
        begun_ + options_.limit);
    writing_ = tormenting_ = false;
    const bool settled = loop_.run_until([this] { return all_settled(); }, Clock::now() + options_.settle);
    result_.findings = check(result_.ledger);
    if (!settled || !result_.findings.violations.empty())
        for (Host& host : hosts_)
            if (host.process)
                result_.log_tail += fmt::format("--- host {}\n{}", host.number, host.process->log_tail(30));
    if (database_work_.valid()) database_work_.get();
    for (Host& host : hosts_)
        if (host.process && !host.process->stop())
            throw std::runtime_error("migue serve did not end well\n" + host.process->log_tail(30));
    return std::move(result_);
}

}  // namespace

TortureResult torture(const TortureOptions& options, load::Database& database) {
    return Torture(options, database).run();
}

}  // namespace migue::torture
