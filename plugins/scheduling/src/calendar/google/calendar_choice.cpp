#include "calendar/google/calendar_choice.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "accounts/web_text.hpp"
#include "calendar/google/places.hpp"
#include "calendar/side_by_side.hpp"
#include "language/text.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::int64_t kFreshMs = 10 * 60 * 1000;
constexpr int kMostPages = 8;

std::string text(const json& item, const char* name) {
    const auto found = item.find(name);
    return found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_true(const json& item, const char* name) {
    const auto found = item.find(name);
    return found != item.end() && found->is_boolean() && found->get<bool>();
}

ApiRequest list_request(const std::string& token, const std::string& page) {
    ApiRequest request;
    request.path = "users/me/calendarList";
    request.query = write_form({{"maxResults", "250"},
                                {"fields",
                                 "nextPageToken,nextSyncToken,items(id,summary,summaryOverride,timeZone,"
                                 "accessRole,primary,deleted)"}});
    if (!token.empty()) request.query += "&syncToken=" + percent_encode(token);
    if (!page.empty()) request.query += "&pageToken=" + percent_encode(page);
    return request;
}

migue::SqlStatement keep_calendar(const GoogleAccount& account, const json& item) {
    const std::string id = is_true(item, "primary") ? std::string(kPrimary) : text(item, "id");
    if (is_true(item, "deleted"))
        return {
            "DELETE FROM scheduling.known_calendars WHERE person_id = $1 AND account_id = $2 AND calendar_id "
            "= $3",
            json::array({account.person, account.id, id}).dump(), false};
    std::string name = text(item, "summaryOverride");
    if (name.empty()) name = text(item, "summary");
    return {
        "INSERT INTO scheduling.known_calendars (person_id, account_id, calendar_id, name, zone, role)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id, account_id, calendar_id) DO UPDATE SET"
        " name = excluded.name, zone = excluded.zone, role = excluded.role",
        json::array({account.person, account.id, id, name, text(item, "timeZone"), text(item, "accessRole")})
            .dump(-1, ' ', false, json::error_handler_t::replace),
        false};
}

bool is_for_writing(std::string_view role) {
    return role == "owner" || role == "writer";
}

CalendarInfo primary_of(const GoogleAccount& account) {
    CalendarInfo info;
    info.id = kPrimary;
    info.name = account.label;
    info.is_primary = info.can_write = true;
    return info;
}

bool has_all_words(const std::string& name, const std::string& words) {
    std::istringstream in(words);
    const std::string padded = " " + name + " ";
    bool any = false;
    for (std::string word; in >> word;) {
        if (padded.find(" " + word + " ") == std::string::npos) return false;
        any = true;
    }
    return any;
}

}  // namespace

Task<Result<void>> CalendarChoice::learn(Caller caller, GoogleAccount account, std::string token) const {
    std::vector<migue::SqlStatement> changes;
    const migue::SqlStatement forget{
        "DELETE FROM scheduling.known_calendars WHERE person_id = $1 AND account_id = $2",
        json::array({account.person, account.id}).dump(), false};
    if (token.empty()) changes.push_back(forget);
    std::string page, next_token;
    for (int pages = 0; pages < kMostPages; ++pages) {
        ApiRequest request = list_request(token, page);
        auto answer = co_await client_.call(caller, account, std::move(request));
        if (!answer) co_return std::move(answer).error();
        // Google has forgotten where that token was: all of it again.
        if (answer->error.verdict == Verdict::kDeleted && !token.empty())
            co_return co_await learn(std::move(caller), std::move(account), "");
        if (answer->error.verdict != Verdict::kFine) co_return to_error(answer->error, answer->status);
        if (answer->body.contains("items") && answer->body.at("items").is_array())
            for (const json& item : answer->body.at("items"))
                if (item.is_object()) changes.push_back(keep_calendar(account, item));
        page = answer->body.value("nextPageToken", "");
        next_token = answer->body.value("nextSyncToken", "");
        if (page.empty()) break;
    }
    changes.push_back(
        {"UPDATE scheduling.calendar_credentials SET list_token = $3, listed_ms = $4"
         " WHERE person_id = $1 AND account_id = $2",
         json::array({account.person, account.id, next_token, services_.clock.unix_ms()}).dump(), false});
    auto written = co_await services_.sql.execute(std::move(changes));
    if (!written) co_return std::move(written).error().within("keep the list of calendars");
    co_return Result<void>();
}

Task<Result<std::vector<CalendarChoice::Known>>> CalendarChoice::known(const GoogleAccount& account) const {
    migue::SqlStatement select{
        "SELECT calendar_id, name, zone, role FROM scheduling.known_calendars WHERE person_id = $1 AND "
        "account_id = $2"
        " ORDER BY CASE WHEN calendar_id = 'primary' THEN 0 ELSE 1 END, name, calendar_id",
        json::array({account.person, account.id}).dump(), false};
    auto answer = co_await services_.sql.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("known calendars");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::vector<Known> calendars;
    for (const json& row : statements->at(0).rows)
        calendars.push_back(
            {text_of(row, "calendar_id"), text_of(row, "name"), text_of(row, "zone"), text_of(row, "role")});
    co_return calendars;
}

