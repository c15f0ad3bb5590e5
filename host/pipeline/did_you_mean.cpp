#include "host/pipeline/did_you_mean.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "migue_pipeline.embedded.hpp"

namespace migue::host {

namespace {

using Json = nlohmann::json;

/// Of a button's id, in bytes: WhatsApp counts UTF-16 units, which are never more.
constexpr std::size_t kMaxId = 256;

std::string question_in(std::string_view locale, std::string_view otherwise) {
    static const Json phrases = Json::parse(migue_pipeline::embedded("phrases/did_you_mean.json").value());
    const std::string language(locale.substr(0, 2));
    return phrases.at(phrases.contains(language) ? language : std::string(otherwise.substr(0, 2)));
}

std::string id_of(const std::string& intent, const InboundMessage& message) {
    return std::string(kDidYouMean) + ":" + intent + ":" + std::to_string(message.sent_unix_ms) + ":" +
           message.text;
}

}  // namespace

std::optional<Reply> did_you_mean(const intents::Decision& decision, const intents::Router& router,
                                  const InboundMessage& message, std::string_view locale,
                                  std::string_view otherwise) {
    Json buttons = Json::array();
    for (const intents::Alternative& choice : decision.doubt) {
        const std::string title = router.title(choice.intent, locale);
        const std::string id = id_of(choice.intent, message);
        if (id.size() > kMaxId) return std::nullopt;
        if (!title.empty()) buttons.push_back({{"id", id}, {"title", title}});
    }
    if (buttons.size() < 2) return std::nullopt;
    const Json body{{"text", question_in(locale, otherwise)}, {"buttons", std::move(buttons)}};
    return Reply{"buttons", body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

std::optional<ChosenWish> read_chosen_wish(std::string_view tap) {
    const auto next_part = [&tap]() -> std::optional<std::string_view> {
        const auto colon = tap.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        const std::string_view part = tap.substr(0, colon);
        tap.remove_prefix(colon + 1);
        return part;
    };
    if (next_part() != kDidYouMean) return std::nullopt;
    const auto intent = next_part(), sent = intent ? next_part() : std::nullopt;
    if (!sent) return std::nullopt;
    ChosenWish wish{std::string(*intent), std::string(tap), 0};
    const auto [end, failure] = std::from_chars(sent->data(), sent->data() + sent->size(), wish.sent_unix_ms);
    if (failure != std::errc() || end != sent->data() + sent->size()) return std::nullopt;
    return wish;
}

}  // namespace migue::host
