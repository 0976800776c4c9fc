/* Applying: what one batch does, and what is refused. */
#include "history.h"

#include "outbox.h"
#include "roster.h"

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	fixture_open(&f, "XX");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static void begin(void)
{
	struct err e = {0};

	store_rollback(f.store);	/* of a test that failed */
	if (store_begin(f.store, &e) != OK)
		fail_msg("begin: %s", e.detail);
}

/* ---- refusals ---- */

static const struct refusal {
	const char *name;
	struct history_batch batch[2];	/* the second one is refused */
	enum err_code want;
	int64_t held;
} refusals[] = {
	{ "no such field", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "nam", "x" } } } }, ERR_FORMAT, 0 },
	{ "a label is not a key", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "名称", "x" } } } }, ERR_FORMAT, 0 },
	{ "text for a number", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "employees", "x" } } } }, ERR_FORMAT, 0 },
	{ "a number for text", { { 2, { { 'R', 1 } } },
	    { 2, { { 'I', 2, 1, "name", "7" } } } }, ERR_FORMAT, 0 },
	{ "edited to a key", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "parent", "k" } } } }, ERR_FORMAT, 0 },
	{ "older than its record", { { 2, { { 'R', 5 } } },
	    { 3, { { 'E', 2, 5, "name", "x" } } } }, ERR_FORMAT, 0 },
	{ "replaces what is newer", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "x", { 3 } },
	    { 'E', 3, 1, "name", "y" } } } }, ERR_FORMAT, 0 },
	{ "replaces what is older than the record",
	    { { 2, { { 'R', 2 } } },
	    { 2, { { 'E', 3, 2, "name", "x", { 1 } } } } }, ERR_FORMAT, 0 },
	{ "state is no field", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "state", "closed" } } } }, ERR_FORMAT, 0 },
	{ "no such step", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "closed", "active" } } } },
	    ERR_TRANSITION, 0 },
	{ "a step from nowhere", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "", "active" } } } }, ERR_TRANSITION, 0 },
	{ "a role that may not", { { 2, { { 'R', 1 } } },
	    { 2, { { 'H', 2, 1, "active", "closed" } } } }, ERR_ROLE, 0 },
	{ "a branch as HQ", { { 2, { { 'F', 1 } } },
	    { 2, { { 'H', 2, 1, "submitted", "seen" } } } }, ERR_ROLE, 0 },
	{ "HQ as the branch's chair", { { 2, { { 'F', 1 } } },
	    { 1, { { 'T', 2, 1, "submitted", "seen" } } } }, ERR_ROLE, 0 },
	{ "HQ edits a branch's record", { { 2, { { 'R', 1 } } },
	    { 1, { { 'E', 2, 1, "name", "x" } } } }, ERR_FOREIGN, 0 },
	{ "a step from another state is kept, not applied",
	    { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "suspended", "active" } } } }, OK, 1 },
	{ "an edit of nothing waits", { { 2, { { 'R', 1 } } },
	    { 3, { { 'E', 3, 2, "name", "x" } } } }, OK, 1 },
	{ "what is right passes", { { 2, { { 'F', 1 } } },
	    { 1, { { 'H', 2, 1, "submitted", "seen" } } } }, OK, 0 },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct history h = { .name = refusals[i].name };
		struct err e = {0};
		enum err_code got;
		int64_t held;

		memcpy(h.batch, refusals[i].batch,
		    sizeof refusals[i].batch);
		begin();
		got = history_apply(f.store, &h, 0, NULL, &e);
		if (got != OK)
			fail_msg("%s: first batch: %s", h.name, e.detail);
		got = history_apply(f.store, &h, 1, NULL, &e);
		if (got != refusals[i].want)
			fail_msg("%s: got %s, want %s (%s)", h.name,
			    err_name(got), err_name(refusals[i].want),
			    e.detail);
		held = history_ask(f.store, "SELECT count(*) FROM held",
		    NULL, 0);
		if (held != refusals[i].held)
			fail_msg("%s: %d held, want %d", h.name, (int)held,
			    (int)refusals[i].held);
		store_rollback(f.store);
	}
}

/* ---- the chain a batch comes in ---- */

static const struct chain_case {
	const char *name, *branch;
	uint16_t node;
	int after;
	enum err_code want;
} chain_cases[] = {
	{ "as it should be", "TC", 2, 0, OK },
	{ "another node's stamps", "TC", 3, 0, ERR_FOREIGN },
	{ "not after the chain's last", "TC", 2, 1, ERR_CHAIN },
	{ "edits another branch's record", "GQ", 2, -1, ERR_FOREIGN },
};

