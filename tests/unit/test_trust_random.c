/* Histories in which folders are copied and both copies go on, old copies are
 * put back, clocks are wrong and a relay between withholds, turns back and
 * mixes what it has. At the end all sync honestly until nothing moves:
 * headquarters has every entry that was acknowledged and not destroyed with
 * its disk, its store is what its chains replay to, the nodes of one branch
 * are alike, and whoever signed two histories has been told of.
 *
 * 12 histories; SCALE=1000 for the long run. A failure names its seed, which
 * WELLHEAD_SEED repeats alone, with what stands before it. With WELLHEAD_HQ=1
 * headquarters, too, is put back from older copies, in a quarter of them: 2 in
 * 100 of those still end with nodes of one branch that differ (seeds 218, 225).
 */
#include "lives.h"

#define HISTORIES 12
#define QUIET_ROUNDS 12

/* ---- the beginning ---- */

static void add_node(struct sim *s, const char *code, const char *branch)
{
	struct sim_node *n = &s->n[s->nn++];
	struct err e = {0};
	struct node *open;
	char *url = NULL;

	snprintf(n->name, sizeof n->name, "%s", code);
	snprintf(n->code, sizeof n->code, "%s", code);
	if (s->fault[CLOCKS] && below(s, 2))
		n->clock = (int64_t)below(s, 60) * 86400000;
	else if (s->fault[CLOCKS])
		n->dead = below(s, 2) != 0;
	open = nodes_add(&s->o, code, branch);
	if (asprintf(&url, "%s/relay", s->o.dir) < 0)
		abort();
	if (s->fault[RELAY]) {
		WANT(store_begin(open->store, &e), e);
		WANT(remote_add(open->store, "relay", url, &e), e);
		WANT(store_commit(open->store, &e), e);
	}
	free(url);
	node_close(open);
}

static void begin(struct sim *s)
{
	struct err e = {0};
	char *url = NULL;

	set_clock(s, NULL);
	nodes_start(&s->o);
	if (asprintf(&url, "%s/relay", s->o.dir) < 0)
		abort();
	if (s->fault[RELAY]) {
		assert_int_equal(shell(NULL, "git init -q --bare '%s'", url),
		    0);
		WANT(store_begin(s->o.hq->store, &e), e);
		WANT(remote_add(s->o.hq->store, "relay", url, &e), e);
		WANT(store_commit(s->o.hq->store, &e), e);
	}
	free(url);
	add_node(s, "TC", "TC");
	if (below(s, 2))
		add_node(s, "TC2", "TC");
	if (below(s, 2))
		add_node(s, "GQ", "GQ");
	for (size_t i = 0; i < s->nn; i++)
		sync_node(s, i, "hq");
	sync_hq(s);
}

/* ---- the end ---- */

/* All honest, all clocks right. */
static void settle(struct sim *s)
{
	size_t moved = 1;

	for (size_t i = 0; i < s->nn; i++)
		s->n[i].clock = s->n[i].dead = 0;
	for (int round = 0; moved && round < QUIET_ROUNDS; round++) {
		moved = 0;
		for (size_t i = 0; i < s->nn; i++) {
			struct node *n = open_node(s, &s->n[i]);

			sync_with(s, n, s->n[i].name, "hq", true, &moved);
			close_node(s, n);
		}
		set_clock(s, NULL);
		sync_with(s, s->o.hq, "hq", NULL, true, &moved);
		s->step++;
	}
	assert_int_equal(moved, 0);
}

