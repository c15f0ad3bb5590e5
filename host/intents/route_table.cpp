#include "host/intents/route_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "host/config/yaml.hpp"
#include "host/intents/text.hpp"

namespace migue::host::intents {
namespace {

using config::Faults;
using config::MapReader;
using config::Node;

constexpr std::size_t kMaxExampleBytes = 1000;
constexpr std::size_t kMaxTitle = 20;  // of a WhatsApp button
constexpr std::string_view kGap = " * ";

bool is_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

void check_name(std::string_view name, const config::Place& place, std::string_view what, Faults& faults) {
    if (!name.empty() && !is_name(name))
        faults.add(place,
                   fmt::format("{} \"{}\": expected lower-case letters, digits, '_' or '-'", what, name));
}

/// Languages that have a stemmer, function words and phrases.
bool is_locale(std::string_view text) {
    return text == "es" || text == "en" || text == "pt";
}

/// As WhatsApp counts: an emoji is two.
std::size_t utf16_length(std::string_view text) {
    std::size_t length = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) length += byte >= 0xF0 ? 2 : 1;
    }
    return length;
}

/// The parts between the '*' of a pattern, each folded. A '*' at either end says nothing.
std::string folded_pattern(std::string_view written) {
    std::string out;
    while (!written.empty()) {
        const auto star = written.find('*');
        if (const std::string part = folded(written.substr(0, star)); !part.empty())
            out += (out.empty() ? "" : std::string(kGap)) + part;
        written = star == std::string_view::npos ? std::string_view{} : written.substr(star + 1);
    }
    return out;
}

/// Bits for the pairs of neighbouring characters in words; the gaps of a pattern aside. Where a phrase stands
/// in a text, the text has all bits of the phrase.
std::uint64_t letter_pairs(std::string_view words) {
    std::uint64_t pairs = 0;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto first = static_cast<unsigned char>(words[i - 1]);
        const auto second = static_cast<unsigned char>(words[i]);
        const bool in_gap = first == '*' || second == '*' || first == ' ' || second == ' ';
        if (!in_gap) pairs |= std::uint64_t{1} << ((first * 31U + second * 7U) % 64U);
    }
    return pairs;
}

class TableReader {
public:
    TableReader(const std::filesystem::path& file, Reading reading)
        : folder_(file.parent_path()), reading_(reading) {
        table_.file = file.string();
    }

    Result<RouteTable> read(const std::filesystem::path& file) {
        auto document = config::read_yaml(file);
        if (!document) return std::move(document).error();
        MapReader map(*document, faults_);
        read_intents(map.required("intents"));
        read_thresholds(map.child("thresholds"));
        table_.fallback = map.text("fallback");
        if (const Node* fallback = document->find("fallback")) {
            table_.fallback_place = fallback->place().text();
            check_name(table_.fallback, fallback->place(), "plugin", faults_);
        }
        table_.listener = map.text("listens", "");
        if (const Node* listener = document->find("listens")) {
            table_.listener_place = listener->place().text();
            check_name(table_.listener, listener->place(), "plugin", faults_);
        }
        read_courtesies(map.child("courtesies"));
        read_dated(map.child("dated"));
        read_routes(map.required("routes"));
        map.done();
        // One error with everything: faults of routes.yaml, then those of unreadable files.
        if (!faults_.empty()) return combined();
        if (!unreadable_.empty()) return Error{Error::Code::kConfig, unreadable_};
        std::ranges::stable_sort(table_.routes, std::ranges::greater{}, &Route::priority);
        for (Route& route : table_.routes)
            for (const Keyword& keyword : route.keywords)
                route.keyword_pairs.push_back(letter_pairs(keyword.folded));
        return std::move(table_);
    }

private:
    [[nodiscard]] Error combined() const {
        Error error = faults_.error();
        if (!unreadable_.empty()) error.what += "\n" + unreadable_;
        return error;
    }

    bool expect(const Node& node, Node::Kind kind, std::string_view what) {
        if (node.kind() == kind) return true;
        faults_.add(node.place(), fmt::format("expected {}", what));
        return false;
    }

    void read_intents(const Node* node) {
        if (node == nullptr || !expect(*node, Node::Kind::kMap, "a map of languages, each with its files"))
            return;
        table_.intents_place = node->place().text();
        for (const auto& [locale, files] : node->members()) {
            if (!is_locale(locale)) {
                faults_.add(files.key_place(),
                            fmt::format("unknown language \"{}\"; expected es, en or pt", locale));
                continue;
            }
            table_.locales.push_back(locale);
            if (files.kind() == Node::Kind::kScalar) {
                read_file(files, locale);
            } else if (expect(files, Node::Kind::kSequence, "a file or a sequence of files")) {
                for (const Node& file : files.items())
                    if (expect(file, Node::Kind::kScalar, "the path of an intent file"))
                        read_file(file, locale);
            }
        }
    }

