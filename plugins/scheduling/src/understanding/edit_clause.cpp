#include "understanding/edit_clause.hpp"

#include <algorithm>

namespace scheduling {
namespace {

constexpr std::size_t kMostNameWords = 4;
constexpr std::size_t kMostAmountWords = 6;

bool is_of_time(Act act) {
    return act == Act::kMove || act == Act::kLater || act == Act::kEarlier;
}

}  // namespace

std::size_t ClauseReader::skip(std::string_view list, std::size_t at, std::size_t end) const {
    while (at < end) {
        const std::size_t size = line_.match(list, at, end);
        if (size == 0) return at;
        at += size;
    }
    return at;
}

std::size_t ClauseReader::skip_small(std::size_t at, std::size_t end) const {
    while (at < end && (line_.is_used(at) || line_.is_mark(at) || line_.match("SMALL", at, at + 1) > 0)) ++at;
    return at;
}

std::size_t ClauseReader::skip_fillers(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end;) {
        if (line_.is_mark(at)) {
            begin = ++at;
            continue;
        }
        // "no guests" is no "no", and "no lo canceles" neither.
        const std::size_t without = line_.match("WITHOUT", at, end);
        const std::size_t noun = skip_small(at + without, end);
        if (without > 0 && noun < end &&
            (line_.match("GUESTSNOUN", noun, end) > 0 || line_.match("VIDEO", noun, end) > 0))
            return at;
        if (is_refused(at, end)) return at;
        // "não era pra cancelar" begins like a no.
        if (const VerbForm verb = line_.verb(at, end); verb.size > 1 && verb.act == Act::kRestore) return at;
        const std::size_t size = line_.match("FILLER", at, end);
        if (line_.match("CORRECT", at, end) > 0) edit_.corrects = true;
        if (size == 0) return at;
        at += size;
        begin = at;
    }
    return begin;
}

std::size_t ClauseReader::trim_tail(std::size_t begin, std::size_t end) {
    constexpr std::size_t kLongest = 4;
    for (bool more = true; more && end > begin;) {
        more = false;
        if (line_.is_mark(end - 1)) {
            --end;
            more = true;
            continue;
        }
        for (std::size_t size = std::min(kLongest, end - begin); size > 0; --size) {
            if (line_.match("TAIL", end - size, end) != size) continue;
            if (size > 1 && line_.match("EVENT", end - 1, end) > 0) tail_from_ = true;
            if (line_.match("CORRECT", end - size, end) == size) edit_.corrects = true;
            end -= size;
            more = true;
            break;
        }
    }
    return end;
}

bool ClauseReader::is_refused(std::size_t begin, std::size_t end) const {
    std::size_t at = begin + line_.match("NOT", begin, end);
    if (at == begin) return false;
    bool led = false;
    while (at < end && (line_.match("CLITIC", at, at + 1) > 0 || line_.match("CLITICTO", at, at + 1) > 0)) {
        led = true;
        ++at;
    }
    const VerbForm verb = line_.verb(at, end);
    if (verb.size == 0 || verb.it || verb.is_slip) return false;
    const bool cancels = verb.act == Act::kCancel || verb.act == Act::kRemove;
    const std::string_view language = line_.knowledge().language();
    if (language == "en") return cancels || is_of_time(verb.act) || verb.act == Act::kChange;
    if (language == "pt") return cancels;
    return led || (cancels && line_.word(at).ends_with('s'));
}

bool ClauseReader::is_guest(std::string_view name) const {
    const std::string said = language::fold(name);
    return std::any_of(guests_.begin(), guests_.end(), [&](const std::string& guest) {
        const std::string known = language::fold(guest);
        if (known == said) return true;
        return known.starts_with(said) && known.size() > said.size() &&
               std::string_view(" @._").find(known[said.size()]) != std::string_view::npos;
    });
}

bool ClauseReader::is_little(std::size_t at, std::size_t end) const {
    if (line_.is_used(at) || line_.is_mark(at)) return true;
    for (const char* list : {"SMALL", "IT", "EVENT", "CONNECT", "TAIL", "LENGTHNOUN"})
        if (line_.match(list, at, at + 1) > 0) return true;
    return line_.match("FILLER", at, end) == 1;
}

