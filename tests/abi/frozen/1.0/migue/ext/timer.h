/* Timers, service id "migue.timer/1".
 *
 * The way to do something later, or off the current thread: plugins start no threads. A
 * pending timer holds the generation, so its code cannot be unloaded. For what must
 * survive a restart: ext/jobs.h. */
#ifndef MIGUE_EXT_TIMER_H
#define MIGUE_EXT_TIMER_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_TIMER_ID "migue.timer/1"

typedef struct migue_timer_v1 {
    uint32_t struct_size, reserved;
    /* Calls done(user, MIGUE_OK, NULL) on a worker once delay_ns has passed; 0 means as soon
     * as a worker is free. Accepted means exactly one done(), with MIGUE_E_CANCELLED if it
     * was cancelled. MIGUE_E_STATE after quiesce(): not accepted, no done(). [any] */
    migue_status (*start)(const migue_host*, uint64_t delay_ns, migue_done done, void* user, uint64_t* op);
    /* Unknown or finished operations are ignored. [any] */
    void (*cancel)(const migue_host*, uint64_t op);
} migue_timer_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_TIMER_H */
