/* Files by chunks, from a node that signs whatever we tell it to: what is not
 * a part of a named file is refused, and nothing fills the disk.
 */
#include <sys/stat.h>

#include "forge.h"

#include "attach.h"
#include "chunk.h"
#include "hash.h"

#define SIZE 100000
#define REST (SIZE - CHUNK_LEN)

struct place {
	struct good g;
	unsigned char bytes[SIZE + CHUNK_LEN];
	char sha[65];
};

/* TC's record names a file of SIZE bytes; HQ knows it. */
static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	struct attachment a = { .name = "a.jpg", .media = "image/jpeg",
		.size = SIZE };
	unsigned char sum[32];
	char id[STAMP_DIGITS + 1];
	struct err e = {0};

	if (!p)
		return -1;
	good_start(&p->g);
	for (size_t i = 0; i < sizeof p->bytes; i++)
		p->bytes[i] = (unsigned char)(i * 7 + i / 256);
	memcpy(p->bytes, "\xff\xd8\xff\xe0", 4);
	sha256(slice_of(p->bytes, SIZE), sum);
	hex_text(sum, sizeof sum, p->sha);
	memcpy(a.sha256, p->sha, sizeof a.sha256);
	base32_stamp(id, (uint64_t)nodes_request(p->g.tc, "with a photo"));
	WANT(attachment_add(p->g.tc->store, id, &a, false, &e), e);
	(void)nodes_sync(p->g.tc);
	(void)nodes_sync(p->g.o.hq);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	good_end(&p->g);
	free(p);
	return 0;
}

static void chunk_row(struct place *p, struct forged *f, int64_t at,
    const unsigned char *bytes, size_t n)
{
	struct value *cell;
	unsigned char sum[32];
	stamp_t stamp = next_stamp(f->n);

	assert_true(hex_decode(slice_str(p->sha), sum, sizeof sum));
	cell = batch_row(&f->b, NULL, TABLE_CHUNK);
	cell[CHUNK_STAMP] = value_int(stamp);
	cell[CHUNK_SHA256] = value_bytes(batch_text(&f->b,
	    slice_of(sum, sizeof sum)));
	cell[CHUNK_OFFSET] = value_int(at);
	cell[CHUNK_BYTES] = value_bytes(batch_text(&f->b,
	    slice_of(bytes, n)));
}

/* The next changeset of file/TC, or its first. */
static void start(struct place *p, struct forged *f)
{
	struct position at;
	struct err e = {0};

	forge_start(f, p->g.tc, p->g.o.hq);
	f->chain = "file/TC";
	snprintf(f->h.chain, sizeof f->h.chain, "file/TC");
	WANT(position_get(p->g.o.hq->store, "file/TC", f->h.epoch, &at, &e),
	    e);
	f->h.seq = at.seq + 1;
	snprintf(f->h.prev, sizeof f->h.prev, "%s",
	    at.seq ? at.sha256 : "none");
	memcpy(f->h.parent, at.commit, sizeof f->h.parent);
	batch_release(&f->b);
	batch_init(&f->b, f->n->catalogue);
}

/* Let HQ take it; what it says of the chain, "" if it took it. */
static const char *finish(struct place *p, struct forged *f, char out[24])
{
	struct positions ps = {0};
	struct err e = {0};
	const struct position *at;
	char commit[OID_HEX];
	char epoch8[9];

	memcpy(epoch8, f->h.epoch, 8);
	epoch8[8] = '\0';
	put_blob(f);
	forge_end(f, commit);
	(void)nodes_sync(p->g.o.hq);
	WANT(positions_load(p->g.o.hq->store, &ps, &e), e);
	at = positions_find(&ps, "file/TC", epoch8);
	assert_non_null(at);
	snprintf(out, 24, "%s", at->stopped);
	/* the next case begins where this one did */
	if (out[0])
		assert_int_equal(shell(NULL, "cd '%s/hq/repo.git' && git "
		    "update-ref %s refs/heads/file/TC/%s %s", p->g.o.dir,
		    at->seq ? "" : "-d", epoch8,
		    at->seq ? at->commit : ""), 0);
	positions_release(&ps);
	return out;
}

static bool is_here(struct place *p)
{
	return attach_here(p->g.o.hq, p->sha);
}

