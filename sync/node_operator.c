/* The operators of a node: their key files, and acting as one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "chain_impl.h"
#include "hash.h"
#include "record.h"

/* The key file of a public key; the caller frees. NULL: out of memory. */
static char *key_path(const struct node *n,
    const unsigned char public[KEY_PUBLIC])
{
	char id[17], name[48];

	hex_text(public, 8, id);
	snprintf(name, sizeof name, "keys/operator-%s.key", id);
	return path_join(n->dir, name);
}

static enum err_code unknown(const char *name, struct err *e)
{
	err_set(e, ERR_ROLE, _("“%.60s” is no operator of this node"), name);
	return err_hint(e, _("`wellhead operator list` lists them; `wellhead "
	    "operator add NAME --role ROLE` makes one"));
}

static enum err_code find(struct node *n, const char *name,
    struct operator_row *row, struct err *e)
{
	uint16_t number = store_identity(n->store)->number;
	enum err_code rc;

	rc = operator_at(n->store, number, name, INT64_MAX, row, e);
	return rc == ERR_NOT_FOUND ? unknown(name, e) : rc;
}

/* ---- adding, removing ---- */

static enum err_code day_of(const char *text, const char *option,
    char out[DATE_TEXT], struct err *e)
{
	if (date_parse(slice_str(text), out))
		return OK;
	err_set(e, ERR_DATE, _("--%s: “%.40s” is not a date"), option, text);
	return err_hint(e, _("write it as 2022-03-08"));
}

static enum err_code person_of(struct node *n, const char *ref,
    stamp_t *person, struct err *e)
{
	struct record r;
	enum err_code rc = record_find(n->store, ref, &r, e);

	if (rc)
		return err_in(e, _("the operator's person"));
	if (strcmp(r.type->key, "person") != 0)
		return err_set(e, ERR_REF, _("“%.60s” is a %s, not a person"),
		    ref, r.type->key);
	*person = r.id;
	return OK;
}

/* A name is free when nobody has it, or who had it has been taken off. */
static enum err_code check_free(struct node *n, const char *name,
    struct err *e)
{
	struct operator_row now;
	struct err none = {0};
	enum err_code rc;

	rc = operator_at(n->store, store_identity(n->store)->number, name,
	    INT64_MAX, &now, &none);
	if (rc == ERR_NOT_FOUND || (!rc && strcmp(now.roles, "[]") == 0))
		return OK;
	if (rc) {
		*e = none;
		return rc;
	}
	err_set(e, ERR_EXISTS, _("there is an operator “%s” already"), name);
	return err_hint(e, _("to change roles, take the name off with "
	    "`wellhead operator remove NAME` and add it again"));
}

static enum err_code new_row(struct node *n, const struct operator_new *o,
    struct operator_row *r, struct err *e)
{
	enum err_code rc;

	if (!operator_code_ok(slice_str(o->name)))
		return err_set(e, ERR_USAGE, _("an operator's name is 1 to %d "
		    "bytes of text without spaces at its ends"),
		    OPERATOR_ROOM - 1);
	snprintf(r->code, sizeof r->code, "%s", o->name);
	date_text(clock_ms() / 86400000, r->from);
	rc = check_free(n, o->name, e);
	if (!rc && o->from)
		rc = day_of(o->from, "from", r->from, e);
	if (!rc && o->to)
		rc = day_of(o->to, "to", r->to, e);
	if (!rc && r->to[0] && strcmp(r->to, r->from) < 0)
		rc = err_set(e, ERR_ORDER, _("the role would end on %s, "
		    "before it begins on %s"), r->to, r->from);
	if (!rc && o->person)
		rc = person_of(n, o->person, &r->person, e);
	if (!rc)
		rc = operator_roles(n->store, o->role, o->nrole, r->roles, e);
	return rc;
}

static enum err_code put(struct node *n, struct operator_row *r,
    struct err *e)
{
	enum err_code rc = store_begin(n->store, e);

