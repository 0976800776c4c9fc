/* Seal: what waits in the outbox becomes signed changesets.
 *
 * One group is one store transaction. Its objects are on disk before the
 * transaction commits, and the refs follow it: killed in between, either
 * nothing happened (objects nobody names) or the refs are behind and
 * own_refs_repair() sets them.
 */
#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "chain_impl.h"
#include "checkpoint.h"
#include "chunk.h"
#include "codec.h"
#include "hq_epoch.h"
#include "leaf.h"
#include "record_cell.h"
#include "signer.h"
#include "marker.h"
#include "share.h"

#define GROUP_CHAINS 64
#define GROUP_CHANGESETS 64
/* A changeset is the least that a link must carry whole: a larger one than
 * this, before it is compressed, is made of fewer changes. */
#define RAW_GOOD (64u << 10)
/* From how many changesets on one pack is better than loose objects. */
#define PACK_FROM 8

struct group {
	struct node *n;
	struct sealed *out;
	char chain[GROUP_CHAINS][CHAIN_NAME];
	struct position tip[GROUP_CHAINS];
	size_t nchain, left;
	size_t changes;		/* that made the last changeset, at most */
	bool same_key;		/* no new one waits */
	struct slice dictionary;
};

/* As much of "n records: ..." as a subject line may hold. Of what is sealed
 * it tells no kinds. */
static enum err_code subject_of(const struct batch *b, bool open,
    char out[200], struct err *e)
{
	struct buf text = BUF_INIT;
	size_t n;
	enum err_code rc = OK;

	if (open)
		rc = batch_describe(b, &text, e);
	else
		buf_printf(&text, "%zu sealed", batch_rows(b));
	if (!rc)
		rc = buf_ok(&text, e);
	if (!rc) {
		n = utf8_cut(slice_buf(&text), 190);
		while (n < text.n && n > 0 && text.p[n] != ',')
			n--;
		snprintf(out, 200, "%.*s%s", (int)n, (const char *)text.p,
		    n < text.n ? ", ..." : "");
	}
	buf_release(&text);
	return rc;
}

/* The blob and its tree; the header's payload and tree. */
static enum err_code write_payload(struct group *g, struct slice raw,
    bool open, struct link *l, struct err *e)
{
	static const char entry[] = "100644 changeset";
	unsigned char sum[SHA256_LEN], name[20];
	struct buf tree = BUF_INIT;
	char blob[OID_HEX];
	enum err_code rc;

	rc = pack_deflate(raw, g->dictionary, &l->payload, e);
	if (!rc && !open)
		rc = share_seal(g->n, &l->h, &l->payload, e);
	if (!rc)
		rc = repo_write(g->n->repo, OBJECT_BLOB,
		    slice_buf(&l->payload), blob, e);
	if (rc)
		goto done;
	sha256(slice_buf(&l->payload), sum);
	hex_text(sum, sizeof sum, l->h.payload);
	l->h.raw_len = (int64_t)raw.n;
	if (!hex_decode(slice_str(blob), name, sizeof name)) {
		rc = err_set(e, ERR_INTERNAL, _("git named an object %s"),
		    blob);
		goto done;
	}
	buf_add(&tree, entry, sizeof entry);
	buf_add(&tree, name, sizeof name);
	rc = buf_ok(&tree, e);
	if (!rc)
		rc = repo_write(g->n->repo, OBJECT_TREE, slice_buf(&tree),
		    l->h.tree, e);
done:
	buf_release(&tree);
	return rc;
}

static void fill_header(struct group *g, const struct position *tip,
    struct header *h)
{
	const struct identity *id = store_identity(g->n->store);

	memcpy(h->org, id->org, sizeof h->org);
	snprintf(h->org_short, sizeof h->org_short, "%.16s", id->org);
	memcpy(h->chain, tip->chain, sizeof h->chain);
	memcpy(h->epoch, tip->epoch, sizeof h->epoch);
	h->seq = tip->seq + 1;
	snprintf(h->prev, sizeof h->prev, "%s",
	    tip->seq ? tip->sha256 : "none");
	snprintf(h->key, sizeof h->key, "none");
	memcpy(h->author, id->code, sizeof h->author);
	h->sealed = clock_ms() / 1000;
	memcpy(h->parent, tip->commit, sizeof h->parent);
}

/* The first changeset of hq/all is signed by the root key: that is how the
 * key in an invitation leads to the roster. */
static enum err_code sign(struct group *g, struct link *l, struct buf *content,
    struct err *e)
{
	struct key root = {0};
	bool founding = l->h.seq == 1 && strcmp(l->h.chain, "hq/all") == 0;
	enum err_code rc = OK;

	if (founding)
		rc = node_root_key(g->n, &root, e);
	memcpy(l->signer, founding ? root.public : g->n->key.public,
	    sizeof l->signer);
	if (!rc)
		rc = changeset_sign(&l->h, founding ? &root : &g->n->key,
		    content, e);
	key_release(&root);
	return rc;
}

