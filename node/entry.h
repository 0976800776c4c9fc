/* Entries: one record's row in its typed table, references to records, which
 * value of a field shows. Between record*.c and search.c only.
 *   entry.c (rows, who may write them)  entry_find.c  entry_json.c
 */
#ifndef NODE_ENTRY_H
#define NODE_ENTRY_H

#include "apply.h"
#include "record.h"
#include "store_db.h"

/* One record as its typed table holds it. Texts and cells are borrowed from
 * the statement until its next step. */
struct entry {
	const struct type *type;
	stamp_t id, state_at;
	const char *branch, *state;
	const char *voided;		/* NULL, or the reason */
	struct value *cell;		/* type->table.ncol */
};

/* SELECT a row of t, then tail ("WHERE ..."). The caller finalizes. */
MUST_USE enum err_code entry_prepare(struct store *s, const struct type *t,
    const char *tail, sqlite3_stmt **out, struct err *e);
/* The stepped statement's row; cell has room for type->table.ncol. */
void entry_read(sqlite3_stmt *st, const struct type *t, struct value *cell,
    struct entry *out);
/* References of a record that wait under an external key: their cells are
 * NULL in the table; fn gets the key as VALUE_TEXT, borrowed. */
typedef void (*entry_waiting_fn)(void *arg, const struct field *f,
    struct value v);
MUST_USE enum err_code entry_waiting(struct store *s, const struct type *t,
    stamp_t id, const struct value *cell, entry_waiting_fn fn, void *arg,
    struct err *e);
/* One record's cells, waiting references too, copied into scratch, a batch
 * that is never applied. Expected: ERR_NOT_FOUND. */
MUST_USE enum err_code entry_load(struct store *s, const struct record *r,
    struct batch *scratch, struct value **cell, stamp_t *state_at,
    struct err *e);

/* Among these types only (n 0: any). Several records with one external key:
 * this node's own branch's is meant; otherwise ERR_AMBIGUOUS. */
MUST_USE enum err_code entry_find(struct store *s, const char *ref,
    const struct type *const *type, size_t n, struct record *out,
    struct err *e);
/* Has a record of that branch this external key (VALUE_NULL: no)? */
MUST_USE enum err_code entry_ext_taken(struct store *s,
    const struct value *ext, const char *branch, bool *yes, struct err *e);
/* A ref_fn; arg is the struct store. */
bool entry_ref(void *arg, const struct field *f, struct slice text,
    struct value *out, struct problems *p);
/* The same for a new record: a key "HQ.…" that has not come may wait. */
bool entry_ref_new(void *arg, const struct field *f, struct slice text,
    struct value *out, struct problems *p);

/* May this node write the record's fields? ERR_FOREIGN, ERR_VOID if not. */
MUST_USE enum err_code entry_writable(struct store *s, const struct record *r,
    struct err *e);
/* The stamp of the value of a field that shows; r->id: the initial one. */
MUST_USE enum err_code entry_shown(struct store *s, stamp_t record,
    const char *field, stamp_t *out, struct err *e);
MUST_USE enum err_code entry_conflict(struct store *s, stamp_t record,
    const char *field, bool *yes, struct err *e);

/* A value as people and scripts see it. f NULL: by its own kind. New
 * reference; NULL when out of memory. */
json_t *entry_value_json(const struct field *f, const struct value *v);
json_t *entry_stamp_json(stamp_t id);
/* row as record_json() gives it. */
MUST_USE enum err_code entry_json(struct store *s, const struct entry *r,
    json_t **out, struct err *e);

/* The origin of a local write to a record of that branch. */
void entry_origin(struct store *s, const char *branch, struct origin *o);

#endif
