/* Invitations: made at headquarters, read where the new node is to be.
 */
#include <jansson.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "chain_impl.h"
#include "fingerprint.h"
#include "hash.h"
#include "mail.h"
#include "share.h"
#include "transport.h"

#define INVITATION_MAX (64u << 10)
#define INVITATION_FORMAT 1
#define REMOTES_MAX 16
#define ISSUED_MAX_MS 4102444800000	/* 2100-01-01: a floor, not a prison */

/* ---- making one ---- */

/* Chains hq/HQ and hq/all have these names; a file system may not tell
 * letters' case apart. */
static enum err_code check_free(const char *name, struct err *e)
{
	if (strcasecmp(name, "hq") == 0 || strcasecmp(name, "all") == 0)
		return err_set(e, ERR_USAGE, _("'%s' is taken by headquarters' "
		    "own chains; choose another code"), name);
	return org_code_check(name, e);
}

static enum err_code check_wish(const struct invitation *i,
    struct invitation_row *row, struct err *e)
{
	const char *branch = i->branch ? i->branch : i->code;
	enum err_code rc;

	rc = check_free(i->code, e);
	if (!rc)
		rc = check_free(branch, e);
	if (!rc)
		rc = org_name_check(i->name, e);
	if (!rc && i->remote)
		rc = transport_check_url(i->remote, e);
	if (rc)
		return rc;
	*row = (struct invitation_row){0};
	snprintf(row->code, sizeof row->code, "%s", i->code);
	snprintf(row->branch, sizeof row->branch, "%s", branch);
	snprintf(row->name, sizeof row->name, "%s", i->name);
	snprintf(row->kind, sizeof row->kind, i->auditor ? "auditor" :
	    "branch");
	random_bytes(row->token, sizeof row->token);
	return OK;
}

static enum err_code write_json(const struct node *n,
    const struct invitation_row *row, const char *all_key,
    const char *mail_key, const char *remote, struct buf *out,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	char token[65];
	struct buf key = BUF_INIT, hq = BUF_INIT;
	json_t *remotes = json_array(), *j = NULL;
	char *text = NULL;

	key_ssh_text(&key, id->root_key);
	key_ssh_text(&hq, id->node_key);
	hex_text(row->token, sizeof row->token, token);
	if (remote && json_array_append_new(remotes, json_pack("{s:s, s:s}",
	    "name", "hq", "url", remote)))
		goto done;
	j = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, "
	    "s:s, s:s, s:s, s:i, s:O, s:I, s:s}", "wellhead", "invitation",
	    "format", INVITATION_FORMAT, "org", id->org, "org_name",
	    id->org_name, "hq_code", id->code, "root_key", key.p ? (char *)key.p : "",
	    "hq_key", hq.p ? (char *)hq.p : "", "all_key", all_key,
	    "mail_key", mail_key, "number", (int)row->number, "code",
	    row->code, "kind", row->kind, "branch", row->branch, "name", row->name,
	    "catalogue", n->catalogue->version, "remotes", remotes, "issued",
	    (json_int_t)clock_ms(), "token", token);
	text = j ? json_dumps(j, JSON_INDENT(1)) : NULL;
	if (text) {
		buf_adds(out, text);
		buf_addc(out, '\n');
		wipe(text, strlen(text));
	}
done:
	free(text);
	json_decref(j);
	json_decref(remotes);
	wipe(token, sizeof token);
	buf_release(&key);
	buf_release(&hq);
	return text ? buf_ok(out, e) : err_memory(e);
}

enum err_code node_invite(struct node *n, const struct invitation *i,
    struct buf *json, struct err *e)
{
	struct invitation_row row = {0};
	unsigned char all[32] = {0};
	unsigned char mail[KEY_PUBLIC] = {0};
	char all_hex[65], mail_hex[65];
	enum err_code rc;

