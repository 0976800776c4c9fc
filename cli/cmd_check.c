/* check FILE [--root KEY]: what a proof proves, without any node. */
#include "attest.h"
#include "base/file.h"
#include "base/json.h"
#include "fingerprint.h"
#include "out.h"

static void add(struct grid *g, const char *label, const char *text)
{
	if (text[0]) {
		grid_add(g, label);
		grid_add(g, text);
	}
}

/* ---- one change ---- */

static void add_step(struct grid *g, const json_t *o, const json_t *values)
{
	if (strcmp(json_text(o, "what"), "transition") != 0)
		return;
	grid_add(g, _("step"));
	grid_addf(g, "%s → %s (%s)", json_text(values, "from"),
	    json_text(values, "to"), json_text(values, "role"));
	if (json_is_true(json_object_get(o, "signed"))) {
		grid_add(g, _("signed by"));
		grid_addf(g, "%s%s", json_text(o, "operator"),
		    json_is_true(json_object_get(o, "same_person")) ?
		    _(" (who had a part in it before)") : "");
	} else {
		add(g, _("signed by"), json_number(values, "imported") ?
		    _("nobody: it was imported") :
		    _("no operator, the node alone"));
	}
}

static void add_values(const struct context *c, struct grid *g,
    const struct type *t, const json_t *values, bool all)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)values, key, v) {
		const struct field *f = t ? type_field(c->catalogue, t, key) :
		    NULL;
		char *text;

		if (!f && !(all && strcmp(key, "record") != 0 &&
		    strcmp(key, "type") != 0 && strcmp(key, "by") != 0))
			continue;
		text = out_value(c, f, v);
		grid_add(g, f && c->zh ? f->zh : key);
		grid_add(g, text);
		free(text);
	}
}

static void add_times(struct grid *g, const json_t *o)
{
	const json_t *r = json_object_get(o, "receipt");

	add(g, _("not before"), json_text(o, "not_before"));
	add(g, _("claimed"), json_text(o, "claimed"));
	add(g, _("sealed (claimed)"), json_text(o, "sealed"));
	if (r) {
		grid_add(g, _("receipt"));
		grid_addf(g, "%s %s %s", json_text(r, "at"),
		    json_text(r, "result"), json_text(r, "code"));
	}
	add(g, _("not after"), json_text(o, "not_after"));
}

static void add_change(const struct context *c, struct grid *g,
    const struct type *t, const json_t *o)
{
	const json_t *values = json_object_get(o, "values");
	const char *what = json_text(o, "what");
	bool record = strcmp(what, "record") == 0;

	grid_add(g, "");
	grid_add(g, "");
	grid_add(g, record ? _("record") : what);
	grid_add(g, json_text(o, "stamp"));
	add(g, _("entered by"), json_text(o, "by"));
	grid_add(g, _("at node"));
	grid_addf(g, "%s %s", json_text(o, "node"), json_text(o, "node_name"));
	add_step(g, o, values);
	if (strcmp(what, "transition") != 0)
		add_values(c, g, record ? t : NULL, values, !record);
	if (json_number(o, "hidden")) {
		grid_add(g, _("not disclosed"));
		grid_addf(g, "%lld", json_number(o, "hidden"));
	}
	grid_add(g, _("changeset"));
	grid_addf(g, "%s %.8s %lld", json_text(o, "chain"),
	    json_text(o, "epoch"), json_number(o, "seq"));
	add_times(g, o);
}

/* ---- the whole ---- */

static void add_root(const struct context *c, struct grid *g, const json_t *o)
{
	unsigned char root[KEY_PUBLIC];
	struct buf words = BUF_INIT;

	grid_add(g, _("organisation"));
	grid_add(g, json_text(o, "org"));
	grid_add(g, _("root key"));
	grid_add(g, json_text(o, "root"));
	if (key_ssh_parse(slice_str(json_text(o, "root")), root))
		fingerprint_text(root, c->zh ? fingerprint_zh :
		    fingerprint_en, &words);
	add(g, _("in words"), words.p ? (const char *)words.p : "");
	buf_release(&words);
	if (!option(c, "root"))
		add(g, "", _("all below holds as far as you trust this key"));
}

static void add_checkpoint(struct grid *g, const json_t *o)
{
	const json_t *k = json_object_get(o, "checkpoint");

	grid_add(g, _("checkpoint"));
	if (!json_is_object(k)) {
		grid_add(g, _("none: whether a key was revoked is not known"));
		return;
	}
	grid_addf(g, "%lld, %s, %.16s", json_number(k, "number"),
	    json_text(k, "at"), json_text(k, "name"));
	grid_add(g, _("revocations"));
	grid_add(g, json_array_size(json_object_get(o, "limits")) ?
	    _("keys have ended since, after what they signed here") :
	    _("headquarters stood by all of this as of that checkpoint"));
	grid_add(g, _("since then"));
	grid_add(g, json_is_true(json_object_get(o, "nothing_later")) ?
	    _("as of that checkpoint nothing else had changed the record") :
	    _("not covered: something later may have changed it"));
}

static enum err_code print(const struct context *c, const json_t *o,
    struct err *e)
{
	const struct type *t = catalogue_type(c->catalogue, json_text(o,
	    "type"));
	const json_t *change;
	struct grid g;
	size_t i;
	enum err_code rc;

	grid_init(&g, 2);
	add_root(c, &g, o);
	grid_add(&g, _("record"));
	grid_addf(&g, "%s %s %s", json_text(o, "type"), json_text(o, "id"),
	    json_text(o, "branch"));
	add_checkpoint(&g, o);
	json_array_foreach(json_object_get(o, "changes"), i, change)
		add_change(c, &g, t, change);
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

enum err_code cmd_check(struct context *c, struct err *e)
{
	unsigned char root[KEY_PUBLIC];
	const char *given = option(c, "root");
	struct buf text = BUF_INIT;
	json_t *o = NULL;
	enum err_code rc = OK;

	if (given && !key_ssh_parse(slice_str(given), root))
		return err_set(e, ERR_USAGE, _("--root wants the root key: "
		    "ssh-ed25519 AAAA..."));
	rc = file_read(c->argv[0], ATTEST_MAX + 1, &text, e);
	if (!rc)
		rc = attest_check(slice_buf(&text), given ? root : NULL,
		    c->catalogue, &o, e);
	if (!rc && c->json)
		out_json(o);
	else if (!rc)
		rc = print(c, o, e);
	json_decref(o);
	buf_release(&text);
	return rc ? err_in(e, "%s", c->argv[0]) : OK;
}
