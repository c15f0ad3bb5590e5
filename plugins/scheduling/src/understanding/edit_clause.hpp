#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "understanding/edit.hpp"
#include "understanding/edit_line.hpp"

/// One clause of an edit: a verb and what it does something to, or words that only fit what is open.
namespace scheduling {

class ClauseReader {
public:
    ClauseReader(Line& line, const std::vector<std::string>& guests, Edit& edit)
        : line_(line), guests_(guests), edit_(edit) {}

    /// Takes the words [begin, end) into the edit. False: they are no edit.
    [[nodiscard]] bool read(std::size_t begin, std::size_t end);
    /// The clause asks for something new.
    [[nodiscard]] bool is_new_wish() const { return is_new_wish_; }
    /// It speaks of "it".
    [[nodiscard]] bool has_it() const { return it_; }

    /// The words in front that only lead up to something ("oye, mejor"); tells `corrects`.
    [[nodiscard]] std::size_t skip_fillers(std::size_t begin, std::size_t end);
    [[nodiscard]] std::size_t trim_tail(std::size_t begin, std::size_t end);
    /// "they moved it to Friday", "the dentist cancelled": read_told().
    [[nodiscard]] bool read_done(std::size_t begin, std::size_t end);
    /// "thursday's no good, friday instead": read_told().
    [[nodiscard]] bool read_excuse(std::size_t begin, std::size_t end);
    /// "the dentist, can we move it to 5?": read_told().
    [[nodiscard]] bool read_topic(std::size_t begin, std::size_t end);
    /// The event that the range names.
    [[nodiscard]] EventWords reference(std::size_t begin, std::size_t end) const;

    /// "don't cancel it", "no la canceles", "não cancela".
    [[nodiscard]] bool is_refused(std::size_t begin, std::size_t end) const;

private:
    [[nodiscard]] VerbForm find_verb(std::size_t& begin, std::size_t end);
    void take_pronoun(std::size_t& at, std::size_t end);
    [[nodiscard]] bool act(const VerbForm& verb, std::size_t at, std::size_t end);

    [[nodiscard]] std::size_t use_helpers(std::size_t at, std::size_t end);
    [[nodiscard]] bool take_cancelled(std::size_t at, std::size_t end);
    [[nodiscard]] bool take_moved(Act act, std::size_t at, std::size_t end);
    [[nodiscard]] bool take_instead(EventWords named, bool is_busy, std::size_t at, std::size_t end);
    [[nodiscard]] bool take_reason(std::size_t at, std::size_t end);

    [[nodiscard]] bool cancel(Act act, std::size_t at, std::size_t end);
    [[nodiscard]] bool name(bool in_two_parts, std::size_t at, std::size_t end);
    [[nodiscard]] bool add(std::size_t at, std::size_t end);
    [[nodiscard]] bool begin_or_end(bool is_end, std::size_t at, std::size_t end);
    [[nodiscard]] bool last(std::size_t at, std::size_t end);
    [[nodiscard]] bool change(Act act, std::size_t at, std::size_t end);
    [[nodiscard]] bool be(std::size_t at, std::size_t end);
    [[nodiscard]] bool loose(std::size_t at, std::size_t end);
    /// "time", to "what should I change?"
    [[nodiscard]] bool take_field_alone(std::size_t at, std::size_t end);

    /// "the title of the dentist to X": nothing when the clause names no part of an event.
    [[nodiscard]] std::optional<bool> change_field(std::size_t at, std::size_t end);
    [[nodiscard]] bool set_field(Edit::Field field, bool is_end, std::size_t at, std::size_t end);
    void take_shift(Act act, std::size_t begin, std::size_t end);
    [[nodiscard]] bool take_directed(std::string_view list, int sign, bool of_length, std::size_t begin,
                                     std::size_t end);
    /// "con Luis", "en la oficina", "por Zoom", "sin invitados"; what is left over stays unused.
    void take_frames(bool moves, std::size_t begin, std::size_t end);
    [[nodiscard]] std::size_t take_without(std::size_t at, std::size_t end);
    [[nodiscard]] std::size_t take_with(std::size_t at, std::size_t end, const std::vector<bool>& times);
    [[nodiscard]] std::size_t take_place(bool moves, std::size_t at, std::size_t end,
                                         const std::vector<bool>& times);
    void take_when(std::size_t begin, std::size_t end);
    /// "half past", of the event's own hour.
    [[nodiscard]] bool take_minute(std::size_t begin, std::size_t end);
    /// "after lunch with Ana"
    [[nodiscard]] bool take_beside(std::size_t begin, std::size_t end);
    [[nodiscard]] std::vector<std::string> take_names(std::size_t begin, std::size_t end);
    [[nodiscard]] std::size_t target_begin(std::size_t begin, std::size_t end) const;

    [[nodiscard]] std::size_t skip(std::string_view list, std::size_t at, std::size_t end) const;
    [[nodiscard]] std::size_t skip_small(std::size_t at, std::size_t end) const;
    [[nodiscard]] bool is_guest(std::string_view name) const;
    [[nodiscard]] bool is_little(std::size_t at, std::size_t end) const;
    /// Words that nothing has explained.
    [[nodiscard]] bool has_leftover(std::size_t begin, std::size_t end) const;
    [[nodiscard]] bool is_done(std::size_t begin, std::size_t end) const;

    Line& line_;
    const std::vector<std::string>& guests_;
    Edit& edit_;
    bool it_ = false;         ///< a pronoun stands for the event
    bool to_it_ = false;      ///< "ponle"
    bool tail_from_ = false;  ///< "… from the meeting" was said behind it
    bool is_new_wish_ = false;
};

}  // namespace scheduling
