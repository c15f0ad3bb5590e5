#include "understanding/edit_clause.hpp"

#include <algorithm>

/// The parts of an event as words tell them: its time, its fields, who comes, where.
namespace scheduling {
namespace {

constexpr std::size_t kMostNameWords = 4;
constexpr std::size_t kMostAmountWords = 6;

}  // namespace

std::vector<std::string> ClauseReader::take_names(std::size_t begin, std::size_t end) {
    std::vector<std::string> names;
    std::size_t from = begin;
    const auto close = [&](std::size_t to) {
        std::size_t first = from;
        while (first < to && (line_.is_mark(first) || line_.match("FILLER", first, first + 1) > 0)) ++first;
        if (line_.match("GUESTAT", first, to) > 0 && first + 1 < to && !line_.is_capital(first))
            first += line_.match("GUESTAT", first, to);
        for (std::size_t at = first; at < to; ++at)
            if (line_.is_address(at)) {
                names.push_back(line_.slice(at, at + 1));
                return true;
            }
        while (to > first && (line_.is_mark(to - 1) || line_.match("FILLER", to - 1, to) > 0)) --to;
        if (first >= to) return true;
        if (to - first > kMostNameWords || !line_.times(first, to).times.empty()) return false;
        names.push_back(line_.slice(first, to));
        return true;
    };
    std::size_t at = begin;
    for (; at < end; ++at) {
        const std::size_t into = at > begin && from < at ? line_.match("INTO", at, end) : 0;
        const std::size_t noun = at + into;
        if (into > 0 && noun < end && !line_.is_capital(at) && !(into == 1 && line_.is_capital(noun))) {
            edit_.event = reference(noun, end);
            break;
        }
        const bool joins = line_.is_mark(at)
                               ? line_.word(at) == "," || line_.word(at) == ";" || line_.word(at) == "+"
                               : line_.match("AND", at, at + 1) > 0;
        if (!joins) continue;
        if (!close(at)) return {};
        from = at + 1;
    }
    if (!close(at)) return {};
    line_.use(begin, end);
    return names;
}

void ClauseReader::take_when(std::size_t begin, std::size_t end) {
    if (begin >= end || edit_.time) return;
    Understanding read = line_.take_times(begin, end);
    if (read.times.empty()) return;
    EventDraft& draft = read.draft;
    const bool says =
        draft.start || draft.duration || !draft.rrule.empty() || read.question || draft.part_begin;
    if (!says) return;
    draft.title.clear();
    draft.attendees.clear();
    draft.location.clear();
    draft.invites = draft.video_call = false;
    edit_.time = std::move(read);
}

bool ClauseReader::take_minute(std::size_t begin, std::size_t end) {
    if (!line_.times(begin, end).times.empty()) return false;  // "hora y media"
    std::size_t at = begin;
    while (at < end && line_.match("HALFPAST", at, end) == 0 && line_.match("QUARTERPAST", at, end) == 0 &&
           line_.match("SMALL", at, at + 1) > 0)
        ++at;
    for (const auto& [list, minutes] : {std::pair{"HALFPAST", 30}, {"QUARTERPAST", 15}}) {
        const std::size_t size = line_.match(list, at, end);
        if (size == 0 || at + size < end) continue;
        edit_.minute = std::chrono::minutes(minutes);
        line_.use(begin, end);
        return true;
    }
    return false;
}

bool ClauseReader::take_beside(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
        const std::size_t after = line_.match("BEHIND", at, end), before = line_.match("AHEAD", at, end);
        const std::size_t size = std::max(after, before);
        if (size == 0) continue;
        Edit::Beside beside;
        beside.before = before > after;
        beside.event = reference(at + size, end);
        if (beside.event.words.empty() || beside.event.everything || beside.event.ordinal != 0) return false;
        edit_.beside = std::move(beside);
        take_when(at, end);  // where there is no such event, "after lunch" is a part of the day
        line_.use(at, end);
        return true;
    }
    return false;
}

