/* Operators at another node: what they signed is taken as it is, and whatever
 * is changed in it, in its record or in who they are is seen.
 */
#include "nodes.h"

#include "apply.h"
#include "base/text.h"
#include "codec.h"
#include "hash.h"
#include "operator.h"
#include "outbox.h"
#include "seed.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define PASS "correct horse"

struct world {
	struct nodes o;
	struct node *tc;
	struct batch b;		/* all that TC has not sealed */
};

static void hire(struct node *n, const char *name, const char *role)
{
	struct operator_new o = { .name = name, .role = &role, .nrole = 1 };
	struct err e = {0};

	WANT(node_operator_add(n, &o, PASS, &e), e);
}

static void act(struct node *n, const char *name)
{
	struct err e = {0};

	WANT(node_act(n, name, PASS, &e), e);
}

static void step(struct node *n, stamp_t id, const char *who, const char *to)
{
	struct problems p = {0};
	struct err e = {0};
	char ref[STAMP_DIGITS + 1];

	base32_stamp(ref, (uint64_t)id);
	act(n, who);
	WANT(record_do(n->store, ref, to, NULL, NULL, "2022-03-09", "ok", &p,
	    &e), e);
	problems_release(&p);
}

/* As it would travel. */
static void take(struct world *w)
{
	struct buf raw = BUF_INIT;
	struct err e = {0};
	struct batch own;
	stamp_t last;

	batch_init(&own, w->tc->catalogue);
	batch_init(&w->b, w->o.hq->catalogue);
	WANT(outbox_take(w->tc->store, "node/TC", 1000, &own, &last, &e), e);
	WANT(codec_encode(&own, &raw, &e), e);
	WANT(codec_decode(slice_buf(&raw), &w->b, &e), e);
	batch_release(&own);
	buf_release(&raw);
}

/* A clerk's request, accepted by the chair; nothing of it sealed. */
static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	stamp_t id;

	nodes_start(&w->o);
	w->tc = nodes_add(&w->o, "TC", NULL);
	nodes_sync(w->tc);
	nodes_sync(w->o.hq);
	hire(w->tc, "clerk", "clerk");
	hire(w->tc, "other", "chair");
	hire(w->tc, "chair", "chair");
	act(w->tc, "clerk");
	(void)nodes_request(w->tc, "one");
	id = nodes_request(w->tc, "two");
	step(w->tc, id, "chair", "accepted");
	take(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	batch_release(&w->b);
	node_close(w->tc);
	nodes_end(&w->o);
	free(w);
	return 0;
}

static struct value *row_of(struct world *w, int fixed)
{
	return batch_section(&w->b, NULL, fixed)->cell;
}

/* Give HQ the batch as TC's chain would; it stays in the open transaction. */
static enum err_code give(struct world *w, struct applied *done,
    struct err *e)
{
	struct origin o = { .branch = "TC", .verify = key_verify,
		.node = store_identity(w->tc->store)->number };
	struct store *s = w->o.hq->store;
	enum err_code rc;

	WANT(store_begin(s, e), *e);
	rc = operator_apply(s, &w->b, "TC", e);
	return rc ? rc : apply_batch(s, &w->b, &o, done, e);
}

static enum err_code given(struct world *w)
{
	struct applied done = {0};
	struct err e = {0};
	enum err_code rc = give(w, &done, &e);

	if (rc == OK && done.transitions != 1)
		rc = ERR_COUNT;
	store_rollback(w->o.hq->store);
	return rc;
}

static void wants(const char *what, enum err_code got, enum err_code want)
{
	if (got != want)
		fail_msg("%s: %s, not %s", what, got == ERR_COUNT ?
		    "nothing applied" : err_name(got), err_name(want));
}

/* ---- the step ---- */

