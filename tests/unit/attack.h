/* An organisation under attack: headquarters and the branches TC and NB. HQ
 * has taken `good` of TC's chain; `due` is TC's next changeset, sealed but
 * not sent. Tests change it, write the result as git objects with names that
 * fit, so that only our own checks can refuse it, and let HQ ingest.
 */
#ifndef UNIT_ATTACK_H
#define UNIT_ATTACK_H

#include "nodes.h"

#include <git2/common.h>

#include "base/text.h"
#include "chain_impl.h"
#include "codec.h"
#include "leaf.h"
#include "seed.h"
#include "share.h"
#include "sshsig.h"
#include "store_db.h"

#define HEADS "refs/heads/"
#define COUNT(a) (sizeof(a) / sizeof(*(a)))
/* Evidence is kept of every fork: swept now and then, to keep refs few. */
#define SWEEP_EVERY 64

/* Any refusal of a changeset; a failure of the machine is none. */
#define ANY_REFUSAL ERR_COUNT

struct world {
	struct nodes o;
	struct node *tc, *nb;
	struct position good;		/* where HQ stands in TC's chain */
	char ref[80];
	struct link due;
	struct buf content;		/* due: its commit, */
	struct buf clear, raw;		/* its payload opened, and inflated */
	struct buf dump;		/* HQ's tables after `good` */
	stamp_t mine, theirs, hqs;	/* records of TC, of NB, of HQ */
	size_t tried;
};

static size_t attack_count;		/* of all tests, printed at the end */

/* What a chain was refused for. */
static inline bool attack_is_refusal(const char *stopped)
{
	static const enum err_code codes[] = { ERR_CHAIN, ERR_FOREIGN,
		ERR_SIGNATURE, ERR_KEY, ERR_FORMAT, ERR_CORRUPT, ERR_TOO_BIG,
		ERR_NOT_FOUND, ERR_INVITATION, ERR_TRANSITION, ERR_ROLE,
		ERR_SEALED };

	for (size_t i = 0; i < COUNT(codes); i++)
		if (strcmp(stopped, err_name(codes[i])) == 0)
			return true;
	return strcmp(stopped, CODE_NEWER) == 0;
}

/* ---- objects and refs ---- */

static inline void attack_object(struct node *n, enum object_kind kind,
    struct slice s, char oid[OID_HEX])
{
	struct err e = {0};

	WANT(repo_write(n->repo, kind, s, oid, &e), e);
}

static inline void attack_ref(struct node *n, const char *ref, const char *oid)
{
	char now[OID_HEX];
	struct err e = {0};

	WANT(repo_ref_get(n->repo, ref, now, &e), e);
	if (strcmp(now, oid) != 0)
		WANT(repo_ref_set(n->repo, ref, now, oid, &e), e);
}

/* Commit, tree and blob of one changeset from one repository to another; its
 * parent's name. False when it is there already. */
static inline bool attack_copy_one(struct node *from, struct node *to,
    const char *commit, char parent[OID_HEX])
{
	struct buf b = BUF_INIT;
	struct link l = {0};
	struct err e = {0};
	char oid[OID_HEX];
	bool there = !repo_read(to->repo, commit, OBJECT_COMMIT, COMMIT_MAX,
	    &b, &e);

	if (!there) {
		WANT(link_open(from, commit, &l, &e), e);
		WANT(repo_read(from->repo, commit, OBJECT_COMMIT, COMMIT_MAX,
		    &b, &e), e);
		attack_object(to, OBJECT_COMMIT, slice_buf(&b), oid);
		assert_string_equal(oid, commit);
		buf_clear(&b);
		WANT(repo_read(from->repo, l.h.tree, OBJECT_TREE, 100, &b,
		    &e), e);
		attack_object(to, OBJECT_TREE, slice_buf(&b), oid);
		hex_text(b.p + b.n - 20, 20, oid);
		buf_clear(&b);
		WANT(repo_read(from->repo, oid, OBJECT_BLOB, RAW_MAX, &b,
		    &e), e);
		attack_object(to, OBJECT_BLOB, slice_buf(&b), oid);
		memcpy(parent, l.h.parent, OID_HEX);
	}
	link_release(&l);
	buf_release(&b);
	return !there;
}

/* All of a chain up to commit, then its ref. */
static inline void attack_carry(struct node *from, struct node *to,
    const char *commit, const char *ref)
{
	char at[OID_HEX], parent[OID_HEX] = "";

	memcpy(at, commit, OID_HEX);
	while (at[0] && attack_copy_one(from, to, at, parent))
		memcpy(at, parent, OID_HEX);
	attack_ref(to, ref, commit);
}