    void read_file(const Node& name, const std::string& locale) {
        table_.example_files.push_back({folder_ / name.scalar(), locale});
        if (reading_ == Reading::kRoutesOnly) return;
        auto document = config::read_yaml(folder_ / name.scalar());
        if (!document) {
            unreadable_ += fmt::format("{}{} (named at {})", unreadable_.empty() ? "" : "\n",
                                       document.error().what, name.place().text());
            return;
        }
        if (!expect(*document, Node::Kind::kMap, "a map of intents, each with its examples")) return;
        for (const auto& [intent, examples] : document->members()) {
            check_name(intent, examples.key_place(), "intent", faults_);
            if (!expect(examples, Node::Kind::kSequence, "a sequence of examples")) continue;
            for (const Node& example : examples.items()) read_example(example, intent, locale);
        }
    }

    void read_example(const Node& node, const std::string& intent, const std::string& locale) {
        if (!expect(node, Node::Kind::kScalar, "an example sentence")) return;
        if (node.scalar().size() > kMaxExampleBytes)
            faults_.add(node.place(), fmt::format("an example of {} bytes; at most {}", node.scalar().size(),
                                                  kMaxExampleBytes));
        else if (tokenize(node.scalar()).empty())
            faults_.add(node.place(), "an example without a word");
        else
            table_.examples.push_back({{node.scalar(), locale, intent}, node.place().text()});
    }

    void read_thresholds(const Node* node) {
        if (node == nullptr ||
            !expect(*node, Node::Kind::kMap, "a map with accept, other, new_wish, doubt and dated"))
            return;
        MapReader map(*node, faults_);
        table_.thresholds.accept = static_cast<float>(map.number("accept", table_.thresholds.accept, 0, 1));
        table_.thresholds.other = static_cast<float>(map.number("other", table_.thresholds.other, 0, 1));
        table_.thresholds.new_wish =
            static_cast<float>(map.number("new_wish", table_.thresholds.new_wish, 0, 1));
        table_.thresholds.dated = static_cast<float>(map.number("dated", table_.thresholds.dated, 0, 1));
        table_.thresholds.doubt = static_cast<float>(map.number("doubt", table_.thresholds.doubt, 0, 1));
        map.done();
    }

    void read_courtesies(const Node* node) {
        if (node == nullptr || !expect(*node, Node::Kind::kSequence, "a sequence of intents")) return;
        for (const Node& item : node->items()) {
            if (!expect(item, Node::Kind::kScalar, "an intent")) continue;
            check_name(item.scalar(), item.place(), "intent", faults_);
            table_.courtesies.push_back(item.scalar());
            table_.courtesy_places.push_back(item.place().text());
        }
    }

    void read_dated(const Node* node) {
        if (node == nullptr || !expect(*node, Node::Kind::kScalar, "an intent")) return;
        check_name(node->scalar(), node->place(), "intent", faults_);
        table_.dated = node->scalar();
        table_.dated_place = node->place().text();
    }

    void read_routes(const Node* node) {
        if (node == nullptr || !expect(*node, Node::Kind::kSequence, "a sequence of routes")) return;
        for (const Node& item : node->items())
            if (expect(item, Node::Kind::kMap, "a route: intent, plugin, priority")) read_route(item);
    }

    void read_route(const Node& node) {
        MapReader map(node, faults_);
        Route route;
        route.place = node.place().text();
        route.intent = map.text("intent");
        route.plugin = map.text("plugin");
        route.priority = map.integer("priority", 0, -1000, 1000);
        check_name(route.intent, node.place(), "intent", faults_);
        check_name(route.plugin, node.place(), "plugin", faults_);
        read_titles(map.child("title"), route);
        read_keywords(map.child("exact"), Match::kWhole, route);
        read_keywords(map.child("keywords"), Match::kWords, route);
        read_keywords(map.child("patterns"), Match::kPattern, route);
        map.done();
        if (const Route* earlier = table_.find(route.intent); earlier != nullptr && !route.intent.empty())
            faults_.add(node.place(), fmt::format("a second route for the intent \"{}\"; the first is at {}",
                                                  route.intent, earlier->place));
        table_.routes.push_back(std::move(route));
    }

