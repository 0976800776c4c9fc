/* What a key may not do over its own good signature: write others' records,
 * go back in time, promote itself, enrol without the token. And whatever a
 * branch signs, headquarters lives on.
 */
#include "attack.h"

enum subject { MINE, THEIRS, HQS, THEIRS_UNSEEN, LATER };
enum author { TC, HQ, NB, NOBODY };

/* One row of a changeset. R: a request. E: field a of `of` gets b, or the
 * number 7 when b is NULL. T: from a to b by role. N: roster row of code a,
 * kind b. C: a receipt for chain a. L: an enrolment. A: a file named a for
 * `of`; b tells what is wrong with it. D: verdict a on `of` and NB's record,
 * or on one record alone when b is not NULL. */
struct claim {
	const char *name;
	char what;
	enum author by;
	int at;			/* ticks after the chain's last stamp */
	enum subject of;
	const char *type, *a, *b, *role, *replaces;
	enum err_code want;
};

#define OK_AT 50		/* where the good row stands */
#define E(name, of, type, a, b, replaces, want) \
	{ name, 'E', TC, 60, of, type, a, b, NULL, replaces, want }
#define T(name, of, a, b, role, want) \
	{ name, 'T', TC, 60, of, "request", a, b, role, NULL, want }
#define BESIDE(name, what, by, of, a, b, want) \
	{ name, what, by, 60, of, NULL, a, b, NULL, NULL, want }
#define ROW(name, what, by, at, a, b, want) \
	{ name, what, by, at, MINE, NULL, a, b, NULL, NULL, want }

static const struct claim claims[] = {
	ROW("NB's stamp", 'R', NB, 60, NULL, NULL, ERR_FOREIGN),
	ROW("HQ's stamp", 'R', HQ, 60, NULL, NULL, ERR_FOREIGN),
	ROW("nobody's stamp", 'R', NOBODY, 60, NULL, NULL, ERR_FOREIGN),
	ROW("NB's stamp, before", 'R', NB, -9, NULL, NULL, ANY_REFUSAL),
	ROW("the last stamp again", 'R', TC, 0, NULL, NULL, ERR_CHAIN),
	ROW("an older stamp", 'R', TC, -1, NULL, NULL, ERR_CHAIN),
	ROW("a much older stamp", 'R', TC, -100000, NULL, NULL, ERR_CHAIN),
	{ "a stamp twice", 'E', TC, OK_AT, MINE, "request", "content", "x",
	    NULL, NULL, ERR_CHAIN },
	E("NB's record", THEIRS, "request", "content", "x", NULL,
	    ERR_FOREIGN),
	E("HQ's record", HQS, "request", "content", "x", NULL, ERR_FOREIGN),
	E("NB's, not seen yet", THEIRS_UNSEEN, "request", "content", "x",
	    NULL, ERR_FOREIGN),
	E("NB's record void", THEIRS, "request", "void", "x", NULL,
	    ERR_FOREIGN),
	E("NB's as another type", THEIRS, "person", "name", "x", NULL,
	    ANY_REFUSAL),
	E("a record to come", LATER, "request", "content", "x", NULL,
	    ERR_FORMAT),
	E("no such field", MINE, "request", "branch", "NB", NULL, ERR_FORMAT),
	E("the id", MINE, "request", "id", NULL, NULL, ERR_FORMAT),
	E("the state as a field", MINE, "request", "state", "closed", NULL,
	    ERR_FORMAT),
	E("another type", MINE, "person", "name", "x", NULL, ERR_FORMAT),
	E("no such type", MINE, "roster", "key", "x", NULL, ANY_REFUSAL),
	E("a number for a text", MINE, "request", "content", NULL, NULL,
	    ERR_FORMAT),
	E("a key for a reference", MINE, "request", "handler", "x", NULL,
	    ERR_FORMAT),
	E("replaces what comes later", MINE, "request", "content", "x",
	    "[9223372036854775807]", ERR_FORMAT),
	E("replaces what was before the record", MINE, "request", "content",
	    "x", "[1]", ERR_FORMAT),
	E("replaces nonsense", MINE, "request", "content", "x", "[1,]",
	    ERR_FORMAT),
	T("a step that is none", MINE, "submitted", "closed", "chair",
	    ERR_TRANSITION),
	T("to no such state", MINE, "submitted", "paradise", "chair",
	    ANY_REFUSAL),
	T("in HQ's role", MINE, "handling", "handling", "hq", ERR_ROLE),
	T("in a role that may not", MINE, "submitted", "accepted", "worker",
	    ERR_ROLE),
	T("in no such role", MINE, "submitted", "accepted", "root",
	    ERR_ROLE),
	T("in no role", MINE, "submitted", "accepted", NULL, ERR_ROLE),
	T("NB's record", THEIRS, "submitted", "accepted", "chair",
	    ERR_FOREIGN),
	T("HQ's record", HQS, "submitted", "accepted", "chair", ERR_FOREIGN),
	T("NB's, not seen yet", THEIRS_UNSEEN, "submitted", "accepted",
	    "chair", ERR_FOREIGN),
	ROW("promotes itself", 'N', TC, 60, "TC", "hq", ERR_FOREIGN),
	ROW("a key for NB", 'N', TC, 60, "NB", "branch", ERR_FOREIGN),
	ROW("a node of its own", 'N', TC, 60, "TC-2", "branch", ERR_FOREIGN),
	ROW("a receipt for itself", 'C', TC, 60, "node/TC", "applied",
	    ERR_FOREIGN),
	ROW("enrols again", 'L', TC, 60, "TC", NULL, ERR_FOREIGN),
	ROW("enrols NB", 'L', TC, 60, "NB", NULL, ERR_FOREIGN),
	BESIDE("a file for NB's record", 'A', TC, THEIRS, "x", NULL,
	    ERR_FOREIGN),
	BESIDE("a file for NB's, not seen yet", 'A', TC, THEIRS_UNSEEN, "x",
	    NULL, ERR_FOREIGN),
	BESIDE("a file for HQ's record", 'A', TC, HQS, "x", NULL,
	    ERR_FOREIGN),
	BESIDE("a file off NB's record", 'A', TC, THEIRS, NULL, "removes",
	    ERR_FOREIGN),
	BESIDE("a file without a hash", 'A', TC, MINE, "x", "hash",
	    ERR_FORMAT),
	BESIDE("a file without a name", 'A', TC, MINE, NULL, NULL,
	    ERR_FORMAT),
	BESIDE("a file that is too long", 'A', TC, MINE, "x", "size",
	    ERR_FORMAT),
	BESIDE("a file on and off", 'A', TC, MINE, "x", "removes",
	    ERR_FORMAT),
	BESIDE("decides as HQ does", 'D', TC, MINE, "same", NULL,
	    ERR_FOREIGN),
};

