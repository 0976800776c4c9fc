/* The checkpoint file: written, read strictly, signed, cosigned.
 *
 * Reading takes the fields out, writes the text again and compares, so one
 * checkpoint has one spelling.
 */
#include "checkpoint_file.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "chain_impl.h"
#include "signer_row.h"
#include "sshsig.h"

#define HEAD "wellhead checkpoint 1\n"
#define SIGNATURE_END "-----END SSH SIGNATURE-----\n"
#define COSIGNED "cosigned "

void checkpoint_release(struct checkpoint_copy *c)
{
	free(c->tips.t);
	free(c->state);
	*c = (struct checkpoint_copy){0};
}

static int state_add_row(void *arg, const struct state_row *r)
{
	struct checkpoint_copy *c = arg;
	struct state_row *more = reallocarray(c->state, c->nstate + 1,
	    sizeof *more);

	c->tips.failed |= !more;
	if (!more)
		return 1;
	c->state = more;
	c->state[c->nstate++] = *r;
	return 0;
}

/* ---- the text ---- */

static enum err_code body_text(const char *org,
    const struct checkpoint_copy *c, struct buf *out, struct err *e)
{
	char hex[SHA_HEX];

	buf_adds(out, HEAD);
	buf_printf(out, "org %s\nnumber %" PRId64 "\nat %" PRId64 "\n", org,
	    c->c.number, c->c.at_ms);
	buf_printf(out, "hq/all %s %" PRId64 "\ncommit %s\n", c->c.epoch,
	    c->c.seq, c->c.name);
	for (size_t i = 0; i < c->tips.n; i++) {
		buf_adds(out, "tip ");
		tip_line(&c->tips.t[i], out);
	}
	for (size_t i = 0; i < c->nstate; i++) {
		hex_text(c->state[i].root, SHA256_LEN, hex);
		buf_printf(out, "state %s %" PRId64 " %s\n",
		    c->state[i].branch, c->state[i].records, hex);
	}
	hex_text(c->c.root, SHA256_LEN, hex);
	buf_printf(out, "root %s\n", hex);
	return buf_ok(out, e);
}

/* The tips as the store has them must give the root. */
static enum err_code check_root(const struct checkpoint_copy *c,
    struct err *e)
{
	unsigned char root[SHA256_LEN];
	enum err_code rc = tips_root(&c->tips, root, e);

	if (!rc && ((int64_t)c->tips.n != c->c.chains ||
	    memcmp(root, c->c.root, sizeof root) != 0))
		rc = err_set(e, ERR_SPLIT, _("the tips of checkpoint %lld do "
		    "not give its root"), (long long)c->c.number);
	return rc;
}

static enum err_code from_row(struct node *n, const struct checkpoint_row *r,
    struct checkpoint_copy *out, struct err *e)
{
	struct checkpoint_row before;
	enum err_code rc;

	*out = (struct checkpoint_copy){ .c = *r };
	rc = tips_load_all(n->store, r->stamp, &out->tips, e);
	if (!rc)
		rc = checkpoint_before(n->store, r->stamp, &before, e);
	if (!rc)
		rc = state_each(n->store, before.stamp, r->stamp,
		    state_add_row, out, e);
	if (!rc && out->tips.failed)
		rc = err_memory(e);
	return rc ? rc : check_root(out, e);
}

enum err_code checkpoint_write_file(struct node *n,
    const struct checkpoint_row *c, struct buf *out, struct err *e)
{
	struct checkpoint_copy copy = {0};
	struct buf armored = BUF_INIT;
	enum err_code rc;

	rc = from_row(n, c, &copy, e);
	if (!rc)
		rc = body_text(store_identity(n->store)->org, &copy, out, e);
	if (!rc)
		rc = node_key(n, e);
	if (!rc)
		rc = sshsig_sign(&n->key, CHECKPOINT_NAMESPACE,
		    slice_buf(out), &armored, e);
	buf_addb(out, slice_buf(&armored));
	if (!rc)
		rc = buf_ok(out, e);
	buf_release(&armored);
	checkpoint_release(&copy);
	return rc;
}

/* ---- whose signature ---- */

struct whose { const char *code; const unsigned char *key; bool found; };

static int is_row(void *arg, const struct roster_row *r)
{
	struct whose *w = arg;

	w->found |= strcmp(r->code, w->code) == 0 &&
	    memcmp(r->key, w->key, KEY_PUBLIC) == 0;
	return w->found;
}

