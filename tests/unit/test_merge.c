/* Merging: any order that keeps each chain's own gives the same store. */
#include "history.h"

#include "base/date.h"
#include "outbox.h"
#include "seed.h"

/* ---- small histories, every order ---- */

static const struct history histories[] = {
	{ "two nodes edit one field", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } } }, 1, 0, "b", NULL },
	{ "equal values are a conflict too", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "a" } } } }, 1, 0, "a", NULL },
	{ "a resolution names both", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 4, { { 'E', 9, 1, "name", "a", { 2, 3 } } } } }, 0, 0, "a",
	    NULL },
	{ "a resolution that knew of two of three", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 4, { { 'E', 4, 1, "name", "c" } } },
	    { 5, { { 'E', 9, 1, "name", "a", { 2, 3 } } } } }, 1, 0, "a",
	    NULL },
	{ "two resolutions", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 2, { { 'E', 8, 1, "name", "a", { 2, 3 } } } },
	    { 3, { { 'E', 9, 1, "name", "b", { 2, 3 } } } },
	    { 4, { { 'E', 10, 1, "name", "d", { 8, 9 } } } } }, 0, 0, "d",
	    NULL },
	{ "a later edit knew of one", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 2, { { 'E', 4, 1, "name", "c", { 2 } } } } }, 1, 0, "c",
	    NULL },
	{ "an older stamp knew of the newer's sibling",
	    { { 2, { { 'R', 1 } } }, { 3, { { 'E', 9, 1, "name", "z" } } },
	    { 2, { { 'E', 2, 1, "name", "a" },
	    { 'E', 3, 1, "name", "b" } } } }, 1, 0, "z", NULL },
	{ "what is replaced never comes", { { 2, { { 'R', 1 } } },
	    { 3, { { 'E', 3, 1, "name", "b", { 2 } } } },
	    { 4, { { 'E', 4, 1, "name", "c", { 3 } } } } }, 0, 2, "1",
	    NULL },
	{ "the record never comes", { { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } } }, 0, 2, "",
	    NULL },
	{ "two steps from one state", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "suspended" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } } }, 1, 0, "1",
	    "closed" },
	{ "a state settled", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "suspended" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } },
	    { 4, { { 'T', 9, 1, "suspended", "suspended", { 2, 3 } } } } },
	    0, 0, "1", "suspended" },
	{ "a step beside the conflict", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "suspended" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } },
	    { 2, { { 'T', 4, 1, "suspended", "active", { 2 } } } } },
	    1, 0, "1", "active" },
	{ "a step from the wrong state is held",
	    { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "closed" } } },
	    { 3, { { 'T', 3, 1, "suspended", "active", { 2 } } } },
	    { 4, { { 'T', 4, 1, "active", "closed", { 3 } } } } },
	    0, 2, "1", "closed" },
	{ "HQ's step and the branch's", { { 2, { { 'F', 1 } } },
	    { 1, { { 'H', 2, 1, "submitted", "seen" } } },
	    { 2, { { 'T', 3, 1, "submitted", "seen" } } } }, 1, 0, NULL,
	    NULL },
	{ "keys and edits of one reference",
	    { { 2, { { 'R', 1, 0, NULL, "k" } } },
	    { 3, { { 'R', 2, 0, "k" } } }, { 4, { { 'R', 3, 0, "k" } } },
	    { 5, { { 'I', 4, 1, "parent", "5" } } } }, 0, 0, "1", NULL },
	{ "two edits of one reference that waits",
	    { { 2, { { 'R', 1, 0, NULL, "k" } } },
	    { 3, { { 'R', 2, 0, "k" } } },
	    { 4, { { 'I', 6, 1, "parent", "6" } } },
	    { 5, { { 'I', 7, 1, "parent", "7" } } } }, 1, 0, "1", NULL },
	{ "voided and edited", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "void", "twice" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 3, { { 'E', 4, 1, "void", NULL } } } }, 1, 0, "b", NULL },
};

struct walk {
	const struct history *h;
	struct store *s;
	size_t n, orders;
	size_t order[HISTORY_BATCHES];
	struct buf first;
	int ahead;		/* apply_ahead() before this batch; -1: not */
};

static void apply_order(struct walk *w)
{
	stamp_t after[8] = {0};
	struct err e = {0};

	for (size_t i = 0; i <= w->n; i++) {
		size_t b = i < w->n ? w->order[i] : 0;

		if (w->ahead == (int)i && apply_ahead(w->s,
		    history_stamp(w->h, 2), history_stamp(w->h, 2),
		    &e) != OK)
			fail_msg("%s: ahead: %s", w->h->name, e.detail);
		if (i < w->n && history_apply(w->s, w->h, b,
		    &after[w->h->batch[b].node], &e) != OK)
			fail_msg("%s: %s", w->h->name, e.detail);
	}
}

