/* The tables: fixed ones listed here, typed ones from the catalogue. */
#include "rules.h"

#define OPERATOR_SQL \
	"CREATE TABLE operator(stamp INTEGER PRIMARY KEY, " \
	"node INTEGER NOT NULL, code TEXT NOT NULL, branch TEXT NOT NULL, " \
	"person INTEGER, roles TEXT NOT NULL, key BLOB NOT NULL, " \
	"\"from\" TEXT, \"to\" TEXT) STRICT;" \
	"CREATE INDEX operator_code ON operator(node, code)"

#define LINK_SQL \
	"CREATE TABLE link(a INTEGER NOT NULL, b INTEGER NOT NULL, " \
	"stamp INTEGER NOT NULL, verdict TEXT NOT NULL, \"by\" TEXT, " \
	"note TEXT, PRIMARY KEY (a, b, stamp)) STRICT, WITHOUT ROWID"
/* what link says, worked out: every record that is another one, and which */
#define SAME_AS_SQL \
	"CREATE TABLE same_as(id INTEGER PRIMARY KEY, " \
	"one INTEGER NOT NULL) STRICT;" \
	"CREATE INDEX same_as_one ON same_as(one)"
#define ATTACHMENT_SQL \
	"CREATE TABLE attachment(record INTEGER NOT NULL, " \
	"stamp INTEGER NOT NULL, name TEXT, sha256 TEXT, size INTEGER, " \
	"media TEXT, \"by\" TEXT, removes INTEGER, branch TEXT NOT NULL, " \
	"hq INTEGER NOT NULL, PRIMARY KEY (record, stamp)) " \
	"STRICT, WITHOUT ROWID"
/* files come by their hash, long after the rows that name them */
#define ATTACHMENT_INDEX_SQL \
	"CREATE INDEX IF NOT EXISTS attachment_sha256 ON attachment(sha256) " \
	"WHERE sha256 IS NOT NULL;" \
	"CREATE INDEX IF NOT EXISTS attachment_stamp ON attachment(stamp)"
#define ACCESS_SQL \
	"CREATE TABLE access(stamp INTEGER PRIMARY KEY, who TEXT, " \
	"record INTEGER, what TEXT NOT NULL, detail TEXT, " \
	"branch TEXT NOT NULL) STRICT"

/* every key that a node ever had, and where each may no longer sign */
#define SIGNER_SQL \
	"CREATE TABLE signer(code TEXT NOT NULL, key BLOB NOT NULL, " \
	"stamp INTEGER NOT NULL, PRIMARY KEY (code, key)) " \
	"STRICT, WITHOUT ROWID"
#define SIGNER_LIMIT_SQL \
	"CREATE TABLE signer_limit(key BLOB NOT NULL, " \
	"chain TEXT NOT NULL, epoch TEXT NOT NULL, " \
	"stamp INTEGER NOT NULL, after INTEGER NOT NULL, " \
	"known INTEGER NOT NULL, why TEXT NOT NULL, reason TEXT, " \
	"PRIMARY KEY (key, chain, epoch, stamp)) STRICT, WITHOUT ROWID"

/* which values were destroyed: what rows before the stamp said */
#define ERASED_SQL \
	"CREATE TABLE erased(record INTEGER NOT NULL, " \
	"field TEXT NOT NULL, stamp INTEGER NOT NULL, " \
	"reason TEXT NOT NULL, \"by\" TEXT, branch TEXT NOT NULL, " \
	"PRIMARY KEY (record, field, stamp)) STRICT, WITHOUT ROWID"
/* keys of chains: handed out; and those that this store opens */
#define SHARE_SQL \
	"CREATE TABLE share(stamp INTEGER PRIMARY KEY, " \
	"chain TEXT NOT NULL, key BLOB NOT NULL, reader TEXT NOT NULL, " \
	"box BLOB NOT NULL) STRICT;" \
	"CREATE INDEX share_reader ON share(reader, key)"
#define CHAIN_KEY_SQL \
	"CREATE TABLE chain_key(id BLOB PRIMARY KEY, key BLOB NOT NULL, " \
	"chain TEXT NOT NULL, stamp INTEGER NOT NULL) " \
	"STRICT, WITHOUT ROWID;" \
	"CREATE INDEX chain_key_chain ON chain_key(chain, stamp)"
