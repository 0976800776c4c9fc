/* A node's letters to headquarters, and what it is answered. */
#include "mail_impl.h"

#include "record_cell.h"
#include "sealed_value.h"

#define META_LETTER "mail"	/* letter_name() and a mark of what is in it */
#define META_HQ "mail-key"	/* headquarters' mail key */
#define META_SIZE "mail_size"	/* bytes that the link lasts for, at most */
#define SIZE_LEAST (8 << 10)
#define WANTS_MAX 1500

enum err_code mail_key_ours(struct node *n,
    unsigned char public[KEY_PUBLIC], struct err *e)
{
	struct key k = {0};
	enum err_code rc = letter_key(n, true, &k, e);

	memcpy(public, k.public, KEY_PUBLIC);
	key_release(&k);
	return rc;
}

enum err_code mail_key_hq(struct store *s,
    const unsigned char public[KEY_PUBLIC], struct err *e)
{
	char text[SHA_HEX];

	hex_text(public, KEY_PUBLIC, text);
	return store_meta_set(s, META_HQ, slice_str(text), e);
}

static void own_ref(struct node *n, char ref[80])
{
	snprintf(ref, 80, MAIL_REFS "%.16s", store_identity(n->store)->code);
}

static enum err_code most_bytes(struct node *n, size_t *most, struct err *e)
{
	char text[24];
	enum err_code rc = mail_meta(n, META_SIZE, text, sizeof text, e);
	unsigned long long size = rc ? 0 : strtoull(text, NULL, 10);

	*most = size >= SIZE_LEAST && size < MAIL_MAX ? (size_t)size :
	    MAIL_MAX;
	*most -= 1000;
	return rc;
}

enum err_code mail_size(struct node *n, bool lasted, struct err *e)
{
	size_t most;
	char text[24];
	enum err_code rc = most_bytes(n, &most, e);

	most = lasted ? 2 * (most + 1000) : (most + 1000) / 2;
	if (most > MAIL_MAX)
		most = MAIL_MAX;
	if (most < SIZE_LEAST)
		most = SIZE_LEAST;
	snprintf(text, sizeof text, "%zu", most);
	return rc ? rc : mail_meta_set(n, META_SIZE, text, e);
}

static enum err_code compose(struct node *n, const struct roster_row *hq,
    struct letter *l, struct err *e)
{
	char chain[CHAIN_NAME];
	enum err_code rc = letter_start(n, l, hq->key, META_HQ, e);

	snprintf(chain, sizeof chain, "node/%.16s",
	    store_identity(n->store)->code);
	if (!rc)
		rc = most_bytes(n, &l->most, e);
	if (!rc)
		rc = record_key_receipted(n->store, chain, e);
	if (!rc)
		rc = sealed_value_walk(n->store, NULL, WANTS_MAX, letter_add,
		    l, e);
	return rc ? rc : record_key_untold(n->store, letter_add, l, e);
}

/* In the transaction: the letter again, if it says something else. */
static enum err_code renew(struct node *n, const struct roster_row *hq,
    struct err *e)
{
	struct letter l = {0};
	char now[SHA_HEX + 2], was[SHA_HEX + 2], name[SHA_HEX], ref[80];
	enum err_code rc = compose(n, hq, &l, e);

	if (!rc)
		rc = letter_name(&l, name, e);
	if (!rc)
		rc = mail_meta(n, META_LETTER, was, sizeof was, e);
	snprintf(now, sizeof now, "%s %c", rc ? "" : name, letter_mark(&l));
	own_ref(n, ref);
	if (rc || strcmp(now, was) == 0 || (letter_empty(&l) && !was[0]))
		goto done;
	rc = letter_put(n, &l, ref, e);
	if (!rc)
		rc = mail_meta_set(n, META_LETTER, now, e);
done:
	letter_release(&l);
	return rc;
}

enum err_code mail_write(struct node *n, struct err *e)
{
	struct roster_row hq;
	struct err unknown;
	char code[17];
	enum err_code rc;

