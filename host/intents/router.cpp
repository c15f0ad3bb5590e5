#include "host/intents/router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "host/intents/clauses.hpp"
#include "host/intents/day_ahead.hpp"
#include "host/intents/linear_classifier.hpp"
#include "host/intents/route_table.hpp"
#include "host/intents/text.hpp"

namespace migue::host::intents {
namespace {

constexpr std::string_view kUnsupported = "unsupported";
constexpr std::string_view kVoiceNote = "voice_note";

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

/// The least share of a model that is spoken for by a clause before it counts as a wish.
constexpr float kClearWish = 0.7F;

/// Less likely than this, a wish to note something is none where it is told of the past (measured).
constexpr float kClearOfPast = 0.5F;
/// … and where verbs of the past are all that it tells, with no day ahead (measured).
constexpr float kClearOfTold = 0.8F;

/// Less likely than this, an intent is not worth asking about.
constexpr float kLeastAsked = 0.15F;
/// Choices of one question: as many as WhatsApp has buttons.
constexpr std::size_t kMostAsked = 3;

/// Words after these are not looked at when it is told which ones decided.
constexpr std::size_t kMostExplained = 60;

Result<Fingerprint> fingerprint_of(const std::vector<ExampleFile>& files) {
    std::vector<ExampleBytes> read;
    for (const ExampleFile& file : files) {
        std::ifstream in(file.path, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        if (!in.is_open() || in.bad())
            return Error{Error::Code::kConfig, fmt::format("{}: cannot read", file.path.string())};
        read.push_back({file.locale, std::move(bytes)});
    }
    return fingerprint(read);
}

using Model = std::shared_ptr<const LinearClassifier>;

/// Trains from the files of examples. What they said a moment ago has this fingerprint: were
/// they changed since, the model looks outdated and is made again.
Result<Model> train_from_files(const std::filesystem::path& routes_file, const Fingerprint& print) {
    auto table = read_route_table(routes_file);
    if (!table) return std::move(table).error();
    auto trained = LinearClassifier::train(table->plain_examples(), print);
    if (!trained) return std::move(trained).error().within(routes_file.string());
    return trained;
}

Result<Model> model_for(const std::filesystem::path& routes_file, const std::vector<ExampleFile>& files,
                        const ModelFiles& models) {
    const auto print = fingerprint_of(files);
    if (!print) {
        // Reading everything tells what is wrong with which file, and where it is named.
        auto table = read_route_table(routes_file);
        return table ? print.error() : std::move(table).error();
    }
    for (const auto& file : {models.shipped, models.cache}) {
        // A missing, damaged or outdated model is no fault: what it holds can be made again.
        if (file.empty() || !LinearClassifier::fits(file, *print)) continue;
        if (auto kept = LinearClassifier::load(file)) return kept;
    }
    auto trained = train_from_files(routes_file, *print);
    if (!trained || models.cache.empty()) return trained;
    if (auto saved = (*trained)->save(models.cache); !saved) return std::move(saved).error();
    return trained;
}

float probability_of(const std::vector<Scored>& ranked, std::string_view intent) {
    const auto found = std::ranges::find(ranked, intent, &Scored::intent);
    return found == ranked.end() ? 0 : found->probability;
}

/// "other" at least this likely, and rather of a kind of it than plain: nobody need look closer (measured).
constexpr float kSurelyTold = 0.95F;

/// The kinds of "other" as one, in its place by what they are likely together; the share of the likeliest
/// kind with a name.
float join_kinds_of_other(std::vector<Scored>& ranked) {
    const auto other = std::ranges::find(ranked, kOther, &Scored::intent);
    if (other == ranked.end()) return 0;
    float plain = other->probability, largest = 0;
    for (const Scored& one : ranked) {
        if (!is_kind_of_other(one.intent)) continue;
        other->probability += one.probability;
        largest = std::max(largest, one.probability);
    }
    if (largest == 0) return 0;
    const float all = other->probability;
    std::erase_if(ranked, [](const Scored& one) { return is_kind_of_other(one.intent); });
    std::ranges::stable_sort(ranked, std::ranges::greater{}, &Scored::probability);
    return all > 0 && largest > plain ? all : 0;
}

/// The words of a text as written, marks at their edges aside.
std::vector<std::string_view> written_words(std::string_view text) {
    std::vector<std::string_view> words;
    constexpr std::string_view kSpace = " \t\r\n";
    for (auto at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(kSpace, at), text.size());
        words.push_back(text.substr(at, end - at));
        const auto is_mark = [](char c) { return std::ispunct(static_cast<unsigned char>(c)) != 0; };
        while (words.back().size() > 1 && is_mark(words.back().back())) words.back().remove_suffix(1);
        at = text.find_first_not_of(kSpace, end);
    }
    return words;
}

std::string joined_without(const std::vector<std::string_view>& words, std::size_t left_out) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i == left_out) continue;
        if (!out.empty()) out += ' ';
        out += words[i];
    }
    return out;
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
                decision.routed_by = RoutedBy::kTap;
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
            if (is_audio(situation.kind)) go_to(decision, kVoiceNote);
            decision.locale = spoken(situation.locale);
        }
        if (!situation.asked_plugin.empty()) {
            // The plugin that asked sees what the message says; an answer is no wish.
            // Without a word ("?", an emoji) it can only be about what was asked.
            const bool is_clear =
                decision.confidence >= table.thresholds.new_wish && !folded(situation.text).empty();
            if (decision.routed_by == RoutedBy::kClassifier && !is_clear) {
                decision.intent = kOther;
                decision.rival.reset();
                decision.second_wish.reset();
            }
            decision.doubt.clear();
            decision.plugin = situation.asked_plugin;
            decision.routed_by = RoutedBy::kOpenQuestion;
        }
        return decision;
    }

    [[nodiscard]] std::vector<WordWeight> explain(std::string_view text, const Decision& decision) const {
        std::vector<std::string_view> words = written_words(text);
        words.resize(std::min(words.size(), kMostExplained));
        std::vector<WordWeight> out;
        if (decision.routed_by == RoutedBy::kPattern) {
            const Route* route = table.find(decision.intent);
            for (const std::string_view word : words)
                if (route != nullptr && in_keyword(*route, folded(text), folded(word)))
                    out.push_back({std::string(word), 1});
            return out;
        }
        const float whole = probability_of(decision.ranked, decision.intent);
        for (std::size_t i = 0; i < words.size(); ++i) {
            auto without = classifier->classify(joined_without(words, i), decision.locale);
            join_kinds_of_other(without);
            out.push_back({std::string(words[i]), whole - probability_of(without, decision.intent)});
        }
        std::ranges::stable_sort(out, std::ranges::greater{}, &WordWeight::gain);
        return out;
    }

    const RouteTable table;
    const std::shared_ptr<const Classifier> classifier;
    const DayAhead day_ahead;

