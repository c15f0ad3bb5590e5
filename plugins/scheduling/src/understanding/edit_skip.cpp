#include "understanding/edit_skip.hpp"

#include <algorithm>

namespace scheduling {
namespace {

constexpr std::size_t kMostWordsBefore = 3;

struct Saying {
    std::size_t at = 0, size = 0;
    bool needs_name = false, cannot = false, is_off = false;
    bool is_told = false;  ///< that somebody does not go: said of an event also without its day
};

bool is_small(const Line& line, std::size_t at) {
    for (const char* list : {"SMALL", "FILLER", "IT"})
        if (line.match(list, at, at + 1) > 0) return true;
    return line.is_mark(at);
}

/// The words that leave something out: at the beginning, or behind the day or the event they are about.
std::optional<Saying> find_saying(const Line& line, std::size_t begin, std::size_t end,
                                  const std::vector<bool>& times) {
    std::size_t before = 0;
    for (std::size_t at = begin; at < end; ++at) {
        Saying saying;
        saying.at = at;
        // "al final no voy": what only leads up to it names nothing.
        if (const std::size_t lead = line.match("FILLER", at, end); lead > 1 && before == 0) {
            at += lead - 1;
            continue;
        }
        const auto is = [&](std::string_view list) { return saying.size = line.match(list, at, end); };
        if (is("CANNOT") > 0 && before == 0) {
            saying.cannot = saying.is_told = true;
            return saying;
        }
        if (is("OFF") > 0) {
            saying.is_off = true;
            return saying;
        }
        if (before == 0 && is("LEAVEOUT") > 0) {
            saying.is_told = line.match("NOTGOING", at, end) == saying.size;
            return saying;
        }
        if (before == 0 && is("LEAVEOUTNAMED") > 0) {
            saying.needs_name = true;
            return saying;
        }
        if (line.is_mark(at) && line.word(at) != ",") return std::nullopt;
        if (!times[at] && !is_small(line, at) && ++before > kMostWordsBefore) return std::nullopt;
    }
    return std::nullopt;
}

std::vector<Span> days_of(const Understanding& read) {
    std::vector<Span> days;
    const auto add = [&](LocalMinutes at) {
        const auto day = date::floor<date::days>(at);
        days.push_back({day, day + date::days(1)});
    };
    if (read.question && read.question->kind == "ambiguous_date")
        for (const Choice& choice : read.question->choices) add(choice.start);
    if (days.empty() && read.draft.has_date && read.span) days.push_back(*read.span);
    if (days.empty() && read.draft.has_date && read.draft.start) add(*read.draft.start);
    return days;
}

}  // namespace

std::optional<Edit> read_left_out(Line& line, ClauseReader& clause, bool own, std::size_t begin,
                                  std::size_t end) {
    // Behind a comma people say why; or what is right instead, which is no leaving out.
    const std::size_t all = end;
    bool has_words = false;
    for (std::size_t at = begin; at < end; ++at) {
        if (line.is_mark(at) && (line.word(at) == "?" || line.word(at) == "¿")) return std::nullopt;
        const bool comma = line.is_mark(at) && (line.word(at) == "," || line.word(at) == ".");
        if (has_words && (comma || line.match("REASON", at, end) > 0)) end = at;
        has_words = has_words || !is_small(line, at);
    }
    if (end < all && !line.times(end, all).times.empty()) return std::nullopt;
    end = clause.trim_tail(begin, end);
    if (begin >= end) return std::nullopt;
    const Understanding read = line.times(begin, end, "cancel_meeting");
    const auto saying = find_saying(line, begin, end, line.time_words(read, begin, end));
    if (!saying) return std::nullopt;
    const std::size_t behind = saying->at + saying->size;
    if (saying->needs_name && (!own || behind >= end || line.is_mark(behind))) return std::nullopt;
    // "menos el viernes" reads as another time with its first word than without.
    line.use(saying->at, behind);
    const Understanding day = line.times(begin, end, "cancel_meeting");
    // An hour of its own, or two days, say more than that something is not.
    if (day.times.size() > 1 || !day.draft.rrule.empty()) return std::nullopt;
    Edit edit;
    edit.days = days_of(day);
    if (edit.days.empty() && !saying->is_off && !saying->is_told) return std::nullopt;
    for (std::size_t at = begin; at < end; ++at)  // "no, I said Wednesday" names nothing
        if (const std::size_t size = line.match("FILLER", at, end); size > 1) line.use(at, at + size);
    for (std::size_t at = begin; at < end; ++at)
        if (const std::size_t size = line.match("NOMORE", at, end); size > 0) line.use(at, at + size);
    edit.event = clause.reference(begin, end);
    edit.event.span.reset();
    if (edit.event.everything || edit.event.ordinal > 0) return std::nullopt;
    const bool needs_name = saying->needs_name || (edit.days.empty() && !saying->is_off);
    if (needs_name && edit.event.words.empty()) return std::nullopt;
    edit.what = Edit::What::kCancel;
    edit.by_verb = true;
    edit.leaves_out = true;
    edit.cannot = saying->cannot;
    return edit;
}

}  // namespace scheduling