static const struct bad {
	const char *name;
	int64_t at;
	size_t n;
	int sha;		/* 1: of another file, 2: cut short */
	enum err_code want;
} bad[] = {
	{ "at no chunk's place", 100, 10, 0, ERR_FORMAT },
	{ "before the beginning", -CHUNK_LEN, CHUNK_LEN, 0, ERR_FORMAT },
	{ "empty", 0, 0, 0, ERR_FORMAT },
	{ "longer than a chunk", 0, CHUNK_LEN + 1, 0, ERR_FORMAT },
	{ "shorter, in the middle", 0, 100, 0, ERR_FORMAT },
	{ "past the end", CHUNK_LEN, CHUNK_LEN, 0, ERR_FORMAT },
	{ "cut at the end", CHUNK_LEN, REST - 1, 0, ERR_FORMAT },
	{ "one more at the end", CHUNK_LEN, REST + 1, 0, ERR_FORMAT },
	{ "behind the end", 2 * CHUNK_LEN, 10, 0, ERR_FORMAT },
	{ "where no file reaches", 320LL * CHUNK_LEN, CHUNK_LEN, 0,
	  ERR_FORMAT },
	{ "at the end of the world", INT64_MAX / CHUNK_LEN * CHUNK_LEN,
	  CHUNK_LEN, 0, ERR_FORMAT },
	{ "of a file that nobody names", 0, CHUNK_LEN, 1, ERR_REF },
	{ "of no hash", 0, CHUNK_LEN, 2, ERR_FORMAT },
};

static void test_bad(void **state)
{
	struct place *p = *state;
	struct forged f;
	struct value *cell;
	char got[24];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct bad *b = &bad[i];

		start(p, &f);
		chunk_row(p, &f, b->at, p->bytes, b->n);
		cell = batch_section(&f.b, NULL, TABLE_CHUNK)->cell;
		if (b->sha == 1)
			cell[CHUNK_SHA256] = value_bytes(slice_of(p->bytes,
			    32));
		if (b->sha == 2)
			cell[CHUNK_SHA256].s.n = 31;
		finish(p, &f, got);
		if (strcmp(got, err_name(b->want)) != 0)
			fail_msg("%s: '%s', not %s", b->name, got,
			    err_name(b->want));
		if (is_here(p) || chunk_bytes(p->g.o.hq, p->sha) != 0)
			fail_msg("%s: something was written", b->name);
	}
	/* no records in a chain of files */
	start(p, &f);
	request_row(&f, next_stamp(p->g.tc));
	assert_string_equal(finish(p, &f, got), err_name(ERR_FOREIGN));
	/* and no chunks in a chain of records */
	forge_start(&f, p->g.tc, p->g.o.hq);
	batch_release(&f.b);
	batch_init(&f.b, f.n->catalogue);
	chunk_row(p, &f, 0, p->bytes, CHUNK_LEN);
	put_blob(&f);
	{
		char commit[OID_HEX];

		forge_end(&f, commit);
	}
	(void)nodes_sync(p->g.o.hq);
	assert_string_equal(at_hq(&p->g, p->g.tc).stopped,
	    err_name(ERR_FOREIGN));
}

/* Chunks that fit and a file that does not: it goes, its chain is told, and
 * a rebuild is not held up. */
static void test_wrong(void **state)
{
	struct place *p = *state;
	struct forged f;
	struct err e = {0};
	char got[24];

	start(p, &f);
	chunk_row(p, &f, 0, p->bytes, CHUNK_LEN);
	chunk_row(p, &f, CHUNK_LEN, p->bytes, REST);
	assert_string_equal(finish(p, &f, got), err_name(ERR_CORRUPT));
	assert_false(is_here(p));
	assert_int_equal(chunk_bytes(p->g.o.hq, p->sha), 0);
	/* only the end: nothing to add it to */
	start(p, &f);
	chunk_row(p, &f, CHUNK_LEN, p->bytes + CHUNK_LEN, REST);
	assert_string_equal(finish(p, &f, got), "");
	assert_int_equal(chunk_bytes(p->g.o.hq, p->sha), 0);
	/* twice the same, then the end: whole */
	start(p, &f);
	chunk_row(p, &f, 0, p->bytes + 1, CHUNK_LEN);
	chunk_row(p, &f, 0, p->bytes, CHUNK_LEN);
	assert_string_equal(finish(p, &f, got), "");
	assert_int_equal(chunk_bytes(p->g.o.hq, p->sha), CHUNK_LEN);
	start(p, &f);
	chunk_row(p, &f, CHUNK_LEN, p->bytes + CHUNK_LEN, REST);
	assert_string_equal(finish(p, &f, got), "");
	assert_true(is_here(p));
	assert_int_equal(chunk_bytes(p->g.o.hq, p->sha), SIZE);
	/* another time: it is here already */
	start(p, &f);
	chunk_row(p, &f, 0, p->bytes + 1, CHUNK_LEN);
	assert_string_equal(finish(p, &f, got), "");
	assert_int_equal(chunk_bytes(p->g.o.hq, p->sha), SIZE);
	WANT(rebuild_run(p->g.o.hq, &e), e);
	assert_true(is_here(p));
	nodes_verify(p->g.o.hq);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = { T(test_bad), T(test_wrong) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
