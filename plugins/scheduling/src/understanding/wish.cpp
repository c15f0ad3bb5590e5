#include <algorithm>

#include "understanding/around.hpp"
#include "understanding/draft.hpp"

/// "pints friday at 8", "truco na casa do compadre 6a à noite": nobody asks for anything, and an event is
/// meant.
namespace scheduling {
namespace {

constexpr std::uint32_t kMostTitleWords = 8;

bool is_told(const Around& around) {
    std::uint32_t first = 0;
    while (first < around.size() && around.punctuation(first) != '\0') ++first;
    if (first < around.size() && around.phrase(first, around.classes.asking, true) > 0) return true;
    return around.find(around.classes.told).has_value();
}

}  // namespace

bool is_talk(std::string_view intent) {
    constexpr std::string_view kTalk[] = {"other", "chitchat", "greeting", "goodbye", "thanks"};
    return std::find(std::begin(kTalk), std::end(kTalk), intent) != std::end(kTalk);
}

bool reads_as_wish(const Around& around, const Understanding& read, language::DayNumber today) {
    const EventDraft& draft = read.draft;
    if (!draft.start || draft.title.empty() || (!draft.has_date && !draft.has_time)) return false;
    if (read.question && read.question->kind == "impossible") return false;
    if (around.reading.text.original.find('?') != std::string_view::npos || is_told(around)) return false;
    if (std::count(draft.title.begin(), draft.title.end(), ' ') >= kMostTitleWords) return false;
    // "now" and a bare "today" are said of everything; a day that is over is told, not wished.
    const auto day = std::chrono::floor<date::days>(draft.start->time_since_epoch()).count();
    const auto says_now = [](const language::Expression& one) {
        return one.value.has(language::kMoment) && one.value.clock_end < 0 &&
               one.end_token - one.begin_token == 1;
    };
    const auto& times = around.reading.expressions;
    if (std::all_of(times.begin(), times.end(), says_now)) return false;
    return day > today || (day == today && draft.has_time);
}

}  // namespace scheduling
