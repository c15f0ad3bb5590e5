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
// Kept for the answer itself, once the model has been given up on.
constexpr std::uint64_t kToAnswerNs = 250'000'000;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
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

/// What is kept of a conversation. What cannot be read was never said and cost nothing.
struct State {
    bool hinted = false;               ///< it was told what the bot reads
    std::int64_t day = 0, tokens = 0;  ///< what the model has cost on that day (UTC)
};

State read_state(std::string_view state_json) {
    State state;
    const auto parsed = nlohmann::json::parse(state_json, nullptr, false);
    if (!parsed.is_object()) return state;
    const auto number = [&](const char* key) {
        const auto found = parsed.find(key);
        return found != parsed.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
    };
    const auto hinted = parsed.find("hinted");
    state.hinted = hinted != parsed.end() && hinted->is_boolean() && hinted->get<bool>();
    state.day = number("day");
    state.tokens = number("tokens");
    return state;
}

std::string write_state(const State& state) {
    nlohmann::json out = nlohmann::json::object();
    if (state.hinted) out["hinted"] = true;
    if (state.tokens > 0) out.update({{"day", state.day}, {"tokens", state.tokens}});
    return out.dump();
}

}  // namespace

migue::Description Plugin::describe() {
    return {
        .id = "smalltalk",
        .version = "0.1.0",
        .config_schema =
            R"({"type":"object","additionalProperties":false,"properties":{"operator":{"type":"string"},"model":)" +
            std::string(model_client::settings_schema()) + "}}",
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
    bool faulty = false;
    Settings settings{std::move(run_by), {}};
    const auto config = nlohmann::json::parse(context.config_json, nullptr, false);
    if (config.is_object() && config.contains("model"))
        settings.model = model_client::read_settings(config.at("model").dump(),
                                                     [&](std::string_view where, std::string_view what) {
                                                         context.report("/model" + std::string(where), what);
                                                         faulty = true;
                                                     });
    if (faulty) return Error{Error::Code::kConfig, ""};
    return std::unique_ptr<Plugin>(new Plugin(context.services, std::move(languages), std::move(settings)));
}

Plugin::Plugin(const migue::Services& services, Languages languages, Settings settings)
    : services_(services), languages_(std::move(languages)), settings_(std::move(settings)) {
    if (!settings_.model.is_on()) return;
    std::vector<std::string> never_said;
    // People mix languages, and so may a model: the words of all of them count.
    for (const auto& [locale, phrases] : languages_)
        for (const std::string& phrase : phrases.all("never_said")) never_said.push_back(fold(phrase));
    writer_ = std::make_unique<LineWriter>(services_, settings_.model, std::move(never_said));
    writer_->warm_up();
}

migue::Task<migue::TurnEnd> Plugin::handle(migue::Turn& turn) {
    const std::string kind = read_kind(turn.input_json());
    // A tap that names no plugin is read as the text it shows.
    const bool readable = (kind == "text" || kind == "tap") && turn.intent() != "unsupported";
    std::string line;
    if (readable && is_chat(turn)) line = co_await chat(turn);
    if (readable && line.empty()) line = answer(turn);
    const Result<void> said = readable ? turn.say(line) : answer_kind(turn, kind);
    if (!said) co_return said.error();
    co_return migue::TurnEnd::done();
}

bool Plugin::is_chat(const migue::Turn& turn) const {
    const bool asks_for_talk = turn.intent() == "chitchat" || turn.intent() == "other";
    return writer_ != nullptr && asks_for_talk && !turn.text().empty() && !asks_identity(turn.text());
}

migue::Task<std::string> Plugin::chat(migue::Turn& turn) {
    const Phrases& phrases = spoken(turn.locale());
    State state = read_state(turn.state_json());
    const std::int64_t today = services_.clock.unix_ms() / kDayMs;
    if (state.day != today) state.tokens = 0;
    state.day = today;
    if (state.tokens >= settings_.model.daily_tokens) co_return std::string();
    LineQuestion question;
    question.text = turn.text();
    question.language = language_of(turn.locale());
    question.until_ns = turn.deadline_ns() > kToAnswerNs ? turn.deadline_ns() - kToAnswerNs : 0;
    ModelLine line = co_await writer_->write(std::move(question));
    state.tokens += line.tokens;
    if (line.tokens > 0) {
        auto kept = turn.set_state(write_state(state));
        if (!kept) services_.log.warn("what a line cost is not kept", {{"why", kept.error().what}});
    }
    if (!line.text) co_return std::string();
    co_return *line.text + "\n" + phrases.pick("model_hint", stable_hash(turn.message_id()));
}

std::string Plugin::language_of(std::string_view locale) const {
    const std::string language(locale.substr(0, locale.find_first_of("-_")));
    return languages_.contains(language) ? language : "es";
}

const Phrases& Plugin::spoken(std::string_view locale) const {
    return languages_.find(language_of(locale))->second;
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
    if (!settings_.run_by.empty())
        text += "\n" + filled(phrases.pick("help_operator", seed), "{operator}", settings_.run_by);
    return text;
}

std::string Plugin::with_operator(const Phrases& phrases, std::string key, std::uint64_t seed) const {
    if (settings_.run_by.empty()) return phrases.pick(key, seed);
    return filled(phrases.pick(key + "_operator", seed), "{operator}", settings_.run_by);
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
        State state = read_state(turn.state_json());
        if (state.hinted) return {};
        state.hinted = true;
        if (auto kept = turn.set_state(write_state(state)); !kept) return kept;
    }
    return turn.say(spoken(turn.locale()).pick(group.phrases, stable_hash(turn.message_id())));
}

}  // namespace smalltalk
