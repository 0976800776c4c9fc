/* An invited stranger, a second life, and a branch gone mad: whatever they
 * sign, headquarters ends its work, keeps what is others', and its store is
 * what the chains give.
 */
#include "attack.h"

/* ---- enrolment ---- */

struct newcomer {
	struct world *w;
	struct node *n;
	struct position tip;	/* its first changeset */
	struct link first;
	struct batch b;
	char ref[80];
	struct position none;	/* what HQ keeps of a chain not begun */
};

static struct value *enrol_cell(struct newcomer *x)
{
	return batch_section(&x->b, NULL, TABLE_ENROL)->cell;
}

static void newcomer_start(struct newcomer *x, struct world *w,
    const char *code)
{
	struct err e = {0};
	char first[OID_HEX];

	*x = (struct newcomer){ .w = w, .n = nodes_add(&w->o, code, NULL) };
	attack_hurry(x->n);
	nodes_request(x->n, "new here");
	nodes_seal(x->n);
	x->tip = nodes_tip(x->n, NULL);
	chain_ref(x->tip.chain, x->tip.epoch, x->ref);
	x->none = (struct position){0};
	memcpy(x->none.chain, x->tip.chain, sizeof x->none.chain);
	memcpy(x->none.epoch, x->tip.epoch, 8);
	WANT(link_find(x->n, x->tip.chain, x->tip.epoch, 1, first, &e), e);
	WANT(link_read(x->n, first, &x->none, x->n->key.public,
	    &x->first, &e), e);
	batch_init(&x->b, w->tc->catalogue);
	WANT(link_batch(x->n, &x->first, &x->b, &e), e);
}

static void newcomer_end(struct newcomer *x)
{
	batch_release(&x->b);
	link_release(&x->first);
	node_close(x->n);
}

/* HQ finds the batch, as it is now, as somebody's first changeset. */
static void enrol_refused(struct newcomer *x, const char *name,
    const struct header *like, const struct key *k, enum err_code want)
{
	struct header h = *like;
	struct buf raw = BUF_INIT;
	struct ingested in;
	struct position p;
	struct err e = {0};
	char oid[OID_HEX];

	x->w->tried++;
	WANT(codec_encode(&x->b, &raw, &e), e);
	attack_raw(x->w, slice_buf(&raw), &h);
	attack_commit(x->w, &h, k, oid);
	attack_ref(x->w->o.hq, x->ref, oid);
	in = attack_ingest(x->w->o.hq, HEADS);
	p = attack_tip(x->w->o.hq, x->none.chain, x->none.epoch);
	if (in.enrolled || in.changesets || in.stopped != 1 ||
	    strcmp(p.stopped, err_name(want)) != 0)
		fail_msg("%s: enrolled %zu, stopped for '%s', not %s: %s",
		    name, in.enrolled, p.stopped, err_name(want), p.reason);
	world_same(x->w, name);
	buf_release(&raw);
}

static void enrol_numbers(struct newcomer *x)
{
	static const int64_t numbers[] = { -1, 0, 1, 2, 3, 65535, 65536,
		INT64_MAX, INT64_MIN };
	struct value *cell = enrol_cell(x), was = cell[ENROL_NUMBER];

	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (numbers[i] == was.i)
			continue;
		cell[ENROL_NUMBER] = value_int(numbers[i]);
		enrol_refused(x, "another number", &x->first.h, &x->n->key,
		    ERR_INVITATION);
	}
	cell[ENROL_NUMBER] = was;
}

/* Every bit of the token's proof, and of the key it vouches for. */
static void enrol_bits(struct newcomer *x, size_t column)
{
	unsigned char bytes[32];
	struct value *cell = enrol_cell(x), was = cell[column];
	char name[40];

	assert_int_equal(was.s.n, sizeof bytes);
	cell[column] = value_bytes(slice_of(bytes, sizeof bytes));
	for (int i = 0; i < 256; i++) {
		memcpy(bytes, was.s.p, sizeof bytes);
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		snprintf(name, sizeof name, "enrol column %zu bit %d",
		    column, i);
		enrol_refused(x, name, &x->first.h, &x->n->key,
		    ERR_INVITATION);
	}
	for (size_t n = 0; n < sizeof bytes; n += 5) {
		cell[column] = value_bytes(slice_of(was.s.p, n));
		enrol_refused(x, "cut short", &x->first.h, &x->n->key,
		    ERR_INVITATION);
	}
	cell[column] = was;
}

