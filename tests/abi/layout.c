/* Prints the layout of the border (C2): every struct with size and offset of each field, and
 * every constant. Fails when the fields named here do not fill their struct, so a field that
 * was forgotten, or padding (V4), cannot pass. */
#include <inttypes.h>
#include <stdio.h>

#include "migue/ext/clock.h"
#include "migue/ext/http.h"
#include "migue/ext/intents.h"
#include "migue/ext/jobs.h"
#include "migue/ext/log.h"
#include "migue/ext/media.h"
#include "migue/ext/metrics.h"
#include "migue/ext/migrations.h"
#include "migue/ext/operation.h"
#include "migue/ext/routes.h"
#include "migue/ext/sql.h"
#include "migue/ext/timer.h"
#include "migue/ext/understand.h"
#include "migue/ext/vault.h"
#include "migue/plugin.h"

static size_t filled;
static int failed;

static void begin(const char* kind, const char* name) {
    printf("%s %s\n", kind, name);
    filled = 0;
}

static void field(const char* name, size_t offset, size_t size) {
    printf("  %zu %zu %s\n", offset, size, name);
    filled += size;
}

static void end(const char* name, size_t size) {
    printf("  size %zu\n", size);
    if (filled == size) return;
    fprintf(stderr, "%s has %zu bytes, its fields %zu\n", name, size, filled);
    failed = 1;
}

#define STRUCT(name) begin("struct", #name)
#define FROZEN(name) begin("frozen", #name)
#define FIELD(name, member) field(#member, offsetof(struct name, member), sizeof(((struct name*)0)->member))
#define END(name) end(#name, sizeof(struct name))
#define NUMBER(name) printf("constant " #name " %" PRId64 "\n", (int64_t)(name))
#define TEXT(name) printf("constant " #name " \"%s\"\n", name)

static void print_core(void) {
    FROZEN(migue_str);
    FIELD(migue_str, data);
    FIELD(migue_str, size);
    END(migue_str);
    STRUCT(migue_sink);
    FIELD(migue_sink, struct_size);
    FIELD(migue_sink, reserved);
    FIELD(migue_sink, ctx);
    FIELD(migue_sink, write);
    END(migue_sink);
    STRUCT(migue_diag);
    FIELD(migue_diag, struct_size);
    FIELD(migue_diag, reserved);
    FIELD(migue_diag, ctx);
    FIELD(migue_diag, report);
    END(migue_diag);
    STRUCT(migue_host);
    FIELD(migue_host, struct_size);
    FIELD(migue_host, abi_major);
    FIELD(migue_host, abi_minor);
    FIELD(migue_host, ctx);
    FIELD(migue_host, service);
    END(migue_host);
    STRUCT(migue_intent);
    FIELD(migue_intent, struct_size);
    FIELD(migue_intent, flags);
    FIELD(migue_intent, name);
    FIELD(migue_intent, summary);
    END(migue_intent);
    STRUCT(migue_descriptor);
    FIELD(migue_descriptor, struct_size);
    FIELD(migue_descriptor, flags);
    FIELD(migue_descriptor, id);
    FIELD(migue_descriptor, version);
    FIELD(migue_descriptor, config_schema);
    FIELD(migue_descriptor, required_services);
    FIELD(migue_descriptor, intents);
    FIELD(migue_descriptor, intent_count);
    FIELD(migue_descriptor, max_concurrency);
    FIELD(migue_descriptor, state_write);
    FIELD(migue_descriptor, state_read_min);
    FIELD(migue_descriptor, state_read_max);
    END(migue_descriptor);
    STRUCT(migue_request);
    FIELD(migue_request, struct_size);
    FIELD(migue_request, flags);
    FIELD(migue_request, message_id);
    FIELD(migue_request, conversation_id);
    FIELD(migue_request, person_id);
    FIELD(migue_request, intent);
    FIELD(migue_request, text);
    FIELD(migue_request, locale);
    FIELD(migue_request, region);
    FIELD(migue_request, trace_id);
    FIELD(migue_request, input_json);
    FIELD(migue_request, channel_json);
    FIELD(migue_request, state_json);
    FIELD(migue_request, deadline_ns);
    FIELD(migue_request, sent_unix_ms);
    FIELD(migue_request, attempt);
    FIELD(migue_request, confidence);
    END(migue_request);
    STRUCT(migue_call);
    FIELD(migue_call, struct_size);
    FIELD(migue_call, reserved);
    FIELD(migue_call, ctx);
    FIELD(migue_call, reply);
    FIELD(migue_call, set_state);
    FIELD(migue_call, ask);
    FIELD(migue_call, complete);
    FIELD(migue_call, cancelled);
    FIELD(migue_call, diag);
    END(migue_call);
    STRUCT(migue_plugin);
    FIELD(migue_plugin, struct_size);
    FIELD(migue_plugin, reserved);
    FIELD(migue_plugin, self);
    FIELD(migue_plugin, handle);
    FIELD(migue_plugin, health);
    FIELD(migue_plugin, quiesce);
    FIELD(migue_plugin, export_state);
    FIELD(migue_plugin, import_state);
    FIELD(migue_plugin, extension);
    FIELD(migue_plugin, destroy);
    END(migue_plugin);
    STRUCT(migue_entry);
    FIELD(migue_entry, struct_size);
    FIELD(migue_entry, abi_major);
    FIELD(migue_entry, abi_minor);
    FIELD(migue_entry, min_host_minor);
    FIELD(migue_entry, reserved);
    FIELD(migue_entry, describe);
    FIELD(migue_entry, create);
    END(migue_entry);
}

