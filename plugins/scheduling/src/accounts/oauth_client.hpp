#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"
#include "settings.hpp"

/// Google's OAuth addresses: what is sent, and what an answer means. Keeps nothing and logs
/// no token, code or body.
namespace scheduling {

/// What the token endpoint gave. Never written anywhere but sealed.
struct Tokens {
    std::string access, refresh;       ///< `refresh` "" when none came: the old one stays
    std::int64_t access_life_ms = 0;   ///< from now
    std::int64_t refresh_life_ms = 0;  ///< 0: no end told
    std::vector<std::string> scopes;
};

struct Identity {
    std::string sub;    ///< stays when the address changes
    std::string email;  ///< to show
};

/// Errors of all calls: kState, the grant or code is dead; kConfig, our client is refused or
/// set up wrongly; kUnavailable, worth trying again. Thread-safe.
class OAuthClient {
public:
    OAuthClient(const migue::Services& services, const GoogleSettings& settings)
        : http_(services.http), vault_(services.vault), settings_(settings) {}

    /// What a person is asked for: keeping events on their own calendar, or also choosing among
    /// all of their calendars.
    enum class Wish { kOwnCalendar = 1, kAllCalendars };

    /// Google's consent page. The challenge is of `verifier` (PKCE, S256).
    [[nodiscard]] migue::Result<std::string> consent_url(std::string_view redirect_uri,
                                                         std::string_view state, std::string_view verifier,
                                                         std::string_view login_hint,
                                                         Wish wish = Wish::kOwnCalendar) const;

    [[nodiscard]] migue::Task<migue::Result<Tokens>> exchange(std::string code, std::string verifier,
                                                              std::string redirect_uri) const;
    [[nodiscard]] migue::Task<migue::Result<Tokens>> refresh(std::string refresh_token,
                                                             std::chrono::nanoseconds timeout) const;
    [[nodiscard]] migue::Task<migue::Result<Identity>> identity(std::string access_token) const;
    /// Done also when the token was dead already.
    [[nodiscard]] migue::Task<migue::Result<void>> revoke(std::string token,
                                                          std::chrono::nanoseconds timeout) const;

private:
    migue::Task<migue::Result<Tokens>> ask(std::string form, std::chrono::nanoseconds timeout) const;

    migue::Http http_;
    migue::Vault vault_;
    const GoogleSettings& settings_;
};

[[nodiscard]] std::vector<std::string> split_scopes(const std::string& text);

/// Whether these scopes let us list an account's calendars and write to those it may write to.
[[nodiscard]] bool may_choose_calendars(const std::vector<std::string>& scopes);
/// Whether free/busy may be asked for.
[[nodiscard]] bool may_see_busy(const std::vector<std::string>& scopes);
/// Whether these scopes let us keep events on the person's own calendar.
[[nodiscard]] bool may_keep_events(const std::vector<std::string>& scopes);

}  // namespace scheduling