	if (!store_identity(n->store)->hq) {
		err_set(e, ERR_ROLE, _("only headquarters invites"));
		return err_hint(e, _("ask headquarters for an invitation file "
		    "for %s"), i->code);
	}
	rc = check_wish(i, &row, e);
	if (!rc)
		rc = store_begin(n->store, e);
	if (rc)
		goto done;
	rc = invitation_add(n->store, &row, e);
	if (!rc)
		rc = share_all_key(n, all, e);
	if (!rc)
		rc = mail_key_ours(n, mail, e);
	hex_text(all, sizeof all, all_hex);
	hex_text(mail, sizeof mail, mail_hex);
	if (!rc)
		rc = write_json(n, &row, all_hex, mail_hex, i->remote, json,
		    e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
done:
	wipe(&row, sizeof row);
	wipe(all, sizeof all);
	wipe(all_hex, sizeof all_hex);
	return rc;
}

/* ---- reading one ---- */

struct guest {
	struct identity id;
	char hq_code[17];
	unsigned char token[32], all_key[32], hq_key[KEY_PUBLIC];
	unsigned char mail_key[KEY_PUBLIC];
	struct remote_row remote[REMOTES_MAX];
	size_t nremote;
	struct key key;
	struct catalogue *catalogue;
};

static enum err_code bad(struct err *e, const char *what)
{
	err_set(e, ERR_INVITATION, _("the invitation's \"%s\" is missing or "
	    "not valid"), what);
	return err_hint(e, _("ask headquarters for a new invitation file and "
	    "bring it unchanged"));
}

/* Texts that must be there: name, place, how it is checked. */
enum text_rule { RULE_CODE, RULE_NAME, RULE_ORG };

static bool text_ok(struct slice s, enum text_rule rule)
{
	unsigned char b[16];

	if (rule == RULE_CODE)
		return chain_code_ok(s);
	if (rule == RULE_ORG)
		return s.n == 32 && hex_decode(s, b, sizeof b);
	return s.n > 0 && s.n <= 200 && utf8_valid(s);
}

static enum err_code read_texts(const json_t *j, struct guest *g,
    struct err *e)
{
	const struct {
		const char *name;
		char *out;
		size_t size;
		enum text_rule rule;
	} want[] = {
		{ "org", g->id.org, sizeof g->id.org, RULE_ORG },
		{ "org_name", g->id.org_name, sizeof g->id.org_name,
		    RULE_NAME },
		{ "hq_code", g->hq_code, sizeof g->hq_code, RULE_CODE },
		{ "code", g->id.code, sizeof g->id.code, RULE_CODE },
		{ "branch", g->id.branch, sizeof g->id.branch, RULE_CODE },
		{ "name", g->id.name, sizeof g->id.name, RULE_NAME },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		const char *s = json_string_value(json_object_get(j,
		    want[i].name));

		if (!s || !text_ok(slice_str(s), want[i].rule))
			return bad(e, want[i].name);
		snprintf(want[i].out, want[i].size, "%s", s);
	}
	return OK;
}

static bool int_within(const json_t *j, const char *name, json_int_t lo,
    json_int_t hi, json_int_t *out)
{
	const json_t *v = json_object_get(j, name);

	if (!json_is_integer(v))
		return false;
	*out = json_integer_value(v);
	return *out >= lo && *out <= hi;
}

/* Who records, or who looks on; an invitation that does not say is the
 * former's. */
static enum err_code read_kind(const json_t *j, struct guest *g,
    struct err *e)
{
	const json_t *kind = json_object_get(j, "kind");
	const char *s = json_string_value(kind);

	if (kind && (!s || (strcmp(s, "branch") != 0 &&
	    strcmp(s, "auditor") != 0)))
		return bad(e, "kind");
	g->id.auditor = s && strcmp(s, "auditor") == 0;
	return OK;
}

static enum err_code read_numbers(const json_t *j, struct guest *g,
    struct err *e)
{
	json_int_t number, issued, catalogue;

	if (!int_within(j, "number", 2, UINT16_MAX, &number))
		return bad(e, "number");
	if (!int_within(j, "issued", STAMP_EPOCH_MS, ISSUED_MAX_MS, &issued))
		return bad(e, "issued");
	if (!int_within(j, "catalogue", 0, INT32_MAX, &catalogue))
		return bad(e, "catalogue");
	g->id.number = (uint16_t)number;
	g->id.floor_ms = issued;
	if (catalogue <= g->catalogue->version)
		return OK;
	err_set(e, ERR_NEWER, _("the invitation needs catalogue %lld; this "
	    "wellhead has %d"), (long long)catalogue, g->catalogue->version);
	return err_hint(e, _("install the newer wellhead first"));
}

static bool bytes_of(const json_t *j, const char *name,
    unsigned char out[32])
{
	const char *hex = json_string_value(json_object_get(j, name));

	return hex && strlen(hex) == 64 &&
	    hex_decode(slice_str(hex), out, 32);
}

static enum err_code read_keys(const json_t *j, struct guest *g,
    struct err *e)
{
	const char *key = json_string_value(json_object_get(j, "root_key"));
	char org[33];

	if (!key || !key_ssh_parse(slice_str(key), g->id.root_key))
		return bad(e, "root_key");
	org_id(g->id.root_key, org);
	if (strcmp(org, g->id.org) != 0)
		return bad(e, "org");
	if (!bytes_of(j, "token", g->token))
		return bad(e, "token");
	if (!bytes_of(j, "all_key", g->all_key))
		return bad(e, "all_key");
	if (!bytes_of(j, "mail_key", g->mail_key))
		return bad(e, "mail_key");
	key = json_string_value(json_object_get(j, "hq_key"));
	if (!key || !key_ssh_parse(slice_str(key), g->hq_key))
		return bad(e, "hq_key");
	return OK;
}

static enum err_code read_remotes(const json_t *j, struct guest *g,
    struct err *e)
{
	const json_t *list = json_object_get(j, "remotes"), *v;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > REMOTES_MAX)
		return bad(e, "remotes");
	json_array_foreach(list, i, v) {
		const char *name = json_string_value(json_object_get(v,
		    "name"));
		const char *url = json_string_value(json_object_get(v, "url"));
		struct remote_row *r = &g->remote[g->nremote++];

		if (!name || strlen(name) >= sizeof r->name || !url ||
		    strlen(url) >= sizeof r->url)
			return bad(e, "remotes");
		if (transport_check_url(url, e))
			return err_in(e, _("the invitation's remote '%s'"),
			    name);
		snprintf(r->name, sizeof r->name, "%s", name);
		snprintf(r->url, sizeof r->url, "%s", url);
	}
	return OK;
}