Task<Result<std::vector<CalendarInfo>>> CalendarChoice::of_account(Caller caller, GoogleAccount account,
                                                                   Ask ask) const {
    std::vector<CalendarInfo> calendars;
    if (may_choose_calendars(account.scopes)) {
        if (ask == Ask::kIfOld && account.listed_ms + kFreshMs < services_.clock.unix_ms()) {
            auto learned = co_await learn(std::move(caller), account, account.list_token);
            if (!learned) co_return std::move(learned).error();
        }
        auto listed = co_await known(account);
        if (!listed) co_return std::move(listed).error();
        for (Known& one : *listed) {
            CalendarInfo info;
            info.id = std::move(one.id);
            info.name = std::move(one.name);
            info.zone = std::move(one.zone);
            info.is_primary = info.id == kPrimary;
            info.can_write = is_for_writing(one.role);
            calendars.push_back(std::move(info));
        }
    }
    if (calendars.empty()) calendars.push_back(primary_of(account));
    for (CalendarInfo& one : calendars) {
        one.account = account.id;
        one.account_label = account.label;
        one.key = calendar_key(account.id, one.id);
        one.is_read =
            std::find(account.calendars.begin(), account.calendars.end(), one.id) != account.calendars.end();
        one.is_default = account.writes && one.id == account.write_calendar;
    }
    co_return calendars;
}

Task<Result<std::vector<CalendarInfo>>> CalendarChoice::all(Caller caller) const {
    co_return co_await of_accounts(std::move(caller), Ask::kIfOld);
}

Task<Result<std::vector<CalendarInfo>>> CalendarChoice::remembered(Caller caller) const {
    co_return co_await of_accounts(std::move(caller), Ask::kNever);
}

Task<Result<std::vector<CalendarInfo>>> CalendarChoice::of_accounts(Caller caller, Ask ask) const {
    auto accounts = co_await accounts_.all(caller.person);
    if (!accounts) co_return std::move(accounts).error();
    std::erase_if(*accounts, [](const GoogleAccount& account) { return !account.is_alive; });
    if (accounts->empty()) co_return Error{Error::Code::kUnsupported, std::string(kWhyNotLinked)};
    std::vector<Task<Result<std::vector<CalendarInfo>>>> looks;
    for (const GoogleAccount& account : *accounts) looks.push_back(of_account(caller, account, ask));
    auto told = co_await side_by_side(std::move(looks));
    std::vector<CalendarInfo> all;
    for (auto& one : told) {
        if (!one) co_return std::move(one).error();
        all.insert(all.end(), one->begin(), one->end());
    }
    std::stable_partition(all.begin(), all.end(), [](const CalendarInfo& one) { return one.is_default; });
    co_return all;
}

Task<Result<void>> CalendarChoice::choose_default(Caller caller, std::string key) const {
    auto calendars = co_await all(caller);
    if (!calendars) co_return std::move(calendars).error();
    const auto chosen = std::find_if(calendars->begin(), calendars->end(),
                                     [&](const CalendarInfo& one) { return one.key == key; });
    if (chosen == calendars->end())
        co_return Error{Error::Code::kInvalid, "choose a calendar: there is none such"};
    if (!chosen->can_write) co_return Error{Error::Code::kInvalid, "choose a calendar: it is read-only"};
    auto done = co_await accounts_.write_to(caller.person, chosen->account, chosen->id);
    if (!done) co_return std::move(done).error();
    if (!*done)
        co_return Error{Error::Code::kInvalid, "choose a calendar: its account is not linked any more"};
    co_return Result<void>();
}

Task<Result<void>> CalendarChoice::choose_reading(Caller caller, std::vector<std::string> keys) const {
    auto calendars = co_await all(caller);
    if (!calendars) co_return std::move(calendars).error();
    std::map<std::string, std::vector<std::string>> chosen;
    for (const CalendarInfo& one : *calendars) chosen[one.account];
    for (const std::string& key : keys) {
        const auto found = std::find_if(calendars->begin(), calendars->end(),
                                        [&](const CalendarInfo& one) { return one.key == key; });
        if (found == calendars->end())
            co_return Error{Error::Code::kInvalid, "choose calendars: there is none such"};
        chosen[found->account].push_back(found->id);
        if (chosen[found->account].size() > kMostRead)
            co_return Error{Error::Code::kInvalid, "choose calendars: at most 25 of one account"};
    }
    for (auto& [account, ids] : chosen) {
        auto done = co_await accounts_.read_from(caller.person, account, std::move(ids));
        if (!done) co_return std::move(done).error();
    }
    co_return Result<void>();
}

std::vector<CalendarInfo> calendars_named(const std::vector<CalendarInfo>& calendars,
                                          std::string_view words) {
    const std::string wanted = language::fold(words);
    std::vector<CalendarInfo> exact, partly;
    for (const CalendarInfo& one : calendars) {
        const std::string name = language::fold(one.name);
        const bool is_it = name == wanted || (one.is_primary && language::fold(one.account_label) == wanted);
        if (is_it)
            exact.push_back(one);
        else if (has_all_words(name, wanted))
            partly.push_back(one);
    }
    return exact.empty() ? partly : exact;
}

std::vector<CalendarInfo> calendars_to_write(std::vector<CalendarInfo> calendars) {
    std::erase_if(calendars, [](const CalendarInfo& one) { return !one.can_write; });
    return calendars;
}

}  // namespace scheduling
