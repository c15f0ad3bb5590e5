/* Files in the chat, service id "migue.media/1".
 *
 * What a person sent (a voice note, a document) stays with the channel: it is fetched by the
 * "id" in input_json "media", whole and checked, and the host keeps no copy. A file for a
 * person is uploaded first, and sent by a reply of kind "document" that names it.
 *
 * `place` is "media" of the turn's channel_json; a channel without it carries no files. */
#ifndef MIGUE_EXT_MEDIA_H
#define MIGUE_EXT_MEDIA_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_MEDIA_ID "migue.media/1"

typedef struct migue_media_fetch {
    uint32_t struct_size, reserved;
    migue_str place, media_id;
    size_t max_bytes;    /* 1 to 16 MiB */
    uint64_t timeout_ns; /* 0: the turn's deadline, else 10 s */
} migue_media_fetch;

typedef struct migue_media_upload {
    uint32_t struct_size, reserved;
    migue_str place;
    migue_str mime_type, file_name; /* what the person sees; a name without folders */
    migue_str bytes;                /* 1 byte to 16 MiB */
    uint64_t timeout_ns;            /* as above */
} migue_media_upload;

/* Of fetch(): mime_type and bytes. Of upload(): media_id, for the reply; it is good for days. */
typedef struct migue_media_file {
    uint32_t struct_size, reserved;
    migue_str media_id, mime_type, bytes;
} migue_media_file;

typedef struct migue_media_v1 {
    uint32_t struct_size, reserved;
    /* result: migue_media_file with MIGUE_OK, else NULL.
     *   MIGUE_E_UNSUPPORTED  larger than max_bytes, or the channel carries no files
     *   MIGUE_E_CONFLICT     fetch: it is gone, and will not come back
     *   MIGUE_E_UNAVAILABLE  not now: too much under way, or the channel does not answer
     *   MIGUE_E_DEADLINE     no full answer in time
     *   MIGUE_E_INTERNAL     an answer that cannot be trusted: not the bytes that were promised
     * Returns MIGUE_E_INVALID for a malformed request. [any] */
    migue_status (*fetch)(const migue_host*, const migue_media_fetch*, migue_done done, void* user,
                          uint64_t* op);
    migue_status (*upload)(const migue_host*, const migue_media_upload*, migue_done done, void* user,
                           uint64_t* op);
    void (*cancel)(const migue_host*, uint64_t op); /* [any] */
} migue_media_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_MEDIA_H */
