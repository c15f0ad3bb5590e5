#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/google_accounts.hpp"
#include "accounts/oauth_client.hpp"
#include "calendar/calendar.hpp"
#include "migue/cpp/services.hpp"

/// Everything that is kept about one person, to be given to them or to be taken away.
namespace scheduling {

/// Rows of a person, by table.
using RowCounts = std::map<std::string, std::int64_t>;

struct ErasedData {
    RowCounts rows;
    std::vector<std::string> revoked;    ///< addresses whose grant Google took back
    std::vector<std::string> unrevoked;  ///< it did not answer: they may remove the app in their account
    std::vector<std::string> shared;     ///< somebody else has the same account linked: left as it is
};

/// Thread-safe. Events in a Google Calendar are the person's own and stay there. A draft travels
/// in the conversation's state: whoever calls erase() clears that as well, and the jobs it stored.
class PersonalData {
public:
    PersonalData(const migue::Services& services, const OAuthClient& oauth, const GoogleAccounts& accounts)
        : services_(services), oauth_(oauth), accounts_(accounts) {}

    /// One JSON document: {"person","at_ms","tables":{name:[row,…]},"shortened":[name,…]}. No token
    /// and no hash is in it; a table of more than 5,000 rows is cut there and named.
    [[nodiscard]] migue::Task<migue::Result<std::string>> export_json(std::string person) const;

    /// What erase() would take.
    [[nodiscard]] migue::Task<migue::Result<RowCounts>> count(std::string person) const;

    /// Revokes their grants at Google, then deletes every row of theirs; the audit keeps one mark
    /// without person. Repeating it finishes what was cut off. On an error of the store some of it
    /// may still be there.
    [[nodiscard]] migue::Task<migue::Result<ErasedData>> erase(Caller caller) const;

private:
    migue::Task<migue::Result<void>> take_back_grants(Caller caller, ErasedData& erased) const;

    const migue::Services services_;
    const OAuthClient& oauth_;
    const GoogleAccounts& accounts_;
};

/// The plugin's tables that have rows of people. A test holds it to the catalog.
[[nodiscard]] const std::vector<std::string_view>& personal_tables();

}  // namespace scheduling
