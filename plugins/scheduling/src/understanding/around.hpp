#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "language/knowledge.hpp"
#include "language/reading.hpp"
#include "understanding/draft.hpp"

/// What each word of a message does besides telling the time: the title is what is left.
namespace scheduling {

enum class Role : std::uint8_t {
    kFree,   ///< belongs to the title
    kTitle,  ///< so do these, whatever their words could mean besides
    kTime,
    kCommand,  ///< "agéndame", "please"
    kGuest,    ///< a name after "con": stays in the title
    kInvitee,  ///< a name or address that is only invited
    kPlace,
    kVideo,
    kReminder,
    kDropped,
};

[[nodiscard]] bool is_title_role(Role role);

/// The message with its roles; one entry a token.
struct Around {
    explicit Around(const language::Reading& read);

    const language::Reading& reading;
    const language::Knowledge& knowledge;
    const language::AroundClasses& classes;
    std::vector<Role> roles;
    std::vector<language::Lexicon::WordId> words;  ///< each token as the words around times know it

    /// How many tokens at `at` are one phrase of this class in the message's language; 0 none.
    /// Words with another role end the phrase unless `any_role`.
    [[nodiscard]] std::uint32_t phrase(std::uint32_t at, language::Symbol symbol,
                                       bool any_role = false) const {
        // Asked a thousand times a message, and nearly always no.
        const bool may_be =
            symbol != language::kNoSymbol && at < size() && knowledge.around.may_begin(words[at], symbol);
        return may_be ? begun_phrase(at, symbol, any_role) : 0;
    }
    /// A folded word that is of this class by itself, in the message's language.
    [[nodiscard]] bool is_of(std::string_view folded, language::Symbol symbol) const;
    [[nodiscard]] const language::LanguageInfo& language() const;
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(roles.size()); }
    [[nodiscard]] bool is_free(std::uint32_t at) const { return roles[at] == Role::kFree; }
    /// Belongs to the title as it stands.
    [[nodiscard]] bool is_title(std::uint32_t at) const { return is_title_role(roles[at]); }
    /// No punctuation mark.
    [[nodiscard]] bool is_word(std::uint32_t at) const {
        return reading.text.tokens[at].kind != language::TokenKind::kPunct;
    }
    /// Stands first in its line.
    [[nodiscard]] bool starts_line(std::uint32_t at) const;
    [[nodiscard]] char punctuation(std::uint32_t at) const;
    void mark(std::uint32_t begin, std::uint32_t end, Role role);
    /// The original bytes of tokens [begin, end).
    [[nodiscard]] std::string_view slice(std::uint32_t begin, std::uint32_t end) const;
    /// Any phrase of the class anywhere; the first token when found.
    [[nodiscard]] std::optional<std::uint32_t> find(language::Symbol symbol) const;

private:
    [[nodiscard]] bool is_saint(std::uint32_t at) const;
    [[nodiscard]] bool is_place_letter(std::uint32_t at) const;
    [[nodiscard]] std::uint32_t begun_phrase(std::uint32_t at, language::Symbol symbol, bool any_role) const;
};

struct Guests {
    std::vector<std::string> names;  ///< as written, in order, each once
    bool invites = false;
};
/// Names after "con", addresses and phone numbers; marks their tokens.
[[nodiscard]] Guests find_guests(Around& around);

/// Marks request verbs, greetings and thanks at the head, and politeness anywhere. Verbs that change an
/// event ("move", "cancela") are requests only when `edits`; else they are the title ("mover muebles").
/// From token `begin` on.
void drop_commands(Around& around, bool edits, std::uint32_t begin = 0);

/// How many tokens at `at` ask for an event ("me puedes agendar", "agéndame", "put it on"); 0 none. A bare
/// verb
/// ("agenda") asks only where a clause `begins`.
[[nodiscard]] std::uint32_t request_size(const Around& around, std::uint32_t at, bool begins);

/// "remind me book flights", "remind me friday at 6 to put the bins out": what is to be done begins there,
/// though it begins like a request.
[[nodiscard]] bool is_behind_todo(const Around& around, std::uint32_t at);

/// "agendarme", "bloquéalo": a verb of asking with the person or the thing behind it.
[[nodiscard]] bool asks_with_ending(const Around& around, std::uint32_t at);

/// "poner la lavadora": a verb that asks elsewhere, with a thing as its object.
[[nodiscard]] bool is_doing(const Around& around, std::uint32_t at);

/// How many tokens at `at` name an event by its noun ("dentista", "oil change"); 0 none.
[[nodiscard]] std::uint32_t event_size(const Around& around, std::uint32_t at);

/// "buscar", "renovar": by its ending, where the language has one.
[[nodiscard]] bool is_infinitive(const Around& around, std::uint32_t at);

/// A verb that names what is to be done: "buscar a los niños", "pick up the cake".
[[nodiscard]] bool begins_task(const Around& around, std::uint32_t at);

/// Takes away the sentence before the event's noun: "quería ver si me pones una cita" leaves the appointment.
void drop_frame(Around& around);

/// Where a title still holds talk: keeps the event's noun with what belongs to it, or the task up to the
/// talk, and all guests.
void keep_core(Around& around);

/// Takes away all that is said beside the event: greetings, reasons, remarks. After all other marks.
void keep_title_clause(Around& around);

/// A time inside quotation marks is a part of the name where another time is said: 'webinar "Sales 2027"
/// on Friday'.
void free_quoted(Around& around, language::Reading& reading);

/// "en la sala 3", "at Starbucks"; marks its tokens. "" when none.
[[nodiscard]] std::string find_place(Around& around);

/// "por Zoom", "video call"; marks what is not the title itself.
[[nodiscard]] bool find_video(Around& around);

/// Whether it names a thing and a time to come and neither asks, tells nor greets: a wish without a verb of
/// asking. `read` is complete but for this.
[[nodiscard]] bool reads_as_wish(const Around& around, const Understanding& read, language::DayNumber today);

/// Whether it only tells of the world or complains ("we're open from 8 to 5"), and nothing is asked for.
[[nodiscard]] bool tells_only(const Around& around);
/// Tells of what is over or asks about the world, and nothing is to be put down.
[[nodiscard]] bool tells_of_past(const Around& around);

/// The first letter upper case, also when it has an accent.
[[nodiscard]] std::string capitalized(std::string text);

/// Takes the request's own words away and joins the rest; "" when nothing is left.
[[nodiscard]] std::string make_title(Around& around);

}  // namespace scheduling