std::optional<bool> ClauseReader::change_field(std::size_t at, std::size_t end) {
    const std::size_t noun = skip_small(at, end);
    if (noun >= end) return std::nullopt;
    // "uma hora de duração" is a length, and its words name no part.
    for (std::size_t from = at; from < noun; ++from)
        for (std::size_t to = from + 1; to <= noun; ++to)
            if (line_.amount(from, to)) return std::nullopt;
    Edit::Field field = Edit::Field::kNone;
    std::size_t size = 0;
    bool is_end = false;
    const auto take = [&](std::string_view list, Edit::Field of) {
        if (size > 0) return;
        size = line_.match(list, noun, end);
        if (size > 0) field = of;
    };
    take("TITLENOUN", Edit::Field::kTitle);
    take("PLACENOUN", Edit::Field::kPlace);
    take("LENGTHNOUN", Edit::Field::kLength);
    take("GUESTSNOUN", Edit::Field::kGuests);
    if (size == 0 && line_.match("ENDNOUN", noun, end) > 0) {
        take("ENDNOUN", Edit::Field::kWhen);
        is_end = true;
    }
    // "the time" is one by name; "la hora" may also be a length.
    const bool is_amount = noun > at && line_.amount(noun - 1, noun + 1).has_value();
    if (size == 0 && !is_amount && !line_.time_words(line_.times(noun, end), noun, end)[noun])
        take("TIMENOUN", Edit::Field::kWhen);
    if (size == 0) return std::nullopt;
    std::size_t rest = noun + size;
    if (const std::size_t of = line_.match("OF", rest, end); of > 0) {
        std::size_t to = rest + of;
        while (to < end && line_.match("TARGET", to, end) == 0) ++to;
        if (to < end || field == Edit::Field::kTitle) {
            edit_.event = reference(rest + of, to);
            rest = to;
        }
    }
    std::size_t value = skip("CONNECT", rest, end);
    if (value < end && line_.is_mark(value)) value = skip("CONNECT", value + 1, end);  // "place: Room 5"
    // "sala 2" is a place by itself, "lugar Velvet" is not.
    const bool is_place_itself = field == Edit::Field::kPlace && value == rest && rest < end &&
                                 (line_.word(noun) == "sala" || line_.word(noun) == "room");
    line_.use(at, is_place_itself ? noun : value);
    return set_field(field, is_end, is_place_itself ? noun : value, end);
}

bool ClauseReader::set_field(Edit::Field field, bool is_end, std::size_t at, std::size_t end) {
    edit_.what = field == Edit::Field::kWhen ? Edit::What::kMove : Edit::What::kChange;
    if (at >= end) {
        edit_.field = field;
        return true;
    }
    switch (field) {
        case Edit::Field::kTitle:
            edit_.title = line_.slice(at, end);
            line_.use(at, end);
            return !edit_.title->empty();
        case Edit::Field::kPlace: {
            const std::size_t video = line_.match("VIDEO", at, end);
            if (video > 0 && at + video == end)
                edit_.video = true;
            else
                edit_.place = line_.slice(std::min(skip("ARTICLE", at, end), end - 1), end);
            line_.use(at, end);
            return true;
        }
        case Edit::Field::kGuests:
            edit_.add_guests = take_names(at, end);
            return !edit_.add_guests.empty();
        default:
            if (!is_end) take_shift(field == Edit::Field::kLength ? Act::kLast : Act::kMove, at, end);
            take_when(at, end);
            edit_.time_is_end = is_end && edit_.time.has_value();
            return is_done(at, end);
    }
}

bool ClauseReader::take_directed(std::string_view list, int sign, bool of_length, std::size_t begin,
                                 std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
        if (line_.is_used(at)) continue;
        const std::size_t size = line_.match(list, at, end);
        if (size == 0) continue;
        // "antes de las 5", "after lunch" is another time, no direction.
        const std::size_t next = at + size;
        std::size_t from = at > begin + kMostAmountWords ? at - kMostAmountWords : begin;
        std::optional<Amount> amount;
        for (; from < at && !amount; ++from)
            if (!line_.is_used(from)) amount = line_.amount(from, at);
        if (!amount) continue;
        --from;
        // The smallest words that lead to it: "by half an hour".
        if (of_length)
            edit_.longer = sign * amount->minutes;
        else {
            edit_.shift = sign * amount->minutes;
            edit_.shift_months = sign * amount->months;
        }
        line_.use(from, next);
        return true;
    }
    return false;
}

