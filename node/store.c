/* The store: opening, identity, transactions, the clock, small facts. */
#include "rules.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/text.h"

#define BUSY_MS 10000

/* How identity is kept in meta. */
enum fact_kind { FACT_TEXT, FACT_HEX, FACT_NUMBER, FACT_BOOL, FACT_TIME };

static const struct fact {
	const char *name;
	enum fact_kind kind;
	size_t at, size;
} facts[] = {
#define FACT(name, kind, member) { name, kind, \
	offsetof(struct identity, member), \
	sizeof ((struct identity *)NULL)->member }
	FACT("org", FACT_TEXT, org),
	FACT("org_name", FACT_TEXT, org_name),
	FACT("code", FACT_TEXT, code),
	FACT("branch", FACT_TEXT, branch),
	FACT("name", FACT_TEXT, name),
	FACT("epoch", FACT_TEXT, epoch),
	FACT("number", FACT_NUMBER, number),
	FACT("hq", FACT_BOOL, hq),
	FACT("root_key", FACT_HEX, root_key),
	FACT("node_key", FACT_HEX, node_key),
	FACT("floor_ms", FACT_TIME, floor_ms),
	/* older stores lack what stands from here on */
	FACT("auditor", FACT_BOOL, auditor),
#undef FACT
};
#define FACTS_NEEDED (sizeof facts / sizeof *facts - 1)

static void fact_write(const struct fact *f, const struct identity *id,
    struct buf *out)
{
	const void *p = (const char *)id + f->at;

	switch (f->kind) {
	case FACT_TEXT:
		buf_adds(out, p);
		break;
	case FACT_HEX:
		hex_add(out, slice_of(p, f->size));
		break;
	case FACT_NUMBER:
		buf_printf(out, "%u", (unsigned)*(const uint16_t *)p);
		break;
	case FACT_BOOL:
		buf_adds(out, *(const bool *)p ? "1" : "0");
		break;
	case FACT_TIME:
		buf_printf(out, "%" PRId64, *(const int64_t *)p);
		break;
	}
}

static bool fact_read(const struct fact *f, struct identity *id, const char *s)
{
	void *p = (char *)id + f->at;
	size_t n = strlen(s);
	long long v;
	char *end;

	if (f->kind == FACT_TEXT) {
		if (n >= f->size)
			return false;
		memcpy(p, s, n + 1);
		return true;
	}
	if (f->kind == FACT_HEX)
		return n == 2 * f->size &&
		    hex_decode(slice_str(s), p, f->size);
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || end == s || *end)
		return false;
	if (f->kind == FACT_TIME)
		*(int64_t *)p = v;
	else if (f->kind == FACT_BOOL)
		*(bool *)p = v == 1;
	else
		*(uint16_t *)p = (uint16_t)v;
	return f->kind != FACT_NUMBER || (v > 0 && v <= UINT16_MAX);
}

static enum err_code identity_write(struct store *s, struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code r = OK;
	size_t i;

	for (i = 0; r == OK && i < sizeof facts / sizeof *facts; i++) {
		buf_clear(&b);
		fact_write(&facts[i], &s->id, &b);
		if ((r = buf_ok(&b, e)) == OK)
			r = store_meta_set(s, facts[i].name, slice_buf(&b), e);
	}
	buf_release(&b);
	return r;
}

/* One scan of meta gives the identity, the last stamp and, in hash, the
 * catalogue the tables were made from. */
static enum err_code meta_load(struct store *s, stamp_t *last, char hash[17],
    struct err *e)
{
	size_t found = 0, i;
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_stmt(s, SQL_META_ALL, &st, e)) != OK)
		return r;
	while (store_next(s, st, &r, e)) {
		const char *name = (const char *)sqlite3_column_text(st, 0);
		const char *value = (const char *)sqlite3_column_text(st, 1);

		if (!name || !value)
			continue;
		if (strcmp(name, "last_stamp") == 0)
			*last = strtoll(value, NULL, 10);
		if (strcmp(name, "catalogue") == 0)
			column_text(st, 1, hash, 17);
		for (i = 0; i < sizeof facts / sizeof *facts; i++)
			if (strcmp(facts[i].name, name) == 0 &&
			    fact_read(&facts[i], &s->id, value))
				found += i < FACTS_NEEDED;
	}
	if (r == OK && found != FACTS_NEEDED)
		r = err_set(e, ERR_CORRUPT,
		    _("the store does not say whose it is"));
	return r;
}