static enum err_code write_commit(struct group *g, struct link *l,
    struct err *e)
{
	struct buf content = BUF_INIT;
	unsigned char sum[SHA256_LEN];
	enum err_code rc;

	rc = sign(g, l, &content, e);
	if (!rc)
		rc = repo_write(g->n->repo, OBJECT_COMMIT,
		    slice_buf(&content), l->commit, e);
	if (!rc) {
		sha256(slice_buf(&content), sum);
		hex_text(sum, sizeof sum, l->sha256);
	}
	buf_release(&content);
	return rc;
}

/* A changeset with our new key is the last that the old one signs: its group
 * ends with it. */
static enum err_code keys_sealed(struct group *g, const struct link *l,
    const struct batch *b, struct err *e)
{
	const struct identity *id = store_identity(g->n->store);
	enum err_code rc = signer_take(g->n, l, b, e);

	if (memcmp(id->node_key, g->n->key.public, KEY_PUBLIC) != 0)
		g->left = 1;
	return rc;
}

/* In the group's transaction: the store stands after this changeset. */
static enum err_code record_link(struct group *g, const struct link *l,
    const struct batch *b, struct position *tip, struct err *e)
{
	struct changeset_row row;
	enum err_code rc;

	link_row(l, b, &row);
	tip->seq = l->h.seq;
	memcpy(tip->commit, l->commit, sizeof tip->commit);
	memcpy(tip->sha256, l->sha256, sizeof tip->sha256);
	tip->last = row.last;
	rc = changeset_add(g->n->store, &row, e);
	if (!rc)
		rc = checkpoint_step(g->n, &l->h, &row, b, e);
	if (!rc)
		rc = keys_sealed(g, l, b, e);
	if (!rc)
		rc = position_set(g->n->store, tip, e);
	if (!rc)
		rc = outbox_done(g->n->store, tip->chain, row.last, e);
	if (rc)
		return rc;
	g->out->changesets++;
	g->out->records += (size_t)row.records;
	g->out->edits += (size_t)row.edits;
	g->out->transitions += (size_t)row.transitions;
	g->out->bytes += (uint64_t)row.bytes;
	g->out->raw_bytes += (uint64_t)row.raw_bytes;
	return OK;
}

/* The smallest stamp of the open rows, or of the others; INT64_MAX: none. */
static stamp_t first_stamp(const struct batch *b, bool open)
{
	stamp_t first = INT64_MAX;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->nrow && share_is_plain(s) == open &&
		    s->cell[0].i < first)
			first = s->cell[0].i;
	}
	return first;
}

/* A changeset is open or sealed, never both: of b, which is sorted, only the
 * rows before the first one of the other kind stay. True: they are open. */
static bool leading_run(struct batch *b)
{
	stamp_t clear = first_stamp(b, true), sealed = first_stamp(b, false);
	bool open = clear < sealed;
	stamp_t end = open ? sealed : clear;
	const struct section *keys = batch_section(b, NULL, TABLE_ROTATE);

	/* a new key signs what follows it */
	if (open && keys && keys->cell[0].i < end)
		end = keys->cell[0].i + 1;

	for (size_t i = 0; i < b->nsection; i++) {
		struct section *s = &b->section[i];

		while (s->nrow && (share_is_plain(s) != open ||
		    s->cell[(s->nrow - 1) * s->table->ncol].i >= end))
			s->nrow--;
	}
	return open;
}

/* The oldest changes of a chain that fit into one changeset; raw stays empty
 * when there are none. Long texts may need fewer than CHANGES_MAX. */
static enum err_code take_raw(struct group *g, const char *chain,
    struct batch *b, bool *open, struct buf *raw, struct err *e)
{
	enum err_code rc = ERR_TOO_BIG;
	stamp_t last;

	for (size_t max = g->changes; rc == ERR_TOO_BIG && max; max /= 2) {
		size_t most = max == 1 || chain_file_code(chain) ? RAW_MAX
		    : RAW_GOOD;

		g->changes = max;
		batch_release(b);
		batch_init(b, g->n->catalogue);
		buf_clear(raw);
		rc = chain_file_code(chain) ? chunk_take(g->n, chain, b, e) :
		    outbox_take(g->n->store, chain, max, b, &last, e);
		if (rc || batch_rows(b) == 0)
			return rc;
		batch_sort(b);
		*open = leading_run(b);
		rc = record_cell_seal(g->n->store, b, e);
		if (rc)
			return rc;
		random_bytes(b->salt, sizeof b->salt);
		rc = codec_encode(b, raw, e);
		if (!rc && raw->n > most)
			rc = err_set(e, ERR_TOO_BIG, _("one change is larger "
			    "than %u bytes"), RAW_MAX);
	}
	return rc;
}

