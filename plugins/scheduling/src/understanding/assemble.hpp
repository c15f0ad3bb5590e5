#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "language/reading.hpp"
#include "understanding/around.hpp"
#include "understanding/draft.hpp"

/// From the time expressions of a message to one draft, one span and at most one question.
namespace scheduling {

class Assembly {
public:
    Assembly(const language::Reading& reading, Around& around, const language::Context& context,
             const Moment& moment, std::string_view intent);

    /// Times, duration, repeat rule, reminder and span.
    void write(Understanding& out);
    /// The most important thing that is not clear. After write().
    void ask(Understanding& out) const;

private:
    void take_reminders(Understanding& out);
    void collect(Understanding& out);
    void add(const language::Expression& expression, Understanding& out);
    void take_day_before(Understanding& out);
    void take_other_hour();
    void take_bare_range();
    [[nodiscard]] bool is_bare_hour(std::uint32_t at) const;
    [[nodiscard]] bool is_refused_day(const language::Expression& expression) const;
    [[nodiscard]] bool is_outside_series(const language::Expression& expression) const;
    [[nodiscard]] bool take_end_of_series(const language::Expression& expression);
    [[nodiscard]] bool is_only_past(const language::Expression& expression) const;
    [[nodiscard]] bool is_only_soon(const language::Expression& expression) const;
    void keep_in_title(const language::Expression& expression);
    [[nodiscard]] bool names_occasion(const language::Expression& expression) const;
    bool complete_interval(const language::Value& other);
    bool complete_repeat(const language::Value& other);
    void add_repeat(const language::Expression& expression);
    void add_refused(const language::Expression& expression);
    void add_day_alone(const language::Expression& expression, Understanding& out);
    void add_length(const language::Expression& expression, Understanding& out);
    void add_time(const language::Expression& expression);
    [[nodiscard]] bool is_reminding_day(const language::Expression& expression) const;
    [[nodiscard]] bool is_corrected(const language::Expression& expression) const;
    [[nodiscard]] bool skips_a_year(const language::Value& value) const;
    [[nodiscard]] bool is_aside(const language::Expression& expression) const;
    [[nodiscard]] bool is_of_something_else(const language::Expression& expression) const;
    bool take_way_back(const language::Expression& expression);
    bool take_hour_around(const language::Expression& expression);
    [[nodiscard]] bool is_had_before_request(const language::Expression& expression) const;
    bool take_weekly(const language::Expression& expression);
    void take_hour_beside_noun();
    [[nodiscard]] bool is_noun_before(std::uint32_t at) const;
    [[nodiscard]] bool is_meal(std::uint32_t at) const;
    [[nodiscard]] bool is_numbered(std::uint32_t at) const;
    [[nodiscard]] bool fills_days() const;
    void end_repeat();
    void bound_repeat();
    void except_days();
    void write_exceptions(Understanding& out, const language::Value& rule) const;
    void settle_by_words();
    void settle_half(language::Value& when) const;
    static void settle_half_of_range(language::Value& when, bool evening);
    void take_hour_for_day(language::Value& when) const;
    void settle();
    [[nodiscard]] bool is_due_before(const language::Value& when) const;
    void settle_deadline();
    void drop_adjective();
    void drop_every_day();
    [[nodiscard]] bool ends_a_series(const language::Value& value) const;
    [[nodiscard]] bool stands_before_noun(std::uint32_t at) const;
    void repeat_daily();
    bool repeat_for_days(Understanding& out);
    bool repeat_on_weekdays();
    void write_start(Understanding& out) const;
    void write_span(Understanding& out) const;
    void write_repeat(Understanding& out) const;
    void keep_in_period(language::Value& rule) const;
    [[nodiscard]] std::optional<LocalMinutes> end_of_first(const EventDraft& draft,
                                                           const language::Value& rule,
                                                           language::DayNumber day) const;
    void end_timed_rule(std::string& rrule, const language::Value& rule) const;
    void name_inferred(Understanding& out) const;

    [[nodiscard]] bool is_source(const language::Expression& expression) const;
    [[nodiscard]] std::optional<Question> impossible() const;
    [[nodiscard]] std::optional<Question> past(const Understanding& out) const;
    [[nodiscard]] std::optional<Question> ambiguous_date() const;
    [[nodiscard]] std::optional<Question> rival_days() const;
    [[nodiscard]] std::optional<Question> mismatched_weekday() const;
    [[nodiscard]] Question either_day(language::DayNumber first, language::DayNumber second) const;
    [[nodiscard]] std::optional<Question> clock_change(const Understanding& out) const;
    [[nodiscard]] std::optional<Question> ambiguous_hour(const Understanding& out) const;
    [[nodiscard]] std::optional<Question> series_hour(const Understanding& out) const;
    [[nodiscard]] std::optional<Question> missing(const Understanding& out) const;
    [[nodiscard]] Choice choice(language::DayNumber day, std::int32_t clock) const;
    [[nodiscard]] Choice choice_of(const language::Value& said) const;
    [[nodiscard]] std::optional<Question> rival_hours() const;
    [[nodiscard]] Choice day_choice(language::DayNumber day) const;
    [[nodiscard]] LocalMinutes at(language::DayNumber day, std::int64_t seconds) const;

    const language::Reading& reading_;
    Around& around_;
    const language::Context& context_;
    const Moment& moment_;
    const std::string_view intent_;

    std::optional<language::Value> when_;    ///< everything said about the event's time, met
    std::optional<language::Value> rival_;   ///< another time that cannot be met with it
    std::optional<language::Value> source_;  ///< "move *tomorrow's 3pm* to Friday"
    std::optional<language::Value> spoken_;  ///< when_ as said, before days and hours were settled
    std::optional<language::Value> repeat_;
    std::optional<language::Value> stretch_;  ///< a length of weeks or months
    std::optional<language::Value> except_;   ///< days that a repeat leaves out, said apart from it
    std::int16_t times_ = 0;                  ///< how often it happens, said apart from it
    std::uint32_t last_end_ = 0;              ///< the token behind the last time that was taken
    std::optional<language::Value> until_;    ///< "…, until the end of March", said apart from it
    std::uint32_t adjective_ =
        0;  ///< where repeat_ ends, if it is one word that may be an adjective ("weekly")
    const language::Expression* impossible_ = nullptr;
};

}  // namespace scheduling
