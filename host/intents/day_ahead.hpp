#pragma once
#include <string_view>

#include "host/intents/text.hpp"
#include "host/intents/word_classes.hpp"

namespace migue::host::intents {

/// Tells statements about a day that is still to come ("pints Friday at 8") from questions and from
/// what is told of the past, by a few words and the ends of verbs: cheap, and right more often than not.
/// Immutable after construction: thread-safe.
class DayAhead {
public:
    DayAhead();
    /// Does the text of these tokens name a day, a date or a length from now on, and ask nothing, and tell of
    /// nothing past?
    [[nodiscard]] bool names_one(const Tokens& tokens) const;
    [[nodiscard]] bool names_one(std::string_view text) const { return names_one(tokenize(text)); }
    /// Is something told that is over ("ayer fuimos …", "… last friday")?
    [[nodiscard]] bool tells_of_past(const Tokens& tokens) const;
    [[nodiscard]] bool tells_of_past(std::string_view text) const { return tells_of_past(tokenize(text)); }
    /// The same by its verbs alone, where no date, month or "tomorrow" is named ("me levanté a las 6 un
    /// sábado").
    [[nodiscard]] bool tells_only_of_past(const Tokens& tokens) const;
    [[nodiscard]] bool tells_only_of_past(std::string_view text) const {
        return tells_only_of_past(tokenize(text));
    }
    /// Is it to be sent round ("share with 12 friends")? Whatever day such a message names is nobody's plan.
    [[nodiscard]] bool is_sent_round(const Tokens& tokens) const;
    [[nodiscard]] bool is_sent_round(std::string_view text) const { return is_sent_round(tokenize(text)); }
    /// Is yesterday the only day that it names ("that webinar yesterday from 9 to 11 …")?
    [[nodiscard]] bool names_only_past_days(const Tokens& tokens) const;
    [[nodiscard]] bool names_only_past_days(std::string_view text) const {
        return names_only_past_days(tokenize(text));
    }

private:
    const WordClasses kinds_;  ///< weekdays, months …
    const WordClasses signs_;  ///< data/day_ahead.txt
};

}  // namespace migue::host::intents
