#include "audit/retention.hpp"

#include <nlohmann/json.hpp>

#include "accounts/people.hpp"
#include "tables/rows.hpp"

namespace scheduling {

using migue::Result;
using migue::Task;
using nlohmann::json;

migue::SqlStatement erase_audit(const std::string& person, const std::string& mark, std::string_view reason,
                                std::int64_t before_ms, std::int64_t at_ms) {
    return {
        "INSERT INTO scheduling.audit_erasures (person_id, mark_id, reason, before_ms, at_ms)"
        " VALUES ($1, $2, $3, $4, $5)",
        json::array({person, mark, reason, before_ms, at_ms}).dump(), false};
}

Task<void> Retention::remember(std::string conversation, std::string person) const {
    const std::int64_t month = services_.clock.unix_ms() / kMonthMs;
    {
        const std::lock_guard lock(mutex_);
        if (known_.contains({conversation, month})) co_return;
    }
    const std::string payload = json{{"do", "retain"}, {"person", person}}.dump();
    auto stored = co_await services_.jobs.at((month + 1) * kMonthMs + keep_ms_, conversation,
                                             "retain/" + std::to_string(month), payload);
    if (!stored) {
        services_.log.warn("the job that ends old audit rows was not stored", {{"why", stored.error().what}});
        co_return;
    }
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMostRemembered) known_.clear();
    known_.emplace(std::move(conversation), month);
}

bool Retention::is_mine(std::string_view payload_json) {
    const json payload = json::parse(payload_json, nullptr, false);
    return payload.is_object() && payload.value("do", json()) == "retain";
}

Task<Result<void>> Retention::run(std::string payload_json) const {
    const json payload = json::parse(payload_json, nullptr, false);
    const std::string person = payload.is_object() ? text_of(payload, "person") : std::string();
    auto mark = services_.vault.random(16);
    if (!mark) co_return std::move(mark).error().within("end old audit rows");
    const std::int64_t now = services_.clock.unix_ms();
    auto erased =
        co_await services_.sql.execute(erase_audit(person, to_hex(*mark), "retention", now - keep_ms_, now));
    if (!erased) co_return std::move(erased).error().within("end old audit rows");
    co_return Result<void>();
}

}  // namespace scheduling
