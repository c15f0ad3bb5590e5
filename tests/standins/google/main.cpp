// A fake Google to develop against: sign-in, tokens and Calendar API v3. Its first line of
// output names the addresses for the configuration. Then it reads one command a line from
// standard input and answers each with one line of JSON:
//   account EMAIL SUB ZONE   a person with a Google account
//   events EMAIL             the events of their calendar
//   put EMAIL JSON           another program makes an event there
//   remove EMAIL             the person takes the app's access away
//   expire                   every access token runs out now
//   fail CALL STATUS REASON [TIMES]      the next calls get this error
//   break CALL lose|lose_before|hang|refuse [TIMES]
//   latency MEDIAN_MS P99_MS
//   clear                    no more faults
//   calls · mails · breaches
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/standins/google/google_server.hpp"

namespace {

using nlohmann::json;
using namespace migue::standins;
using Kind = GoogleFault::Kind;

constexpr const char* kUsage =
    "expected: account EMAIL SUB ZONE | events EMAIL | put EMAIL JSON | remove EMAIL | expire | fail CALL "
    "STATUS REASON "
    "[TIMES] | break CALL lose|lose_before|hang|refuse [TIMES] | latency MEDIAN_MS P99_MS | clear | calls | "
    "mails | "
    "breaches";

json calls_json(const Google& google) {
    json out = json::array();
    for (const GoogleCall& call : google.calls())
        out.push_back({{"call", call.name}, {"status", call.status}});
    return out;
}

json fail(Google& google, std::istringstream& words, bool breaks) {
    static const std::map<std::string, Kind> kBreaks{{"lose", Kind::kLose},
                                                     {"lose_before", Kind::kLoseBefore},
                                                     {"hang", Kind::kHang},
                                                     {"refuse", Kind::kRefuse}};
    GoogleFault fault;
    std::string how;
    words >> fault.call;
    if (breaks) {
        words >> how;
        if (!kBreaks.contains(how)) return {{"error", kUsage}};
        fault.kind = kBreaks.at(how);
    } else if (!(words >> fault.status >> fault.reason)) {
        return {{"error", kUsage}};
    }
    if (!(words >> fault.times)) fault.times = 1;
    google.fail(fault);
    return {{"fail", fault.call}};
}

json obey(Google& google, const std::string& line) {
    std::istringstream words(line);
    std::string command, email, rest;
    words >> command;
    if (command == "fail" || command == "break") return fail(google, words, command == "break");
    if (command == "calls") return calls_json(google);
    if (command == "mails") return google.mails();
    if (command == "breaches") return google.breaches();
    if (command == "expire") return google.expire_access_tokens(), json{{"expire", true}};
    if (command == "clear") return google.clear_faults(), json{{"clear", true}};
    int median = 0, p99 = 0;
    if (command == "latency" && words >> median >> p99) {
        google.set_latency(std::chrono::milliseconds(median), std::chrono::milliseconds(p99));
        return {{"latency", median}};
    }
    GoogleAccount account;
    if (command == "account" && words >> account.email >> account.sub >> account.zone) {
        google.add_account(account);
        return {{"account", account.email}};
    }
    if (!(words >> email)) return {{"error", kUsage}};
    if (command == "events") return json::parse(google.events(email));
    if (command == "remove") return google.remove_app(email), json{{"remove", email}};
    if (command == "put" && std::getline(words >> std::ws, rest) && json::accept(rest))
        return {{"id", google.put_event(email, rest)}};
    return {{"error", kUsage}};
}

}  // namespace

int main(int argc, char** argv) {
    GoogleOptions options;
    std::uint16_t port = 0;
    int median = 250, p99 = 900;
    CLI::App app("A fake Google on a loopback port");
    app.add_option("--port", port, "0: any free one");
    app.add_option("--client-id", options.client_id);
    app.add_option("--client-secret", options.client_secret);
    app.add_option("--redirect-uri", options.redirect_uris, "each that is registered");
    app.add_flag("--testing", options.testing, "refresh tokens live 7 days");
    app.add_flag("--rotate", options.rotates_refresh, "a new refresh token with each refresh");
    app.add_option("--median-ms", median, "of the time each answer takes; 0: none");
    app.add_option("--p99-ms", p99);
    CLI11_PARSE(app, argc, argv);

    Google google(options);
    google.add_account({"maria@example.org", "100000000000000000001"});
    google.set_latency(std::chrono::milliseconds(median), std::chrono::milliseconds(p99));
    GoogleServer server(google, port);
    const std::string url = server.url();
    std::cout << json{{"auth_url", url + "/o/oauth2/v2/auth"},
                      {"token_url", url + "/token"},
                      {"revoke_url", url + "/revoke"},
                      {"userinfo_url", url + "/v1/userinfo"},
                      {"calendar_url", url + "/calendar/v3"}}
                     .dump()
              << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        json answer;
        try {
            answer = obey(google, line);
        } catch (const std::exception& failure) {  // an unknown account, a bad event
            answer = {{"error", failure.what()}};
        }
        std::cout << answer.dump() << std::endl;
    }
    return 0;
}
