#include "host/intents/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "host/config/yaml.hpp"
#include "host/intents/text.hpp"

namespace migue::host::intents {
namespace {

constexpr std::size_t kFewExamples = 20;
constexpr std::size_t kTriedExamples = 50;

/// What the host routes by a message's kind: needs no examples.
bool made_by_host(std::string_view intent) {
    return intent == "unsupported" || intent == "voice_note";
}

using Findings = std::vector<std::string>;
using Counts = std::map<std::string, std::map<std::string, std::size_t>>;  // intent, locale

Counts count_examples(const RouteTable& table) {
    Counts counts;
    for (const PlacedExample& placed : table.examples) ++counts[placed.example.intent][placed.example.locale];
    return counts;
}

/// Where the first example of an intent stands; with a locale, of that language.
std::string first_place(const RouteTable& table, std::string_view intent, std::string_view locale = {}) {
    const auto first = std::ranges::find_if(table.examples, [&](const PlacedExample& placed) {
        return placed.example.intent == intent && (locale.empty() || placed.example.locale == locale);
    });
    return first == table.examples.end() ? table.file : first->place;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string meant = config::nearest(word, candidates);
    return meant.empty() || meant == word ? std::string() : fmt::format("; did you mean {}?", meant);
}

std::vector<std::string> routed_intents(const RouteTable& table) {
    std::vector<std::string> out;
    for (const Route& route : table.routes) out.push_back(route.intent);
    return out;
}

std::vector<std::string> intents_with_examples(const Counts& counts) {
    std::vector<std::string> out;
    for (const auto& [intent, by_locale] : counts) out.push_back(intent);
    return out;
}

void find_unknown_courtesies(const RouteTable& table, Findings& out) {
    const std::vector<std::string> routed = routed_intents(table);
    for (std::size_t i = 0; i < table.courtesies.size(); ++i)
        if (table.find(table.courtesies[i]) == nullptr)
            out.push_back(fmt::format("{}: the courtesy {} has no route{}", table.courtesy_places[i],
                                      table.courtesies[i], did_you_mean(table.courtesies[i], routed)));
}

void find_unknown_dated(const RouteTable& table, Findings& out) {
    if (table.dated.empty() || table.find(table.dated) != nullptr) return;
    out.push_back(fmt::format("{}: dated is {}, which has no route{}", table.dated_place, table.dated,
                              did_you_mean(table.dated, routed_intents(table))));
}

void find_shared_examples(const RouteTable& table, Findings& out) {
    std::map<std::pair<std::string, std::string>, const PlacedExample*> seen;  // locale, text
    for (const PlacedExample& placed : table.examples) {
        const auto [first, fresh] =
            seen.try_emplace({placed.example.locale, folded(placed.example.text)}, &placed);
        if (fresh) continue;
        const PlacedExample& earlier = *first->second;
        out.push_back(earlier.example.intent == placed.example.intent
                          ? fmt::format("{}: the same example stands at {}", placed.place, earlier.place)
                          : fmt::format("{}: this example of {} also stands under {} at {}", placed.place,
                                        placed.example.intent, earlier.example.intent, earlier.place));
    }
}

void find_thin_intents(const RouteTable& table, const Counts& counts, Findings& out) {
    for (const auto& [intent, by_locale] : counts) {
        for (const std::string& locale : table.locales) {
            const auto found = by_locale.find(locale);
            if (found == by_locale.end()) {
                out.push_back(fmt::format("{}: the intent {} has no examples in {}",
                                          first_place(table, intent), intent, locale));
            } else if (found->second < kFewExamples) {
                out.push_back(fmt::format(
                    "{}: the intent {} has {} example(s) in {}; {} or more are needed to tell it apart",
                    first_place(table, intent, locale), intent, found->second, locale, kFewExamples));
            }
        }
    }
}

void find_missing_languages(const RouteTable& table, Findings& out) {
    for (const char* locale : {"es", "en", "pt"})
        if (std::ranges::find(table.locales, locale) == table.locales.end())
            out.push_back(fmt::format("{}: no intent file for the language {}", table.intents_place, locale));
}

void find_unreachable_routes(const RouteTable& table, const Counts& counts, Findings& out) {
    for (const Route& route : table.routes)
        // A title alone is typed by nobody who was not asked.
        if (!counts.contains(route.intent) && route.keywords.size() == route.titles.size() &&
            !made_by_host(route.intent))
            out.push_back(fmt::format(
                "{}: the intent {} has no examples and no keywords: nothing leads here{}", route.place,
                route.intent, did_you_mean(route.intent, intents_with_examples(counts))));
    for (const auto& [intent, by_locale] : counts)
        if (table.find(is_kind_of_other(intent) ? kOther : std::string_view(intent)) == nullptr)
            out.push_back(fmt::format("{}: the intent {} has examples but no route{}",
                                      first_place(table, intent), intent,
                                      did_you_mean(intent, routed_intents(table))));
}

/// Does `winner` match, with at least the same right, whatever `loser` matches?
bool always_beaten(const Route& route, const Keyword& loser, const Route& rival, const Keyword& winner,
                   bool rival_first) {
    const bool covers = winner.whole ? loser.whole && winner.folded == loser.folded
                                     : holds_phrase(loser.folded, winner.folded);
    if (!covers) return false;
    if (rival.priority != route.priority) return rival.priority > route.priority;
    // Equal priority: only the very same phrase, written earlier, always wins.
    return rival_first && winner.folded == loser.folded && (!winner.whole || loser.whole);
}

void find_beaten_keywords(const RouteTable& table, Findings& out) {
    for (std::size_t i = 0; i < table.routes.size(); ++i) {
        const Route& route = table.routes[i];
        for (const Keyword& keyword : route.keywords) {
            for (std::size_t j = 0; j < table.routes.size(); ++j) {
                const Route& rival = table.routes[j];
                if (i == j) continue;
                const auto beats = [&](const Keyword& k) {
                    return always_beaten(route, keyword, rival, k, j < i);
                };
                const auto winner = std::ranges::find_if(rival.keywords, beats);
                if (winner == rival.keywords.end()) continue;
                out.push_back(fmt::format(
                    "{}: the keyword \"{}\" of {} can never win: \"{}\" of {} ({}) takes it first",
                    keyword.place, keyword.written, route.intent, winner->written, rival.intent,
                    winner->place));
                break;
            }
        }
    }
}

/// Whoever is asked in a language that a title lacks is not offered that choice.
void find_missing_titles(const RouteTable& table, Findings& out) {
    for (const Route& route : table.routes) {
        if (route.titles.empty()) continue;
        for (const std::string& locale : table.locales)
            if (!route.titles.contains(locale))
                out.push_back(fmt::format("{}: the title of {} is missing in {}: it is no choice there",
                                          route.place, route.intent, locale));
    }
}

void find_closed_thresholds(const RouteTable& table, Findings& out) {
    if (table.thresholds.other <= 0)
        out.push_back(
            fmt::format("{}: thresholds.other is 0: the classifier decides for no route at all", table.file));
    if (table.thresholds.accept >= 1)
        out.push_back(fmt::format("{}: thresholds.accept is 1: the classifier decides for no route at all",
                                  table.file));
}

/// Intents that win none of their own examples win nothing else.
void find_routes_that_lose_their_examples(const RouteTable& table, const Router& router, Findings& out) {
    struct Tally {
        std::size_t tried = 0;
        bool won = false;
    };
    std::map<std::string, Tally> tallies;
    for (const PlacedExample& placed : table.examples) {
        Tally& tally = tallies[placed.example.intent];
        if (tally.won || tally.tried == kTriedExamples) continue;
        ++tally.tried;
        Situation situation;
        situation.kind = "text";
        situation.text = placed.example.text;
        situation.locale = placed.example.locale;
        tally.won = router.route(situation).intent == placed.example.intent;
    }
    for (const auto& [intent, tally] : tallies)
        if (!tally.won && table.find(intent) != nullptr)
            out.push_back(fmt::format("{}: the intent {} wins none of {} of its own examples",
                                      table.find(intent)->place, intent, tally.tried));
}

}  // namespace

std::vector<std::string> lint(const RouteTable& table) {
    Findings out;
    const Counts counts = count_examples(table);
    find_missing_languages(table, out);
    find_thin_intents(table, counts, out);
    find_shared_examples(table, out);
    find_unreachable_routes(table, counts, out);
    find_beaten_keywords(table, out);
    find_missing_titles(table, out);
    find_unknown_courtesies(table, out);
    find_unknown_dated(table, out);
    find_closed_thresholds(table, out);
    return out;
}

Result<std::vector<std::string>> routes_that_never_win(const std::filesystem::path& routes_file,
                                                       const Router& router) {
    auto table = read_route_table(routes_file);
    if (!table) return std::move(table).error();
    Findings out;
    find_unreachable_routes(*table, count_examples(*table), out);
    find_beaten_keywords(*table, out);
    find_closed_thresholds(*table, out);
    find_routes_that_lose_their_examples(*table, router, out);
    return out;
}

std::vector<std::string> lint_plugins(const RouteTable& table, const std::vector<std::string>& plugins) {
    Findings out;
    const auto expect = [&](const std::string& plugin, const std::string& place, const std::string& what) {
        if (std::ranges::find(plugins, plugin) != plugins.end()) return;
        out.push_back(fmt::format("{}: {} leads to the plugin {}, which the configuration does not name{}",
                                  place, what, plugin, did_you_mean(plugin, plugins)));
    };
    expect(table.fallback, table.fallback_place, "the fallback");
    if (!table.listener.empty()) expect(table.listener, table.listener_place, "listens");
    for (const Route& route : table.routes)
        expect(route.plugin, route.place, fmt::format("the route of {}", route.intent));
    return out;
}

Result<std::vector<std::string>> lint_routes(const std::filesystem::path& routes_file,
                                             const std::vector<std::string>& plugins) {
    auto table = read_route_table(routes_file);
    if (!table) return std::move(table).error();
    Findings out = lint(*table);
    if (!plugins.empty()) std::ranges::move(lint_plugins(*table, plugins), std::back_inserter(out));
    return out;
}

}  // namespace migue::host::intents