static void test_chain(void **state)
{
	const struct history h = { .name = "chain", .batch = {
	    { 2, { { 'R', 1 } } }, { 2, { { 'E', 2, 1, "name", "x" } } } } };

	(void)state;
	for (size_t i = 0; i < COUNT(chain_cases); i++) {
		const struct chain_case *c = &chain_cases[i];
		struct origin o = { .branch = c->branch, .node = c->node,
			.after = c->after > 0 ? history_stamp(&h, 1) : 0 };
		struct err e = {0};
		struct batch b;
		enum err_code got;

		begin();
		if (c->after < 0 &&
		    history_apply(f.store, &h, 0, NULL, &e) != OK)
			fail_msg("%s: %s", c->name, e.detail);
		batch_init(&b, f.catalogue);
		history_make(&h, c->after < 0, &b);
		got = apply_batch(f.store, &b, &o, NULL, &e);
		if (got != c->want)
			fail_msg("%s: got %s, want %s (%s)", c->name,
			    err_name(got), err_name(c->want), e.detail);
		batch_release(&b);
		store_rollback(f.store);
	}
}

static void test_one_stamp_twice(void **state)
{
	struct history h = { .name = "twice", .batch = {
	    { 2, { { 'R', 1 }, { 'E', 2, 1, "name", "x" },
	    { 'T', 2, 1, "active", "closed" } } } } };
	struct err e = {0};

	(void)state;
	begin();
	assert_int_equal(history_apply(f.store, &h, 0, NULL, &e), ERR_CHAIN);
	store_rollback(f.store);
}

/* The roster tells whose a record is before the record has come. */
static void test_roster_decides(void **state)
{
	const struct history h = { .name = "roster", .batch = {
	    { 4, { { 'R', 1 } } }, { 2, { { 'E', 2, 1, "name", "x" } } } } };
	struct roster_row row = { .number = 4, .code = "GQ", .branch = "GQ",
		.name = "gq", .kind = "branch" };
	struct err e = {0};

	(void)state;
	begin();
	assert_int_equal(roster_add(f.store, &row, &e), OK);
	assert_int_equal(history_apply(f.store, &h, 1, NULL, &e),
	    ERR_FOREIGN);
	store_rollback(f.store);
}

/* ---- what stands in the tables afterwards ---- */

