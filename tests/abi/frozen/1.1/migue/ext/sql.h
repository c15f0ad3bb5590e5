/* The plugin's own tables, service id "migue.sql/1".
 *
 * A list of statements runs as one transaction. Tables live in the schema named after the
 * plugin and are written with it: `scheduling.calendar_events`. The same text runs on SQLite
 * and Postgres: SELECT, INSERT, UPDATE, DELETE and WITH only; parameters $1, $2, …; columns
 * TEXT, BIGINT, DOUBLE PRECISION (instants are Unix ms, sealed bytes base64). A condition
 * that spans statements goes into the statement: INSERT … SELECT … WHERE NOT EXISTS (…)
 * RETURNING …. Tables are made by migrations: ext/migrations.h. */
#ifndef MIGUE_EXT_SQL_H
#define MIGUE_EXT_SQL_H

#include "migue/ext/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIGUE_SQL_ID "migue.sql/1"

/* One statement. `params_json` is a JSON array of strings, numbers and nulls, for $1 onwards;
 * "" is []. `flags` MIGUE_SQL_REQUIRE_ROW: the transaction is rolled back with
 * MIGUE_E_CONFLICT unless this statement returns or changes at least one row. */
#define MIGUE_SQL_REQUIRE_ROW 1u
typedef struct migue_sql_statement {
    uint32_t struct_size, flags;
    migue_str text, params_json;
} migue_sql_statement;

/* `rows_json`: an array, one element a statement, each {"changed":n,"rows":[{column:value}]}.
 * BIGINT comes as a JSON integer. On MIGUE_E_CONFLICT it holds {"statement":index}. */
typedef struct migue_sql_result {
    uint32_t struct_size, reserved;
    migue_str rows_json;
} migue_sql_result;

typedef struct migue_sql_v1 {
    uint32_t struct_size, reserved;
    /* result: migue_sql_result with MIGUE_OK and MIGUE_E_CONFLICT, else NULL.
     *   MIGUE_E_CONFLICT     a unique or check constraint, or MIGUE_SQL_REQUIRE_ROW
     *   MIGUE_E_UNAVAILABLE  the database is away; nothing was committed
     *   MIGUE_E_INVALID      a statement is malformed or not allowed; the log says which
     *   MIGUE_E_DEADLINE     no answer in time: it may have been committed
     * [any] */
    migue_status (*execute)(const migue_host*, const migue_sql_statement* const* statements, size_t count,
                            migue_done done, void* user, uint64_t* op);
    void (*cancel)(const migue_host*, uint64_t op); /* [any] */
} migue_sql_v1;

#ifdef __cplusplus
}
#endif

#endif /* MIGUE_EXT_SQL_H */