void ClauseReader::take_shift(Act act, std::size_t begin, std::size_t end) {
    const auto directed = [&] {
        return take_directed("LATER", 1, false, begin, end) ||
               take_directed("EARLIER", -1, false, begin, end) ||
               take_directed("LONGER", 1, true, begin, end) || take_directed("SHORTER", -1, true, begin, end);
    };
    if (directed()) {
        // "move it an hour back": where the verb and the word disagree, the verb is right.
        if (act == Act::kLater && edit_.shift) edit_.shift = std::chrono::abs(*edit_.shift);
        if (act == Act::kEarlier && edit_.shift) edit_.shift = -std::chrono::abs(*edit_.shift);
        return;
    }
    for (std::size_t at = begin; at < end; ++at) {
        if (line_.is_used(at)) continue;
        const std::size_t another = line_.match("ANOTHER", at, end);
        std::size_t to = std::min(at + another + kMostAmountWords, end);
        std::optional<Amount> amount;
        for (; to > at + another && !amount; --to) amount = line_.amount(at + another, to);
        if (!amount) continue;
        ++to;
        const bool absolute = at > begin && line_.match("TARGET", at - 1, at) > 0;
        const bool lengthens = act == Act::kLonger || act == Act::kShorter;
        if (lengthens && absolute) return;
        if (lengthens || another > 0) {
            edit_.longer = (act == Act::kShorter ? -1 : 1) * amount->minutes;
        } else if (is_of_time(act) && !absolute) {
            const int sign = act == Act::kEarlier ? -1 : 1;
            edit_.shift = sign * amount->minutes;
            edit_.shift_months = sign * amount->months;
        } else {
            return;
        }
        line_.use(at, to);
        return;
    }
}

std::size_t ClauseReader::take_without(std::size_t at, std::size_t end) {
    const std::size_t size = line_.match("WITHOUT", at, end);
    if (size == 0) return at;
    const std::size_t noun = skip_small(at + size, end);
    std::size_t found = 0;
    const auto is = [&](std::string_view list) { return found = line_.match(list, noun, end), found > 0; };
    if (noun >= end) return at;
    if (is("GUESTSNOUN"))
        edit_.remove_all_guests = true;
    else if (is("VIDEO"))
        edit_.video = false;
    else if (is("PLACENOUN"))
        edit_.place = "";
    else if (is("REPEATNOUN"))
        edit_.no_repeat = true;
    else {
        if (line_.knowledge().language() == "en" && line_.word(at) == "no") return at;
        std::vector<std::string> names = take_names(noun, end);
        if (names.empty()) return at;
        edit_.remove_guests = std::move(names);
        found = end - noun;
    }
    line_.use(at, noun + found);
    return noun + found;
}

std::size_t ClauseReader::take_with(std::size_t at, std::size_t end, const std::vector<bool>& times) {
    const std::size_t size = line_.match("WITH", at, end);
    if (size == 0) return at;
    const std::size_t noun = skip_small(at + size, end);
    if (noun >= end) return at;
    if (const std::size_t video = line_.match("VIDEO", noun, end); video > 0) {
        edit_.video = true;
        line_.use(at, noun + video);
        return noun + video;
    }
    std::size_t to = at + size;
    while (
        to < end && !times[to] && !line_.is_used(to) &&
        (to == at + size || (line_.match("PLACEAT", to, end) == 0 && line_.match("WITHOUT", to, end) == 0)))
        ++to;
    const std::size_t names_end = trim_tail(at + size, to);
    const std::vector<std::string> names = take_names(at + size, names_end);
    if (names.empty()) return at;
    edit_.add_guests.insert(edit_.add_guests.end(), names.begin(), names.end());
    line_.use(at, to);
    return to;
}

std::size_t ClauseReader::take_place(bool moves, std::size_t at, std::size_t end,
                                     const std::vector<bool>& times) {
    std::size_t size = line_.match("PLACEAT", at, end);
    if (size == 0 && moves) size = line_.match("PLACETO", at, end);
    const std::size_t noun = at + size;
    if (size == 0 || noun >= end || times[noun] || line_.is_used(noun)) return at;
    if (line_.match("VIDEO", noun, end) > 0 || line_.is_mark(noun)) return at;
    const std::size_t part = skip_small(noun, end);
    if (part < end && line_.match("PART", part, end) > 0 && !has_leftover(part + 1, end)) {
        Understanding read = line_.part_of_day(part);
        if (!read.draft.part_begin) return at;
        read.draft.title.clear();
        edit_.time = std::move(read);
        line_.use(at, part + 1);
        return part + 1;
    }
    if (line_.match("CALENDARNOUN", skip_small(noun, end), end) > 0) return at;
    for (std::size_t word = noun; word < end; ++word)
        if (line_.match("CALENDARNOUN", word, end) > 0) return at;
    std::size_t to = noun;
    while (to < end && !times[to] && !line_.is_used(to) && line_.match("WITH", to, end) == 0 &&
           line_.match("WITHOUT", to, end) == 0)
        ++to;
    // "a las 5 en el centro a la tarde": what only leads to a time is none of the place.
    while (to > noun && to < end && line_.match("SMALL", to - 1, to) > 0) --to;
    const std::size_t place_end = trim_tail(noun, to);
    if (place_end == noun || !line_.has_unused(noun, place_end)) return at;
    edit_.place = line_.slice(noun, place_end);
    line_.use(at, to);
    return to;
}