static inline struct position attack_tip(struct node *n, const char *chain,
    const char *epoch)
{
	struct position p;
	struct err e = {0};

	WANT(position_get(n->store, chain, epoch, &p, &e), e);
	return p;
}

/* A node's own chain to HQ, as a push would. */
static inline void attack_push(struct world *w, struct node *n)
{
	struct position p = nodes_tip(n, NULL);
	char ref[80];

	chain_ref(p.chain, p.epoch, ref);
	attack_carry(n, w->o.hq, p.commit, ref);
}

/* ---- what HQ has ---- */

static inline struct ingested attack_ingest(struct node *n,
    const char *prefix)
{
	struct ingested in;
	struct err e = {0};

	WANT(ingest_all(n, prefix, &in, &e), e);
	return in;
}

/* HQ's tables but for its receipts of refusals, which it may well write. */
static inline void attack_dump(struct node *n, struct buf *out)
{
	struct buf all = nodes_dump(n);
	bool receipts = false;

	buf_clear(out);
	for (size_t at = 0; at < all.n;) {
		const unsigned char *p = all.p + at;
		const unsigned char *end = memchr(p, '\n', all.n - at);
		size_t len = (size_t)(end - p) + 1;

		if (*p == '[')
			receipts = len == 10 && !memcmp(p, "[receipt]", 9);
		if (!receipts || (!memmem(p, len, "\"refused\"", 9) &&
		    !memmem(p, len, "\"held\"", 6)))
			buf_add(out, p, len);
		at += len;
	}
	buf_release(&all);
}

/* Take what HQ has now as the ground of what follows. */
static inline void world_ground(struct world *w)
{
	w->good = attack_tip(w->o.hq, w->good.chain, w->good.epoch);
	attack_dump(w->o.hq, &w->dump);
}

static inline void world_same(struct world *w, const char *name)
{
	struct buf now = BUF_INIT;

	attack_dump(w->o.hq, &now);
	if (!slice_eq(slice_buf(&now), slice_buf(&w->dump)))
		fail_msg("%s: changed headquarters' tables:\n%.*s\nwas:\n"
		    "%.*s", name, (int)now.n, (char *)now.p,
		    (int)w->dump.n, (char *)w->dump.p);
	buf_release(&now);
}

/* ---- start and end ---- */

static inline void attack_edit(struct node *n, stamp_t id, const char *json)
{
	json_t *j = json_loads(json, 0, NULL);
	struct problems p = {0};
	struct err e = {0};
	char ref[STAMP_DIGITS + 1];

	base32_stamp(ref, (uint64_t)id);
	WANT(record_edit(n->store, ref, j, "test", &p, &e), e);
	problems_release(&p);
	json_decref(j);
}

static inline void attack_do(struct node *n, stamp_t id, const char *state)
{
	struct problems p = {0};
	struct err e = {0};
	char ref[STAMP_DIGITS + 1];

	base32_stamp(ref, (uint64_t)id);
	WANT(record_do(n->store, ref, state, NULL, "test", NULL, NULL, &p,
	    &e), e);
	problems_release(&p);
}

