/* The border between migue and a plugin, ABI 1.0.
 *
 * A plugin is one shared library that exports one symbol, `migue_entry_v1`. Only C data
 * crosses: no C++ type, no allocator, no exception. What is optional is fetched by a
 * versioned id through `migue_host.service` (ext/<name>.h) or offered by
 * `migue_plugin.extension`.
 *
 * Growth. Structs that start with `struct_size` grow only at their end. Whoever fills one
 * sets struct_size to its own sizeof; whoever reads one copies the smaller of the two
 * sizes into a zeroed struct, so an absent field is zero, and zero means the old
 * behaviour. `migue_str` and `migue_field` never grow within a major.
 *
 * Threads. The tags name symbolic threads, they say what may overlap:
 *   [control]  never two at once for one instance; may overlap [worker]
 *   [worker]   the host's pool; at most `max_concurrency` at once for one instance, and
 *              never two turns at once for one conversation, across generations too
 *   [any]      from inside any call of the host into the plugin, or inside a done()
 *
 * Ownership. Pointers passed in are borrowed until the call returns: to keep is to copy.
 * Nobody frees what the other side allocated.
 *
 * Waiting. Nothing here waits. A turn that needs a service returns MIGUE_PENDING and goes
 * on inside the operation's done(). C++ authors write this as a coroutine: cpp/plugin.hpp.
 */
#ifndef MIGUE_PLUGIN_H
#define MIGUE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_ABI_MAJOR 1u
#define MIGUE_ABI_MINOR 1u
#define MIGUE_EXPORT __attribute__((visibility("default")))

/* UTF-8, not NUL-terminated; data may be NULL when size is 0. */
typedef struct migue_str {
    const char* data;
    size_t size;
} migue_str;

/* Says what to do next; migue_diag says why. Never an enum: the width must not vary.
 * An unknown negative value is to be treated as MIGUE_E_INTERNAL. */
typedef int32_t migue_status;
#define MIGUE_OK 0
#define MIGUE_PENDING 1      /* handle() only: complete() will follow */
#define MIGUE_PASS 2         /* not mine, route it on; only if nothing was replied or changed */
#define MIGUE_E_INVALID (-1) /* the caller broke this contract */
#define MIGUE_E_CONFIG (-2)
#define MIGUE_E_UNSUPPORTED (-3)
#define MIGUE_E_UNAVAILABLE (-4) /* worth trying again */
#define MIGUE_E_DEADLINE (-5)
#define MIGUE_E_CANCELLED (-6)
#define MIGUE_E_CONFLICT (-7) /* compare-and-set lost */
#define MIGUE_E_STATE (-8)    /* wrong moment, e.g. after quiesce() */
#define MIGUE_E_INTERNAL (-9)

typedef struct migue_host migue_host;
typedef struct migue_plugin migue_plugin;
typedef struct migue_call migue_call;

/* Where bytes of unknown length go; the receiver copies. */
typedef struct migue_sink {
    uint32_t struct_size, reserved;
    void* ctx;
    migue_status (*write)(void* ctx, const void* data, size_t size);
} migue_sink;

/* Takes reasons, as many as there are. `where` is a JSON pointer, or empty. */
typedef struct migue_diag {
    uint32_t struct_size, reserved;
    void* ctx;
    void (*report)(void* ctx, migue_str where, migue_str what);
} migue_diag;

/* What the host gives a generation. One for each; it outlives destroy(), after which
 * every service answers MIGUE_E_STATE. */
struct migue_host {
    uint32_t struct_size;
    uint16_t abi_major, abi_minor;
    void* ctx;
    /* The service with this id ("migue.clock/1"), or NULL when absent. Its struct is
     * described in ext/<name>.h and lives as long as the host table. [any] */
    const void* (*service)(const migue_host*, const char* id);
};

typedef struct migue_intent {
    uint32_t struct_size, flags;
    const char* name;    /* "schedule_meeting" */
    const char* summary; /* one line for operators */
} migue_intent;

/* What the plugin is. Static: strings live as long as the image, the host copies them.
 * `flags` everywhere: the low 16 bits must be understood or refused, the high 16 may be
 * ignored. */
typedef struct migue_descriptor {
    uint32_t struct_size, flags;
    const char* id;                       /* [a-z][a-z0-9_]{0,31}; the name of its key in the config */
    const char* version;                  /* semantic version */
    const char* config_schema;            /* JSON Schema (draft 7); "x-secret" marks secrets,
                                             "x-egress" addresses it may call */
    const char* const* required_services; /* NULL-terminated */
    const migue_intent* const* intents;   /* pointers, so that migue_intent may grow */
    size_t intent_count;
    uint32_t max_concurrency; /* threads inside one instance at once, done() included; 0 is 1 */
    uint32_t state_write, state_read_min, state_read_max; /* schema versions of state_json */
} migue_descriptor;

#define MIGUE_REQUEST_ANSWERS_OPEN_QUESTION 0x10000u

