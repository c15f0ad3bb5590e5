// A fake Graph API to develop against. Reads one command a line from standard input and
// answers each with one line of JSON:
//   say TEXT          a webhook with that text goes to --webhook
//   tap ID TITLE      a tap on a button
//   messages          what was sent through the Graph API so far
//   fail CODE STATUS  the next call gets this error
//   later CODE        the next message is accepted, and fails afterwards
//   window NUMBER shut|open   the 24 hours of that person
// With --statuses, what is accepted is told to --webhook as sent, delivered and read.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/standins/graph/graph.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace {

using nlohmann::json;
using namespace migue::standins;

struct Settings {
    GraphOptions graph;
    int delay_ms = 0;
    bool statuses = false;
    std::string webhook = "http://127.0.0.1:8080/webhook", app_secret = "test_app_secret";
    WebhookPerson person;
};

json messages_json(const Graph& graph) {
    json out = json::array();
    for (const GraphMessage& message : graph.messages())
        out.push_back({{"wamid", message.wamid}, {"to", message.to}, {"body", json::parse(message.body)}});
    return out;
}

json post(const Settings& settings, const std::string& body) {
    return {{"webhook", post_webhook(settings.webhook, settings.app_secret, body).status}};
}

json obey(const Settings& settings, Graph& graph, const std::string& line, int number) {
    std::istringstream words(line);
    std::string command;
    words >> command >> std::ws;
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    const std::string wamid = "wamid.STANDIN" + std::to_string(now.count()) + "N" + std::to_string(number);
    std::string rest;
    if (command == "say" && std::getline(words, rest))
        return post(settings, text_webhook(settings.person, wamid, now.count(), rest));
    std::string id;
    if (command == "tap" && words >> id >> std::ws && std::getline(words, rest))
        return post(settings, tap_webhook(settings.person, wamid, now.count(), id, rest));
    if (command == "messages") return messages_json(graph);
    GraphFault fault;
    if (command == "fail" && words >> fault.code >> fault.status) {
        graph.fail(fault);
        return {{"fail", fault.code}};
    }
    if (command == "later" && words >> fault.code) {
        fault.kind = GraphFault::Kind::kFailLater;
        graph.fail(fault);
        return {{"later", fault.code}};
    }
    std::string state;
    if (command == "window" && words >> id >> state && (state == "shut" || state == "open")) {
        graph.close_window(id, state == "shut");
        return {{"window", state}};
    }
    return {{"error",
             "expected: say TEXT | tap ID TITLE | messages | fail CODE STATUS | later CODE | window NUMBER "
             "shut|open"}};
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    CLI::App app("A fake Graph API on a loopback port");
    app.add_option("--port", settings.graph.port, "0: any free one");
    app.add_option("--token", settings.graph.access_token, "the bearer it accepts");
    app.add_option("--phone-number-id", settings.graph.phone_number_id);
    app.add_option("--delay-ms", settings.delay_ms, "before each answer");
    app.add_flag("--statuses", settings.statuses, "report what is accepted to --webhook");
    app.add_option("--messages-per-second", settings.graph.messages_per_second, "0: not counted");
    app.add_option("--person-burst", settings.graph.person_burst, "0: not counted");
    app.add_option("--webhook", settings.webhook, "where messages go");
    app.add_option("--app-secret", settings.app_secret, "they are signed with it");
    app.add_option("--from", settings.person.phone, "the person's number, digits only");
    CLI11_PARSE(app, argc, argv);
    settings.graph.delay = std::chrono::milliseconds(settings.delay_ms);
    settings.person.phone_number_id = settings.graph.phone_number_id;

    Graph graph(settings.graph);
    if (settings.statuses) graph.report_to({settings.webhook, settings.app_secret});
    std::cout << json{{"graph_url", graph.url()}}.dump() << std::endl;
    std::string line;
    for (int number = 1; std::getline(std::cin, line); ++number)
        std::cout << obey(settings, graph, line, number).dump() << std::endl;
    return 0;
}
