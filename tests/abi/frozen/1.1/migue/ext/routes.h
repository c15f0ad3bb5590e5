/* HTTP answered by a plugin, offered as extension "migue.routes/1".
 *
 * The host serves /p/<plugin>/… on the listener that the route asks for, caps sizes, adds
 * the security headers and checks the admin token: plugins never see it. A request is
 * answered like a turn, without waiting: respond() may come later, from a done(). */
#ifndef MIGUE_EXT_ROUTES_H
#define MIGUE_EXT_ROUTES_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_ROUTES_ID "migue.routes/1"

#define MIGUE_ROUTE_PUBLIC 1u /* http.listen, for everybody */
#define MIGUE_ROUTE_ADMIN 2u  /* admin.listen, behind the token */

typedef struct migue_route {
    uint32_t struct_size;
    uint32_t access;     /* MIGUE_ROUTE_… */
    const char* method;  /* "GET", "POST", "DELETE" */
    const char* pattern; /* below /p/<plugin>: "/feed/:file", "/events/:id"; ":x" takes one segment */
} migue_route;

typedef struct migue_route_request {
    uint32_t struct_size;
    uint32_t route; /* index into routes */
    migue_str method, path;
    const migue_field* params; /* from the pattern, decoded */
    size_t param_count;
    const migue_field* query; /* decoded */
    size_t query_count;
    const migue_field* headers; /* names in lower case; no authorization */
    size_t header_count;
    migue_str body;       /* at most 64 KiB */
    migue_str public_url; /* http.public_url, no slash at the end */
    uint64_t deadline_ns;
} migue_route_request;

typedef struct migue_route_call migue_route_call;
struct migue_route_call {
    uint32_t struct_size, reserved;
    void* ctx;
    /* Answers, exactly once. The host adds Content-Length and the security headers. [any] */
    migue_status (*respond)(migue_route_call*, int32_t status, const migue_field* headers,
                            size_t header_count, migue_str body);
};

typedef struct migue_routes_v1 {
    uint32_t struct_size, reserved;
    const migue_route* const* routes;
    size_t count;
    /* MIGUE_PENDING: respond() will follow; MIGUE_OK: it was called. Another value is
     * answered with 500 by the host. Request and call are valid until respond() returns. [worker] */
    migue_status (*handle)(migue_plugin*, const migue_route_request*, migue_route_call*);
} migue_routes_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_ROUTES_H */
