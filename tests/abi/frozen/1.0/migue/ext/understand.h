/* What a message says, without a turn, offered as extension "migue.understand/1".
 *
 * What the command `migue understand` calls: pure, no clock, no network, no store. */
#ifndef MIGUE_EXT_UNDERSTAND_H
#define MIGUE_EXT_UNDERSTAND_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_UNDERSTAND_ID "migue.understand/1"

typedef struct migue_understand_request {
    uint32_t struct_size, reserved;
    migue_str text;
    migue_str intent;   /* as classified, or "" */
    migue_str timezone; /* IANA */
    migue_str locale;   /* "es", "pt-BR", or "" */
    int64_t now_unix_ms;
} migue_understand_request;

typedef struct migue_understand_v1 {
    uint32_t struct_size, reserved;
    /* Writes one JSON object: {"event":{…}|null,"times":[…],"question":…|null}. [worker] */
    migue_status (*understand)(migue_plugin*, const migue_understand_request*, migue_sink* out);
} migue_understand_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_UNDERSTAND_H */