static enum err_code seal_one(struct group *g, struct position *tip,
    bool *empty, struct err *e)
{
	struct batch b;
	struct buf raw = BUF_INIT;
	struct link l = {0};
	bool open = true;
	enum err_code rc;

	batch_init(&b, g->n->catalogue);
	rc = take_raw(g, tip->chain, &b, &open, &raw, e);
	*empty = raw.n == 0;
	if (rc || *empty)
		goto done;
	fill_header(g, tip, &l.h);
	rc = checkpoint_seen(g->n, l.h.seen, e);
	if (!rc)
		rc = subject_of(&b, open, l.h.subject, e);
	if (!rc)
		rc = leaf_root(&b, l.h.root, e);
	if (!rc)
		rc = write_payload(g, slice_buf(&raw), open, &l, e);
	if (!rc)
		rc = write_commit(g, &l, e);
	if (!rc)
		rc = record_link(g, &l, &b, tip, e);
done:
	link_release(&l);
	buf_release(&raw);
	batch_release(&b);
	return rc;
}

static enum err_code seal_chain(struct group *g, size_t i, struct err *e)
{
	const struct identity *id = store_identity(g->n->store);
	struct position *tip = &g->tip[i];
	bool empty = false;
	enum err_code rc;

	rc = position_get(g->n->store, g->chain[i], id->epoch, tip, e);
	if (!rc && tip->seq == 0) {
		*tip = (struct position){0};
		memcpy(tip->chain, g->chain[i], sizeof tip->chain);
		memcpy(tip->epoch, id->epoch, sizeof tip->epoch);
	}
	for (; !rc && !empty && g->left; g->left--)
		rc = seal_one(g, tip, &empty, e);
	if (rc)
		err_in(e, _("sealing %s"), g->chain[i]);
	return rc;
}

static enum err_code seal_chains(struct group *g, bool pack, struct err *e)
{
	enum err_code rc = OK;

	if (pack)
		rc = repo_batch(g->n->repo, e);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < g->nchain; i++)
		rc = seal_chain(g, i, e);
	if (pack && rc) {
		struct err ignored;	/* the first error is the one to tell */

		if (repo_batch_end(g->n->repo, false, &ignored))
			return rc;
	} else if (pack) {
		rc = repo_batch_end(g->n->repo, true, e);
	}
	return rc;
}

/* Is one pack better than loose objects? A file is many changesets. */
static bool is_long(const struct group *g, size_t waiting)
{
	for (size_t i = 0; i < g->nchain; i++)
		if (chain_file_code(g->chain[i]))
			return true;
	return g->nchain + waiting / CHANGES_MAX >= PACK_FROM;
}

static enum err_code seal_group(struct group *g, struct err *e)
{
	size_t waiting;
	stamp_t oldest;
	enum err_code rc;

	rc = outbox_count(g->n->store, &waiting, &oldest, e);
	if (!rc)
		rc = store_begin(g->n->store, e);
	if (rc)
		return rc;
	g->left = GROUP_CHANGESETS + g->nchain;
	rc = seal_chains(g, is_long(g, waiting), e);
	if (!rc)
		rc = store_commit(g->n->store, e);
	if (rc)
		store_rollback(g->n->store);
	for (size_t i = 0; !rc && i < g->nchain; i++)
		if (g->tip[i].seq)
			rc = chain_ref_set(g->n, &g->tip[i], e);
	return rc ? rc : rotate_done(g->n, e);
}

/* Which chains come next. A new key goes first, and alone: the limits beside
 * it say that the old one signs nothing more. */
static enum err_code pick_chains(struct group *g, struct err *e)
{
	enum err_code rc = OK;

	if (!g->same_key)
		rc = rotate_waits(g->n->store, g->chain[0], NULL, NULL,
		    e);
	g->same_key |= !g->chain[0][0];
	g->nchain = 1;
	if (rc || !g->same_key)
		return rc;
	return outbox_chains(g->n->store, g->chain, GROUP_CHAINS, &g->nchain,
	    e);
}

void sealed_add(struct sealed *to, const struct sealed *s)
{
	to->changesets += s->changesets;
	to->records += s->records;
	to->edits += s->edits;
	to->transitions += s->transitions;
	to->bytes += s->bytes;
	to->raw_bytes += s->raw_bytes;
}

enum err_code seal_all(struct node *n, struct sealed *out, struct err *e)
{
	struct group *g = calloc(1, sizeof *g);
	enum err_code rc;

	*out = (struct sealed){0};
	if (!g)
		return err_memory(e);
	g->n = n;
	g->out = out;
	g->changes = CHANGES_MAX;
	rc = node_repo(n, e);
	if (!rc)
		rc = rotate_back(n, e);
	if (!rc)
		rc = node_key(n, e);
	if (!rc)
		rc = own_refs_repair(n, e);
	if (!rc)
		rc = hq_epoch_due(n, e);
	if (!rc)
		rc = dictionary_zero(n->catalogue, &g->dictionary, e);
	while (!rc) {
		rc = pick_chains(g, e);
		if (rc || g->nchain == 0)
			break;
		rc = seal_group(g, e);
	}
	if (!rc && out->changesets)
		rc = marker_note(n, e);
	free(g);
	return rc;
}
