#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/examples.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::intents {

/// A few words that decide a route without the classifier.
struct Keyword {
    std::string written;  ///< as in the file
    std::string folded;   ///< what is compared: lower case, no accents, one space
    std::string locale;
    bool whole = false;  ///< must be the whole message ("exact"), not only stand in it
    std::string place;   ///< file:line:col
};

struct Route {
    std::string intent;
    std::string plugin;
    std::int64_t priority = 0;
    std::vector<Keyword> keywords;
    std::string place;
};

struct Thresholds {
    float accept = 0.4F;  ///< least probability of an intent that is acted on
    float other = 0.5F;   ///< probability of "other" from which nothing is acted on
};

/// An example with the place where it stands, for findings.
struct PlacedExample {
    Example example;
    std::string place;
};

/// routes.yaml and the intent files it names, as read: checked for form, not for sense
/// (see lint.hpp).
struct RouteTable {
    std::string file;
    std::vector<std::string> locales;
    std::vector<PlacedExample> examples;
    Thresholds thresholds;
    std::string fallback;
    std::vector<Route> routes;  ///< highest priority first, else as written

    [[nodiscard]] std::vector<Example> plain_examples() const;
    [[nodiscard]] const Route* find(std::string_view intent) const;
};

/// The error holds every fault of all the files, one a line, each with its place.
[[nodiscard]] Result<RouteTable> read_route_table(const std::filesystem::path& routes_file);

/// The route whose keyword decides this message, or nullptr: the highest priority wins,
/// then a whole message before words in it, then the longer keyword, then the first written.
/// `folded_text` as folded() makes it.
[[nodiscard]] const Route* keyword_route(const RouteTable& table, std::string_view folded_text);

/// Does `phrase` stand in `text` at the edges of words? Both as folded() makes them.
[[nodiscard]] bool holds_phrase(std::string_view text, std::string_view phrase);

}  // namespace migue::host::intents