/* One turn: a message, a tap or a job. Valid until the turn is ended. */
typedef struct migue_request {
    uint32_t struct_size, flags;
    migue_str message_id;      /* the turn's key, the same at every attempt */
    migue_str conversation_id; /* the host's own ids: they stay when a number changes */
    migue_str person_id;
    migue_str intent;
    migue_str text;
    migue_str locale; /* "es", "en", "pt", or "" */
    migue_str region; /* ISO 3166-1 alpha-2, or "" */
    migue_str trace_id;
    /* {"kind":"text|tap|image|audio|…|job","tap":id,"quoted":id,"forwarded":bool,
     *  "media":{"id":…,"mime_type":…,"filename":…}, "job":{"key":…,"payload":…},
     *  "rival":{"intent":…,"plugin":…,"confidence":…},
     *  "second_wish":{"intent":…,"plugin":…,"begin":…,"end":…}}; only "kind" is always there.
     * rival: another intent nearly as likely. second_wish: what else the message asks for, and
     * the bytes of `text` that say so, `end` excluded. "plugin" is who answers that intent. */
    migue_str input_json;
    /* What it can show: {"buttons":3,"list_rows":10}. Left out where they do not hold:
     *   "window_hours"  so long after a person's last message it may write by itself; "template":
     *                   after that it still reaches them
     *   "media"         it carries files: the place that ext/media.h speaks of
     *   "shown_as"      how the person's address may be shown to them, masked ("··· 4567") */
    migue_str channel_json;
    migue_str state_json; /* what set_state() last committed for this plugin and
                             conversation, or "" */
    uint64_t deadline_ns; /* migue.clock/1, monotonic; time to send is already taken off */
    int64_t sent_unix_ms; /* when the person wrote it: "tomorrow" counts from here */
    uint32_t attempt;     /* from 1; more: handed out again, be idempotent on message_id */
    float confidence;     /* of the intent, 0 to 1 */
} migue_request;

/* The turn's own functions. Valid until the turn is ended. Replies, state and question are
 * committed in one transaction with the mark that the message is done; a turn that ends
 * with a negative status commits none of them. */
struct migue_call {
    uint32_t struct_size, reserved;
    void* ctx;
    /* Adds a reply. Body by kind, channel-neutral JSON (docs/plugins.md):
     *   text    {"text":…}
     *   buttons {"text":…,"buttons":[{"id":…,"title":…}]}
     *   list    {"text":…,"button":…,"rows":[{"id":…,"title":…,"description":…}]}
     *   link    {"text":…,"title":…,"url":…}
     *   document {"text":…,"media":…,"file_name":…}  uploaded before, ext/media.h
     * MIGUE_E_UNSUPPORTED: kind unknown. MIGUE_E_INVALID: body malformed or over the
     * channel's limits; why goes to diag. [any] */
    migue_status (*reply)(migue_call*, migue_str kind, migue_str body_json);
    /* Replaces the conversation's state for this plugin; "" removes it. [any] */
    migue_status (*set_state)(migue_call*, migue_str state_json);
    /* The next message of the conversation comes to this plugin first. [any] */
    migue_status (*ask)(migue_call*, uint64_t ttl_ms);
    /* Ends a turn whose handle() returned MIGUE_PENDING; exactly once. [any] */
    migue_status (*complete)(migue_call*, migue_status);
    int32_t (*cancelled)(const migue_call*); /* [any] */
    migue_diag* diag;
};

/* An instance, from create() to destroy(). */
struct migue_plugin {
    uint32_t struct_size, reserved;
    void* self;
    /* One turn. Any value but MIGUE_PENDING ends it. Never waits. [worker] */
    migue_status (*handle)(migue_plugin*, const migue_request*, migue_call*);
    migue_status (*health)(migue_plugin*, migue_diag*); /* [control] */
    /* No handle() will follow; running turns finish by deadline_ns. [control] */
    migue_status (*quiesce)(migue_plugin*, uint64_t deadline_ns);
    /* Caches only: conversation state travels with the turn. [control] */
    migue_status (*export_state)(migue_plugin*, migue_sink*);
    migue_status (*import_state)(migue_plugin*, uint32_t version, migue_str state); /* [control] */
    /* What this plugin offers ("migue.routes/1"), or NULL. Lives until destroy(). [control] */
    const void* (*extension)(migue_plugin*, const char* id);
    void (*destroy)(migue_plugin*); /* [control] */
};

typedef struct migue_entry {
    uint32_t struct_size;
    uint16_t abi_major, abi_minor;             /* of the header it was compiled with */
    uint16_t min_host_minor, reserved[3];      /* the oldest host it accepts */
    const migue_descriptor* (*describe)(void); /* [control] */
    /* May be called again on one image. Reports every fault of the config, each with its
     * JSON pointer. [control] */
    migue_status (*create)(const migue_host*, migue_str config_json, migue_diag*, migue_plugin** out);
} migue_entry;

/* The one exported symbol. */
MIGUE_EXPORT extern const migue_entry migue_entry_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_PLUGIN_H */
