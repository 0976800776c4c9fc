/* The pre-receive hook's checks.
 */
#include <stdlib.h>

#include "base/text.h"
#include "chain_impl.h"
#include "lost.h"
#include "mail.h"
#include "receive.h"
#include "signer.h"

/* One push of more would be looked at for too long; a node that has so many
 * sends them in parts. */
#define PUSH_MAX 200000
#define HEADS "refs/heads/"

struct update {
	char old[OID_HEX], new[OID_HEX];	/* "" for git's zeros */
	char ref[120];
};

/* ---- one line of git's ---- */

static bool read_oid(struct slice s, char out[OID_HEX])
{
	unsigned char raw[20];
	static const unsigned char zero[20];

	if (s.n < OID_HEX - 1 ||
	    !hex_decode(slice_of(s.p, OID_HEX - 1), raw, sizeof raw))
		return false;
	hex_text(raw, sizeof raw, out);
	if (memcmp(raw, zero, sizeof raw) == 0)
		out[0] = '\0';
	return true;
}

static enum err_code read_update(struct slice line, struct update *u,
    struct err *e)
{
	const size_t head = 2 * OID_HEX;

	if (line.n <= head || line.n - head >= sizeof u->ref ||
	    line.p[OID_HEX - 1] != ' ' || line.p[head - 1] != ' ' ||
	    !read_oid(line, u->old) ||
	    !read_oid(slice_of(line.p + OID_HEX, line.n - OID_HEX), u->new))
		return err_set(e, ERR_FORMAT, _("a line is not \"OLD NEW "
		    "REF\", as git gives them to a pre-receive hook"));
	snprintf(u->ref, sizeof u->ref, "%.*s", (int)(line.n - head),
	    (const char *)line.p + head);
	return OK;
}

/* ---- one chain ---- */

struct check {
	struct node *n;
	const struct receive *r;
	const struct update *u;
	struct position at;	/* of the last changeset that is good */
	struct keyring keys;
	struct link l;
};

static void step(struct check *c)
{
	c->at.seq = c->l.h.seq;
	memcpy(c->at.epoch, c->l.h.epoch, sizeof c->at.epoch);
	memcpy(c->at.commit, c->l.commit, sizeof c->at.commit);
	memcpy(c->at.sha256, c->l.sha256, sizeof c->at.sha256);
}

/* Where the chain stands by what the ref was until now: that passed here
 * before, or was taken in. */
static enum err_code start_at_old(struct check *c, struct err *e)
{
	enum err_code rc;

	if (!c->u->old[0])
		return OK;
	rc = link_open(c->n, c->u->old, &c->l, e);
	if (!rc)
		step(c);
	return rc;
}

/* What waits to be taken in may have changed the node's key: learn that from
 * the changesets between the store's position and the ref. */
static enum err_code learn_waiting(struct check *c, struct err *e)
{
	struct position taken = {0};
	struct buf list = BUF_INIT;
	char commit[OID_HEX];
	enum err_code rc;

	rc = keyring_load(&c->keys, c->n->store, e);
	if (!rc && c->at.seq)
		rc = position_get(c->n->store, c->at.chain, c->at.epoch,
		    &taken, e);
	if (rc || taken.seq >= c->at.seq)
		return rc;
	rc = chain_commits(c->n, c->at.commit, &taken, &list, e);
	for (size_t at = 0; !rc && at + OID_HEX <= list.n; at += OID_HEX) {
		snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
		    (const char *)list.p + at);
		rc = link_open(c->n, commit, &c->l, e);
		if (!rc)
			rc = link_signer(&c->l, c->l.signer, e);
		if (!rc)
			rc = keyring_link(c->n, &c->keys, &c->l, e);
	}
	buf_release(&list);
	return rc;
}

/* The new commits, newest first. Each tells its number, so that what does
 * not lead back to the old one is noticed without walking on for ever. */
static enum err_code list_new(struct check *c, struct buf *list,
    struct err *e)
{
	char at[OID_HEX];
	int64_t seq;
	enum err_code rc = link_open(c->n, c->u->new, &c->l, e);

	if (rc)
		return rc;
	seq = c->l.h.seq;
	if (seq <= c->at.seq)
		return err_set(e, ERR_CHAIN, _("it ends at changeset %lld, "
		    "but %lld are here already: a chain is never turned "
		    "back"), (long long)seq, (long long)c->at.seq);
	if (seq - c->at.seq > PUSH_MAX)
		return err_set(e, ERR_TOO_BIG, _("more than %d changesets "
		    "were sent at once"), PUSH_MAX);
	memcpy(at, c->u->new, sizeof at);
	for (; seq > c->at.seq; seq--) {
		if (at[0])
			rc = link_open(c->n, at, &c->l, e);
		if (rc)
			return rc;
		if (!at[0] || c->l.h.seq != seq)
			return err_set(e, ERR_CHAIN, _("changeset %lld is "
			    "missing"), (long long)seq);
		buf_add(list, at, sizeof at);
		memcpy(at, c->l.h.parent, sizeof at);
	}
	if (strcmp(at, c->at.commit) != 0)
		return err_set(e, ERR_CHAIN, _("changeset %lld does not "
		    "follow the one that is here"), (long long)seq + 1);
	return buf_ok(list, e);
}

/* Who was invited must show it in the first changeset. */
static enum err_code check_enrolment(struct check *c, struct err *e)
{
	struct batch b;
	struct roster_row row;
	enum err_code rc;

