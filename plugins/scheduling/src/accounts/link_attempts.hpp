#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/google_accounts.hpp"
#include "migue/cpp/services.hpp"

/// From "connect my calendar" in the chat to a linked account: a link, used once in one
/// browser, then a code that counts only in the chat the link was sent to. Until the code
/// comes the tokens wait sealed, and go when the time is over.
namespace scheduling {

inline constexpr std::int64_t kLinkLifeMs = 10 * 60 * 1000;
inline constexpr std::int64_t kCodeLifeMs = 10 * 60 * 1000;

/// What a link is asked for.
struct LinkRequest {
    std::string person, conversation, locale;
    std::string login_hint;  ///< the account to link again; ""
    std::string shown_as;    ///< what the page shows of the chat's number, masked; "" unknown
    OAuthClient::Wish wish = OAuthClient::Wish::kOwnCalendar;
};

struct LinkAttempt {
    std::string person, link_hash, conversation, locale, login_hint, shown_as;
    bool is_fresh = false;  ///< nobody has pressed the button yet
};

/// What goes to Google with the state, once.
struct Departure {
    std::string state, verifier, login_hint;
    OAuthClient::Wish wish = OAuthClient::Wish::kOwnCalendar;
};

/// What came back from Google belongs to this.
struct Arrival {
    LinkAttempt attempt;
    std::string verifier;
};

struct Redeemed {
    enum class Kind {
        kLinked = 1,
        kWrong,    ///< another code; some tries are left
        kSpent,    ///< too many wrong ones: a new link is needed
        kNothing,  ///< nothing is waiting for a code here
    };
    Kind kind = Kind::kNothing;
    GoogleAccount account;
};

/// Thread-safe.
class LinkAttempts {
public:
    LinkAttempts(const migue::Services& services, const GoogleAccounts& accounts)
        : services_(services), accounts_(accounts) {}

    /// A new link's secret; older ones that nobody has used are void from now on.
    [[nodiscard]] migue::Task<migue::Result<std::string>> begin(LinkRequest request) const;
    /// Nothing: unknown or too old. Consumes nothing.
    [[nodiscard]] migue::Task<migue::Result<std::optional<LinkAttempt>>> find(std::string link) const;
    /// The button was pressed in the browser with this cookie. Nothing: used before, or too old.
    [[nodiscard]] migue::Task<migue::Result<std::optional<Departure>>> depart(std::string link,
                                                                              std::string cookie) const;
    /// Google sent that browser back. Once; nothing: another browser, a second time, too late.
    [[nodiscard]] migue::Task<migue::Result<std::optional<Arrival>>> arrive(std::string state,
                                                                            std::string cookie) const;
    /// Keeps the tokens until the code comes.
    [[nodiscard]] migue::Task<migue::Result<void>> hold(const LinkAttempt& attempt, const Identity& identity,
                                                        const Tokens& tokens) const;
    /// The code to show in that browser, or nothing.
    [[nodiscard]] migue::Task<migue::Result<std::optional<std::string>>> code_for(std::string cookie) const;
    /// A code typed by that person in that conversation.
    [[nodiscard]] migue::Task<migue::Result<Redeemed>> redeem(std::string person, std::string conversation,
                                                              std::string code) const;

private:
    migue::Result<std::string> hash_of(std::string_view purpose, std::string_view secret) const;
    migue::Result<std::string> new_secret() const;
    migue::Result<std::string> new_code() const;

    const migue::Services services_;
    const GoogleAccounts& accounts_;
};

/// The code in a text that is nothing but a code ("k7qm 2xrd"), as it was shown; or nothing.
[[nodiscard]] std::optional<std::string> code_in(std::string_view text);

}  // namespace scheduling
