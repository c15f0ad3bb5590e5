#include "host/cli/app.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "host/channels/chat/chat_api.hpp"
#include "host/channels/chat/chat_channel.hpp"
#include "host/channels/whatsapp/webhook.hpp"
#include "host/channels/whatsapp/whatsapp_channel.hpp"
#include "host/cli/host_metrics.hpp"
#include "host/cli/lock_watch.hpp"
#include "host/cli/open_store.hpp"
#include "host/cli/plugin_options.hpp"
#include "host/cli/shipped.hpp"
#include "host/console/admin_api.hpp"
#include "host/console/console.hpp"
#include "host/http/guards.hpp"
#include "host/http/server.hpp"
#include "host/intents/route_watch.hpp"
#include "host/observe/metrics.hpp"
#include "host/pipeline/dispatcher.hpp"
#include "host/plugin_host/native_plugin_host.hpp"
#include "host/services/http_client.hpp"
#include "host/services/media_service.hpp"
#include "host/store/identity.hpp"

namespace migue::host::cli {

namespace {

using namespace std::chrono_literals;

// A stop is over in 10 seconds, whatever still runs: turns first, then plugins.
constexpr auto kDrain = 4s;
constexpr auto kUnload = 4s;
// Calls to Graph at once: replies (a thread each while they last) and read marks. With Graph
// answering in 200 ms the replies come to 1,280 a second.
constexpr std::size_t kMostSends = 256;
constexpr std::size_t kMostGraphCalls = kMostSends + 64;
constexpr std::size_t kPipelineThreads = 4;

std::string url_of(const config::Listen& listen, std::uint16_t port, bool tls) {
    const bool any = listen.host == "0.0.0.0" || listen.host == "::";
    const std::string host = any                                          ? "127.0.0.1"
                             : listen.host.find(':') != std::string::npos ? "[" + listen.host + "]"
                                                                          : listen.host;
    return fmt::format("{}://{}:{}", tls ? "https" : "http", host, port);
}

/// The names under which a loopback page may call us (DNS rebinding).
std::vector<std::string> own_hosts(const config::Listen& listen, const std::string& public_url) {
    std::vector<std::string> hosts{"localhost", "127.0.0.1", "[::1]", listen.host};
    if (const std::size_t begin = public_url.find("://"); begin != std::string::npos)
        hosts.push_back(public_url.substr(begin + 3));
    return hosts;
}

}  // namespace

class App::Impl {
public:
    Impl(Options options, Log& log)
        : options_(std::move(options)),
          log_(log),
          settings_(options_.settings),
          clock_(options_.clock != nullptr ? *options_.clock : system_clock_) {}
    ~Impl() { stop(); }

    Result<void> start();
    [[nodiscard]] std::string address() const { return public_url_.empty() ? local_url() : public_url_; }
    [[nodiscard]] std::string local_url() const {
        return url_of(settings_.http.listen, public_->port(), settings_.http.tls.has_value());
    }

private:
    Result<void> open_rooms();
    Result<void> load_plugins();
    [[nodiscard]] std::string classify(std::string_view text, std::string_view locale) const;
    void make_channels();
    void make_pipeline();
    Result<void> serve();
    void add_chat(http::Server& server);
    Result<void> load_routes();
    void count_route_change(const std::string& result);
    void check_routes(const intents::Router& router);
    void watch_plugins();
    void stop();

    const Options options_;
    Log& log_;
    const config::Settings& settings_;
    std::string public_url_;  // set before the listeners answer