static void print_services(void) {
    FROZEN(migue_field);
    FIELD(migue_field, key);
    FIELD(migue_field, value);
    END(migue_field);
    STRUCT(migue_clock_v1);
    FIELD(migue_clock_v1, struct_size);
    FIELD(migue_clock_v1, reserved);
    FIELD(migue_clock_v1, monotonic_ns);
    FIELD(migue_clock_v1, unix_ms);
    END(migue_clock_v1);
    STRUCT(migue_http_request);
    FIELD(migue_http_request, struct_size);
    FIELD(migue_http_request, reserved);
    FIELD(migue_http_request, method);
    FIELD(migue_http_request, url);
    FIELD(migue_http_request, headers);
    FIELD(migue_http_request, header_count);
    FIELD(migue_http_request, body);
    FIELD(migue_http_request, timeout_ns);
    FIELD(migue_http_request, max_response);
    END(migue_http_request);
    STRUCT(migue_http_response);
    FIELD(migue_http_response, struct_size);
    FIELD(migue_http_response, status);
    FIELD(migue_http_response, headers);
    FIELD(migue_http_response, header_count);
    FIELD(migue_http_response, body);
    END(migue_http_response);
    STRUCT(migue_http_v1);
    FIELD(migue_http_v1, struct_size);
    FIELD(migue_http_v1, reserved);
    FIELD(migue_http_v1, send);
    FIELD(migue_http_v1, cancel);
    END(migue_http_v1);
    STRUCT(migue_intents_v1);
    FIELD(migue_intents_v1, struct_size);
    FIELD(migue_intents_v1, reserved);
    FIELD(migue_intents_v1, classify);
    END(migue_intents_v1);
    STRUCT(migue_job);
    FIELD(migue_job, struct_size);
    FIELD(migue_job, reserved);
    FIELD(migue_job, at_unix_ms);
    FIELD(migue_job, key);
    FIELD(migue_job, conversation_id);
    FIELD(migue_job, payload_json);
    END(migue_job);
    STRUCT(migue_jobs_v1);
    FIELD(migue_jobs_v1, struct_size);
    FIELD(migue_jobs_v1, reserved);
    FIELD(migue_jobs_v1, at);
    FIELD(migue_jobs_v1, cancel);
    END(migue_jobs_v1);
    STRUCT(migue_log_v1);
    FIELD(migue_log_v1, struct_size);
    FIELD(migue_log_v1, reserved);
    FIELD(migue_log_v1, write);
    END(migue_log_v1);
    STRUCT(migue_media_fetch);
    FIELD(migue_media_fetch, struct_size);
    FIELD(migue_media_fetch, reserved);
    FIELD(migue_media_fetch, place);
    FIELD(migue_media_fetch, media_id);
    FIELD(migue_media_fetch, max_bytes);
    FIELD(migue_media_fetch, timeout_ns);
    END(migue_media_fetch);
    STRUCT(migue_media_upload);
    FIELD(migue_media_upload, struct_size);
    FIELD(migue_media_upload, reserved);
    FIELD(migue_media_upload, place);
    FIELD(migue_media_upload, mime_type);
    FIELD(migue_media_upload, file_name);
    FIELD(migue_media_upload, bytes);
    FIELD(migue_media_upload, timeout_ns);
    END(migue_media_upload);
    STRUCT(migue_media_file);
    FIELD(migue_media_file, struct_size);
    FIELD(migue_media_file, reserved);
    FIELD(migue_media_file, media_id);
    FIELD(migue_media_file, mime_type);
    FIELD(migue_media_file, bytes);
    END(migue_media_file);
    STRUCT(migue_media_v1);
    FIELD(migue_media_v1, struct_size);
    FIELD(migue_media_v1, reserved);
    FIELD(migue_media_v1, fetch);
    FIELD(migue_media_v1, upload);
    FIELD(migue_media_v1, cancel);
    END(migue_media_v1);
    STRUCT(migue_metrics_v1);
    FIELD(migue_metrics_v1, struct_size);
    FIELD(migue_metrics_v1, reserved);
    FIELD(migue_metrics_v1, counter);
    FIELD(migue_metrics_v1, histogram);
    FIELD(migue_metrics_v1, record);
    END(migue_metrics_v1);
    STRUCT(migue_migration);
    FIELD(migue_migration, struct_size);
    FIELD(migue_migration, reserved);
    FIELD(migue_migration, dialect);
    FIELD(migue_migration, name);
    FIELD(migue_migration, sql);
    END(migue_migration);
    STRUCT(migue_migrations_v1);
    FIELD(migue_migrations_v1, struct_size);
    FIELD(migue_migrations_v1, reserved);
    FIELD(migue_migrations_v1, items);
    FIELD(migue_migrations_v1, count);
    END(migue_migrations_v1);
    STRUCT(migue_route);
    FIELD(migue_route, struct_size);
    FIELD(migue_route, access);
    FIELD(migue_route, method);
    FIELD(migue_route, pattern);
    END(migue_route);
    STRUCT(migue_route_request);
    FIELD(migue_route_request, struct_size);
    FIELD(migue_route_request, route);
    FIELD(migue_route_request, method);
    FIELD(migue_route_request, path);
    FIELD(migue_route_request, params);
    FIELD(migue_route_request, param_count);
    FIELD(migue_route_request, query);
    FIELD(migue_route_request, query_count);
    FIELD(migue_route_request, headers);
    FIELD(migue_route_request, header_count);
    FIELD(migue_route_request, body);
    FIELD(migue_route_request, public_url);
    FIELD(migue_route_request, deadline_ns);
    END(migue_route_request);
    STRUCT(migue_route_call);
    FIELD(migue_route_call, struct_size);
    FIELD(migue_route_call, reserved);
    FIELD(migue_route_call, ctx);
    FIELD(migue_route_call, respond);
    END(migue_route_call);
    STRUCT(migue_routes_v1);
    FIELD(migue_routes_v1, struct_size);
    FIELD(migue_routes_v1, reserved);
    FIELD(migue_routes_v1, routes);
    FIELD(migue_routes_v1, count);
    FIELD(migue_routes_v1, handle);
    END(migue_routes_v1);
    STRUCT(migue_sql_statement);
    FIELD(migue_sql_statement, struct_size);
    FIELD(migue_sql_statement, flags);
    FIELD(migue_sql_statement, text);
    FIELD(migue_sql_statement, params_json);
    END(migue_sql_statement);
    STRUCT(migue_sql_result);
    FIELD(migue_sql_result, struct_size);
    FIELD(migue_sql_result, reserved);
    FIELD(migue_sql_result, rows_json);
    END(migue_sql_result);
    STRUCT(migue_sql_v1);
    FIELD(migue_sql_v1, struct_size);
    FIELD(migue_sql_v1, reserved);
    FIELD(migue_sql_v1, execute);
    FIELD(migue_sql_v1, cancel);
    END(migue_sql_v1);
    STRUCT(migue_timer_v1);
    FIELD(migue_timer_v1, struct_size);
    FIELD(migue_timer_v1, reserved);
    FIELD(migue_timer_v1, start);
    FIELD(migue_timer_v1, cancel);
    END(migue_timer_v1);
    STRUCT(migue_understand_request);
    FIELD(migue_understand_request, struct_size);
    FIELD(migue_understand_request, reserved);
    FIELD(migue_understand_request, text);
    FIELD(migue_understand_request, intent);
    FIELD(migue_understand_request, timezone);
    FIELD(migue_understand_request, locale);
    FIELD(migue_understand_request, now_unix_ms);
    END(migue_understand_request);
    STRUCT(migue_understand_v1);
    FIELD(migue_understand_v1, struct_size);
    FIELD(migue_understand_v1, reserved);
    FIELD(migue_understand_v1, understand);
    END(migue_understand_v1);
    STRUCT(migue_vault_v1);
    FIELD(migue_vault_v1, struct_size);
    FIELD(migue_vault_v1, reserved);
    FIELD(migue_vault_v1, seal);
    FIELD(migue_vault_v1, open);
    FIELD(migue_vault_v1, random);
    FIELD(migue_vault_v1, sha256);
    END(migue_vault_v1);
}