/* What HQ may not say in its chain to TC. */
static const struct claim hq_claims[] = {
	{ "TC's record", 'E', HQ, 60, MINE, "request", "content", "x", NULL,
	    NULL, ERR_FOREIGN },
	{ "TC's record void", 'E', HQ, 60, MINE, "request", "void", "x",
	    NULL, NULL, ERR_FOREIGN },
	{ "as TC's chair", 'T', HQ, 60, MINE, "request", "submitted",
	    "accepted", "chair", NULL, ERR_ROLE },
	ROW("TC's stamp", 'R', TC, 60, NULL, NULL, ERR_FOREIGN),
	ROW("the roster", 'N', HQ, 60, "XX", "branch", ERR_FOREIGN),
	ROW("an enrolment", 'L', HQ, 60, "XX", NULL, ERR_FOREIGN),
	ROW("HQ's own chain's receipt", 'C', HQ, 60, "hq/TC", "applied",
	    ERR_FORMAT),
	BESIDE("a file for TC's record", 'A', HQ, MINE, "x", NULL,
	    ERR_FOREIGN),
	BESIDE("a verdict that is none", 'D', HQ, MINE, "alike", NULL,
	    ERR_FORMAT),
	BESIDE("one record is itself", 'D', HQ, MINE, "same", "alone",
	    ERR_FORMAT),
};

struct cast {			/* who and what a claim may name */
	struct world *w;
	stamp_t last;
};

static uint16_t number_of(const struct cast *c, enum author by)
{
	switch (by) {
	case TC: return store_identity(c->w->tc->store)->number;
	case NB: return store_identity(c->w->nb->store)->number;
	case HQ: return HQ_NUMBER;
	default: return 65535;
	}
}

static stamp_t stamp_at(const struct cast *c, int at, enum author by)
{
	return stamp_make(stamp_ticks(c->last) + at, number_of(c, by));
}

static stamp_t record_of(const struct cast *c, enum subject s)
{
	switch (s) {
	case MINE: return c->w->mine;
	case THEIRS: return c->w->theirs;
	case HQS: return c->w->hqs;
	case LATER: return stamp_at(c, 1000, TC);
	case THEIRS_UNSEEN: break;
	}
	return c->w->theirs + stamp_make(1, 0);
}