bool ClauseReader::has_leftover(std::size_t begin, std::size_t end) const {
    for (std::size_t at = begin; at < end; ++at)
        if (!is_little(at, end)) return true;
    return false;
}

bool ClauseReader::is_done(std::size_t begin, std::size_t end) const {
    return !has_leftover(begin, end) && edit_.has_changes();
}

EventWords ClauseReader::reference(std::size_t begin, std::size_t end) const {
    EventWords named;
    if (begin >= end) return named;
    Understanding read = line_.times(begin, end, "cancel_meeting");
    // "a das 15h para …": cut off from its end a stretch reads as no time.
    const bool has_digits = line_.slice(begin, end).find_first_of("0123456789") != std::string::npos;
    for (std::size_t at = begin + 1; has_digits && at < end && read.times.empty(); ++at)
        read = line_.times(at, end, "cancel_meeting");
    const std::vector<bool> times = line_.time_words(read, begin, end);
    for (std::size_t at = begin; at < end; ++at) {
        if (times[at] || line_.is_used(at) || line_.is_mark(at)) continue;
        if (const std::size_t size = line_.match("LAST", at, end); size > 0) {
            named.last = true;
            at += size - 1;
            continue;
        }
        if (line_.match("EVERYTHING", at, end) > 0) {
            named.everything = true;
            continue;
        }
        const std::size_t next = skip_small(at + 1, end);
        const bool ends = next >= end || line_.match("EVENT", next, end) > 0;
        if (const int number = line_.knowledge().ordinal(line_.word(at)); number > 0 && ends) {
            named.ordinal = number;
            continue;
        }
        if (is_little(at, end)) continue;
        named.words.emplace_back(line_.word(at));
        named.said += (named.said.empty() ? "" : " ") + line_.slice(at, at + 1);
    }
    const EventDraft& draft = read.draft;
    if (draft.has_date && read.span) named.span = read.span;
    if (draft.has_time && draft.start) named.time = *draft.start - date::floor<date::days>(*draft.start);
    if (draft.has_date && draft.start && named.time) {
        const auto day = date::floor<date::days>(*draft.start);
        named.span = Span{day, day + date::days(1)};
    }
    return named;
}

VerbForm ClauseReader::find_verb(std::size_t& begin, std::size_t end) {
    const auto is_exact = [](const VerbForm& verb) { return verb.size > 0 && !verb.is_slip; };
    if (const std::size_t that = line_.match("THAT", begin, end); that > 0) {
        std::size_t led = begin + that;
        while (led < end && line_.match("CLITICTO", led, led + 1) > 0) ++led;
        const VerbForm whole = line_.verb(begin, end);  // "que se llame"
        if (is_exact(line_.verb(led, end)) && whole.size <= 1 && whole.rest_size == 0) begin = led;
    }
    VerbForm verb = line_.verb(begin, end);
    if (is_exact(verb)) return verb;
    // "la muevo al viernes", "me la pasas"
    std::size_t at = begin;
    bool it = false;
    for (; at < end; ++at) {
        const bool clitic = line_.match("CLITIC", at, at + 1) > 0;
        if (!clitic && line_.match("CLITICTO", at, at + 1) == 0) break;
        it = it || clitic;
    }
    if (at > begin && it) at = skip("FILLER", at, end);  // "la puedes mover"
    if (at > begin && at < end && !line_.is_capital(at)) {
        VerbForm led = line_.verb(at, end);
        if (is_exact(led) && led.act != Act::kBe) {
            led.it = led.it || it;
            begin = at;
            return led;
        }
    }
    // "it ends at 5"
    if (const std::size_t subject = line_.match("IT", begin, end); subject > 0) {
        const VerbForm led = line_.verb(begin + subject, end);
        if (is_exact(led) && !led.it) {
            line_.use(begin, begin + subject);
            it_ = true;
            begin += subject;
            return led;
        }
    }
    // "la de mañana cancélala"
    for (at = begin + 1; at < end; ++at) {
        VerbForm later = line_.verb(at, end);
        if (!is_exact(later) || !later.it || line_.match("POINT", begin, end) == 0) continue;
        edit_.event = reference(begin, at);
        line_.use(begin, at);
        begin = at;
        return later;
    }
    return verb;
}

