#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "host/channels/chat/terminal_chat.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/cli/shipped.hpp"
#include "host/config/settings.hpp"
#include "host/intents/lint.hpp"
#include "host/intents/router.hpp"
#include "host/services/http_client.hpp"

namespace migue::host::cli {

namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t kShownIntents = 5;
constexpr std::size_t kShownWords = 6;
constexpr float kWorthShowing = 0.01F;  // of probability

/// routes.yaml of a configuration, or the shipped one.
Result<std::filesystem::path> routes_of(const std::filesystem::path& config) {
    if (config.empty()) return shipped_config() / "routes.yaml";
    auto settings = config::load_settings(config);
    if (!settings) return std::move(settings).error();
    return settings->routes;
}

/// Asks the running host's admin listener.
Result<HttpClientResponse> ask_admin(const std::filesystem::path& config, const std::string& path) {
    auto settings = config::load_settings(config);
    if (!settings) return std::move(settings).error();
    const config::Listen& listen = settings->admin.listen;
    if (listen.port == 0)
        return Error{Error::Code::kConfig,
                     "admin.listen: port 0 is another one at each start; expected the port to ask"};
    const std::string host =
        listen.host.find(':') == std::string::npos ? listen.host : "[" + listen.host + "]";
    const std::string origin = fmt::format("http://{}:{}", host, listen.port);
    HttpClient client;
    HttpClientRequest request{.method = "GET", .url = origin + path};
    if (!settings->admin.token.empty())
        request.headers.emplace_back("Authorization", "Bearer " + settings->admin.token);
    auto answer = client.send(request, std::chrono::steady_clock::now() + 10s);
    if (!answer) return std::move(answer).error().within("is migue running on " + origin + "?");
    return answer;
}

int print_answer(const Result<HttpClientResponse>& answer) {
    if (!answer) return could_not_run(answer.error());
    std::cout << answer->body << std::flush;
    return answer->status == 200 ? kDone : kFindings;
}

void print_decision(const intents::Decision& decision) {
    fmt::print("{} → {}  ({}, {:.0f} %, language {})\n", decision.intent, decision.plugin,
               intents::name_of(decision.routed_by), decision.confidence * 100,
               decision.locale.empty() ? "not known" : decision.locale);
    if (const auto& wish = decision.second_wish)
        fmt::print("a second wish: {} → {}, bytes {} to {}\n", wish->intent, wish->plugin, wish->begin,
                   wish->end);
    if (const auto& rival = decision.rival)
        fmt::print("close: {} → {} might be meant as well\n", rival->intent, rival->plugin);
    std::string choices;
    for (const intents::Alternative& choice : decision.doubt)
        choices += (choices.empty() ? "" : ", ") + choice.intent;
    if (!choices.empty()) fmt::print("asked first, with buttons: {}\n", choices);
    for (std::size_t i = 0; i < decision.ranked.size() && i < kShownIntents; ++i)
        fmt::print("  {:5.1f} %  {}\n", decision.ranked[i].probability * 100, decision.ranked[i].intent);
}

void print_words(const std::vector<intents::WordWeight>& words) {
    std::string line;
    for (std::size_t i = 0; i < words.size() && i < kShownWords; ++i)
        if (words[i].gain >= kWorthShowing)
            line +=
                fmt::format("{}{} ({:+.0f})", line.empty() ? "" : ", ", words[i].word, words[i].gain * 100);
    fmt::print("decided by: {}\n", line.empty() ? "no word in particular" : line);
}

/// Routes that no message can reach are told with every answer: whoever asks is looking for
/// the reason why one does not win.
int print_dead_routes(const std::filesystem::path& routes, const intents::Router& router) {
    const auto warnings = intents::routes_that_never_win(routes, router);
    if (!warnings) return could_not_run(warnings.error());
    for (const std::string& warning : *warnings) fmt::print("warning: {}\n", warning);
    return kDone;
}

}  // namespace

int chat(const ChatOptions& options) {
    return chat::run_terminal_chat(options.url, options.token, options.person, std::cin, std::cout);
}

int route(const RouteOptions& options) {
    const auto routes = routes_of(options.config);
    if (!routes) return could_not_run(routes.error());
    const auto router = intents::Router::load(*routes, {.shipped = shipped_model(), .cache = {}});
    if (!router) return could_not_run(router.error());
    const intents::Decision decision = (*router)->route(
        {.kind = "text", .text = options.text, .tap = {}, .locale = options.locale, .asked_plugin = {}});
    print_decision(decision);
    print_words((*router)->deciding_words(options.text, decision));
    return print_dead_routes(*routes, **router);
}

int trace(const TraceOptions& options) {
    const auto answer = ask_admin(options.config, "/admin/trace/" + options.message_id);
    if (!answer || answer->status != 200) return print_answer(answer);
    const Json steps = Json::parse(answer->body, nullptr, false);
    std::cout << (steps.is_discarded() ? answer->body : steps.dump(2)) << "\n";
    return kDone;
}

int plugin_list(const PluginOptions& options) {
    const auto answer = ask_admin(options.config, "/admin/plugins");
    if (!answer || answer->status != 200) return print_answer(answer);
    const Json plugins = Json::parse(answer->body, nullptr, false);
    if (!plugins.is_array())
        return could_not_run({Error::Code::kInternal, "/admin/plugins answered something that is no list"});
    fmt::print("{:<14} {:<10} {:<12} {:<12} {:<9} {:>10} {:<11} {:>8} {:>7}\n", "plugin", "version", "build",
               "sha256", "isolation", "generation", "state", "turns", "running");
    for (const Json& plugin : plugins) {
        fmt::print("{:<14} {:<10} {:<12} {:<12} {:<9} {:>10} {:<11} {:>8} {:>7}\n", plugin.value("id", ""),
                   plugin.value("version", ""), plugin.value("build", "").substr(0, 12),
                   plugin.value("sha256", "").substr(0, 12), plugin.value("isolation", ""),
                   plugin.value("generation", 0), plugin.value("state", ""), plugin.value("turns", 0),
                   plugin.value("running", 0));
        if (const std::string why = plugin.value("why", ""); !why.empty()) fmt::print("    {}\n", why);
    }
    return kDone;
}

}  // namespace migue::host::cli
