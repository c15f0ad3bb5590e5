#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "accounts/oauth_client.hpp"
#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"

/// The Google accounts that people linked, and their tokens: sealed in the table, opened for
/// one call at a time.
namespace scheduling {

struct GoogleAccount {
    std::string person, id;  ///< `id` is Google's "sub"
    std::string label;       ///< the address, to show
    std::string conversation;
    std::vector<std::string> calendars;  ///< those that are read; events are made in the first
    bool is_alive = true;                ///< false: must be linked anew
    bool writes = false;                 ///< new events go here
    std::int64_t consent_ms = 0;
    std::int64_t version = 0;  ///< grows when its tokens change
    std::int64_t access_until_ms = 0;
    std::string access_sealed, refresh_sealed;
};

/// A token for one call, and which one it is.
struct AccessToken {
    std::string text;
    std::int64_t version = 0;
};

/// Linked, and nobody else has this account any more: revoke it with this token.
struct Unlinked {
    bool is_last = false;
    std::string token;
};

/// Thread-safe, on any number of hosts: whoever refreshes claims the row first, for a time,
/// with no lock held over the network; the others wait for the new token.
class GoogleAccounts {
public:
    GoogleAccounts(const migue::Services& services, const OAuthClient& oauth);

    /// The writing one first, then by age.
    [[nodiscard]] migue::Task<migue::Result<std::vector<GoogleAccount>>> all(std::string person) const;

    /// Alive for at least a minute more. kUnsupported: the link is dead (and marked so).
    /// kConfig: our client is refused; links stay, and nobody is asked for a while.
    /// kUnavailable: no token in time.
    [[nodiscard]] migue::Task<migue::Result<AccessToken>> access(Caller caller, std::string account) const;
    /// Google refused this token although it should live: the next access() gets another.
    [[nodiscard]] migue::Task<migue::Result<void>> spoil(std::string person, std::string account,
                                                         std::int64_t version) const;
    /// Asks for the person's consent anew. True: it was alive until now.
    [[nodiscard]] migue::Task<migue::Result<bool>> bury(const GoogleAccount& account, std::string why) const;

    /// A new link, or the same account linked again.
    [[nodiscard]] migue::Task<migue::Result<void>> keep(GoogleAccount account, Tokens tokens) const;
    [[nodiscard]] migue::Task<migue::Result<Unlinked>> forget(std::string person, std::string account) const;
    /// The grant behind a link: whether nobody else uses it, and the token that revokes it ("" when
    /// it cannot be opened). Changes nothing.
    [[nodiscard]] migue::Task<migue::Result<Unlinked>> grant_of(const GoogleAccount& account) const;
    /// Has fresh tokens for all accounts of the person whose tokens end soon; to be run beside the
    /// turn that will need them. What fails here is told by access().
    [[nodiscard]] migue::Task<bool> warm(Caller caller) const;
    /// Whether anybody has this account linked.
    [[nodiscard]] migue::Task<migue::Result<bool>> is_linked(std::string account) const;

private:
    migue::Task<migue::Result<GoogleAccount>> load(std::string person, std::string account) const;
    migue::Task<migue::Result<AccessToken>> refresh(Caller caller, GoogleAccount account,
                                                    std::string claimant) const;
    migue::Task<migue::Result<AccessToken>> after_refusal(GoogleAccount tried, migue::Error error) const;
    migue::Task<migue::Result<bool>> claim(Caller caller, const GoogleAccount& account,
                                           std::string claimant) const;
    migue::Task<migue::Result<void>> store(const GoogleAccount& account, Tokens tokens,
                                           std::string claimant) const;
    migue::Result<AccessToken> open(const GoogleAccount& account) const;

    const migue::Services services_;
    const OAuthClient& oauth_;
    const std::uint32_t refused_client_, dead_links_;  // series
    /// Until then nobody asks: our client was refused.
    mutable std::atomic<std::int64_t> closed_until_ms_{0};
};

}  // namespace scheduling
