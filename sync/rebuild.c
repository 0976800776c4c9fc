/* The store again from the chains.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ingest_impl.h"
#include "marker.h"
#include "meant.h"
#include "requeue.h"
#include "signer.h"

/* ---- what is not sealed yet ---- */

struct outbox {			/* the names of the chains that wait */
	char (*chain)[CHAIN_NAME];
	size_t n;
};

static enum err_code outbox_list(struct store *s, struct outbox *out,
    struct err *e)
{
	enum err_code rc = OK;

	*out = (struct outbox){0};
	for (size_t max = 64; !rc; max *= 2) {
		free(out->chain);
		out->chain = calloc(max, sizeof *out->chain);
		if (!out->chain)
			return err_memory(e);
		rc = outbox_chains(s, out->chain, max, &out->n, e);
		if (out->n < max)
			break;
	}
	return rc;
}

static bool is_plain(const struct section *s)
{
	return !s->type && s->fixed >= TABLE_NODE;
}

/* The rows of b that are not records, edits or steps; their text stays
 * b's. few: without those that are entered again one by one. */
static enum err_code plain_rows(const struct batch *b, bool few,
    struct batch *out, struct err *e)
{
	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];
		size_t n = s->table->ncol;

		if (!is_plain(s) || (few && requeue_moves(s)))
			continue;
		for (size_t k = 0; s->cell && k < s->nrow; k++) {
			struct value *cell = batch_row(out, NULL, s->fixed);

			if (!cell)
				return err_memory(e);
			memcpy(cell, s->cell + k * n, n * sizeof *cell);
		}
	}
	return OK;
}

/* The origin of a change of ours that waits to ride in that chain. */
void rebuild_origin(const struct node *to, const char *chain,
    struct origin *o)
{
	const char *branch = chain_hq_branch(chain);

	origin_local(to->store, o);
	if (branch && strcmp(branch, "all") != 0)
		o->branch = branch;
}

enum err_code rebuild_plain(struct node *to, const char *chain,
    const struct batch *b, struct err *e)
{
	struct origin o;
	enum err_code rc = OK;

	if (strcmp(chain, "hq/all") == 0)
		rc = roster_apply(to->store, b, e);
	if (!rc)
		rc = signer_carry(to, chain, b, e);
	rebuild_origin(to, chain, &o);
	if (!rc)
		rc = merge_before(to, chain, b, &o, e);
	return rc ? rc : merge_after(to, b, &o, e);
}

static enum err_code carry_plain(struct node *to, const char *chain,
    const struct batch *b, bool few, struct err *e)
{
	struct batch plain;
	enum err_code rc;

	batch_init(&plain, to->catalogue);
	rc = plain_rows(b, few, &plain, e);
	if (!rc && plain.nsection)
		rc = outbox_put(to->store, chain, &plain, e);
	if (!rc)
		rc = rebuild_plain(to, chain, &plain, e);
	batch_release(&plain);
	return rc;
}

static enum err_code carry_rows(struct node *to, const char *chain,
    struct batch *b, struct err *e)
{
	struct origin o;

	rebuild_origin(to, chain, &o);
	for (size_t i = 0; i < b->nsection; i++)
		if (is_plain(&b->section[i]))
			b->section[i].nrow = 0;
	return apply_batch(to->store, b, &o, NULL, e);
}

static enum err_code carry_chain(struct store *from, struct node *to,
    const char *chain, bool plain, struct detour *d, struct err *e)
{
	struct batch b;
	stamp_t last;
	enum err_code rc;

	batch_init(&b, to->catalogue);
	rc = outbox_take(from, chain, INT32_MAX, &b, &last, e);
	batch_sort(&b);
	if (!rc && plain)
		rc = carry_plain(to, chain, &b, d != NULL, e);
	else if (!rc && d)
		rc = requeue_rows(to, chain, &b, d, e);
	else if (!rc)
		rc = carry_rows(to, chain, &b, e);
	batch_release(&b);
	return rc;
}

/* Of a row that several lives have one is enough. Others than these are
 * entered one by one. */
static enum err_code drop_waiting(struct store *s, struct batch *b,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		struct section *sec = &b->section[i];
		size_t n = sec->table->ncol, kept = 0;
		bool waits = false;

		if (!is_plain(sec) || requeue_moves(sec))
			continue;
		for (size_t k = 0; !rc && k < sec->nrow; k++) {
			rc = outbox_has(s, sec->cell[k * n].i, &waits, e);
			if (!waits)
				memmove(sec->cell + kept++ * n,
				    sec->cell + k * n, n * sizeof *sec->cell);
		}
		if (!rc)
			sec->nrow = kept;
	}
	return rc;
}