void ClauseReader::take_frames(bool moves, std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
        if (line_.is_used(at) || line_.is_mark(at)) continue;
        const std::size_t same = std::max(line_.match("SAMEDAY", at, end), line_.match("SAMETIME", at, end));
        if (same > 0) {
            line_.use(at, at + same);
            at += same - 1;
        }
    }
    const std::vector<bool> times = line_.time_words(line_.times(begin, end), begin, end);
    for (std::size_t at = begin; at < end;) {
        if (line_.is_used(at) || line_.is_mark(at) || times[at]) {
            ++at;
            continue;
        }
        std::size_t next = take_without(at, end);
        if (next == at) next = take_with(at, end, times);
        if (next == at) next = take_place(moves, at, end, times);
        if (next == at) {
            if (const std::size_t video = line_.match("VIDEO", at, end); video > 0) {
                edit_.video = true;
                line_.use(at, at + video);
                next = at + video;
            }
        }
        if (next == at && line_.is_address(at)) {
            edit_.add_guests.push_back(line_.slice(at, at + 1));
            line_.use(at, at + 1);
        }
        at = std::max(next, at + 1);
    }
}

/// Where behind a named event its new time begins.
std::size_t ClauseReader::target_begin(std::size_t begin, std::size_t end) const {
    const Understanding read = line_.times(begin, end);
    std::vector<bool> times = line_.time_words(read, begin, end);
    const auto leads = [&](std::size_t at) { return line_.match("TARGET", at, at + 1) > 0; };
    // "my 7am on wednesday to 8": a number behind a lead that reads as no time.
    const bool ends_so = end > begin + 1 && !times[end - 1] && line_.word(end - 1).size() <= 2 &&
                         line_.word(end - 1).find_first_not_of("0123456789") == std::string_view::npos;
    if (ends_so && leads(end - 2)) return end - 2;
    std::vector<std::pair<std::size_t, std::size_t>> stretches;
    for (const TimeMention& time : read.times) {
        TimeMention one = time;
        Understanding alone;
        alone.times.push_back(one);
        const std::vector<bool> marked = line_.time_words(alone, begin, end);
        const auto first = std::find(marked.begin(), marked.end(), true);
        if (first == marked.end()) continue;
        const auto from = static_cast<std::size_t>(first - marked.begin());
        std::size_t to = from;
        while (to < end && marked[to]) ++to;
        stretches.emplace_back(from, to);
    }
    if (stretches.empty()) return end;
    for (std::size_t i = 0; i < stretches.size(); ++i) {
        const std::size_t from = stretches[i].first;
        if (leads(from)) return from;
        for (std::size_t at = from; at-- > begin && line_.match("SMALL", at, at + 1) > 0 && !times[at];)
            if (leads(at) && line_.match("POINT", at, at + 1) == 0) return at;
    }
    // "3pm to 5pm" reads as one stretch; of an event that moves it is from and to.
    for (const auto& [from, to] : stretches)
        for (std::size_t at = to; at-- > from + 1;)
            if (leads(at)) return at;
    for (std::size_t i = stretches.size(); i-- > 1;)
        if (has_leftover(stretches[i - 1].second, stretches[i].first)) return stretches[i].first;
    const bool points = line_.match("POINT", begin, end) > 0 && !has_leftover(begin, stretches.front().first);
    if (points && stretches.size() == 1) return end;  // "mueve la de las 3"
    if (points) return stretches.back().first;
    return stretches.front().first;
}

}  // namespace scheduling