static void test_enrolment(void **state)
{
	struct value was, *cell;
	struct newcomer x;
	struct header h;
	struct world w;

	(void)state;
	world_start(&w);
	newcomer_start(&x, &w, "XN");
	enrol_bits(&x, ENROL_MAC);
	enrol_bits(&x, ENROL_KEY);
	enrol_numbers(&x);
	cell = enrol_cell(&x);
	was = cell[ENROL_CODE];
	cell[ENROL_CODE] = value_str("NB");
	enrol_refused(&x, "another code", &x.first.h, &x.n->key,
	    ERR_INVITATION);
	cell[ENROL_CODE] = was;
	enrol_refused(&x, "another's signature", &x.first.h, &w.nb->key,
	    ERR_INVITATION);
	was = cell[ENROL_KEY];
	cell[ENROL_KEY] = value_bytes(slice_of(w.nb->key.public, 32));
	enrol_refused(&x, "another's key and signature", &x.first.h,
	    &w.nb->key, ERR_INVITATION);
	cell[ENROL_KEY] = was;
	h = x.first.h;
	memcpy(h.author, "NB", 3);
	enrol_refused(&x, "another author", &h, &x.n->key, ERR_FOREIGN);
	h = x.first.h;
	h.seq = 2;
	memcpy(h.prev, w.good.sha256, sizeof h.prev);
	memcpy(h.parent, w.due.h.parent, sizeof h.parent);
	enrol_refused(&x, "TC's chain before it", &h, &x.n->key, ERR_CHAIN);
	cell = batch_row(&x.b, NULL, TABLE_ENROL);
	memcpy(cell, enrol_cell(&x), 5 * sizeof *cell);
	cell[0].i += 1 << 20;
	enrol_refused(&x, "two enrolments", &x.first.h, &x.n->key,
	    ERR_INVITATION);
	batch_section(&x.b, NULL, TABLE_ENROL)->nrow = 1;
	attack_carry(x.n, w.o.hq, x.tip.commit, x.ref);	/* the canary */
	assert_int_equal(attack_ingest(w.o.hq, HEADS).enrolled, 1);
	nodes_seal(w.o.hq);
	nodes_verify(w.o.hq);
	newcomer_end(&x);
	world_end(&w);
}

/* One invitation's enrolment is none for another code, nor a second time. */
static void test_tokens(void **state)
{
	struct newcomer x, y;
	struct header h;
	struct world w;

	(void)state;
	world_start(&w);
	newcomer_start(&x, &w, "XN");
	newcomer_start(&y, &w, "YY");
	enrol_refused(&x, "YY in XN's place", &y.first.h, &y.n->key,
	    ERR_CHAIN);
	h = y.first.h;
	memcpy(h.chain, x.first.h.chain, sizeof h.chain);
	memcpy(h.epoch, x.first.h.epoch, sizeof h.epoch);
	memcpy(h.author, "XN", 3);
	batch_release(&x.b);	/* and its row that names XN */
	x.b = y.b;
	enrol_cell(&x)[ENROL_CODE] = value_str("XN");
	enrol_refused(&x, "YY's token for XN", &h, &y.n->key,
	    ERR_INVITATION);
	enrol_cell(&x)[ENROL_CODE] = value_str("YY");
	y.b = x.b;
	batch_init(&x.b, w.tc->catalogue);
	attack_carry(y.n, w.o.hq, y.tip.commit, y.ref);
	attack_carry(x.n, w.o.hq, x.tip.commit, x.ref);
	assert_int_equal(attack_ingest(w.o.hq, HEADS).enrolled, 2);
	world_ground(&w);
	/* the same invitation by another key, in another life */
	h = y.first.h;
	h.epoch[0] = h.epoch[0] == '0' ? '1' : '0';
	y.none.epoch[0] = h.epoch[0];
	chain_ref(y.none.chain, y.none.epoch, y.ref);
	enrol_refused(&y, "a used token", &h, &w.nb->key, ERR_KEY);
	newcomer_end(&x);
	newcomer_end(&y);
	world_end(&w);
}

/* ---- signed by TC, whatever it means ---- */

/* Is this line of a dump a row of NB's or HQ's, or about one of theirs? */
static bool of_others(const struct world *w, const unsigned char *p,
    size_t n)
{
	const stamp_t id[] = { w->theirs, w->hqs };
	const unsigned char *owner = memchr(p, ' ', n);
	char text[24];

	if (owner && (size_t)(p + n - owner) > 6 &&
	    (!memcmp(owner, " \"NB\" ", 6) || !memcmp(owner, " \"HQ\" ", 6)))
		return true;
	for (size_t i = 0; i < COUNT(id); i++) {
		snprintf(text, sizeof text, "%" PRId64, id[i]);
		if (memmem(p, n, text, strlen(text)))
			return true;
	}
	return false;
}

