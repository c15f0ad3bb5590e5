#include "tests/torture/google_rig.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <charconv>
#include <ctime>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/integration/link_pages.hpp"

namespace migue::torture {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kPublicUrl = "http://bot.example.test";
// Hosts that share a store share its keys.
constexpr const char* kVaultKeys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::size_t kConnections = 32;
constexpr auto kAgain = 60ms;  // Meta brings what was not taken
constexpr auto kLinkLimit = 60s;

standins::GoogleOptions google_options(std::chrono::seconds access_life) {
    standins::GoogleOptions options;
    options.access_life = access_life;
    options.redirect_uris = {std::string(kPublicUrl) + "/p/scheduling/callback"};
    return options;
}

std::vector<Choice> choices_in(const json& message) {
    std::vector<Choice> choices;
    const json action = message.value("/interactive/action"_json_pointer, json::object());
    for (const json& button : action.value("buttons", json::array()))
        choices.push_back({button.at("reply").at("id"), button.at("reply").at("title")});
    for (const json& section : action.value("sections", json::array()))
        for (const json& row : section.at("rows")) choices.push_back({row.at("id"), row.at("title")});
    return choices;
}

}  // namespace

std::string Heard::choice(const std::string& title) const {
    for (const Choice& one : choices)
        if (one.title == title) return one.id;
    return {};
}

GoogleRig::GoogleRig(const Options& options, load::Database& database)
    : options_(options),
      graph_(loop_, {.latency = options.graph_latency, .seed = options.seed},
             [this](const load::GraphReply& reply) { on_reply(reply); }),
      google_(google_options(options.access_life)),
      text_(load::HostSetup{}.app_secret, graph_.options().phone_number_id,
            static_cast<std::uint32_t>(std::time(nullptr) + static_cast<std::time_t>(options.seed))) {
    for (std::size_t i = 0; i < options_.hosts; ++i) {
        auto host = std::make_unique<Host>();
        host->number = i;
        host->google = std::make_unique<standins::GoogleServer>(google_, 0, 96);
        host->google->watch([this, &host = *host](standins::CallMoment moment, const std::string& call) {
            on_call(host, moment, call);
        });
        host->setup.folder = folder_.path() / fmt::format("host{}", i);
        host->setup.store_url = database.url();
        host->setup.access_token = graph_.options().access_token;
        host->setup.phone_number_id = graph_.options().phone_number_id;
        host->setup.public_url = kPublicUrl;
        host->setup.vault_keys = kVaultKeys;
        host->setup.paces_itself = false;
        test::use_google(host->setup, host->google->url(), options_.google_settings);
        host->setup.write();
        host->client = std::make_unique<load::WebhookClient>(loop_, kConnections);
        hosts_.push_back(std::move(host));
    }
    for (std::size_t i = 0; i < (options_.one_account ? 1 : options_.people); ++i)
        google_.add_account({email(i), fmt::format("1000000000000000{:05}", i)});
    for (const auto& host : hosts_) start(*host);
    for (const auto& host : hosts_) {
        host->client->point_to(host->process->wait_ready(loop_));
        host->ready = true;
    }
}

GoogleRig::~GoogleRig() {
    disarm();
}

std::string GoogleRig::email(std::size_t person) const {
    return fmt::format("person{}@example.org", options_.one_account ? 0 : person);
}

void GoogleRig::link_everybody() {
    std::vector<std::string> links(options_.people);
    std::vector<bool> linked(options_.people);
    const OnHeard before = std::exchange(on_heard_, [&](const Heard& heard) {
        if (!heard.link.empty())
            links[heard.person] = heard.link;
        else if (heard.text.find(email(heard.person)) != std::string::npos)
            linked[heard.person] = true;
        else
            throw std::runtime_error("linking: the bot said '" + heard.text + "'");
    });
    const auto all = [](const auto& of) {
        return [&of] {
            return std::all_of(of.begin(), of.end(), [](const auto& one) {
                return one != typename std::decay_t<decltype(of)>::value_type{};
            });
        };
    };
    for (std::size_t i = 0; i < options_.people; ++i) say(i, "conecta mi google calendar");
    if (!loop_.run_until(all(links), Clock::now() + kLinkLimit))
        throw std::runtime_error("linking: not everybody got a link\n" + log_tail(20));
    const std::string host = fmt::format("http://127.0.0.1:{}", hosts_.front()->process->port());
    for (std::size_t i = 0; i < options_.people; ++i) {
        const std::string code = test::link_account(host, kPublicUrl, links[i], google_, email(i));
        if (code.starts_with("error")) throw std::runtime_error("linking: " + code);
        say(i, code);
    }
    if (!loop_.run_until(all(linked), Clock::now() + kLinkLimit))
        throw std::runtime_error("linking: not everybody is linked\n" + log_tail(20));
    on_heard_ = before;
}

// ---- messages

void GoogleRig::say(std::size_t person, const std::string& text, std::function<void()> on_ack) {
    post(text_.message(text_.message_id(next_message_++), person, text), 0, std::move(on_ack));
}