static void add_request(struct batch *b, stamp_t stamp)
{
	const struct type *t = catalogue_type(b->catalogue, "request");
	struct value *cell = batch_row(b, t, -1);

	assert_non_null(cell);
	cell[0] = value_int(stamp);
	cell[type_field(b->catalogue, t, "content")->column_index] =
	    value_str("a request");
}

static void add_change(const struct cast *c, const struct claim *k,
    struct value *cell)
{
	bool edit = k->what == 'E';

	cell[EDIT_RECORD] = value_int(record_of(c, k->of));
	cell[EDIT_TYPE] = value_str(k->type);
	if (edit) {
		cell[EDIT_FIELD] = value_str(k->a);
		cell[EDIT_VALUE] = k->b ? value_str(k->b) : value_int(7);
		cell[EDIT_REPLACES] = value_str(k->replaces);
		return;
	}
	cell[TRANSITION_FROM] = value_str(k->a);
	cell[TRANSITION_TO] = value_str(k->b);
	cell[TRANSITION_ROLE] = value_str(k->role);
	cell[TRANSITION_REPLACES] = value_str(k->replaces);
}

static void add_office(const struct cast *c, const struct claim *k,
    struct value *cell)
{
	struct slice key = slice_of(c->w->tc->key.public, KEY_PUBLIC);

	if (k->what == 'N') {
		cell[NODE_NUMBER] = value_int(k->by == TC ?
		    number_of(c, TC) : 77);
		cell[NODE_CODE] = value_str(k->a);
		cell[NODE_BRANCH] = value_str(k->a);
		cell[NODE_NAME] = value_str(k->a);
		cell[NODE_KEY] = value_bytes(key);
		cell[NODE_KIND] = value_str(k->b);
	} else if (k->what == 'C') {
		cell[RECEIPT_CHAIN] = value_str(k->a);
		cell[RECEIPT_EPOCH] = value_str(c->w->good.epoch);
		cell[RECEIPT_FROM] = value_int(1);
		cell[RECEIPT_TO] = value_int(1000);
		cell[RECEIPT_ARRIVED] = value_int(clock_ms());
		cell[RECEIPT_RESULT] = value_str(k->b);
	} else {
		cell[ENROL_NUMBER] = value_int(number_of(c, TC));
		cell[ENROL_CODE] = value_str(k->a);
		cell[ENROL_KEY] = value_bytes(key);
		cell[ENROL_MAC] = value_bytes(key);
	}
}

static bool broken(const struct claim *k, const char *what)
{
	return k->b && !strcmp(k->b, what);
}

static void add_beside(const struct cast *c, const struct claim *k,
    struct value *cell)
{
	struct slice hash = slice_of(c->w->tc->key.public, 32);
	stamp_t of = record_of(c, k->of), other = record_of(c, THEIRS);

	if (k->what == 'D') {
		cell[LINK_A] = value_int(of < other ? of : other);
		cell[LINK_B] = value_int(of < other ? other : of);
		if (k->b)
			cell[LINK_B] = cell[LINK_A];
		cell[LINK_VERDICT] = value_str(k->a);
		return;
	}
	cell[ATTACHMENT_RECORD] = value_int(of);
	cell[ATTACHMENT_NAME] = value_str(k->a);
	if (broken(k, "removes"))
		cell[ATTACHMENT_REMOVES] = value_int(of + 65536);
	if (broken(k, "removes") && !k->a)
		return;
	if (!broken(k, "hash"))
		cell[ATTACHMENT_SHA256] = value_bytes(hash);
	cell[ATTACHMENT_SIZE] = value_int(broken(k, "size") ? INT64_MAX : 9);
	cell[ATTACHMENT_MEDIA] = value_str("image/png");
}

static int table_of(char what)
{
	static const struct { char what; enum fixed_table table; } map[] = {
		{ 'E', TABLE_EDIT }, { 'T', TABLE_TRANSITION },
		{ 'N', TABLE_NODE }, { 'C', TABLE_RECEIPT },
		{ 'A', TABLE_ATTACHMENT }, { 'D', TABLE_LINK },
		{ 'L', TABLE_ENROL } };

	for (size_t i = 0; i < COUNT(map); i++)
		if (map[i].what == what)
			return (int)map[i].table;
	fail_msg("no table for %c", what);
	return -1;
}