/* Others' rows in HQ's tables, and the roster, as text. */
static void others_rows(struct world *w, struct buf *out)
{
	struct buf all = BUF_INIT;
	bool roster = false;

	buf_clear(out);
	attack_dump(w->o.hq, &all);
	for (size_t at = 0; at < all.n;) {
		const unsigned char *p = all.p + at;
		const unsigned char *end = memchr(p, '\n', all.n - at);
		size_t len = (size_t)(end - p) + 1;

		if (*p == '[')
			roster = len == 9 && !memcmp(p, "[roster]", 8);
		if (roster || of_others(w, p, len))
			buf_add(out, p, len);
		at += len;
	}
	buf_release(&all);
	assert_true(out->n > 0);
}

static void others_same(struct world *w, const struct buf *before)
{
	struct buf now = BUF_INIT;

	others_rows(w, &now);
	if (!slice_eq(slice_buf(&now), slice_buf(before)))
		fail_msg("others' rows were:\n%.*s\nand are:\n%.*s",
		    (int)before->n, (char *)before->p, (int)now.n,
		    (char *)now.p);
	buf_release(&now);
}

/* Give HQ this payload as TC's next changeset; true if it was taken. */
static bool next_taken(struct world *w, struct slice raw)
{
	struct header h = w->due.h;
	struct ingested in;
	char oid[OID_HEX];

	if (w->tried++ % SWEEP_EVERY == 0)
		attack_sweep(w);
	h.seq = w->good.seq + 1;
	memcpy(h.parent, w->good.commit, sizeof h.parent);
	memcpy(h.prev, w->good.sha256, sizeof h.prev);
	attack_raw(w, raw, &h);
	attack_commit(w, &h, &w->tc->key, oid);
	attack_ref(w->o.hq, w->ref, oid);
	in = attack_ingest(w->o.hq, HEADS);
	assert_int_equal(in.changesets + in.stopped, 1);
	w->good = attack_tip(w->o.hq, w->good.chain, w->good.epoch);
	assert_int_equal(w->good.stopped[0] == '\0', in.changesets == 1);
	return in.changesets == 1;
}

static struct value random_value(uint64_t *seed, struct batch *b)
{
	static const char *const words[] = { "", "x", "submitted", "HQ", "[]",
		"[1,2]", "{\"a\":1}", "2022-03-08", "2022Q1", "9223372036854",
		"'; DROP TABLE record; --", "\xe7\x94\xb0\xe9\x99\x88",
		"request", "content", "void", "chair", "hq" };
	static const int64_t numbers[] = { 0, 1, -1, 1 << 30, INT64_MAX,
		INT64_MIN, 7 };
	unsigned char bytes[32];

	switch (seed_next(seed) % 8) {
	case 0: return VALUE_NONE;
	case 1: return value_int(numbers[seed_next(seed) % COUNT(numbers)]);
	case 2: return value_int((int64_t)(seed_next(seed) >> 1));
	case 3: return value_real((double)(int64_t)seed_next(seed) / 3);
	case 4:
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (unsigned char)seed_next(seed);
		return value_bytes(batch_text(b, slice_of(bytes,
		    seed_next(seed) % 33)));
	default:
		return value_str(words[seed_next(seed) % COUNT(words)]);
	}
}

/* A new row of any table: sound but for `wild` in 16 of its cells. */
static void random_row(struct world *w, uint64_t *seed, struct batch *b,
    stamp_t stamp, uint64_t wild)
{
	const stamp_t records[] = { w->mine, w->theirs, w->hqs, stamp };
	const struct catalogue *c = b->catalogue;
	bool fixed = seed_next(seed) % 3 != 0;
	const struct type *t = fixed ? NULL :
	    &c->type[seed_next(seed) % c->ntype];
	int which = seed_next(seed) % 8 ? (int)(seed_next(seed) % 2) :
	    (int)(seed_next(seed) % TABLE_FIXED_COUNT);
	struct value *cell = batch_row(b, t, fixed ? which : -1);
	size_t ncol = fixed ? fixed_table((enum fixed_table)which)->ncol :
	    t->table.ncol;

	cell[0] = value_int(stamp);
	if (fixed && which <= TABLE_TRANSITION) {
		cell[EDIT_RECORD] = value_int(records[seed_next(seed) % 8 ?
		    0 : seed_next(seed) % COUNT(records)]);
		cell[EDIT_TYPE] = value_str("request");
		cell[EDIT_FIELD] = value_str(which ? "submitted" : "content");
		cell[EDIT_VALUE] = value_str(which ? "accepted" : "new");
	}
	if (fixed && which == TABLE_TRANSITION)
		cell[TRANSITION_ROLE] = value_str("chair");
	for (size_t i = 1; i < ncol; i++)
		if (seed_next(seed) % 16 < wild)
			cell[i] = random_value(seed, b);
}