static enum err_code connect(struct store *s, int flags, struct err *e)
{
	if (sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
		return err_sqlite(e, s->db, _("opening %s"), s->path);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0,
	    NULL);
	return store_exec(s, "PRAGMA foreign_keys = ON; "
	    "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY", e);
}

/* NULL: out of memory. */
static struct store *store_new(const char *path, const struct catalogue *c)
{
	struct store *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->catalogue = c;
	s->path = strdup(path);
	s->type = calloc(c->ntype ? c->ntype : 1, sizeof *s->type);
	s->rule = calloc(nrules, sizeof(sqlite3_stmt *));
	if (s->path && s->type && s->rule)
		return s;
	store_close(s);
	return NULL;
}

static void clock_start(struct store *s, stamp_t last)
{
	clock_init(&s->clock, s->id.number, last, s->id.floor_ms);
	s->kept = s->clock.last;
}

/* The catalogue's mark goes in with the tables made from it. */
static enum err_code mark_catalogue(struct store *s, struct err *e)
{
	char hash[17];

	schema_hash(s->catalogue, hash);
	return store_meta_set(s, "catalogue", slice_str(hash), e);
}

static enum err_code fill(struct store *s, struct err *e)
{
	enum err_code r;

	if ((r = store_exec(s, "PRAGMA page_size = 4096; "
	    "PRAGMA encoding = 'UTF-8'; PRAGMA journal_mode = DELETE; "
	    "PRAGMA synchronous = EXTRA; BEGIN IMMEDIATE", e)) != OK)
		return r;
	s->in_txn = true;
	if ((r = schema_create(s, e)) != OK ||
	    (r = identity_write(s, e)) != OK ||
	    (r = mark_catalogue(s, e)) != OK ||
	    (r = store_commit(s, e)) != OK)
		return r;
	return store_exec(s, "PRAGMA journal_mode = WAL; "
	    "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000", e);
}

/* Only its owner may read what is in it. */
static enum err_code make_file(const char *path, struct err *e)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return OK;
	}
	if (errno != EEXIST)
		return err_errno(e, _("making %s"), path);
	err_set(e, ERR_EXISTS, _("a store stands at %s already"), path);
	return err_hint(e, _("give another folder"));
}

enum err_code store_create(struct store **out, const char *path,
    const struct catalogue *c, const struct identity *id, struct err *e)
{
	struct store *s;
	enum err_code r;

	*out = NULL;
	if ((r = make_file(path, e)) != OK)
		return r;
	if (!(s = store_new(path, c))) {
		r = err_memory(e);
		goto done;
	}
	s->id = *id;
	s->writing = true;
	if ((r = connect(s, SQLITE_OPEN_READWRITE, e)) != OK)
		goto done;
	clock_start(s, 0);
	r = fill(s, e);
done:
	if (r == OK) {
		*out = s;
		return OK;
	}
	store_close(s);
	unlink(path);
	return r;
}

static enum err_code pragma(struct store *s, const char *sql, int *out,
    struct err *e)
{
	sqlite3_stmt *st = NULL;
	enum err_code r = store_prepare(s, sql, &st, e);
	bool row = false;

	if (r == OK)
		r = store_step(s, st, &row, e);
	*out = r == OK && row ? sqlite3_column_int(st, 0) : 0;
	sqlite3_finalize(st);
	return r;
}

static enum err_code versions(struct store *s, int *version, struct err *e)
{
	int app = 0;

	if (pragma(s, "PRAGMA application_id", &app, e) != OK ||
	    pragma(s, "PRAGMA user_version", version, e) != OK)
		return err_in(e, _("opening %s"), s->path);
	if (app != SCHEMA_APPLICATION || *version < 1) {
		err_set(e, ERR_CORRUPT, _("%s is not a wellhead store"),
		    s->path);
		return err_hint(e, _("make the store again from its chains: "
		    "wellhead rebuild"));
	}
	if (*version > SCHEMA_VERSION) {
		err_set(e, ERR_NEWER, _("%s has the layout %d, this program "
		    "knows %d"), s->path, *version, SCHEMA_VERSION);
		return err_hint(e, _("install the newer wellhead"));
	}
	return OK;
}

/* Under the write lock look again: another process may have done it. */
static enum err_code upgrade(struct store *s, struct err *e)
{
	int version = 0;
	enum err_code r;