/* What a detour leaves out, but for what is entered one by one. */
static enum err_code carry_left_out(struct node *to, struct detour *d,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < d->q->n; i++) {
		struct cut *c = &d->q->cut[i];

		if (c->ours)
			rc = drop_waiting(to->store, &c->left, e);
		if (!rc && c->ours)
			rc = carry_plain(to, c->p.chain, &c->left, true, e);
	}
	return rc;
}

/* Unsealed changes of `from` into `to`, unsealed there too. The roster and
 * the receipts go first: chains may wait for them. */
static enum err_code carry(struct store *from, struct node *to, bool plain,
    struct detour *d, struct err *e)
{
	const struct identity *id = store_identity(to->store);
	struct outbox box = {0};
	char own[CHAIN_NAME];
	bool done = false;
	enum err_code rc;

	snprintf(own, sizeof own, "node/%s", id->code);
	rc = outbox_list(from, &box, e);
	if (!rc)
		rc = store_begin(to->store, e);
	for (size_t i = 0; !rc && box.chain && i < box.n; i++) {
		bool mine = strcmp(box.chain[i], own) == 0;

		done |= mine;
		rc = carry_chain(from, to, box.chain[i], plain, mine ? d :
		    NULL, e);
	}
	if (!rc && d && plain)
		rc = carry_left_out(to, d, e);
	else if (!rc && d && !done)
		rc = requeue_rows(to, own, NULL, d, e);
	if (!rc && d)
		rc = requeue_note(to->store, d, e);
	if (!rc)
		rc = store_commit(to->store, e);
	if (rc)
		store_rollback(to->store);
	free(box.chain);
	return rc;
}

/* ---- replay ---- */

/* What a revoked key signed is left out on purpose; and of two lives that have
 * used one stamp the second stands still until headquarters has spoken. */
static bool left_out(const struct position *p)
{
	return strcmp(p->stopped, err_name(ERR_REVOKED)) == 0 ||
	    strcmp(p->stopped, err_name(ERR_UNDETERMINED)) == 0 ||
	    strcmp(p->stopped, err_name(ERR_COLLISION)) == 0;
}

static enum err_code refuse_stopped(struct node *to,
    const struct ingested *in, struct err *e)
{
	struct positions ps = {0};
	enum err_code rc;

	if (!in->stopped)
		return OK;
	rc = positions_load(to->store, &ps, e);
	for (size_t i = 0; !rc && i < ps.n; i++)
		if (ps.p[i].stopped[0] && !left_out(&ps.p[i]))
			rc = err_set(e, ERR_CORRUPT, "%s", ps.p[i].reason);
	positions_release(&ps);
	return rc ? err_hint(e, _("'wellhead verify' checks every chain; the "
	    "repository can be mended from a remote's copy")) : OK;
}

/* The new store's lives, before anything is taken: which chain is ours. */
static enum err_code turn_off(struct node *to, const struct detour *d,
    struct err *e)
{
	const struct identity *id = store_identity(to->store);
	const struct requeue *q = d->q;
	struct position now = {0};
	char own[CHAIN_NAME];
	bool ours = false;
	enum err_code rc = store_begin(to->store, e);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < q->n; i++) {
		rc = epoch_settled(to->store, q->cut[i].p.epoch,
		    &q->cut[i].life, e);
		ours |= q->cut[i].ours;
	}
	snprintf(own, sizeof own, "node/%s", id->code);
	if (!rc && ours)
		rc = position_get(d->from, own, id->epoch, &now, e);
	if (!rc && now.seq)
		rc = epoch_renew(to->store, q->why, e);
	if (!rc)
		rc = store_commit(to->store, e);
	if (rc)
		store_rollback(to->store);
	return rc;
}

/* Our own first: what another life has sealed with the same stamps does not
 * keep it out. */
static enum err_code replay_own(struct node *to, struct store *from,
    const struct positions *limit, struct detour *d, struct ingested *in,
    struct err *e)
{
	enum err_code rc;

	rc = ingest_replay(to, "refs/heads/", limit, REACH_OWN, in, e);
	if (!rc)
		rc = carry(from, to, true, d, e);
	return rc ? rc : ingest_replay(to, "refs/heads/", limit, REACH_OWN,
	    in, e);
}

/* Then what headquarters has taken of other lives, and only that, decides
 * which of our rows must have new stamps. */
static enum err_code enter_again(struct node *to, struct store *from,
    const struct positions *limit, struct detour *d, struct ingested *in,
    struct err *e)
{
	enum err_code rc;

	rc = ingest_replay(to, "refs/heads/", limit, REACH_WORD, in, e);
	if (!rc && d->q->from)
		rc = ingest_replay(to, d->q->from, limit, REACH_WORD, in, e);
	if (!rc)
		rc = carry(from, to, false, d, e);
	/* the rest may be what they need */
	d->dropped = 0;
	for (size_t i = 0; i < d->q->n; i++)
		d->q->cut[i].off = false;
	return rc;
}