void ClauseReader::take_pronoun(std::size_t& at, std::size_t end) {
    const std::size_t size = line_.match("IT", at, end);
    if (size == 0) return;
    const std::size_t next = at + size;
    const std::size_t event = line_.match("EVENT", next, end);
    // "that dentist thing", "essa do Pedro": it points at words.
    if (event == 0 && next < end && !line_.is_mark(next) && !line_.is_used(next)) {
        const std::size_t of = line_.match("OF", next, end);
        const bool names = of > 0 || !is_little(next, end);
        const std::vector<bool> times = line_.time_words(line_.times(next, end), next, end);
        const auto leads = [&](std::string_view list) { return line_.match(list, next, end) > 0; };
        const bool goes_on = times[next] || leads("ANOTHER") || leads("LONGER") || leads("SHORTER") ||
                             leads("LATER") || leads("EARLIER") || leads("VIDEO") || leads("REPEATNOUN") ||
                             line_.is_capital(next);
        const bool said_it = line_.match("IT", at, at + 1) > 0 && line_.knowledge().language() == "en" &&
                             line_.word(at) == "it";
        if (names && !goes_on && !said_it) return;
    }
    line_.use(at, next + event);
    it_ = true;
    at = next + event;
}

bool ClauseReader::read(std::size_t begin, std::size_t end) {
    begin = skip_fillers(begin, end);
    for (std::size_t at = begin + 1; at < end; ++at)
        if (line_.match("REASON", at, end) > 0) end = at;
    end = trim_tail(begin, end);
    if (begin >= end) return true;
    if (is_refused(begin, end)) {
        edit_.what = Edit::What::kKeep;
        edit_.by_verb = true;
        return true;
    }
    VerbForm verb = find_verb(begin, end);
    if (verb.size == 0) return loose(begin, end);
    std::size_t at = begin + verb.size;
    if (verb.rest_size > 0) line_.use(verb.rest, verb.rest + verb.rest_size);
    line_.use(begin, at);
    it_ = it_ || verb.it;
    to_it_ = to_it_ || verb.to_it;
    if (!verb.it && verb.act != Act::kBe) take_pronoun(at, end);
    if (verb.act == Act::kBook) {
        is_new_wish_ = !it_;
        if (is_new_wish_) return false;
    }
    if (!act(verb, at, end)) return false;
    edit_.by_verb = true;
    return true;
}

bool ClauseReader::act(const VerbForm& verb, std::size_t at, std::size_t end) {
    switch (verb.act) {
        case Act::kCancel:
        case Act::kRemove:
            tail_from_ = tail_from_ || verb.rest_size > 0;  // "take Bob off"
            return cancel(verb.act, at, verb.rest_size > 0 && verb.rest > at ? verb.rest : end);
        case Act::kRestore:
            edit_.what = Edit::What::kRestore;
            return true;
        case Act::kName:
            return name(verb.rest_size > 0, verb.rest_size > 0 ? verb.rest + verb.rest_size : at, end);
        case Act::kAdd:
            return add(at, end);
        case Act::kLast:
            return last(at, end);
        case Act::kBegin:
        case Act::kEnd:
            return begin_or_end(verb.act == Act::kEnd, at, end);
        case Act::kBe:
            return be(at, end);
        case Act::kBook:
            return loose(at, end);
        default:
            return change(verb.act, at, end);
    }
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
    take_shift(Act::kMove, at, end);
    if (edit_.shift && is_end) edit_.longer = std::exchange(edit_.shift, std::nullopt);
    take_when(at, end);
    edit_.time_is_end = is_end && edit_.time.has_value();
    edit_.what = is_end ? Edit::What::kChange : Edit::What::kMove;
    return is_done(at, end);
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
        edit_.event = reference(at, from);
        line_.use(at, from);
    }
    if (!edit_.shift && !edit_.longer) take_shift(act, from, end);
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
    return loose(at, end);
}

}  // namespace scheduling
