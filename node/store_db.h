/* The store from inside node/: the database handle and prepared statements.
 * Only node/ includes this.
 *
 * Layout (schema.c makes it; [local] tables are not compared or rebuilt):
 *
 *   <type>      id INTEGER PRIMARY KEY, ext, branch, state, state_at, void,
 *               "by", the common fields, the type's fields; STRICT. state_at
 *               is the stamp that gave the state (id at first); void is NULL
 *               or the reason. Index on ext where it is not NULL.
 *   edit        record, field, stamp, type, value ANY, replaces, "by", live,
 *               ahead; PRIMARY KEY (record, field, stamp), WITHOUT ROWID.
 *               A field's initial value gets its row (stamp = record, replaces
 *               NULL) when the field is first edited. replaces is a JSON array
 *               of stamps as text. Field `void` is edited like any other.
 *   transition  stamp PRIMARY KEY, record, type, "from", "to", role, "by",
 *               "on", note, replaces, imported, live, ahead; index on record
 *   conflict    record, field (or 'state'), type; PRIMARY KEY (record, field)
 *   held        stamp PRIMARY KEY, kind ('edit','transition'), record, type,
 *               row (the wire row as JSON), needs (a stamp), code
 *   ref_ext     record, field, type, ext; PRIMARY KEY (record, field): a
 *               reference entered by an external key; the typed column holds
 *               the smallest id with that ext, or NULL while there is none
 *   record      id PRIMARY KEY, type INTEGER (index in the catalogue): finds a
 *               record's type; also what an id prefix is looked up in
 *   roster      number PRIMARY KEY, stamp, code, branch, name, key, kind
 *   changeset   chain, epoch, seq, ...; PRIMARY KEY (chain, epoch, seq)
 *   receipt     chain, epoch, from_seq, to_seq, arrived, result, code
 *   meta, position, outbox, remote, sent, invitation, search...   [local]
 */
#ifndef NODE_STORE_DB_H
#define NODE_STORE_DB_H

#include <sqlite3.h>

#include "sql.h"
#include "store.h"

enum sql_name {
#define X(name, nparam, text) SQL_##name,
	SQL_MAP(X)
#undef X
	SQL_COUNT
};

struct store {
	sqlite3 *db;
	char *path;
	const struct catalogue *catalogue;
	struct identity id;
	struct clock clock;
	bool writing, in_txn;
	sqlite3_stmt *stmt[SQL_COUNT];		/* prepared at first use */
	sqlite3_stmt **insert_type;		/* [ntype], at first use */
	int64_t nheld, nref_ext;		/* so that none costs nothing */
};

enum err_code err_sqlite(struct err *e, sqlite3 *db, const char *fmt, ...)
    PRINTF(3, 4);

/* A named statement, reset, its bindings cleared. Borrowed; the user calls
 * sqlite3_reset() when done so that no read stays open. */
MUST_USE enum err_code store_stmt(struct store *s, enum sql_name name,
    sqlite3_stmt **out, struct err *e);
/* SQL made from the catalogue; the caller finalizes. */
MUST_USE enum err_code store_prepare(struct store *s, const char *sql,
    sqlite3_stmt **out, struct err *e);
/* Step a statement that gives no row; resets it. */
MUST_USE enum err_code store_run(struct store *s, sqlite3_stmt *st,
    struct err *e);
/* Step: *row tells whether there is one. */
MUST_USE enum err_code store_step(struct store *s, sqlite3_stmt *st,
    bool *row, struct err *e);

/* Index from 1. Text is bound static: it must outlive the step. */
void bind_value(sqlite3_stmt *st, int i, const struct value *v);
void bind_text(sqlite3_stmt *st, int i, const char *text);
/* Column from 0; text is borrowed until the next step. */
struct value column_value(sqlite3_stmt *st, int i);
/* Copy a text column into a fixed array (cut if longer). */
void column_text(sqlite3_stmt *st, int i, char *out, size_t size);

/* "name" quoted as an SQL identifier, and 'text' as a literal. */
void sql_name(struct buf *b, const char *name);
void sql_text(struct buf *b, struct slice text);

/* search.c: an applied or edited record's text is to be indexed again. */
MUST_USE enum err_code search_note(struct store *s, stamp_t record,
    const struct type *t, struct err *e);

#endif