static void look_expected(struct walk *w)
{
	const struct history *h = w->h;
	char text[40];
	int64_t n;

	n = history_ask(w->s, "SELECT count(*) FROM conflict", NULL, 0);
	if (n != h->conflicts)
		fail_msg("%s: %d conflicts, want %d", h->name, (int)n,
		    (int)h->conflicts);
	n = history_ask(w->s, "SELECT count(*) FROM held", NULL, 0);
	if (n != h->held)
		fail_msg("%s: %d held, want %d", h->name, (int)n,
		    (int)h->held);
	history_ask(w->s, "SELECT name FROM org_unit ORDER BY id", text,
	    sizeof text);
	if (h->shown && strcmp(text, h->shown) != 0)
		fail_msg("%s: shows '%s', want '%s'", h->name, text,
		    h->shown);
	history_ask(w->s, "SELECT state FROM org_unit ORDER BY id", text,
	    sizeof text);
	if (h->state && strcmp(text, h->state) != 0)
		fail_msg("%s: state '%s', want '%s'", h->name, text,
		    h->state);
}

static void one_order(struct walk *w)
{
	struct buf dump = BUF_INIT;
	struct err e = {0};

	if (store_begin(w->s, &e) != OK)
		fail_msg("begin: %s", e.detail);
	apply_order(w);
	if (w->ahead < 0)
		look_expected(w);
	if (store_dump(w->s, &dump, &e) != OK)
		fail_msg("dump: %s", e.detail);
	store_rollback(w->s);
	if (w->orders++ == 0)
		buf_addb(&w->first, slice_buf(&dump));
	else
		history_same(w->h->name, &w->first, &dump);
	buf_release(&dump);
}

/* Orders in which a node's batches stand as it made them. */
static bool legal(const struct walk *w, size_t at, size_t b)
{
	bool done[HISTORY_BATCHES] = {0};

	for (size_t i = 0; i < at; i++)
		done[w->order[i]] = true;
	if (done[b])
		return false;
	for (size_t i = 0; i < b; i++)
		if (w->h->batch[i].node == w->h->batch[b].node && !done[i])
			return false;
	return true;
}

static void permute(struct walk *w, size_t at)
{
	if (at == w->n) {
		one_order(w);
		return;
	}
	for (size_t b = 0; b < w->n; b++)
		if (legal(w, at, b)) {
			w->order[at] = b;
			permute(w, at + 1);
		}
}

/* with_ahead: what stands at 2 is called ahead of time, sooner or later. */
static void all_orders(bool with_ahead)
{
	struct fixture f;

	fixture_open(&f, "XX");
	for (size_t i = 0; i < COUNT(histories); i++) {
		struct walk w = { .h = &histories[i], .s = f.store,
			.ahead = -1 };

		while (w.n < HISTORY_BATCHES && w.h->batch[w.n].node)
			w.n++;
		if (!with_ahead)
			permute(&w, 0);
		for (w.ahead = 0; with_ahead && w.ahead <= (int)w.n;
		    w.ahead++)
			permute(&w, 0);
		assert_true(w.orders > 1);
		buf_release(&w.first);
	}
	fixture_close(&f);
}

static void test_all_orders(void **state)
{
	(void)state;
	all_orders(false);
}

static void test_all_orders_ahead(void **state)
{
	(void)state;
	all_orders(true);
}

/* What is ahead wins nothing by itself, and stays in sight. */
static void test_ahead_wins_nothing(void **state)
{
	struct history h = { .name = "ahead", .batch = {
	    { 2, { { 'R', 1 } } }, { 3, { { 'E', 9, 1, "name", "z" } } },
	    { 2, { { 'E', 10, 1, "name", "a", { 1, 9 } } } } } };
	struct err e = {0};
	struct fixture f;
	char text[40];

	(void)state;
	fixture_open(&f, "XX");
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(history_apply(f.store, &h, 0, NULL, &e), OK);
	assert_int_equal(history_apply(f.store, &h, 1, NULL, &e), OK);
	assert_int_equal(apply_ahead(f.store, history_stamp(&h, 9),
	    history_stamp(&h, 9), &e), OK);
	history_ask(f.store, "SELECT name FROM org_unit", text, sizeof text);
	assert_string_equal(text, "1");
	assert_int_equal(history_ask(f.store,
	    "SELECT count(*) FROM conflict", NULL, 0), 1);
	assert_int_equal(history_apply(f.store, &h, 2, NULL, &e), OK);
	history_ask(f.store, "SELECT name FROM org_unit", text, sizeof text);
	assert_string_equal(text, "a");
	assert_int_equal(history_ask(f.store,
	    "SELECT count(*) FROM conflict", NULL, 0), 0);
	fixture_close(&f);
}

