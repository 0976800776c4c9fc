/* Values of level X: sealed one by one, opened where the key is, and never
 * again once it is gone.
 */
#include "fixture.h"
#include "nodes.h"
#include "box.h"
#include "erase.h"
#include "record_cell.h"
#include "record_key.h"

static struct fixture f;

static int setup(void **state)
{
	struct err e = {0};

	(void)state;
	fixture_open(&f, "XX");
	WANT(store_begin(f.store, &e), e);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	store_rollback(f.store);
	fixture_close(&f);
	return 0;
}

static const struct type *type_of(void)
{
	return catalogue_type(f.catalogue, "hardship_case");
}

static size_t column_of(const char *field)
{
	const struct field *x = type_field(f.catalogue, type_of(), field);

	assert_non_null(x);
	return x->column_index;
}

/* A record 65536 * 9 + 2 with a text, a sum and an open number; an edit. */
static void fill(struct batch *b)
{
	struct value *c;

	batch_init(b, f.catalogue);
	c = batch_row(b, type_of(), -1);
	assert_non_null(c);
	c[TYPE_COL_ID] = value_int(9 * 65536 + 2);
	c[column_of("bank")] = value_str("6222020200112233445");
	c[column_of("income_year")] = value_int(-123456);
	c[column_of("household")] = value_int(4);
	c = batch_row(b, NULL, TABLE_EDIT);
	assert_non_null(c);
	c[EDIT_STAMP] = value_int(10 * 65536 + 2);
	c[EDIT_RECORD] = value_int(9 * 65536 + 2);
	c[EDIT_TYPE] = value_str("hardship_case");
	c[EDIT_FIELD] = value_str("bank");
	c[EDIT_VALUE] = value_str("6217000010001234567");
}

static struct value *cell_of(struct batch *b, const char *field)
{
	struct section *s = field ? batch_section(b, type_of(), -1) :
	    batch_section(b, NULL, TABLE_EDIT);

	assert_non_null(s);
	return &s->cell[field ? column_of(field) : EDIT_VALUE];
}

static void same(struct batch *a, struct batch *b, const char *field)
{
	if (!value_eq(cell_of(a, field), cell_of(b, field)))
		fail_msg("%s: kind %d became kind %d, or another value",
		    field ? field : "the edit", cell_of(a, field)->kind,
		    cell_of(b, field)->kind);
}

static void test_roundtrip(void **state)
{
	struct batch a, b;
	struct err e = {0};

	(void)state;
	fill(&a);
	fill(&b);
	WANT(record_cell_seal(f.store, &b, &e), e);
	assert_int_equal(cell_of(&b, "bank")->kind, VALUE_BYTES);
	assert_int_equal(cell_of(&b, "income_year")->kind, VALUE_BYTES);
	assert_int_equal(cell_of(&b, NULL)->kind, VALUE_BYTES);
	same(&a, &b, "household");
	assert_memory_not_equal(cell_of(&b, "bank")->s.p,
	    cell_of(&b, NULL)->s.p, RECORD_KEY_ID);
	WANT(record_cell_open(f.store, &b, &e), e);
	same(&a, &b, "bank");
	same(&a, &b, "income_year");
	same(&a, &b, NULL);
	batch_release(&a);
	batch_release(&b);
}

static void test_again(void **state)
{
	struct batch a, b;
	struct err e = {0};

	(void)state;
	fill(&a);
	fill(&b);
	WANT(record_cell_seal(f.store, &a, &e), e);
	WANT(record_cell_seal(f.store, &b, &e), e);
	same(&a, &b, "bank");
	same(&a, &b, NULL);
	batch_release(&a);
	batch_release(&b);
}

/* Of the record's values of level X only `bank` is there. */
static void only_bank(struct batch *b)
{
	*cell_of(b, "income_year") = VALUE_NONE;
	*cell_of(b, NULL) = VALUE_NONE;
}

static void test_changed(void **state)
{
	struct batch b, clear;
	struct err e = {0};
	struct value *v;
	size_t n;

	(void)state;
	fill(&b);
	only_bank(&b);
	WANT(record_cell_seal(f.store, &b, &e), e);
	v = cell_of(&b, "bank");
	n = v->s.n;
	/* what a key does not open is as good as sealed for ever: a chain must
	 * not be judged by which keys are here */
	for (size_t i = 0; i < n; i++) {
		unsigned char *p = (unsigned char *)(uintptr_t)v->s.p;

		p[i] ^= 1;
		WANT(record_cell_open(f.store, &b, &e), e);
		if (v->kind != VALUE_BYTES)
			fail_msg("byte %zu of %zu changed, and it opens", i,
			    n);
		p[i] ^= 1;
	}
	for (v->s.n = 0; v->s.n <= RECORD_KEY_ID + BOX_TAG; v->s.n++)
		assert_int_equal(record_cell_open(f.store, &b, &e),
		    ERR_FORMAT);
	/* what was sealed when the field was of another level stays as it is */
	fill(&clear);
	WANT(record_cell_open(f.store, &clear, &e), e);
	assert_int_equal(cell_of(&clear, "bank")->kind, VALUE_TEXT);
	batch_release(&clear);
	batch_release(&b);
}

