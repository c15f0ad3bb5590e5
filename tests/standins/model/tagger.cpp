#include <algorithm>
#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/standins/model/model.hpp"

namespace migue::standins {

namespace {

using nlohmann::json;

struct Word {
    std::size_t begin = 0, end = 0;
    std::string folded;
    bool capital = false;
};

// Words as they are typed, in small letters; accents stay.
constexpr std::string_view kTimeWords[] = {
    "hoy",      "mañana",   "lunes",      "martes",   "miércoles", "miercoles", "jueves",    "viernes",
    "sábado",   "domingo",  "tarde",      "noche",    "mediodía",  "próximo",   "próxima",   "semana",
    "am",       "pm",       "today",      "tomorrow", "monday",    "tuesday",   "wednesday", "thursday",
    "friday",   "saturday", "sunday",     "noon",     "morning",   "afternoon", "evening",   "next",
    "o'clock",  "hoje",     "amanhã",     "segunda",  "terça",     "quarta",    "quinta",    "sexta",
    "noite",    "manhã",    "meio-dia",   "hora",     "horas",     "hour",      "hours",     "minutos",
    "minutes",  "min",      "enero",      "febrero",  "marzo",     "abril",     "mayo",      "junio",
    "julio",    "agosto",   "septiembre", "octubre",  "noviembre", "diciembre", "january",   "february",
    "march",    "april",    "june",       "july",     "august",    "september", "october",   "november",
    "december", "janeiro",  "fevereiro",  "março",    "maio",      "junho",     "julho",     "setembro",
    "outubro",  "novembro", "dezembro",   "todos",    "cada",      "every",     "toda",      "todas",
    "sáb",      "dom",      "próxima",    "feira",    "que",       "vem",       "media",     "half"};
constexpr std::string_view kJoins[] = {"a",  "las",  "la", "de",  "del", "el", "los", "at",
                                       "on", "from", "to", "the", "às",  "as", "das", "na",
                                       "no", "até",  "da", "por", "for", "y"};
constexpr std::string_view kCommands[] = {"agenda", "agéndame", "agendame", "programa", "ponme",    "quiero",
                                          "por",    "favor",    "necesito", "book",     "schedule", "please",
                                          "set",    "up",       "put",      "add",      "marca",    "marque",
                                          "agende", "quero",    "preciso",  "una",      "un",       "uma"};

template <typename List>
bool is_in(const List& list, const std::string& word) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    const auto is_letter = [](unsigned char c) { return std::isalnum(c) != 0 || c >= 0x80 || c == '\''; };
    for (std::size_t at = 0; at < text.size();) {
        if (!is_letter(static_cast<unsigned char>(text[at]))) {
            ++at;
            continue;
        }
        Word word{at, at, {}, std::isupper(static_cast<unsigned char>(text[at])) != 0};
        const auto joins = [&](std::size_t i) {  // "15:30", "11.30"
            return i + 1 < text.size() && (text[i] == ':' || text[i] == '.') && i > word.begin &&
                   std::isdigit(static_cast<unsigned char>(text[i - 1])) != 0 &&
                   std::isdigit(static_cast<unsigned char>(text[i + 1])) != 0;
        };
        while (at < text.size() && (is_letter(static_cast<unsigned char>(text[at])) || joins(at))) ++at;
        word.end = at;
        word.folded = text.substr(word.begin, word.end - word.begin);
        std::transform(word.folded.begin(), word.folded.end(), word.folded.begin(), [](unsigned char c) {
            return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
        });
        words.push_back(std::move(word));
    }
    return words;
}

bool is_time(const Word& word) {
    return std::isdigit(static_cast<unsigned char>(word.folded[0])) != 0 || is_in(kTimeWords, word.folded);
}

}  // namespace

std::string_view marked_message(std::string_view user) {
    const std::size_t open = user.find("[[m-");
    if (open == std::string_view::npos) return user;
    const std::size_t line = user.find('\n', open);
    if (line == std::string_view::npos) return user;
    const std::string_view marker = user.substr(open, line - open);
    const std::size_t close = user.find(marker, line);
    if (close == std::string_view::npos || close <= line) return user;
    std::string_view message = user.substr(line + 1, close - line - 1);
    while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
    return message;
}

std::string tag_honestly(std::string_view message) {
    const std::vector<Word> words = words_of(message);
    std::vector<char> taken(words.size(), 0);
    const auto slice = [&](std::size_t first, std::size_t last) {
        return std::string(message.substr(words[first].begin, words[last].end - words[first].begin));
    };
    json times = json::array(), guests = json::array(), title;
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (!is_time(words[at])) continue;
        std::size_t first = at, last = at;
        while (first > 0 && is_in(kJoins, words[first - 1].folded) && taken[first - 1] == 0) --first;
        for (std::size_t next = at + 1; next < words.size(); ++next) {
            if (is_time(words[next]))
                last = next;
            else if (!is_in(kJoins, words[next].folded))
                break;
        }
        times.push_back(slice(first, last));
        std::fill(taken.begin() + static_cast<std::ptrdiff_t>(first),
                  taken.begin() + static_cast<std::ptrdiff_t>(last) + 1, char{1});
        at = last;
    }
    for (std::size_t at = 1; at < words.size(); ++at) {
        const std::string& before = words[at - 1].folded;
        if (taken[at] == 0 && words[at].capital && (before == "con" || before == "with" || before == "com")) {
            guests.push_back(slice(at, at));
            taken[at] = taken[at - 1] = 1;
        }
    }
    for (std::size_t at = 0; at < words.size() && title.is_null(); ++at) {
        if (taken[at] != 0 || is_in(kCommands, words[at].folded) || is_in(kJoins, words[at].folded)) continue;
        std::size_t last = at;
        while (last + 1 < words.size() && taken[last + 1] == 0) ++last;
        while (last > at && is_in(kJoins, words[last].folded)) --last;
        title = slice(at, last);
    }
    return json{{"wishes",
                 json::array({{{"title", title}, {"times", times}, {"guests", guests}, {"place", json()}}})}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace migue::standins
