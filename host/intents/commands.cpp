#include "host/intents/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "host/intents/linear_classifier.hpp"

namespace migue::host::intents {
namespace {

using nlohmann::json;

constexpr int kDone = 0, kCouldNotRun = 2;

/// A line's JSON object; the error says which line and what is wrong with it.
Result<json> parse_line(const std::string& line, std::size_t number) {
    json value = json::parse(line, nullptr, false);
    if (value.is_discarded() || !value.is_object())
        return Error{Error::Code::kInvalid, fmt::format("line {}: expected one JSON object", number)};
    return value;
}

Result<std::string> text_of(const json& object, const char* key, std::size_t number) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string())
        return Error{Error::Code::kInvalid,
                     fmt::format("line {}: \"{}\" is missing or no string", number, key)};
    return found->get<std::string>();
}

/// A string, or "" when absent or null.
std::string optional_text(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::vector<Example>> read_examples(std::istream& lines) {
    std::vector<Example> examples;
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        auto object = parse_line(line, number);
        if (!object) return std::move(object).error();
        auto text = text_of(*object, "text", number);
        if (!text) return std::move(text).error();
        auto intent = text_of(*object, "intent", number);
        if (!intent) return std::move(intent).error();
        examples.push_back(
            {std::move(text).value(), optional_text(*object, "locale"), std::move(intent).value()});
    }
    return examples;
}

/// The likeliest intent before anything is rejected.
std::string best_of(const std::vector<Scored>& ranked) {
    const auto best =
        std::ranges::find_if(ranked, [](const Scored& one) { return !is_out_of_scope(one.intent); });
    return best == ranked.end() ? std::string("other") : best->intent;
}

/// That the text belongs to none of the intents, under the name the examples gave it, and how
/// sure that is: what the likeliest intent leaves.
Scored turned_away(const std::vector<Scored>& ranked) {
    Scored out{"out_of_scope", 1};
    const auto by = [](bool outside) {
        return [outside](const Scored& one) { return is_out_of_scope(one.intent) == outside; };
    };
    if (const auto name = std::ranges::find_if(ranked, by(true)); name != ranked.end())
        out.intent = name->intent;
    if (const auto best = std::ranges::find_if(ranked, by(false)); best != ranked.end())
        out.probability = 1 - best->probability;
    return out;
}

using Classify = std::function<json(std::string_view text, std::string_view locale)>;

int answer_lines(std::istream& in, std::ostream& out, std::ostream& errors, const Classify& classify) {
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        auto object = parse_line(line, number);
        auto text = object ? text_of(*object, "text", number) : Result<std::string>(object.error());
        if (!text) {
            errors << text.error().what << std::endl;
            return kCouldNotRun;
        }
        json answer = classify(*text, optional_text(*object, "locale"));
        if (const auto id = object->find("id"); id != object->end()) answer["id"] = *id;
        out << answer.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
    }
    return kDone;
}

}  // namespace

Result<void> train_from_lines(std::istream& lines, const std::filesystem::path& model) {
    auto examples = read_examples(lines);
    if (!examples) return std::move(examples).error();
    auto trained = LinearClassifier::train(*examples);
    if (!trained) return std::move(trained).error();
    return (*trained)->save(model);
}

int run_train(const std::filesystem::path& data, const std::filesystem::path& model, std::ostream& errors) {
    std::ifstream lines(data);
    if (!lines) {
        errors << fmt::format("{}: cannot open: {}", data.string(), std::strerror(errno)) << std::endl;
        return kCouldNotRun;
    }
    if (auto trained = train_from_lines(lines, model); !trained) {
        errors << std::move(trained).error().within(data.string()).what << std::endl;
        return kCouldNotRun;
    }
    return kDone;
}

int run_train_routes(const std::filesystem::path& routes, const std::filesystem::path& model,
                     std::ostream& errors) {
    if (const auto router = Router::load(routes, ModelFiles{.shipped = {}, .cache = model}); !router) {
        errors << router.error().what << std::endl;
        return kCouldNotRun;
    }
    std::error_code failed;
    std::filesystem::last_write_time(model, std::filesystem::file_time_type::clock::now(), failed);
    if (!failed) return kDone;
    errors << fmt::format("{}: {}", model.string(), failed.message()) << std::endl;
    return kCouldNotRun;
}

int run_classify_model(std::istream& in, std::ostream& out, std::ostream& errors,
                       const std::filesystem::path& model) {
    auto classifier = LinearClassifier::load(model);
    if (!classifier) {
        errors << classifier.error().what << std::endl;
        return kCouldNotRun;
    }
    return answer_lines(in, out, errors, [&](std::string_view text, std::string_view locale) {
        const std::vector<Scored> ranked = (*classifier)->classify(text, locale);
        const Scored told = (*classifier)->belongs(ranked) ? ranked.front() : turned_away(ranked);
        return json{{"intent", told.intent}, {"confidence", told.probability}, {"best", best_of(ranked)}};
    });
}

int run_classify_routes(std::istream& in, std::ostream& out, std::ostream& errors,
                        const std::filesystem::path& routes, const ModelFiles& models) {
    auto router = Router::load(routes, models);
    if (!router) {
        errors << router.error().what << std::endl;
        return kCouldNotRun;
    }
    return answer_lines(in, out, errors, [&](std::string_view text, std::string_view locale) {
        Situation situation;
        situation.kind = "text";
        situation.text = text;
        situation.locale = locale;
        const Decision decision = (*router)->route(situation);
        return json{{"intent", decision.intent},
                    {"confidence", decision.confidence},
                    {"best", best_of(decision.ranked)}};
    });
}

}  // namespace migue::host::intents
