#pragma once
#include <string>

#include "accounts/people.hpp"
#include "accounts/personal_data.hpp"
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
    const PersonalData& data;
};

/// GET /feed/<token>.ics: a person's calendar for a calendar program. 404 for tokens that are
/// unknown or revoked, 304 when nothing changed.
[[nodiscard]] migue::Task<migue::RouteReply> serve_feed(const WebTools& tools,
                                                        const migue::RouteRequest& request);

/// GET /agenda?person=&from=YYYY-MM-DD&days=14, for operators.
[[nodiscard]] migue::Task<migue::RouteReply> serve_agenda(const WebTools& tools,
                                                          const migue::RouteRequest& request);

/// DELETE /events/<id>, for operators and their programs: cancels an event that migue made. Whose
/// it is, is found by its id, or told with ?person=. 404: made by somebody else, gone already, or
/// so long ago that nothing tells whose it was.
[[nodiscard]] migue::Task<migue::RouteReply> serve_delete(const WebTools& tools,
                                                          const migue::RouteRequest& request);

/// GET /people/<id>/data, for operators who were asked for it: PersonalData::export_json().
[[nodiscard]] migue::Task<migue::RouteReply> serve_export(const WebTools& tools,
                                                          const migue::RouteRequest& request);

/// DELETE /people/<id>, for operators who were asked to: PersonalData::erase(). Answers
/// {"rows":{table:n},"revoked":[…],"unrevoked":[…],"shared":[…]}.
[[nodiscard]] migue::Task<migue::RouteReply> serve_erase(const WebTools& tools,
                                                         const migue::RouteRequest& request);

/// POST /vault/reseal?after=, for `migue vault rotate`: seals one page of rows under the newest key.
/// {"resealed":n,"unreadable":n,"next":"…"}; no "next" after the last page.
[[nodiscard]] migue::Task<migue::RouteReply> serve_reseal(const WebTools& tools,
                                                          const migue::RouteRequest& request);

}  // namespace scheduling