/* ---- random histories of several nodes ---- */

#define NODES 6
#define STEPS 120
#define RANGES 4

struct sealed {
	struct batch b;
	stamp_t last;
};

struct peer {
	struct fixture f;
	struct sealed *chain;
	size_t nchain;
	size_t merged[NODES];	/* of the others' chains */
	size_t ahead;		/* of the ranges */
	int64_t wall;
};

struct world {
	struct peer peer[NODES + 1];	/* the last one only merges */
	size_t n;
	uint64_t seed;
	struct { stamp_t first, last; } range[RANGES];
	size_t nrange;
};

static uint64_t below(struct world *w, uint64_t n)
{
	return seed_next(&w->seed) % n;
}

static void must(struct world *w, enum err_code r, struct err *e,
    const char *what)
{
	(void)w;
	if (r != OK)
		fail_msg("%s: %s", what, e->detail);
}

static stamp_t any_record(struct world *w, struct peer *p)
{
	char sql[160];

	snprintf(sql, sizeof sql, "SELECT id FROM org_unit ORDER BY id "
	    "LIMIT 1 OFFSET (abs(%lld) %% (SELECT max(1, count(*)) "
	    "FROM org_unit))", (long long)below(w, 1000));
	return history_ask(p->f.store, sql, NULL, 0);
}

static void new_record(struct world *w, struct batch *b, stamp_t at)
{
	const struct type *t = catalogue_type(b->catalogue, "org_unit");
	struct value *cell = batch_row(b, t, -1);
	char key[16];

	cell[TYPE_COL_ID] = value_int(at);
	snprintf(key, sizeof key, "k%d", (int)below(w, 5));
	if (below(w, 2))
		cell[TYPE_COL_EXT] = value_text(batch_text(b,
		    slice_str(key)));
	snprintf(key, sizeof key, "k%d", (int)below(w, 5));
	if (below(w, 2))
		cell[type_field(b->catalogue, t, "parent")->column_index] =
		    value_text(batch_text(b, slice_str(key)));
	cell[type_field(b->catalogue, t, "name")->column_index] =
	    value_text(batch_text(b, slice_str(key)));
}

/* The values an edit is made knowing: the shown one, or all live ones. */
static struct value known(struct world *w, struct peer *p, struct batch *b,
    stamp_t record, const char *field)
{
	struct buf list = BUF_INIT;
	char sql[300], text[200];
	struct value v = VALUE_NONE;
	bool state = strcmp(field, "state") == 0;

	/* group_concat takes its rows as the inner query orders them */
	if (state)
		snprintf(sql, sizeof sql, "SELECT state_at FROM org_unit "
		    "WHERE id = %lld", (long long)record);
	else
		snprintf(sql, sizeof sql, "SELECT group_concat(stamp) FROM "
		    "(SELECT stamp FROM (SELECT stamp FROM edit "
		    "WHERE record = %lld AND field = '%s' AND live "
		    "ORDER BY stamp DESC LIMIT %d) ORDER BY stamp)",
		    (long long)record, field, below(w, 2) ? 1 : 20);
	history_ask(p->f.store, sql, text, sizeof text);
	if (*text) {
		buf_printf(&list, "[%s]", text);
		v = value_text(batch_text(b, slice_buf(&list)));
	}
	buf_release(&list);
	return v;
}

static void new_edit(struct world *w, struct peer *p, struct batch *b,
    stamp_t at, stamp_t record)
{
	static const char *const fields[] = { "name", "region", "employees",
		"parent", "void" };
	const char *field = fields[below(w, COUNT(fields))];
	struct value *cell = batch_row(b, NULL, TABLE_EDIT);
	bool number = strcmp(field, "employees") == 0 ||
	    strcmp(field, "parent") == 0;
	char text[24];

	snprintf(text, sizeof text, "v%d", (int)below(w, 9));
	cell[EDIT_STAMP] = value_int(at);
	cell[EDIT_RECORD] = value_int(record);
	cell[EDIT_TYPE] = value_str("org_unit");
	cell[EDIT_FIELD] = value_str(field);
	cell[EDIT_VALUE] = number ? value_int(1 + (int64_t)below(w, 9)) :
	    value_text(batch_text(b, slice_str(text)));
	if (below(w, 5) == 0)
		cell[EDIT_VALUE] = VALUE_NONE;
	cell[EDIT_REPLACES] = known(w, p, b, record, field);
}

