#include "dialogue/turn_input.hpp"

#include <nlohmann/json.hpp>

namespace scheduling {

namespace {

void read_contacts(const nlohmann::json& parsed, Input& input) {
    const auto cards = parsed.find("contacts");
    if (cards == parsed.end() || !cards->is_array()) return;
    for (const auto& card : *cards) {
        Guest guest{card.value("name", ""), ""};
        const auto mails = card.find("emails");
        if (mails != card.end() && mails->is_array() && !mails->empty() && mails->front().is_string())
            guest.mail = mails->front().get<std::string>();
        input.contacts.push_back(std::move(guest));
    }
}

void read_second_wish(const nlohmann::json& parsed, std::string_view text, Input& input) {
    const auto wish = parsed.find("second_wish");
    if (wish == parsed.end() || !wish->is_object()) return;
    const auto begin = wish->value("begin", std::size_t{0}), end = wish->value("end", std::size_t{0});
    if (begin >= end || end > text.size()) return;
    input.second_intent = wish->value("intent", "");
    input.second_text = std::string(text.substr(begin, end - begin));
}

}  // namespace

Input read_input(const migue::Turn& turn) {
    Input input;
    const auto parsed = nlohmann::json::parse(turn.input_json(), nullptr, false);
    if (!parsed.is_object()) return input;
    input.kind = parsed.value("kind", "text");
    input.tap = parsed.value("tap", "");
    input.forwarded = parsed.value("forwarded", false);
    input.quoted_message = parsed.value("quoted_message", "");
    read_contacts(parsed, input);
    read_second_wish(parsed, turn.text(), input);
    if (const auto job = parsed.find("job"); job != parsed.end() && job->is_object()) {
        input.job_key = job->value("key", "");
        if (const auto payload = job->find("payload"); payload != job->end())
            input.job_payload = payload->is_string() ? payload->get<std::string>() : payload->dump();
    }
    return input;
}

std::string person_of(const migue::Turn& turn, const Input& input) {
    const auto payload = nlohmann::json::parse(input.job_payload, nullptr, false);
    const bool named = input.kind == "job" && payload.is_object() && payload.contains("person");
    return named ? payload.value("person", "") : std::string(turn.person_id());
}

}  // namespace scheduling