static const struct outcome {
	const char *name;
	struct history_batch batch[3];
	const char *sql, *want;
} outcomes[] = {
	{ "a record shows its first state", { { 2, { { 'R', 1 } } } },
	    "SELECT state || branch || (state_at = id) FROM org_unit",
	    "activeTC1" },
	{ "an edit shows", { { 2, { { 'R', 1 },
	    { 'E', 2, 1, "name", "x" } } } },
	    "SELECT name FROM org_unit", "x" },
	{ "the first value is kept", { { 2, { { 'R', 1 },
	    { 'E', 2, 1, "name", "x" } } } },
	    "SELECT value || live FROM edit WHERE stamp = record", "10" },
	{ "the default is written out", { { 2, { { 'R', 1 },
	    { 'E', 2, 1, "name", "x" }, { 'E', 3, 1, "name", "y" } } } },
	    "SELECT count(*) FROM edit AS a JOIN edit AS b ON "
	    "a.replaces = '[' || b.stamp || ']'", "2" },
	{ "the default goes back to the record in the next batch",
	    { { 2, { { 'R', 1 }, { 'E', 2, 1, "name", "x" } } },
	    { 2, { { 'E', 3, 1, "name", "y" } } } },
	    "SELECT count(*) FROM conflict WHERE field = 'name'", "1" },
	{ "void and back", { { 2, { { 'R', 1 },
	    { 'E', 2, 1, "void", "twice" },
	    { 'E', 3, 1, "void", NULL } } } },
	    "SELECT (void IS NULL) || (SELECT count(*) FROM edit) "
	    "FROM org_unit", "13" },
	{ "a reference waits", { { 2, { { 'R', 1, 0, NULL, "k" } } } },
	    "SELECT (parent IS NULL) || (SELECT ext FROM ref_ext) "
	    "FROM org_unit", "1k" },
	{ "a reference meets", { { 2, { { 'R', 1, 0, NULL, "k" } } },
	    { 3, { { 'R', 2, 0, "k" } } } },
	    "SELECT a.parent = b.id FROM org_unit AS a, org_unit AS b "
	    "WHERE b.ext = 'k'", "1" },
	{ "in the same batch, to itself",
	    { { 2, { { 'R', 1, 0, "k", "k" } } } },
	    "SELECT parent = id FROM org_unit", "1" },
	{ "the smallest of two", { { 2, { { 'R', 3, 0, "k" },
	    { 'R', 4, 0, NULL, "k" } } }, { 3, { { 'R', 1, 0, "k" } } } },
	    "SELECT a.parent = (SELECT min(id) FROM org_unit) "
	    "FROM org_unit AS a WHERE a.ext IS NULL", "1" },
	{ "only of the field's types", { { 2, { { 'F', 1, 0, "k" },
	    { 'R', 2, 0, NULL, "k" } } } },
	    "SELECT parent IS NULL FROM org_unit", "1" },
	{ "a met reference that was edited keeps its edit",
	    { { 2, { { 'R', 1, 0, NULL, "k" },
	    { 'I', 2, 1, "parent", "77" } } }, { 3, { { 'R', 3, 0, "k" } } } },
	    "SELECT parent || (SELECT value = (SELECT max(id) "
	    "FROM org_unit) FROM edit WHERE stamp = record) "
	    "FROM org_unit WHERE ext IS NULL", "771" },
	{ "held, then applied", { { 3, { { 'E', 2, 1, "name", "x" } } },
	    { 2, { { 'R', 1 } } } },
	    "SELECT name || (SELECT count(*) FROM held) FROM org_unit",
	    "x0" },
	{ "a chain of held ones", { { 3, { { 'E', 4, 1, "name", "z", { 3 } } } },
	    { 4, { { 'E', 3, 1, "name", "y" } } }, { 2, { { 'R', 1 } } } },
	    "SELECT name || (SELECT count(*) FROM held) FROM org_unit",
	    "z0" },
	{ "a stamp of another field is not what it names",
	    { { 3, { { 'E', 4, 1, "name", "z", { 3 } } } },
	    { 2, { { 'R', 1 }, { 'E', 3, 1, "region", "y" } } } },
	    "SELECT count(*) FROM held WHERE needs > 0", "1" },
	{ "steps follow", { { 2, { { 'R', 1 },
	    { 'T', 2, 1, "active", "suspended" },
	    { 'T', 3, 1, "suspended", "active" },
	    { 'T', 4, 1, "active", "closed" } } } },
	    "SELECT state || (SELECT sum(live) FROM transition) "
	    "FROM org_unit", "closed1" },
};

static void test_outcomes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(outcomes); i++) {
		struct history h = { .name = outcomes[i].name };
		char got[80];

		memcpy(h.batch, outcomes[i].batch,
		    sizeof outcomes[i].batch);
		begin();
		for (size_t j = 0; j < COUNT(outcomes[i].batch); j++) {
			struct err e = {0};

			if (h.batch[j].node && history_apply(f.store, &h, j,
			    NULL, &e) != OK)
				fail_msg("%s: %s", h.name, e.detail);
		}
		history_ask(f.store, outcomes[i].sql, got, sizeof got);
		if (strcmp(got, outcomes[i].want) != 0)
			fail_msg("%s: got %s, want %s", h.name, got,
			    outcomes[i].want);
		store_rollback(f.store);
	}
}

static void dump(struct store *s, struct buf *out)
{
	struct err e = {0};

	buf_clear(out);
	if (store_dump(s, out, &e) != OK)
		fail_msg("dump: %s", e.detail);
}

static void test_twice_is_once(void **state)
{
	const struct history h = { .name = "again", .batch = {
	    { 2, { { 'R', 1, 0, NULL, "k" }, { 'E', 2, 1, "name", "x" },
	    { 'T', 3, 1, "active", "closed" } } },
	    { 3, { { 'E', 5, 4, "name", "x" }, { 'R', 6, 0, "k" } } } } };
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct err e = {0};

	(void)state;
	begin();
	for (size_t i = 0; i < 4; i++) {
		if (history_apply(f.store, &h, i % 2, NULL, &e) != OK)
			fail_msg("batch %zu: %s", i, e.detail);
		if (i == 1)
			dump(f.store, &once);
	}
	dump(f.store, &twice);
	assert_string_equal((char *)once.p, (char *)twice.p);
	buf_release(&once);
	buf_release(&twice);
	store_rollback(f.store);
}

/* ---- local rows and the outbox ---- */

static const struct value *cell(const struct batch *b, const char *type,
    const char *key)
{
	const struct type *t = catalogue_type(b->catalogue, type);
	struct section *sec = batch_section((struct batch *)b, t, -1);

	assert_non_null(sec);
	return &sec->cell[type_field(b->catalogue, t, key)->column_index];
}

