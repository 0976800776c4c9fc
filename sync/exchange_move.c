/* What one sync moves: the refs it asks for, the chains it sends.
 */
#include <stdlib.h>

#include "epoch.h"
#include "base/list.h"
#include "exchange_impl.h"
#include "lost.h"
#include "mail.h"

static enum err_code want(struct exchange *x, const char *from,
    const char *to, bool force, struct err *e)
{
	struct refspec *s = list_grow(x->spec, x->nspec, &x->cap, sizeof *s);

	if (!s)
		return err_memory(e);
	x->spec = s;
	s += x->nspec++;
	snprintf(s->from, sizeof s->from, "%s", from);
	snprintf(s->to, sizeof s->to, "%s", to);
	s->force = force;
	s->base[0] = '\0';
	return OK;
}

void exchange_tracking(const struct exchange *x, const char *head,
    char to[120])
{
	snprintf(to, 120, TRACKING "%s/%.60s", x->remote->name,
	    head + strlen("refs/heads/"));
}

/* refs/heads/X there to refs/remotes/<name>/X here. A rewound ref is taken
 * as it is: ingest must see it to refuse it. */
enum err_code exchange_want(struct exchange *x, const char *head,
    struct err *e)
{
	char to[120];

	exchange_tracking(x, head, to);
	return want(x, head, to, true, e);
}

enum err_code exchange_want_lost(struct exchange *x, const char *code,
    struct err *e)
{
	char from[80], to[120];

	snprintf(from, sizeof from, LOST_REFS "%s%s*", code ? code : "",
	    code ? "/" : "");
	snprintf(to, sizeof to, TRACKING "%s/%.60s", x->remote->name,
	    from + strlen("refs/"));
	return want(x, from, to, true, e);
}

enum err_code exchange_give(struct exchange *x, const char *from,
    const char *to, struct err *e)
{
	return want(x, from, to, true, e);
}

struct letters {
	struct exchange *x;
	const char *prefix;
	enum err_code rc;
	struct err *e;
};

static enum err_code want_letter(struct exchange *x, const char *prefix,
    const char *code, struct err *e)
{
	char ref[80], to[120];

	snprintf(ref, sizeof ref, MAIL_REFS "%.3s%.16s", prefix, code);
	mail_tracking(x->remote->name, ref, to);
	return want(x, ref, to, true, e);
}

static int want_of(void *arg, const struct roster_row *r)
{
	struct letters *l = arg;

	if (strcmp(r->kind, "hq") != 0)
		l->rc = want_letter(l->x, l->prefix, r->code, l->e);
	return l->rc != OK;
}

enum err_code exchange_want_letters(struct exchange *x, const char *prefix,
    struct err *e)
{
	struct letters l = { .x = x, .prefix = prefix, .e = e };
	enum err_code rc = roster_each(x->n->store, want_of, &l, e);

	return rc ? rc : l.rc;
}

enum err_code exchange_want_mail(struct exchange *x, struct err *e)
{
	const struct identity *id = store_identity(x->n->store);

	return id->hq ? exchange_want_letters(x, "", e) :
	    want_letter(x, "hq/", id->code, e);
}

/* A transfer is over, whatever became of it: the store again. A stick is read
 * and written with the store open. */
static enum err_code back(struct exchange *x, enum err_code rc,
    struct err *e)
{
	struct err second;
	enum err_code woken = node_wake(x->n, &second);

	if (woken)
		*e = second;
	return woken ? woken : rc;
}

/* The transfer's own error is the one to tell. */
static enum err_code moved(struct exchange *x, const struct transfer *t,
    enum err_code rc, struct err *e)
{
	struct err second;
	enum err_code noted = x->n->store ? exchange_moved(x, t, &second) :
	    OK;

	if (rc || !noted)
		return rc;
	*e = second;
	return noted;
}

enum err_code exchange_fetch(struct exchange *x, struct err *e)
{
	struct transfer t;
	enum err_code rc = OK;