static void random_changeset(struct world *w, uint64_t *seed,
    struct buf *raw)
{
	uint16_t node = store_identity(w->tc->store)->number;
	int64_t ticks = stamp_ticks(w->good.last);
	uint64_t rows = 1 + seed_next(seed) % 6, wild = seed_next(seed) % 5;
	struct err e = {0};
	struct batch b;

	do {	/* what nobody can write down is no input */
		batch_init(&b, w->tc->catalogue);
		for (uint64_t i = 0; i < rows; i++)
			random_row(w, seed, &b, stamp_make(ticks + 1 +
			    (int64_t)i, node), wild);
		batch_sort(&b);
		buf_clear(raw);
	} while (codec_encode(&b, raw, &e) &&
	    (batch_release(&b), true));
	batch_release(&b);
}

/* Random rows and random bytes, TC's signature under all of them. */
static void test_mad_branch(void **state)
{
	uint64_t seed = seed_start();
	struct buf raw = BUF_INIT, before = BUF_INIT;
	size_t taken = 0, i;
	struct world w;

	(void)state;
	world_start(&w);
	others_rows(&w, &before);
	for (i = 0; i < 2400; i++) {
		random_changeset(&w, &seed, &raw);
		if (i % 2 && raw.n)
			raw.p[seed_next(&seed) % raw.n] ^=
			    (unsigned char)(1 << seed_next(&seed) % 8);
		taken += next_taken(&w, slice_buf(&raw));
		if (i % 400)
			continue;
		others_same(&w, &before);
	}
	printf("%zu of %zu meant something\n", taken, i);
	if (taken == 0 || taken == i)
		fail_msg("%zu of %zu were taken", taken, i);
	others_same(&w, &before);
	attack_ref(w.o.hq, w.ref, w.good.commit);
	(void)attack_ingest(w.o.hq, HEADS);
	nodes_seal(w.o.hq);
	nodes_verify(w.o.hq);
	buf_release(&raw);
	buf_release(&before);
	world_end(&w);
}

/* ---- a second life ---- */

/* HQ takes this batch as the first changeset of another epoch, signed by the
 * same key: a clone's, or that of a forger who has it. */
static void second_life(struct world *w, char digit, struct batch *b)
{
	struct header h = w->due.h;
	struct buf raw = BUF_INIT;
	struct err e = {0};
	char oid[OID_HEX], ref[80];

	w->tried++;
	h.seq = 1;
	h.parent[0] = '\0';
	memcpy(h.prev, "none", 5);
	memset(h.epoch, digit, 8);
	batch_sort(b);
	WANT(codec_encode(b, &raw, &e), e);
	attack_raw(w, slice_buf(&raw), &h);
	attack_commit(w, &h, &w->tc->key, oid);
	chain_ref(h.chain, h.epoch, ref);
	attack_ref(w->o.hq, ref, oid);
	(void)attack_ingest(w->o.hq, HEADS);
	buf_release(&raw);
}

/* Stamps that the first life has used, with another meaning: what HQ has
 * taken stays as it is. */
static void test_stamps_again(void **state)
{
	const struct type *t;
	struct value *cell;
	json_t *before, *after;
	struct batch b;
	struct world w;
	struct err e = {0};

	(void)state;
	world_start(&w);
	world_accept(&w);
	t = catalogue_type(w.o.hq->catalogue, "request");
	WANT(record_json(w.o.hq->store, w.mine, t, true, &before, &e), e);
	batch_init(&b, w.tc->catalogue);	/* the record */
	cell = batch_row(&b, t, -1);
	cell[0] = value_int(w.mine);
	cell[type_field(b.catalogue, t, "content")->column_index] =
	    value_str("not what it was");
	second_life(&w, '1', &b);
	batch_release(&b);
	batch_init(&b, w.tc->catalogue);	/* its edit, its step */
	WANT(link_batch(w.tc, &w.due, &b, &e), e);
	cell = batch_section(&b, NULL, TABLE_EDIT)->cell;
	cell[EDIT_VALUE] = value_str("not what it was");
	cell = batch_section(&b, NULL, TABLE_TRANSITION)->cell;
	cell[TRANSITION_TO] = value_str("refused");
	second_life(&w, '2', &b);
	batch_release(&b);
	WANT(record_json(w.o.hq->store, w.mine, t, true, &after, &e), e);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	world_end(&w);
}