private:
    void understand(const Situation& situation, Decision& decision) const {
        const Tokens tokens = tokenize(situation.text);
        decision.locale = classifier->language(tokens);
        if (decision.locale.empty()) decision.locale = spoken(situation.locale);
        decision.ranked = classifier->classify(tokens, decision.locale);
        const float told = join_kinds_of_other(decision.ranked);
        if (const Route* route = keyword_route(table, folded(tokens.all()))) {
            decision.plugin = route->plugin;
            decision.intent = route->intent;
            decision.confidence = 1;
            decision.routed_by = RoutedBy::kPattern;
            return;
        }
        settle(tokens, told, decision);
        // Only a courtesy gives way to what a clause asks for; else a clause can only be a second wish.
        const bool may_have_second =
            situation.wants_second_wish && decision.routed_by == RoutedBy::kClassifier;
        if (may_have_second || is_courtesy(decision.intent)) look_for_wishes(situation.text, decision);
    }

    /// Plugin, intent, confidence and reason from the ranked intents. `told`: how likely it is of a kind of
    /// "other".
    void settle(const Tokens& text, float told, Decision& decision) const {
        const Scored& best = decision.ranked.front();
        const Route* route = accepted(decision.ranked) ? table.find(best.intent) : nullptr;
        const bool is_over = route != nullptr && route->intent == table.dated &&
                             ((best.probability < kClearOfPast && day_ahead.tells_of_past(text)) ||
                              (best.probability < kClearOfTold && day_ahead.tells_only_of_past(text)) ||
                              day_ahead.names_only_past_days(text) || day_ahead.is_sent_round(text));
        if (is_over) route = nullptr;
        if (route == nullptr && take_dated(text, decision)) return;
        if (route == nullptr) {
            fall_back(decision, kOther);
            if (told >= kSurelyTold) decision.routed_by = RoutedBy::kTold;
            decision.confidence = std::max(probability_of(decision.ranked, kOther), 1 - best.probability);
            if (probability_of(decision.ranked, kOther) < table.thresholds.other)
                decision.doubt = close_choices(decision.ranked);
            return;
        }
        decision.confidence = best.probability;
        decision.plugin = route->plugin;
        decision.intent = route->intent;
        decision.routed_by = RoutedBy::kClassifier;
        if (decision.ranked.size() < 2) return;
        const Scored& next = decision.ranked[1];
        const bool close = best.probability - next.probability <= table.thresholds.doubt;
        const Route* rival = close && next.intent != kOther ? table.find(next.intent) : nullptr;
        if (rival == nullptr || (route->titles.empty() && rival->titles.empty())) return;
        decision.rival = {next.intent, rival->plugin, next.probability};
        // One plugin can ask about its own intents; between two, only the host can.
        if (rival->plugin != route->plugin) decision.doubt = close_choices(decision.ranked);
    }

    /// "pints Friday at 8" is about nothing that an example is about; that it names a day ahead says enough,
    /// if what it would be besides "other" is a thing of the same plugin.
    [[nodiscard]] bool take_dated(const Tokens& text, Decision& decision) const {
        const Route* dated = table.dated.empty() ? nullptr : table.find(table.dated);
        if (dated == nullptr || probability_of(decision.ranked, kOther) > table.thresholds.dated)
            return false;
        const auto best =
            std::ranges::find_if(decision.ranked, [](const Scored& one) { return one.intent != kOther; });
        const Route* likely = best == decision.ranked.end() ? nullptr : table.find(best->intent);
        if (likely == nullptr || likely->plugin != dated->plugin || !day_ahead.names_one(text) ||
            day_ahead.is_sent_round(text))
            return false;
        decision.plugin = dated->plugin;
        decision.intent = dated->intent;
        decision.confidence = probability_of(decision.ranked, dated->intent);
        decision.routed_by = RoutedBy::kClassifier;
        return true;
    }

    /// The likeliest intents, if they are things to do and close to each other.
    [[nodiscard]] std::vector<Alternative> close_choices(const std::vector<Scored>& ranked) const {
        std::vector<Alternative> out;
        for (const Scored& one : ranked) {
            const float least = std::max(kLeastAsked, ranked.front().probability - table.thresholds.doubt);
            if (out.size() == kMostAsked || one.probability < least) break;
            const Route* route = table.find(one.intent);
            if (route == nullptr || route->titles.empty()) return {};
            out.push_back({one.intent, route->plugin, one.probability});
        }
        if (out.size() < 2) out.clear();
        return out;
    }

    [[nodiscard]] bool is_courtesy(std::string_view intent) const {
        return std::ranges::find(table.courtesies, intent) != table.courtesies.end();
    }

    /// Looks at the clauses of a message one by one: two that ask for different things are two
    /// wishes, and a courtesy is not what a message is about when it goes on to ask for something.
    void look_for_wishes(std::string_view text, Decision& decision) const {
        struct Wish : Decision {
            std::string_view clause;
        };
        std::vector<Wish> wishes;
        for (const std::string_view clause : clauses(text)) {
            Wish wish;
            wish.clause = clause;
            wish.locale = decision.locale;
            const Tokens tokens = tokenize(clause);
            wish.ranked = classifier->classify(tokens, decision.locale);
            const float told = join_kinds_of_other(wish.ranked);
            settle(tokens, told, wish);
            const bool known = std::ranges::find(wishes, wish.intent, &Decision::intent) != wishes.end();
            if (!known && wish.confidence >= kClearWish && !is_courtesy(wish.intent))
                wishes.push_back(std::move(wish));
        }
        if (wishes.empty()) return;
        if (is_courtesy(decision.intent)) take(wishes.front(), decision);
        std::erase_if(wishes, [&](const Decision& wish) {
            return wish.intent == kOther || wish.intent == decision.intent;
        });
        if (wishes.empty() || decision.routed_by != RoutedBy::kClassifier) return;
        const Wish& second = wishes.front();
        const auto begin = static_cast<std::size_t>(second.clause.data() - text.data());
        decision.second_wish = {second.intent, second.plugin, begin, begin + second.clause.size()};
        decision.rival.reset();
        decision.doubt.clear();
    }

    /// The clause's decision becomes the message's; what it was ranked by stays to be seen.
    static void take(const Decision& wish, Decision& decision) {
        decision.plugin = wish.plugin;
        decision.intent = wish.intent;
        decision.confidence = wish.confidence;
        decision.routed_by = wish.routed_by;
        decision.rival = wish.rival;
        decision.doubt = wish.doubt;
        decision.ranked = wish.ranked;
    }

    static bool in_keyword(const Route& route, std::string_view text, std::string_view word) {
        return !word.empty() && std::ranges::any_of(route.keywords, [&](const Keyword& keyword) {
            return (keyword.whole ? keyword.folded == text : holds_phrase(text, keyword.folded)) &&
                   holds_phrase(keyword.folded, word);
        });
    }

    [[nodiscard]] bool accepted(const std::vector<Scored>& ranked) const {
        const auto other = std::ranges::find(ranked, kOther, &Scored::intent);
        if (other != ranked.end() && other->probability >= table.thresholds.other) return false;
        return ranked.front().intent != kOther && ranked.front().probability >= table.thresholds.accept;
    }

    static bool is_audio(std::string_view kind) { return kind == "voice" || kind == "audio"; }

    /// To whoever takes this intent; unchanged when nobody does.
    void go_to(Decision& decision, std::string_view intent) const {
        const Route* route = table.find(intent);
        if (route == nullptr) return;
        decision.plugin = route->plugin;
        decision.intent = route->intent;
        decision.routed_by = RoutedBy::kKind;
    }

    void fall_back(Decision& decision, std::string_view intent) const {
        decision.plugin = table.fallback;
        decision.intent = intent;
        decision.routed_by = RoutedBy::kFallback;
    }
};

