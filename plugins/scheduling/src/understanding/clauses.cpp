#include <algorithm>
#include <vector>

#include "understanding/around.hpp"

/// People say more than the event: greetings, requests, reasons, remarks. Which clause of a message is the
/// title?
namespace scheduling {
namespace {

using language::Symbol;

/// "é na sala 2" is a remark, "e na sala 2" is none: one letter is taken with its accent.
bool is_bare_and(const Around& around, std::uint32_t at) {
    return around.reading.text.word(at) == "e" && around.slice(at, at + 1).size() == 1;
}

/// One part of a message between its boundaries.
struct Clause {
    std::uint32_t begin = 0, end = 0;
    bool sentence = false;  ///< begins behind a full stop, a line's end and the like; else behind a comma
    bool asks = false;
    bool asks_it = false;  ///< "agéndalo", "add it": what is asked for was named elsewhere
    bool bare = false;     ///< … with a verb alone, which may be a noun ("…, reserva para 4")
    bool label = false;
    std::uint32_t had = 0;  ///< "mi esposo y yo tenemos": tokens of the verb
    bool remark = false;
    bool has_verb = false;
    bool event = false;        ///< names one by its noun
    bool subject = false;      ///< what a remark is said of: ", la función es a las 9"
    std::uint32_t words = 0;   ///< that a title could be made of
    std::uint32_t guests = 0;  ///< names alone are a poor title
    bool reported = false;     ///< "the solicitor rang": who let one know
};

/// The boundary before token `at`: 0 none, 1 a comma's, 2 a sentence's.
int boundary_before(const Around& around, std::uint32_t at) {
    if (around.starts_line(at)) return 2;
    if (!around.is_free(at - 1) && around.roles[at - 1] != Role::kCommand) return 0;
    const char mark = around.punctuation(at - 1);
    const bool glued = around.reading.text.tokens[at].glued;
    if (mark == '!' || mark == '?' || mark == ';') return 2;
    if (mark == '.' && !glued) {
        // "proj. X": a short word with a full stop and a small letter behind it is cut short.
        const bool abbreviated = at > 1 && around.is_word(at - 2) &&
                                 around.reading.text.word(at - 2).size() < 5 &&
                                 !around.reading.text.tokens[at].capital && around.is_free(at - 2);
        const bool honorific =
            at > 1 && around.phrase(at - 2, around.classes.honorific) > 0;  // "Dr. Kim's office"
        const bool short_form = at > 1 && around.phrase(at - 2, around.classes.short_form) == 1 &&
                                around.reading.text.tokens[at - 1].glued;  // "Ma. Belén"
        const bool versus = at > 1 && around.is_word(at - 2) && around.reading.text.word(at - 2) == "v";
        return abbreviated || honorific || short_form || versus ? 0 : 2;
    }
    // "call re: the invoice", "1:1"
    const bool joins =
        mark == ':' && (glued || (at > 1 && around.phrase(at - 2, around.classes.purpose) > 0));
    return (mark == ',' && !glued) || (mark == ':' && !joins) || mark == ')' ? 1 : 0;
}

class Clauses {
public:
    explicit Clauses(Around& around) : around_(around) {
        cut();
        for (Clause& clause : all_) count(clause);
    }

