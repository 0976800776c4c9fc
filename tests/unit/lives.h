/* What may happen to the folders of a few nodes and to the relay between them:
 * for test_trust_random.c alone.
 */
#ifndef UNIT_LIVES_H
#define UNIT_LIVES_H

#include "nodes.h"

#include "attachment.h"
#include "base/text.h"
#include "chain_impl.h"
#include "chance.h"
#include "store_db.h"
#include "trail.h"

#define NODES_MAX 7
#define ENTRIES 200
#define STEPS 36

/* Which half of a folder is an old copy, and not made whole by a sync. */
enum half { WHOLE, STORE, REPO };
enum fault { CLONES, RESTORES, CLOCKS, RELAY, FAULTS };

struct sim_node {
	char name[16], code[16];	/* of the folder; of the node */
	int64_t clock;		/* ms beside the true time, or */
	bool dead;		/* it stands still */
	bool backup;		/* there is name.old */
	enum half old;
	int backup_at, sealed_at, synced_at;
	int lost_at;		/* when it was put back last */
};

struct entry {
	char text[16], id[STAMP_DIGITS + 1];
	size_t node;
	int at;
	bool gone;		/* destroyed with its disk */
	bool file;		/* one is attached, named like it */
};

struct sim {
	struct nodes o;
	uint64_t seed;
	bool fault[FAULTS], relay_old;
	bool more;		/* files, and who was shown what, too */
	bool hq;		/* headquarters is put back, too */
	int hq_at;		/* since when there is hq.old; 0: none */
	struct sim_node n[NODES_MAX];
	size_t nn, nentry;
	struct entry entry[ENTRIES];
	int step;
	bool trace;
};

static uint64_t below(struct sim *s, uint64_t n)
{
	return seed_next(&s->seed) % n;
}

static void told(const struct sim *s, const char *what, const char *who,
    const char *more)
{
	if (s->trace)
		printf("%3d %-8s %s %s\n", s->step, what, who, more);
}

static void set_clock(const struct sim *s, const struct sim_node *n)
{
	int64_t now = 1790000000000 + (int64_t)s->step * 60000;

	clock_fix(!n ? now : n->dead ? 1789990000000 : now + n->clock);
}

static struct node *open_node(struct sim *s, const struct sim_node *n)
{
	set_clock(s, n);
	return nodes_open(&s->o, n->name);
}

static void close_node(struct sim *s, struct node *n)
{
	if (n->notice[0])
		told(s, "notice", "", n->notice);
	if (strstr(n->notice, "could not be settled"))
		fail_msg("%s", n->notice);
	node_close(n);
	set_clock(s, NULL);
}

/* ---- what may happen ---- */

static void attach(struct sim *s, struct node *n, struct entry *t)
{
	struct attachment a = { .size = 1000 + s->step,
		.media = "application/pdf", .by = "test" };
	struct err e = {0};

	snprintf(a.name, sizeof a.name, "%s.pdf", t->text);
	for (size_t i = 0; i < 64; i++)
		a.sha256[i] = "0123456789abcdef"[below(s, 16)];
	WANT(attachment_add(n->store, t->id, &a, true, &e), e);
	t->file = true;
}

static void enter(struct sim *s, size_t i)
{
	struct entry *t = &s->entry[s->nentry];
	struct node *n;

	if (s->nentry == ENTRIES)
		return;
	n = open_node(s, &s->n[i]);
	snprintf(t->text, sizeof t->text, "entry %zu", s->nentry);
	base32_stamp(t->id, (uint64_t)nodes_request(n, t->text));
	t->node = i;
	t->at = s->step;
	if (s->more && below(s, 2))
		attach(s, n, t);
	s->nentry++;
	told(s, "enter", s->n[i].name, t->text);
	close_node(s, n);
}

