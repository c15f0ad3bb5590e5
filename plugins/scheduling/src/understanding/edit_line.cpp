#include "understanding/edit_line.hpp"

#include <algorithm>
#include <charconv>

namespace scheduling {
namespace {

constexpr std::string_view kIntent = "reschedule_meeting";

bool is_apostrophe(std::string_view raw) {
    return raw == "'" || raw == "’" || raw == "`" || raw == "´";
}

int read_number(std::string_view& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return 0;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// "P1M", "PT1H30M" …; the minutes are what understand() made of it.
Amount read_amount(std::string_view iso, std::optional<std::chrono::minutes> length) {
    Amount amount;
    for (std::string_view date = iso.substr(0, iso.find('T')); date.size() > 1;) {
        date.remove_prefix(1);
        const int number = read_number(date);
        if (date.starts_with('M')) amount.months += number;
        if (date.starts_with('Y')) amount.months += 12 * number;
    }
    if (amount.months == 0 && length) amount.minutes = *length;
    return amount;
}

}  // namespace

Line::Line(std::string_view text, const Moment& moment, const EditWords& words)
    : text_(text.substr(0, language::kMaxTextBytes)),
      moment_(moment),
      knowledge_(words),
      read_(language::tokenize(text_)) {
    for (std::size_t i = 0; i < read_.tokens.size(); ++i) {
        if (is_apostrophe(read_.raw(i))) continue;
        tokens_.push_back(read_.tokens[i]);
        folded_.push_back(read_.word(i));
    }
    used_.resize(tokens_.size(), false);
}

bool Line::is_mark(std::size_t at) const {
    return tokens_[at].kind == language::TokenKind::kPunct;
}

bool Line::is_address(std::size_t at) const {
    return tokens_[at].kind == language::TokenKind::kEmail;
}

void Line::use(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < std::min(end, size()); ++at) used_[at] = true;
}

bool Line::has_unused(std::size_t begin, std::size_t end) const {
    for (std::size_t at = begin; at < end; ++at)
        if (!used_[at] && !is_mark(at)) return true;
    return false;
}

std::size_t Line::match(std::string_view list, std::size_t at, std::size_t end) const {
    return knowledge_[list].match(folded_, at, std::min(end, size()));
}

VerbForm Line::verb(std::size_t at, std::size_t end) const {
    VerbForm form = knowledge_.verb(folded_, at, end);
    if (form.size != 1 || form.it || at + 2 >= end || !is_glued(at + 1) || !is_glued(at + 2)) return form;
    // "muda-a", "cancelá-la", "passa-lhe"
    if (folded_[at + 1] != "-") return form;
    const bool it = match("CLITIC", at + 2, at + 3) > 0, to_it = match("CLITICTO", at + 2, at + 3) > 0;
    if (!it && !to_it) return form;
    form.it = it;
    form.to_it = !it;
    form.size = 3;
    return form;
}

std::string Line::slice(std::size_t begin, std::size_t end) const {
    while (begin < end && is_mark(begin)) ++begin;
    while (end > begin && is_mark(end - 1)) --end;
    if (begin >= end) return {};
    return std::string(text_.substr(tokens_[begin].begin, tokens_[end - 1].end - tokens_[begin].begin));
}

std::string Line::unused_text(std::size_t begin, std::size_t end) const {
    std::string out(tokens_[begin].begin, ' ');
    out += text_.substr(tokens_[begin].begin, tokens_[end - 1].end - tokens_[begin].begin);
    for (std::size_t at = begin; at < end; ++at)
        if (used_[at]) std::fill(out.begin() + tokens_[at].begin, out.begin() + tokens_[at].end, ' ');
    return out;
}

Understanding Line::times(std::size_t begin, std::size_t end, std::string_view intent) const {
    if (begin >= end) return {};
    // A little word that is left of others ("um", "una") is no number.
    const auto open =
        static_cast<std::size_t>(std::count(used_.begin() + static_cast<std::ptrdiff_t>(begin),
                                            used_.begin() + static_cast<std::ptrdiff_t>(end), false));
    if (open == 1 && end - begin > 1)
        for (std::size_t at = begin; at < end; ++at)
            if (!used_[at] && match("SMALL", at, at + 1) > 0) return {};
    std::string said = unused_text(begin, end);
    Understanding read = understand(said, intent, moment_);
    if (!read.times.empty()) return read;
    // "make it 5", "to 8": alone, because what leads to the number may mean something else with it.
    std::size_t number = end;
    for (std::size_t at = begin; at < end; ++at) {
        if (used_[at] || tokens_[at].kind != language::TokenKind::kNumber) continue;
        if (number != end || tokens_[at].number > 24) return read;
        number = at;
    }
    if (number == end) return read;
    // "sala 3": a number behind a noun is its own.
    if (number > begin && !used_[number - 1] && !is_mark(number - 1) &&
        match("SMALL", number - 1, number) == 0 && match("CONNECT", number - 1, number) == 0 &&
        match("FILLER", number - 1, number) == 0)
        return read;
    const std::string rest(said.substr(tokens_[number].end));
    read = understand(knowledge_.at_hour() + " " + std::to_string(tokens_[number].number) + rest, intent,
                      moment_);
    if (read.times.size() != 1) return {};
    read.times.front().begin = tokens_[number].begin;
    read.times.front().finish = tokens_[number].end;
    return read;
}

Understanding Line::times_of_day(std::size_t begin, std::size_t end) const {
    std::string said = unused_text(begin, end);
    for (std::size_t at = begin; at < end; ++at)
        if (!used_[at] && folded_[at].size() > 4 && folded_[at].ends_with('s'))
            said[tokens_[at].end - 1] = ' ';
    Understanding read = understand(said, "cancel_meeting", moment_);
    if (!read.draft.rrule.empty()) return times(begin, end, "cancel_meeting");
    return read;
}

std::vector<bool> Line::time_words(const Understanding& read, std::size_t begin, std::size_t end) const {
    std::vector<bool> marked(size(), false);
    for (const TimeMention& time : read.times)
        for (std::size_t at = begin; at < end; ++at)
            if (!used_[at] && tokens_[at].begin < time.finish && time.begin < tokens_[at].end)
                marked[at] = true;
    return marked;
}

Understanding Line::take_times(std::size_t begin, std::size_t end) {
    Understanding read = times(begin, end);
    const std::vector<bool> marked = time_words(read, begin, end);
    for (std::size_t at = begin; at < end; ++at)
        if (marked[at]) used_[at] = true;
    return read;
}

Understanding Line::part_of_day(std::size_t at) const {
    return understand(knowledge_.at_part() + " " + slice(at, at + 1), kIntent, moment_);
}

int Line::number(std::size_t begin, std::size_t end) const {
    constexpr int kMostDays = 31;
    int found = 0;
    for (std::size_t at = begin; at < end; ++at) {
        if (used_[at] || match("SMALL", at, at + 1) > 0 || folded_[at] == ".") continue;
        if (tokens_[at].kind != language::TokenKind::kNumber || found != 0 || tokens_[at].number < 1 ||
            tokens_[at].number > kMostDays)
            return 0;
        found = static_cast<int>(tokens_[at].number);
    }
    return found;
}

std::optional<Amount> Line::amount(std::size_t begin, std::size_t end) const {
    if (begin >= end || !has_unused(begin, end)) return std::nullopt;
    const Understanding read = understand(unused_text(begin, end), kIntent, moment_);
    if (read.times.size() != 1 || read.times.front().type != "duration") return std::nullopt;
    const TimeMention& time = read.times.front();
    if (time.begin > tokens_[begin].begin || time.finish < tokens_[end - 1].end) return std::nullopt;
    return read_amount(time.start, read.draft.duration);
}

}  // namespace scheduling