/* A row of `table` under a stamp that TC's chain has used for one of it. */
static void beside(struct world *w, enum fixed_table table, stamp_t stamp,
    const char *text, struct batch *b)
{
	struct value *cell = batch_row(b, NULL, (int)table);

	cell[0] = value_int(stamp);
	if (table == TABLE_OPERATOR) {
		cell[OPERATOR_CODE] = value_str(text);
		cell[OPERATOR_BRANCH] = value_str("TC");
		cell[OPERATOR_ROLES] = value_str("[\"clerk\"]");
		cell[OPERATOR_KEY] = value_bytes(slice_of(
		    w->tc->key.public, 32));
		return;
	}
	cell[ATTACHMENT_RECORD] = value_int(w->mine);
	cell[ATTACHMENT_NAME] = value_str(text);
	cell[ATTACHMENT_SHA256] = value_bytes(slice_of(
	    w->tc->key.public, 32));
	cell[ATTACHMENT_SIZE] = value_int(1);
	cell[ATTACHMENT_MEDIA] = value_str("text/plain");
}

/* Operators and files: the same row twice is one, another is refused. */
static void test_others_again(void **state)
{
	static const enum fixed_table table[] = { TABLE_OPERATOR,
		TABLE_ATTACHMENT };
	static const struct { char epoch; const char *text, *stopped; } try[] = {
		{ '1', "one.txt", "" }, { '2', "one.txt", "" },
		{ '3', "two.txt", "E_COLLISION" },
	};
	struct position p;
	struct batch b;
	struct world w;
	struct err e = {0};
	char epoch[33];

	(void)state;
	world_start(&w);
	world_accept(&w);
	for (size_t i = 0; i < COUNT(table) * COUNT(try); i++) {
		size_t t = i / COUNT(try), k = i % COUNT(try);

		batch_init(&b, w.tc->catalogue);
		beside(&w, table[t], w.mine + ((int64_t)(t + 1) << 20),
		    try[k].text, &b);
		memcpy(epoch, w.due.h.epoch, sizeof epoch);
		memset(epoch, try[k].epoch + (int)(3 * t), 8);
		second_life(&w, epoch[0], &b);
		if (*try[k].stopped)	/* it has not begun */
			epoch[8] = '\0';
		WANT(position_get(w.o.hq->store, w.due.h.chain, epoch, &p,
		    &e), e);
		if (strcmp(p.stopped, try[k].stopped) != 0 ||
		    (p.seq == 1) != !*try[k].stopped)
			fail_msg("%s in epoch %c: seq %lld, %s, want %s (%s)",
			    b.section[0].table->name, epoch[0],
			    (long long)p.seq, p.stopped, try[k].stopped,
			    p.reason);
		batch_release(&b);
	}
	world_end(&w);
}

/* A step of the second life waits for a record under the stamp of a step
 * that comes with it: the first life's chain is not stopped by that. */
static void test_step_again(void **state)
{
	struct value *cell;
	stamp_t two;
	struct batch due, b;
	struct world w;
	struct err e = {0};

	(void)state;
	world_start(&w);
	batch_init(&due, w.tc->catalogue);
	batch_init(&b, w.tc->catalogue);
	WANT(link_batch(w.tc, &w.due, &due, &e), e);
	two = batch_section(&due, catalogue_type(due.catalogue, "request"),
	    -1)->cell[0].i;
	cell = batch_row(&b, NULL, TABLE_TRANSITION);
	memcpy(cell, batch_section(&due, NULL, TABLE_TRANSITION)->cell,
	    (TRANSITION_IMPORTED + 1) * sizeof *cell);
	assert_true(two < cell[0].i && two != w.mine);
	cell[TRANSITION_RECORD] = value_int(two);
	second_life(&w, '1', &b);
	world_ground(&w);
	attack_ref(w.o.hq, w.ref, w.due.commit);
	assert_int_equal(attack_ingest(w.o.hq, HEADS).changesets, 1);
	batch_release(&due);
	batch_release(&b);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enrolment),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_mad_branch),
		cmocka_unit_test(test_stamps_again),
		cmocka_unit_test(test_others_again),
		cmocka_unit_test(test_step_again),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	printf("%zu inputs of hostile signers\n", attack_count);
	return failed;
}