static void edit(struct sim *s, size_t i)
{
	struct problems p = {0};
	struct err e = {0};
	struct node *n;
	json_t *in;

	if (!s->nentry)
		return;
	n = open_node(s, &s->n[i]);
	in = json_pack("{s:s}", "remark", s->n[i].name);
	/* it may not be here, be another's, or be in conflict */
	if (record_edit(n->store, s->entry[below(s, s->nentry)].id, in,
	    "test", &p, &e) == OK)
		told(s, "edit", s->n[i].name, "");
	json_decref(in);
	problems_release(&p);
	if (s->more)
		WANT(trail_note(n->store, "view", 0, s->n[i].name, "test",
		    &e), e);
	close_node(s, n);
}

static void seal(struct sim *s, size_t i)
{
	struct node *n = open_node(s, &s->n[i]);

	nodes_seal(n);
	s->n[i].sealed_at = s->step;
	told(s, "seal", s->n[i].name, "");
	close_node(s, n);
}

static bool sync_with(struct sim *s, struct node *n, const char *who,
    const char *remote, bool must, size_t *moved)
{
	struct sync_options o = { .remote = remote };
	struct synced out = {0};
	struct err e = {0};
	enum err_code rc = sync_run(n, &o, &out, &e);

	told(s, rc ? "sync!" : "sync", who, rc ? e.detail : remote ? remote :
	    "");
	if (s->trace)
		printf("             sealed %zu, came %zu, stopped %zu\n",
		    out.sealed.changesets, out.in.changesets, out.in.stopped);
	if (must && rc)
		fail_msg("sync of %s: %s: %s", who, err_name(rc), e.detail);
	*moved += out.in.changesets + out.sealed.changesets;
	return rc == OK;
}

static void sync_node(struct sim *s, size_t i, const char *remote)
{
	struct node *n = open_node(s, &s->n[i]);
	size_t moved = 0;
	bool done = sync_with(s, n, s->n[i].name, remote, false, &moved);

	if (done)
		s->n[i].sealed_at = s->step;
	/* a relay may keep things to itself */
	if (done && strcmp(remote, "hq") == 0) {
		s->n[i].synced_at = s->step;
		s->n[i].old = WHOLE;
	}
	close_node(s, n);
}

static void sync_hq(struct sim *s)
{
	size_t moved = 0;

	set_clock(s, NULL);
	sync_with(s, s->o.hq, "hq", NULL, false, &moved);
	if (s->fault[RELAY])
		sync_with(s, s->o.hq, "hq", "relay", false, &moved);
}

/* The marker of a disk's image is as good as the first one's. */
static void hide(struct sim *s, const char *name)
{
	assert_int_equal(shell(NULL, "cd '%s/%s' && t=$(sed \"s/^inode .*/"
	    "inode $(stat -c %%i marker)/\" marker) && printf '%%s\\n' "
	    "\"$t\" >marker", s->o.dir, name), 0);
}

static void clone(struct sim *s, size_t i)
{
	struct sim_node *n = &s->n[s->nn];

	if (!s->fault[CLONES] || s->nn == NODES_MAX)
		return;
	*n = s->n[i];
	snprintf(n->name, sizeof n->name, "copy%zu", s->nn);
	n->backup = false;
	assert_int_equal(shell(NULL, "cp -a '%s/%s' '%s/%s'", s->o.dir,
	    s->n[i].name, s->o.dir, n->name), 0);
	if (below(s, 2)) {
		hide(s, n->name);
		told(s, "image", s->n[i].name, n->name);
	} else {
		told(s, "clone", s->n[i].name, n->name);
	}
	s->nn++;
}

static void back_up(struct sim *s, size_t i)
{
	if (!s->fault[RESTORES])
		return;
	assert_int_equal(shell(NULL, "cd '%s' && rm -rf %s.old && "
	    "cp -a %s %s.old", s->o.dir, s->n[i].name, s->n[i].name,
	    s->n[i].name), 0);
	s->n[i].backup = true;
	s->n[i].backup_at = s->step;
	told(s, "backup", s->n[i].name, "");
}

/* What was in this folder alone, or in the half that is put back, is lost
 * with it. */
static void lose(struct sim *s, size_t i, int kept)
{
	for (size_t k = 0; k < s->nentry; k++) {
		struct entry *t = &s->entry[k];

		if (t->node == i && t->at > s->n[i].backup_at &&
		    t->at > kept && !t->gone) {
			t->gone = true;
			told(s, "lost", s->n[i].name, t->text);
		}
	}
}

