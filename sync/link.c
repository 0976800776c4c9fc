/* One changeset of a chain: read, verified, then opened.
 */
#include "base/text.h"
#include "chain_impl.h"
#include "codec.h"
#include "leaf.h"
#include "share.h"
#include "signer.h"
#include "sshsig.h"

/* The only tree there is: one entry, then the 20 bytes of its name. */
#define TREE_HEAD "100644 changeset"
#define TREE_LEN (sizeof TREE_HEAD + 20)
/* zlib adds 5 bytes per 16 KiB of what it cannot compress, sealing 16. */
#define BLOB_MAX (RAW_MAX + RAW_MAX / 1024)

void hex_text(const unsigned char *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void link_release(struct link *l)
{
	buf_release(&l->payload);
	buf_release(&l->text);
	buf_release(&l->armored);
}

enum err_code link_open(struct node *n, const char *commit, struct link *l,
    struct err *e)
{
	struct buf content = BUF_INIT;
	unsigned char sum[SHA256_LEN];
	enum err_code rc;

	buf_clear(&l->text);
	buf_clear(&l->armored);
	buf_clear(&l->payload);
	rc = repo_read(n->repo, commit, OBJECT_COMMIT, COMMIT_MAX, &content, e);
	if (rc)
		goto done;
	rc = changeset_parse(slice_buf(&content), &l->h, &l->text,
	    &l->armored, e);
	if (rc)
		goto done;
	snprintf(l->commit, sizeof l->commit, "%s", commit);
	sha256(slice_buf(&content), sum);
	hex_text(sum, sizeof sum, l->sha256);
done:
	buf_release(&content);
	return rc;
}

/* Is this the changeset that was due after `after`? While the chain has none
 * after->epoch may be its beginning only, as a ref's name gives it. */
static enum err_code check_place(const struct identity *id,
    const struct header *h, const struct position *after, struct err *e)
{
	size_t epoch = after->seq ? sizeof h->epoch : strlen(after->epoch);

	if (strcmp(h->org, id->org) != 0 ||
	    strncmp(h->org_short, id->org, sizeof h->org_short - 1) != 0)
		return err_set(e, ERR_CHAIN,
		    _("it belongs to another organisation, %s"), h->org);
	if (strcmp(h->chain, after->chain) != 0)
		return err_set(e, ERR_CHAIN,
		    _("it was made for the chain %s"), h->chain);
	if (strncmp(h->epoch, after->epoch, epoch) != 0)
		return err_set(e, ERR_CHAIN,
		    _("it is of another epoch, %s"), h->epoch);
	if (h->seq != after->seq + 1)
		return err_set(e, ERR_CHAIN, _("it has number %lld where "
		    "%lld was due: replayed, or one is missing"),
		    (long long)h->seq, (long long)after->seq + 1);
	if (strcmp(h->prev, after->seq ? after->sha256 : "none") != 0)
		return err_set(e, ERR_CHAIN, _("it does not follow the "
		    "changeset before it (Wellhead-Prev differs)"));
	if (strcmp(h->parent, after->seq ? after->commit : "") != 0)
		return err_set(e, ERR_CHAIN, _("its parent commit is not the "
		    "changeset before it"));
	return OK;
}

static enum err_code check_author(struct node *n, const struct header *h,
    struct err *e)
{
	const char *code = chain_code(h->chain);
	char hq[17] = "";
	enum err_code rc;

	if (!code) {
		rc = hq_author(n, hq, e);
		if (rc)
			return rc;
		code = hq;
	}
	if (strcmp(h->author, code) != 0)
		return err_set(e, ERR_FOREIGN, _("its author is %s, but the "
		    "chain %s is written by %s"), h->author, h->chain, code);
	return OK;
}

/* The blob's name, out of the one tree that is allowed. */
static enum err_code read_tree(struct node *n, const char *tree,
    char blob[OID_HEX], struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc;

	rc = repo_read(n->repo, tree, OBJECT_TREE, TREE_LEN, &b, e);
	if (rc == ERR_TOO_BIG)
		rc = err_set(e, ERR_FORMAT, _("its tree holds more than the "
		    "one file \"changeset\""));
	if (!rc && (b.n != TREE_LEN ||
	    memcmp(b.p, TREE_HEAD, sizeof TREE_HEAD) != 0))
		rc = err_set(e, ERR_FORMAT, _("its tree is not the one file "
		    "\"changeset\""));
	if (!rc)
		hex_text(b.p + sizeof TREE_HEAD, 20, blob);
	buf_release(&b);
	return rc;
}

/* The blob into payload, held against what the signed header says. */
static enum err_code read_payload(struct node *n, const struct header *h,
    struct buf *payload, struct err *e)
{
	unsigned char sum[SHA256_LEN];
	char blob[OID_HEX], hex[SHA_HEX];
	enum err_code rc;

	rc = read_tree(n, h->tree, blob, e);
	if (rc)
		return rc;
	rc = repo_read(n->repo, blob, OBJECT_BLOB, BLOB_MAX, payload, e);
	if (rc)
		return rc;
	sha256(slice_buf(payload), sum);
	hex_text(sum, sizeof sum, hex);
	if (strcmp(hex, h->payload) != 0)
		return err_set(e, ERR_CHAIN, _("its payload is not the one "
		    "that was signed (Wellhead-Payload differs)"));
	return OK;
}

enum err_code link_place(struct node *n, const struct link *l,
    const struct position *after, struct err *e)
{
	enum err_code rc;

	rc = check_place(store_identity(n->store), &l->h, after, e);
	return rc ? rc : check_author(n, &l->h, e);
}

enum err_code link_proof(struct node *n, struct link *l,
    const unsigned char *public, struct err *e)
{
	struct slice text = slice_buf(&l->text);
	struct slice armored = slice_buf(&l->armored);
	unsigned char named[KEY_PUBLIC];
	enum err_code rc;

	if (public)
		rc = sshsig_verify(public, "git", text, armored, e);
	else
		rc = sshsig_own("git", text, armored, named, e);
	if (rc)
		return rc;
	memcpy(l->signer, public ? public : named, KEY_PUBLIC);
	return read_payload(n, &l->h, &l->payload, e);
}

enum err_code link_signer(const struct link *l,
    unsigned char public[KEY_PUBLIC], struct err *e)
{
	return sshsig_key(slice_buf(&l->armored), public, e);
}

enum err_code link_payload(struct node *n, struct link *l, struct err *e)
{
	return l->payload.n ? OK : read_payload(n, &l->h, &l->payload, e);
}

enum err_code link_read(struct node *n, const char *commit,
    const struct position *after, const unsigned char *public,
    struct link *l, struct err *e)
{
	unsigned char key[KEY_PUBLIC];
	enum err_code rc;

	rc = link_open(n, commit, l, e);
	if (!rc)
		rc = link_place(n, l, after, e);
	if (!rc && !public) {
		rc = link_signer(l, key, e);
		if (!rc)
			rc = signer_check(n, &l->h, key, e);
		public = key;
	}
	if (!rc)
		rc = link_proof(n, l, public, e);
	return rc;
}

struct wanted {
	const char *epoch;
	int64_t seq;
	char commit[OID_HEX];
};

static int find_changeset(void *arg, const struct changeset_row *r)
{
	struct wanted *w = arg;

	if (r->seq == w->seq && strcmp(r->epoch, w->epoch) == 0)
		memcpy(w->commit, r->commit, sizeof w->commit);
	return r->seq > w->seq || w->commit[0];
}

enum err_code link_find(struct node *n, const char *chain,
    const char *epoch, int64_t seq, char commit[OID_HEX], struct err *e)
{
	struct wanted w = { .epoch = epoch, .seq = seq };
	enum err_code rc;

	rc = changeset_each(n->store, chain, seq, find_changeset, &w, e);
	memcpy(commit, w.commit, sizeof w.commit);
	return rc;
}

/* The raw payload of an earlier changeset of the same chain, its end. */
static enum err_code chain_dictionary(struct node *n, const struct header *h,
    struct slice zero, struct buf *out, struct err *e)
{
	char commit[OID_HEX] = "";
	struct buf clear = BUF_INIT;
	struct link l = {0};
	enum err_code rc;

	rc = link_find(n, h->chain, h->epoch, h->dict, commit, e);
	if (!rc && !commit[0])
		rc = err_set(e, ERR_FORMAT, _("its dictionary, changeset "
		    "%lld, is not in the chain before it"),
		    (long long)h->dict);
	if (!rc)
		rc = link_open(n, commit, &l, e);
	if (!rc && l.h.dict != 0)
		rc = err_set(e, ERR_FORMAT, _("its dictionary, changeset "
		    "%lld, itself needs another one"), (long long)h->dict);
	if (!rc)
		rc = read_payload(n, &l.h, &l.payload, e);
	if (!rc)
		rc = share_open(n, &l, &clear, e);
	if (!rc)
		rc = pack_inflate(slice_buf(&clear), zero,
		    (size_t)l.h.raw_len, out, e);
	buf_release(&clear);
	link_release(&l);
	return rc;
}

static enum err_code inflate(struct node *n, const struct link *l,
    struct buf *raw, struct err *e)
{
	struct buf own = BUF_INIT, clear = BUF_INIT;
	struct slice dict;
	enum err_code rc;

	rc = dictionary_zero(n->catalogue, &dict, e);
	if (!rc && l->h.dict != 0) {
		rc = chain_dictionary(n, &l->h, dict, &own, e);
		dict = slice_buf(&own);
		if (dict.n > DICTIONARY_MAX)
			dict = slice_of(dict.p + dict.n - DICTIONARY_MAX,
			    DICTIONARY_MAX);
	}
	if (!rc)
		rc = share_open(n, l, &clear, e);
	if (!rc)
		rc = pack_inflate(slice_buf(&clear), dict,
		    (size_t)l->h.raw_len, raw, e);
	buf_release(&clear);
	buf_release(&own);
	return rc;
}

enum err_code link_batch(struct node *n, const struct link *l,
    struct batch *b, struct err *e)
{
	struct buf raw = BUF_INIT;
	char root[SHA_HEX];
	enum err_code rc;

	rc = inflate(n, l, &raw, e);
	if (rc)
		goto done;
	rc = codec_decode(slice_buf(&raw), b, e);
	if (!rc)
		rc = share_check(&l->h, b, e);
	if (!rc)
		rc = leaf_root(b, root, e);
	if (!rc && strcmp(root, l->h.root) != 0)
		rc = err_set(e, ERR_FORMAT,
		    _("its content differs from its Wellhead-Root"));
done:
	buf_release(&raw);
	return rc;
}

void link_row(const struct link *l, const struct batch *b,
    struct changeset_row *r)
{
	*r = (struct changeset_row){ .seq = l->h.seq,
		.sealed_ms = l->h.sealed * 1000,
		.bytes = (int64_t)l->payload.n, .raw_bytes = l->h.raw_len };
	memcpy(r->chain, l->h.chain, sizeof r->chain);
	memcpy(r->epoch, l->h.epoch, sizeof r->epoch);
	memcpy(r->commit, l->commit, sizeof r->commit);
	memcpy(r->sha256, l->sha256, sizeof r->sha256);
	if (!batch_span(b, &r->first, &r->last))
		r->first = r->last = 0;
	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->type)
			r->records += (int64_t)s->nrow;
		else if (s->fixed == TABLE_EDIT)
			r->edits += (int64_t)s->nrow;
		else if (s->fixed == TABLE_TRANSITION)
			r->transitions += (int64_t)s->nrow;
	}
}