/* Is it a key that the roster gives, or gave, to this node? */
static enum err_code check_key(struct node *n, const char *code,
    const unsigned char key[KEY_PUBLIC], struct err *e)
{
	struct whose w = { .code = code, .key = key };
	bool had = false;
	enum err_code rc;

	rc = roster_each(n->store, is_row, &w, e);
	if (!rc && !w.found)
		rc = signer_has(n->store, code, key, &had, e);
	if (!rc && !w.found && !had)
		rc = err_set(e, ERR_KEY, _("it is signed with a key that the "
		    "roster does not give to %s"), code);
	return rc;
}

static enum err_code check_signature(struct node *n, const char *code,
    const char *namespace, struct slice text, struct slice armored,
    struct err *e)
{
	unsigned char key[KEY_PUBLIC];
	enum err_code rc;

	rc = sshsig_key(armored, key, e);
	if (!rc)
		rc = check_key(n, code, key, e);
	return rc ? rc : sshsig_verify(key, namespace, text, armored, e);
}

/* ---- reading ---- */

struct reader {
	struct slice left;
	int line;
	char word[8][SHA_HEX];		/* of the line that was read last */
	size_t nword;
};

static enum err_code bad_line(const struct reader *r, struct err *e)
{
	return err_set(e, ERR_FORMAT, _("line %d is not a checkpoint's"),
	    r->line);
}

/* The next line's words, which may not be longer than a hash. */
static bool next_line(struct reader *r)
{
	const unsigned char *end = r->left.n ? memchr(r->left.p, '\n',
	    r->left.n) : NULL;
	size_t n, at = 0, len;

	r->line++;
	r->nword = 0;
	if (!end)
		return false;
	n = (size_t)(end - r->left.p);
	for (; at < n; at += len + 1) {
		const unsigned char *space = memchr(r->left.p + at, ' ',
		    n - at);

		len = space ? (size_t)(space - r->left.p) - at : n - at;
		if (r->nword == 8 || len >= SHA_HEX)
			return false;
		snprintf(r->word[r->nword++], SHA_HEX, "%.*s", (int)len,
		    (const char *)r->left.p + at);
	}
	r->left = slice_of(r->left.p + n + 1, r->left.n - n - 1);
	return true;
}

static bool read_count(const char *s, int64_t *out)
{
	*out = 0;
	if (!*s || strlen(s) > 18 || strspn(s, "0123456789") != strlen(s))
		return false;
	*out = strtoll(s, NULL, 10);
	return true;
}

static bool is_line(const struct reader *r, const char *what, size_t nword)
{
	return r->nword == nword && strcmp(r->word[0], what) == 0;
}

static bool copy_word(const char *from, char *to, size_t size)
{
	return (size_t)snprintf(to, size, "%s", from) < size;
}

static bool read_tip(const struct reader *r, struct tip_row *t)
{
	*t = (struct tip_row){0};
	return copy_word(r->word[1], t->chain, sizeof t->chain) &&
	    copy_word(r->word[2], t->epoch, sizeof t->epoch) &&
	    read_count(r->word[3], &t->seq) &&
	    hex_decode(slice_str(r->word[4]), t->sha256, SHA256_LEN) &&
	    hex_decode(slice_str(r->word[5]), t->tree, SHA256_LEN) &&
	    copy_word(strcmp(r->word[6], "-") == 0 ? "" : r->word[6],
	    t->stopped, sizeof t->stopped);
}

static bool read_state(const struct reader *r, struct state_row *s)
{
	*s = (struct state_row){0};
	return copy_word(r->word[1], s->branch, sizeof s->branch) &&
	    read_count(r->word[2], &s->records) &&
	    hex_decode(slice_str(r->word[3]), s->root, SHA256_LEN);
}

static bool read_head(struct reader *r, struct checkpoint_copy *c)
{
	return next_line(r) && is_line(r, "wellhead", 3) &&
	    next_line(r) && is_line(r, "org", 2) &&
	    next_line(r) && is_line(r, "number", 2) &&
	    read_count(r->word[1], &c->c.number) &&
	    next_line(r) && is_line(r, "at", 2) &&
	    read_count(r->word[1], &c->c.at_ms) &&
	    next_line(r) && is_line(r, "hq/all", 3) &&
	    copy_word(r->word[1], c->c.epoch, sizeof c->c.epoch) &&
	    read_count(r->word[2], &c->c.seq) &&
	    next_line(r) && is_line(r, "commit", 2) &&
	    copy_word(r->word[1], c->c.name, sizeof c->c.name);
}