    /// Drops all clauses but the title's.
    void keep_title() {
        if (all_.size() < 2) return;
        const std::size_t chosen = main_clause();
        if (chosen == all_.size()) return;
        // "New Year's Eve at Jordan's, doors 8, I'll bring the dip": the day is the occasion.
        if (all_[chosen].remark && weight(chosen) < 0 && says_feast()) {
            for (const Clause& clause : all_) drop(clause);
            return;
        }
        for (std::size_t k = 0; k < all_.size(); ++k)
            if (k != chosen && !belongs(k, chosen)) drop(all_[k]);
        if (all_[chosen].label)
            around_.mark(all_[chosen].begin, all_[chosen].begin + label_size(all_[chosen].begin),
                         Role::kCommand);
        else if (all_[chosen].had > 0)
            around_.mark(all_[chosen].begin, all_[chosen].begin + all_[chosen].had, Role::kCommand);
        else if (all_[chosen].asks)
            drop_request(all_[chosen].begin);
        else
            drop_commands(around_, false, all_[chosen].begin);
    }

private:
    void cut() {
        const Symbol remark = around_.classes.remark;
        std::uint32_t behind_label = 0;  // no boundary: "Subject: Q1 roadmap"
        for (std::uint32_t at = 0; at < around_.size(); ++at) {
            const int boundary = at > 0 && at == behind_label ? 0 : boundary_before(around_, at);
            const bool free = around_.is_free(at) && around_.is_word(at);
            const std::uint32_t labelled = free && boundary == 2 ? label_size(at) : 0;
            std::uint32_t asked = labelled;
            if (free && asked == 0 && !is_behind_todo(around_, at))
                asked = request_size(around_, at, boundary > 0 || begins_words(at));
            // "clínica São Lucas": written with a capital inside a sentence it is a name.
            const bool named = (boundary == 0 && around_.reading.text.tokens[at].capital) ||
                               is_bare_and(around_, at) ||
                               event_size(around_, at) > around_.phrase(at, remark);  // "leaving drinks"
            const std::uint32_t had = free && asked == 0 ? std::max(subject_has(at), report_size(at)) : 0;
            if (had > 0) asked = had;
            const std::uint32_t remarked = free && asked == 0 && !named ? around_.phrase(at, remark) : 0;
            if (boundary == 0 && asked == 0 && remarked == 0) continue;
            if (!all_.empty()) {
                all_.back().end = at;
                all_.back().subject = remarked > 0 && boundary == 0;
            }
            Clause clause;
            clause.begin = at;
            clause.end = around_.size();
            clause.sentence = boundary == 2;
            clause.asks = asked > 0;
            clause.asks_it = asked > 0 && labelled == 0 && had == 0 && asks_for_it(at, asked);
            clause.label = labelled > 0;
            clause.had = had;
            clause.bare = clause.asks && !clause.label && had == 0 && request_size(around_, at, false) == 0;
            clause.remark = remarked > 0;
            all_.push_back(clause);
            if (labelled > 0 || had > 0) behind_label = at + asked;
            if (asked > 0) at += asked - 1;
            if (remarked > 0) at += remarked - 1;
        }
    }

    /// "Subject: Q1 roadmap": what follows is the title, told outright.
    [[nodiscard]] std::uint32_t label_size(std::uint32_t at) const {
        const std::uint32_t size = around_.phrase(at, around_.classes.subject_label);
        return size > 0 && at + size < around_.size() && around_.punctuation(at + size) == ':' ? size + 1 : 0;
    }

    /// "los niños tienen natación": who has it is said before the verb; the title is what they have.
    [[nodiscard]] std::uint32_t subject_has(std::uint32_t at) const {
        constexpr std::uint32_t kLongestSubject = 6;
        const std::uint32_t size = around_.phrase(at, around_.classes.has);
        const std::uint32_t from = all_.empty() ? 0 : all_.back().begin;
        if (size == 0 || at == from || at - from > kLongestSubject) return 0;
        std::uint32_t first = from;
        while (first < at && (!around_.is_free(first) || !around_.is_word(first))) ++first;
        const bool person = around_.phrase(first, around_.classes.kin) > 0 ||
                            around_.phrase(first, around_.classes.group) > 0 ||
                            around_.phrase(first, around_.classes.verb) > 0;
        return first < at && person ? size : 0;
    }

    /// "o banco avisou que a assinatura é quinta", "recebi um email da embaixada: entrevista …": what is
    /// reported is the event, who reports it is none of it. 0 where no event or task is named behind.
    [[nodiscard]] std::uint32_t report_size(std::uint32_t at) const {
        constexpr std::uint32_t kMostWords = 5;
        const std::uint32_t size = around_.phrase(at, around_.classes.report);
        if (size == 0) return 0;
        std::uint32_t end = at + size;
        for (std::uint32_t k = end; k < around_.size() && k - end <= kMostWords && around_.is_free(k); ++k)
            if (around_.punctuation(k) == ':') {
                end = k + 1;
                break;
            }
        if (end < around_.size() && around_.is_free(end) && begins_task(around_, end)) return end - at;
        constexpr std::string_view kEnds = ",.;!?";
        for (std::uint32_t k = end; k < around_.size(); ++k) {
            if (const char mark = around_.punctuation(k);
                mark != '\0' && kEnds.find(mark) != std::string_view::npos)
                return 0;
            if (around_.is_free(k) && event_size(around_, k) > 0) return end - at;
        }
        return 0;
    }

