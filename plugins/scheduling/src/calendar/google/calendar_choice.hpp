#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "accounts/google_accounts.hpp"
#include "calendar/google/google_client.hpp"

/// Which of a person's calendars are read, and which one new events go to.
namespace scheduling {

struct CalendarInfo {
    std::string key;  ///< for Event::calendar and for choosing
    std::string account, account_label;
    std::string id, name, zone;
    bool is_primary = false;
    bool can_write = false;
    bool is_read = false;     ///< part of agendas and of the look for free time
    bool is_default = false;  ///< new events go here
};

/// Thread-safe. An account whose person allowed only their own calendar has that one alone here;
/// OAuthClient::Wish::kAllCalendars asks for more.
class CalendarChoice {
public:
    static constexpr std::size_t kMostRead = 25;  ///< of one account

    CalendarChoice(const migue::Services& services, const GoogleAccounts& accounts, GoogleClient& client)
        : services_(services), accounts_(accounts), client_(client) {}

    /// Of all living accounts, the default first, then as Google lists them. What was learned in
    /// the last ten minutes is not asked for again; then only what changed since.
    [[nodiscard]] migue::Task<migue::Result<std::vector<CalendarInfo>>> all(Caller caller) const;

    /// The same as it was last learned: tables alone, Google is not asked.
    [[nodiscard]] migue::Task<migue::Result<std::vector<CalendarInfo>>> remembered(Caller caller) const;

    /// kInvalid: there is no such calendar, or it is read-only.
    [[nodiscard]] migue::Task<migue::Result<void>> choose_default(Caller caller, std::string key) const;
    /// All that are to be read, over all accounts. kInvalid: there is none such, or too many.
    [[nodiscard]] migue::Task<migue::Result<void>> choose_reading(Caller caller,
                                                                  std::vector<std::string> keys) const;

private:
    struct Known {
        std::string id, name, zone, role;
    };
    migue::Task<migue::Result<std::vector<Known>>> known(const GoogleAccount& account) const;
    enum class Ask { kIfOld = 1, kNever };
    migue::Task<migue::Result<std::vector<CalendarInfo>>> of_accounts(Caller caller, Ask ask) const;
    migue::Task<migue::Result<std::vector<CalendarInfo>>> of_account(Caller caller, GoogleAccount account,
                                                                     Ask ask) const;
    /// Asks Google what changed since `token` ("" for all of it) and keeps it.
    migue::Task<migue::Result<void>> learn(Caller caller, GoogleAccount account, std::string token) const;

    const migue::Services services_;
    const GoogleAccounts& accounts_;
    GoogleClient& client_;
};

/// Those that words may mean ("en mi calendario personal"): the ones of just that name, else those
/// whose name has all of the words; an account's address counts as its primary calendar's name.
[[nodiscard]] std::vector<CalendarInfo> calendars_named(const std::vector<CalendarInfo>& calendars,
                                                        std::string_view words);
/// Those that may be offered for new events.
[[nodiscard]] std::vector<CalendarInfo> calendars_to_write(std::vector<CalendarInfo> calendars);

}  // namespace scheduling
