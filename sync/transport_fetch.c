#include "transport_work.h"

#define CAPS "side-band-64k ofs-delta no-progress agent=wellhead"

/* Ask for what our refs do not have yet; wants counts them. Having a commit
 * is not enough to leave it out: only what a ref reaches is known to be
 * whole. */
static enum err_code add_wants(struct work *k, struct buf *ask,
    size_t *wants, struct err *e)
{
	char there[OID_HEX], here[OID_HEX], own[OID_HEX];
	size_t i;

	*wants = 0;
	for (i = 0; i < k->n; i++) {
		work_ref(k, k->spec[i].from, there);
		if (there[0] == '\0')
			continue;
		if (repo_ref_get(k->repo, k->spec[i].to, here, e) != OK ||
		    repo_ref_get(k->repo, k->spec[i].from, own, e) != OK)
			return e->code;
		if (strcmp(there, here) == 0 || strcmp(there, own) == 0)
			continue;
		wire_pkt(ask, "want %s%s\n", there, *wants == 0
		    ? " " CAPS : "");
		++*wants;
	}
	return OK;
}

/* Each chain is a line, so one tip that we have says all. A second one of
 * the same line would be acknowledged a second time. */
static enum err_code add_haves(struct work *k, struct buf *ask,
    struct err *e)
{
	char here[OID_HEX];
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (repo_ref_get(k->repo, k->spec[i].to, here, e) != OK)
			return e->code;
		if (here[0] == '\0' &&
		    repo_ref_get(k->repo, k->spec[i].from, here, e) != OK)
			return e->code;
		if (here[0] != '\0')
			wire_pkt(ask, "have %s\n", here);
	}
	return OK;
}

static enum err_code exchange(struct work *k, struct buf *ask, struct err *e)
{
	struct slice line;
	enum pkt kind;

	if (add_haves(k, ask, e) != OK)
		return e->code;
	wire_pkt(ask, "done\n");
	if (buf_ok(ask, e) != OK ||
	    wire_write(&k->wire, slice_buf(ask), e) != OK)
		return e->code;
	/* One answer, ACK or NAK, whichever: the pack comes next. */
	if (wire_read(&k->wire, &kind, &line, e) != OK)
		return e->code;
	if (kind != PKT_DATA || line.n < 3 ||
	    (memcmp(line.p, "ACK", 3) != 0 && memcmp(line.p, "NAK", 3) != 0))
		return err_set(e, ERR_FORMAT,
		    _("the remote answered out of order"));
	return work_pack(k, e);
}

static enum err_code take_one(struct work *k, const struct refspec *s,
    struct err *e)
{
	struct buf oids = BUF_INIT;
	char there[OID_HEX], here[OID_HEX];
	enum err_code rc;

	work_ref(k, s->from, there);
	if (there[0] == '\0')
		return OK;
	rc = repo_ref_get(k->repo, s->to, here, e);
	if (rc != OK || strcmp(there, here) == 0)
		return rc;
	if (!s->force && here[0] != '\0') {
		rc = work_commits(k, there, here, &oids, e);
		if (rc == ERR_CHAIN)
			err_in(e, _("the remote's %s"), s->from);
	}
	if (rc == OK)
		rc = repo_ref_set(k->repo, s->to, here, there, e);
	buf_release(&oids);
	return rc;
}

enum err_code work_take(struct work *k, struct err *e)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (take_one(k, &k->spec[i], e) != OK)
			return e->code;
	return OK;
}

enum err_code work_fetch(struct work *k, struct err *e)
{
	struct buf ask = BUF_INIT;
	enum err_code rc;
	size_t wants;

	rc = work_greet(k, "upload-pack", e);
	if (rc == OK)
		rc = add_wants(k, &ask, &wants, e);
	if (rc == OK) {
		buf_adds(&ask, "0000");
		rc = wants > 0 ? exchange(k, &ask, e)
		    : wire_write(&k->wire, slice_buf(&ask), e);
	}
	buf_release(&ask);
	if (rc == OK)
		rc = wire_close(&k->wire, e);
	return rc == OK ? work_take(k, e) : rc;
}
