#include "reminders/reminders.hpp"

#include <nlohmann/json.hpp>

#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::int64_t kKeptMs = 2LL * 24 * 3600 * 1000;
constexpr const char* kSelect =
    "SELECT person_id, event_id, conversation_id, minutes, occurrence_ms, due_ms, sent_due_ms, locale"
    " FROM scheduling.reminders WHERE person_id = $1";

Reminder read_reminder(const json& row) {
    return {text_of(row, "person_id"),     text_of(row, "event_id"),        text_of(row, "conversation_id"),
            number_of(row, "minutes"),     number_of(row, "occurrence_ms"), number_of(row, "due_ms"),
            number_of(row, "sent_due_ms"), text_of(row, "locale")};
}

Task<Result<std::vector<Reminder>>> read_all(const migue::Services& services, migue::SqlStatement select) {
    auto answer = co_await services.sql.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("read reminders");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::vector<Reminder> found;
    for (const json& row : statements->at(0).rows) found.push_back(read_reminder(row));
    co_return found;
}

}  // namespace

Task<Result<void>> Reminders::put(Reminder reminder, std::int64_t wake_ms) const {
    const std::int64_t now = services_.clock.unix_ms();
    migue::SqlStatement upsert{
        "INSERT INTO scheduling.reminders (person_id, event_id, conversation_id, minutes, occurrence_ms, "
        "due_ms,"
        " sent_due_ms, locale, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (person_id, event_id) DO UPDATE SET conversation_id = excluded.conversation_id,"
        " minutes = excluded.minutes, occurrence_ms = excluded.occurrence_ms, due_ms = excluded.due_ms,"
        " sent_due_ms = excluded.sent_due_ms, locale = excluded.locale",
        json::array({reminder.person, reminder.event, reminder.conversation, reminder.minutes,
                     reminder.occurrence_ms, reminder.due_ms, reminder.sent_due_ms, reminder.locale, now})
            .dump(),
        false};
    migue::SqlStatement tidy{
        "DELETE FROM scheduling.reminders WHERE person_id = $1 AND due_ms = 0 AND sent_due_ms < $2",
        json::array({reminder.person, now - kKeptMs}).dump(), false};
    auto written = co_await services_.sql.execute(std::move(upsert), std::move(tidy));
    if (!written) co_return std::move(written).error().within("keep a reminder");
    if (reminder.due_ms == 0) co_return Result<void>();
    const std::string payload = json{
        {"do", "remind"},
        {"person", reminder.person},
        {"event", reminder.event},
        {"due", reminder.due_ms},
        {"start",
         reminder.occurrence_ms}}.dump();
    auto stored =
        co_await services_.jobs.at(wake_ms, reminder.conversation, job_key(reminder.event), payload);
    if (!stored) co_return std::move(stored).error().within("wake up for a reminder");
    co_return Result<void>();
}

Task<Result<std::optional<Reminder>>> Reminders::find(std::string person, std::string event) const {
    migue::SqlStatement select{std::string(kSelect) + " AND event_id = $2",
                               json::array({person, event}).dump(), false};
    auto found = co_await read_all(services_, std::move(select));
    if (!found) co_return std::move(found).error();
    std::optional<Reminder> one;
    if (!found->empty()) one = std::move(found->front());
    co_return one;
}

Task<Result<std::vector<Reminder>>> Reminders::all(std::string person) const {
    migue::SqlStatement select{std::string(kSelect) + " AND due_ms > 0 ORDER BY due_ms, event_id LIMIT 100",
                               json::array({person}).dump(), false};
    co_return co_await read_all(services_, std::move(select));
}

Task<Result<void>> Reminders::remove(Reminder reminder) const {
    migue::SqlStatement erase{"DELETE FROM scheduling.reminders WHERE person_id = $1 AND event_id = $2",
                              json::array({reminder.person, reminder.event}).dump(), false};
    auto erased = co_await services_.sql.execute(std::move(erase));
    if (!erased) co_return std::move(erased).error().within("remove a reminder");
    auto cancelled = co_await services_.jobs.cancel(reminder.conversation, job_key(reminder.event));
    if (!cancelled)
        services_.log.warn("a reminder's job stays and will find nothing", {{"why", cancelled.error().what}});
    co_return Result<void>();
}

}  // namespace scheduling