    /// The request ends with a pronoun: what it stands for is no word of this clause.
    [[nodiscard]] bool asks_for_it(std::uint32_t at, std::uint32_t size) const {
        for (std::uint32_t k = at; k < at + size; ++k) {
            if (around_.phrase(k, around_.classes.pronoun, true) > 0) return true;
            const std::string_view word = around_.reading.text.word(k);
            if (word.size() > 4 && asks_with_ending(around_, k) &&
                around_.is_of(word.substr(word.size() - 2), around_.classes.pronoun_ending))
                return true;
        }
        return false;
    }

    /// Nothing of a title stands between the last boundary and `at`.
    [[nodiscard]] bool begins_words(std::uint32_t at) const {
        const std::uint32_t from = all_.empty() ? 0 : all_.back().begin;
        if (at > 0 && around_.roles[at - 1] == Role::kTime) return true;
        for (std::uint32_t size = 1; size <= std::min(at, 2u); ++size)  // "voice test hello okay set up …"
            if (around_.phrase(at - size, around_.classes.command) == size) return true;
        for (std::uint32_t k = from; k < at; ++k)
            if (around_.is_free(k) || around_.roles[k] == Role::kGuest) return false;
        return true;
    }

    void count(Clause& clause) const {
        const Symbol small = around_.classes.small, article = around_.classes.article,
                     command = around_.classes.command, verb = around_.classes.verb;
        std::uint32_t at = clause.begin;
        if (clause.asks)
            at += clause.label     ? label_size(at)
                  : clause.had > 0 ? clause.had
                                   : request_size(around_, at, true);
        while (at < clause.end) {
            const Role role = around_.roles[at];
            if (role == Role::kGuest) ++clause.guests;
            if (role == Role::kTitle) ++clause.words;
            // "…, mañana después de clases": when, not what.
            if (role == Role::kFree && clause.words == 0 && around_.phrase(at, around_.classes.after) > 0) {
                while (at < clause.end && around_.is_free(at)) ++at;
                continue;
            }
            const std::uint32_t size = role == Role::kFree ? around_.phrase(at, command) : 0;
            const bool purpose =
                at > 0 && around_.phrase(at - 1, around_.classes.purpose, true) == 1;  // "for lunch"
            if (role == Role::kFree && !purpose && event_size(around_, at) > 0) clause.event = true;
            if (role == Role::kFree && clause.words == 0 && begins_task(around_, at)) clause.event = true;
            if (role == Role::kFree && around_.phrase(at, around_.classes.reported) > 0)
                clause.reported = true;
            if (role == Role::kFree && around_.phrase(at, verb) == 1 && !is_bare_and(around_, at))
                clause.has_verb = true;
            if (size > 0 && clause.words == 0) {
                at += size;
                continue;
            }
            if (role == Role::kFree && around_.is_word(at) && around_.phrase(at, small) != 1 &&
                around_.phrase(at, article) != 1 && around_.phrase(at, verb) != 1)
                ++clause.words;
            ++at;
        }
    }

    /// How much speaks for a clause being the title: what was asked for, what names an event, what stands
    /// beside its time, and else what was said first.
    [[nodiscard]] int weight(std::size_t k) const {
        const Clause& clause = all_[k];
        if (clause.words + clause.guests == 0) return kNothing;
        if (clause.label) return 100;
        int sum = k == 0 ? 1 : 0;
        if (clause.words == 0) sum -= 5;  // names alone
        const bool report = clause.reported && !is_timed(k) && !clause.asks;
        // "la seño dijo que la reunión es el jueves": what was told is the event.
        const bool told = clause.had == 0 && clause.event && is_timed(k) &&
                          around_.phrase(clause.begin, around_.classes.report) > 0;
        if (told)
            sum -= 3;
        else if (clause.asks_it || clause.remark || report || is_note(k))
            sum -= 6;
        else if (clause.asks && !clause.bare)
            sum += 6;
        if (clause.event) sum += 5;
        if (is_timed(k)) sum += 2;
        if (clause.has_verb) sum -= 1;
        return sum;
    }

