#include "host/intents/router.hpp"

#include <algorithm>

#include "host/intents/linear_classifier.hpp"
#include "host/intents/route_table.hpp"
#include "host/intents/text.hpp"

namespace migue::host::intents {
namespace {

constexpr std::string_view kOther = "other";
constexpr std::string_view kUnsupported = "unsupported";

/// The plugin that a button's id names: the part before ':'. "" when it names none.
std::string_view plugin_of_tap(std::string_view tap) {
    const auto colon = tap.find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view name = tap.substr(0, colon);
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return std::ranges::all_of(name, fits) ? name : std::string_view{};
}

/// "pt" of "pt-BR"; "" of a language that nobody here speaks.
std::string_view spoken(std::string_view locale) {
    const std::string_view language = locale.substr(0, 2);
    const bool whole = locale.size() == 2 || (locale.size() > 2 && (locale[2] == '-' || locale[2] == '_'));
    const bool known = language == "es" || language == "en" || language == "pt";
    return whole && known ? language : std::string_view{};
}

/// The model in `cache` if it was trained from these examples, else a new one, kept there.
Result<std::shared_ptr<const LinearClassifier>> classifier_for(const std::vector<Example>& examples,
                                                               const std::filesystem::path& cache) {
    if (!cache.empty()) {
        // A missing, damaged or outdated cache is no fault: what it holds can be made again.
        auto kept = LinearClassifier::load(cache);
        if (kept && (*kept)->trained_from() == fingerprint(examples)) return kept;
    }
    auto trained = LinearClassifier::train(examples);
    if (!trained || cache.empty()) return trained;
    if (auto saved = (*trained)->save(cache); !saved) return std::move(saved).error();
    return trained;
}

}  // namespace

class Router::Impl {
public:
    Impl(RouteTable routes, std::shared_ptr<const Classifier> trained)
        : table(std::move(routes)), classifier(std::move(trained)) {}

    [[nodiscard]] Decision decide(const Situation& situation) const {
        Decision decision;
        if (situation.kind == "tap") {
            if (const std::string_view plugin = plugin_of_tap(situation.tap); !plugin.empty()) {
                decision.plugin = plugin;
                decision.confidence = 1;
                decision.locale = spoken(situation.locale);
                decision.reason = "tap";
                return decision;
            }
        }
        // A button that names no plugin is read as the text it shows.
        const bool readable =
            situation.kind == "text" || (situation.kind == "tap" && !situation.text.empty());
        if (readable) {
            understand(situation, decision);
        } else {
            fall_back(decision, kUnsupported);
            decision.locale = spoken(situation.locale);
        }
        if (!situation.asked_plugin.empty()) {
            decision.plugin = situation.asked_plugin;
            decision.reason = "open_question";
        }
        return decision;
    }

    const RouteTable table;
    const std::shared_ptr<const Classifier> classifier;

private:
    void understand(const Situation& situation, Decision& decision) const {
        decision.locale = classifier->language(situation.text);
        if (decision.locale.empty()) decision.locale = spoken(situation.locale);
        decision.ranked = classifier->classify(situation.text, decision.locale);
        if (const Route* route = keyword_route(table, folded(situation.text))) {
            decision.plugin = route->plugin;
            decision.intent = route->intent;
            decision.confidence = 1;
            decision.reason = "pattern";
            return;
        }
        const Scored& best = decision.ranked.front();
        decision.confidence = best.probability;
        const Route* route = accepted(decision.ranked) ? table.find(best.intent) : nullptr;
        if (route == nullptr) return fall_back(decision, kOther);
        decision.plugin = route->plugin;
        decision.intent = route->intent;
        decision.reason = "classifier";
    }

    [[nodiscard]] bool accepted(const std::vector<Scored>& ranked) const {
        const auto other = std::ranges::find(ranked, kOther, &Scored::intent);
        if (other != ranked.end() && other->probability >= table.thresholds.other) return false;
        return ranked.front().intent != kOther && ranked.front().probability >= table.thresholds.accept;
    }

    void fall_back(Decision& decision, std::string_view intent) const {
        decision.plugin = table.fallback;
        decision.intent = intent;
        decision.reason = "fallback";
    }
};

Router::Router(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Router::~Router() = default;

Result<std::shared_ptr<const Router>> Router::load(const std::filesystem::path& routes_file,
                                                   const std::filesystem::path& cache) {
    auto table = read_route_table(routes_file);
    if (!table) return std::move(table).error();
    auto classifier = classifier_for(table->plain_examples(), cache);
    if (!classifier) return std::move(classifier).error().within(routes_file.string());
    auto impl = std::make_unique<Impl>(std::move(table).value(), std::move(classifier).value());
    return std::shared_ptr<const Router>(new Router(std::move(impl)));
}

Decision Router::route(const Situation& situation) const {
    return impl_->decide(situation);
}

const Classifier& Router::classifier() const noexcept {
    return *impl_->classifier;
}

std::vector<std::pair<std::string, std::string>> Router::routes() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const Route& route : impl_->table.routes) out.emplace_back(route.intent, route.plugin);
    return out;
}

const std::string& Router::fallback_plugin() const noexcept {
    return impl_->table.fallback;
}

}  // namespace migue::host::intents
