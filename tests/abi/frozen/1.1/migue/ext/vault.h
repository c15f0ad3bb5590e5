/* Secrets and chance, service id "migue.vault/1".
 *
 * Sealing is authenticated encryption under the operator's keys, with the key's id inside,
 * so keys can be rotated. `context` is bound to the sealed text and must be the same to
 * open it: name table, column and row ("calendar_credentials/refresh_token/<person>"), so
 * a sealed token cannot be moved to another person. The host adds the plugin's id. */
#ifndef MIGUE_EXT_VAULT_H
#define MIGUE_EXT_VAULT_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_VAULT_ID "migue.vault/1"

typedef struct migue_vault_v1 {
    uint32_t struct_size, reserved;
    /* Writes the sealed form, printable text, to `out`. [any] */
    migue_status (*seal)(const migue_host*, migue_str plain, migue_str context, migue_sink* out);
    /* MIGUE_E_INVALID: not sealed by us, altered, for another context, or its key is gone. [any] */
    migue_status (*open)(const migue_host*, migue_str sealed, migue_str context, migue_sink* out);
    /* Bytes no one can guess; size at most 4096. [any] */
    migue_status (*random)(const migue_host*, size_t size, migue_sink* out);
    /* The 32 bytes of SHA-256. [any] */
    migue_status (*sha256)(const migue_host*, migue_str bytes, migue_sink* out);
} migue_vault_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_VAULT_H */