static void print_constants(void) {
    NUMBER(MIGUE_ABI_MAJOR);
    NUMBER(MIGUE_ABI_MINOR);
    NUMBER(MIGUE_OK);
    NUMBER(MIGUE_PENDING);
    NUMBER(MIGUE_PASS);
    NUMBER(MIGUE_E_INVALID);
    NUMBER(MIGUE_E_CONFIG);
    NUMBER(MIGUE_E_UNSUPPORTED);
    NUMBER(MIGUE_E_UNAVAILABLE);
    NUMBER(MIGUE_E_DEADLINE);
    NUMBER(MIGUE_E_CANCELLED);
    NUMBER(MIGUE_E_CONFLICT);
    NUMBER(MIGUE_E_STATE);
    NUMBER(MIGUE_E_INTERNAL);
    NUMBER(MIGUE_REQUEST_ANSWERS_OPEN_QUESTION);
    TEXT(MIGUE_CLOCK_ID);
    TEXT(MIGUE_HTTP_ID);
    TEXT(MIGUE_INTENTS_ID);
    TEXT(MIGUE_JOBS_ID);
    TEXT(MIGUE_JOBS_SLOW);
    TEXT(MIGUE_LOG_ID);
    NUMBER(MIGUE_LOG_DEBUG);
    NUMBER(MIGUE_LOG_INFO);
    NUMBER(MIGUE_LOG_WARN);
    NUMBER(MIGUE_LOG_ERROR);
    TEXT(MIGUE_MEDIA_ID);
    TEXT(MIGUE_METRICS_ID);
    TEXT(MIGUE_MIGRATIONS_ID);
    TEXT(MIGUE_ROUTES_ID);
    NUMBER(MIGUE_ROUTE_PUBLIC);
    NUMBER(MIGUE_ROUTE_ADMIN);
    TEXT(MIGUE_SQL_ID);
    NUMBER(MIGUE_SQL_REQUIRE_ROW);
    TEXT(MIGUE_TIMER_ID);
    TEXT(MIGUE_UNDERSTAND_ID);
    TEXT(MIGUE_VAULT_ID);
}

int main(void) {
    print_core();
    print_services();
    print_constants();
    return failed;
}