	if (store_exec(s, "BEGIN IMMEDIATE", e) != OK)
		return err_in(e, _("bringing %s up to date"), s->path);
	s->in_txn = true;
	if ((r = versions(s, &version, e)) == OK &&
	    (r = schema_upgrade(s, version, e)) == OK &&
	    (r = mark_catalogue(s, e)) == OK)
		r = store_commit(s, e);
	if (r != OK)
		store_rollback(s);
	return r;
}

static enum err_code open_checked(struct store *s, struct err *e)
{
	char hash[17] = "", want[17];
	stamp_t last = 0;
	int version = 0;
	enum err_code r;

	if ((r = versions(s, &version, e)) != OK ||
	    (r = meta_load(s, &last, hash, e)) != OK)
		return r;
	clock_start(s, last);
	schema_hash(s->catalogue, want);
	if (version == SCHEMA_VERSION && strcmp(hash, want) == 0)
		return OK;
	return upgrade(s, e);
}

/* The file at path, connected; nothing of it is looked at yet. */
static enum err_code open_file(struct store **out, const char *path,
    const struct catalogue *c, bool writing, struct err *e)
{
	struct store *s;
	enum err_code r;
	int flags;

	*out = NULL;
	if (!file_exists(path))
		return err_set(e, ERR_NOT_FOUND, _("there is no store at %s"),
		    path);
	if (!(s = store_new(path, c)))
		return err_memory(e);
	/* A reader too needs to write: it may have to recover the WAL. */
	flags = writing || access(path, W_OK) == 0 ? SQLITE_OPEN_READWRITE :
	    SQLITE_OPEN_READONLY;
	if ((r = connect(s, flags, e)) == OK)
		*out = s;
	else
		store_close(s);
	return r;
}

enum err_code store_open(struct store **out, const char *path,
    const struct catalogue *c, bool writing, struct err *e)
{
	enum err_code r;

	if ((r = open_file(out, path, c, writing, e)) != OK || !*out)
		return r;
	if ((r = open_checked(*out, e)) == OK) {
		(*out)->writing = writing;
		r = store_exec(*out, writing ? "PRAGMA synchronous = FULL; "
		    "PRAGMA cache_size = -16000" : "PRAGMA query_only = ON",
		    e);
	}
	if (r != OK) {
		store_close(*out);
		*out = NULL;
	}
	return r;
}

enum err_code store_look(struct store **out, const char *path, struct err *e)
{
	static const struct catalogue no_types;
	char hash[17] = "";
	stamp_t last = 0;
	int version = 0;
	enum err_code r;

	if ((r = open_file(out, path, &no_types, false, e)) != OK || !*out)
		return r;
	/* Counting takes a page's count from its head, and the page once: to
	 * check every cell of it, or to keep it, would be most of the work. */
	if ((r = store_exec(*out, "PRAGMA query_only = ON; "
	    "PRAGMA cell_size_check = OFF; PRAGMA cache_size = -64",
	    e)) == OK &&
	    (r = versions(*out, &version, e)) == OK &&
	    (r = meta_load(*out, &last, hash, e)) == OK)
		clock_start(*out, last);
	if (r != OK || version != SCHEMA_VERSION) {
		store_close(*out);
		*out = NULL;
	}
	return r;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_rollback(s);
	store_stmt_release(s);
	sqlite3_close(s->db);
	free(s->type);
	free(s->rule);
	free(s->path);
	free(s);
}

const struct identity *store_identity(const struct store *s)
{
	return &s->id;
}

enum err_code store_identity_set(struct store *s, const struct identity *id,
    struct err *e)
{
	if (!s->has_was)
		s->was = s->id;
	s->has_was = true;
	s->id = *id;
	return identity_write(s, e);
}

const struct catalogue *store_catalogue(const struct store *s)
{
	return s->catalogue;
}

const char *store_path(const struct store *s)
{
	return s->path;
}

static enum err_code read_any(struct store *s, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, SQL_STORE_ANY, &st, e)) != OK ||
	    (r = store_step(s, st, &row, e)) != OK)
		return r;
	s->nheld = sqlite3_column_int64(st, 0);
	s->nref_ext = sqlite3_column_int64(st, 1);
	s->nahead = sqlite3_column_int64(st, 2);
	s->noperator = sqlite3_column_int64(st, 3);
	s->nerased = sqlite3_column_int64(st, 4);
	sqlite3_reset(st);
	return OK;
}

