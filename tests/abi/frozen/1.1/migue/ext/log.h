/* Log lines, service id "migue.log/1".
 *
 * The host adds plugin id, generation and trace id. Never write what a person wrote, a
 * name, an address or a secret: the host redacts what it recognises, not what it cannot. */
#ifndef MIGUE_EXT_LOG_H
#define MIGUE_EXT_LOG_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_LOG_ID "migue.log/1"

#define MIGUE_LOG_DEBUG 1
#define MIGUE_LOG_INFO 2
#define MIGUE_LOG_WARN 3
#define MIGUE_LOG_ERROR 4

typedef struct migue_log_v1 {
    uint32_t struct_size, reserved;
    /* One line. `message` is a fixed text; what varies goes into fields. [any] */
    void (*write)(const migue_host*, int32_t severity, migue_str message, const migue_field* fields,
                  size_t field_count);
} migue_log_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_LOG_H */
