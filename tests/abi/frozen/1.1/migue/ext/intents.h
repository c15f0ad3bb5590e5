/* What words ask for, service id "migue.intents/1": the host's own reading of a message, for
 * words that did not come as one, such as those of a voice note. */
#ifndef MIGUE_EXT_INTENTS_H
#define MIGUE_EXT_INTENTS_H

#include "migue/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_INTENTS_ID "migue.intents/1"

typedef struct migue_intents_v1 {
    uint32_t struct_size, reserved;
    /* Where the text would have gone, had it been typed in a conversation of that language ("":
     * unknown) with no question open: writes {"intent","plugin","confidence","locale"} to `out`.
     * Takes well under a millisecond of the calling thread. MIGUE_E_UNAVAILABLE: the host does not
     * route yet. At most 4096 bytes. [any] */
    migue_status (*classify)(const migue_host*, migue_str text, migue_str locale, migue_sink* out);
} migue_intents_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_INTENTS_H */