/* A chain that the old store has stopped is stopped again, and no fault. */
static enum err_code replay(struct node *to, struct store *from,
    struct detour *d, struct err *e)
{
	struct positions limit = {0};
	struct ingested in = {0};
	enum err_code rc;

	rc = store_copy_local(from, to->store, e);
	if (!rc && d)
		rc = turn_off(to, d, e);
	if (!rc)
		rc = positions_load(from, &limit, e);
	if (!rc)
		rc = replay_own(to, from, &limit, d, &in, e);
	if (!rc && d)
		rc = enter_again(to, from, &limit, d, &in, e);
	if (!rc)
		rc = ingest_replay(to, "refs/heads/", &limit, REACH_ALL, &in,
		    e);
	/* a remote's word on our chain may be bad; ours is kept all the same */
	if (!rc && !d)
		rc = refuse_stopped(to, &in, e);
	if (!rc)
		rc = carry(from, to, false, d, e);
	if (!rc && d)
		rc = meant_others(to->store, from, &d->others, &d->other, e);
	positions_release(&limit);
	return rc;
}

static enum err_code replay_into(struct node *n, const char *path,
    struct detour *d, struct store **out, struct err *e)
{
	struct node to = *n;
	enum err_code rc;

	*out = NULL;
	to.store = NULL;
	rc = store_create(&to.store, path, n->catalogue,
	    store_identity(n->store), e);
	if (!rc)
		rc = replay(&to, n->store, d, e);
	if (rc)
		store_close(to.store);
	else
		*out = to.store;
	return rc;
}

enum err_code replay_store(struct node *n, const char *path,
    struct store **out, struct err *e)
{
	return replay_into(n, path, NULL, out, e);
}

void store_remove(const char *path)
{
	static const char *const tail[] = { "", "-wal", "-shm", "-journal" };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof tail / sizeof *tail; i++) {
		buf_clear(&b);
		buf_adds(&b, path);
		buf_adds(&b, tail[i]);
		if (!b.failed)
			unlink((const char *)b.p);
	}
	buf_release(&b);
}

/* Closing the last connection empties and removes the log. One that is still
 * there belongs to a reader and must not be taken for the new store's. */
static enum err_code check_no_wal(const char *path, struct err *e)
{
	struct buf b = BUF_INIT;
	struct stat st;
	bool there;

	buf_printf(&b, "%s-wal", path);
	there = b.failed || (stat((const char *)b.p, &st) == 0 && st.st_size);
	buf_release(&b);
	if (!there)
		return OK;
	err_set(e, ERR_BUSY, _("another program has %s open"), path);
	return err_hint(e, _("close it and rebuild again; nothing was "
	    "changed"));
}

static enum err_code put_in_place(struct node *n, const char *new,
    const char *path, struct err *e)
{
	struct err ignored;	/* the first error is the one to tell */
	enum err_code rc;

	store_close(n->store);
	n->store = NULL;
	rc = check_no_wal(path, e);
	if (!rc && rename(new, path))
		rc = err_errno(e, _("moving the new store to %s"), path);
	if (!rc)
		rc = file_sync_dir(n->dir, e);
	if (store_open(&n->store, path, n->catalogue, true,
	    rc ? &ignored : e) && !rc)
		rc = e->code;
	return rc;
}

static enum err_code make_again(struct node *n, struct detour *d,
    struct err *e)
{
	char *path = path_join(n->dir, STORE_FILE);
	char *new = path_join(n->dir, STORE_FILE ".new");
	struct store *s = NULL;
	enum err_code rc;

	if (!path || !new) {
		rc = err_memory(e);
		goto done;
	}
	store_remove(new);
	rc = replay_into(n, new, d, &s, e);
	if (!rc)
		rc = store_check(s, e);
	store_close(s);
	if (!rc)
		rc = put_in_place(n, new, path, e);
	if (!rc)
		rc = marker_note(n, e);
	store_remove(new);
done:
	free(path);
	free(new);
	return rc ? err_in(e, _("rebuilding the store")) : OK;
}

enum err_code rebuild_run(struct node *n, struct err *e)
{
	struct err old_copy;
	enum err_code rc = node_repo(n, e);

	if (rc)
		return rc;
	/* a store older than its chains is what a rebuild mends */
	rc = own_refs_repair(n, &old_copy);
	if (rc && rc != ERR_CHAIN) {
		*e = old_copy;
		return err_in(e, _("rebuilding the store"));
	}
	return make_again(n, NULL, e);
}

enum err_code rebuild_around(struct node *n, struct detour *d, struct err *e)
{
	d->from = n->store;
	return make_again(n, d, e);
}