std::string_view name_of(RoutedBy how) noexcept {
    switch (how) {
        case RoutedBy::kTap:
            return "tap";
        case RoutedBy::kOpenQuestion:
            return "open_question";
        case RoutedBy::kPattern:
            return "pattern";
        case RoutedBy::kClassifier:
            return "classifier";
        case RoutedBy::kKind:
            return "kind";
        case RoutedBy::kTold:
            return "told";
        case RoutedBy::kFallback:
            return "fallback";
        case RoutedBy::kListens:
            return "listens";
        case RoutedBy::kChosen:
            return "chosen";
        case RoutedBy::kPassed:
            return "passed";
        case RoutedBy::kDoubt:
            return "doubt";
        case RoutedBy::kJob:
            return "job";
    }
    return {};
}

Router::Router(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Router::~Router() = default;

Result<std::shared_ptr<const Router>> Router::load(const std::filesystem::path& routes_file,
                                                   const std::filesystem::path& cache) {
    return load(routes_file, ModelFiles{.shipped = {}, .cache = cache});
}

Result<std::shared_ptr<const Router>> Router::load(const std::filesystem::path& routes_file,
                                                   const ModelFiles& models) {
    auto table = read_route_table(routes_file, Reading::kRoutesOnly);
    if (!table) {
        // Faults of the files of examples are told with those of routes.yaml.
        auto everything = read_route_table(routes_file);
        return everything ? std::move(table).error() : std::move(everything).error();
    }
    auto classifier = model_for(routes_file, table->example_files, models);
    if (!classifier) return std::move(classifier).error();
    auto impl = std::make_unique<Impl>(std::move(table).value(), std::move(classifier).value());
    return std::shared_ptr<const Router>(new Router(std::move(impl)));
}

std::vector<WordWeight> Router::deciding_words(std::string_view text, const Decision& decision) const {
    return impl_->explain(text, decision);
}

std::vector<std::filesystem::path> Router::files() const {
    std::vector<std::filesystem::path> out{impl_->table.file};
    for (const ExampleFile& file : impl_->table.example_files) out.push_back(file.path);
    return out;
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

std::string Router::title(std::string_view intent, std::string_view locale) const {
    const Route* route = impl_->table.find(intent);
    if (route == nullptr) return {};
    const auto found = route->titles.find(locale.substr(0, 2));
    return found == route->titles.end() ? std::string() : found->second;
}

const std::string& Router::listening_plugin() const noexcept {
    return impl_->table.listener;
}

const std::string& Router::fallback_plugin() const noexcept {
    return impl_->table.fallback;
}

}  // namespace migue::host::intents
