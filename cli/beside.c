/* Attachments, erased values and decisions, as lines of a record. */
#include "beside.h"

#include "attach.h"
#include "base/json.h"
#include "chunk.h"

void beside_here(const struct context *c, json_t *record)
{
	json_t *list = json_object_get(record, "attachments"), *a;
	struct err ignored;	/* then it is shown as on its way */
	bool sent;
	size_t i;

	json_array_foreach(list, i, a) {
		const char *sha256 = json_text(a, "sha256");

		if (attachment_sent(c->node->store, sha256, &sent, &ignored))
			sent = true;
		json_object_set_new(a, "sent", json_boolean(sent));
		json_object_set_new(a, "here", json_boolean(
		    attach_here(c->node, sha256)));
		json_object_set_new(a, "bytes", json_integer(
		    chunk_bytes(c->node, sha256)));
	}
}

static void add_size(struct buf *b, json_int_t n)
{
	if (n < 10240)
		buf_printf(b, _("%lld bytes"), (long long)n);
	else
		buf_printf(b, _("%lld KiB"), (long long)(n / 1024));
}

static void add_attachment(struct grid *g, const json_t *a)
{
	json_int_t here = json_integer_value(json_object_get(a, "bytes"));
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s (%s, ", json_text(a, "name"),
	    json_text(a, "media"));
	add_size(&b, json_integer_value(json_object_get(a, "size")));
	if (json_is_false(json_object_get(a, "sent"))) {
		buf_adds(&b, _("; stays at headquarters)"));
	} else if (json_is_true(json_object_get(a, "here"))) {
		buf_addc(&b, ')');
	} else if (!here) {
		buf_adds(&b, _("; not here yet)"));
	} else {
		buf_adds(&b, _("; here so far: "));
		add_size(&b, here);
		buf_addc(&b, ')');
	}
	grid_add(g, (const char *)b.p);
	buf_release(&b);
}

void beside_add(struct grid *g, const json_t *record)
{
	const json_t *list = json_object_get(record, "attachments"), *o;
	size_t i;

	json_array_foreach(list, i, o) {
		grid_add(g, i ? "" : _("attachments"));
		add_attachment(g, o);
	}
	list = json_object_get(record, "erased");
	json_array_foreach(list, i, o) {
		grid_add(g, json_text(o, "field"));
		grid_addf(g, _("erased on %.10s: %s"), json_text(o, "at"),
		    json_text(o, "reason"));
	}
	list = json_object_get(record, "decisions");
	json_array_foreach(list, i, o) {
		grid_add(g, i ? "" : _("decided"));
		grid_addf(g, strcmp(json_text(o, "verdict"), "same") ?
		    _("is not %s") : _("is the same as %s"),
		    json_text(o, "id"));
	}
}
