#pragma once
#include <string>
#include <vector>

#include "booking/booking.hpp"
#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"

/// Changes and cancellations of a series: of one occurrence, of it and those after it, or of all.
namespace scheduling {

enum class SeriesPart { kOnlyThis = 1, kFollowing, kAll };

/// What was done, with what taking it back needs. Plain values: they may travel in a state.
struct SeriesDone {
    Outcome outcome;
    std::vector<Event> before;  ///< as they were: SeriesBooking::undo() puts them back
    std::vector<Event> made;    ///< new ones, which undo() takes away
};

/// Occurrences come as Calendar::list() gives them. Everything may be repeated and then does the
/// rest: the second half of a split series has an id made from the first one's and the occurrence.
/// Guests, place and reminder stay. Not shared between turns.
class SeriesBooking {
public:
    SeriesBooking(Booking& booking, const migue::Vault& vault) : booking_(booking), vault_(vault) {}

    /// `wanted`: the occurrence as it is to be. kTaken: some of the new times are; nothing happened.
    /// kFailed with Trouble::kNone: a rule like "the first Monday" cannot move by days as a whole.
    ///
    /// kFollowing: the rest of the series becomes one of its own, then the old one ends before it;
    /// so no occurrence is lost in between.
    [[nodiscard]] migue::Task<SeriesDone> change(Event occurrence, Event wanted, SeriesPart part,
                                                 Overlap overlap);
    [[nodiscard]] migue::Task<SeriesDone> cancel(Event occurrence, SeriesPart part);
    [[nodiscard]] migue::Task<Outcome> undo(SeriesDone done);

private:
    /// The series of an occurrence; nothing: gone, or not known (booking_.trouble() says which).
    migue::Task<std::optional<Event>> series_of(const Event& occurrence, SeriesDone& done);
    migue::Task<SeriesDone> change_one(Event occurrence, Event wanted, Overlap overlap);
    migue::Task<SeriesDone> change_following(Event series, Event occurrence, Event wanted, Overlap overlap);
    migue::Task<SeriesDone> change_all(Event series, Event occurrence, Event wanted, Overlap overlap);
    /// A series without ids for its occurrences: one is taken out of it.
    migue::Task<SeriesDone> take_out(Event series, std::int64_t occurrence_ms);
    [[nodiscard]] migue::Result<std::string> part_id(const Event& occurrence, std::string_view what) const;

    Booking& booking_;
    const migue::Vault& vault_;
};

}  // namespace scheduling