static enum err_code read_invitation(const json_t *j, struct guest *g,
    struct err *e)
{
	const char *what = json_string_value(json_object_get(j, "wellhead"));
	json_int_t format;
	enum err_code rc;

	if (!what || strcmp(what, "invitation") != 0)
		return bad(e, "wellhead");
	if (!int_within(j, "format", 1, INT32_MAX, &format))
		return bad(e, "format");
	if (format > INVITATION_FORMAT)
		return err_set(e, ERR_NEWER, _("the invitation has format "
		    "%lld; this wellhead reads %d"), (long long)format,
		    INVITATION_FORMAT);
	rc = read_texts(j, g, e);
	if (!rc)
		rc = read_numbers(j, g, e);
	if (!rc)
		rc = read_kind(j, g, e);
	if (!rc)
		rc = read_keys(j, g, e);
	if (!rc)
		rc = read_remotes(j, g, e);
	return rc;
}

static enum err_code parse(struct slice text, struct guest *g, struct err *e)
{
	json_t *j;
	json_error_t where;
	enum err_code rc;

	if (text.n > INVITATION_MAX)
		return err_set(e, ERR_INVITATION, _("the file is too large "
		    "for an invitation"));
	j = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES,
	    &where);
	if (!json_is_object(j)) {
		err_set(e, ERR_INVITATION, _("the file is not an invitation: "
		    "it cannot be read as JSON"));
		rc = err_hint(e, _("ask headquarters for a new invitation "
		    "file and bring it unchanged"));
	} else {
		rc = read_invitation(j, g, e);
	}
	json_decref(j);
	return rc;
}

/* What somebody at headquarters read out, if it was. */
static enum err_code check_words(const struct guest *g, const char *words,
    struct err *e)
{
	size_t bad;

	if (!words || fingerprint_is(g->id.root_key, slice_str(words), &bad))
		return OK;
	if (bad > FINGERPRINT_WORDS)
		err_set(e, ERR_INVITATION, _("there are more than %d words"),
		    FINGERPRINT_WORDS);
	else
		err_set(e, ERR_INVITATION, _("word %zu is not that of the "
		    "invitation's root key"), bad);
	return err_hint(e, _("'wellhead fingerprint' at headquarters tells the "
	    "words; when they were heard and typed right, somebody has changed "
	    "the invitation: do not use it"));
}

/* ---- the new node ---- */

static enum err_code first_rows(struct guest *g, struct store *s,
    struct err *e)
{
	enum err_code rc;

	rc = store_begin(s, e);
	if (rc)
		return rc;
	rc = store_meta_set(s, META_HQ_CODE, slice_str(g->hq_code), e);
	for (size_t i = 0; !rc && i < g->nremote; i++)
		rc = remote_add(s, g->remote[i].name, g->remote[i].url, e);
	if (!rc)
		rc = enrol_ask(s, g->token, e);
	if (!rc)
		rc = share_start(s, g->hq_code, g->hq_key, e);
	if (!rc)
		rc = share_keep_all(s, g->all_key, e);
	if (!rc)
		rc = mail_key_hq(s, g->mail_key, e);
	if (!rc)
		rc = store_commit(s, e);
	if (rc)
		store_rollback(s);
	return rc;
}

static enum err_code fill(void *arg, const char *dir, struct err *e)
{
	struct guest *g = arg;
	struct store *s = NULL;
	enum err_code rc;

	rc = folder_fill(dir, g->catalogue, &g->id, &g->key, &s, e);
	if (!rc)
		rc = first_rows(g, s, e);
	store_close(s);
	return rc;
}

enum err_code node_join(const char *dir, struct slice invitation,
    const char *words, struct err *e)
{
	struct guest *g = calloc(1, sizeof *g);
	enum err_code rc;

	if (!g)
		return err_memory(e);
	rc = crypto_start(e);
	if (!rc)
		rc = catalogue_load(&g->catalogue, e);
	if (!rc)
		rc = parse(invitation, g, e);
	if (!rc)
		rc = check_words(g, words, e);
	if (!rc) {
		key_make(&g->key);
		identity_start(&g->id, &g->key);
		rc = folder_make(dir, fill, g, e);
	}
	catalogue_free(g->catalogue);
	wipe(g, sizeof *g);
	free(g);
	return rc;
}
