#include "smalltalk_plugin.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "folding.hpp"
#include "input.hpp"
#include "smalltalk_data.embedded.hpp"

namespace smalltalk {

namespace {

using migue::Error;
using migue::Result;

constexpr std::array kLocales = {"es", "en", "pt"};
constexpr std::string_view kHinted = R"({"hinted":true})";
/// Bytes. Far below a reply's limit, and no name of a firm or a person is longer.
constexpr std::size_t kMaxOperator = 200;

/// The "operator" of the config without spaces around it.
std::string read_operator(std::string_view config_json) {
    const auto config = nlohmann::json::parse(config_json, nullptr, false);
    if (!config.is_object() || !config.contains("operator")) return {};
    const auto text = config.at("operator").get<std::string>();
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// What was kept of the conversation; what cannot be read was never said.
bool was_hinted(std::string_view state_json) {
    const auto state = nlohmann::json::parse(state_json, nullptr, false);
    if (!state.is_object()) return false;
    const auto hinted = state.find("hinted");
    return hinted != state.end() && hinted->is_boolean() && hinted->get<bool>();
}

}  // namespace

migue::Description Plugin::describe() {
    return {
        .id = "smalltalk",
        .version = "0.1.0",
        .config_schema =
            R"({"type":"object","additionalProperties":false,"properties":{"operator":{"type":"string"}}})",
        .intents = {{"greeting", "says hello and what the bot does"},
                    {"thanks", "takes thanks"},
                    {"goodbye", "says goodbye"},
                    {"help", "shows examples and who runs the bot"},
                    {"chitchat", "a friendly line; says truthfully that it is a program"},
                    {"handoff", "says that it cannot hand over to a person, and who runs the bot"},
                    {"privacy", "says what is stored, and who exports and deletes it"},
                    {"other", "what is out of scope: one polite line and an example"},
                    {"unsupported", "what is no text: says that it reads text"}},
        .max_concurrency = 8};
}

Result<std::unique_ptr<Plugin>> Plugin::create(const migue::Context& context) {
    std::string run_by = read_operator(context.config_json);
    if (run_by.size() > kMaxOperator) {
        context.report("/operator",
                       "is too long, expected at most " + std::to_string(kMaxOperator) + " bytes");
        return Error{Error::Code::kConfig, "operator is too long"};
    }
    Languages languages;
    for (const std::string locale : kLocales) {
        const std::string path = "phrases/" + locale + ".json";
        const auto text = smalltalk_data::embedded(path);
        if (!text) return Error{Error::Code::kInternal, path + " is not in the image"};
        auto phrases = Phrases::parse(*text);
        if (!phrases) return Error{Error::Code::kInternal, path + ": " + phrases.error().what};
        languages.emplace(locale, std::move(phrases).value());
    }
    return std::unique_ptr<Plugin>(new Plugin(std::move(languages), std::move(run_by)));
}

migue::Task<migue::TurnEnd> Plugin::handle(migue::Turn& turn) {
    const std::string kind = read_kind(turn.input_json());
    // A tap that names no plugin is read as the text it shows.
    const bool readable = (kind == "text" || kind == "tap") && turn.intent() != "unsupported";
    const Result<void> said = readable ? turn.say(answer(turn)) : answer_kind(turn, kind);
    if (!said) co_return said.error();
    co_return migue::TurnEnd::done();
}

const Phrases& Plugin::spoken(std::string_view locale) const {
    const auto found = languages_.find(locale.substr(0, locale.find_first_of("-_")));
    return found != languages_.end() ? found->second : languages_.at("es");
}

bool Plugin::asks_identity(std::string_view text) const {
    const std::string folded = fold(text);
    // People mix languages, so the words of all of them count.
    return std::ranges::any_of(languages_,
                               [&](const auto& language) { return language.second.asks_identity(folded); });
}

std::string Plugin::help(const Phrases& phrases, std::uint64_t seed) const {
    std::string text = phrases.pick("help", seed);
    for (const std::string& example : phrases.all("examples")) text += "\n• " + example;
    if (!operator_.empty())
        text += "\n" + filled(phrases.pick("help_operator", seed), "{operator}", operator_);
    return text;
}

std::string Plugin::with_operator(const Phrases& phrases, std::string key, std::uint64_t seed) const {
    if (operator_.empty()) return phrases.pick(key, seed);
    return filled(phrases.pick(key + "_operator", seed), "{operator}", operator_);
}

std::string Plugin::answer(const migue::Turn& turn) const {
    static constexpr std::array<std::string_view, 4> kPlain = {"greeting", "thanks", "goodbye", "chitchat"};
    const Phrases& phrases = spoken(turn.locale());
    const std::uint64_t seed = stable_hash(turn.message_id());
    const std::string_view intent = turn.intent();
    if (intent == "handoff" || intent == "privacy") return with_operator(phrases, std::string(intent), seed);
    // Whatever it was taken for: this question always gets the truth.
    if (asks_identity(turn.text())) return phrases.pick("identity", seed);
    if (intent == "help") return help(phrases, seed);
    const bool plain = std::ranges::find(kPlain, intent) != kPlain.end();
    return phrases.pick(plain ? intent : "other", seed);
}

Result<void> Plugin::answer_kind(migue::Turn& turn, std::string_view kind) const {
    const KindGroup group = group_of(kind);
    if (group.answer == Answer::kSilence) return {};
    if (group.answer == Answer::kOncePerConversation) {
        if (was_hinted(turn.state_json())) return {};
        if (auto kept = turn.set_state(kHinted); !kept) return kept;
    }
    return turn.say(spoken(turn.locale()).pick(group.phrases, stable_hash(turn.message_id())));
}

}  // namespace smalltalk
