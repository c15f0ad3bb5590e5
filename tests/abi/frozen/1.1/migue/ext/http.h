/* HTTP requests to outside services, service id "migue.http/1".
 *
 * TLS, connection reuse, proxy and time limits are the host's. A request goes only to
 * addresses that the plugin's config names under an "x-egress" key of its schema: same
 * scheme, host and port, and a path below the one configured. Redirects are not followed. */
#ifndef MIGUE_EXT_HTTP_H
#define MIGUE_EXT_HTTP_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_HTTP_ID "migue.http/1"

typedef struct migue_http_request {
    uint32_t struct_size, reserved;
    migue_str method; /* "GET", "POST", "PUT", "PATCH", "DELETE" */
    migue_str url;    /* absolute */
    const migue_field* headers;
    size_t header_count;
    migue_str body;
    uint64_t timeout_ns; /* 0: the turn's deadline, else 10 s */
    size_t max_response; /* bytes of body; 0: 1 MiB */
} migue_http_request;

typedef struct migue_http_response {
    uint32_t struct_size;
    int32_t status;             /* 100 to 599 */
    const migue_field* headers; /* names in lower case */
    size_t header_count;
    migue_str body;
} migue_http_response;

typedef struct migue_http_v1 {
    uint32_t struct_size, reserved;
    /* result: migue_http_response with MIGUE_OK (any HTTP status), else NULL.
     *   MIGUE_E_UNAVAILABLE  refused or failed before the request was written: not processed
     *   MIGUE_E_DEADLINE     no full answer in time: it may have been processed
     *   MIGUE_E_INTERNAL     broken off after the request was written: it may have been processed
     * Returns MIGUE_E_INVALID for a malformed request or an address not allowed. [any] */
    migue_status (*send)(const migue_host*, const migue_http_request*, migue_done done, void* user,
                         uint64_t* op);
    void (*cancel)(const migue_host*, uint64_t op); /* [any] */
} migue_http_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_HTTP_H */
