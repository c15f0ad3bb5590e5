#include "dialogue/calendar_words.hpp"

#include <algorithm>

#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

constexpr std::size_t kLongestName = 4;

struct Word {
    std::size_t begin = 0, end = 0;
    std::string folded;
};

bool is_of_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || c == '@' || c == '.' || c == '_' || c == '-';
}

std::vector<Word> split(std::string_view text) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < text.size();) {
        if (!is_of_word(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_of_word(text[end])) ++end;
        std::size_t last = end;
        while (last > at && (text[last - 1] == '.' || text[last - 1] == '-')) --last;
        if (last > at) words.push_back({at, last, fold(text.substr(at, last - at))});
        at = end;
    }
    return words;
}

/// Where the little words that lead to this one begin.
std::size_t lead_begin(const Answers& answers, const std::vector<Word>& words, std::size_t of) {
    while (of > 0 && answers.is("calendar_leads", words[of - 1].folded)) --of;
    return of;
}

/// "calendario de la familia": the name follows.
void add_after(const Answers& answers, std::string_view text, const std::vector<Word>& words,
               std::size_t noun, std::vector<CalendarMention>& found) {
    const std::size_t lead = lead_begin(answers, words, noun);
    if (lead == noun) return;
    std::size_t from = noun + 1;
    while (from < words.size() && answers.is("calendar_links", words[from].folded)) ++from;
    for (std::size_t length = std::min(kLongestName, words.size() - from); length > 0; --length) {
        const Word &first = words[from], &last = words[from + length - 1];
        // With more behind it, it may be what is to be booked: "en mi calendario dentista mañana".
        const bool ends = from + length == words.size() && length <= 2;
        found.push_back({words[lead].begin, last.end,
                         std::string(text.substr(first.begin, last.end - first.begin)), ends});
    }
}

/// "my work calendar": the name stands before.
void add_before(const Answers& answers, std::string_view text, const std::vector<Word>& words,
                std::size_t noun, std::vector<CalendarMention>& found) {
    if (!words[noun].folded.starts_with("calendar") || words[noun].folded.starts_with("calendari")) return;
    std::size_t first = noun;
    while (first > 0 && noun - first < kLongestName && !answers.is("calendar_leads", words[first - 1].folded))
        --first;
    if (first == noun || first == 0 || !answers.is("calendar_leads", words[first - 1].folded)) return;
    const std::size_t lead = lead_begin(answers, words, first);
    found.push_back({words[lead].begin, words[noun].end,
                     std::string(text.substr(words[first].begin, words[noun - 1].end - words[first].begin)),
                     true});
}

}  // namespace

std::vector<CalendarMention> calendar_mentions(const Answers& answers, std::string_view text) {
    std::vector<CalendarMention> found;
    const std::vector<Word> words = split(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!answers.is("calendar_nouns", words[i].folded)) continue;
        add_before(answers, text, words, i, found);
        add_after(answers, text, words, i, found);
    }
    return found;
}

std::string without(std::string_view text, const CalendarMention& mention) {
    std::string rest(text.substr(0, mention.begin));
    while (!rest.empty() && rest.back() == ' ') rest.pop_back();
    std::string_view after = text.substr(mention.end);
    while (!after.empty() && after.front() == ' ') after.remove_prefix(1);
    if (!rest.empty() && !after.empty()) rest += ' ';
    return rest + std::string(after);
}

std::string calendar_name_left(const Answers& answers, std::string_view text) {
    std::string left;
    for (const Word& word : split(text)) {
        if (answers.is("calendar_fill", word.folded)) continue;
        left += (left.empty() ? "" : " ") + std::string(text.substr(word.begin, word.end - word.begin));
    }
    return left;
}

}  // namespace scheduling