	if (store_identity(n->store)->hq)
		return OK;
	rc = hq_author(n, code, e);
	/* until the roster has come there is nobody to write to */
	if (!rc && roster_by_code(n->store, code, &hq, &unknown))
		return OK;
	if (!rc)
		rc = store_begin(n->store, e);
	if (rc)
		return rc;
	rc = renew(n, &hq, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

/* ---- sending ---- */

struct sent {			/* what a remote was sent last */
	char oid[OID_HEX], mark;
	long long erasures;
};

static void sent_name(const char *remote, char out[META_NAME])
{
	snprintf(out, META_NAME, "mail.%.33s", remote);
}

static enum err_code sent_load(struct node *n, const char *remote,
    struct sent *s, struct err *e)
{
	char name[META_NAME], text[OID_HEX + 40];
	enum err_code rc;

	*s = (struct sent){ .mark = '-' };
	sent_name(remote, name);
	rc = mail_meta(n, name, text, sizeof text, e);
	if (rc || strlen(text) < OID_HEX + 3)
		return rc;
	snprintf(s->oid, sizeof s->oid, "%.40s", text);
	s->mark = text[OID_HEX];
	s->erasures = strtoll(text + OID_HEX + 2, NULL, 10);
	return OK;
}

/* What it says now, as a mark; '\0': there is none. */
static enum err_code letter_now(struct node *n, char *mark,
    char oid[OID_HEX], struct err *e)
{
	char text[SHA_HEX + 2], ref[80];
	enum err_code rc = mail_meta(n, META_LETTER, text, sizeof text, e);

	*mark = strlen(text) == SHA_HEX + 1 ? text[SHA_HEX] : '\0';
	own_ref(n, ref);
	return rc ? rc : repo_ref_get(n->repo, ref, oid, e);
}

/* One with nothing in it is sent only to replace one that would be answered
 * again, or that holds what has been erased since. */
enum err_code mail_due(struct node *n, const char *remote, bool *due,
    struct err *e)
{
	struct sent s;
	int64_t erasures = 0;
	char oid[OID_HEX] = "", mark;
	enum err_code rc;

	*due = false;
	if (store_identity(n->store)->hq)
		return OK;
	rc = letter_now(n, &mark, oid, e);
	if (!rc)
		rc = sent_load(n, remote, &s, e);
	if (!rc)
		rc = sealed_value_erasures(n->store, &erasures, e);
	if (rc || !mark || !oid[0] || strcmp(oid, s.oid) == 0)
		return rc;
	*due = mark != '-' || s.mark == 'w' ||
	    (s.mark == 'k' && s.erasures != erasures);
	return OK;
}

enum err_code mail_carried(struct node *n, const char *remote,
    const char *code, bool *yes, struct err *e)
{
	char oid[OID_HEX] = "", mark = '\0';
	enum err_code rc;

	if (store_identity(n->store)->hq)
		return mail_answer_carried(n, remote, code, yes, e);
	rc = mail_due(n, remote, yes, e);
	if (!rc)
		rc = letter_now(n, &mark, oid, e);
	*yes |= !rc && mark && mark != '-';
	return rc;
}

enum err_code mail_sent(struct node *n, const char *remote, struct err *e)
{
	char name[META_NAME], oid[OID_HEX], text[OID_HEX + 40], mark;
	int64_t erasures = 0;
	enum err_code rc = letter_now(n, &mark, oid, e);

	if (!rc)
		rc = sealed_value_erasures(n->store, &erasures, e);
	if (rc || !mark)
		return rc;
	sent_name(remote, name);
	snprintf(text, sizeof text, "%s %c %lld", oid, mark,
	    (long long)erasures);
	return mail_meta_set(n, name, text, e);
}

/* ---- the answer ---- */

static enum err_code take_key(void *arg, stamp_t stamp, const char *field,
    const unsigned char key[RECORD_KEY_LEN], struct err *e)
{
	struct node *n = arg;
	bool known;

	return record_cell_key(n->store, stamp, field, key, &known, e);
}

static enum err_code take_want(void *arg, stamp_t stamp, const char *field,
    struct err *e)
{
	struct node *n = arg;
	enum err_code rc = record_key_asked(n->store, stamp, field, e);

	/* the letter goes out again, though it may say what it said: it was
	 * lost, or nobody could open it */
	return rc ? rc : mail_meta_set(n, META_LETTER, "", e);
}

/* One that cannot be read says nothing; the next one may. */
static enum err_code take_letter(struct node *n, const char *oid,
    const char *name, struct err *e)
{
	const struct letter_reader r = { META_HQ, take_key, take_want, n };
	struct err bad;
	enum err_code rc = store_begin(n->store, e);

	if (rc)
		return rc;
	rc = record_key_quiet(n->store, e);
	if (!rc && letter_read(n, oid, &r, &bad) && !letter_is_bad(bad.code)) {
		*e = bad;
		rc = bad.code;
	}
	if (!rc)
		rc = mail_meta_set(n, name, oid, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

enum err_code mail_take(struct node *n, const char *remote, struct err *e)
{
	char ref[80], at[120], name[META_NAME];
	char oid[OID_HEX] = "", was[OID_HEX] = "";
	enum err_code rc;

	snprintf(ref, sizeof ref, MAIL_REFS "hq/%.16s",
	    store_identity(n->store)->code);
	mail_tracking(remote, ref, at);
	snprintf(name, sizeof name, "mail-from.%.33s", remote);
	rc = repo_ref_get(n->repo, at, oid, e);
	if (!rc)
		rc = mail_meta(n, name, was, sizeof was, e);
	if (rc || !oid[0] || strcmp(oid, was) == 0)
		return rc;
	rc = take_letter(n, oid, name, e);
	if (!rc)
		mail_drop(n, was);
	return rc;
}