static int64_t ask(struct store *st, const char *sql, const char *text)
{
	sqlite3_stmt *q = NULL;
	struct err e = {0};
	int64_t n = -1;

	WANT(store_prepare(st, sql, &q, &e), e);
	if (text)
		bind_text(q, 1, text);
	if (sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

static int show_stopped(void *arg, const struct position *p)
{
	(void)arg;
	if (p->stopped[0])
		printf("  %s/%.8s stopped after %lld: %s\n", p->chain,
		    p->epoch, (long long)p->seq, p->reason);
	return 0;
}

static void show_chains(struct store *st)
{
	struct err e = {0};

	WANT(position_each(st, show_stopped, NULL, &e), e);
}

static int64_t count_files(struct sim *s, const struct entry *t)
{
	char name[40];

	snprintf(name, sizeof name, "%s.pdf", t->text);
	return ask(s->o.hq->store, "SELECT count(*) FROM attachment AS a "
	    "JOIN request AS r ON r.id = a.record WHERE a.name = ?1 "
	    "AND r.content || '.pdf' = a.name", name);
}

/* Once, wherever it has been and however many lives have used its stamp. */
static void check_entries(struct sim *s)
{
	for (size_t i = 0; i < s->nentry; i++) {
		const struct entry *t = &s->entry[i];
		int64_t n = ask(s->o.hq->store, "SELECT count(*) FROM request "
		    "WHERE content = ?1", t->text);

		if (n == 1 && t->file && count_files(s, t) != 1)
			fail_msg("the file of “%s” stands there %lld times",
			    t->text, (long long)count_files(s, t));
		if (n == 1 || (t->gone && n == 0))
			continue;
		show_chains(s->o.hq->store);
		fail_msg("“%s” of %s, entered at %d, stands %lld times at "
		    "headquarters", t->text, s->n[t->node].name, t->at,
		    (long long)n);
	}
}

static void check_alike(struct sim *s, size_t i, size_t k)
{
	struct node *a = open_node(s, &s->n[i]), *b;
	struct buf x = nodes_dump(a), y;
	const char *p, *q;
	size_t n = 0;

	close_node(s, a);
	b = open_node(s, &s->n[k]);
	y = nodes_dump(b);
	close_node(s, b);
	p = (const char *)x.p;
	q = (const char *)y.p;
	while (n < x.n && n < y.n && p[n] == q[n])
		n++;
	while (n > 0 && n < x.n && n < y.n && p[n - 1] != '\n')
		n--;
	if (n != x.n || n != y.n) {
		show_chains(s->o.hq->store);
		fail_msg("%s and %s differ:\n%.*s\n%.*s", s->n[i].name,
		    s->n[k].name, (int)strcspn(p + n, "\n"), p + n,
		    (int)strcspn(q + n, "\n"), q + n);
	}
	buf_release(&x);
	buf_release(&y);
}

/* ---- who signed two histories ---- */

struct other {			/* what headquarters has beside its own */
	struct sim *s;
	const struct position *taken;
	const struct buf *list;	/* its commits */
};

/* Exactly one receipt says from where on the ref has another history. */
static int check_ref(void *arg, const char *name, const char *oid)
{
	struct other *o = arg;
	struct store *st = o->s->o.hq->store;
	struct position none = {0};
	struct buf list = BUF_INIT;
	struct link l = {0};
	struct err e = {0};
	char sql[300];
	size_t n = 0;
	int64_t said;

	if (strstr(name, "/mail/"))	/* a letter is no chain */
		return 0;
	WANT(link_open(o->s->o.hq, oid, &l, &e), e);
	if (strcmp(l.h.chain, o->taken->chain) != 0 ||
	    strcmp(l.h.epoch, o->taken->epoch) != 0)
		goto done;
	WANT(chain_commits(o->s->o.hq, oid, &none, &list, &e), e);
	while (n < list.n && n < o->list->n &&
	    memcmp(list.p + n, o->list->p + n, OID_HEX) == 0)
		n += OID_HEX;
	if (n == list.n || n == o->list->n)
		goto done;
	snprintf(sql, sizeof sql, "SELECT count(*) FROM receipt WHERE "
	    "code = 'E_FORK' AND chain = '%s' AND epoch = '%s' AND "
	    "from_seq = %zu", l.h.chain, l.h.epoch, n / OID_HEX + 1);
	said = ask(st, sql, NULL);
	if (said != 1)
		fail_msg("%s: another history of %s/%.8s from %zu on, told "
		    "%lld times", name, l.h.chain, l.h.epoch,
		    n / OID_HEX + 1, (long long)said);
done:
	link_release(&l);
	buf_release(&list);
	return 0;
}

static int check_chain(void *arg, const struct position *p)
{
	struct position none = {0};
	struct buf list = BUF_INIT;
	struct other o = { .s = arg, .taken = p, .list = &list };
	struct err e = {0};

	if (!p->seq || !chain_node_code(p->chain))
		return 0;
	WANT(chain_commits(o.s->o.hq, p->commit, &none, &list, &e), e);
	WANT(repo_ref_each(o.s->o.hq->repo, "refs/", check_ref, &o, &e), e);
	buf_release(&list);
	return 0;
}

/* Both halves have met at headquarters: the branch is told, once. */
static void check_told(struct sim *s)
{
	static const char sql[] = "SELECT count(*) FROM receipt WHERE code "
	    "= 'E_FORK' AND chain = ?1";
	struct err e = {0};

	WANT(position_each(s->o.hq->store, check_chain, s, &e), e);
	for (size_t i = 0; i < s->nn; i++) {
		struct node *n = open_node(s, &s->n[i]);
		char chain[CHAIN_NAME];

		snprintf(chain, sizeof chain, "node/%s", s->n[i].code);
		if (ask(n->store, sql, chain) !=
		    ask(s->o.hq->store, sql, chain))
			fail_msg("%s was not told of all second histories",
			    s->n[i].name);
		close_node(s, n);
	}
}

static bool same_branch(const struct sim_node *a, const struct sim_node *b)
{
	return strncmp(a->code, b->code, 2) == 0;
}

static void end(struct sim *s)
{
	settle(s);
	check_entries(s);
	check_told(s);
	nodes_verify(s->o.hq);
	for (size_t i = 0; i < s->nn; i++)
		for (size_t k = 0; k < i; k++)
			if (same_branch(&s->n[i], &s->n[k]))
				check_alike(s, i, k);
	nodes_end(&s->o);
}

/* With another `luck` the same happens to other epochs and keys: which of two
 * lives headquarters looks at first depends on them. */
static void run(uint64_t seed, uint64_t luck, bool more, bool hq)
{
	struct sim *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->seed = seed;
	s->more = more;
	s->hq = hq;
	chance_from(seed ^ luck);
	s->trace = getenv("WELLHEAD_TRACE") != NULL;
	if (luck)
		printf("WELLHEAD_LUCK=%" PRIu64 " ", luck);
	printf("%s%sWELLHEAD_SEED=%" PRIu64 "\n",
	    more ? "WELLHEAD_MORE=1 " : "", hq ? "WELLHEAD_HQ=1 " : "", seed);
	fflush(stdout);
	for (int f = 0; f < FAULTS; f++)
		s->fault[f] = below(s, 5) < 2;
	begin(s);
	for (s->step = 1; s->step <= STEPS; s->step++)
		happen(s);
	end(s);
	free(s);
}

/* Histories that went wrong once. */
static void test_known(void **state)
{
	static const struct {
		uint64_t seed, luck;
		bool hq;
	} known[] = {
		/* a changeset queued again that had got through */
		{ 4108, 0, false },
		{ 10076, 0, false },	/* the same, its clock ahead */
		/* two copies moved one entry to two stamps */
		{ 30149, 0, false },
		{ 4081, 0, false },
		/* a second history of what was ahead of time */
		{ 3175, 0, false },
		/* three lives clashed over one entry */
		{ 4144, 0, false },
		{ 50128, 0, false },
		/* two lives settled in turn for ever */
		{ 15375605774795100126u, 0, false },
		/* what was refused is at headquarters alone: the later life,
		 * and the first one's end */
		{ 8900417023070466041, 0, false },
		{ 8900417023070466041, 1, false },
		/* a remote put back to an epoch that had ended */
		{ 117, 0, true },
		{ 211, 0, true },
	};

	(void)state;
	for (size_t i = 0; !getenv("WELLHEAD_SEED") &&
	    i < sizeof known / sizeof *known; i++)
		run(known[i].seed, known[i].luck, false, known[i].hq);
}

#define FIRST_SEED 50000

static uint64_t number(const char *variable)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 0) : 0;
}

static void test_histories(void **state)
{
	const char *scale = getenv("SCALE");
	long n = scale ? strtol(scale, NULL, 10) : HISTORIES;
	uint64_t seed = getenv("WELLHEAD_SEED") ? 0 : seed_start();
	bool hq = getenv("WELLHEAD_HQ") != NULL;

	(void)state;
	if (!seed) {
		run(number("WELLHEAD_SEED"), number("WELLHEAD_LUCK"),
		    getenv("WELLHEAD_MORE") != NULL, hq);
		return;
	}
	/* without SCALE always the same ones */
	for (long i = 0; i < n; i++)
		run(scale ? seed_next(&seed) : FIRST_SEED + (uint64_t)i,
		    0, i % 4 == 3, hq && i % 4 == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_histories),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	clock_fix(0);
	return failed;
}
