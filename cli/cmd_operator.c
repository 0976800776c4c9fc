/* operator add NAME | list | passwd NAME | remove NAME */
#include "base/text.h"
#include "key.h"
#include "out.h"

#define NEW_PASSPHRASE "WELLHEAD_OPERATOR_NEW_PASSPHRASE"

static enum err_code done(struct context *c, struct err *e)
{
	return out_result(c, json_pack("{s:s}", "name", c->argv[1]), e);
}

static enum err_code add(struct context *c, struct err *e)
{
	const char *role[OPTIONS_MAX];
	struct operator_new o = { .name = c->argv[1],
		.person = option(c, "person"), .from = option(c, "from"),
		.to = option(c, "to"), .role = role,
		.nrole = option_all(c, "role", role) };
	char *secret = NULL;
	enum err_code rc;

	rc = passphrase_read(OPERATOR_PASSPHRASE, _("A passphrase for the "
	    "operator's key (empty: none): "), true, &secret, e);
	if (!rc)
		rc = node_operator_add(c->node, &o, secret, e);
	if (!rc && !secret && !c->json)
		out_hint(_("the key has no passphrase; `wellhead operator "
		    "passwd %s` sets one"), o.name);
	passphrase_free(secret);
	return rc ? rc : done(c, e);
}

static enum err_code passwd(struct context *c, struct err *e)
{
	char *old = NULL, *new = NULL;
	enum err_code rc;

	rc = passphrase_of(c, c->argv[1], &old, e);
	if (!rc)
		rc = passphrase_read(NEW_PASSPHRASE, _("The new passphrase: "),
		    true, &new, e);
	if (!rc && !new) {
		err_set(e, ERR_USAGE, _("no new passphrase is given"));
		rc = err_hint(e, _("type it at a terminal, or set %s"),
		    NEW_PASSPHRASE);
	}
	if (!rc)
		rc = node_operator_passwd(c->node, c->argv[1], old, new, e);
	passphrase_free(old);
	passphrase_free(new);
	return rc ? rc : done(c, e);
}

static enum err_code take_off(struct context *c, struct err *e)
{
	enum err_code rc = node_operator_remove(c->node, c->argv[1], e);

	return rc ? rc : done(c, e);
}

/* ---- list ---- */

static void person_text(const struct operator_row *r,
    char out[STAMP_DIGITS + 1])
{
	out[0] = '\0';
	if (r->person)
		base32_stamp(out, (uint64_t)r->person);
}

static int add_row(void *arg, const struct operator_row *r)
{
	char person[STAMP_DIGITS + 1];
	struct buf roles = BUF_INIT;

	person_text(r, person);
	operator_roles_text(r, &roles);
	grid_add(arg, r->code);
	grid_add(arg, r->branch);
	grid_addf(arg, "%u", (unsigned)r->node);
	grid_add(arg, roles.n ? (char *)roles.p : _("removed"));
	grid_add(arg, r->from);
	grid_add(arg, r->to);
	grid_add(arg, person);
	buf_release(&roles);
	return 0;
}

static int print_json(void *arg, const struct operator_row *r)
{
	char person[STAMP_DIGITS + 1];
	struct buf key = BUF_INIT;
	json_t *o;

	(void)arg;
	person_text(r, person);
	key_ssh_text(&key, r->key);
	o = json_pack("{s:s,s:i,s:s,s:o?,s:s*,s:s*,s:s*,s:s}",
	    "name", r->code, "node", (int)r->node, "branch", r->branch,
	    "roles", json_loads(r->roles, 0, NULL),
	    "person", *person ? person : NULL,
	    "from", *r->from ? r->from : NULL, "to", *r->to ? r->to : NULL,
	    "key", key.p ? (char *)key.p : "");
	if (o)
		out_json(o);
	json_decref(o);
	buf_release(&key);
	return 0;
}

static enum err_code list(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("NAME"), N_("BRANCH"),
		N_("NO"), N_("ROLES"), N_("FROM"), N_("TO"), N_("PERSON") };
	enum err_code rc;
	struct grid g;

	if (c->json)
		return operator_each(c->node->store, print_json, NULL, e);
	grid_init(&g, sizeof head / sizeof *head);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		grid_add(&g, _(head[i]));
	rc = operator_each(c->node->store, add_row, &g, e);
	if (!rc)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static const struct verb verbs[] = {
	{ "add", 2, true, add },
	{ "list", 1, false, list },
	{ "passwd", 2, true, passwd },
	{ "remove", 2, true, take_off },
};

/* Who works here is decided by who holds the node's folder; --as is not
 * asked for. */
enum err_code cmd_operator(struct context *c, struct err *e)
{
	return verb_run(c, verbs, sizeof verbs / sizeof *verbs, e);
}