static void test_step(void **state)
{
	struct world *w = *state;
	struct value *c = row_of(w, TABLE_TRANSITION), was[TRANSITION_NCOL];
	static const struct {
		const char *name;
		int column;
		const char *text;
		enum err_code want;
	} cases[] = {
		{ "as it is", TRANSITION_TYPE, "request", OK },
		{ "note", TRANSITION_NOTE, "not ok", ERR_SIGNATURE },
		{ "no note", TRANSITION_NOTE, NULL, ERR_SIGNATURE },
		{ "day", TRANSITION_ON, "2022-03-10", ERR_SIGNATURE },
		{ "to", TRANSITION_TO, "refused", ERR_SIGNATURE },
		{ "role", TRANSITION_ROLE, "clerk", ERR_ROLE },
		{ "no role", TRANSITION_ROLE, NULL, ERR_ROLE },
		{ "another by", TRANSITION_BY, "clerk", ERR_FORMAT },
		{ "no operator", TRANSITION_OPERATOR, NULL, ERR_FORMAT },
	};

	memcpy(was, c, sizeof was);
	for (size_t i = 0; i < COUNT(cases); i++) {
		c[cases[i].column] = value_str(cases[i].text);
		wants(cases[i].name, given(w), cases[i].want);
		memcpy(c, was, sizeof was);
	}
}

/* Another operator, none at all, another step of the same form. */
static void test_whose(void **state)
{
	struct world *w = *state;
	struct value *c = row_of(w, TABLE_TRANSITION), was[TRANSITION_NCOL];
	struct value one = batch_section(&w->b, catalogue_type(
	    w->b.catalogue, "request"), -1)->cell[0];
	static const struct {
		const char *operator;
		enum err_code want;
	} others[] = { { "other", ERR_SIGNATURE }, { "clerk", ERR_ROLE },
		{ "nobody", ERR_KEY }, { "", ERR_FORMAT }, { " x", ERR_FORMAT }
	};

	memcpy(was, c, sizeof was);
	for (size_t i = 0; i < COUNT(others); i++) {
		c[TRANSITION_OPERATOR] = c[TRANSITION_BY] =
		    value_str(others[i].operator);
		wants(others[i].operator, given(w), others[i].want);
	}
	memcpy(c, was, sizeof was);
	c[TRANSITION_OPERATOR] = c[TRANSITION_SIGNATURE] = VALUE_NONE;
	wants("unsigned", given(w), ERR_SIGNATURE);
	c[TRANSITION_IMPORTED] = value_int(1);
	wants("unsigned, imported", given(w), OK);
	memcpy(c, was, sizeof was);
	c[TRANSITION_IMPORTED] = value_int(1);
	wants("signed, imported", given(w), ERR_FORMAT);
	memcpy(c, was, sizeof was);
	c[TRANSITION_STAMP].i += 1 << STAMP_NODE_BITS;
	wants("another stamp", given(w), ERR_SIGNATURE);
	memcpy(c, was, sizeof was);
	c[TRANSITION_RECORD] = one;
	wants("another record", given(w), ERR_SIGNATURE);
	memcpy(c, was, sizeof was);
}

static void test_bits(void **state)
{
	struct world *w = *state;
	struct value *c = &row_of(w, TABLE_TRANSITION)[TRANSITION_SIGNATURE];
	unsigned char mark[OPERATOR_SIGNATURE], bent[OPERATOR_SIGNATURE];
	struct value was = *c;

	memcpy(mark, was.s.p, sizeof mark);
	for (size_t i = 0; i < sizeof mark; i++) {
		memcpy(bent, mark, sizeof bent);
		bent[i] ^= (unsigned char)(1 << i % 8);
		*c = value_bytes(slice_of(bent, sizeof bent));
		wants("a bent signature", given(w), ERR_SIGNATURE);
	}
	*c = value_bytes(slice_of(mark, 95));
	wants("a short signature", given(w), ERR_FORMAT);
	*c = was;
	wants("as it was", given(w), OK);
}

/* What it replaces, in either way of writing it, is the same step. */
static void test_replaces(void **state)
{
	struct world *w = *state;
	struct value *c = row_of(w, TABLE_TRANSITION);
	struct value was = c[TRANSITION_REPLACES];
	char text[40];

	assert_int_equal(was.kind, VALUE_NULL);
	snprintf(text, sizeof text, "[%lld]",
	    (long long)c[TRANSITION_RECORD].i);
	c[TRANSITION_REPLACES] = value_str(text);
	wants("written out", given(w), OK);
	c[TRANSITION_REPLACES] = was;
}

