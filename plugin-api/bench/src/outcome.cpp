#include <nlohmann/json.hpp>

#include "migue/cpp/bench.hpp"
#include "outcome.hpp"

namespace migue::bench {

namespace {

using nlohmann::json;

void add_choices(const json& list, std::vector<Choice>& out) {
    for (const json& one : list) out.push_back({one.at("id"), one.at("title")});
}

}  // namespace

std::vector<Choice> choices_of(const std::vector<Reply>& replies) {
    std::vector<Choice> all;
    for (const Reply& reply : replies) {
        const json body = json::parse(reply.body_json);
        if (reply.kind == "buttons") add_choices(body.at("buttons"), all);
        if (reply.kind == "list") add_choices(body.at("rows"), all);
    }
    return all;
}

std::string TurnOutcome::text() const {
    std::string all;
    for (const Reply& reply : replies)
        all += (all.empty() ? "" : "\n") + json::parse(reply.body_json).at("text").get<std::string>();
    return all;
}

std::vector<std::string> TurnOutcome::choices() const {
    std::vector<std::string> ids;
    for (Choice& one : choices_of(replies)) ids.push_back(std::move(one.id));
    return ids;
}

std::string TurnOutcome::choice(std::string_view title) const {
    std::string shown;
    for (Choice& one : choices_of(replies)) {
        if (one.title == title) return std::move(one.id);
        shown += (shown.empty() ? "" : ", ") + one.title;
    }
    throw Fault("no choice is titled \"" + std::string(title) + "\"; shown were: " + shown);
}

}  // namespace migue::bench
