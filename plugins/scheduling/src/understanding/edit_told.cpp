#include <algorithm>

#include "understanding/edit_clause.hpp"

/// What is told of an event and not asked: others did it, or a day is no good.
namespace scheduling {
namespace {

constexpr std::size_t kMostWho = 7;

/// Where a clause ends: behind it people say why, or what follows from it.
bool ends_clause(const Line& line, std::size_t at, std::size_t end) {
    if (line.is_mark(at)) return std::string_view(",;.!:").find(line.word(at)) != std::string_view::npos;
    return line.match("THEREFORE", at, end) > 0 || line.match("REASON", at, end) > 0;
}

std::size_t clause_end(const Line& line, std::size_t at, std::size_t end) {
    while (at < end && !ends_clause(line, at, end)) ++at;
    return at;
}

/// The act of an event that was done, and where.
struct Done {
    VerbForm verb;
    std::size_t at = 0;
    bool has_who = false;
};

std::optional<Done> find_done(const Line& line, std::size_t begin, std::size_t end) {
    Done done;
    for (std::size_t at = begin; at < std::min(end, begin + kMostWho); ++at) {
        if (line.is_mark(at)) return std::nullopt;
        done.at = at;
        // "tuvo que cancelar", "had to move it"
        if (const std::size_t had = line.match("HADTO", at, end); had > 0) {
            done.verb = line.verb(at + had, end);
            const bool fits =
                done.verb.act == Act::kCancel || done.verb.act == Act::kChange || is_of_time(done.verb.act);
            if (done.verb.is_slip || done.verb.size == 0 || !fits) return std::nullopt;
            done.verb.size += had;
            done.has_who = true;
            return done;
        }
        done.verb = line.told(at, end);
        if (done.verb.size > 0) return done;
        const bool is_helper = line.match("HELPER", at, end) > 0;
        const bool is_small = line.match("SMALL", at, at + 1) > 0 || line.match("FILLER", at, at + 1) > 0;
        done.has_who = done.has_who || is_helper || !is_small;
    }
    return std::nullopt;
}

bool names_something(const EventWords& event) {
    return !event.words.empty() || event.span || event.time;
}

}  // namespace

std::size_t ClauseReader::use_helpers(std::size_t at, std::size_t end) {
    while (at < end) {
        const std::size_t size = line_.match("HELPER", at, end);
        if (size == 0) return at;
        line_.use(at, at + size);
        at += size;
    }
    return at;
}

/// "… so move it to Friday", behind what was told: that is what is wanted.
bool ClauseReader::take_reason(std::size_t at, std::size_t end) {
    while (at < end && (line_.is_mark(at) || line_.match("THEREFORE", at, end) > 0))
        at += line_.is_mark(at) ? 1 : line_.match("THEREFORE", at, end);
    if (at >= end || line_.match("REASON", at, end) > 0) return true;
    Edit next;
    ClauseReader clause(line_, guests_, next);
    const bool reads = clause.read(at, end) && next.by_verb && next.event.is_it() && next.has_changes();
    if (!reads) return line_.times(at, end).times.empty();
    next.who = edit_.who;
    next.points = true;
    next.event = edit_.event;
    edit_ = std::move(next);
    return true;
}

bool ClauseReader::take_cancelled(std::size_t at, std::size_t end) {
    const std::size_t to = clause_end(line_, at, end);
    take_pronoun(at, to);
    edit_.event = reference(at, trim_tail(at, to));
    edit_.what = Edit::What::kCancel;
    line_.use(at, to);
    return take_reason(to, end);
}

bool ClauseReader::take_moved(Act act, std::size_t at, std::size_t end) {
    take_pronoun(at, end);
    std::size_t from = at;
    take_shift(act, at, end);
    if (!it_) {
        from = target_begin(at, end);
        edit_.event = reference(at, from);
        line_.use(at, from);
    }
    take_frames(false, from, end);
    take_when(from, end);
    edit_.what = Edit::What::kMove;
    if (has_leftover(from, end) || (act == Act::kChange && !edit_.has_changes())) return false;
    return edit_.has_changes() || it_ || names_something(edit_.event) || names_something(edit_.who);
}

bool ClauseReader::read_done(std::size_t begin, std::size_t end) {
    begin = skip_fillers(begin, end);
    const auto done = find_done(line_, begin, end);
    if (!done) return false;
    bool has_who = false;
    for (std::size_t at = begin; at < done->at; ++at) {
        const std::size_t size =
            std::max(line_.match("HELPER", at, done->at), line_.match("IT", at, done->at));
        if (size == 0) continue;
        line_.use(at, at + size);
        has_who = true;
        at += size - 1;
    }
    edit_.who = reference(begin, done->at);
    const bool named = names_something(edit_.who);
    line_.use(begin, done->at + done->verb.size);
    if (done->verb.rest_size > 0) line_.use(done->verb.rest, done->verb.rest + done->verb.rest_size);
    const std::size_t at = use_helpers(done->at + done->verb.size, end);
    if (done->verb.it) it_ = true;
    const bool cancels = done->verb.act == Act::kCancel;
    const bool on_me = at > done->at + done->verb.size;
    const bool reads = cancels ? take_cancelled(at, end) : take_moved(done->verb.act, at, trim_tail(at, end));
    edit_.by_verb = true;
    edit_.points = it_ || has_who || on_me;
    // "cancelo", "fell through": alone it says of nothing that somebody did it; "movieron" does.
    const bool is_told = named || has_who || !done->verb.needs_who || names_something(edit_.event);
    return reads && is_told;
}

/// What is right instead of the day that is no good; without it that is asked, of a day or an event that was
/// said.
bool ClauseReader::take_instead(EventWords named, bool is_busy, std::size_t at, std::size_t end) {
    while (at < end && (line_.is_mark(at) || line_.match("THEREFORE", at, end) > 0))
        at += line_.is_mark(at) ? 1 : line_.match("THEREFORE", at, end);
    at = skip("TAIL", at, end);
    at += line_.match("THAT", at, end);  // "que el viernes"
    Edit next;
    if (at < end) {
        ClauseReader clause(line_, guests_, next);
        const bool reads = clause.read(at, end) && next.event.is_it() && (next.time || next.shift);
        if (!reads || next.what == Edit::What::kCancel) return false;
    } else if (is_busy || !names_something(named)) {
        return false;
    }
    edit_ = std::move(next);
    edit_.event = std::move(named);
    edit_.what = Edit::What::kMove;
    edit_.by_verb = edit_.corrects = true;
    return true;
}

bool ClauseReader::read_excuse(std::size_t begin, std::size_t end) {
    const auto excuse = [&](std::size_t at) {
        return std::max(line_.match("NOGOOD", at, end), line_.match("BUSY", at, end));
    };
    // "no puedo el miércoles" begins like a no.
    while (begin < end && excuse(begin) == 0) {
        const std::size_t filler = line_.is_mark(begin) ? 1 : line_.match("FILLER", begin, end);
        if (filler == 0) break;
        begin += filler;
    }
    std::size_t bad = begin;
    while (bad < std::min(end, begin + kMostWho) && !line_.is_mark(bad) && excuse(bad) == 0) ++bad;
    const std::size_t size = bad < end && !line_.is_mark(bad) ? excuse(bad) : 0;
    if (size == 0) return false;
    const bool is_busy = line_.match("BUSY", bad, end) == size;
    std::size_t to = clause_end(line_, bad + size, end);
    const std::size_t behind = use_helpers(bad + size, to);
    const bool has_day = !line_.times(behind, to).times.empty();
    if (!has_day && has_leftover(behind, trim_tail(behind, to))) return false;
    EventWords named = reference(begin, bad);
    if (!named.span && has_day) {  // "I can't do wednesday"
        EventWords later = reference(behind, to);
        if (!later.words.empty()) return false;
        named.span = later.span;
    } else if (has_day) {
        to = behind;  // "thursday doesn't work friday does"
    }
    constexpr std::size_t kMostNamed = 3;
    if (named.words.size() > kMostNamed) return false;
    line_.use(begin, to);
    return take_instead(std::move(named), is_busy, to, end);
}

bool ClauseReader::read_topic(std::size_t begin, std::size_t end) {
    begin = skip_fillers(begin, end);
    if (line_.match("POINT", begin, end) == 0) return false;
    for (std::size_t at = begin + 1; at < std::min(end, begin + kMostWho); ++at) {
        const std::size_t comma = line_.is_mark(at) && line_.word(at) == "," ? 1 : 0;
        const std::size_t asks = line_.match("MAYBE", at + comma, end);
        if (asks == 0) {
            if (comma > 0) return false;
            continue;
        }
        const EventWords topic = reference(begin, at);
        if (!names_something(topic)) return false;
        line_.use(begin, at + comma + asks);
        if (!read(at + comma + asks, end) || !edit_.by_verb || !edit_.event.is_it()) return false;
        edit_.event = topic;
        return true;
    }
    return false;
}

namespace {

bool is_question(const Line& line) {
    for (std::size_t at = 0; at < line.size(); ++at)
        if (line.match("ASK", at, line.size()) > 0 && at < 2) return true;
    return false;
}

Edit read_plain(std::string_view text, const Moment& moment, const EditWords& words) {
    using Reads = bool (ClauseReader::*)(std::size_t, std::size_t);
    const bool is_marked = text.find('?') != std::string_view::npos;
    const std::vector<std::string> nobody;
    for (const Reads reads :
         {&ClauseReader::read_excuse, &ClauseReader::read_done, &ClauseReader::read_topic}) {
        Line line(text, moment, words);
        if (is_question(line) || (is_marked && reads == &ClauseReader::read_done)) continue;
        Edit edit;
        ClauseReader clause(line, nobody, edit);
        std::size_t end = line.size();
        while (end > 0 && line.is_mark(end - 1)) --end;
        if (end > 0 && (clause.*reads)(0, end) && edit.what != Edit::What::kNone) return edit;
    }
    return {};
}

/// "Rosa wrote that she can't tomorrow, friday same time": what is reported, of the event of the one who said
/// it.
Edit read_reported(std::string_view text, const Moment& moment, const EditWords& words) {
    Line line(text, moment, words);
    const std::size_t end = line.size();
    if (is_question(line)) return {};
    std::size_t at = 0, size = 0;
    for (; at < std::min(end, kMostWho) && size == 0; ++at) {
        if (line.is_mark(at) && at > 0) return {};
        size = line.match("SAID", at, end);
    }
    if (size == 0) return {};
    Edit scratch;
    const std::vector<std::string> nobody;
    ClauseReader clause(line, nobody, scratch);
    const std::size_t said = at - 1;
    const std::size_t begin = clause.skip_fillers(0, said);
    for (std::size_t word = begin; word < said; ++word)
        if (const std::size_t helper = line.match("HELPER", word, said); helper > 0)
            line.use(word, word + helper);
    EventWords who = clause.reference(begin, said);
    std::size_t rest = said + size;
    while (rest < end && (line.is_mark(rest) || line.match("SAIDTHAT", rest, end) > 0))
        rest += line.is_mark(rest) ? 1 : line.match("SAIDTHAT", rest, end);
    if (rest >= end) return {};
    const std::string told = line.slice(rest, end);
    Edit edit = read_plain(told, moment, words);
    if (edit.what == Edit::What::kNone && line.match("NOGOOD", rest, end) == end - rest)
        edit.what = Edit::What::kMove;
    else if (edit.what == Edit::What::kNone) {
        edit = read_edit(told, moment);
        const bool moves = edit.what == Edit::What::kMove || edit.what == Edit::What::kChange;
        const bool fits =
            (moves && (edit.time || edit.shift)) || (edit.what == Edit::What::kCancel && edit.by_verb);
        if (!fits || edit.leaves_out) return {};
        if (moves) edit.what = Edit::What::kMove;
    }
    if (edit.who.words.empty()) edit.who = std::move(who);
    edit.by_verb = true;
    return edit;
}

Edit read_told_as(std::string_view text, const Moment& moment, const EditWords& words) {
    Edit edit = read_reported(text, moment, words);
    return edit.what == Edit::What::kNone ? read_plain(text, moment, words) : edit;
}

}  // namespace

Edit read_told(std::string_view text, const Moment& moment) {
    const EditWords& own = EditWords::of(moment.locale);
    Edit edit = read_told_as(text, moment, own);
    for (const EditWords& other : EditWords::all())
        if (edit.what == Edit::What::kNone && &other != &own) edit = read_told_as(text, moment, other);
    return edit;
}

}  // namespace scheduling
