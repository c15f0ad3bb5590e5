#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/examples.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::intents {

/// A few words that decide a route without the classifier.
struct Keyword {
    std::string written;  ///< as in the file
    /// What is compared: lower case, no accents, one space. " * " stands between the parts of a
    /// pattern: any words, or none.
    std::string folded;
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
    /// What it is called in "did you mean …?", by language. A route without is no choice there.
    std::map<std::string, std::string, std::less<>> titles = {};
    /// letter_pairs() of the keywords, side by side: a text without one of them need not be searched for that
    /// keyword, which is asked for every message. A keyword without is searched for in every text.
    std::vector<std::uint64_t> keyword_pairs = {};
};

struct Thresholds {
    float accept = 0.4F;  ///< least probability of an intent that is acted on
    float other = 0.5F;   ///< probability of "other" from which nothing is acted on
    /// Least probability that makes a message a new wish, not an answer, while a question is open.
    float new_wish = 0.6F;
    /// How close the runner-up must come to leave a doubt worth asking about.
    float doubt = 0.15F;
    /// Up to this probability of "other", a statement about a day ahead goes to RouteTable::dated.
    float dated = 0.8F;
};

/// An example with the place where it stands, for findings.
struct PlacedExample {
    Example example;
    std::string place;
};

/// A file of examples that routes.yaml names.
struct ExampleFile {
    std::filesystem::path path;
    std::string locale;
};

/// routes.yaml and the intent files it names, as read: checked for form, not for sense
/// (see lint.hpp).
struct RouteTable {
    std::string file;
    std::string intents_place;   ///< of the list of languages and their files
    std::string fallback_place;  ///< file:line:col, as are all places
    std::vector<std::string> locales;
    std::vector<ExampleFile> example_files;
    std::vector<PlacedExample> examples;
    Thresholds thresholds;
    std::string fallback;
    std::string listener_place;
    std::string listener;  ///< asked before the fallback, or ""
    std::vector<std::string> courtesy_places;
    std::vector<std::string> courtesies;  ///< intents said along with a wish: greeting, thanks …
    /// The intent of a statement about a day ahead where nothing is likely enough; "" for none.
    std::string dated;
    std::string dated_place;
    std::vector<Route> routes;  ///< highest priority first, else as written

    [[nodiscard]] std::vector<Example> plain_examples() const;
    [[nodiscard]] const Route* find(std::string_view intent) const;
};

enum class Reading { kEverything = 1, kRoutesOnly };

/// The error holds every fault of all the files, one a line, each with its place. With
/// kRoutesOnly the files of examples are named and not read: for a host that has their model.
[[nodiscard]] Result<RouteTable> read_route_table(const std::filesystem::path& routes_file,
                                                  Reading reading = Reading::kEverything);

/// The route whose keyword decides this message, or nullptr: the highest priority wins,
/// then a whole message before words in it, then the longer keyword, then the first written.
/// `folded_text` as folded() makes it.
[[nodiscard]] const Route* keyword_route(const RouteTable& table, std::string_view folded_text);

/// Does `phrase` stand in `text` at the edges of words? Both as folded() makes them; where the
/// phrase has " * ", its parts stand in this order. Time grows with the text, never faster.
[[nodiscard]] bool holds_phrase(std::string_view text, std::string_view phrase);

}  // namespace migue::host::intents