    /// "ultrassom amanhã 17:10 não esquecer de beber água": not to be forgotten, and said behind an event
    /// with its time.
    [[nodiscard]] bool is_note(std::size_t k) const {
        if (k == 0 || is_timed(k) || around_.phrase(all_[k].begin, around_.classes.note) == 0) return false;
        for (std::size_t before = 0; before < k; ++before)
            if (all_[before].event && is_timed(before)) return true;
        return false;
    }

    [[nodiscard]] bool says_feast() const {
        const auto& times = around_.reading.expressions;
        return std::any_of(times.begin(), times.end(), [](const language::Expression& one) {
            return one.value.has(language::Flag::kHoliday) && !one.value.has_clock();
        });
    }

    /// A time stands in the clause, or is all of the next.
    [[nodiscard]] bool is_timed(std::size_t k) const {
        const auto holds_time = [&](const Clause& one) {
            return std::any_of(around_.roles.begin() + one.begin, around_.roles.begin() + one.end,
                               [](Role role) { return role == Role::kTime; });
        };
        if (holds_time(all_[k])) return true;
        const std::size_t next = k + 1;
        return next < all_.size() && all_[next].words + all_[next].guests == 0 && holds_time(all_[next]);
    }

    [[nodiscard]] std::size_t main_clause() const {
        std::size_t best = all_.size();
        int most = kNothing;
        for (std::size_t k = 0; k < all_.size(); ++k)
            if (const int sum = weight(k); sum > most) {
                most = sum;
                best = k;
            }
        return best;
    }

    /// "Reunión con Ana, presupuesto": joined to the title by commas alone.
    [[nodiscard]] bool belongs(std::size_t k, std::size_t chosen) const {
        const Clause& clause = all_[k];
        if (clause.remark || clause.asks || clause.reported || clause.subject ||
            (k < chosen && all_[chosen].asks))
            return false;
        if (k < chosen && all_[chosen].event && !clause.event && is_aside(k)) return false;
        const std::size_t first = std::min(k, chosen) + 1, last = std::max(k, chosen);
        for (std::size_t between = first; between <= last; ++between)
            if (all_[between].sentence || (all_[between].remark && all_[between].words > 0)) return false;
        // "Car service Monday 8:30 at Norauto, 4 tyres": behind the time only its subject still belongs to
        // the title.
        const bool timed =
            k > chosen && all_[chosen].words > 0 &&
            std::any_of(around_.roles.begin() + all_[chosen].begin, around_.roles.begin() + clause.begin,
                        [](Role role) { return role == Role::kTime; });
        if (timed && clause.guests == 0 && around_.phrase(clause.begin, around_.classes.subject_label) == 0)
            return false;
        // "reunião com o sindicato, presta atenção": the noun says it all.
        if (k > chosen && all_[chosen].event && !clause.event && clause.guests == 0 &&
            around_.phrase(clause.begin, around_.classes.subject_label) == 0)
            return false;
        return !clause.has_verb;
    }

    /// "galera fechou: amigo secreto", "bot, dentista": said to someone, not of the event. A name before a
    /// colon is of it ("Acme: demo").
    [[nodiscard]] bool is_aside(std::size_t k) const {
        const Clause& clause = all_[k];
        if (around_.punctuation(clause.end - 1) != ':') return true;
        for (std::uint32_t at = clause.begin; at < clause.end; ++at)
            if (around_.is_free(at) && (around_.phrase(at, around_.classes.group) > 0 ||
                                        around_.phrase(at, around_.classes.frame) > 0))
                return true;
        return false;
    }

    void drop(const Clause& clause) {
        for (std::uint32_t at = clause.begin; at < clause.end; ++at) {
            Role& role = around_.roles[at];
            if (role == Role::kFree || role == Role::kTitle) role = Role::kDropped;
            if (role == Role::kGuest) role = Role::kInvitee;
        }
    }

    void drop_request(std::uint32_t at) {
        const bool task = around_.phrase(at, around_.classes.todo) > 0;
        around_.mark(at, at + request_size(around_, at, true), Role::kCommand);
        if (!task) drop_commands(around_, false, at);
    }

    static constexpr int kNothing = -100;  ///< the weight of a clause without words

    Around& around_;
    std::vector<Clause> all_;
};

}  // namespace

void keep_title_clause(Around& around) {
    Clauses(around).keep_title();
}

}  // namespace scheduling
