#include "understanding/edit_clause.hpp"

#include <algorithm>

/// A clause, from its first word to the verb that acts.
namespace scheduling {

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
    // "fridays gym" is the one of Friday.
    if (!read.draft.rrule.empty()) read = line_.times_of_day(begin, end);
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
    if (line_.match("BOTH", at, next) == size) edit_.event.both = true;
    it_ = true;
    at = next + event;
}

bool ClauseReader::read(std::size_t begin, std::size_t end) {
    begin = skip_fillers(begin, end);
    for (std::size_t at = begin + 1; at < end; ++at)
        if (line_.match("REASON", at, end) > 0) end = at;
    // "book it again": its last word is none of a tail.
    if (const VerbForm verb = line_.verb(begin, end); verb.act == Act::kRestore && verb.size > 1) {
        edit_.what = Edit::What::kRestore;
        edit_.by_verb = true;
        return true;
    }
    end = trim_tail(begin, end);
    if (begin >= end) return true;
    if (is_refused(begin, end)) {
        edit_.what = Edit::What::kKeep;
        edit_.by_verb = true;
        return true;
    }
    if (take_field_alone(begin, end)) return true;
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

}  // namespace scheduling