	if (x->nspec)
		rc = exchange_limits(x, &t, e);
	if (x->nspec && !rc) {
		if (!exchange_by_hand(x))
			node_rest(x->n);
		rc = transport_fetch(repo_path(x->n->repo), x->remote->url,
		    x->spec, x->nspec, &t, e);
		rc = back(x, rc, e);
		rc = moved(x, &t, rc, e);
	}
	x->nspec = 0;
	if (rc)
		err_in(e, _("fetching from %s"), x->remote->name);
	return rc;
}

/* ---- sending ---- */

/* hq/HQ holds what concerns headquarters alone: it is not sent anywhere. */
bool exchange_sends(struct store *s, const struct position *p)
{
	return p->seq && strcmp(p->chain, "hq/HQ") != 0 &&
	    epoch_sends(s, p);
}

/* Files have their turn after all else; a stick carries everything. */
static bool has_turn(const struct exchange *x, const struct position *p)
{
	return exchange_sends(x->n->store, p) &&
	    (exchange_by_hand(x) ||
	     (chain_file_code(p->chain) != NULL) == x->files);
}

static enum err_code push_specs(struct exchange *x,
    const struct positions *ps, bool all, struct err *e)
{
	enum err_code rc = OK;
	char ref[80];

	for (size_t i = 0; !rc && i < ps->n; i++) {
		const struct position *p = &ps->p[i];
		int64_t sent = 0;

		if (!has_turn(x, p))
			continue;
		rc = sent_get(x->n->store, x->remote->name, p->chain,
		    p->epoch, &sent, e);
		if (rc || (sent >= p->seq && !all))
			continue;
		rc = chain_ref_now(x->n, p->chain, p->epoch, ref, e);
		/* a new epoch of hq/... takes the place of the one before */
		if (!rc)
			rc = want(x, ref, ref, !sent &&
			    store_identity(x->n->store)->hq, e);
	}
	return rc;
}

static int want_answer(void *arg, const char *ref)
{
	struct letters *l = arg;

	l->x->mail = true;
	l->rc = want(l->x, ref, ref, true, l->e);
	return l->rc != OK;
}

static enum err_code push_letters(struct exchange *x, struct err *e)
{
	struct letters l = { .x = x, .e = e };
	char ref[80];
	enum err_code rc;

	x->mail = false;
	if (x->files)
		return OK;
	rc = mail_due(x->n, x->remote->name, &x->mail, e);
	snprintf(ref, sizeof ref, MAIL_REFS "%.16s",
	    store_identity(x->n->store)->code);
	if (!rc && x->mail)
		return want(x, ref, ref, true, e);
	if (rc || !store_identity(x->n->store)->hq)
		return rc;
	rc = mail_answers_due(x->n, x->remote->name, want_answer, &l, e);
	return rc ? rc : l.rc;
}

/* In a transaction, after a push. */
static enum err_code note_letters(struct exchange *x, enum err_code sent,
    struct err *e)
{
	if (!x->mail)
		return OK;
	if (sent)
		return mail_size(x->n, false, e);
	if (store_identity(x->n->store)->hq)
		return mail_answers_sent(x->n, x->remote->name, e);
	return mail_sent(x->n, x->remote->name, e) ? e->code :
	    mail_size(x->n, true, e);
}

/* The remote has chain up to seq. */
static enum err_code note(struct exchange *x, const char *chain,
    const char *epoch, int64_t seq, struct err *e)
{
	int64_t sent = 0;
	enum err_code rc = sent_get(x->n->store, x->remote->name, chain,
	    epoch, &sent, e);

	if (rc || sent >= seq)
		return rc;
	x->out->pushed += (size_t)(seq - sent);
	return sent_set(x->n->store, x->remote->name, chain, epoch, seq, e);
}

static enum err_code note_all(struct exchange *x, const struct positions *ps,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < ps->n; i++)
		if (has_turn(x, &ps->p[i]))
			rc = note(x, ps->p[i].chain, ps->p[i].epoch,
			    ps->p[i].seq, e);
	return rc;
}

/* "oid ref\n" for each slice that arrived before the link broke. */
static enum err_code note_landed(struct exchange *x, const struct buf *lines,
    struct err *e)
{
	const char *at = (const char *)lines->p;
	struct link l = {0};
	char oid[OID_HEX];
	enum err_code rc = OK;