/* keys of single values: of level X */
#define RECORD_KEY_SQL \
	"CREATE TABLE record_key(stamp INTEGER NOT NULL, " \
	"field TEXT NOT NULL, id BLOB NOT NULL, record INTEGER NOT NULL, " \
	"key BLOB NOT NULL, told INTEGER NOT NULL, " \
	"PRIMARY KEY (stamp, field, id)) STRICT, WITHOUT ROWID;" \
	"CREATE INDEX record_key_record ON record_key(record, field);" \
	"CREATE INDEX record_key_told ON record_key(told) WHERE told <> 1"
/* values of level X whose keys are not here */
#define SEALED_VALUE_SQL \
	"CREATE TABLE sealed_value(record INTEGER NOT NULL, " \
	"field TEXT NOT NULL, stamp INTEGER NOT NULL, cell BLOB NOT NULL, " \
	"type TEXT NOT NULL, PRIMARY KEY (record, field, stamp, cell)) " \
	"STRICT, WITHOUT ROWID;" \
	"CREATE INDEX sealed_value_stamp ON sealed_value(stamp, field)"
/* what letters to this node are sealed to; another one after an erasure */
#define MAIL_KEY_SQL \
	"CREATE TABLE mail_key(id INTEGER PRIMARY KEY, " \
	"secret BLOB NOT NULL, erasures INTEGER NOT NULL) STRICT"
/* headquarters: the keys that a node asks for, by the way its letter came */
#define MAIL_WANT_SQL \
	"CREATE TABLE mail_want(remote TEXT NOT NULL, " \
	"reader TEXT NOT NULL, stamp INTEGER NOT NULL, " \
	"field TEXT NOT NULL, PRIMARY KEY (remote, reader, stamp, field)) " \
	"STRICT, WITHOUT ROWID;" \
	"CREATE INDEX mail_want_reader ON mail_want(reader)"

#define CHECKPOINT_SQL \
	"CREATE TABLE checkpoint(stamp INTEGER PRIMARY KEY, " \
	"number INTEGER NOT NULL, at INTEGER NOT NULL, " \
	"chains INTEGER NOT NULL, root BLOB NOT NULL, " \
	"epoch TEXT NOT NULL, seq INTEGER NOT NULL, " \
	"name TEXT NOT NULL) STRICT;" \
	"CREATE INDEX checkpoint_name ON checkpoint(name)"
#define TIP_SQL \
	"CREATE TABLE tip(chain TEXT NOT NULL, epoch TEXT NOT NULL, " \
	"stamp INTEGER NOT NULL, seq INTEGER NOT NULL, " \
	"sha256 BLOB NOT NULL, tree BLOB NOT NULL, stopped TEXT NOT NULL, " \
	"PRIMARY KEY (chain, epoch, stamp)) STRICT, WITHOUT ROWID"
#define STATE_SQL \
	"CREATE TABLE state(stamp INTEGER PRIMARY KEY, " \
	"branch TEXT NOT NULL, records INTEGER NOT NULL, " \
	"root BLOB NOT NULL) STRICT"
/* every chain that has a row in tip: finds the newest of each at once */
#define TIP_CHAIN_SQL \
	"CREATE TABLE tip_chain(chain TEXT NOT NULL, " \
	"epoch TEXT NOT NULL, PRIMARY KEY (chain, epoch)) " \
	"STRICT, WITHOUT ROWID"
/* the compact RFC 6962 tree of each chain: the parts of n leaves */
#define TREE_SQL \
	"CREATE TABLE tree(chain TEXT NOT NULL, epoch TEXT NOT NULL, " \
	"n INTEGER NOT NULL, parts BLOB NOT NULL, " \
	"PRIMARY KEY (chain, epoch)) STRICT, WITHOUT ROWID"
/* the newest Wellhead-Seen of each chain; stamp: of that checkpoint, 0 when
 * it is not known here */
#define SEEN_SQL \
	"CREATE TABLE seen(chain TEXT NOT NULL, epoch TEXT NOT NULL, " \
	"seq INTEGER NOT NULL, name TEXT NOT NULL, " \
	"stamp INTEGER NOT NULL, PRIMARY KEY (chain, epoch)) " \
	"STRICT, WITHOUT ROWID"