    void read_titles(const Node* node, Route& route) {
        if (node == nullptr || !expect(*node, Node::Kind::kMap, "a map of languages, each with a title"))
            return;
        for (const auto& [locale, title] : node->members()) {
            if (!is_locale(locale))
                faults_.add(title.key_place(),
                            fmt::format("unknown language \"{}\"; expected es, en or pt", locale));
            if (!expect(title, Node::Kind::kScalar, "a title")) continue;
            if (const std::size_t length = utf16_length(title.scalar()); length > kMaxTitle)
                faults_.add(title.place(), fmt::format("a title of {} characters; a button shows at most {}",
                                                       length, kMaxTitle));
            else if (folded(title.scalar()).empty())
                faults_.add(title.place(), "a title without a word");
            // A choice can be typed as well as tapped.
            route.keywords.push_back(
                {title.scalar(), folded(title.scalar()), locale, true, title.place().text()});
            route.titles.emplace(locale, title.scalar());
        }
    }

    enum class Match { kWhole = 1, kWords, kPattern };

    void read_keywords(const Node* node, Match match, Route& route) {
        if (node == nullptr || !expect(*node, Node::Kind::kMap, "a map of languages, each with its phrases"))
            return;
        for (const auto& [locale, phrases] : node->members()) {
            if (!is_locale(locale))
                faults_.add(phrases.key_place(),
                            fmt::format("unknown language \"{}\"; expected es, en or pt", locale));
            if (!expect(phrases, Node::Kind::kSequence, "a sequence of phrases")) continue;
            for (const Node& phrase : phrases.items()) {
                if (!expect(phrase, Node::Kind::kScalar, "a phrase")) continue;
                Keyword keyword{
                    phrase.scalar(),
                    match == Match::kPattern ? folded_pattern(phrase.scalar()) : folded(phrase.scalar()),
                    locale, match == Match::kWhole, phrase.place().text()};
                if (keyword.folded.empty())
                    faults_.add(phrase.place(),
                                fmt::format("\"{}\" holds no word; expected one at least", phrase.scalar()));
                route.keywords.push_back(std::move(keyword));
            }
        }
    }

    const std::filesystem::path folder_;
    const Reading reading_;
    RouteTable table_;
    Faults faults_;
    std::string unreadable_;
};

/// (whole message, length): what decides between keywords of routes with equal priority.
std::pair<bool, std::size_t> strength(const Route& route, std::string_view text, std::uint64_t pairs) {
    std::pair<bool, std::size_t> best{false, 0};
    const auto look = [&](const Keyword& keyword) {
        const bool whole = keyword.folded == text;
        if (whole || (!keyword.whole && holds_phrase(text, keyword.folded)))
            best = std::max(best, std::pair{whole, keyword.folded.size()});
    };
    const std::span<const std::uint64_t> known = route.keyword_pairs;
    for (std::size_t i = 0; i < known.size(); ++i)
        if ((known.data()[i] & ~pairs) == 0) look(route.keywords[i]);
    for (std::size_t i = known.size(); i < route.keywords.size(); ++i) look(route.keywords[i]);
    return best;
}

}  // namespace

std::vector<Example> RouteTable::plain_examples() const {
    std::vector<Example> out;
    out.reserve(examples.size());
    for (const PlacedExample& placed : examples) out.push_back(placed.example);
    return out;
}

const Route* RouteTable::find(std::string_view intent) const {
    const auto found = std::ranges::find(routes, intent, &Route::intent);
    return found == routes.end() ? nullptr : &*found;
}

Result<RouteTable> read_route_table(const std::filesystem::path& routes_file, Reading reading) {
    return TableReader(routes_file, reading).read(routes_file);
}

namespace {

/// Where `words` end in `text`, at the edges of words and not before `from`; npos if nowhere.
std::size_t end_of(std::string_view words, std::string_view text, std::size_t from) {
    for (auto at = text.find(words, from); at != std::string_view::npos; at = text.find(words, at + 1)) {
        const auto end = at + words.size();
        if ((at == 0 || text[at - 1] == ' ') && (end == text.size() || text[end] == ' ')) return end;
    }
    return std::string_view::npos;
}

}  // namespace

bool holds_phrase(std::string_view text, std::string_view phrase) {
    if (phrase.empty()) return false;
    std::size_t from = 0;
    while (!phrase.empty()) {
        const auto gap = phrase.find(kGap);
        from = end_of(phrase.substr(0, gap), text, from);
        if (from == std::string_view::npos) return false;
        phrase = gap == std::string_view::npos ? std::string_view{} : phrase.substr(gap + kGap.size());
    }
    return true;
}

const Route* keyword_route(const RouteTable& table, std::string_view folded_text) {
    const Route* best = nullptr;
    std::pair<bool, std::size_t> best_strength{false, 0};
    const std::uint64_t pairs = letter_pairs(folded_text);
    for (const Route& route : table.routes) {  // highest priority first
        if (best != nullptr && route.priority < best->priority) break;
        const auto found = strength(route, folded_text, pairs);
        if (found > best_strength) {
            best = &route;
            best_strength = found;
        }
    }
    return best;
}

}  // namespace migue::host::intents
