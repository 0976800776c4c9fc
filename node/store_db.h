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
 *               "on", note, replaces, imported, live, ahead, operator, signature; index
 *               on record
 *   conflict    record, field (or 'state'), type; PRIMARY KEY (record, field)
 *   held        stamp PRIMARY KEY, kind ('edit','transition'), record, type,
 *               row (the wire row as JSON), needs (a stamp; 0: it will never
 *               be applied, and code says why), code, branch and hq (of its
 *               chain)
 *   ahead       first, last: edits that HQ's receipts call ahead of time
 *   ref_ext     record, field, type, ext; PRIMARY KEY (record, field): a
 *               reference entered by an external key; the typed column holds
 *               the smallest id with that ext, or NULL while there is none
 *   record      id PRIMARY KEY, type INTEGER (index in the catalogue): finds a
 *               record's type; also what an id prefix is looked up in
 *   roster      number PRIMARY KEY, stamp, code, branch, name, key, kind
 *   operator    stamp PRIMARY KEY, node, code, branch, person, roles, key,
 *               "from", "to": every row ever; node/operator.h says which holds
 *   link        a, b, stamp, verdict, "by", note: HQ's decisions; same.h
 *   attachment  record, stamp, name, sha256 (hex), size, media, "by", removes,
 *               branch and hq (of its chain): every row ever; attachment.h
 *   changeset   chain, epoch, seq, ...; PRIMARY KEY (chain, epoch, seq)
 *   receipt     chain, epoch, from_seq, to_seq, arrived, result, code
 *   same_as     id PRIMARY KEY, one: what `link` comes to   [local]
 *   access      stamp, who, record, what, detail, branch: trail.h
 *   record_key  stamp, field, id, record, key, told: keys of values of level
 *               X; record_key.h   [local]
 *   sealed_value  record, field, stamp, cell, type: such values whose keys are
 *               not here; sealed_value.h   [local]
 *   mail_key, mail_want   what letters are sealed to, and ask for   [local]
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

/* Statements of one record type, prepared at first use. */
enum type_sql {
	TYPE_INSERT,	/* id, branch, then the wire columns from ext on */
	TYPE_GET,	/* id -> branch, state, state_at */
	TYPE_STATE,	/* id, state, state_at: sets them */
	TYPE_BY_EXT,	/* ext -> the smallest id */
	TYPE_ROW,	/* id -> the wire columns from ext on */
	TYPE_SQL_COUNT
};

struct type_stmt {
	sqlite3_stmt *st[TYPE_SQL_COUNT];
	/* Reading and writing one column: 2 for each wire column, then 2 for
	 * `void`. */
	sqlite3_stmt **field;
};

struct store {
	sqlite3 *db;
	char *path;
	const struct catalogue *catalogue;
	struct identity id;
	struct identity was;	/* before this transaction, if has_was */
	bool has_was;
	struct clock clock;
	int64_t kept;		/* clock.last as the database has it */
	bool writing, in_txn;
	sqlite3_stmt *stmt[SQL_COUNT];		/* prepared at first use */
	struct type_stmt *type;			/* [ntype] */
	sqlite3_stmt **rule;			/* [nrules], rules*.c */
	/* Whether there may be any, so that none costs nothing; read at
	 * store_begin(), never too low within the transaction. */
	int64_t nheld, nref_ext, nahead, noperator, nerased;
	bool scrub;	/* values were erased: overwrite what is left */
	const struct actor *actor;	/* who makes local changes, or NULL */
	bool opened;		/* a sealed value was shown: sealed.h */
};

enum err_code err_sqlite(struct err *e, sqlite3 *db, const char *fmt, ...)
    PRINTF(3, 4);

/* A named statement, reset, its bindings cleared. Borrowed; the user calls
 * sqlite3_reset() when done so that no read stays open. */
MUST_USE enum err_code store_stmt(struct store *s, enum sql_name name,
    sqlite3_stmt **out, struct err *e);
/* The same, but a new one that the caller finalizes: for walks that call back,
 * so that what is called may walk too. */
MUST_USE enum err_code store_walk(struct store *s, enum sql_name name,
    sqlite3_stmt **out, struct err *e);
/* A type's statement, as store_stmt(). */
MUST_USE enum err_code store_type_stmt(struct store *s, const struct type *t,
    enum type_sql which, sqlite3_stmt **out, struct err *e);
/* SELECT of one column by id (?1), or UPDATE to ?2; column is an index in
 * t->table, or t->table.ncol for `void`. As store_stmt(). */
MUST_USE enum err_code store_field_stmt(struct store *s, const struct type *t,
    size_t column, bool write, sqlite3_stmt **out, struct err *e);
