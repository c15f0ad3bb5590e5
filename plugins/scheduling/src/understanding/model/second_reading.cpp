#include "understanding/model/second_reading.hpp"

#include <algorithm>

#include "language/text.hpp"

namespace scheduling::model {

namespace {

using language::TokenKind;

constexpr std::size_t kLongWords = 25, kLongTitleWords = 7, kShortWords = 9;
constexpr std::size_t kMostTitle = 200, kMostName = 80;
constexpr std::size_t kFewBytesBetween = 12;  // "de la", "hasta las": what joins two runs of time words

std::size_t words_in(std::string_view text) {
    const language::Text read = language::tokenize(text);
    return static_cast<std::size_t>(
        std::count_if(read.tokens.begin(), read.tokens.end(),
                      [](const auto& token) { return token.kind != TokenKind::kPunct; }));
}

/// Numbers that no time expression took: "a las 15 y algo" read in part.
bool leaves_numbers(std::string_view text, const Understanding& rules) {
    const language::Text read = language::tokenize(text);
    return std::any_of(read.tokens.begin(), read.tokens.end(), [&](const language::Token& token) {
        const bool is_taken = std::any_of(
            rules.times.begin(), rules.times.end(),
            [&](const TimeMention& time) { return token.begin >= time.begin && token.end <= time.finish; });
        return token.kind == TokenKind::kNumber && !is_taken;
    });
}

bool is_kind(const Understanding& reading, std::string_view kind) {
    return reading.question && reading.question->kind == kind;
}

/// Times that say when, rather than how long.
std::size_t clocks_in(const Understanding& rules) {
    return static_cast<std::size_t>(
        std::count_if(rules.times.begin(), rules.times.end(),
                      [](const TimeMention& time) { return time.type != "duration"; }));
}

/// 3: day and hour known; 2: known but for a question; 1: in part; 0: nothing.
int completeness(const Understanding& reading) {
    const EventDraft& draft = reading.draft;
    const bool known = draft.start && draft.has_date && (draft.has_time || draft.all_day);
    if (known && !reading.question) return 3;
    if (known) return 2;
    return draft.has_date || draft.has_time || draft.part_begin ? 1 : 0;
}

/// The marked words in one text, joined as they stand where little is between them.
std::string joined_times(std::string_view text, const std::vector<Piece>& times) {
    std::string joined;
    std::size_t last = 0;
    for (const Piece& piece : times) {
        if (!joined.empty()) {
            const std::string_view between = text.substr(last, piece.begin - last);
            const bool few = between.size() <= kFewBytesBetween &&
                             between.find_first_of(".;\n!?") == std::string_view::npos;
            joined += few ? std::string(between) : std::string(", ");
        }
        joined += piece.in(text);
        last = piece.end;
    }
    return joined;
}

std::string capitalized(std::string text) {
    if (text.empty()) return text;
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
    return text;
}

/// What the rules make of the marked words. The title goes along, as "cena" says which eight
/// o'clock is meant, unless it has times of its own.
Understanding read_marked(std::string_view text, std::string_view intent, const Moment& moment,
                          const Wish& wish) {
    const std::string times = joined_times(text, wish.times);
    if (wish.title) {
        const std::string title = clean(wish.title->in(text), kMostTitle);
        if (understand(title, intent, moment).times.empty())
            return understand(title + " " + times, intent, moment);
    }
    return understand(times, intent, moment);
}

void take_time(Understanding& out, const Understanding& from) {
    EventDraft& draft = out.draft;
    const EventDraft& said = from.draft;
    draft.start = said.start;
    draft.end = said.end;
    draft.has_date = said.has_date;
    draft.has_time = said.has_time;
    draft.all_day = said.all_day;
    draft.duration = said.duration;
    draft.rrule = said.rrule;
    draft.zone = said.zone;
    draft.inferred = said.inferred;
    draft.part_begin = said.part_begin;
    draft.part_end = said.part_end;
    if (said.reminder) draft.reminder = said.reminder;
    out.question = from.question;
    out.span = from.span;
}

Choice choice_of(const EventDraft& draft) {
    Choice choice;
    choice.start = *draft.start;
    choice.end = draft.end;
    choice.all_day = draft.all_day;
    return choice;
}

bool is_same_time(const EventDraft& a, const EventDraft& b) {
    return a.start == b.start && a.end == b.end && a.all_day == b.all_day && a.rrule == b.rrule &&
           a.has_time == b.has_time && a.zone == b.zone;
}

void merge_times(std::string_view text, std::string_view intent, const Moment& moment, const Wish& wish,
                 Understanding& out, Contribution& from) {
    if (wish.times.empty()) return;
    const Understanding marked = read_marked(text, intent, moment, wish);
    const int rules = completeness(out), model = completeness(marked);
    if (is_same_time(out.draft, marked.draft) && rules >= model) {
        from.time = "both";
        return;
    }
    if (rules == 3 && model == 3) {
        // Two readings, each whole: never a guess.
        const bool days = out.draft.start->time_since_epoch() / std::chrono::hours(24) !=
                          marked.draft.start->time_since_epoch() / std::chrono::hours(24);
        if (out.draft.start != marked.draft.start) {
            Question question;
            question.kind = days ? "ambiguous_date" : "ambiguous_hour";
            question.choices = {choice_of(marked.draft), choice_of(out.draft)};
            out.question = std::move(question);
            from.time = "both";
            return;
        }
    }
    if (model < rules) return;
    take_time(out, marked);
    from.time = "model";
}

/// The rules keep their title where it only says more: "Reunión con Laura".
void merge_title(std::string_view text, const Wish& wish, Understanding& out, Contribution& from) {
    if (!wish.title) return;
    const std::string title = capitalized(clean(wish.title->in(text), kMostTitle));
    if (title.empty()) return;
    const std::string mine = language::fold(out.draft.title), theirs = language::fold(title);
    if (mine == theirs) {
        from.title = "both";
        return;
    }
    if (mine.starts_with(theirs) && words_in(out.draft.title) <= kLongTitleWords) return;
    out.draft.title = title;
    from.title = "model";
}

bool is_in_pieces(std::string_view text, std::string_view name, const std::vector<Piece>& pieces) {
    return std::any_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
        return piece.in(text).find(name) != std::string_view::npos;
    });
}

