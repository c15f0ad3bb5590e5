#include <algorithm>

#include "understanding/edit_clause.hpp"
#include "understanding/edit_skip.hpp"

namespace scheduling {
namespace {

constexpr std::pair<std::string_view, Edit::Field> kTold[] = {
    {"TELL guests", Edit::Field::kGuests}, {"TELL length", Edit::Field::kLength},
    {"TELL place", Edit::Field::kPlace},   {"TELL when", Edit::Field::kWhen},
    {"TELL title", Edit::Field::kTitle},
};

/// "who's coming?", "¿cuánto dura la de Laura?"
std::optional<Edit> read_question(Line& line, ClauseReader& clause, std::size_t begin, std::size_t end) {
    for (const auto& [list, field] : kTold) {
        const std::size_t size = line.match(list, begin, end);
        if (size == 0) continue;
        Edit edit;
        edit.event = clause.reference(begin + size, clause.trim_tail(begin + size, end));
        const bool of_agenda = field == Edit::Field::kWhen || field == Edit::Field::kTitle;
        if (edit.event.everything || (!edit.event.is_it() && of_agenda)) continue;
        edit.what = Edit::What::kTell;
        edit.field = field;
        edit.by_verb = true;
        return edit;
    }
    return std::nullopt;
}

bool asks(const Line& line, std::size_t begin, std::size_t end) {
    if (line.match("ASKPLAIN", begin, end) > 0) return true;
    for (std::size_t at = begin; at < end; ++at)
        if (line.match("FREE", at, end) > 0) return true;
    const std::size_t size = line.match("ASK", begin, end);
    if (size == 0) return false;
    const std::size_t next = begin + size;
    std::size_t verb = next;  // "que se repita"
    while (verb < end &&
           (line.match("CLITICTO", verb, verb + 1) > 0 || line.match("CLITIC", verb, verb + 1) > 0))
        ++verb;
    const bool leads = line.match("THAT", begin, end) > 0;
    const bool commands = leads && (line.verb(begin, end).size > 0 || line.verb(verb, end).size > 0);
    const bool does_it = line.verb(begin, end).size > 0 && line.match("IT", begin + 1, end) > 0;
    return !commands && !does_it;
}

/// Where the clauses begin: behind a comma or "and" that a verb, "with" or an address follows.
std::vector<std::size_t> clause_begins(const Line& line, ClauseReader& clause, std::size_t begin,
                                       std::size_t end) {
    std::vector<std::size_t> begins{begin};
    for (std::size_t at = begin + 1; at < end; ++at) {
        const bool joins = line.is_mark(at)
                               ? std::string_view(",;.!?:-").find(line.word(at)) != std::string_view::npos &&
                                     !(line.is_glued(at) && at + 1 < end && line.is_glued(at + 1))
                               : line.match("AND", at, end) > 0;
        if (!joins) continue;
        std::size_t next = at + std::max<std::size_t>(1, line.is_mark(at) ? 1 : line.match("AND", at, end));
        next = clause.skip_fillers(next, end);
        if (next >= end) break;
        if (const std::size_t that = line.match("THAT", next, end); that > 0) next += that;
        const VerbForm verb = line.verb(next, end);
        const bool acts = verb.size > 0 && !verb.is_slip && !(line.is_capital(next) && !line.is_mark(at));
        const bool frames = line.match("WITHOUT", next, end) > 0 || line.match("WITH", next, end) > 0;
        if (!acts && !frames) continue;
        begins.push_back(at);
        at = next;
    }
    return begins;
}

/// What a further clause says, taken into the same edit.
void merge(Edit& all, const Edit& one) {
    // "cancel it and rebook for friday" is a move.
    if (all.what == Edit::What::kCancel && one.what == Edit::What::kMove && one.has_changes())
        all.what = one.what;
    else if (one.what == Edit::What::kCancel || one.what == Edit::What::kRestore ||
             one.what == Edit::What::kKeep)
        all.what = one.what;
    else if (all.what == Edit::What::kNone)
        all.what = one.what;
    else if (all.what == Edit::What::kMove && one.what == Edit::What::kChange)
        all.what = one.what;
    all.by_verb = all.by_verb || one.by_verb;
    all.corrects = all.corrects || one.corrects;
    if (all.event.is_it() && !all.event.last) all.event = one.event;
    if (one.field != Edit::Field::kNone) all.field = one.field;
    if (one.time && all.time && !one.time_is_end && !all.time_is_end) {
        // "a las 5 y que dure una hora": each says its part.
        EventDraft& draft = all.time->draft;
        const EventDraft& more = one.time->draft;
        if (more.duration && !more.start)
            draft.duration = more.duration;
        else if (draft.duration && !draft.start) {
            const auto length = draft.duration;
            all.time = one.time;
            if (!all.time->draft.duration) all.time->draft.duration = length;
        } else
            all.time = one.time;
    } else if (one.time) {
        all.time = one.time;
        all.time_is_end = one.time_is_end;
    }
    if (one.shift || one.shift_months != 0) {
        all.shift = one.shift;
        all.shift_months = one.shift_months;
    }
    if (one.longer) all.longer = one.longer;
    if (one.minute) all.minute = one.minute;
    if (one.end_day != 0) all.end_day = one.end_day;
    if (one.beside) all.beside = one.beside;
    if (one.title) all.title = one.title;
    if (one.place) all.place = one.place;
    if (one.video) all.video = one.video;
    all.no_repeat = all.no_repeat || one.no_repeat;
    all.remove_all_guests = all.remove_all_guests || one.remove_all_guests;
    all.add_guests.insert(all.add_guests.end(), one.add_guests.begin(), one.add_guests.end());
    all.remove_guests.insert(all.remove_guests.end(), one.remove_guests.begin(), one.remove_guests.end());
}

Edit none(bool is_question) {
    Edit edit;
    edit.is_question = is_question;
    return edit;
}

struct Attempt {
    Edit edit;
    bool is_new_wish = false;
};

Attempt read_as(std::string_view text, const Moment& moment, const std::vector<std::string>& guests,
                const EditWords& words) {
    const bool own = &words == &EditWords::of(moment.locale);
    {
        Line whole(text, moment, words);
        Edit lead;
        ClauseReader clause(whole, guests, lead);
        if (auto left_out = read_left_out(whole, clause, own, 0, whole.size())) return {std::move(*left_out)};
    }
    Line line(text, moment, words);
    Edit all;
    ClauseReader head(line, guests, all);
    const std::size_t begin = head.skip_fillers(0, line.size());
    const std::size_t end = line.size();
    if (begin >= end) return {none(false)};
    std::size_t words_end = end;
    while (words_end > begin && line.is_mark(words_end - 1)) --words_end;
    auto told = read_question(line, head, begin, words_end);
    if (!told) told = read_question(line, head, begin, head.trim_tail(begin, words_end));
    if (told) return {std::move(*told)};
    if (!head.is_refused(begin, end) && asks(line, begin, end)) return {none(true)};
    const bool corrects = all.corrects;
    Edit scratch;
    ClauseReader scout(line, guests, scratch);
    std::vector<std::size_t> begins = clause_begins(line, scout, begin, end);
    begins.push_back(end);
    bool missed = false, missed_time = false, said_it = false;
    EventWords before;
    for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
        Edit one;
        ClauseReader clause(line, guests, one);
        if (clause.read(begins[i], begins[i + 1])) {
            merge(all, one);
            said_it = said_it || (one.by_verb && (clause.has_it() || (missed && one.event.is_it())));
            continue;
        }
        if (clause.is_new_wish()) return {none(false), true};
        // "the dentist, move it to 5"
        if (i == 0 && line.match("POINT", begins[i], end) > 0)
            before = clause.reference(begins[i], begins[i + 1]);
        missed = true;
        missed_time = missed_time || !line.times(begins[i], begins[i + 1]).times.empty();
    }
    all.corrects = all.corrects || corrects;
    // Behind an event people also say why: "llego tarde, pásala a las 4".
    if (all.what == Edit::What::kNone || (missed && (!said_it || missed_time))) return {none(false)};
    if (missed && said_it && all.event.is_it()) all.event = before;
    return {std::move(all)};
}

}  // namespace

Edit read_edit(std::string_view text, const Moment& moment, const std::vector<std::string>& guests) {
    const EditWords& first = EditWords::of(moment.locale);
    Attempt attempt = read_as(text, moment, guests, first);
    const bool read = attempt.edit.what != Edit::What::kNone;
    if ((read && attempt.edit.by_verb) || attempt.edit.is_question || attempt.is_new_wish)
        return std::move(attempt.edit);
    // People mix languages, and a short message may be taken for another's: a verb tells.
    for (const EditWords& other : EditWords::all()) {
        if (&other == &first) continue;
        Attempt again = read_as(text, moment, guests, other);
        if (again.edit.what != Edit::What::kNone && again.edit.by_verb) return std::move(again.edit);
        if (again.is_new_wish && !read) break;
    }
    return std::move(attempt.edit);
}

}  // namespace scheduling
