#include "understanding/edit_clause.hpp"

#include <algorithm>

/// What each verb does with the words behind it.
namespace scheduling {

bool ClauseReader::take_field_alone(std::size_t at, std::size_t end) {
    const std::size_t noun = skip_small(at, end);
    const std::size_t from = noun < end ? noun : at;
    for (const auto& [list, field] : {std::pair{"TITLENOUN", Edit::Field::kTitle},
                                      {"PLACENOUN", Edit::Field::kPlace},
                                      {"LENGTHNOUN", Edit::Field::kLength},
                                      {"GUESTSNOUN", Edit::Field::kGuests},
                                      {"TIMENOUN", Edit::Field::kWhen}}) {
        if (const std::size_t size = line_.match(list, from, end); size == 0 || from + size != end) continue;
        edit_.field = field;
        edit_.what = field == Edit::Field::kWhen ? Edit::What::kMove : Edit::What::kChange;
        return true;
    }
    return false;
}

bool ClauseReader::cancel(Act act, std::size_t at, std::size_t end) {
    const auto changed = [&] {
        edit_.what = Edit::What::kChange;
        return true;
    };
    if (!it_ && edit_.event.is_it()) {
        const std::size_t noun = skip_small(at, end);
        const auto is = [&](std::string_view list) {
            const std::size_t size = line_.match(list, noun, end);
            return size > 0 && !has_leftover(noun + size, end);
        };
        if (noun < end && is("GUESTSNOUN")) return edit_.remove_all_guests = true, changed();
        if (noun < end && is("VIDEO")) return edit_.video = false, changed();
        if (noun < end && is("PLACENOUN")) return edit_.place = "", changed();
        if (noun < end && is("REPEATNOUN")) return edit_.no_repeat = true, changed();
        if (noun < end && line_.match("OTHERNOUN", noun, end) > 0) return false;
        if (noun < end && line_.match("OUT", noun, end) > 0) return false;
        const std::size_t to = line_.knowledge().language() == "en" ? 0 : line_.match("GUESTAT", at, end);
        const std::size_t first = at + to;
        const bool has_times = !line_.times(at, end).times.empty();
        const bool known = first < end && is_guest(line_.slice(first, first + 1));
        const bool led = to > 0 && (act == Act::kRemove || (first < end && line_.is_capital(first)));
        const bool told = tail_from_ && first < end && line_.is_capital(first);
        const bool called_off = line_.knowledge().language() == "pt" && to > 0 && !line_.is_capital(first);
        if (first < end && !has_times && (known || told || (led && !called_off))) {
            edit_.remove_guests = take_names(first, end);
            if (!edit_.remove_guests.empty()) return changed();
        }
        edit_.event = reference(at, end);
    }
    edit_.what = Edit::What::kCancel;
    return true;
}

bool ClauseReader::name(bool in_two_parts, std::size_t at, std::size_t end) {
    if (!in_two_parts && !it_ && !to_it_) {
        // "rename the dentist to Root canal"; a bare "call mom" is no name.
        if (line_.knowledge().language() == "en" && line_.match("EVENT", skip_small(at, end), end) == 0) {
            std::size_t to = at;
            while (to < end && line_.word(to) != "to" && line_.word(to) != "as") ++to;
            if (to >= end || at == 0 || !line_.word(at - 1).starts_with("re")) return false;
            edit_.event = reference(at, to);
            at = to + 1;
        } else if (line_.match("LEADTITLE", at, end) > 0 && at > 0 &&
                   !line_.word(at - 1).starts_with("llam") && !line_.word(at - 1).starts_with("cham")) {
            at += line_.match("LEADTITLE", at, end);  // "renomeia para Demo"
        } else {
            const std::size_t event = skip_small(at, end);
            const std::size_t size = line_.match("EVENT", event, end);
            if (size == 0) return false;
            at = event + size;
        }
    }
    std::size_t first = at;
    if (!in_two_parts) first = skip("LEADTITLE", at, end);
    if (first >= end) first = at;
    const std::string title = line_.slice(first, end);
    edit_.what = Edit::What::kChange;
    if (title.empty())
        edit_.field = Edit::Field::kTitle;
    else
        edit_.title = title;
    line_.use(at, end);
    return true;
}

bool ClauseReader::add(std::size_t at, std::size_t end) {
    at = skip("FILLER", at, end);
    if (at >= end) return false;
    std::size_t first = skip_small(at, end);
    if (line_.match("EVENT", first, end) > 0 || (it_ && !line_.is_used(at))) {
        // "add it to my calendar" wants nothing of what is there; "invítala a la cena" wants it.
        return false;
    }
    if (first < end && line_.match("OTHERNOUN", first, end) > 0) return false;
    edit_.what = Edit::What::kChange;
    take_shift(Act::kLonger, at, end);
    if (edit_.longer && !has_leftover(at, end)) return true;
    for (std::size_t video = first; video < end; ++video) {
        const std::size_t size = line_.match("VIDEO", video, end);
        if (size == 0 || has_leftover(first, video) || has_leftover(video + size, end)) continue;
        edit_.video = true;
        line_.use(first, end);
        return true;
    }
    if (const auto field = change_field(at, end)) return *field;
    const std::size_t to = line_.match("GUESTAT", at, end);
    const bool english = line_.knowledge().language() == "en";
    // "invita a laura@x.co a una charla el jueves" is an event of its own.
    if (!line_.times(at, end).times.empty()) return false;
    if (to > 0 && !english) at += to;
    edit_.add_guests = take_names(at, end);
    return !edit_.add_guests.empty();
}

bool ClauseReader::last(std::size_t at, std::size_t end) {
    if (line_.match("UNTIL", skip_small(at, end), end) > 0 || line_.match("UNTIL", at, end) > 0)
        return begin_or_end(true, at, end);
    take_shift(Act::kLast, at, end);
    if (!edit_.longer) take_when(at, end);
    edit_.what = Edit::What::kChange;
    const bool is_length =
        edit_.longer || (edit_.time && edit_.time->draft.duration && !edit_.time->draft.has_time);
    if (is_length) return !has_leftover(at, end);
    take_frames(false, at, end);  // "por Zoom"
    return is_done(at, end) && !edit_.time;
}

bool ClauseReader::begin_or_end(bool is_end, std::size_t at, std::size_t end) {
    line_.use(at, at + line_.match("UNTIL", at, end));
    if (const int day = is_end ? line_.number(at, end) : 0; day > 0) edit_.end_day = day;
    take_shift(Act::kMove, at, end);
    if (edit_.shift && is_end) edit_.longer = std::exchange(edit_.shift, std::nullopt);
    take_when(at, end);
    edit_.time_is_end = is_end && edit_.time.has_value();
    edit_.what = is_end ? Edit::What::kChange : Edit::What::kMove;
    if (edit_.end_day != 0) line_.use(at, end);
    return is_done(at, end);
}

bool ClauseReader::change(Act act, std::size_t at, std::size_t end) {
    const bool of_time = is_of_time(act);
    const std::size_t noun = skip_small(at, end);
    if (!it_ && noun < end && line_.match("OTHERNOUN", noun, end) > 0) return false;
    if (!it_ && (of_time || act == Act::kLonger || act == Act::kShorter)) take_shift(act, at, end);
    if (!it_ && !edit_.has_changes())
        if (const auto field = change_field(at, end)) return *field;
    // "change plumber to electrician"
    if (act == Act::kChange && !it_ && !to_it_ && edit_.event.is_it() && line_.times(at, end).times.empty())
        for (std::size_t to = at + 1; to + 1 < end; ++to) {
            if (line_.match("TARGET", to, to + 1) == 0 || !has_leftover(at, to) || !has_leftover(to, end))
                continue;
            if (line_.match("VIDEO", skip_small(to, end), end) > 0) break;
            edit_.event = reference(at, to);
            edit_.title = line_.slice(to + line_.match("TARGET", to, end), end);
            edit_.what = Edit::What::kChange;
            line_.use(at, end);
            return true;
        }
    // "ponle a Luis"
    if (to_it_ && line_.match("GUESTAT", at, end) > 0 && at + 1 < end && line_.is_capital(at + 1)) {
        edit_.what = Edit::What::kChange;
        edit_.add_guests = take_names(at + 1, end);
        return !edit_.add_guests.empty();
    }
    edit_.what = of_time ? Edit::What::kMove : Edit::What::kChange;
    std::size_t from = at;
    const bool named = it_ || to_it_ || !edit_.event.is_it();
    if (!named && act != Act::kPut) {
        if (!edit_.shift && !edit_.longer) take_shift(act, at, end);
        from = target_begin(at, end);
        // "move the dentist to after lunch with Ana"
        for (std::size_t word = at; word < from && !edit_.shift; ++word)
            if (line_.match("BEHIND", word, end) > 0 || line_.match("AHEAD", word, end) > 0) from = word;
        edit_.event = reference(at, from);
        line_.use(at, from);
    }
    if (!edit_.shift && !edit_.longer) take_shift(act, from, end);
    if (!edit_.has_changes() && (it_ || !named) && take_minute(from, end)) {
        edit_.what = Edit::What::kMove;
        return true;
    }
    if (!edit_.has_changes() && take_beside(from, end)) {
        edit_.what = Edit::What::kMove;
        return true;
    }
    const bool of_length = act == Act::kLonger || act == Act::kShorter;
    if (of_length && line_.match("UNTIL", from, end) > 0) return begin_or_end(true, from, end);
    // "make it later": by how much is asked.
    if (const std::size_t size = std::max(line_.match("LATER", from, end), line_.match("EARLIER", from, end));
        size > 0 && !edit_.has_changes() && !has_leftover(from + size, end) &&
        line_.times(from, end).times.empty()) {
        edit_.what = Edit::What::kMove;
        return it_ || !edit_.event.is_it();
    }
    take_frames(true, from, end);
    take_when(from, end);
    if (to_it_ && has_leftover(from, end) && !edit_.has_changes()) {
        const std::size_t first = skip_small(from, end);
        edit_.title = line_.slice(first, end);
        return !edit_.title->empty();
    }
    // "cut hair friday 10am" shortens nothing.
    if (of_length && !edit_.longer && !(edit_.time && edit_.time->draft.duration)) return false;
    const bool only_when = edit_.time && !edit_.title && !edit_.place;
    if (act == Act::kChange && only_when) edit_.what = Edit::What::kMove;
    if (edit_.has_changes()) return !has_leftover(from, end);
    if (has_leftover(from, end)) return false;
    if (act == Act::kPut) {  // "stick that on it", which another clause explains
        edit_.what = Edit::What::kNone;
        return it_;
    }
    // Nothing was said but that it is to change: it is asked what.
    return act != Act::kChange || it_ || !edit_.event.is_it() || from >= end;
}

bool ClauseReader::loose(std::size_t at, std::size_t end) {
    edit_.what = Edit::What::kChange;
    // "the meeting is 1 hour long"
    if (const std::size_t point = line_.match("POINT", at, end); point > 0) {
        const std::size_t noun = at + point + line_.match("EVENT", at + point, end);
        const std::size_t is = line_.match("ISTO", noun, end);
        if (noun > at + point && is > 0) {
            line_.use(at, noun + is);
            it_ = true;
            at = noun + is;
        }
    }
    // "it'll take two hours"
    if (const VerbForm verb = line_.verb(at, end); verb.act == Act::kLast && verb.size > 0 && !verb.is_slip) {
        line_.use(at, at + verb.size);
        return last(at + verb.size, end);
    }
    // "Jo can't make it"
    for (std::size_t out = at + 1; out < end; ++out) {
        const std::size_t size = line_.match("OUT", out, end);
        const std::string who = line_.slice(std::min(skip("ARTICLE", at, out), out - 1), out);
        if (size == 0 || has_leftover(out + size, end) || !is_guest(who)) continue;
        edit_.remove_guests.push_back(who);
        edit_.by_verb = true;
        return true;
    }
    // "place: Room 5"
    for (const char* noun : {"TITLENOUN", "PLACENOUN", "LENGTHNOUN"}) {
        const std::size_t size = line_.match(noun, at, end);
        if (size == 0 || at + size >= end) continue;
        if (line_.word(at + size) == ":" || line_.match("CONNECT", at + size, end) > 0)
            if (const auto field = change_field(at, end)) return *field && edit_.has_changes();
    }
    if (line_.match("UNTIL", at, end) > 0 && line_.verb(at, end).size == 0)
        return begin_or_end(true, at, end);
    // "the dentist is friday 3pm": of an event that is known it says when it is.
    for (std::size_t is = at + 1; is < end && !it_; ++is) {
        const std::size_t size = line_.match("ISTO", is, end);
        if (size == 0 || !has_leftover(at, is) || !line_.times(at, is).times.empty()) continue;
        take_when(is + size, end);
        if (!edit_.time || has_leftover(is + size, end)) return false;
        edit_.event = reference(at, is);
        edit_.what = Edit::What::kMove;
        return !edit_.event.words.empty();
    }
    // "and Ben", of something that has guests
    if (at > 0 && line_.match("AND", at - 1, at) > 0 && !guests_.empty() && end - at <= 2 &&
        line_.is_capital(at) && line_.times(at, end).times.empty()) {
        edit_.add_guests = take_names(at, end);
        return !edit_.add_guests.empty();
    }
    take_shift(Act::kNone, at, end);
    take_frames(false, at, end);
    // "sarah's email is s@x.co"
    constexpr std::size_t kMostWordsAround = 7;
    if (!edit_.add_guests.empty() && end - at <= kMostWordsAround + 1 && line_.times(at, end).times.empty()) {
        line_.use(at, end);
        return true;
    }
    take_when(at, end);
    // A noun of its own makes it something new: "reunión con Pao mañana".
    for (std::size_t word = at; word < end; ++word)
        if (!line_.is_used(word) && line_.match("EVENT", word, end) > 0 && !it_) return false;
    return is_done(at, end);
}

/// "it's at 5", "that's for the Henderson report".
bool ClauseReader::be(std::size_t at, std::size_t end) {
    const std::size_t about = line_.match("ABOUT", at, end);
    const std::size_t noun = at + about;
    if (about > 0 && noun < end && line_.times(at, end).times.empty() && has_leftover(noun, end) &&
        line_.match("VIDEO", skip_small(noun, end), end) == 0) {
        edit_.title = line_.slice(noun, end);
        edit_.what = Edit::What::kChange;
        line_.use(at, end);
        return true;
    }
    if (take_minute(at, end)) {
        edit_.what = Edit::What::kMove;
        return true;
    }
    return loose(at, end);
}

}  // namespace scheduling