/* ---- who they are ---- */

static struct value *operator_row(struct world *w, const char *code)
{
	struct section *s = batch_section(&w->b, NULL, TABLE_OPERATOR);
	struct value *c = s->cell;

	while (!slice_eqs(c[OPERATOR_CODE].s, code))
		c += s->table->ncol;
	return c;
}

static void test_rows(void **state)
{
	struct world *w = *state;
	struct value *c = operator_row(w, "chair"), was[8];
	unsigned char key[32] = { 7 };
	static const struct {
		const char *name;
		int column;
		const char *text;
		enum err_code want;
	} cases[] = {
		{ "the role has ended", OPERATOR_TO, "2026-01-01", ERR_ROLE },
		{ "it has not begun", OPERATOR_FROM, "2199-01-01", ERR_ROLE },
		{ "another role", OPERATOR_ROLES, "[\"clerk\"]", ERR_ROLE },
		{ "taken off", OPERATOR_ROLES, "[]", ERR_ROLE },
		{ "two roles", OPERATOR_ROLES, "[\"chair\",\"clerk\"]", OK },
		{ "HQ's role", OPERATOR_ROLES, "[\"chair\",\"hq\"]", ERR_ROLE },
		{ "out of order", OPERATOR_ROLES, "[\"clerk\",\"chair\"]",
		    ERR_FORMAT },
		{ "twice", OPERATOR_ROLES, "[\"chair\",\"chair\"]",
		    ERR_FORMAT },
		{ "spaces", OPERATOR_ROLES, "[ \"chair\"]", ERR_FORMAT },
		{ "not closed", OPERATOR_ROLES, "[\"chair\"", ERR_FORMAT },
		{ "more after", OPERATOR_ROLES, "[\"chair\"]x", ERR_FORMAT },
		{ "no list", OPERATOR_ROLES, "chair", ERR_FORMAT },
		{ "no quotes", OPERATOR_ROLES, "[chair]", ERR_FORMAT },
		{ "no roles", OPERATOR_ROLES, NULL, ERR_FORMAT },
		{ "another branch", OPERATOR_BRANCH, "NB", ERR_FOREIGN },
		{ "HQ", OPERATOR_BRANCH, "HQ", ERR_FOREIGN },
		{ "another code", OPERATOR_CODE, "chair2", ERR_KEY },
		{ "no code", OPERATOR_CODE, "", ERR_FORMAT },
		{ "a line", OPERATOR_CODE, "a\nb", ERR_FORMAT },
		{ "no day", OPERATOR_FROM, "2022-02-30", ERR_FORMAT },
		{ "text as person", OPERATOR_PERSON, "TC.a", ERR_FORMAT },
	};

	memcpy(was, c, sizeof was);
	for (size_t i = 0; i < COUNT(cases); i++) {
		c[cases[i].column] = value_str(cases[i].text);
		wants(cases[i].name, given(w), cases[i].want);
		memcpy(c, was, sizeof was);
	}
	c[OPERATOR_KEY] = value_bytes(slice_of(key, 32));
	wants("another key", given(w), ERR_SIGNATURE);
	c[OPERATOR_KEY] = value_bytes(slice_of(key, 31));
	wants("a short key", given(w), ERR_FORMAT);
	memcpy(c, was, sizeof was);
	c[OPERATOR_STAMP] = value_int(row_of(w,
	    TABLE_TRANSITION)[0].i + (1 << STAMP_NODE_BITS));
	wants("hired after the step", given(w), ERR_KEY);
	memcpy(c, was, sizeof was);
}

/* ---- the record ---- */

static const struct operator_proof proof = { sha256, key_verify };

/* The signature is over the record as it was: another content is not refused
 * when it comes (more of it may be on its way) but found by verifying. */