/* the epochs of hq/all: the stamps of their first and last checkpoint */
#define HQ_EPOCH_SQL \
	"CREATE TABLE hq_epoch(epoch TEXT PRIMARY KEY, " \
	"first INTEGER NOT NULL, last INTEGER NOT NULL) " \
	"STRICT, WITHOUT ROWID"
#define RECEIPT_OPEN_SQL \
	"CREATE INDEX receipt_open ON receipt(chain) " \
	"WHERE result <> 'applied';" \
	"CREATE INDEX receipt_clock ON receipt(chain) " \
	"WHERE code = 'W_CLOCK'"
/* contradictions that were met, kept until a person has looked */
#define SPLIT_SQL \
	"CREATE TABLE split(chain TEXT NOT NULL, epoch TEXT NOT NULL, " \
	"seq INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, " \
	"reason TEXT NOT NULL, settled INTEGER NOT NULL, " \
	"PRIMARY KEY (chain, epoch, seq, name)) STRICT, WITHOUT ROWID"

/* Synced tables have an order, the dump's; the others are local. */
const struct schema_table schema_tables[] = {
	{ "edit",
	    "CREATE TABLE edit(record INTEGER NOT NULL, field TEXT NOT NULL, "
	    "stamp INTEGER NOT NULL, type TEXT NOT NULL, value ANY, "
	    "replaces TEXT, \"by\" TEXT, live INTEGER NOT NULL, "
	    "ahead INTEGER NOT NULL, PRIMARY KEY (record, field, stamp)) "
	    "STRICT, WITHOUT ROWID", "record, field, stamp", false },
	{ "transition",
	    "CREATE TABLE transition(stamp INTEGER PRIMARY KEY, "
	    "record INTEGER NOT NULL, type TEXT NOT NULL, "
	    "\"from\" TEXT NOT NULL, \"to\" TEXT NOT NULL, role TEXT, "
	    "\"by\" TEXT, \"on\" TEXT, note TEXT, replaces TEXT NOT NULL, "
	    "imported INTEGER, live INTEGER NOT NULL, "
	    "ahead INTEGER NOT NULL, operator TEXT, signature BLOB) STRICT;"
	    "CREATE INDEX transition_record ON transition(record)",
	    "stamp", false },
	{ "conflict",
	    "CREATE TABLE conflict(record INTEGER NOT NULL, "
	    "field TEXT NOT NULL, type TEXT NOT NULL, "
	    "PRIMARY KEY (record, field)) STRICT, WITHOUT ROWID",
	    "record, field", false },
	{ "held",
	    "CREATE TABLE held(stamp INTEGER PRIMARY KEY, "
	    "kind TEXT NOT NULL, record INTEGER NOT NULL, "
	    "type TEXT NOT NULL, row TEXT NOT NULL, needs INTEGER NOT NULL, "
	    "code TEXT NOT NULL, branch TEXT NOT NULL, "
	    "hq INTEGER NOT NULL) STRICT;"
	    "CREATE INDEX held_needs ON held(needs) WHERE needs > 0",
	    "stamp", false },
	{ "ref_ext",
	    "CREATE TABLE ref_ext(record INTEGER NOT NULL, "
	    "field TEXT NOT NULL, type TEXT NOT NULL, ext TEXT NOT NULL, "
	    "PRIMARY KEY (record, field)) STRICT, WITHOUT ROWID;"
	    "CREATE INDEX ref_ext_ext ON ref_ext(ext)",
	    "record, field", false },
	{ "ahead",
	    "CREATE TABLE ahead(first INTEGER NOT NULL, "
	    "last INTEGER NOT NULL, PRIMARY KEY (first, last)) "
	    "STRICT, WITHOUT ROWID", "first, last", false },
	{ "record",
	    "CREATE TABLE record(id INTEGER PRIMARY KEY, "
	    "type INTEGER NOT NULL) STRICT", "id", false },
	{ "roster",
	    "CREATE TABLE roster(number INTEGER PRIMARY KEY, "
	    "stamp INTEGER NOT NULL, code TEXT NOT NULL UNIQUE, "
	    "branch TEXT NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL, "
	    "kind TEXT NOT NULL) STRICT", "number", false },
	{ "operator", OPERATOR_SQL, "stamp", false },
	{ "link", LINK_SQL, "a, b, stamp", false },
	{ "attachment", ATTACHMENT_SQL ";" ATTACHMENT_INDEX_SQL,
	    "record, stamp", false },
	{ "access", ACCESS_SQL, "stamp", false },
	{ "changeset",
	    "CREATE TABLE changeset(chain TEXT NOT NULL, "
	    "epoch TEXT NOT NULL, seq INTEGER NOT NULL, "
	    "\"commit\" TEXT NOT NULL, sha256 TEXT NOT NULL, "
	    "first INTEGER NOT NULL, last INTEGER NOT NULL, "
	    "sealed INTEGER NOT NULL, bytes INTEGER NOT NULL, "
	    "raw_bytes INTEGER NOT NULL, records INTEGER NOT NULL, "
	    "edits INTEGER NOT NULL, transitions INTEGER NOT NULL, "
	    "PRIMARY KEY (chain, epoch, seq)) STRICT, WITHOUT ROWID",
	    "chain, epoch, seq", false },
	{ "receipt",
	    "CREATE TABLE receipt(chain TEXT NOT NULL, epoch TEXT NOT NULL, "
	    "from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, "
	    "arrived INTEGER NOT NULL, result TEXT NOT NULL, "
	    "code TEXT NOT NULL, stamp INTEGER NOT NULL DEFAULT 0, "
	    "PRIMARY KEY (chain, epoch, from_seq, to_seq, arrived, result)) "
	    "STRICT, WITHOUT ROWID;" RECEIPT_OPEN_SQL,
	    "chain, epoch, from_seq, to_seq, arrived, result", false },
	{ "checkpoint", CHECKPOINT_SQL, "stamp", false },
	{ "tip", TIP_SQL, "chain, epoch, stamp", false },
	{ "state", STATE_SQL, "stamp", false },
	{ "signer", SIGNER_SQL, "code, key", false },
	{ "signer_limit", SIGNER_LIMIT_SQL, "key, chain, epoch, stamp",
	    false },
	{ "share", SHARE_SQL, "stamp", false },
	{ "erased", ERASED_SQL, "record, field, stamp", false },
	/* local from here on */
	{ "chain_key", CHAIN_KEY_SQL, NULL, true },
	{ "record_key", RECORD_KEY_SQL, NULL, true },
	{ "mail_key", MAIL_KEY_SQL, NULL, true },
	{ "mail_want", MAIL_WANT_SQL, NULL, true },
	{ "sealed_value", SEALED_VALUE_SQL, NULL, false },
	{ "tip_chain", TIP_CHAIN_SQL, NULL, false },
	{ "tree", TREE_SQL, NULL, false },
	{ "seen", SEEN_SQL, NULL, false },
	{ "hq_epoch", HQ_EPOCH_SQL, NULL, false },
	{ "split", SPLIT_SQL, NULL, true },
	{ "same_as", SAME_AS_SQL, NULL, false },
	{ "meta",
	    "CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY) "
	    "STRICT, WITHOUT ROWID", NULL, true },
	{ "remote",
	    "CREATE TABLE remote(name TEXT PRIMARY KEY, "
	    "url TEXT NOT NULL, hours TEXT NOT NULL DEFAULT '', "
	    "slice INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID", NULL,
	    true },
	{ "sent",
	    "CREATE TABLE sent(remote TEXT NOT NULL, chain TEXT NOT NULL, "
	    "epoch TEXT NOT NULL, seq INTEGER NOT NULL, "
	    "PRIMARY KEY (remote, chain, epoch)) STRICT, WITHOUT ROWID",
	    NULL, true },
	{ "invitation",
	    "CREATE TABLE invitation(number INTEGER PRIMARY KEY, "
	    "code TEXT NOT NULL UNIQUE, branch TEXT NOT NULL, "
	    "name TEXT NOT NULL, token BLOB NOT NULL, "
	    "used INTEGER NOT NULL, kind TEXT NOT NULL DEFAULT 'branch') "
	    "STRICT", NULL, true },
	{ "position",
	    "CREATE TABLE position(chain TEXT NOT NULL, "
	    "epoch TEXT NOT NULL, seq INTEGER NOT NULL, "
	    "\"commit\" TEXT NOT NULL, sha256 TEXT NOT NULL, "
	    "last INTEGER NOT NULL, stopped TEXT NOT NULL, "
	    "reason TEXT NOT NULL, PRIMARY KEY (chain, epoch)) "
	    "STRICT, WITHOUT ROWID", NULL, false },
	/* what: a fixed table's number, or -1 for a record; row: the whole
	 * row, for those that have no table of their own */
	{ "outbox",
	    "CREATE TABLE outbox(stamp INTEGER PRIMARY KEY, "
	    "chain TEXT NOT NULL, what INTEGER NOT NULL, record INTEGER, "
	    "field TEXT, row TEXT) STRICT;"
	    "CREATE INDEX outbox_chain ON outbox(chain)", NULL, false },
	{ "search_pending",
	    "CREATE TABLE search_pending(record INTEGER PRIMARY KEY, "
	    "type INTEGER NOT NULL) STRICT", NULL, false },
	/* what search finds: the text as indexed, needed again to take it
	 * out of the index when the record changes */
	{ "search_doc",
	    "CREATE TABLE search_doc(record INTEGER PRIMARY KEY, "
	    "type INTEGER NOT NULL, text TEXT NOT NULL) STRICT", NULL,
	    false },
	{ "search_text",
	    "CREATE VIRTUAL TABLE search_text USING fts5(text, "
	    "content='search_doc', content_rowid='record', "
	    "tokenize='trigram')", NULL, false },
};
const size_t nschema_tables = sizeof schema_tables / sizeof *schema_tables;