	for (; !rc && lines->n && *at; at = strchr(at, '\n') + 1) {
		if (!strchr(at, '\n'))
			break;
		if (strcspn(at, "\n") <= OID_HEX ||
		    strncmp(at + OID_HEX, "refs/heads/", 11) != 0)
			continue;
		snprintf(oid, sizeof oid, "%s", at);
		rc = link_open(x->n, oid, &l, e);
		if (!rc)
			rc = note(x, l.h.chain, l.h.epoch, l.h.seq, e);
	}
	link_release(&l);
	return rc;
}

/* The push's own error is the one to tell. */
static enum err_code note_sent(struct exchange *x, const struct positions *ps,
    const struct buf *landed, enum err_code rc, struct err *e)
{
	struct err second;
	enum err_code noted = store_begin(x->n->store, &second);

	if (!noted)
		noted = rc ? note_landed(x, landed, &second)
		    : note_all(x, ps, &second);
	if (!noted)
		noted = note_letters(x, rc, &second);
	if (!noted)
		noted = store_commit(x->n->store, &second);
	if (noted)
		store_rollback(x->n->store);
	if (rc || !noted)
		return rc;
	*e = second;
	return noted;
}

enum err_code exchange_note_sent(struct exchange *x,
    const struct positions *ps, struct err *e)
{
	return note_sent(x, ps, NULL, OK, e);
}

/* landed may be NULL. */
static enum err_code send(struct exchange *x, struct buf *landed,
    struct err *e)
{
	struct transfer t;
	enum err_code rc = exchange_limits(x, &t, e);

	if (rc)
		return rc;
	t.landed = landed;
	node_rest(x->n);
	rc = transport_push(repo_path(x->n->repo), x->remote->url, x->spec,
	    x->nspec, &t, e);
	rc = back(x, rc, e);
	/* a link that never came up says nothing of letters */
	x->mail &= !rc || t.sent > SLICE_MIN;
	return moved(x, &t, rc, e);
}

enum err_code exchange_give_all(struct exchange *x, struct err *e)
{
	enum err_code rc = send(x, NULL, e);

	return rc ? err_in(e, _("sending to %s"), x->remote->name) : OK;
}

enum err_code exchange_push(struct exchange *x, bool all, struct err *e)
{
	struct positions ps = {0};
	struct buf landed = BUF_INIT;
	enum err_code rc;

	if (exchange_by_hand(x))
		return exchange_carry(x, e);
	rc = positions_load(x->n->store, &ps, e);
	if (!rc)
		rc = push_specs(x, &ps, all, e);
	if (!rc)
		rc = push_letters(x, e);
	if (rc || x->nspec == 0)
		goto done;
	rc = send(x, &landed, e);
	if (x->n->store)
		rc = note_sent(x, &ps, &landed, rc, e);
	if (rc)
		err_in(e, _("sending to %s"), x->remote->name);
done:
	x->nspec = 0;
	buf_release(&landed);
	positions_release(&ps);
	return rc;
}

static enum err_code count_unsent(struct exchange *x, size_t *n,
    struct err *e)
{
	struct positions ps = {0};
	enum err_code rc = positions_load(x->n->store, &ps, e);

	*n = 0;
	for (size_t i = 0; !rc && i < ps.n; i++) {
		const struct position *p = &ps.p[i];
		int64_t sent = 0;

		if (!exchange_sends(x->n->store, p))
			continue;
		rc = sent_get(x->n->store, x->remote->name, p->chain,
		    p->epoch, &sent, e);
		if (sent < p->seq)
			*n += (size_t)(p->seq - sent);
	}
	positions_release(&ps);
	return rc;
}

enum err_code exchange_unsent(struct exchange *x, enum err_code rc,
    struct err *e)
{
	struct err second;
	size_t n = 0;

	if (!x->n->store)	/* it could not be opened again */
		return rc;
	if (count_unsent(x, &n, &second)) {
		if (!rc)
			*e = second;
		return rc ? rc : second.code;
	}
	x->out->unsent += n;
	if (n && (rc == ERR_BUDGET || rc == ERR_DEADLINE))
		err_hint(e, _("%zu changesets are left to send; the next sync "
		    "goes on where this one stopped"), n);
	return rc;
}
