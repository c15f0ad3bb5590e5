/* Clocks, service id "migue.clock/1": the only clocks a plugin reads, so tests can fake them. */
#ifndef MIGUE_EXT_CLOCK_H
#define MIGUE_EXT_CLOCK_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_CLOCK_ID "migue.clock/1"

typedef struct migue_clock_v1 {
    uint32_t struct_size, reserved;
    uint64_t (*monotonic_ns)(const migue_host*); /* [any] */
    int64_t (*unix_ms)(const migue_host*);       /* [any] */
} migue_clock_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_CLOCK_H */
