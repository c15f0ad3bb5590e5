#include "booking/booking.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Task;

/// Whether the other side may have done it although it did not say so.
bool may_have_happened(Error::Code code) {
    return code == Error::Code::kDeadline || code == Error::Code::kInternal ||
           code == Error::Code::kCancelled;
}

bool is_about(const Error& error, std::string_view what) {
    return error.what.ends_with(what);
}

Trouble trouble_of(const Error& error) {
    switch (error.code) {
        case Error::Code::kUnsupported:
            if (is_about(error, kWhyNotLinked)) return Trouble::kNotLinked;
            return is_about(error, kWhyScopeMissing) ? Trouble::kScope : Trouble::kAccessEnded;
        case Error::Code::kConfig:
            return Trouble::kService;
        case Error::Code::kInvalid:
            return is_about(error, kWhyNotYours) ? Trouble::kNotYours : Trouble::kNone;
        case Error::Code::kUnavailable:
        case Error::Code::kDeadline:
        case Error::Code::kInternal:
            return Trouble::kSilent;
        default:
            return Trouble::kNone;
    }
}

std::string code_name(Error::Code code) {
    switch (code) {
        case Error::Code::kConflict:
            return "conflict";
        case Error::Code::kState:
            return "gone";
        case Error::Code::kUnavailable:
            return "unavailable";
        case Error::Code::kDeadline:
            return "deadline";
        case Error::Code::kCancelled:
            return "cancelled";
        case Error::Code::kInvalid:
            return "invalid";
        case Error::Code::kUnsupported:
            return "no access";
        case Error::Code::kConfig:
            return "setup";
        default:
            return "internal";
    }
}

}  // namespace

Task<Outcome> Booking::book(Event event, Overlap overlap) {
    const std::uint64_t since = audit_.begin();
    co_await note("asked", event, "ok", "", since);
    auto made = co_await calendar_.insert(caller_, event, overlap);
    if (!made) co_return co_await settle("booked", std::move(event), std::move(made).error(), since);
    co_await note("booked", *made, "ok", "", since);
    co_return Outcome{Outcome::Kind::kDone, std::move(*made)};
}

Task<Outcome> Booking::change(Event event, Overlap overlap) {
    const std::uint64_t since = audit_.begin();
    auto changed = co_await calendar_.update(caller_, event, overlap);
    if (!changed) co_return co_await settle("moved", std::move(event), std::move(changed).error(), since);
    co_await note("moved", *changed, "ok", "", since);
    co_return Outcome{Outcome::Kind::kDone, std::move(*changed)};
}

Task<Outcome> Booking::cancel(std::vector<Event> events) {
    const std::uint64_t since = audit_.begin();
    std::vector<std::string> ids;
    for (const Event& event : events) ids.push_back(event.id);
    auto done = co_await calendar_.cancel(caller_, std::move(ids));
    if (!done) co_return co_await settle("cancelled", events.front(), std::move(done).error(), since);
    for (const Event& event : events) co_await note("cancelled", event, "ok", "", since);
    co_return Outcome{Outcome::Kind::kDone, std::move(events.front())};
}

Task<Outcome> Booking::undo_booking(Event event) {
    const std::uint64_t since = audit_.begin();
    std::vector<std::string> ids;
    ids.push_back(event.id);
    auto done = co_await calendar_.cancel(caller_, std::move(ids));
    if (!done) co_return co_await settle("undone", std::move(event), std::move(done).error(), since);
    co_await note("undone", event, "ok", "", since);
    co_return Outcome{Outcome::Kind::kDone, std::move(event)};
}

Task<Outcome> Booking::put_back(std::vector<Event> before) {
    const std::uint64_t since = audit_.begin();
    for (const Event& event : before) {
        auto restored = co_await calendar_.restore(caller_, event, Overlap::kRefuse);
        if (!restored) co_return co_await settle("undone", event, std::move(restored).error(), since);
        Event wanted = event;
        wanted.id = restored->id;  // another one where the old is spent
        auto changed = co_await calendar_.update(caller_, std::move(wanted), Overlap::kRefuse);
        if (!changed) {
            Error error = std::move(changed).error();
            // It is there again already: not "nothing happened".
            if (error.code == Error::Code::kUnavailable) error.code = Error::Code::kInternal;
            co_return co_await settle("undone", event, std::move(error), since);
        }
        co_await note("undone", *changed, "ok", "", since);
    }
    co_return Outcome{Outcome::Kind::kDone, std::move(before.front())};
}

Task<migue::Result<std::vector<Event>>> Booking::list(Interval span) {
    auto listed = co_await calendar_.list(caller_, span);
    if (!listed) remember(listed.error());
    co_return listed;
}

Task<migue::Result<std::optional<Event>>> Booking::get(std::string id) {
    auto found = co_await calendar_.get(caller_, std::move(id));
    if (!found) remember(found.error());
    co_return found;
}

Task<void> Booking::note_taken(const Event& event) {
    co_await note("checked", event, "taken", "", audit_.begin());
}

void Booking::remember(const Error& error) {
    trouble_ = trouble_of(error);
}

Task<Outcome> Booking::settle(std::string action, Event event, Error error, std::uint64_t since_ns) {
    remember(error);
    if (error.code == Error::Code::kConflict) {
        co_await note("checked", event, "taken", "", since_ns);
        co_return Outcome{Outcome::Kind::kTaken, std::move(event)};
    }
    if (error.code == Error::Code::kState) {
        co_await note("failed", event, "refused", code_name(error.code), since_ns);
        co_return Outcome{Outcome::Kind::kGone, std::move(event)};
    }
    const bool happened_before = error.code == Error::Code::kUnavailable && audit_.is_repeat();
    if (may_have_happened(error.code) || happened_before) {
        // Only a booking can be told apart by its id alone; the rest stays open.
        auto found = co_await calendar_.get(caller_, event.id);
        if (action == "booked" && found && found->has_value() && !(*found)->cancelled) {
            trouble_ = Trouble::kNone;
            co_await note(action, **found, "ok", "", since_ns);
            co_return Outcome{Outcome::Kind::kDone, **found};
        }
        const bool surely_not =
            action == "booked" && static_cast<bool>(found) && !calendar_.answers_may_be_late();
        is_open_ = !surely_not;
        co_await note("failed", event, surely_not ? "refused" : "unknown", code_name(error.code), since_ns);
        co_return Outcome{surely_not ? Outcome::Kind::kFailed : Outcome::Kind::kUnknown, std::move(event)};
    }
    co_await note("failed", event, "refused", code_name(error.code), since_ns);
    co_return Outcome{Outcome::Kind::kFailed, std::move(event)};
}

Task<void> Booking::note(std::string action, const Event& event, std::string outcome, std::string error,
                         std::uint64_t since_ns) {
    AuditEntry entry;
    entry.action = std::move(action);
    entry.event_id = event.id;
    entry.time = Interval{event.start_ms, event.end_ms};
    entry.outcome = std::move(outcome);
    entry.error = std::move(error);
    co_await audit_.note(std::move(entry), since_ns);
}

}  // namespace scheduling