/* Append only: {the user_version it leads to, its SQL}. Version 1 is what
 * schema_create() made first. */
static const struct migration {
	int version;
	const char *sql;
} migrations[] = {
	{ 1, "" },
	{ 2, OPERATOR_SQL ";"
	    "ALTER TABLE transition ADD COLUMN operator TEXT;"
	    "ALTER TABLE transition ADD COLUMN signature BLOB" },
	{ 3, LINK_SQL ";" SAME_AS_SQL ";" ATTACHMENT_SQL },
	{ 4, "DROP TABLE IF EXISTS access;" ACCESS_SQL ";"
	    ATTACHMENT_INDEX_SQL ";"
	    CHECKPOINT_SQL ";" TIP_SQL ";" STATE_SQL ";" TIP_CHAIN_SQL ";"
	    TREE_SQL ";" SEEN_SQL ";" HQ_EPOCH_SQL ";" SPLIT_SQL ";"
	    SIGNER_SQL ";" SIGNER_LIMIT_SQL ";"
	    SHARE_SQL ";" CHAIN_KEY_SQL ";" RECORD_KEY_SQL ";"
	    MAIL_KEY_SQL ";" MAIL_WANT_SQL ";" SEALED_VALUE_SQL ";" ERASED_SQL ";"
	    "INSERT INTO signer(code, key, stamp) "
	    "SELECT code, key, stamp FROM roster;"
	    "ALTER TABLE invitation ADD COLUMN kind TEXT NOT NULL "
	    "DEFAULT 'branch';"
	    "ALTER TABLE receipt ADD COLUMN stamp INTEGER NOT NULL "
	    "DEFAULT 0;" RECEIPT_OPEN_SQL ";"
	    "ALTER TABLE remote ADD COLUMN hours TEXT NOT NULL DEFAULT '';"
	    "ALTER TABLE remote ADD COLUMN slice INTEGER NOT NULL "
	    "DEFAULT 0" },
};

