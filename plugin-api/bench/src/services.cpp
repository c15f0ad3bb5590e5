// The small services: clock, log and timer; and the list of all.
#include <algorithm>
#include <array>

#include "migue/cpp/text.hpp"
#include "migue/ext/clock.h"
#include "migue/ext/http.h"
#include "migue/ext/intents.h"
#include "migue/ext/jobs.h"
#include "migue/ext/log.h"
#include "migue/ext/media.h"
#include "migue/ext/metrics.h"
#include "migue/ext/sql.h"
#include "migue/ext/timer.h"
#include "migue/ext/vault.h"
#include "world.hpp"

namespace migue::bench {

namespace {

std::uint64_t monotonic_ns(const migue_host* host) noexcept {
    const World* world = world_of(host);
    return world == nullptr ? 0 : world->time.now_ns();
}

std::int64_t unix_ms(const migue_host* host) noexcept {
    const World* world = world_of(host);
    return world == nullptr ? 0 : world->time.unix_ms();
}

void write_log(const migue_host* host, std::int32_t severity, migue_str message, const migue_field* fields,
               std::size_t count) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return;
    LogLine line{severity, std::string(to_view(message)), {}};
    for (std::size_t i = 0; i < count; ++i)
        line.fields.emplace(to_view(fields[i].key), to_view(fields[i].value));
    if (severity < MIGUE_LOG_DEBUG || severity > MIGUE_LOG_ERROR)
        world->breaches.add("log: unknown severity " + std::to_string(severity));
    world->log.push_back(std::move(line));
}

migue_status start_timer(const migue_host* host, std::uint64_t delay_ns, migue_done done, void* user,
                         std::uint64_t* op) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (done == nullptr) return MIGUE_E_INVALID;
    if (const migue_status refused = world->admit(); refused != MIGUE_OK) return refused;
    const std::uint64_t latest = UINT64_MAX - world->time.now_ns();
    return world->accept(world->time.now_ns() + std::min(delay_ns, latest), MIGUE_OK, done, user, op);
}

void cancel_timer(const migue_host* host, std::uint64_t op) noexcept {
    if (World* world = world_of(host); world != nullptr) world->time.cancel(op);
}

constexpr migue_clock_v1 kClock{sizeof(migue_clock_v1), 0, monotonic_ns, unix_ms};
constexpr migue_log_v1 kLog{sizeof(migue_log_v1), 0, write_log};
constexpr migue_timer_v1 kTimer{sizeof(migue_timer_v1), 0, start_timer, cancel_timer};

}  // namespace

const void* service_table(std::string_view id) noexcept {
    if (id == MIGUE_CLOCK_ID) return &kClock;
    if (id == MIGUE_LOG_ID) return &kLog;
    if (id == MIGUE_TIMER_ID) return &kTimer;
    if (id == MIGUE_HTTP_ID) return http_table();
    if (id == MIGUE_INTENTS_ID) return intents_table();
    if (id == MIGUE_JOBS_ID) return jobs_table();
    if (id == MIGUE_MEDIA_ID) return media_table();
    if (id == MIGUE_METRICS_ID) return metrics_table();
    if (id == MIGUE_SQL_ID) return sql_table();
    if (id == MIGUE_VAULT_ID) return vault_table();
    return nullptr;
}

}  // namespace migue::bench
