/* Headquarters' letters: what nodes tell and ask, and the answers. */
#include <stdlib.h>

#include "base/list.h"
#include "mail_impl.h"
#include "record_cell.h"
#include "sealed_value.h"
#include "signer.h"

/* A link that is cut often carries no more than this whole, and a letter
 * cannot be carried in parts. The next one has the rest. */
#define ANSWER_MAX (64 << 10)
#define ASK_MAX 1000

struct readers {		/* nodes whose keys stand */
	struct roster_row *r;
	size_t n, cap;
	bool failed;
};

static int add_reader(void *arg, const struct roster_row *r)
{
	struct readers *rs = arg;
	struct roster_row *more;

	if (strcmp(r->kind, "hq") == 0)
		return 0;
	more = list_grow(rs->r, rs->n, &rs->cap, sizeof *more);
	rs->failed = !more;
	if (!more)
		return 1;
	rs->r = more;
	rs->r[rs->n++] = *r;
	return 0;
}

static enum err_code readers_load(struct node *n, struct readers *rs,
    struct err *e)
{
	enum err_code rc = readers_each(n, "all", add_reader, rs, e);

	return !rc && rs->failed ? err_memory(e) : rc;
}

static bool may_read_all(const struct roster_row *r)
{
	return strcmp(r->kind, "auditor") == 0;
}

/* Where a node's mail key is kept. */
static void reply_name(const struct roster_row *r, char out[META_NAME])
{
	snprintf(out, META_NAME, "mail-key.%.16s", r->code);
}

/* ---- what came ---- */

struct incoming {
	struct node *n;
	const char *remote;
	const struct roster_row *from;
	bool all;		/* every key opened something, or was here */
};

static enum err_code take_key(void *arg, stamp_t stamp, const char *field,
    const unsigned char key[RECORD_KEY_LEN], struct err *e)
{
	struct incoming *in = arg;
	bool known;
	enum err_code rc = record_cell_key(in->n->store, stamp, field, key,
	    &known, e);

	in->all &= known;
	return rc;
}

static enum err_code take_want(void *arg, stamp_t stamp, const char *field,
    struct err *e)
{
	struct incoming *in = arg;

	return record_key_want(in->n->store, in->remote, in->from->code,
	    stamp, field, may_read_all(in->from) ? NULL : in->from->branch,
	    e);
}

static enum err_code take_letter(struct incoming *in, const char *oid,
    const char *name, struct err *e)
{
	char reply[META_NAME];
	const struct letter_reader r = { reply, take_key, take_want, in };
	struct store *s = in->n->store;
	struct err bad;
	enum err_code rc = store_begin(s, e);

	if (rc)
		return rc;
	reply_name(in->from, reply);
	rc = record_key_want_none(s, in->remote, in->from->code, e);
	if (!rc && letter_read(in->n, oid, &r, &bad) &&
	    !letter_is_bad(bad.code)) {
		*e = bad;
		rc = bad.code;
	}
	if (!rc)
		rc = mail_meta_set(in->n, name, oid, e);
	if (!rc)
		rc = store_commit(s, e);
	if (rc)
		store_rollback(s);
	return rc;
}

/* A letter in our own repository is taken out of the box, unless some of its
 * keys are for what has yet to come. */
static enum err_code empty_box(const struct incoming *in, const char *ref,
    const char *oid, struct err *e)
{
	enum err_code rc;

	if (in->remote[0] || !in->all)
		return OK;
	rc = repo_ref_end(in->n->repo, ref, oid, e);
	if (rc == ERR_BUSY)
		return OK;	/* another has just come */
	if (!rc)
		mail_drop(in->n, oid);
	return rc;
}

static enum err_code collect_from(struct incoming *in, bool again,
    struct err *e)
{
	char ref[80], at[120], name[META_NAME], oid[OID_HEX], was[OID_HEX];
	enum err_code rc;

	snprintf(ref, sizeof ref, MAIL_REFS "%.16s", in->from->code);
	snprintf(at, sizeof at, "%s", ref);
	if (in->remote[0])
		mail_tracking(in->remote, ref, at);
	snprintf(name, sizeof name, "mail-from.%.33s.%.16s", in->remote,
	    in->from->code);
	rc = repo_ref_get(in->n->repo, at, oid, e);
	if (rc || !oid[0])
		return rc;
	rc = mail_meta(in->n, name, was, sizeof was, e);
	if (rc || (strcmp(oid, was) == 0 && !again))
		return rc;
	rc = take_letter(in, oid, name, e);
	if (!rc)
		rc = empty_box(in, at, oid, e);
	if (!rc && strcmp(oid, was) != 0)
		mail_drop(in->n, was);
	return rc;
}

