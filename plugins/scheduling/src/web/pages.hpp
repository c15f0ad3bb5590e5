#pragma once
#include <string>

#include "accounts/people.hpp"
#include "calendar/calendar.hpp"
#include "dialogue/phrases.hpp"
#include "migue/cpp/plugin.hpp"
#include "settings.hpp"

/// What the plugin answers over HTTP, under /p/scheduling.
namespace scheduling {

struct WebTools {
    const migue::Services& services;
    const Settings& settings;
    Calendar& calendar;
    const People& people;
    const PhraseBook& book;
};

/// GET /feed/<token>.ics: a person's calendar for a calendar program. 404 for tokens that are
/// unknown or revoked, 304 when nothing changed.
[[nodiscard]] migue::Task<migue::RouteReply> serve_feed(const WebTools& tools,
                                                        const migue::RouteRequest& request);

/// GET /agenda?person=&from=YYYY-MM-DD&days=14, for operators.
[[nodiscard]] migue::Task<migue::RouteReply> serve_agenda(const WebTools& tools,
                                                          const migue::RouteRequest& request);

/// DELETE /events/<id>?person=, for operators: cancels the event.
[[nodiscard]] migue::Task<migue::RouteReply> serve_delete(const WebTools& tools,
                                                          const migue::RouteRequest& request);

}  // namespace scheduling