    SystemClock system_clock_;
    Clock& clock_;
    Metrics metrics_;
    MetricsForPlugins plugin_metrics_{metrics_};
    HttpClient graph_http_{{.ca_file = {}, .idle_per_origin = kMostGraphCalls}};
    std::unique_ptr<intents::RouteWatch> routes_;               // holds the router in force
    std::atomic<const intents::RouteWatch*> reading_{nullptr};  // the same, for plugins, once it is there
    MediaService media_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<PluginHost> plugins_;
    std::unique_ptr<chat::ChatChannel> chat_;
    std::unique_ptr<whatsapp::WhatsAppChannel> whatsapp_;
    Channels channels_;
    std::unique_ptr<Executor> executor_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<TurnRunner> turns_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<chat::ChatApi> chat_api_;
    std::unique_ptr<whatsapp::Webhook> webhook_;
    std::unique_ptr<http::Server> public_, admin_;
    std::unique_ptr<LockWatch> lock_watch_;
    std::unique_ptr<PluginWatch> plugin_watch_;
};

Result<void> App::Impl::start() {
    if (auto opened = open_rooms(); !opened) return opened;
    if (auto loaded = load_plugins(); !loaded) return loaded;
    if (auto loaded = load_routes(); !loaded) return loaded;
    make_channels();
    make_pipeline();
    if (auto recovered = dispatcher_->start(); !recovered) return recovered;
    return serve();
}

Result<void> App::Impl::open_rooms() {
    auto store = open_store(settings_.store_url);
    if (!store) return std::move(store).error();
    store_ = std::move(store).value();
    return {};
}

Result<void> App::Impl::load_plugins() {
    auto options = plugin_host_options(settings_, options_.data);
    if (!options) return std::move(options).error();
    options->media = &media_;
    options->classify = [this](std::string_view text, std::string_view locale) {
        return classify(text, locale);
    };
    auto host = make_plugin_host(std::move(options).value(), clock_, log_, store_.get(), &plugin_metrics_);
    if (!host) return std::move(host).error();
    plugins_ = std::move(host).value();
    return plugins_->start();
}

std::string App::Impl::classify(std::string_view text, std::string_view locale) const {
    const intents::RouteWatch* routes = reading_;
    if (routes == nullptr) return {};
    const intents::Decision decision = routes->router()->route(
        {.kind = "text", .text = text, .tap = {}, .locale = locale, .asked_plugin = {}});
    return nlohmann::json{{"intent", decision.intent},
                          {"plugin", decision.plugin},
                          {"confidence", decision.confidence},
                          {"locale", decision.locale}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A change of routes.yaml or of an example is in force without a restart, or told in the log.
Result<void> App::Impl::load_routes() {
    intents::ModelFiles models{.shipped = shipped_model(), .cache = options_.data / "intents.model"};
    auto router = intents::Router::load(settings_.routes, models);
    if (!router) return std::move(router).error();
    check_routes(**router);
    routes_ = std::make_unique<intents::RouteWatch>(
        settings_.routes, std::move(models), std::move(router).value(),
        intents::RouteWatch::Events{
            .changed =
                [this](const intents::Router& fresh) {
                    log_.info("the changed routes are in force", {{"file", settings_.routes.string()}});
                    count_route_change("in_force");
                    check_routes(fresh);
                    ::malloc_trim(0);  // as after a start: training took many times what is kept
                },
            .refused =
                [this](const Error& why) {
                    log_.error("the changed routes cannot be used; the old ones stay in force",
                               {{"why", why.what}});
                    count_route_change("refused");
                    ::malloc_trim(0);
                }});
    reading_ = routes_.get();
    metrics_.watch("migue_routes_refused",
                   "1 while the routes' files are faulty and older routes are in force",
                   [this] { return routes_->fault().empty() ? 0.0 : 1.0; });
    return {};
}

void App::Impl::count_route_change(const std::string& result) {
    metrics_.add("migue_route_changes_total", "Changes of the routes' files, by what became of them",
                 {{"result", result}});
}

/// Routes to a plugin that is not there are told at once.
void App::Impl::check_routes(const intents::Router& router) {
    const auto known = plugins_->intents();
    for (const auto& [intent, plugin] : router.routes()) {
        if (!known.contains(plugin))
            log_.warn("a route leads to a plugin that is not loaded",
                      {{"intent", intent}, {"plugin", plugin}});
    }
}

void App::Impl::make_channels() {
    chat_ = std::make_unique<chat::ChatChannel>();
    channels_.emplace(chat_->id(), chat_.get());
    if (!settings_.whatsapp) return;
    whatsapp_ = std::make_unique<whatsapp::WhatsAppChannel>(*settings_.whatsapp, graph_http_, clock_, log_);
    channels_.emplace(whatsapp_->id(), whatsapp_.get());
    media_.add(std::string(whatsapp_->id()), whatsapp_->media());
}

void App::Impl::make_pipeline() {
    executor_ = std::make_unique<Executor>(kPipelineThreads);
    Outbox::Options sending{.most_senders = kMostSends};
    if (settings_.whatsapp && settings_.whatsapp->messages_per_second > 0)
        sending.first_pace = static_cast<double>(settings_.whatsapp->messages_per_second) *
                             static_cast<double>(settings_.whatsapp->phone_number_ids.size());
    outbox_ = std::make_unique<Outbox>(*store_, channels_, clock_, log_, sending);
    TurnRunner::Options turns;
    turns.burst.messages = static_cast<std::size_t>(settings_.turns.join_at_most);
    turns.burst_wait = std::chrono::milliseconds(settings_.turns.join_wait_ms);
    turns_ = std::make_unique<TurnRunner>(
        *store_, *plugins_, [this] { return routes_->router(); }, channels_, *outbox_, *executor_, clock_,
        log_, turns);
    dispatcher_ = std::make_unique<Dispatcher>(*store_, *turns_, *outbox_, *executor_, channels_, clock_,
                                               log_, Dispatcher::Options{});
}

void App::Impl::add_chat(http::Server& server) {
    chat_api_ = std::make_unique<chat::ChatApi>(
        *dispatcher_, *store_, *chat_, clock_,
        [](const std::string& identity) { return new_person_id("chat", identity); });
    chat_api_->add_routes(server);
    console::add_routes(server);
    console::add_admin_routes(server, {*plugins_, *store_, metrics_, [this] { return routes_->fault(); }});
}

Result<void> App::Impl::serve() {
    const auto public_url = [this] { return address(); };
    public_ = std::make_unique<http::Server>(settings_.http.listen, http::Limits{}, log_, settings_.http.tls);
    if (settings_.whatsapp) {
        webhook_ = std::make_unique<whatsapp::Webhook>(*settings_.whatsapp, *dispatcher_, clock_, log_);
        webhook_->add_routes(*public_);
    }
    add_host_metrics(metrics_, *dispatcher_, *turns_, *outbox_, *public_, webhook_.get(), whatsapp_.get());
    public_url_ = settings_.http.public_url;
    if (options_.dev) {
        public_->guard(http::require_host(own_hosts(settings_.http.listen, public_url_)));
        public_->guard(http::require_same_origin());
        add_chat(*public_);
        console::add_plugin_routes(*public_, *plugins_, true, public_url);
    } else {
        admin_ = std::make_unique<http::Server>(settings_.admin.listen, http::Limits{}, log_);
        if (!settings_.admin.token.empty())
            admin_->guard(console::require_token(settings_.admin.token, {"/healthz"}));
        admin_->guard(http::require_host(own_hosts(settings_.admin.listen, {})));
        admin_->guard(http::require_same_origin());
        add_chat(*admin_);
        console::add_plugin_routes(*admin_, *plugins_, true, public_url);
        console::add_plugin_routes(*public_, *plugins_, false, public_url);
        if (auto started = admin_->start(); !started)
            return std::move(started).error().within("admin.listen");
    }
    if (auto started = public_->start(); !started) return std::move(started).error().within("http.listen");
    lock_watch_ = std::make_unique<LockWatch>(settings_.plugin_lock, *plugins_, log_);
    watch_plugins();
    log_.info("migue is ready",
              {{"http", local_url()},
               {"admin", admin_ ? url_of(settings_.admin.listen, admin_->port(), false) : local_url()}});
    return {};
}

void App::Impl::watch_plugins() {
    metrics_.watch("migue_dev_watched_folders", "Folders of plugins that are swapped when saved",
                   [this] { return static_cast<double>(options_.watched_plugins.size()); });
    if (options_.watched_plugins.empty()) return;
    log_.warn("plugins are built and swapped whenever a file of theirs is saved: for development only");
    plugin_watch_ =
        std::make_unique<PluginWatch>(PluginWatch::Options{.folders = options_.watched_plugins,
                                                           .lock_file = settings_.plugin_lock,
                                                           .staging_dir = options_.data / "plugins",
                                                           .settings_file = settings_.file,
                                                           .reload = [this] { return plugins_->reload(); }},
                                      log_);
}

/// From the outside in: nothing new comes, what runs ends, what is left stays in the store.
void App::Impl::stop() {
    plugin_watch_.reset();
    lock_watch_.reset();
    if (routes_) routes_->stop();
    if (chat_) chat_->close();
    if (public_) public_->stop();
    if (admin_) admin_->stop();
    if (dispatcher_) {
        dispatcher_->drain(kDrain);
        dispatcher_->stop();
    }
    if (plugins_) plugins_->stop(kUnload);
    media_.stop();
    if (executor_) executor_->stop();
    if (outbox_) outbox_->stop();
}

App::App(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::start(Options options, Log& log) {
    auto impl = std::make_unique<Impl>(std::move(options), log);
    if (auto started = impl->start(); !started) return std::move(started).error();
    // Reading configuration, examples and model took many times what is kept of them.
    ::malloc_trim(0);
    return std::unique_ptr<App>(new App(std::move(impl)));
}

std::string App::address() const {
    return impl_->address();
}

}  // namespace migue::host::cli