void GoogleRig::tap(std::size_t person, const Choice& choice, std::function<void()> on_ack) {
    post(text_.tap(text_.message_id(next_message_++), person, choice.id, choice.title), 0, std::move(on_ack));
}

void GoogleRig::post(std::string body, std::size_t tries, std::function<void()> on_ack) {
    Host& host = any_host();
    std::string signature = text_.sign(body);
    host.client->post(std::string(body), std::move(signature), [=, this, &host](int status) {
        if (status == 200) {
            on_call(host, standins::CallMoment::kAnswered, "ack");
            if (on_ack) on_ack();
            return;
        }
        if (status != 0 && status != 503)
            throw std::runtime_error(fmt::format("the webhook answered {}", status));
        loop_.after(kAgain, [=, this] { post(body, tries + 1, on_ack); });
    });
}

/// A load balancer that has noticed who is away.
GoogleRig::Host& GoogleRig::any_host() {
    const std::size_t first = next_host_++ % hosts_.size();
    for (std::size_t i = 0; i < hosts_.size(); ++i)
        if (Host& host = *hosts_[(first + i) % hosts_.size()]; host.ready) return host;
    return *hosts_[first];
}

void GoogleRig::on_reply(const load::GraphReply& reply) {
    if (const auto host =
            std::find_if(hosts_.begin(), hosts_.end(),
                         [&](const auto& one) { return reply.sender == fmt::format("h{}", one->number); });
        host != hosts_.end())
        on_call(**host, standins::CallMoment::kDone, "reply");
    if (!names_.insert(reply.name).second) {
        ++repeated_;
        return;
    }
    const json message = json::parse(reply.body);
    Heard heard;
    heard.at = reply.at;
    std::from_chars(reply.to.data() + 4, reply.to.data() + reply.to.size(), heard.person);
    heard.name = reply.name;
    heard.text = reply.text;
    heard.link = message.value("/interactive/action/parameters/url"_json_pointer, "");
    heard.choices = choices_in(message);
    heard.sender = reply.sender;
    // From the loop: whoever hears may write at once.
    loop_.after(0ms, [this, heard = std::move(heard)] {
        if (on_heard_) on_heard_(heard);
    });
}

// ---- hosts

void GoogleRig::start(Host& host) {
    host.process =
        std::make_unique<load::HostUnderTest>(host.setup, graph_.url(fmt::format("h{}", host.number)));
    host.ready = false;
    host.pid = host.process->pid();
}

void GoogleRig::restart(std::size_t number) {
    Host& host = *hosts_[number];
    if (host.process) return;
    start(host);
    poll_starts();
}

void GoogleRig::poll_starts() {
    bool waits = false;
    for (const auto& host : hosts_) {
        if (!host->process || host->ready) continue;
        const std::uint16_t port = host->process->port();
        if (port == 0) {
            waits = true;
            continue;
        }
        host->ready = true;
        host->client->point_to(port);
    }
    if (waits) loop_.after(3ms, [this] { poll_starts(); });
}

void GoogleRig::look_after_hosts() {
    for (const auto& host : hosts_) {
        if (!host->process || !host->process->has_ended()) continue;
        const std::lock_guard lock(trap_mutex_);
        if (!sprung_ || sprung_->host != host->number)
            throw std::runtime_error("migue serve ended by itself\n" + host->process->log_tail(30));
    }
}

void GoogleRig::stop() {
    for (const auto& host : hosts_)
        if (host->process && !host->process->stop(loop_))
            throw std::runtime_error("migue serve did not end well\n" + host->process->log_tail(30));
}

std::string GoogleRig::log_tail(std::size_t lines) const {
    std::string text;
    for (const auto& host : hosts_)
        if (host->process)
            text += fmt::format("--- host {}\n{}", host->number, host->process->log_tail(lines));
    return text;
}

// ---- traps

void GoogleRig::arm(const Trap& trap) {
    const std::lock_guard lock(trap_mutex_);
    trap_ = trap;
    sprung_.reset();
}

void GoogleRig::disarm() {
    const std::lock_guard lock(trap_mutex_);
    trap_.reset();
}

void GoogleRig::on_call(Host& host, standins::CallMoment moment, const std::string& call) {
    Trap trap;
    {
        const std::lock_guard lock(trap_mutex_);
        const bool fits = trap_ && host.pid != 0 && trap_->call == call && trap_->moment == moment;
        if (!fits) return;
        trap = *std::exchange(trap_, std::nullopt);
    }
    if (trap.after.count() > 0) std::this_thread::sleep_for(trap.after);
    const std::lock_guard lock(trap_mutex_);
    sprung_ = Sprung{trap, host.number};
    ::kill(host.pid, SIGKILL);
}

std::optional<GoogleRig::Sprung> GoogleRig::sprung() {
    std::optional<Sprung> told;
    {
        const std::lock_guard lock(trap_mutex_);
        told = std::exchange(sprung_, std::nullopt);
    }
    if (!told) return told;
    Host& host = *hosts_[told->host];
    host.pid = 0;
    host.ready = false;
    host.process->kill_now();
    host.process.reset();
    host.client->point_to(0);
    return told;
}

}  // namespace migue::torture