static void new_step(struct world *w, struct peer *p, struct batch *b,
    stamp_t at, stamp_t record)
{
	const struct type *t = catalogue_type(b->catalogue, "org_unit");
	const struct transition *step = NULL;
	struct value *cell;
	char sql[160], from[32];

	snprintf(sql, sizeof sql, "SELECT state FROM org_unit WHERE id = "
	    "%lld", (long long)record);
	history_ask(p->f.store, sql, from, sizeof from);
	for (size_t i = 0; i < t->ntransition; i++)
		if (strcmp(t->transition[i].from, from) == 0 &&
		    (!step || below(w, 2)))
			step = &t->transition[i];
	if (!step)
		return;
	cell = batch_row(b, NULL, TABLE_TRANSITION);
	cell[TRANSITION_STAMP] = value_int(at);
	cell[TRANSITION_RECORD] = value_int(record);
	cell[TRANSITION_TYPE] = value_str("org_unit");
	cell[TRANSITION_FROM] = value_str(step->from);
	cell[TRANSITION_TO] = value_str(step->to);
	cell[TRANSITION_ROLE] = value_str("chair");
	cell[TRANSITION_REPLACES] = known(w, p, b, record, "state");
}

static void local(struct world *w, struct peer *p)
{
	stamp_t at, record = any_record(w, p);
	struct err e = {0};
	struct origin o;
	struct batch b;

	batch_init(&b, p->f.catalogue);
	must(w, store_stamp(p->f.store, &at, &e), &e, "stamp");
	if (record <= 0 || below(w, 3) == 0)
		new_record(w, &b, at);
	else if (below(w, 3) == 0)
		new_step(w, p, &b, at, record);
	else
		new_edit(w, p, &b, at, record);
	origin_local(p->f.store, &o);
	must(w, apply_batch(p->f.store, &b, &o, NULL, &e), &e, "local");
	batch_release(&b);
}

static void seal(struct world *w, struct peer *p)
{
	struct sealed *s;
	struct err e = {0};
	size_t n;
	stamp_t oldest;

	must(w, outbox_count(p->f.store, &n, &oldest, &e), &e, "count");
	if (n == 0)
		return;
	p->chain = realloc(p->chain, (p->nchain + 1) * sizeof *p->chain);
	assert_non_null(p->chain);
	s = &p->chain[p->nchain++];
	batch_init(&s->b, w->peer[0].f.catalogue);
	/* Only whole seals: a chain ends where its outbox does. */
	must(w, outbox_take(p->f.store, "node/TC", 1 + below(w, 12), &s->b,
	    &s->last, &e), &e, "take");
	must(w, outbox_done(p->f.store, "node/TC", s->last, &e), &e, "done");
}

static void merge(struct world *w, struct peer *to, size_t from)
{
	struct peer *p = &w->peer[from];
	size_t at = to->merged[from];
	struct err e = {0};
	struct origin o = { .branch = "TC", .node = (uint16_t)(from + 2),
		.after = at ? p->chain[at - 1].last : 0 };

	if (to == p || at == p->nchain)
		return;
	must(w, apply_batch(to->f.store, &p->chain[at].b, &o, NULL, &e), &e,
	    "merge");
	to->merged[from]++;
}

static void call_ahead(struct world *w, struct peer *p)
{
	struct err e = {0};
	size_t i = p->ahead;

	if (i == w->nrange)
		return;
	must(w, apply_ahead(p->f.store, w->range[i].first, w->range[i].last,
	    &e), &e, "ahead");
	p->ahead++;
}

static void new_range(struct world *w, struct peer *p)
{
	struct sealed *s;
	stamp_t first, last;

	if (p->nchain == 0 || w->nrange == RANGES || below(w, 8))
		return;
	s = &p->chain[below(w, p->nchain)];
	if (!batch_span(&s->b, &first, &last))
		return;
	w->range[w->nrange].first = first;
	w->range[w->nrange++].last = last;
}

static void step(struct world *w)
{
	size_t i = (size_t)below(w, w->n);
	struct peer *p = &w->peer[i];

	p->wall += (int64_t)below(w, 2000);
	clock_fix(p->wall);
	switch (below(w, 8)) {
	case 0:
		seal(w, p);
		break;
	case 1:
	case 2:
		merge(w, p, (size_t)below(w, w->n));
		break;
	case 3:
		new_range(w, p);
		call_ahead(w, p);
		break;
	default:
		local(w, p);
	}
}