static const char *const kind_sql[] = {
	[COL_STAMP] = "INTEGER", [COL_REF] = "INTEGER", [COL_REFS] = "TEXT",
	[COL_TEXT] = "TEXT", [COL_INT] = "INTEGER", [COL_REAL] = "REAL",
	[COL_BOOL] = "INTEGER", [COL_DATE] = "TEXT", [COL_MONTH] = "TEXT",
	[COL_QUARTER] = "TEXT", [COL_ENUM] = "TEXT", [COL_JSON] = "TEXT",
	[COL_BYTES] = "BLOB", [COL_ANY] = "ANY",
};

static void column_sql(struct buf *b, const struct column *c)
{
	sql_name(b, c->key);
	buf_printf(b, " %s", kind_sql[c->kind]);
}

static enum err_code make_type(struct store *s, const struct type *t,
    struct err *e)
{
	struct buf b = BUF_INIT, index = BUF_INIT;
	enum err_code r;
	size_t i;

	buf_adds(&b, "CREATE TABLE IF NOT EXISTS ");
	sql_name(&b, t->key);
	buf_adds(&b, "(id INTEGER PRIMARY KEY, branch TEXT NOT NULL, "
	    "state TEXT NOT NULL, state_at INTEGER NOT NULL, void TEXT");
	for (i = TYPE_COL_EXT; i < t->table.ncol; i++) {
		buf_adds(&b, ", ");
		column_sql(&b, &t->table.col[i]);
	}
	buf_adds(&b, ") STRICT; CREATE INDEX IF NOT EXISTS ");
	buf_printf(&index, "%s_ext", t->key);
	sql_name(&b, index.p ? (const char *)index.p : "");
	buf_adds(&b, " ON ");
	sql_name(&b, t->key);
	buf_adds(&b, "(ext) WHERE ext IS NOT NULL");
	rules_index_sql(&b, t);
	if ((r = buf_ok(&index, e)) == OK && (r = buf_ok(&b, e)) == OK)
		r = store_exec(s, (const char *)b.p, e);
	buf_release(&b);
	buf_release(&index);
	return r;
}