/* SQL made from the catalogue; the caller finalizes. */
MUST_USE enum err_code store_prepare(struct store *s, const char *sql,
    sqlite3_stmt **out, struct err *e);
/* Finalize every prepared statement. */
void store_stmt_release(struct store *s);
/* One statement or several that take nothing and give nothing. */
MUST_USE enum err_code store_exec(struct store *s, const char *sql,
    struct err *e);
/* Step a statement that gives no row; resets it. */
MUST_USE enum err_code store_run(struct store *s, sqlite3_stmt *st,
    struct err *e);
/* The same of an insert that changes one row, and none if there is one of
 * this stamp with other content: ERR_COLLISION. */
MUST_USE enum err_code store_run_once(struct store *s, sqlite3_stmt *st,
    struct err *e);
enum err_code store_collision(struct err *e);
/* Step: *row tells whether there is one. */
MUST_USE enum err_code store_step(struct store *s, sqlite3_stmt *st,
    bool *row, struct err *e);
/* The same for a walk: true when there is a row. False at the end and after
 * an error, which is then in *rc; also at once if there was one before. */
MUST_USE bool store_next(struct store *s, sqlite3_stmt *st,
    enum err_code *rc, struct err *e);
/* Step and take the first column's whole number; *out is left as it is when
 * there is no row. Resets. */
MUST_USE enum err_code store_number(struct store *s, sqlite3_stmt *st,
    int64_t *out, struct err *e);

/* Index from 1. Text and bytes are bound static: they must outlive the
 * step. */
void bind_value(sqlite3_stmt *st, int i, const struct value *v);
void bind_text(sqlite3_stmt *st, int i, const char *text);
void bind_bytes(sqlite3_stmt *st, int i, const void *p, size_t n);
/* Column from 0; text is borrowed until the next step. */
struct value column_value(sqlite3_stmt *st, int i);
/* Copy a text column into a fixed array (cut if longer). */
void column_text(sqlite3_stmt *st, int i, char *out, size_t size);
/* Copy n bytes; false, and zeros, if the column does not hold so many. */
bool column_bytes(sqlite3_stmt *st, int i, unsigned char *out, size_t n);

/* "name" quoted as an SQL identifier, and 'text' as a literal. */
void sql_name(struct buf *b, const char *name);
void sql_text(struct buf *b, struct slice text);

/* schema.c: the tables. A fixed table is synced (part of the dump), carried
 * (local, and copied by store_copy_local) or neither. */
struct schema_table {
	const char *name, *sql;		/* CREATE TABLE and its indexes */
	const char *order;		/* of the dump; NULL: not synced */
	bool carried;
};
extern const struct schema_table schema_tables[];
extern const size_t nschema_tables;
#define SCHEMA_APPLICATION 0x57454c48	/* "WELH" */
#define SCHEMA_VERSION 4
/* Make the fixed and the typed tables, in the caller's transaction. */
MUST_USE enum err_code schema_create(struct store *s, struct err *e);
/* Bring an older store up to this program and this catalogue: missing tables
 * and columns are added. In the caller's transaction. */
MUST_USE enum err_code schema_upgrade(struct store *s, int version,
    struct err *e);
/* 16 hexadecimal digits that change when a type, a column or an index does. */
void schema_hash(const struct catalogue *c, char out[17]);
/* The columns of a typed table in a fixed order, quoted, comma-separated. */
void schema_columns(struct buf *b, const struct type *t);

/* store_row.c: a wire row as a JSON array and back. Bytes are hexadecimal. */
MUST_USE enum err_code row_write(const struct table *t,
    const struct value *cell, struct buf *out, struct err *e);
/* cell has t->ncol places; their text goes into b. ERR_CORRUPT. */
MUST_USE enum err_code row_read(const struct table *t, struct slice json,
    struct batch *b, struct value *cell, struct err *e);

/* position.c: a row of CHANGESET_COLUMNS. */
struct changeset_row;
void changeset_read(sqlite3_stmt *st, struct changeset_row *r);

/* outbox.c: what a record said first, later edits put aside, references by
 * external key as they were entered: a row of b. */
MUST_USE enum err_code outbox_first(struct store *s, stamp_t id,
    struct batch *b, const struct type **type, struct value **cell,
    struct err *e);
/* note a local row of a record of this branch and type; what is
 * TABLE_EDIT, TABLE_TRANSITION or -1 for the record itself. */
MUST_USE enum err_code outbox_note(struct store *s, stamp_t stamp, int what,
    stamp_t record, const char *field, const char *branch,
    const struct type *t, struct err *e);

/* search.c: an applied or edited record's text is to be indexed again. */
MUST_USE enum err_code search_note(struct store *s, stamp_t record,
    const struct type *t, struct err *e);

#endif
