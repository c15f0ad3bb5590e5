/* Durable work for later, service id "migue.jobs/1".
 *
 * A job is a turn: when due, the plugin gets a turn of kind "job" in that conversation,
 * with the same order, deadline, state and single commit as a message. So what it says
 * cannot be said twice. */
#ifndef MIGUE_EXT_JOBS_H
#define MIGUE_EXT_JOBS_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_JOBS_ID "migue.jobs/1"

typedef struct migue_job {
    uint32_t struct_size, reserved;
    int64_t at_unix_ms; /* past: at once */
    migue_str key;      /* unique within plugin and conversation; a job that stands is replaced */
    migue_str conversation_id;
    migue_str payload_json; /* at most 16 KiB */
} migue_job;

typedef struct migue_jobs_v1 {
    uint32_t struct_size, reserved;
    /* done with MIGUE_OK once it is stored; result NULL. [any] */
    migue_status (*at)(const migue_host*, const migue_job*, migue_done done, void* user, uint64_t* op);
    /* done with MIGUE_OK also when there was none. [any] */
    migue_status (*cancel)(const migue_host*, migue_str conversation_id, migue_str key, migue_done done,
                           void* user, uint64_t* op);
} migue_jobs_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_JOBS_H */
