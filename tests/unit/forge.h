/* A forger with a node's own key and pen, and three good nodes to try him
 * on. Functions are inline because every test is one file.
 */
#ifndef UNIT_FORGE_H
#define UNIT_FORGE_H

#include "nodes.h"

#include "base/text.h"
#include "chain_impl.h"
#include "codec.h"
#include "leaf.h"
#include "share.h"

#define NO_SUCH "ce013625030ba8dba906f756967f9e9ca394464a"

struct forged {
	struct node *n;			/* who signs */
	struct node *where;		/* whose repository gets it */
	const char *chain;		/* whose ref it gets; NULL: node/TC */
	struct header h;
	struct key key;
	struct batch b;
	struct buf blob, tree, content;
	bool tree_given, break_signature, no_blob;
};

static inline stamp_t next_stamp(struct node *n)
{
	struct err e = {0};
	stamp_t s;

	WANT(store_begin(n->store, &e), e);
	WANT(store_stamp(n->store, &s, &e), e);
	WANT(store_commit(n->store, &e), e);
	return s;
}

static inline struct value *request_row(struct forged *f, stamp_t id)
{
	const struct type *t = catalogue_type(f->n->catalogue, "request");
	struct value *cell = batch_row(&f->b, t, -1);

	cell[TYPE_COL_ID] = value_int(id);
	return cell;
}

/* What the blob says, into the header; sealed unless it may stay open. */
static inline void close_blob(struct forged *f)
{
	unsigned char sum[SHA256_LEN];
	struct err e = {0};
	bool open = true;

	for (size_t i = 0; i < f->b.nsection; i++)
		open &= share_is_plain(&f->b.section[i]);
	snprintf(f->h.key, sizeof f->h.key, "none");
	WANT(leaf_root(&f->b, f->h.root, &e), e);
	if (!open)
		WANT(share_seal(f->n, &f->h, &f->blob, &e), e);
	sha256(slice_buf(&f->blob), sum);
	hex_text(sum, sizeof sum, f->h.payload);
}

static inline void put_blob(struct forged *f)
{
	struct buf raw = BUF_INIT;
	struct slice dict;
	struct err e = {0};

	batch_sort(&f->b);
	WANT(codec_encode(&f->b, &raw, &e), e);
	WANT(dictionary_zero(f->n->catalogue, &dict, &e), e);
	buf_clear(&f->blob);
	WANT(pack_deflate(slice_buf(&raw), dict, &f->blob, &e), e);
	f->h.raw_len = (int64_t)raw.n;
	close_blob(f);
	buf_release(&raw);
}

static inline void add_entry(struct buf *tree, const char *head, const char *oid)
{
	unsigned char name[20];

	assert_true(hex_decode(slice_str(oid), name, sizeof name));
	buf_add(tree, head, strlen(head) + 1);
	buf_add(tree, name, sizeof name);
}

/* A good successor of TC's tip, for a case to spoil. */
static inline void forge_start(struct forged *f, struct node *tc, struct node *hq)
{
	const struct identity *id = store_identity(tc->store);
	struct position p = nodes_tip(tc, NULL);
	struct err e = {0};

	*f = (struct forged){ .n = tc, .where = hq };
	WANT(node_key(tc, &e), e);
	WANT(node_repo(hq, &e), e);
	f->key = tc->key;
	snprintf(f->h.org, sizeof f->h.org, "%s", id->org);
	snprintf(f->h.org_short, sizeof f->h.org_short, "%.16s", id->org);
	snprintf(f->h.chain, sizeof f->h.chain, "node/%s", id->code);
	snprintf(f->h.epoch, sizeof f->h.epoch, "%s", id->epoch);
	f->h.seq = p.seq + 1;
	snprintf(f->h.prev, sizeof f->h.prev, "%s", p.sha256);
	snprintf(f->h.parent, sizeof f->h.parent, "%s", p.commit);
	snprintf(f->h.seen, sizeof f->h.seen, "none");
	snprintf(f->h.author, sizeof f->h.author, "%s", id->code);
	snprintf(f->h.subject, sizeof f->h.subject, "1 record");
	f->h.sealed = clock_ms() / 1000;
	batch_init(&f->b, tc->catalogue);
	request_row(f, next_stamp(tc));
	put_blob(f);
}

/* Write it and let the chain's ref say so. */
static inline void forge_end(struct forged *f, char commit[OID_HEX])
{
	static const char sig[] = "-----BEGIN SSH SIGNATURE-----\n ";
	struct repo *r = f->where->repo;
	struct err e = {0};
	char blob[OID_HEX] = NO_SUCH;
	char ref[80], now[OID_HEX];
	unsigned char *at;

	if (!f->no_blob)
		WANT(repo_write(r, OBJECT_BLOB, slice_buf(&f->blob), blob,
		    &e), e);
	if (!f->tree_given)
		add_entry(&f->tree, "100644 changeset", blob);
	WANT(repo_write(r, OBJECT_TREE, slice_buf(&f->tree), f->h.tree, &e),
	    e);
	WANT(changeset_sign(&f->h, &f->key, &f->content, &e), e);
	if (f->break_signature) {
		at = memmem(f->content.p, f->content.n, sig, sizeof sig - 1);
		assert_non_null(at);
		at += sizeof sig - 1 + 180;	/* inside the 64 bytes */
		*at = *at == 'A' ? 'B' : 'A';
	}
	WANT(repo_write(r, OBJECT_COMMIT, slice_buf(&f->content), commit, &e),
	    e);
	chain_ref(f->chain ? f->chain : "node/TC",
	    store_identity(f->n->store)->epoch, ref);
	WANT(repo_ref_get(r, ref, now, &e), e);
	WANT(repo_ref_set(r, ref, now, commit, &e), e);
	batch_release(&f->b);
	buf_release(&f->blob);
	buf_release(&f->tree);
	buf_release(&f->content);
}

/* ---- good nodes ---- */

struct good {
	struct nodes o;
	struct node *tc, *gq;
};

static inline void good_start(struct good *g)
{
	nodes_start(&g->o);
	g->tc = nodes_add(&g->o, "TC", NULL);
	g->gq = nodes_add(&g->o, "GQ", NULL);
	nodes_request(g->tc, "one");
	nodes_seal(g->tc);
	nodes_request(g->tc, "two");
	(void)nodes_sync(g->tc);
	(void)nodes_sync(g->gq);
	assert_int_equal(nodes_sync(g->o.hq).in.enrolled, 2);
}

static inline void good_end(struct good *g)
{
	node_close(g->tc);
	node_close(g->gq);
	nodes_end(&g->o);
}

static inline struct position at_hq(struct good *g, struct node *n)
{
	const struct identity *id = store_identity(n->store);
	struct position p;
	struct err e = {0};
	char chain[CHAIN_NAME];

	snprintf(chain, sizeof chain, "node/%s", id->code);
	WANT(position_get(g->o.hq->store, chain, id->epoch, &p, &e), e);
	return p;
}

static inline size_t requests(struct node *n)
{
	struct status s;
	struct err e = {0};

	WANT(status_read(n->store, &s, &e), e);
	return (size_t)s.records;
}

#endif