static void test_content(void **state)
{
	struct world *w = *state;
	const struct type *t = catalogue_type(w->b.catalogue, "request");
	struct section *s = batch_section(&w->b, t, -1);
	struct value *cell = s->cell + s->table->ncol, was;
	size_t at = type_field(w->b.catalogue, t, "content")->column_index, n;
	struct err e = {0};

	was = cell[at];
	for (int i = 0; i < 2; i++) {
		enum err_code want = i ? ERR_SIGNATURE : OK;

		if (i)
			cell[at] = value_str("another");
		wants("given", give(w, NULL, &e), OK);
		wants("content", operator_verify(w->o.hq->store, &proof, &n,
		    &e), want);
		assert_int_equal(n, i ? 0 : 1);
		store_rollback(w->o.hq->store);
	}
	cell[at] = was;
}

/* ---- one's own paper ---- */

/* A record and its first step, made and signed by hand: the program would
 * refuse. forge_end() takes them out again. */
struct forgery {
	const char *type, *by, *to, *role;
	unsigned char content[32];
};

static stamp_t forge(struct world *w, const struct forgery *f)
{
	const struct type *t = catalogue_type(w->b.catalogue, f->type);
	stamp_t id = row_of(w, TABLE_TRANSITION)->i + (1 << STAMP_NODE_BITS);
	unsigned char mark[OPERATOR_SIGNATURE] = {0};
	struct value *cell = batch_row(&w->b, t, -1);
	struct buf message = BUF_INIT;
	struct err e = {0};

	cell[TYPE_COL_ID] = value_int(id);
	cell[TYPE_COL_BY] = value_str(f->by);
	cell = batch_row(&w->b, NULL, TABLE_TRANSITION);
	cell[TRANSITION_STAMP] = value_int(id + (1 << STAMP_NODE_BITS));
	cell[TRANSITION_RECORD] = value_int(id);
	cell[TRANSITION_TYPE] = value_str(f->type);
	cell[TRANSITION_FROM] = value_str(t->state[0].key);
	cell[TRANSITION_TO] = value_str(f->to);
	cell[TRANSITION_ROLE] = value_str(f->role);
	cell[TRANSITION_BY] = value_str("other");
	cell[TRANSITION_OPERATOR] = value_str("other");
	cell[TRANSITION_IMPORTED] = value_int(0);
	WANT(operator_message(store_identity(w->tc->store)->org, cell, &id, 1, f->content,
	    &message, &e), e);
	memcpy(mark, f->content, 32);
	key_sign(&w->tc->operator_key, slice_buf(&message), mark + 32);
	cell[TRANSITION_SIGNATURE] = value_bytes(batch_text(&w->b,
	    slice_of(mark, sizeof mark)));
	buf_release(&message);
	return id;
}

static void forge_end(struct world *w, const struct forgery *f)
{
	const struct type *t = catalogue_type(w->b.catalogue, f->type);

	batch_section(&w->b, t, -1)->nrow--;
	batch_section(&w->b, NULL, TABLE_TRANSITION)->nrow--;
}

/* The chair enters a record and approves it all the same: kept, not applied. */
static void test_own_paper(void **state)
{
	struct world *w = *state;
	struct forgery f = { "innovation", "clerk", "approved", "chair",
		{0} };
	struct applied done;
	struct err e = {0};

	act(w->tc, "other");
	for (size_t own = 0; own < 2; own++) {
		f.by = own ? "other" : "clerk";
		forge(w, &f);
		done = (struct applied){0};
		wants("own paper", give(w, &done, &e), OK);
		if (done.held != own)
			fail_msg("%zu held, not %zu", done.held, own);
		store_rollback(w->o.hq->store);
		forge_end(w, &f);
	}
}

/* Who handles an expense approves it: a later edit might have named another
 * handler, so the step is taken, but verifying finds it. */
