#include <nlohmann/json.hpp>

#include "migue/cpp/copy_struct.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/jobs.h"
#include "world.hpp"

namespace migue::bench {

namespace {

constexpr std::size_t kMaxPayload = 16 * 1024;

migue_status at(const migue_host* host, const migue_job* raw, migue_done done, void* user,
                std::uint64_t* op) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (raw == nullptr || done == nullptr) return MIGUE_E_INVALID;
    const migue_job job = copy_struct(*raw);
    if (job.key.size == 0 || job.conversation_id.size == 0 || job.payload_json.size > kMaxPayload ||
        !nlohmann::json::accept(to_view(job.payload_json)))
        return MIGUE_E_INVALID;
    if (const migue_status refused = world->admit(); refused != MIGUE_OK) return refused;
    world->jobs.put({job.at_unix_ms, std::string(to_view(job.conversation_id)), std::string(to_view(job.key)),
                     std::string(to_view(job.payload_json))});
    return world->accept(world->time.now_ns(), MIGUE_OK, done, user, op);
}

migue_status cancel(const migue_host* host, migue_str conversation_id, migue_str key, migue_done done,
                    void* user, std::uint64_t* op) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (done == nullptr || key.size == 0 || conversation_id.size == 0) return MIGUE_E_INVALID;
    if (const migue_status refused = world->admit(); refused != MIGUE_OK) return refused;
    world->jobs.remove(std::string(to_view(conversation_id)), std::string(to_view(key)));
    return world->accept(world->time.now_ns(), MIGUE_OK, done, user, op);
}

constexpr migue_jobs_v1 kJobs{sizeof(migue_jobs_v1), 0, at, cancel};

}  // namespace

const void* jobs_table() noexcept {
    return &kJobs;
}

}  // namespace migue::bench
