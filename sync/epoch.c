/* A new life begins: recorded before anything is sealed in it.
 */
#include <stdlib.h>

#include "base/date.h"
#include "chain_impl.h"
#include "checkpoint_row.h"
#include "hq_epoch.h"
#include "epoch.h"
#include "epoch_impl.h"
#include "hash.h"
#include "marker.h"

#define META_WHY "epoch_why"	/* meta: "<Unix ms> <word>" */
#define SKIP_BITS 22		/* of a clock's ticks: up to a minute */
#define HQ_SKIP_MS (5 * 60 * 1000)
#define HQ_SKIP_BITS 10		/* 16 ms: none is put back twice in that */

static const struct {
	const char *word, *text;
} reasons[EPOCH_WHY_COUNT] = {
	[EPOCH_COPIED] = { "copied", N_("this folder is a copy of another "
	    "one, or it was moved or restored") },
	[EPOCH_OLDER] = { "older", N_("the store was put back from an older "
	    "copy") },
	[EPOCH_GONE] = { "gone", N_("the folder's marker is missing: it was "
	    "restored from a backup") },
	[EPOCH_REPO] = { "repository", N_("the repository was put back from "
	    "an older copy") },
	[EPOCH_REMOTE] = { "remote", N_("the remote has changesets of this "
	    "node that are not in this store: it was restored, or another "
	    "copy of it is at work") },
	[EPOCH_REFUSED] = { "refused", N_("headquarters has refused "
	    "changesets of this node: another copy of it is at work") },
};

const char *epoch_text(enum epoch_why why)
{
	return _(reasons[why].text);
}

const char *epoch_word(enum epoch_why why)
{
	return reasons[why].word;
}

/* Another copy may be at work, and may not use the same stamps: by chance.
 * But each epoch of headquarters' begins after all before it, even those that
 * this copy knows nothing of: that follows from the wall clock, and from how
 * far stamps were ahead of it when the copy was made. */
static enum err_code leave_out(struct store *s, int64_t *ticks,
    struct err *e)
{
	bool hq = store_identity(s)->hq;
	int64_t lead = 0;
	uint32_t skip;
	enum err_code rc = hq ? checkpoint_lead(s, &lead, e) : OK;

	random_bytes(&skip, sizeof skip);
	skip &= (1u << (hq ? HQ_SKIP_BITS : SKIP_BITS)) - 1;
	if (lead > STAMP_AHEAD_MS)
		lead = STAMP_AHEAD_MS;
	if (hq && !rc)
		store_pass(s, stamp_after_ms(clock_ms() + lead + HQ_SKIP_MS));
	*ticks = 1 + (int64_t)skip;
	return rc;
}

enum err_code epoch_renew(struct store *s, enum epoch_why why, struct err *e)
{
	unsigned char random[16];
	char epoch[33], note[60];
	int64_t skip = 0;
	enum err_code rc = leave_out(s, &skip, e);

	random_bytes(random, sizeof random);
	hex_text(random, sizeof random, epoch);
	snprintf(note, sizeof note, "%lld %s", (long long)clock_ms(),
	    reasons[why].word);
	if (!rc)
		rc = epoch_lived(s, store_identity(s)->epoch, e);
	if (!rc)
		rc = store_renew(s, epoch, skip, e);
	if (!rc)
		rc = store_meta_set(s, META_WHY, slice_str(note), e);
	return rc;
}

void epoch_notice(struct node *n, enum epoch_why why)
{
	snprintf(n->notice, sizeof n->notice, _("%s; nothing is lost, and "
	    "what is entered from here on goes into a new epoch"),
	    epoch_text(why));
}

enum err_code epoch_start(struct node *n, enum epoch_why why, struct err *e)
{
	bool hq = store_identity(n->store)->hq;
	enum err_code rc;

