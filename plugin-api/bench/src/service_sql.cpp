#include "migue/ext/sql.h"

#include "migue/cpp/text.hpp"
#include "world.hpp"

namespace migue::bench {

namespace {

using Outcome = sql::Schema::Outcome;

void deliver(const Outcome& outcome, bool cancelled, migue_done done, void* user) {
    if (cancelled || outcome.json.empty()) {
        done(user, cancelled ? MIGUE_E_CANCELLED : outcome.status, nullptr);
        return;
    }
    const migue_sql_result result{sizeof(migue_sql_result), 0, to_c(outcome.json)};
    done(user, outcome.status, &result);
}

Outcome run(World& world, const migue_sql_statement* const* statements, std::size_t count) {
    if (world.next_sql) {
        const migue_status status = *std::exchange(world.next_sql, std::nullopt);
        return {status, status == MIGUE_E_CONFLICT ? R"({"statement":0})" : "", "the test says so"};
    }
    return world.schema->execute(statements, count);
}

migue_status execute(const migue_host* host, const migue_sql_statement* const* statements, std::size_t count,
                     migue_done done, void* user, std::uint64_t* op) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (done == nullptr || (statements == nullptr && count != 0)) return MIGUE_E_INVALID;
    if (const migue_status refused = world->admit(); refused != MIGUE_OK) return refused;
    Outcome outcome = run(*world, statements, count);
    if (outcome.status == MIGUE_E_INVALID)
        world->log.push_back({4, "sql refused", {{"why", outcome.why}}});  // as the host does
    return world->accept(
        world->time.now_ns(),
        [=, outcome = std::move(outcome)](bool cancelled) { deliver(outcome, cancelled, done, user); }, op);
}

void cancel(const migue_host* host, std::uint64_t op) noexcept {
    if (World* world = world_of(host); world != nullptr) world->time.cancel(op);
}

constexpr migue_sql_v1 kSql{sizeof(migue_sql_v1), 0, execute, cancel};

}  // namespace

const void* sql_table() noexcept {
    return &kSql;
}

}  // namespace migue::bench
