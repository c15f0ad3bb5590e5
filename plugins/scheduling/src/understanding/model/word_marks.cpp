#include "understanding/model/word_marks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "language/text.hpp"

namespace scheduling::model {

namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = 16UL * 1024;
constexpr int kDeepest = 4;  // object, array, object, array
constexpr std::size_t kMostWishes = 8, kMostPieces = 32, kMostGuests = 10;

/// nlohmann takes the last of two equal keys and any depth; we take neither.
json parse_strictly(std::string_view content) {
    if (content.size() > kMostBytes) return json(json::value_t::discarded);
    std::vector<std::set<std::string>> keys;
    bool is_sound = true;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > kDeepest) is_sound = false;
        if (event == json::parse_event_t::object_start) keys.emplace_back();
        if (event == json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
        if (event == json::parse_event_t::key && !keys.empty() &&
            !keys.back().insert(parsed.get<std::string>()).second)
            is_sound = false;
        return is_sound;
    };
    json parsed = json::parse(content, watch, false);
    return is_sound ? parsed : json(json::value_t::discarded);
}

bool is_text_or_null(const json& value) {
    return value.is_string() || value.is_null();
}

bool is_list_of_texts(const json& value) {
    return value.is_array() && value.size() <= kMostPieces &&
           std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
}

bool is_wish(const json& wish) {
    return wish.is_object() && wish.size() == 4 && wish.contains("title") && wish.contains("times") &&
           wish.contains("guests") && wish.contains("place") && is_text_or_null(wish.at("title")) &&
           is_text_or_null(wish.at("place")) && is_list_of_texts(wish.at("times")) &&
           is_list_of_texts(wish.at("guests"));
}

bool is_good(const json& answer) {
    if (!answer.is_object() || answer.size() != 1 || !answer.contains("wishes")) return false;
    const json& wishes = answer.at("wishes");
    return wishes.is_array() && wishes.size() <= kMostWishes &&
           std::all_of(wishes.begin(), wishes.end(), is_wish);
}

bool is_word_byte(char byte) {
    const auto c = static_cast<unsigned char>(byte);
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char small(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Finds pieces one after another, so that a word said twice is found at both places.
class Finder {
public:
    explicit Finder(std::string_view message) : message_(message) {}

    /// Whole words, first as written, then whatever the case of its letters; a piece that was
    /// not given out before is preferred.
    [[nodiscard]] std::optional<Piece> find(std::string_view words) {
        words = trimmed(words);
        if (words.empty() || words.size() > message_.size()) return std::nullopt;
        for (const bool any_case : {false, true})
            for (const bool fresh : {true, false})
                if (auto found = search(words, any_case, fresh)) {
                    given_.push_back(*found);
                    return found;
                }
        return std::nullopt;
    }

private:
    static std::string_view trimmed(std::string_view text) {
        constexpr std::string_view kEdge = " \t\r\n,;.\"";
        const std::size_t begin = text.find_first_not_of(kEdge);
        if (begin == std::string_view::npos) return {};
        return text.substr(begin, text.find_last_not_of(kEdge) - begin + 1);
    }
    [[nodiscard]] std::optional<Piece> search(std::string_view words, bool any_case, bool fresh) const {
        const auto equal = [any_case](char a, char b) { return any_case ? small(a) == small(b) : a == b; };
        for (auto at = message_.begin();; ++at) {
            at = std::search(at, message_.end(), words.begin(), words.end(), equal);
            if (at == message_.end()) return std::nullopt;
            const auto begin = static_cast<std::size_t>(at - message_.begin());
            const Piece piece{begin, begin + words.size()};
            const bool cuts_before =
                begin > 0 && is_word_byte(message_[begin - 1]) && is_word_byte(words.front());
            const bool cuts_behind = piece.end < message_.size() && is_word_byte(message_[piece.end]) &&
                                     is_word_byte(words.back());
            const bool is_given = std::any_of(given_.begin(), given_.end(),
                                              [&](const Piece& other) { return other.overlaps(piece); });
            if (!cuts_before && !cuts_behind && !(fresh && is_given)) return piece;
        }
    }

    const std::string_view message_;
    std::vector<Piece> given_;
};

void put_in_order(std::vector<Piece>& pieces) {
    std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
    std::vector<Piece> apart;
    for (const Piece& piece : pieces)
        if (apart.empty() || !apart.back().overlaps(piece)) apart.push_back(piece);
    pieces = std::move(apart);
}

std::size_t first_of(const Wish& wish) {
    std::size_t first = std::string_view::npos;
    for (const auto* list : {&wish.times, &wish.guests})
        for (const Piece& piece : *list) first = std::min(first, piece.begin);
    for (const auto* one : {&wish.title, &wish.place})
        if (*one) first = std::min(first, (*one)->begin);
    return first;
}

}  // namespace

bool is_answer(std::string_view content) {
    return is_good(parse_strictly(content));
}

Marks find_marks(std::string_view content, std::string_view message, std::span<const std::string> contacts) {
    Marks marks;
    const json answer = parse_strictly(content);
    if (!is_good(answer)) return marks;
    Finder finder(message);
    const auto find = [&](const json& value) {
        std::optional<Piece> piece;
        if (!value.is_string() || value.get_ref<const std::string&>().empty()) return piece;
        piece = finder.find(value.get_ref<const std::string&>());
        if (!piece) ++marks.invented;
        return piece;
    };
    for (const json& said : answer.at("wishes")) {
        Wish wish;
        for (const json& words : said.at("times"))
            if (const auto piece = find(words)) wish.times.push_back(*piece);
        for (const json& words : said.at("guests")) {
            if (wish.guests.size() + wish.known_guests.size() == kMostGuests) break;
            const auto known =
                std::find(contacts.begin(), contacts.end(), words.get_ref<const std::string&>());
            if (known != contacts.end())
                wish.known_guests.push_back(*known);
            else if (const auto piece = find(words))
                wish.guests.push_back(*piece);
        }
        wish.title = find(said.at("title"));
        wish.place = find(said.at("place"));
        put_in_order(wish.times);
        put_in_order(wish.guests);
        if (first_of(wish) != std::string_view::npos) marks.wishes.push_back(std::move(wish));
    }
    std::stable_sort(marks.wishes.begin(), marks.wishes.end(),
                     [](const Wish& a, const Wish& b) { return first_of(a) < first_of(b); });
    return marks;
}

std::string clean(std::string_view text, std::size_t most) {
    std::string out;
    std::size_t count = 0;
    bool space = false;
    for (std::size_t at = 0; at < text.size() && count < most;) {
        const auto point = language::decode(text, at);
        const char32_t c = point.value;
        const bool turns = c == 0x061C || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
                           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
        const bool broken = c == 0xFFFD && point.size == 1;
        if (c == ' ' || c < 0x20 || (c >= 0x7F && c < 0xA0)) {
            space = !out.empty();
        } else if (!turns && !broken) {
            if (space) out += ' ', ++count;
            space = false;
            out += text.substr(at, point.size);
            ++count;
        }
        at += point.size;
    }
    return out;
}

}  // namespace scheduling::model