	rc = store_begin(n->store, e);
	if (rc)
		return rc;
	/* it takes the root key: when something is to be sealed */
	rc = hq ? hq_epoch_need(n, e) : epoch_renew(n->store, why, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	if (!rc)
		rc = marker_note(n, e);
	if (!rc && !hq)
		epoch_notice(n, why);
	return rc;
}

enum err_code epoch_open(struct node *n, struct err *e)
{
	static const enum epoch_why why[] = {
		[MARKER_COPIED] = EPOCH_COPIED,
		[MARKER_OLDER] = EPOCH_OLDER,
		[MARKER_GONE] = EPOCH_GONE,
	};
	enum marker_state state;
	enum err_code rc = marker_check(n, &state, e);

	if (rc || state == MARKER_GOOD)
		return rc;
	return epoch_start(n, why[state], e);
}

enum err_code epoch_last(struct store *s, struct epoch_note *out,
    struct err *e)
{
	struct buf b = BUF_INIT;
	char *word = NULL;
	enum err_code rc = store_meta_get(s, META_WHY, &b, e);

	*out = (struct epoch_note){0};
	buf_addc(&b, '\0');
	if (!rc)
		rc = buf_ok(&b, e);
	if (!rc) {
		out->at_ms = strtoll((const char *)b.p, &word, 10);
		for (int i = 0; i < EPOCH_WHY_COUNT; i++)
			if (*word == ' ' &&
			    strcmp(word + 1, reasons[i].word) == 0)
				out->why = (enum epoch_why)i;
	}
	buf_release(&b);
	return rc;
}

/* ---- the lives of a store ---- */

/* meta: "life/<epoch>" is "-" for an epoch that this store has lived in; when
 * it is settled the numbers of struct life, after "+" if it was lived. */
static void life_name(const char *epoch, char out[48])
{
	snprintf(out, 48, "life/%.32s", epoch);
}

static enum err_code life_set(struct store *s, const char *epoch,
    const char *value, struct err *e)
{
	char name[48];

	life_name(epoch, name);
	return store_meta_set(s, name, slice_str(value), e);
}

enum err_code epoch_lived(struct store *s, const char *epoch, struct err *e)
{
	struct life l;
	enum err_code rc = epoch_life(s, epoch, &l, e);

	return rc || l.settled ? rc : life_set(s, epoch, "-", e);
}

enum err_code epoch_settled(struct store *s, const char *epoch,
    const struct life *l, struct err *e)
{
	char text[160];

	snprintf(text, sizeof text, "%s%lld %lld %lld %lld %lld %s",
	    l->lived ? "+" : "", (long long)l->keep, (long long)l->limit,
	    (long long)l->upto, (long long)l->rest, (long long)l->since,
	    l->rest_tip);
	return life_set(s, epoch, text, e);
}

static void read_life(const char *text, struct life *out)
{
	char *at;

	if (!*text || *text == '-')
		return;
	out->settled = true;
	out->keep = strtoll(text, &at, 10);
	out->limit = strtoll(at, &at, 10);
	out->upto = strtoll(at, &at, 10);
	out->rest = strtoll(at, &at, 10);
	out->since = strtoll(at, &at, 10);
	if (strlen(at) == OID_HEX)
		memcpy(out->rest_tip, at + 1, OID_HEX);
}

enum err_code epoch_life(struct store *s, const char *epoch,
    struct life *out, struct err *e)
{
	struct buf b = BUF_INIT;
	char name[48];
	enum err_code rc;

	*out = (struct life){ .keep = INT64_MAX, .limit = INT64_MAX };
	life_name(epoch, name);
	rc = store_meta_get(s, name, &b, e);
	buf_addc(&b, '\0');
	if (!rc)
		rc = buf_ok(&b, e);
	if (!rc) {
		out->lived = b.p[0] == '-' || b.p[0] == '+' ||
		    strcmp(store_identity(s)->epoch, epoch) == 0;
		read_life((const char *)b.p, out);
	}
	buf_release(&b);
	return rc;
}
