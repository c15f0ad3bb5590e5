#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

/// The words of edits, from `edit_<language>.txt`. A line is `KEY: entry, entry …`; entries are compared
/// folded, that is without accents and capitals.
///
/// `VERB <act>: infinitive|stem|stem, =fixed words …`: verbs by what they do. From an infinitive all forms in
/// use are made, with the spelling its ending asks for ("agregar": "agregue"); stems that change are told
/// behind `|`.
/// `=` is taken as it stands. A form that two acts claim belongs to the first.
/// `TOLD <act>: phrase, …`: what somebody else did with it ("fell through"). The past forms of the verbs of
/// those acts are made from their infinitives. `GAP <act>: first rest …`: the same where other words may
/// stand between the first and the rest ("call *it* off"). `TELL <field>: phrase, …`: questions. All other
/// keys are lists of phrases, named in EditWords.
namespace scheduling {

enum class Act : std::uint8_t {
    kNone = 1,
    kCancel,
    kRemove,
    kMove,
    kLater,
    kEarlier,
    kLonger,
    kShorter,
    kLast,  ///< "dure una hora"
    kAdd,
    kName,
    kPut,     ///< "ponla", "make it": what it puts is told by what follows
    kChange,  ///< the same, but what follows may also name the event
    kBe,      ///< "it's at 5", "sea en la oficina"
    kBegin,
    kEnd,
    kRestore,
    kBook,  ///< a new wish
};

/// It moves what it acts on to another time.
[[nodiscard]] constexpr bool is_of_time(Act act) {
    return act == Act::kMove || act == Act::kLater || act == Act::kEarlier;
}

/// Phrases of one or more folded words. Immutable.
class Phrasing {
public:
    void add(std::string_view phrase);
    /// How many of the words from `at` on are the longest of the phrases; 0 none.
    [[nodiscard]] std::size_t match(const std::vector<std::string_view>& words, std::size_t at,
                                    std::size_t end) const;
    [[nodiscard]] bool has(std::string_view phrase) const { return phrases_.contains(std::string(phrase)); }

private:
    std::unordered_set<std::string> phrases_;
    std::size_t longest_ = 0;
};

/// A verb as it stands in a message.
struct VerbForm {
    Act act = Act::kNone;
    std::size_t size = 0;       ///< words
    bool it = false;            ///< with a pronoun for the event in it: "cancélala"
    bool to_it = false;         ///< "ponle"
    std::size_t rest = 0;       ///< of a verb in two parts, where the second part stands …
    std::size_t rest_size = 0;  ///< … and its words
    bool is_slip = false;       ///< read through a slip of the fingers
    bool needs_who = false;     ///< of what was told: alone it may be the person's own ("cancelo")
};

/// One language. Immutable.
class EditWords {
public:
    EditWords(std::string_view language, std::string_view data);

    /// "es", "en" or "pt"; Spanish for others.
    [[nodiscard]] static const EditWords& of(std::string_view locale);
    /// All of them, in a fixed order.
    [[nodiscard]] static const std::vector<EditWords>& all();

    [[nodiscard]] std::string_view language() const { return language_; }
    /// The phrases of a key of the file; a key that is not there is a bug of the data and throws.
    [[nodiscard]] const Phrasing& operator[](std::string_view key) const;
    /// The verb that begins at `at`; `size` 0 when none does.
    [[nodiscard]] VerbForm verb(const std::vector<std::string_view>& words, std::size_t at,
                                std::size_t end) const;
    /// The same, of what somebody did with it: "cancelled", "corrieron", "foi adiado".
    [[nodiscard]] VerbForm told(const std::vector<std::string_view>& words, std::size_t at,
                                std::size_t end) const;
    /// The ordinal number that a word is; 0 none.
    [[nodiscard]] int ordinal(std::string_view word) const;
    /// "in the", as a part of the day is led by it.
    [[nodiscard]] const std::string& at_part() const { return at_part_; }
    /// "at", as a clock time is led by it.
    [[nodiscard]] const std::string& at_hour() const { return at_hour_; }

private:
    struct Gapped {
        std::string first;
        std::vector<std::string> rest;
        Act act;
    };
    void add_verb(Act act, std::string_view entry);
    void add_forms(Act act, std::string_view stem, std::string_view ending);
    void add_told(Act act, std::string_view infinitive);
    [[nodiscard]] VerbForm gapped(const std::vector<std::string_view>& words, std::size_t at, std::size_t end,
                                  bool of_past = false) const;
    [[nodiscard]] VerbForm single(std::string_view word) const;
    [[nodiscard]] Act slip(std::string_view word) const;

    std::string language_, at_hour_, at_part_;
    std::unordered_map<std::string, Act> forms_;    ///< one word
    std::unordered_map<std::string, Act> phrases_;  ///< several
    std::unordered_map<std::string, Act> told_;     ///< of one word or several
    std::unordered_set<std::string> told_by_all_;   ///< of those, what "I" say in the same way
    std::size_t longest_phrase_ = 0, longest_told_ = 1;
    std::vector<Gapped> gapped_;
    std::map<std::string, Phrasing, std::less<>> lists_;
    std::unordered_map<std::string, int> ordinals_;
    std::unordered_set<std::string> known_;  ///< every word of the file: no slip of another
};

}  // namespace scheduling