/// "Lau" of "Laura Gómez": each word begins one of the name's.
bool is_short_for(std::string_view said, std::string_view name) {
    const std::string words = language::fold(said) + " ", whole = " " + language::fold(name);
    for (std::size_t begin = 0; begin + 1 < words.size();) {
        const std::size_t end = words.find(' ', begin);
        if (end - begin < 2 || whole.find(" " + words.substr(begin, end - begin)) == std::string::npos)
            return false;
        begin = end + 1;
    }
    return words.size() > 1;
}

void merge_guests(std::string_view text, const Marks& marks, Understanding& out, Contribution& from) {
    const Wish& wish = marks.wishes.front();
    std::vector<std::string> guests;
    const auto add = [&](std::string name) {
        if (!name.empty() && std::find(guests.begin(), guests.end(), name) == guests.end())
            guests.push_back(std::move(name));
    };
    // Of several wishes each has its own guests; the rules took them all for one.
    for (const std::string& name : out.draft.attendees)
        if (marks.wishes.size() == 1 || is_in_pieces(text, name, wish.guests)) add(name);
    for (const Piece& piece : wish.guests) {
        const std::string name = clean(piece.in(text), kMostName);
        const bool is_part = std::any_of(guests.begin(), guests.end(), [&](const std::string& known) {
            return known.find(name) != std::string::npos || name.find(known) != std::string::npos;
        });
        if (!is_part) add(name);
    }
    for (const std::string& name : wish.known_guests) {
        std::erase_if(guests, [&](const std::string& said) { return is_short_for(said, name); });
        add(name);
    }
    if (guests == out.draft.attendees) {
        if (!guests.empty()) from.guests = "both";
        return;
    }
    out.draft.attendees = std::move(guests);
    from.guests = "model";
}

void merge_place(std::string_view text, const Wish& wish, Understanding& out, Contribution& from) {
    if (!wish.place) return;
    const std::string place = clean(wish.place->in(text), kMostName);
    if (language::fold(place) == language::fold(out.draft.location)) {
        from.place = "both";
    } else if (!place.empty()) {
        out.draft.location = place;
        from.place = "model";
    }
}

/// From the first marked word of the second wish to the end of its last.
std::string words_of(std::string_view text, const Wish& wish) {
    std::size_t begin = text.size(), end = 0;
    const auto take = [&](const Piece& piece) {
        begin = std::min(begin, piece.begin);
        end = std::max(end, piece.end);
    };
    for (const Piece& piece : wish.times) take(piece);
    for (const Piece& piece : wish.guests) take(piece);
    if (wish.title) take(*wish.title);
    if (wish.place) take(*wish.place);
    return begin < end ? std::string(text.substr(begin, end - begin)) : std::string();
}

}  // namespace

std::vector<std::string> reasons_to_ask(std::string_view text, const Understanding& rules) {
    std::vector<std::string> reasons;
    const std::size_t words = words_in(text);
    const bool misses = is_kind(rules, "missing_date") || is_kind(rules, "missing_time");
    if (misses && (leaves_numbers(text, rules) || words > kShortWords)) reasons.emplace_back("missing_part");
    if (is_kind(rules, "impossible")) reasons.emplace_back("tangled");
    if (clocks_in(rules) > 2) reasons.emplace_back("two_times");
    if (words_in(rules.draft.title) > kLongTitleWords) reasons.emplace_back("long_title");
    if (rules.draft.title.empty() && words > kShortWords) reasons.emplace_back("no_title");
    if (words > kLongWords) reasons.emplace_back("long");
    if (!rules.left_out.empty()) reasons.emplace_back("left_out");
    return reasons;
}

Understanding merge(std::string_view text, std::string_view intent, const Moment& moment,
                    const Understanding& rules, const Marks& marks, Contribution& from) {
    Understanding out = rules;
    if (marks.wishes.empty()) return out;
    const Wish& wish = marks.wishes.front();
    merge_times(text, intent, moment, wish, out, from);
    merge_title(text, wish, out, from);
    merge_guests(text, marks, out, from);
    merge_place(text, wish, out, from);
    if (marks.wishes.size() > 1) {
        std::string second = words_of(text, marks.wishes[1]);
        if (!second.empty()) {
            from.wishes = rules.left_out.empty() ? "model" : "both";
            if (rules.left_out.empty()) out.left_out = std::move(second);
        }
    }
    return out;
}

}  // namespace scheduling::model
