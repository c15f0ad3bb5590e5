/* Metrics, service id "migue.metrics/1".
 *
 * Register in create(), record anywhere. A series keeps its name across generations:
 * migue_plugin_<plugin>_<name>. */
#ifndef MIGUE_EXT_METRICS_H
#define MIGUE_EXT_METRICS_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_METRICS_ID "migue.metrics/1"

typedef struct migue_metrics_v1 {
    uint32_t struct_size, reserved;
    /* Name: [a-z][a-z0-9_]*. The same name gives the same handle. MIGUE_E_INVALID for a bad
     * name or a name that has the other kind. [any] */
    migue_status (*counter)(const migue_host*, migue_str name, uint32_t* handle);
    migue_status (*histogram)(const migue_host*, migue_str name, uint32_t* handle);
    /* Adds to a counter (value >= 0), observes into a histogram (seconds or bytes). [any] */
    void (*record)(const migue_host*, uint32_t handle, double value);
} migue_metrics_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_METRICS_H */
