#pragma once
#include <functional>
#include <memory>

#include "booking/series.hpp"
#include "calendar/google/calendar_choice.hpp"
#include "calendar/local/local_calendar.hpp"
#include "google_talk.hpp"
#include "migue/sql/sqlite_schema.hpp"

/// The plugin's parts, for tests of what no sentence reaches yet: run in a turn of the bench, on the
/// tables and with the Google of a GoogleTalk.
namespace scheduling {

struct Desk {
    const migue::Services& services;
    GoogleCalendar& google;
    LocalCalendar& local;
    const CalendarChoice& choice;
    const LinkAttempts& attempts;
    Booking& booking;  ///< on the calendar that the test asked for
    SeriesBooking& series;
    Caller caller;
};
using Act = std::function<migue::Task<void>(Desk&)>;

class DeskPlugin final : public migue::Plugin {
public:
    static migue::Description describe() { return Plugin::describe(); }
    static migue::Result<std::unique_ptr<DeskPlugin>> create(const migue::Context& context) {
        auto settings = read_settings(context);
        if (!settings) return std::move(settings).error();
        return std::make_unique<DeskPlugin>(context.services, std::move(*settings));
    }
    DeskPlugin(const migue::Services& services, Settings settings)
        : services_(services),
          settings_(std::move(settings)),
          oauth_(services_, settings_.google),
          accounts_(services_, oauth_),
          attempts_(services_, accounts_),
          google_(services_, accounts_, settings_.google),
          local_(services_.sql, services_.clock),
          choice_(services_, accounts_, google_.client()) {}
    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        const Caller caller(std::string(turn.person_id()), turn.deadline_ns());
        Audit audit(services_, caller.person, std::string(turn.message_id()), turn.attempt());
        Calendar& calendar = turn.text() == "local" ? static_cast<Calendar&>(local_) : google_;
        Booking booking(calendar, audit, caller);
        SeriesBooking series(booking, services_.vault);
        Desk desk{services_, google_, local_, choice_, attempts_, booking, series, caller};
        co_await act()(desk);
        co_return migue::TurnEnd::done();
    }
    static Act& act() {
        static Act current;
        return current;
    }

private:
    using Plugin = ::scheduling::Plugin;
    const migue::Services services_;
    const Settings settings_;
    const OAuthClient oauth_;
    const GoogleAccounts accounts_;
    const LinkAttempts attempts_;
    GoogleCalendar google_;
    LocalCalendar local_;
    CalendarChoice choice_;
};

inline std::shared_ptr<migue::sql::Schema> tables_in_memory() {
    auto opened = migue::sql::SqliteSchema::open(":memory:", "scheduling");
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(opened).value();
}

/// A talk whose parts can be reached.
class DeskTalk {
public:
    DeskTalk()
        : tables_(tables_in_memory()),
          talk({}, json::object(), tables_),
          bench_(migue::bench::entry_of<DeskPlugin>(), GoogleTalk::with_google(json::object()).dump(),
                 GoogleTalk::with_tables(tables_)) {
        talk.connect_to(bench_);
    }
    void at(Act act, const std::string& calendar = "google") {
        bench_.advance(std::chrono::milliseconds(talk.bench.unix_ms() - bench_.unix_ms()));
        DeskPlugin::act() = std::move(act);
        const TurnOutcome turn = bench_.send(calendar, GoogleTalk::message("schedule_meeting", "ana"));
        EXPECT_EQ(turn.status, MIGUE_OK) << (turn.reasons.empty() ? "" : turn.reasons.front());
        talk.bench.advance(std::chrono::milliseconds(bench_.unix_ms() - talk.bench.unix_ms()));
    }

private:
    std::shared_ptr<migue::sql::Schema> tables_;

public:
    GoogleTalk talk;

private:
    migue::bench::Bench bench_;
};

}  // namespace scheduling