static void test_handler(void **state)
{
	struct world *w = *state;
	const struct type *t = catalogue_type(w->b.catalogue, "expense");
	size_t at = type_field(w->b.catalogue, t, "handler")->column_index, n;
	struct value *c = operator_row(w, "other"), was[8];
	struct err e = {0};
	static const struct {
		int64_t person, handler;
		enum err_code want;
	} cases[] = { { 65539, 65539, ERR_SOD }, { 65539, 131075, OK },
		{ 0, 65539, OK } };

	memcpy(was, c, sizeof was);
	act(w->tc, "other");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct forgery f = { "expense", "clerk", "l1", "sub_chair",
			{0} };
		struct buf content = BUF_INIT;
		stamp_t id;

		c[OPERATOR_ROLES] = value_str("[\"chair\",\"sub_chair\"]");
		if (cases[i].person)
			c[OPERATOR_PERSON] = value_int(cases[i].person);
		/* once to learn the hash, once with it */
		for (int pass = 0; pass < 2; pass++) {
			id = forge(w, &f);
			batch_section(&w->b, t, -1)->cell[at] =
			    value_int(cases[i].handler);
			wants("given", give(w, NULL, &e), OK);
			buf_clear(&content);
			WANT(operator_content(w->o.hq->store, id, INT64_MAX,
			    &content, &e), e);
			if (pass)
				wants("handler", operator_verify(
				    w->o.hq->store, &proof, &n, &e),
				    cases[i].want);
			sha256(slice_buf(&content), f.content);
			store_rollback(w->o.hq->store);
			forge_end(w, &f);
		}
		buf_release(&content);
		memcpy(c, was, sizeof was);
	}
}

/* ---- the whole way ---- */

static void test_whole_way(void **state)
{
	struct world *w = *state;
	struct buf there = BUF_INIT, again = BUF_INIT;
	struct err e = {0};

	nodes_sync(w->tc);
	nodes_sync(w->o.hq);
	nodes_sync(w->tc);
	nodes_verify(w->o.hq);
	nodes_verify(w->tc);
	there = nodes_dump(w->o.hq);
	WANT(rebuild_run(w->o.hq, &e), e);
	again = nodes_dump(w->o.hq);
	assert_true(slice_eq(slice_buf(&there), slice_buf(&again)));
	/* Who has left has signed well before. */
	WANT(node_operator_remove(w->tc, "chair", &e), e);
	nodes_sync(w->tc);
	nodes_sync(w->o.hq);
	nodes_verify(w->o.hq);
	wants("who has left", node_act(w->tc, "chair", PASS, &e), ERR_ROLE);
	wants("a wrong passphrase", node_act(w->tc, "other", "x", &e),
	    ERR_KEY);
	buf_release(&there);
	buf_release(&again);
}

/* Any byte of any text of the step, changed, is no longer what was signed. */
static void test_random(void **state)
{
	struct world *w = *state;
	uint64_t seed = seed_start();
	struct value *c = row_of(w, TABLE_TRANSITION), was;

	for (int i = 0; i < 400; i++) {
		size_t k = seed_next(&seed) % TRANSITION_NCOL, at;
		unsigned char text[200];

		was = c[k];
		if (was.kind == VALUE_INT && k != TRANSITION_IMPORTED) {
			c[k].i ^= INT64_C(1) << seed_next(&seed) % 62;
		} else if (was.kind == VALUE_TEXT || was.kind == VALUE_BYTES) {
			assert_in_range(was.s.n, 1, sizeof text);
			memcpy(text, was.s.p, was.s.n);
			at = seed_next(&seed) % was.s.n;
			text[at] ^= (unsigned char)(1 << seed_next(&seed) % 7);
			c[k].s.p = text;
		} else {
			continue;
		}
		if (given(w) == OK)
			fail_msg("column %zu: taken", k);
		c[k] = was;
	}
	wants("as it was", given(w), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step), cmocka_unit_test(test_whose),
		cmocka_unit_test(test_bits), cmocka_unit_test(test_replaces),
		cmocka_unit_test(test_rows), cmocka_unit_test(test_content),
		cmocka_unit_test(test_own_paper),
		cmocka_unit_test(test_handler),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_whole_way),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