static enum err_code read_body(struct reader *r, struct checkpoint_copy *c,
    struct err *e)
{
	struct state_row s;
	struct tip_row t;

	if (!read_head(r, c))
		return bad_line(r, e);
	while (next_line(r)) {
		if (is_line(r, "root", 2)) {
			c->c.chains = (int64_t)c->tips.n;
			return hex_decode(slice_str(r->word[1]), c->c.root,
			    SHA256_LEN) ? OK : bad_line(r, e);
		}
		if (is_line(r, "tip", 7) && read_tip(r, &t)) {
			if (tips_add(&c->tips, &t))
				return err_memory(e);
		} else if (is_line(r, "state", 4) && read_state(r, &s)) {
			if (state_add_row(c, &s))
				return err_memory(e);
		} else {
			break;
		}
	}
	return bad_line(r, e);
}

/* One armored signature at the beginning of what is left. */
static bool next_signature(struct reader *r, struct slice *armored)
{
	const unsigned char *end = r->left.n ? memmem(r->left.p, r->left.n,
	    SIGNATURE_END, sizeof SIGNATURE_END - 1) : NULL;
	size_t n;

	if (!end)
		return false;
	n = (size_t)(end - r->left.p) + sizeof SIGNATURE_END - 1;
	*armored = slice_of(r->left.p, n);
	for (size_t i = 0; i < n; i++)
		r->line += r->left.p[i] == '\n';
	r->left = slice_of(r->left.p + n, r->left.n - n);
	return true;
}

/* Who has cosigned it: the nodes of the roster. own: ERR_EXISTS for us. */
static enum err_code read_cosigned(struct node *n, struct reader *r,
    struct slice body, const char *own, struct checkpoint_copy *c,
    struct err *e)
{
	struct slice armored;
	char code[SHA_HEX];
	enum err_code rc = OK;

	while (!rc && r->left.n) {
		if (!next_line(r) || !is_line(r, "cosigned", 2))
			return bad_line(r, e);
		memcpy(code, r->word[1], sizeof code);
		if (own && strcmp(code, own) == 0)
			return err_set(e, ERR_EXISTS, _("it is cosigned by %s "
			    "already"), own);
		if (!next_signature(r, &armored))
			return bad_line(r, e);
		rc = check_signature(n, code, COSIGN_NAMESPACE, body, armored,
		    e);
		if (rc)
			err_in(e, _("the cosignature of %s"), code);
		c->cosigned++;
	}
	return rc;
}

static enum err_code same_text(struct node *n, const struct checkpoint_copy *c,
    struct slice body, struct err *e)
{
	struct buf again = BUF_INIT;
	enum err_code rc;

	rc = body_text(store_identity(n->store)->org, c, &again, e);
	if (!rc && !slice_eq(slice_buf(&again), body))
		rc = err_set(e, ERR_FORMAT, _("it is not a checkpoint of this "
		    "organisation, letter by letter"));
	buf_release(&again);
	return rc;
}

/* text into c, all of it verified; *body: what is signed. */
static enum err_code from_text(struct node *n, struct slice text,
    const char *own, struct checkpoint_copy *c, struct slice *body,
    struct err *e)
{
	struct reader r = { .left = text };
	struct slice armored;
	char hq[17];
	enum err_code rc;

	rc = read_body(&r, c, e);
	if (rc)
		return rc;
	*body = slice_of(text.p, text.n - r.left.n);
	if (!next_signature(&r, &armored))
		return bad_line(&r, e);
	rc = same_text(n, c, *body, e);
	if (!rc)
		rc = hq_author(n, hq, e);
	if (!rc)
		rc = check_signature(n, hq, CHECKPOINT_NAMESPACE, *body,
		    armored, e);
	if (!rc)
		rc = read_cosigned(n, &r, *body, own, c, e);
	return rc ? rc : check_root(c, e);
}

/* ---- from a file or the store ---- */