static bool has_column(struct store *s, const struct type *t, const char *key)
{
	return sqlite3_table_column_metadata(s->db, "main", t->key, key, NULL,
	    NULL, NULL, NULL, NULL) == SQLITE_OK;
}

static enum err_code add_columns(struct store *s, const struct type *t,
    struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code r = OK;
	size_t i;

	for (i = TYPE_COL_EXT; r == OK && i < t->table.ncol; i++) {
		if (has_column(s, t, t->table.col[i].key))
			continue;
		buf_clear(&b);
		buf_adds(&b, "ALTER TABLE ");
		sql_name(&b, t->key);
		buf_adds(&b, " ADD COLUMN ");
		column_sql(&b, &t->table.col[i]);
		if ((r = buf_ok(&b, e)) == OK)
			r = store_exec(s, (const char *)b.p, e);
	}
	buf_release(&b);
	return r;
}

static enum err_code set_version(struct store *s, struct err *e)
{
	char sql[80];

	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; "
	    "PRAGMA user_version = %d", SCHEMA_APPLICATION, SCHEMA_VERSION);
	return store_exec(s, sql, e);
}

enum err_code schema_create(struct store *s, struct err *e)
{
	enum err_code r = OK;
	size_t i;

	for (i = 0; r == OK && i < nschema_tables; i++)
		r = store_exec(s, schema_tables[i].sql, e);
	for (i = 0; r == OK && i < s->catalogue->ntype; i++)
		r = make_type(s, &s->catalogue->type[i], e);
	return r == OK ? set_version(s, e) : r;
}

enum err_code schema_upgrade(struct store *s, int version, struct err *e)
{
	enum err_code r = OK;
	size_t i;

	for (i = 0; r == OK && i < sizeof migrations / sizeof *migrations; i++)
		if (migrations[i].version > version)
			r = store_exec(s, migrations[i].sql, e);
	for (i = 0; r == OK && i < s->catalogue->ntype; i++) {
		r = make_type(s, &s->catalogue->type[i], e);
		if (r == OK)
			r = add_columns(s, &s->catalogue->type[i], e);
	}
	return r == OK ? set_version(s, e) : r;
}

void schema_columns(struct buf *b, const struct type *t)
{
	size_t i;

	buf_adds(b, "id, branch, state, state_at, void");
	for (i = TYPE_COL_EXT; i < t->table.ncol; i++) {
		buf_adds(b, ", ");
		sql_name(b, t->table.col[i].key);
	}
}

/* FNV-1a, the ends of the words counted so that "ab","c" is not "a","bc". */
static uint64_t hash_word(uint64_t h, const char *word)
{
	do {
		h = (h ^ (unsigned char)*word) * UINT64_C(0x100000001b3);
	} while (*word++);
	return h;
}

void schema_hash(const struct catalogue *c, char out[17])
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	struct buf index = BUF_INIT;
	size_t i, j;

	for (i = 0; i < c->ntype; i++) {
		const struct table *t = &c->type[i].table;

		h = hash_word(h, c->type[i].key);
		for (j = 0; j < t->ncol; j++) {
			h = hash_word(h, t->col[j].key);
			h = hash_word(h, kind_sql[t->col[j].kind]);
		}
		rules_index_sql(&index, &c->type[i]);
	}
	h = hash_word(h, index.p ? (const char *)index.p : "");
	buf_release(&index);
	snprintf(out, 17, "%016llx", (unsigned long long)h);
}