/* As the row that erases does it. */
static enum err_code end_keys(stamp_t record, stamp_t before, struct err *e)
{
	struct origin o = { .local = true, .branch = "XX", .node = 2 };
	struct batch rows;
	struct value *c;
	enum err_code rc;

	batch_init(&rows, f.catalogue);
	c = batch_row(&rows, NULL, TABLE_ERASE);
	assert_non_null(c);
	c[ERASE_STAMP] = value_int(before);
	c[ERASE_RECORD] = value_int(record);
	c[ERASE_FIELD] = value_str("bank");
	c[ERASE_REASON] = value_str("asked for");
	rc = erase_apply(f.store, &rows, &o, e);
	batch_release(&rows);
	return rc;
}

static void test_other_key(void **state)
{
	struct record_key k = { .stamp = 9 * 65536 + 2,
		.record = 9 * 65536 + 2, .field = "bank" };
	struct batch b;
	struct err e = {0};

	(void)state;
	fill(&b);
	WANT(record_cell_seal(f.store, &b, &e), e);
	WANT(end_keys(k.record, INT64_MAX, &e), e);
	WANT(record_key_add(f.store, &k, &e), e);
	WANT(record_cell_open(f.store, &b, &e), e);
	assert_int_equal(cell_of(&b, "bank")->kind, VALUE_BYTES);
	assert_int_equal(cell_of(&b, "income_year")->kind, VALUE_INT);
	batch_release(&b);
}

static void test_erased(void **state)
{
	stamp_t record = 9 * 65536 + 2, between = record + 3;
	struct record_key k = { .stamp = record, .record = record,
		.field = "bank" };
	struct batch b;
	struct err e = {0};
	bool found;

	(void)state;
	fill(&b);
	WANT(record_cell_seal(f.store, &b, &e), e);
	WANT(end_keys(record, between, &e), e);
	WANT(record_key_get(f.store, &k, true, &found, &e), e);
	assert_false(found);
	WANT(record_cell_open(f.store, &b, &e), e);
	assert_int_equal(cell_of(&b, "bank")->kind, VALUE_BYTES);
	assert_int_equal(cell_of(&b, NULL)->kind, VALUE_TEXT);
	assert_int_equal(cell_of(&b, "income_year")->kind, VALUE_INT);
	batch_release(&b);
}

/* None comes back by mail. */
static void test_tombstone(void **state)
{
	stamp_t record = 9 * 65536 + 2;
	struct record_key old = { .stamp = record, .record = record,
		.field = "bank" };
	struct batch b;
	struct err e = {0};
	bool found, known;

	(void)state;
	fill(&b);
	WANT(record_cell_seal(f.store, &b, &e), e);
	WANT(record_key_get(f.store, &old, true, &found, &e), e);
	assert_true(found);
	WANT(end_keys(record, record + 3, &e), e);
	WANT(record_key_add(f.store, &old, &e), e);
	WANT(record_cell_key(f.store, record, "bank", old.key, &known, &e),
	    e);
	assert_false(known);
	WANT(record_key_get(f.store, &old, true, &found, &e), e);
	assert_false(found);
	batch_release(&b);
}

/* ---- another store, which has the cells and gets the keys ---- */

#define RECORD (9 * 65536 + 2)
#define EDIT (10 * 65536 + 2)

struct told {			/* a key, as a letter tells it */
	stamp_t stamp;
	const char *field;
	unsigned char key[RECORD_KEY_LEN];
};

static void key_of(stamp_t stamp, const char *field, struct told *t)
{
	struct record_key k = { .stamp = stamp };
	struct err e = {0};
	bool found;

	snprintf(k.field, sizeof k.field, "%s", field);
	WANT(record_key_get(f.store, &k, true, &found, &e), e);
	assert_true(found);
	t->stamp = stamp;
	t->field = field;
	memcpy(t->key, k.key, sizeof t->key);
}

/* Another branch's node of the same number: as if the chain were merged. */
static void apply(struct store *s, const struct batch *b, bool record,
    bool edit)
{
	struct origin o = { .branch = "YY", .node = 2 };
	struct batch part = *b;
	struct err e = {0};

	for (int i = 0; i < 2; i++) {
		size_t at = 0;

		if (!(i ? edit : record))
			continue;
		while (at < b->nsection && (b->section[at].type == NULL) != i)
			at++;
		assert_true(at < b->nsection);
		part.section = &b->section[at];
		part.nsection = 1;
		WANT(apply_batch(s, &part, &o, NULL, &e), e);
	}
}