	batch_init(&b, c->n->catalogue);
	rc = link_batch(c->n, &c->l, &b, e);
	if (!rc)
		rc = enrol_check(c->n, c->at.chain, c->l.signer, &b, &row, e);
	batch_release(&b);
	return rc;
}

/* One by one as ingest would take them, with the keys in memory. */
static enum err_code check_link(struct check *c, const char *commit,
    struct err *e)
{
	unsigned char key[KEY_PUBLIC];
	struct roster_row row;
	bool invited = c->at.seq == 0 &&
	    chain_writer(c->n, c->at.chain, &row, e) == ERR_KEY;
	enum err_code rc = OK;

	/* nothing is read for a stranger; a relay leaves him to headquarters */
	if (invited && !c->r->relay)
		rc = enrol_key(c->n, c->at.chain, commit, key, e);
	if (!rc)
		rc = link_open(c->n, commit, &c->l, e);
	if (!rc)
		rc = link_place(c->n, &c->l, &c->at, e);
	if (!rc && (!invited || c->r->relay))
		rc = link_signer(&c->l, key, e);
	if (!rc && !invited)
		rc = keyring_check(c->n, &c->keys, &c->l.h, key, e);
	if (!rc)
		rc = link_proof(c->n, &c->l, key, e);
	if (!rc && invited && !c->r->relay)
		rc = check_enrolment(c, e);
	return rc ? rc : keyring_link(c->n, &c->keys, &c->l, e);
}

static enum err_code check_next(struct check *c, const char *commit,
    struct err *e)
{
	if (check_link(c, commit, e) != OK)
		return err_in(e, _("changeset %lld"),
		    (long long)c->at.seq + 1);
	step(c);
	return OK;
}

static enum err_code check_chain(struct node *n, const struct receive *r,
    const struct update *u, const char *chain, const char *epoch8,
    struct err *e)
{
	struct check c = { .n = n, .r = r, .u = u };
	struct buf list = BUF_INIT;
	enum err_code rc;

	snprintf(c.at.chain, sizeof c.at.chain, "%s", chain);
	snprintf(c.at.epoch, sizeof c.at.epoch, "%s", epoch8);
	rc = start_at_old(&c, e);
	if (!rc)
		rc = learn_waiting(&c, e);
	if (!rc)
		rc = list_new(&c, &list, e);
	for (size_t at = list.n; !rc && at >= OID_HEX; at -= OID_HEX)
		rc = check_next(&c, (const char *)list.p + at - OID_HEX, e);
	link_release(&c.l);
	keyring_release(&c.keys);
	buf_release(&list);
	return rc;
}

/* ---- one ref ---- */

/* A letter box: one blob, written over again and again. */
static enum err_code check_mail(struct node *n, const struct update *u,
    struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc;

	rc = repo_read(n->repo, u->new, OBJECT_BLOB, MAIL_MAX, &b, e);
	buf_release(&b);
	return rc;
}

/* "TC" of the four kinds of refs that the node TC writes, with hq also of
 * headquarters' chains; "" for others. */
static void owner_of(const char *ref, bool hq, char chain[CHAIN_NAME],
    char epoch8[9], char code[17])
{
	const size_t mail = sizeof MAIL_REFS - 1;
	const char *slash;

	code[0] = chain[0] = '\0';
	if (strncmp(ref, MAIL_REFS, mail) == 0) {
		if (chain_code_ok(slice_str(ref + mail)))
			snprintf(code, 17, "%.16s", ref + mail);
	} else if (strncmp(ref, LOST_REFS, sizeof LOST_REFS - 1) == 0) {
		(void)lost_of_ref(ref + sizeof "refs/" - 1, chain, epoch8,
		    code);
	} else if (chain_of_ref(ref, HEADS, chain, epoch8) &&
	    (hq || !chain_hq_branch(chain))) {
		slash = strchr(chain, '/');
		snprintf(code, 17, "%.16s", slash ? slash + 1 : "");
	}
}

static enum err_code check_update(struct node *n, const struct receive *r,
    const struct update *u, struct err *e)
{
	char chain[CHAIN_NAME] = "", epoch8[9] = "", code[17] = "";

	owner_of(u->ref, r->relay, chain, epoch8, code);
	if (!code[0])
		return err_set(e, ERR_FOREIGN, _("only a node's own chain is "
		    "taken here, refs/heads/node/CODE/EPOCH"));
	if (r->sender && strcmp(code, r->sender) != 0)
		return err_set(e, ERR_FOREIGN, _("it belongs to the node %s, "
		    "but the key of this connection is that of %s"), code,
		    r->sender);
	if (!u->new[0])
		return err_set(e, ERR_CHAIN, _("a chain is never deleted"));
	return chain[0] ? check_chain(n, r, u, chain, epoch8, e)
	    : check_mail(n, u, e);
}

enum err_code receive_check(struct node *n, const struct receive *r,
    struct slice lines, struct err *e)
{
	struct update u = {0};
	enum err_code rc = node_repo(n, e);

	if (!rc && r->quarantine)
		rc = repo_incoming(n->repo, r->quarantine, e);
	while (!rc && lines.n) {
		const unsigned char *end = memchr(lines.p, '\n', lines.n);
		size_t len = end ? (size_t)(end - lines.p) : lines.n;

		rc = read_update(slice_of(lines.p, len), &u, e);
		if (rc)
			break;
		rc = check_update(n, r, &u, e);
		if (rc)
			return err_in(e, "%s", u.ref);
		lines = end ? slice_of(end + 1, lines.n - len - 1)
		    : slice_of(NULL, 0);
	}
	return rc;
}
