/* What every service with operations shares: the form of a completion. */
#ifndef MIGUE_EXT_OPERATION_H
#define MIGUE_EXT_OPERATION_H

#include "migue/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every accepted operation gets exactly one done(), on a worker, also when cancelled:
 * free `user` there. `result` is the service's result struct or NULL; it is borrowed until
 * done() returns. An operation belongs to the turn in which it was started: it keeps the
 * plugin's code loaded, and its done() never overlaps another call for that turn. */
typedef void (*migue_done)(void* user, migue_status status, const void* result);

/* A named value. Frozen for the major. */
typedef struct migue_field {
    migue_str key, value;
} migue_field;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_OPERATION_H */