static void restore(struct sim *s, size_t i)
{
	struct sim_node *n = &s->n[i];
	static const char *const how[] = { "all", "image", "store", "repo" };
	size_t which = below(s, 4);

	if (!n->backup)
		return;
	told(s, "restore", n->name, how[which]);
	n->lost_at = s->step;
	switch (which) {
	case 0: case 1:
		assert_int_equal(shell(NULL, "cd '%s' && rm -rf %s && "
		    "cp -a %s.old %s", s->o.dir, n->name, n->name, n->name),
		    0);
		if (which == 1)
			hide(s, n->name);
		lose(s, i, n->synced_at);
		n->old = WHOLE;
		break;
	case 2:
		assert_int_equal(shell(NULL, "cd '%s' && rm -f %s/store.db* "
		    "&& cp -a %s.old/store.db* %s/", s->o.dir, n->name,
		    n->name, n->name), 0);
		lose(s, i, n->old == REPO ? n->synced_at : n->sealed_at);
		n->old = STORE;
		break;
	default:
		assert_int_equal(shell(NULL, "cd '%s' && rm -rf %s/repo.git "
		    "&& cp -a %s.old/repo.git %s/", s->o.dir, n->name,
		    n->name, n->name), 0);
		if (n->old == STORE)
			lose(s, i, n->synced_at);
		n->old = REPO;
	}
}

/* The relay shows what it had before, or goes on. */
static void turn_relay(struct sim *s)
{
	if (!s->fault[RELAY])
		return;
	if (s->relay_old && below(s, 2)) {
		assert_int_equal(shell(NULL, "cd '%s' && rm -rf relay.now && "
		    "mv relay relay.now && cp -a relay.old relay", s->o.dir),
		    0);
		told(s, "relay", "turned back", "");
		return;
	}
	assert_int_equal(shell(NULL, "cd '%s' && rm -rf relay.old && "
	    "cp -a relay relay.old", s->o.dir), 0);
	s->relay_old = true;
}

/* What only headquarters had by then of what a node has lost is lost; what
 * others have they hand back. */
static void restore_hq(struct sim *s)
{
	for (size_t k = 0; k < s->nentry; k++) {
		struct entry *t = &s->entry[k];

		t->gone |= t->at >= s->hq_at &&
		    s->n[t->node].lost_at > t->at;
	}
	for (size_t i = 0; i < s->nn; i++)
		if (s->n[i].synced_at >= s->hq_at)
			s->n[i].synced_at = s->hq_at - 1;
	assert_int_equal(shell(NULL, "cd '%s' && rm -rf hq && cp -a hq.old hq",
	    s->o.dir), 0);
	told(s, "restore", "hq", "");
}

static void turn_hq(struct sim *s)
{
	set_clock(s, NULL);
	node_close(s->o.hq);
	if (s->hq_at && below(s, 2)) {
		restore_hq(s);
	} else {
		assert_int_equal(shell(NULL, "cd '%s' && rm -rf hq.old && "
		    "cp -a hq hq.old", s->o.dir), 0);
		s->hq_at = s->step;
		told(s, "backup", "hq", "");
	}
	s->o.hq = nodes_open(&s->o, "hq");
}

static void happen(struct sim *s)
{
	size_t i = below(s, s->nn);
	bool relay = s->fault[RELAY] && below(s, 2);

	if (s->hq && !below(s, 8))
		turn_hq(s);
	switch (below(s, 16)) {
	case 0: case 1: case 2: case 3: case 4:
		enter(s, i);
		break;
	case 5:
		edit(s, i);
		break;
	case 6: case 7:
		seal(s, i);
		break;
	case 8: case 9: case 10:
		sync_node(s, i, relay ? "relay" : "hq");
		break;
	case 11: case 12:
		sync_hq(s);
		break;
	case 13:
		clone(s, i);
		break;
	case 14:
		if (s->n[i].backup)
			restore(s, i);
		else
			back_up(s, i);
		break;
	default:
		turn_relay(s);
	}
}

#endif
