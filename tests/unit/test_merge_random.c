/* Merging: random histories of two to seven stores that make, edit, seal and
 * merge in any order, with clocks apart, end byte for byte the same.
 * WELLHEAD_ROUNDS says how many; a failure names the seed of its round.
 */
#include "history.h"

#include "base/date.h"
#include "outbox.h"
#include "seed.h"

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
		cmocka_unit_test(test_random_histories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
