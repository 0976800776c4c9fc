/* Operators at two nodes of one branch and at headquarters, doing what comes
 * to their minds and exchanging when they like: all end alike, and a replay
 * of the chains gives the same. A failure names its seed.
 */
#include "nodes.h"

#include "base/text.h"
#include "hash.h"
#include "operator.h"
#include "seed.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define ROUNDS 3
#define STEPS 120
#define RECORDS 12

enum { HQ, TC, PIT, NODES };

struct world {
	struct nodes o;
	struct node *n[NODES];
	uint64_t seed;
	char record[RECORDS][STAMP_DIGITS + 1];
	size_t nrecord, refused, done;
	int64_t steps;		/* signed ones, of all rounds */
};

static uint64_t below(struct world *w, uint64_t n)
{
	return seed_next(&w->seed) % n;
}

static const struct { int node; const char *name, *role[2]; } people[] = {
	{ HQ, "hq1", { "hq" } }, { HQ, "hq2", { "hq", "auditor" } },
	{ TC, "a", { "clerk" } }, { TC, "b", { "chair" } },
	{ TC, "c", { "clerk", "chair" } }, { PIT, "a", { "clerk" } },
	{ PIT, "b", { "chair", "specialist" } }, { PIT, "d", { "chair" } },
};

static void hire(struct world *w, size_t i)
{
	const struct operator_new o = { .name = people[i].name,
		.role = people[i].role, .nrole = people[i].role[1] ? 2 : 1 };
	struct err e = {0};

	WANT(node_operator_add(w->n[people[i].node], &o, NULL, &e), e);
}

static void act(struct world *w, size_t i)
{
	struct err e = {0};

	WANT(node_act(w->n[people[i].node], people[i].name, NULL, &e), e);
}

/* What may be refused: no right, a conflict, not that way, a rule. */
static void tried(struct world *w, enum err_code rc, const struct err *e)
{
	switch (rc) {
	case OK:
		w->done++;
		break;
	case ERR_IO: case ERR_MEMORY: case ERR_INTERNAL: case ERR_CORRUPT:
	case ERR_FORMAT: case ERR_SIGNATURE: case ERR_KEY: case ERR_CHAIN:
		fail_msg("%s: %s", err_name(rc), e->detail);
		break;
	default:
		w->refused++;
	}
}

static void add(struct world *w, struct node *n)
{
	const struct type *t = catalogue_type(n->catalogue, "request");
	struct problems p = {0};
	struct err e = {0};
	stamp_t id = 0;
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", "demand",
	    "channel", "online", "content", "照明", "received_on",
	    "2022-03-08", "outcome", "pending");
	enum err_code rc;

	rc = record_add(n->store, t, NULL, j, NULL, &id, &p, &e);
	tried(w, rc, &e);
	if (rc == OK)
		base32_stamp(w->record[w->nrecord++ % RECORDS],
		    (uint64_t)id);
	json_decref(j);
	problems_release(&p);
}

static void change(struct world *w, struct node *n, const char *id)
{
	static const char *const to[] = { "accepted", "refused", "handling",
		"replied", "closed" };
	struct problems p = {0};
	struct err e = {0};
	json_t *j;

	switch (below(w, 6)) {
	case 0:
		j = json_pack("{s:s}", "content", below(w, 2) ? "甲灯" : "乙灯");
		tried(w, record_edit(n->store, id, j, NULL, &p, &e), &e);
		json_decref(j);
		break;
	case 1:
		tried(w, record_resolve(n->store, id, "state", NULL,
		    to[below(w, COUNT(to))], NULL, &p, &e), &e);
		break;
	default:
		tried(w, record_do(n->store, id, to[below(w, COUNT(to))],
		    NULL, NULL, NULL, NULL, &p, &e), &e);
	}
	problems_release(&p);
}

static void leave(struct world *w, size_t i)
{
	struct err e = {0};

	WANT(node_operator_remove(w->n[people[i].node], people[i].name, &e),
	    e);
	hire(w, i);
}

static void something(struct world *w)
{
	size_t i = below(w, COUNT(people));
	struct node *n = w->n[people[i].node];

	if (below(w, 5) == 0) {
		nodes_sync(n);
	} else if (below(w, 20) == 0) {
		leave(w, i);
	} else if (people[i].node != HQ && below(w, 3) == 0) {
		act(w, i);
		add(w, n);
	} else if (w->nrecord) {
		act(w, i);
		change(w, n, w->record[below(w, w->nrecord < RECORDS ?
		    w->nrecord : RECORDS)]);
	}
}

static void start(struct world *w)
{
	nodes_start(&w->o);
	w->n[HQ] = w->o.hq;
	w->n[TC] = nodes_add(&w->o, "TC", NULL);
	w->n[PIT] = nodes_add(&w->o, "TC-pit", "TC");
	for (size_t i = 0; i < COUNT(people); i++)
		hire(w, i);
}

static int64_t signed_steps(struct node *n)
{
	const struct operator_proof proof = { sha256, key_verify };
	struct err e = {0};
	size_t steps;

	WANT(operator_verify(n->store, &proof, &steps, &e), e);
	return (int64_t)steps;
}

static void end(struct world *w)
{
	int64_t steps;

	for (int i = 0; i < 3; i++)
		for (int k = NODES; k-- > 0;)
			nodes_sync(w->n[k]);
	for (int k = 0; k < NODES; k++)
		nodes_verify(w->n[k]);
	steps = signed_steps(w->n[HQ]);
	assert_int_equal(steps, signed_steps(w->n[TC]));
	assert_int_equal(steps, signed_steps(w->n[PIT]));
	w->steps += steps;
	node_close(w->n[TC]);
	node_close(w->n[PIT]);
	nodes_end(&w->o);
}

static void test_random(void **state)
{
	struct world w = { .seed = seed_start() };

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		w.nrecord = 0;
		start(&w);
		for (int i = 0; i < STEPS; i++)
			something(&w);
		end(&w);
	}
	printf("%zu done, %zu refused\n", w.done, w.refused);
	assert_true(w.done > 0 && w.refused > 0 && w.steps > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