/* What is sealed is what was entered: first values, keys as typed. */
static void test_take(void **state)
{
	struct history h = { .name = "take", .batch = {
	    { 2, { { 'R', 1, 0, NULL, "k" }, { 'R', 2, 0, "k" },
	    { 'E', 3, 1, "name", "x" }, { 'I', 4, 1, "parent", "77" },
	    { 'E', 5, 1, "name", "y", { 1 } } } } } };
	struct batch in, out;
	struct section *edits;
	struct err e = {0};
	struct origin o;
	stamp_t last = 0;
	size_t n;

	(void)state;
	begin();
	origin_local(f.store, &o);
	batch_init(&in, f.catalogue);
	batch_init(&out, f.catalogue);
	history_make(&h, 0, &in);
	if (apply_batch(f.store, &in, &o, NULL, &e) != OK ||
	    outbox_take(f.store, "node/XX", 100, &out, &last, &e) != OK)
		fail_msg("%s", e.detail);
	assert_int_equal(last, history_stamp(&h, 5));
	assert_true(slice_eqs(cell(&out, "org_unit", "name")->s, "1"));
	assert_true(slice_eqs(cell(&out, "org_unit", "parent")->s, "k"));
	edits = batch_section(&out, NULL, TABLE_EDIT);
	assert_int_equal(edits->nrow, 3);
	/* The default where it says the same, the list where it does not. */
	assert_int_equal(edits->cell[EDIT_REPLACES].kind, VALUE_NULL);
	assert_int_equal(edits->cell[2 * edits->table->ncol +
	    EDIT_REPLACES].kind, VALUE_TEXT);
	assert_int_equal(outbox_done(f.store, "node/XX", last, &e), OK);
	assert_int_equal(outbox_count(f.store, &n, &last, &e), OK);
	assert_int_equal(n, 0);
	batch_release(&in);
	batch_release(&out);
	store_rollback(f.store);
}

/* A person at the keyboard is told at once, nothing is held. */
static void test_local_is_never_held(void **state)
{
	static const struct { struct op op; enum err_code want; } cases[] = {
		{ { 'E', 3, 2, "name", "x" }, ERR_NOT_FOUND },
		{ { 'E', 3, 1, "name", "x", { 2 } }, ERR_NOT_FOUND },
		{ { 'T', 3, 1, "suspended", "active" }, ERR_TRANSITION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct history h = { .name = "local", .batch = {
		    { 2, { { 'R', 1 }, cases[i].op } } } };
		struct err e = {0};
		struct origin o;
		struct batch b;
		enum err_code got;

		begin();
		origin_local(f.store, &o);
		batch_init(&b, f.catalogue);
		history_make(&h, 0, &b);
		got = apply_batch(f.store, &b, &o, NULL, &e);
		if (got != cases[i].want)
			fail_msg("case %zu: got %s, want %s (%s)", i,
			    err_name(got), err_name(cases[i].want), e.detail);
		batch_release(&b);
		store_rollback(f.store);
	}
}

/* Which chain HQ's rows ride in. */
static void test_hq_chains(void **state)
{
	static const struct { const char *branch; char what;
		const char *chain; } cases[] = {
		{ "HQ", 'R', "hq/all" },	/* org_unit is published */
		{ "HQ", 'F', "hq/HQ" },
		{ "TC", 'R', "hq/TC" },
	};
	struct fixture hq;

	(void)state;
	fixture_open(&hq, "HQ");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct history h = { .name = "hq", .batch = {
		    { 1, { { cases[i].what, 1 } } } } };
		char chain[4][CHAIN_NAME];
		struct err e = {0};
		struct origin o;
		struct batch b;
		size_t n;

		assert_int_equal(store_begin(hq.store, &e), OK);
		origin_local(hq.store, &o);
		o.branch = cases[i].branch;
		batch_init(&b, hq.catalogue);
		history_make(&h, 0, &b);
		assert_int_equal(apply_batch(hq.store, &b, &o, NULL, &e),
		    OK);
		assert_int_equal(outbox_chains(hq.store, chain, 4, &n, &e),
		    OK);
		assert_int_equal(n, 1);
		assert_string_equal(chain[0], cases[i].chain);
		batch_release(&b);
		store_rollback(hq.store);
	}
	fixture_close(&hq);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_one_stamp_twice),
		cmocka_unit_test(test_roster_decides),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_twice_is_once),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_local_is_never_held),
		cmocka_unit_test(test_hq_chains),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