/* What is on trial is what is refused, not what survives a power cut. */
static inline void attack_hurry(struct node *n)
{
	struct err e = {0};

	WANT(node_repo(n, &e), e);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	assert_int_equal(sqlite3_exec(n->store->db,
	    "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
}

static inline void world_due(struct world *w)
{
	struct position tip = nodes_tip(w->tc, NULL);
	struct slice zero;
	struct err e = {0};
	char parent[OID_HEX];

	attack_copy_one(w->tc, w->o.hq, tip.commit, parent);
	WANT(link_read(w->o.hq, tip.commit, &w->good, w->tc->key.public,
	    &w->due, &e), e);
	WANT(repo_read(w->o.hq->repo, tip.commit, OBJECT_COMMIT, COMMIT_MAX,
	    &w->content, &e), e);
	WANT(dictionary_zero(w->tc->catalogue, &zero, &e), e);
	WANT(share_open(w->o.hq, &w->due, &w->clear, &e), e);
	WANT(pack_inflate(slice_buf(&w->clear), zero,
	    (size_t)w->due.h.raw_len, &w->raw, &e), e);
}

static inline void world_start(struct world *w)
{
	struct ingested in;

	*w = (struct world){0};
	nodes_start(&w->o);
	attack_hurry(w->o.hq);
	w->tc = nodes_add(&w->o, "TC", NULL);
	w->nb = nodes_add(&w->o, "NB", NULL);
	attack_hurry(w->tc);
	attack_hurry(w->nb);
	w->mine = nodes_request(w->tc, "one");
	w->theirs = nodes_request(w->nb, "another branch's");
	w->hqs = nodes_request(w->o.hq, "headquarters' own");
	nodes_seal(w->tc);
	nodes_seal(w->nb);
	attack_edit(w->tc, w->mine, "{\"content\":\"changed\"}");
	nodes_seal(w->tc);
	attack_push(w, w->tc);
	attack_push(w, w->nb);
	in = attack_ingest(w->o.hq, HEADS);
	assert_int_equal(in.enrolled, 2);
	assert_int_equal(in.changesets, 5);	/* two enrolments */
	nodes_seal(w->o.hq);
	w->good = nodes_tip(w->tc, NULL);
	chain_ref(w->good.chain, w->good.epoch, w->ref);
	world_ground(w);
	nodes_request(w->tc, "two");
	attack_edit(w->tc, w->mine, "{\"content\":\"again\"}");
	attack_do(w->tc, w->mine, "accepted");
	nodes_seal(w->tc);
	world_due(w);
}

/* The canary: what nobody changed is taken, by the same way on which all
 * before was refused. */
static inline void world_accept(struct world *w)
{
	struct buf now = BUF_INIT;
	struct ingested in;
	struct err e = {0};

	attack_ref(w->o.hq, w->ref, w->due.commit);
	in = attack_ingest(w->o.hq, HEADS);
	assert_int_equal(in.changesets, 1);
	assert_int_equal(in.stopped, 0);
	attack_dump(w->o.hq, &now);
	assert_false(slice_eq(slice_buf(&now), slice_buf(&w->dump)));
	buf_release(&now);
	nodes_seal(w->o.hq);
	WANT(verify_chains(w->o.hq, NULL, true, NULL, NULL, &e), e);
}

static inline void world_end(struct world *w)
{
	printf("%zu forged inputs\n", w->tried);
	attack_count += w->tried;
	node_close(w->tc);
	node_close(w->nb);
	nodes_end(&w->o);
	link_release(&w->due);
	buf_release(&w->content);
	buf_release(&w->clear);
	buf_release(&w->raw);
	buf_release(&w->dump);
}

/* ---- forging ---- */

/* The commit of a text that need not follow any rule, signed as git does. */
static inline void attack_sign(struct slice text, const struct key *k,
    struct buf *out)
{
	const unsigned char *gap = memmem(text.p, text.n, "\n\n", 2);
	struct buf armored = BUF_INIT;
	struct err e = {0};
	size_t top;

	assert_non_null(gap);
	top = (size_t)(gap - text.p) + 1;
	WANT(sshsig_sign(k, "git", text, &armored, &e), e);
	buf_clear(out);
	buf_add(out, text.p, top);
	buf_adds(out, "gpgsig ");
	for (size_t i = 0; i < armored.n; i++) {
		buf_addc(out, armored.p[i]);
		if (armored.p[i] == '\n' && i + 1 < armored.n)
			buf_addc(out, ' ');
	}
	buf_add(out, text.p + top, text.n - top);
	buf_release(&armored);
}

/* A tree of any content, and its name in the header. */
static inline void attack_tree(struct world *w, struct slice tree,
    struct header *h)
{
	attack_object(w->o.hq, OBJECT_TREE, tree, h->tree);
}

/* "MODE NAME" NUL and the object's name. */
#define FILE_ENTRY slice_str("100644 changeset")

static inline void attack_entry(struct buf *tree, struct slice entry,
    const char *oid)
{
	unsigned char name[20];

	assert_true(hex_decode(slice_str(oid), name, sizeof name));
	buf_addb(tree, entry);
	buf_addc(tree, 0);
	buf_add(tree, name, sizeof name);
}

/* Blob and tree; the header's tree. */
static inline void attack_blob(struct world *w, struct slice blob,
    struct header *h)
{
	struct buf tree = BUF_INIT;
	char oid[OID_HEX];

	attack_object(w->o.hq, OBJECT_BLOB, blob, oid);
	attack_entry(&tree, FILE_ENTRY, oid);
	attack_tree(w, slice_buf(&tree), h);
	buf_release(&tree);
}

static inline void attack_payload_hash(struct slice blob, struct header *h)
{
	unsigned char sum[SHA256_LEN];

	sha256(blob, sum);
	hex_text(sum, sizeof sum, h->payload);
}

/* The true root where there is one; a payload that nobody can read has none.
 * True if all rows are of the kinds that stay open. */
static inline bool attack_root(struct world *w, struct slice raw,
    struct header *h)
{
	struct batch b;
	struct err e = {0};
	bool open = false;

	memset(h->root, '0', SHA_HEX - 1);
	batch_init(&b, w->tc->catalogue);
	if (!codec_decode(raw, &b, &e)) {
		WANT(leaf_root(&b, h->root, &e), e);
		open = true;
		for (size_t i = 0; i < b.nsection; i++)
			open &= share_is_plain(&b.section[i]);
	}
	batch_release(&b);
	return open;
}

/* Sealed with TC's key, which headquarters has, whatever chain it is for. */
static inline void attack_close(struct world *w, struct header *h,
    struct buf *blob)
{
	struct header as = *h;
	struct err e = {0};

	snprintf(as.chain, sizeof as.chain, "node/TC");
	WANT(share_seal(w->tc, &as, blob, &e), e);
	memcpy(h->key, as.key, sizeof h->key);
}

/* All that a header says of a raw payload. */
static inline void attack_raw(struct world *w, struct slice raw,
    struct header *h)
{
	struct buf blob = BUF_INIT;
	struct slice zero;
	struct err e = {0};

	WANT(dictionary_zero(w->tc->catalogue, &zero, &e), e);
	WANT(pack_deflate(raw, zero, &blob, &e), e);
	snprintf(h->key, sizeof h->key, "none");
	if (!attack_root(w, raw, h))
		attack_close(w, h, &blob);
	attack_blob(w, slice_buf(&blob), h);
	attack_payload_hash(slice_buf(&blob), h);
	h->raw_len = (int64_t)raw.n;
	buf_release(&blob);
}

static inline void attack_commit(struct world *w, const struct header *h,
    const struct key *k, char oid[OID_HEX])
{
	struct buf content = BUF_INIT;
	struct err e = {0};

	WANT(changeset_sign(h, k, &content, &e), e);
	attack_object(w->o.hq, OBJECT_COMMIT, slice_buf(&content), oid);
	buf_release(&content);
}

/* ---- trying ---- */

static inline void attack_sweep(struct world *w)
{
	assert_int_equal(shell(NULL, "rm -rf '%s/hq/repo.git/refs/evidence'",
	    w->o.dir), 0);
}

/* HQ finds oid at the tip of TC's chain. It must refuse it for `want`, stay
 * as it is, and verify must not like it either. */
static inline void attack_refused(struct world *w, const char *name,
    const char *oid, enum err_code want)
{
	struct ingested in;
	struct position p;
	const char *code = want == ERR_NEWER ? CODE_NEWER : err_name(want);

	if (w->tried++ % SWEEP_EVERY == 0)
		attack_sweep(w);
	attack_ref(w->o.hq, w->ref, oid);
	in = attack_ingest(w->o.hq, HEADS);
	p = attack_tip(w->o.hq, w->good.chain, w->good.epoch);
	if (in.changesets || in.stopped != 1)
		fail_msg("%s: %zu changesets taken, %zu chains stopped", name,
		    in.changesets, in.stopped);
	if (want == ANY_REFUSAL ? !attack_is_refusal(p.stopped) :
	    strcmp(p.stopped, code) != 0)
		fail_msg("%s: stopped for %s, not %s: %s", name, p.stopped,
		    want == ANY_REFUSAL ? "any of ours" : code, p.reason);
	assert_int_equal(p.seq, w->good.seq);
	assert_string_equal(p.commit, w->good.commit);
	world_same(w, name);
}

/* The same, and verify sees it too. */
static inline void attack_seen(struct world *w, const char *name,
    const char *oid, enum err_code want)
{
	enum err_code rc;
	struct err e = {0};

	attack_refused(w, name, oid, want);
	rc = verify_chains(w->o.hq, w->good.chain, false, NULL, NULL, &e);
	if (rc == OK)
		fail_msg("%s: verify sees nothing wrong", name);
	if (want != ANY_REFUSAL && rc != want)
		fail_msg("%s: verify says %s, not %s: %s", name, err_name(rc),
		    err_name(want), e.detail);
}

/* While TC's chain is stopped NB's goes on. */
static inline void world_others(struct world *w)
{
	struct ingested in;

	nodes_request(w->nb, "meanwhile");
	nodes_seal(w->nb);
	attack_push(w, w->nb);
	in = attack_ingest(w->o.hq, HEADS);
	assert_int_equal(in.changesets, 1);
	assert_int_equal(in.records, 1);
	assert_int_equal(in.stopped, 1);
	world_ground(w);
}

#endif