	if (rc)
		return rc;
	rc = operator_put(n->store, r, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

/* The key is on disk before the row names it. */
enum err_code node_operator_add(struct node *n, const struct operator_new *o,
    const char *passphrase, struct err *e)
{
	struct operator_row r = {0};
	struct key k = {0};
	char *path = NULL;
	enum err_code rc;

	if (o->nrole == 0)
		return err_set(e, ERR_USAGE, _("an operator needs a role: "
		    "--role ROLE"));
	rc = new_row(n, o, &r, e);
	if (rc)
		return rc;
	key_make(&k);
	memcpy(r.key, k.public, sizeof r.key);
	path = key_path(n, k.public);
	if (!path) {
		rc = err_memory(e);
		goto done;
	}
	rc = key_save(&k, path, passphrase, e);
	if (rc)
		goto done;
	rc = put(n, &r, e);
	if (rc)
		unlink(path);
done:
	key_release(&k);
	free(path);
	return rc;
}

enum err_code node_operator_remove(struct node *n, const char *name,
    struct err *e)
{
	struct operator_row r;
	enum err_code rc = find(n, name, &r, e);

	if (rc)
		return rc;
	if (strcmp(r.roles, "[]") == 0)
		return unknown(name, e);
	snprintf(r.roles, sizeof r.roles, "[]");
	date_text(clock_ms() / 86400000, r.to);
	if (r.from[0] && strcmp(r.to, r.from) < 0)
		snprintf(r.from, sizeof r.from, "%s", r.to);
	return put(n, &r, e);
}

/* ---- keys ---- */

static enum err_code no_key(const char *name, struct err *e)
{
	err_set(e, ERR_KEY, _("the key of operator “%s” is not in this "
	    "folder"), name);
	return err_hint(e, _("put the file back under keys/ from its backup, "
	    "or remove the operator and add it again"));
}

enum err_code node_operator_sealed(struct node *n, const char *name,
    bool *sealed, struct err *e)
{
	struct operator_row r;
	char *path = NULL;
	enum err_code rc = find(n, name, &r, e);

	if (rc)
		return rc;
	path = key_path(n, r.key);
	rc = path ? key_sealed(path, sealed, e) : err_memory(e);
	free(path);
	return rc == ERR_NOT_FOUND ? no_key(name, e) : rc;
}

static enum err_code load(const struct node *n, const struct operator_row *r,
    const char *passphrase, struct key *k, struct err *e)
{
	char *path = key_path(n, r->key);
	enum err_code rc;

	rc = path ? key_load(k, path, passphrase, e) : err_memory(e);
	free(path);
	if (rc == ERR_NOT_FOUND)
		return no_key(r->code, e);
	if (rc == ERR_KEY && !passphrase)
		err_hint(e, _("set WELLHEAD_OPERATOR_PASSPHRASE, or work at a "
		    "terminal"));
	if (rc)
		return err_in(e, _("the key of operator “%s”"), r->code);
	if (memcmp(k->public, r->key, KEY_PUBLIC) == 0)
		return OK;
	key_release(k);
	return no_key(r->code, e);
}

enum err_code node_operator_passwd(struct node *n, const char *name,
    const char *old, const char *new, struct err *e)
{
	char *path = NULL, *fresh = NULL, *dir = path_join(n->dir, "keys");
	struct operator_row r;
	struct key k = {0};
	enum err_code rc = find(n, name, &r, e);

	if (!rc)
		rc = load(n, &r, old, &k, e);
	if (rc)
		goto done;
	path = key_path(n, r.key);
	if (!path || !dir || asprintf(&fresh, "%s.new", path) < 0) {
		fresh = NULL;
		rc = err_memory(e);
		goto done;
	}
	unlink(fresh);		/* one that was left by a kill */
	rc = key_save(&k, fresh, new, e);
	if (!rc && rename(fresh, path) != 0)
		rc = err_errno(e, _("replacing %s"), path);
	if (!rc)
		rc = file_sync_dir(dir, e);
done:
	key_release(&k);
	free(path);
	free(fresh);
	free(dir);
	return rc;
}

static void sign(const void *key, struct slice message,
    unsigned char out[SIGNATURE_LEN])
{
	key_sign(key, message, out);
}

enum err_code node_act(struct node *n, const char *name,
    const char *passphrase, struct err *e)
{
	enum err_code rc = find(n, name, &n->actor.row, e);

	if (!rc && strcmp(n->actor.row.roles, "[]") == 0)
		rc = unknown(name, e);
	if (!rc)
		rc = load(n, &n->actor.row, passphrase, &n->operator_key, e);
	if (rc)
		return rc;
	n->actor.key = &n->operator_key;
	n->actor.sign = sign;
	n->actor.hash = sha256;
	operator_act(n->store, &n->actor);
	return OK;
}