/* The commit that carries it must be signed as hq/all is. */
static enum err_code check_carrier(struct node *n,
    const struct checkpoint_row *c, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct changeset_row row;
	struct link l = {0};
	char hq[17];
	enum err_code rc;

	rc = changeset_get(n->store, "hq/all", c->epoch, c->seq, &row, e);
	if (!rc)
		rc = link_open(n, row.commit, &l, e);
	if (!rc && strcmp(l.sha256, c->name) != 0)
		rc = err_set(e, ERR_SPLIT, _("the repository has another "
		    "changeset %lld of hq/all"), (long long)c->seq);
	if (!rc)
		rc = hq_author(n, hq, e);
	if (!rc && c->seq == 1)
		rc = sshsig_verify(id->root_key, "git", slice_buf(&l.text),
		    slice_buf(&l.armored), e);
	else if (!rc)
		rc = check_signature(n, hq, "git", slice_buf(&l.text),
		    slice_buf(&l.armored), e);
	link_release(&l);
	return rc;
}

static enum err_code from_store(struct node *n, const char *what,
    struct checkpoint_copy *out, struct err *e)
{
	struct checkpoint_row r;
	enum err_code rc;

	rc = checkpoint_named(n->store, what, &r, e);
	if (!rc && !r.number) {
		err_set(e, ERR_NOT_FOUND, _("there is no checkpoint %s here"),
		    what);
		return err_hint(e, _("'wellhead checkpoint list' shows them; "
		    "a file is named by its path"));
	}
	if (!rc)
		rc = from_row(n, &r, out, e);
	return rc ? rc : check_carrier(n, &r, e);
}

enum err_code checkpoint_load(struct node *n, const char *what,
    struct checkpoint_copy *out, struct err *e)
{
	struct buf text = BUF_INIT;
	struct slice body;
	enum err_code rc;

	*out = (struct checkpoint_copy){0};
	rc = node_repo(n, e);
	if (rc)
		return rc;
	if (!file_exists(what)) {
		rc = from_store(n, what, out, e);
	} else {
		rc = file_read(what, CHECKPOINT_FILE_MAX, &text, e);
		if (!rc)
			rc = from_text(n, slice_buf(&text), NULL, out, &body,
			    e);
	}
	buf_release(&text);
	if (rc)
		checkpoint_release(out);
	return rc ? err_in(e, _("checkpoint %s"), what) : OK;
}

/* ---- cosigning ---- */

/* Does what we have speak against it? */
static enum err_code check_against(struct node *n,
    const struct checkpoint_copy *c, struct err *e)
{
	struct checkpoint_row known;
	struct changeset_row have;
	char sha[SHA_HEX];
	enum err_code rc;

	rc = checkpoint_named(n->store, c->c.name, &known, e);
	if (!rc && known.number &&
	    memcmp(known.root, c->c.root, SHA256_LEN) != 0)
		rc = err_set(e, ERR_SPLIT, _("this node has another root "
		    "under that name"));
	if (!rc)
		rc = changeset_get(n->store, "hq/all", c->c.epoch, c->c.seq,
		    &have, e);
	if (!rc && have.seq && strcmp(have.sha256, c->c.name) != 0)
		rc = err_set(e, ERR_SPLIT, _("this node was shown another "
		    "changeset %lld of hq/all"), (long long)c->c.seq);
	for (size_t i = 0; !rc && i < c->tips.n; i++) {
		const struct tip_row *t = &c->tips.t[i];

		rc = changeset_get(n->store, t->chain, t->epoch, t->seq, &have,
		    e);
		hex_text(t->sha256, SHA256_LEN, sha);
		if (!rc && have.seq && strcmp(have.sha256, sha) != 0)
			rc = err_set(e, ERR_SPLIT, _("this node has another "
			    "changeset %lld of %s"), (long long)t->seq,
			    t->chain);
	}
	return rc;
}

enum err_code checkpoint_cosign(struct node *n, const char *path,
    struct buf *out, struct checkpoint_row *row, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct checkpoint_copy c = {0};
	struct buf armored = BUF_INIT;
	struct slice body = {0};
	enum err_code rc;

	rc = file_read(path, CHECKPOINT_FILE_MAX, out, e);
	if (!rc)
		rc = from_text(n, slice_buf(out), id->code, &c, &body, e);
	if (!rc)
		rc = check_against(n, &c, e);
	if (!rc)
		rc = node_key(n, e);
	if (!rc)
		rc = sshsig_sign(&n->key, COSIGN_NAMESPACE, body, &armored, e);
	if (!rc) {
		*row = c.c;
		buf_printf(out, COSIGNED "%s\n", id->code);
		buf_addb(out, slice_buf(&armored));
		rc = buf_ok(out, e);
	}
	buf_release(&armored);
	checkpoint_release(&c);
	return rc ? err_in(e, _("checkpoint %s"), path) : OK;
}
