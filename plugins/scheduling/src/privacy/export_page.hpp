#pragma once
#include "accounts/people.hpp"
#include "accounts/personal_data.hpp"
#include "dialogue/phrases.hpp"
#include "migue/cpp/plugin.hpp"
#include "privacy/export_links.hpp"
#include "settings.hpp"

/// What people and operators reach by HTTP beside booking.
namespace scheduling {

struct AsideTools {
    const migue::Services& services;
    const Settings& settings;
    const People& people;
    const ExportLinks& export_links;
    const PersonalData& data;
    const PhraseBook& book;
};

/// GET /export/<token>: a page with a button, which consumes nothing, so that a link preview does
/// no harm. POST: the file, once.
[[nodiscard]] migue::Task<migue::RouteReply> serve_export_page(const AsideTools& tools,
                                                               const migue::RouteRequest& request);
[[nodiscard]] migue::Task<migue::RouteReply> serve_export_file(const AsideTools& tools,
                                                               const migue::RouteRequest& request);

/// GET /waiting, for operators: conversations that wait for a person, the oldest first:
/// [{"conversation","person","since_ms"}].
[[nodiscard]] migue::Task<migue::RouteReply> serve_waiting(const AsideTools& tools,
                                                           const migue::RouteRequest& request);
/// DELETE /waiting/<conversation>: the bot takes the conversation back, and says so in it.
[[nodiscard]] migue::Task<migue::RouteReply> serve_hand_back(const AsideTools& tools,
                                                             const migue::RouteRequest& request);

}  // namespace scheduling