static void finish(struct world *w)
{
	struct err e = {0};
	size_t left = 1, n;
	stamp_t oldest;

	for (size_t i = 0; i < w->n; i++)
		do {
			seal(w, &w->peer[i]);
			must(w, outbox_count(w->peer[i].f.store, &n, &oldest,
			    &e), &e, "count");
		} while (n);
	/* A random order of all that is left, the onlooker's too. */
	while (left) {
		size_t to = (size_t)below(w, w->n + 1);

		merge(w, &w->peer[to], (size_t)below(w, w->n));
		call_ahead(w, &w->peer[to]);
		left = 0;
		for (size_t i = 0; i <= w->n; i++) {
			left += w->nrange - w->peer[i].ahead;
			for (size_t j = 0; j < w->n; j++)
				left += i == j ? 0 : w->peer[j].nchain -
				    w->peer[i].merged[j];
		}
	}
}

static void compare(struct world *w, uint64_t round)
{
	struct buf first = BUF_INIT, other = BUF_INIT, what = BUF_INIT;
	struct err e = {0};
	char name[80];

	must(w, store_dump(w->peer[0].f.store, &first, &e), &e, "dump");
	for (size_t i = 1; i <= w->n; i++) {
		buf_clear(&other);
		must(w, store_dump(w->peer[i].f.store, &other, &e), &e,
		    "dump");
		must(w, store_compare(w->peer[0].f.store,
		    w->peer[i].f.store, &what, &e), &e, "compare");
		snprintf(name, sizeof name, "WELLHEAD_SEED=%llu, store %zu",
		    (unsigned long long)round, i);
		history_same(name, &first, &other);
		if (what.n)
			fail_msg("%s: %s", name, (char *)what.p);
	}
	buf_release(&first);
	buf_release(&other);
	buf_release(&what);
}

/* One catalogue for all: batches go from store to store. */
static void open_peer(struct peer *p, size_t i, struct catalogue *c)
{
	struct identity id = { .code = "TC", .branch = "TC", .name = "t",
		.org = "00", .org_name = "o", .epoch = "00",
		.number = (uint16_t)(i + 2) };
	struct err e = {0};
	char *path;

	snprintf(p->f.dir, sizeof p->f.dir, "/tmp/wellhead-test-XXXXXX");
	assert_non_null(mkdtemp(p->f.dir));
	path = path_join(p->f.dir, "store.db");
	p->f.catalogue = c;
	if (store_create(&p->f.store, path, c, &id, &e) != OK)
		fail_msg("store: %s", e.detail);
	free(path);
}

static void forget(struct world *w)
{
	for (size_t i = 0; i <= w->n; i++) {
		struct peer *p = &w->peer[i];

		store_rollback(p->f.store);
		for (size_t j = 0; j < p->nchain; j++)
			batch_release(&p->chain[j].b);
		free(p->chain);
		p->chain = NULL;
		p->nchain = p->ahead = 0;
		memset(p->merged, 0, sizeof p->merged);
	}
	w->nrange = 0;
}

/* Stores are opened once; each round is one transaction, rolled back. */
static void play(struct world *w, uint64_t round)
{
	struct err e = {0};

	w->seed = round;
	w->n = 2 + (size_t)below(w, NODES - 1);
	/* The onlooker stands after the others. */
	for (size_t i = 0; i <= w->n; i++) {
		must(w, store_begin(w->peer[i].f.store, &e), &e, "begin");
		w->peer[i].wall = HISTORY_MS + (int64_t)below(w, 100000);
	}
	for (size_t i = 0; i < STEPS; i++)
		step(w);
	finish(w);
	compare(w, round);
	forget(w);
}

static void test_random_histories(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct catalogue *c = NULL;
	struct err e = {0};
	uint64_t seed = seed_start();
	const char *rounds = getenv("WELLHEAD_ROUNDS");
	long n = rounds ? strtol(rounds, NULL, 10) : 60;

	(void)state;
	assert_non_null(w);
	assert_int_equal(catalogue_load(&c, &e), OK);
	for (size_t i = 0; i <= NODES; i++)
		open_peer(&w->peer[i], i, c);
	for (long i = 0; i < n; i++)
		play(w, seed + (uint64_t)i);
	clock_fix(0);
	for (size_t i = 0; i <= NODES; i++) {
		w->peer[i].f.catalogue = NULL;
		fixture_close(&w->peer[i].f);
	}
	catalogue_free(c);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_orders),
		cmocka_unit_test(test_all_orders_ahead),
		cmocka_unit_test(test_ahead_wins_nothing),
		cmocka_unit_test(test_random_histories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