static void tell(struct store *s, const struct told *t, bool want)
{
	struct err e = {0};
	bool known;

	WANT(record_cell_key(s, t->stamp, t->field, t->key, &known, &e), e);
	if (known != want)
		fail_msg("the key of %s: %d, not %d", t->field, known, want);
}

static struct buf dump(struct store *s)
{
	struct buf out = BUF_INIT;
	struct err e = {0};

	WANT(store_dump(s, &out, &e), e);
	return out;
}

static void erase_in(struct store *s, stamp_t stamp)
{
	struct origin o = { .branch = "YY", .node = 2 };
	struct err e = {0};
	struct batch rows;
	struct value *c;

	batch_init(&rows, store_catalogue(s));
	c = batch_row(&rows, NULL, TABLE_ERASE);
	assert_non_null(c);
	c[ERASE_STAMP] = value_int(stamp);
	c[ERASE_RECORD] = value_int(RECORD);
	c[ERASE_FIELD] = value_str("bank");
	c[ERASE_REASON] = value_str("asked for");
	WANT(erase_apply(s, &rows, &o, &e), e);
	batch_release(&rows);
}

/* The events of a history: 0 the record, 1 its edit, 2-4 keys, 5 the erasure
 * of what the record said first. In every order that a chain allows. */
#define EVENTS 6

static void play(struct store *s, const struct batch *b,
    const struct told told[3], const int *order, bool erasing)
{
	bool cell[2] = { false, false }, gone = false;

	for (int i = 0; i < EVENTS; i++) {
		int k = order[i] - 2;

		if (order[i] < 2) {
			cell[order[i]] = true;
			apply(s, b, order[i] == 0, order[i] == 1);
		} else if (order[i] == 5 && erasing) {
			gone = true;
			erase_in(s, RECORD + 7);
		} else if (k < 3) {
			tell(s, &told[k], cell[k == 2] && !(k == 0 && gone));
		}
	}
	/* what came too early comes again */
	for (int k = 0; k < 3; k++)
		tell(s, &told[k], !(k == 0 && gone));
}

static void swap(int *a, int *b)
{
	int was = *a;

	*a = *b;
	*b = was;
}

static bool next_order(int *order)
{
	int i = EVENTS - 2, j = EVENTS - 1;

	while (i >= 0 && order[i] > order[i + 1])
		i--;
	if (i < 0)
		return false;
	while (order[j] < order[i])
		j--;
	swap(&order[i], &order[j]);
	for (int a = i + 1, c = EVENTS - 1; a < c; a++, c--)
		swap(&order[a], &order[c]);
	return true;
}

static struct store *another_store(void)
{
	struct identity id = *store_identity(f.store);
	struct store *s = NULL;
	struct err e = {0};
	char path[96];

	id.number = 1;
	id.hq = true;
	snprintf(id.branch, sizeof id.branch, "HQ");
	snprintf(path, sizeof path, "%s/other.db", f.dir);
	WANT(store_create(&s, path, f.catalogue, &id, &e), e);
	return s;
}

/* What the tables come to if everything has come open, in its order. */
static struct buf plainly(struct store *s, bool erasing)
{
	struct err e = {0};
	struct buf out;
	struct batch b;

	fill(&b);
	WANT(store_begin(s, &e), e);
	apply(s, &b, true, true);
	if (erasing)
		erase_in(s, RECORD + 7);
	out = dump(s);
	store_rollback(s);
	batch_release(&b);
	return out;
}

static void play_all(bool erasing)
{
	int order[EVENTS] = { 0, 1, 2, 3, 4, 5 };
	struct store *s = another_store();
	struct buf want = plainly(s, erasing);
	struct told told[3];
	struct batch b;
	struct err e = {0};

	fill(&b);
	WANT(record_cell_seal(f.store, &b, &e), e);
	key_of(RECORD, "bank", &told[0]);
	key_of(RECORD, "income_year", &told[1]);
	key_of(EDIT, "bank", &told[2]);
	do {
		struct buf now;

		WANT(store_begin(s, &e), e);
		play(s, &b, told, order, erasing);
		now = dump(s);
		if (!slice_eq(slice_buf(&want), slice_buf(&now)))
			fail_msg("order %d%d%d%d%d%d gives\n%s\nnot\n%s",
			    order[0], order[1], order[2], order[3], order[4],
			    order[5], (char *)now.p, (char *)want.p);
		buf_release(&now);
		store_rollback(s);
	} while (next_order(order));
	buf_release(&want);
	batch_release(&b);
	store_close(s);
}

static void test_late(void **state)
{
	(void)state;
	play_all(false);
}

static void test_late_erased(void **state)
{
	(void)state;
	play_all(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_roundtrip, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_changed, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_other_key, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_erased, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_tombstone, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late_erased, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
