// Reads and writes the JSON lines of `migue understand`, without a host: for score.py and for trying phrases.
#include <date/date.h>

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "understanding/draft.hpp"

namespace {

std::int64_t unix_ms(const std::string& rfc3339) {
    std::istringstream in(rfc3339);
    date::sys_seconds at;
    in >> date::parse("%FT%T%Ez", at);
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        const auto request = nlohmann::json::parse(line);
        scheduling::Moment moment;
        moment.now_unix_ms = unix_ms(request.at("now").get<std::string>());
        moment.zone = request.value("tz", "UTC");
        const auto locale = request.find("locale");
        if (locale != request.end() && locale->is_string()) moment.locale = locale->get<std::string>();
        if (moment.locale.size() >= 5) moment.region = moment.locale.substr(3, 2);
        const std::string text = request.at("text").get<std::string>();
        const std::string intent = request.value("intent", "schedule_meeting");
        const std::string answer =
            scheduling::to_json(scheduling::understand(text, intent, moment), moment, intent);
        // Spliced, not parsed again: what is measured is ours, not a JSON library's.
        std::cout << "{\"id\":" << request.at("id").dump() << ',' << std::string_view(answer).substr(1)
                  << std::endl;
    }
    return 0;
}