enum err_code store_begin(struct store *s, struct err *e)
{
	enum err_code r;

	if (s->in_txn || !s->writing)
		return err_set(e, ERR_INTERNAL, s->in_txn ?
		    _("a transaction is open already") :
		    _("the store was opened for reading"));
	if ((r = store_exec(s, "BEGIN IMMEDIATE", e)) != OK)
		return r;
	s->in_txn = true;
	if ((r = read_any(s, e)) != OK)
		store_rollback(s);
	return r;
}

static enum err_code keep_clock(struct store *s, struct err *e)
{
	char text[24];

	if (s->clock.last == s->kept)
		return OK;
	snprintf(text, sizeof text, "%" PRId64,
	    stamp_make(s->clock.last, s->clock.node));
	return store_meta_set(s, "last_stamp", slice_str(text), e);
}

/* Nothing of what was erased stays in the file's free places or in the log.
 * Somebody who reads meanwhile keeps us from it: the next commit tries
 * again. */
static void scrub(struct store *s)
{
	struct err none;

	s->scrub = store_exec(s, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)",
	    &none) != OK;
}

enum err_code store_commit(struct store *s, struct err *e)
{
	enum err_code r;

	if (!s->in_txn)
		return err_set(e, ERR_INTERNAL, _("no transaction is open"));
	if ((r = keep_clock(s, e)) != OK ||
	    (r = store_exec(s, "COMMIT", e)) != OK)
		return r;
	s->kept = s->clock.last;
	s->in_txn = s->has_was = false;
	if (s->scrub)
		scrub(s);
	return OK;
}

void store_rollback(struct store *s)
{
	/* After an I/O error SQLite may have rolled back by itself. */
	if (s->db && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (s->has_was)
		s->id = s->was;
	s->in_txn = s->has_was = false;
}

enum err_code store_savepoint(struct store *s, struct err *e)
{
	if (!s->in_txn)
		return err_set(e, ERR_INTERNAL, _("no transaction is open"));
	return store_exec(s, "SAVEPOINT step", e);
}

void store_savepoint_end(struct store *s, bool keep)
{
	sqlite3_exec(s->db, keep ? "RELEASE step" :
	    "ROLLBACK TO step; RELEASE step", NULL, NULL, NULL);
}

enum err_code store_renew(struct store *s, const char *epoch, int64_t skip,
    struct err *e)
{
	if (!s->in_txn)
		return err_set(e, ERR_INTERNAL, _("no transaction is open"));
	snprintf(s->id.epoch, sizeof s->id.epoch, "%s", epoch);
	clock_skip(&s->clock, clock_ms(), skip);
	return store_meta_set(s, "epoch", slice_str(s->id.epoch), e);
}

void store_skip(struct store *s, int64_t skip)
{
	clock_skip(&s->clock, clock_ms(), skip);
}

void store_pass(struct store *s, stamp_t stamp)
{
	int64_t ticks = stamp_ticks(stamp);

	if (ticks > s->clock.last)
		s->clock.last = ticks;
}

enum err_code store_stamp(struct store *s, stamp_t *out, struct err *e)
{
	if (!s->in_txn)
		return err_set(e, ERR_INTERNAL, _("no transaction is open"));
	*out = clock_next(&s->clock, clock_ms());
	if (*out)
		return OK;
	err_set(e, ERR_RANGE, _("this node's clock has run out of stamps"));
	return err_hint(e, _("set the machine's date right"));
}

enum err_code store_meta_get(struct store *s, const char *name,
    struct buf *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	buf_clear(out);
	if ((r = store_stmt(s, SQL_META_GET, &st, e)) != OK)
		return r;
	bind_text(st, 1, name);
	if ((r = store_step(s, st, &row, e)) != OK || !row)
		return r;
	buf_add(out, sqlite3_column_blob(st, 0),
	    (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_reset(st);
	return buf_ok(out, e);
}

enum err_code store_meta_set(struct store *s, const char *name,
    struct slice value, struct err *e)
{
	struct value v = utf8_valid(value) ? value_text(value) :
	    value_bytes(value);
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_stmt(s, SQL_META_SET, &st, e)) != OK)
		return r;
	bind_text(st, 1, name);
	bind_value(st, 2, &v);
	return store_run(s, st, e);
}