enum err_code mail_collect(struct node *n, const char *remote, bool again,
    struct err *e)
{
	struct readers rs = {0};
	enum err_code rc = readers_load(n, &rs, e);

	for (size_t i = 0; !rc && i < rs.n; i++) {
		struct incoming in = { .n = n, .from = &rs.r[i],
			.remote = remote ? remote : "", .all = true };

		rc = collect_from(&in, again, e);
	}
	free(rs.r);
	return rc;
}

/* ---- what goes out ---- */

static enum err_code compose(struct node *n, const struct roster_row *to,
    struct letter *l, struct err *e)
{
	char name[META_NAME];
	enum err_code rc;

	reply_name(to, name);
	l->most = ANSWER_MAX;
	rc = letter_start(n, l, to->key, name, e);
	if (!rc)
		rc = record_key_wanted(n->store, to->code, letter_add, l, e);
	if (rc || may_read_all(to))
		return rc;
	return sealed_value_walk(n->store, to->branch, ASK_MAX, letter_add, l,
	    e);
}

/* Every node has one, if only to know what to seal keys to. */
static enum err_code answer_one(struct node *n, const struct roster_row *to,
    struct err *e)
{
	struct letter l = {0};
	char ref[80], name[META_NAME], says[SHA_HEX];
	char now[SHA_HEX + 2], was[SHA_HEX + 2];
	enum err_code rc = compose(n, to, &l, e);

	snprintf(ref, sizeof ref, MAIL_REFS "hq/%.16s", to->code);
	snprintf(name, sizeof name, "mail-to.%.16s", to->code);
	if (!rc)
		rc = letter_name(&l, says, e);
	if (!rc)
		rc = mail_meta(n, name, was, sizeof was, e);
	snprintf(now, sizeof now, "%s %c", rc ? "" : says, letter_mark(&l));
	if (!rc && strcmp(now, was) != 0) {
		rc = letter_put(n, &l, ref, e);
		if (!rc)
			rc = mail_meta_set(n, name, now, e);
	}
	letter_release(&l);
	return rc;
}

enum err_code mail_answer(struct node *n, struct err *e)
{
	struct readers rs = {0};
	enum err_code rc = readers_load(n, &rs, e);

	if (!rc)
		rc = store_begin(n->store, e);
	for (size_t i = 0; !rc && i < rs.n; i++)
		rc = answer_one(n, &rs.r[i], e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	free(rs.r);
	return rc;
}

/* ---- to remotes ---- */

static void sent_name(const char *remote, const char *code,
    char out[META_NAME])
{
	snprintf(out, META_NAME, "mail.%.33s.%.16s", remote, code);
}

enum err_code mail_answer_carried(struct node *n, const char *remote,
    const char *code, bool *yes, struct err *e)
{
	char name[META_NAME], says[SHA_HEX + 2], ref[80];
	char oid[OID_HEX] = "", was[OID_HEX] = "";
	enum err_code rc;

	snprintf(name, sizeof name, "mail-to.%.16s", code);
	rc = mail_meta(n, name, says, sizeof says, e);
	snprintf(ref, sizeof ref, MAIL_REFS "hq/%.16s", code);
	if (!rc)
		rc = repo_ref_get(n->repo, ref, oid, e);
	sent_name(remote, code, name);
	if (!rc)
		rc = mail_meta(n, name, was, sizeof was, e);
	*yes = !rc && oid[0] && (strcmp(oid, was) != 0 ||
	    (strlen(says) == SHA_HEX + 1 && says[SHA_HEX] != '-'));
	return rc;
}

struct outgoing {
	struct node *n;
	const char *remote;
	mail_ref_fn fn;		/* NULL: note that they were sent */
	void *arg;
	struct err *e;
	enum err_code rc;
};

static int each_answer(void *arg, const char *ref, const char *oid)
{
	struct outgoing *o = arg;
	char name[META_NAME], was[OID_HEX];

	sent_name(o->remote, ref + strlen(MAIL_REFS "hq/"), name);
	o->rc = mail_meta(o->n, name, was, sizeof was, o->e);
	if (o->rc || strcmp(was, oid) == 0)
		return o->rc != OK;
	if (o->fn)
		return o->fn(o->arg, ref);
	o->rc = mail_meta_set(o->n, name, oid, o->e);
	return o->rc != OK;
}

enum err_code mail_answers_due(struct node *n, const char *remote,
    mail_ref_fn fn, void *arg, struct err *e)
{
	struct outgoing o = { n, remote, fn, arg, e, OK };
	enum err_code rc = repo_ref_each(n->repo, MAIL_REFS "hq/",
	    each_answer, &o, e);

	return rc ? rc : o.rc;
}

enum err_code mail_answers_sent(struct node *n, const char *remote,
    struct err *e)
{
	return mail_answers_due(n, remote, NULL, NULL, e);
}
