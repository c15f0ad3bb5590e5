#pragma once
#include "accounts/link_attempts.hpp"
#include "dialogue/phrases.hpp"
#include "migue/cpp/plugin.hpp"
#include "settings.hpp"

/// The pages between the chat and Google's consent. Nothing here links anything: that is done
/// by the code, typed in the chat. No page holds anything of a third party, a script, or a
/// token; what cannot go on says so and sends the person back to the chat.
namespace scheduling {

struct LinkTools {
    const migue::Services& services;
    const Settings& settings;
    const OAuthClient& oauth;
    const GoogleAccounts& accounts;
    const LinkAttempts& attempts;
    const PhraseBook& book;
};

/// GET /link/:link. Consumes nothing: message programs fetch links for their previews.
[[nodiscard]] migue::Task<migue::RouteReply> serve_link_page(const LinkTools& tools,
                                                             const migue::RouteRequest& request);
/// POST /link/:link, the page's form: 303 to Google.
[[nodiscard]] migue::Task<migue::RouteReply> serve_link_start(const LinkTools& tools,
                                                              const migue::RouteRequest& request);
/// GET /callback, from Google: takes the tokens, then 303 to a clean address.
[[nodiscard]] migue::Task<migue::RouteReply> serve_callback(const LinkTools& tools,
                                                            const migue::RouteRequest& request);
/// GET /linked: the code, in the browser that came from Google.
[[nodiscard]] migue::Task<migue::RouteReply> serve_code_page(const LinkTools& tools,
                                                             const migue::RouteRequest& request);

}  // namespace scheduling