/* A good request and the claim, as bytes. */
static void write_claim(const struct cast *c, const struct claim *k,
    struct buf *raw)
{
	struct err e = {0};
	struct value *cell;
	struct batch b;

	batch_init(&b, c->w->tc->catalogue);
	if (k->what != 'N' && k->what != 'L')	/* those are not sealed */
		add_request(&b, stamp_at(c, OK_AT, k->by));
	if (k->what == 'R') {
		add_request(&b, stamp_at(c, k->at, k->by));
	} else {
		cell = batch_row(&b, NULL, table_of(k->what));
		assert_non_null(cell);
		cell[0] = value_int(stamp_at(c, k->at, k->by));
		if (k->what == 'E' || k->what == 'T')
			add_change(c, k, cell);
		else if (k->what == 'A' || k->what == 'D')
			add_beside(c, k, cell);
		else
			add_office(c, k, cell);
	}
	batch_sort(&b);
	buf_clear(raw);
	WANT(codec_encode(&b, raw, &e), e);
	batch_release(&b);
}

static void test_claims(void **state)
{
	struct buf raw = BUF_INIT;
	struct cast c = {0};
	struct header h;
	struct world w;
	char oid[OID_HEX];

	(void)state;
	world_start(&w);
	c = (struct cast){ .w = &w, .last = w.good.last };
	for (size_t i = 0; i < COUNT(claims); i++) {
		write_claim(&c, &claims[i], &raw);
		h = w.due.h;
		attack_raw(&w, slice_buf(&raw), &h);
		attack_commit(&w, &h, &w.tc->key, oid);
		attack_refused(&w, claims[i].name, oid, claims[i].want);
	}
	buf_release(&raw);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* ---- at a branch ---- */

#define FROM_HQ "refs/remotes/hq/"

struct downward {		/* HQ's chain as TC sees it */
	struct world *w;
	struct position good;
	struct header next;
	char ref[120];
};

static void down_start(struct downward *d, struct world *w,
    const char *chain)
{
	const struct identity *hq = store_identity(w->o.hq->store);
	struct position p = attack_tip(w->o.hq, chain, hq->epoch);
	struct link l = {0};
	struct err e = {0};

	*d = (struct downward){ .w = w };
	snprintf(d->ref, sizeof d->ref, FROM_HQ "%s", chain);
	attack_carry(w->o.hq, w->tc, p.commit, d->ref);
	(void)attack_ingest(w->tc, FROM_HQ);
	d->good = attack_tip(w->tc, chain, hq->epoch);
	assert_string_equal(d->good.commit, p.commit);
	WANT(link_open(w->tc, p.commit, &l, &e), e);
	d->next = l.h;
	d->next.seq = p.seq + 1;
	memcpy(d->next.parent, p.commit, sizeof p.commit);
	memcpy(d->next.prev, p.sha256, sizeof p.sha256);
	link_release(&l);
}

static void down_try(struct downward *d, const char *name,
    const struct header *h, const struct key *k, enum err_code want)
{
	struct world *w = d->w;
	struct buf was = nodes_dump(w->tc), now;
	struct ingested in;
	struct position p;
	char oid[OID_HEX], parent[OID_HEX];

	w->tried++;
	attack_commit(w, h, k, oid);
	attack_copy_one(w->o.hq, w->tc, oid, parent);
	attack_ref(w->tc, d->ref, oid);
	in = attack_ingest(w->tc, FROM_HQ);
	p = attack_tip(w->tc, d->good.chain, d->good.epoch);
	now = nodes_dump(w->tc);
	if (want == OK ? in.changesets != 1 || p.stopped[0] :
	    in.changesets || strcmp(p.stopped, err_name(want)) != 0)
		fail_msg("%s: %zu taken, stopped for '%s', not %s: %s", name,
		    in.changesets, p.stopped, err_name(want), p.reason);
	if (want && !slice_eq(slice_buf(&was), slice_buf(&now)))
		fail_msg("%s: changed the branch's tables", name);
	buf_release(&was);
	buf_release(&now);
}

static void test_from_hq(void **state)
{
	static const struct claim fine = { "canary", 'R', HQ, 60, MINE, NULL,
		NULL, NULL, NULL, NULL, OK };
	struct buf raw = BUF_INIT;
	struct downward all, d;
	struct key stranger, root = {0};
	struct header h;
	struct err e = {0};
	struct world w;
	struct cast c;

	(void)state;
	world_start(&w);
	down_start(&all, &w, "hq/all");
	down_start(&d, &w, "hq/TC");
	c = (struct cast){ .w = &w, .last = d.good.last };
	write_claim(&c, &fine, &raw);
	attack_raw(&w, slice_buf(&raw), &d.next);
	key_make(&stranger);
	WANT(node_root_key(w.o.hq, &root, &e), e);
	down_try(&d, "a stranger's key", &d.next, &stranger, ERR_KEY);
	down_try(&d, "NB's key", &d.next, &w.nb->key, ERR_KEY);
	down_try(&d, "TC's own key", &d.next, &w.tc->key, ERR_KEY);
	down_try(&d, "the root key", &d.next, &root, ERR_KEY);
	h = d.next;
	memcpy(h.author, "TC", 3);
	down_try(&d, "TC as author", &h, &w.o.hq->key, ERR_FOREIGN);
	h = d.next;
	memcpy(h.chain, "hq/NB", 6);
	down_try(&d, "for NB", &h, &w.o.hq->key, ERR_CHAIN);
	for (size_t i = 0; i < COUNT(hq_claims); i++) {
		h = d.next;
		write_claim(&c, &hq_claims[i], &raw);
		attack_raw(&w, slice_buf(&raw), &h);
		down_try(&d, hq_claims[i].name, &h, &w.o.hq->key,
		    hq_claims[i].want);
	}
	down_try(&d, "canary", &d.next, &w.o.hq->key, OK);
	key_release(&stranger);
	key_release(&root);
	buf_release(&raw);
	world_end(&w);
}

/* The roster itself, badly made but signed by HQ; and signed by others. */
static void test_roster(void **state)
{
	static const struct claim rows[] = {
		ROW("a receipt for all", 'C', HQ, 60, "node/TC", "applied",
		    ERR_FOREIGN),
		ROW("an unknown kind", 'N', HQ, 60, "XX", "boss", ERR_FORMAT),
		ROW("no code", 'N', HQ, 60, "", "branch", ERR_FORMAT),
		ROW("a code too long", 'N', HQ, 60, "A2345678901234567",
		    "branch", ERR_FORMAT),
		ROW("a code that NB has", 'N', HQ, 60, "NB", "branch",
		    ERR_FORMAT),
		ROW("canary", 'N', HQ, 60, "XX", "branch", OK),
	};
	struct buf raw = BUF_INIT;
	struct downward d;
	struct header h;
	struct world w;
	struct cast c;

	(void)state;
	world_start(&w);
	down_start(&d, &w, "hq/all");
	c = (struct cast){ .w = &w, .last = d.good.last };
	for (size_t i = 0; i < COUNT(rows); i++) {
		h = d.next;
		write_claim(&c, &rows[i], &raw);
		attack_raw(&w, slice_buf(&raw), &h);
		down_try(&d, "NB's key", &h, &w.nb->key, ERR_KEY);
		down_try(&d, rows[i].name, &h, &w.o.hq->key, rows[i].want);
	}
	buf_release(&raw);
	world_end(&w);
}

/* The first changeset of hq/all leads from the invitation to the roster:
 * only the root key may sign it. */
static void test_root(void **state)
{
	const struct identity *hq;
	struct downward d;
	struct position p;
	struct key stranger;
	struct link l = {0};
	struct world w;
	struct err e = {0};
	char at[OID_HEX];

	(void)state;
	world_start(&w);
	hq = store_identity(w.o.hq->store);
	p = attack_tip(w.o.hq, "hq/all", hq->epoch);
	memcpy(at, p.commit, sizeof at);
	do
		WANT(link_open(w.o.hq, at, &l, &e), e);
	while (l.h.parent[0] && memcpy(at, l.h.parent, sizeof at));
	d = (struct downward){ .w = &w, .good = p };
	snprintf(d.ref, sizeof d.ref, FROM_HQ "hq/all");
	key_make(&stranger);
	down_try(&d, "HQ's node key", &l.h, &w.o.hq->key, ERR_KEY);
	down_try(&d, "a stranger's key", &l.h, &stranger, ERR_KEY);
	down_try(&d, "TC's own key", &l.h, &w.tc->key, ERR_KEY);
	down_start(&d, &w, "hq/all");	/* the canary: the true chain */
	assert_int_equal(d.good.seq, p.seq);
	key_release(&stranger);
	link_release(&l);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_from_hq),
		cmocka_unit_test(test_roster),
		cmocka_unit_test(test_root),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	printf("%zu forged inputs, none taken\n", attack_count);
	return failed;
}
