/* The store: one SQLite file per node, typed tables made from the catalogue.
 *
 * Created under journal_mode=DELETE, synchronous=EXTRA, then WAL and FULL:
 * when store_commit() has returned, the data is on disk. One writing
 * connection; the node's lock (base/file.h) keeps it so across processes.
 * The table list, what is synced and what is local, is in docs/format.md.
 * No SQL outside node/.
 */
#ifndef NODE_STORE_H
#define NODE_STORE_H

#include "batch.h"
#include "catalogue.h"
#include "stamp.h"

struct store;

/* Who this node is; kept in the store's meta table, set at init or join. */
struct identity {
	char org[33];		/* 32 hex digits of SHA-256(root public key) */
	char org_name[201];
	char code[17], branch[17], name[201];
	char epoch[33];		/* 32 hex digits */
	uint16_t number;	/* HQ's first node is 1 */
	bool hq;
	bool auditor;		/* reads all, enters nothing */
	unsigned char root_key[32];	/* HQ's root public key */
	unsigned char node_key[32];	/* this node's public key */
	int64_t floor_ms;	/* the invitation's date, Unix ms */
};

/* Make path; ERR_EXISTS if it is there. The caller owns *out either way of
 * the next two: store_close(). `c` must outlive the store. */
MUST_USE enum err_code store_create(struct store **out, const char *path,
    const struct catalogue *c, const struct identity *id, struct err *e);
/* Expected: ERR_NOT_FOUND, ERR_NEWER, ERR_CORRUPT, ERR_BUSY. */
MUST_USE enum err_code store_open(struct store **out, const char *path,
    const struct catalogue *c, bool writing, struct err *e);
/* Open for store_identity(), status_read() and position_each() alone: with no
 * catalogue, and in a fraction of the time. *out is NULL when an older program
 * made the store; store_open() brings it up to date. Expected: the same. */
MUST_USE enum err_code store_look(struct store **out, const char *path,
    struct err *e);
void store_close(struct store *s);

const struct identity *store_identity(const struct store *s);
/* In a transaction: the node is this from now on; a rollback takes it back. */
MUST_USE enum err_code store_identity_set(struct store *s,
    const struct identity *id, struct err *e);
const struct catalogue *store_catalogue(const struct store *s);
const char *store_path(const struct store *s);

/* Transactions do not nest; store_savepoint() inside one does. Commit is
 * durable when it returns. Rollback never fails and may be called when no
 * transaction is open. */
MUST_USE enum err_code store_begin(struct store *s, struct err *e);
MUST_USE enum err_code store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
MUST_USE enum err_code store_savepoint(struct store *s, struct err *e);
void store_savepoint_end(struct store *s, bool keep);

/* The next stamp of this node, inside a transaction (kept with it). */
MUST_USE enum err_code store_stamp(struct store *s, stamp_t *out,
    struct err *e);

/* Another life: from here on the node's chains are of this epoch, and its
 * stamps leave `skip` of its clock's ticks unused, so that they are not those
 * of a copy of this store. In a transaction; when that is rolled back the
 * store must be closed. */
MUST_USE enum err_code store_renew(struct store *s, const char *epoch,
    int64_t skip, struct err *e);

/* Leave `skip` of the clock's ticks unused; kept at the next commit. */
void store_skip(struct store *s, int64_t skip);
/* The next stamp is after this one, which has been given to a row of ours. */
void store_pass(struct store *s, stamp_t stamp);

/* Small facts by name (local): *out is left empty when there is none. */
MUST_USE enum err_code store_meta_get(struct store *s, const char *name,
    struct buf *out, struct err *e);
MUST_USE enum err_code store_meta_set(struct store *s, const char *name,
    struct slice value, struct err *e);

/* Read-only SQL for the `sql` command: each row to `row`, which gets the
 * column names and values; a non-zero return stops. Writing, ATTACH and
 * PRAGMA that change are refused by an authorizer. */
typedef int (*store_row_fn)(void *arg, size_t n, const char *const *name,
    const struct value *value);
MUST_USE enum err_code store_sql(struct store *s, const char *sql,
    store_row_fn row, void *arg, struct err *e);

/* Every synced table's rows in a fixed order, as text: equal for two stores
 * that have merged the same changesets. For tests and `verify --deep`. */
MUST_USE enum err_code store_dump(struct store *s, struct buf *out,
    struct err *e);
/* Name the first differences between two stores' synced tables, at most ten,
 * by table, row and columns; out is empty when there is none. */
MUST_USE enum err_code store_compare(struct store *a, struct store *b,
    struct buf *out, struct err *e);

/* SQLite's own check; ERR_CORRUPT names the first fault. */
MUST_USE enum err_code store_check(struct store *s, struct err *e);
/* Copy the local tables meta, remote, sent and invitation into `to`, and the
 * clock with them. Positions come back by replay, the outbox by outbox_take()
 * and apply_batch(). In a transaction of its own unless one is open. */
MUST_USE enum err_code store_copy_local(struct store *from, struct store *to,
    struct err *e);

#endif
