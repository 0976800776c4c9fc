/* checkpoint: make one, or list, show, verify, cosign, complete. */
#include "base/date.h"
#include "base/file.h"
#include "base/text.h"
#include "checkpoint_file.h"
#include "out.h"
#include "witness_row.h"

/* To -o FILE, or to standard output as it is. */
static enum err_code put(const struct buf *text, const char *path,
    struct err *e)
{
	if (path)
		return file_write(path, slice_buf(text), 0644, false, e);
	fwrite(text->p, 1, text->n, stdout);
	return OK;
}

static json_t *row_json(const struct checkpoint_row *r)
{
	char at[32], root[SHA_HEX] = "";

	time_text(r->at_ms, at);
	for (size_t i = 0; i < sizeof r->root; i++)
		snprintf(root + 2 * i, 3, "%02x", r->root[i]);
	return json_pack("{s:I,s:s,s:s,s:I,s:s,s:I}", "number",
	    (json_int_t)r->number, "at", at, "name", r->name, "chains",
	    (json_int_t)r->chains, "root", root, "seq", (json_int_t)r->seq);
}

static enum err_code make(struct context *c, struct err *e)
{
	struct sealed s = {0};
	struct checkpoint_row r;
	struct buf text = BUF_INIT;
	enum err_code rc;

	if (!store_identity(c->node->store)->hq) {
		err_set(e, ERR_ROLE, _("only headquarters makes checkpoints; "
		    "this node is %s"), store_identity(c->node->store)->code);
		return err_hint(e, _("“wellhead checkpoint list” shows those "
		    "that came"));
	}
	rc = checkpoint_make(c->node, true, &s, e);
	if (!rc)
		rc = checkpoint_newest(c->node->store, &r, e);
	if (!rc)
		rc = checkpoint_write_file(c->node, &r, &text, e);
	if (!rc && (!c->json || option(c, "o")))
		rc = put(&text, option(c, "o"), e);
	if (!rc && c->json)
		rc = out_result(c, row_json(&r), e);
	buf_release(&text);
	return rc;
}

/* ---- list ---- */

struct listing { bool json; struct grid grid; };

static int list_row(void *arg, const struct checkpoint_row *r)
{
	struct listing *l = arg;
	char at[32];
	json_t *o;

	if (l->json) {
		o = row_json(r);
		if (o)
			out_json(o);
		json_decref(o);
		return 0;
	}
	time_text(r->at_ms, at);
	grid_addf(&l->grid, "%lld", (long long)r->number);
	grid_add(&l->grid, at);
	grid_addf(&l->grid, "%lld", (long long)r->chains);
	grid_add(&l->grid, r->name);
	return 0;
}

static void heads(struct grid *g, const char *const *head, size_t n)
{
	grid_init(g, n);
	for (size_t i = 0; i < n; i++)
		grid_add(g, _(head[i]));
}

/* Nothing but the head is nothing. */
static enum err_code finish(struct context *c, struct grid *g,
    enum err_code rc, struct err *e)
{
	struct err unprinted = {0};

	if (!c->json && g->ncell > g->ncol &&
	    grid_print(g, rc ? &unprinted : e) && !rc)
		rc = e->code;
	grid_release(g);
	return rc;
}

static enum err_code list(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("NUMBER"), N_("AT"),
		N_("CHAINS"), N_("NAME") };
	struct listing l = { .json = c->json };
	enum err_code rc;

	heads(&l.grid, head, sizeof head / sizeof *head);
	rc = checkpoint_each(c->node->store, list_row, &l, e);
	return finish(c, &l.grid, rc, e);
}

/* ---- show ---- */

struct showing {
	bool json;
	struct grid grid;
	json_t *tips, *seen;
	stamp_t stamp;
};

static void show_tip(struct showing *s, const struct tip_row *t)
{
	char epoch[9];

	snprintf(epoch, sizeof epoch, "%.8s", t->epoch);
	grid_add(&s->grid, t->chain);
	grid_add(&s->grid, epoch);
	grid_addf(&s->grid, "%lld", (long long)t->seq);
	grid_add(&s->grid, t->stopped);
	json_array_append_new(s->tips, json_pack("{s:s,s:s,s:I,s:s}", "chain",
	    t->chain, "epoch", t->epoch, "seq", (json_int_t)t->seq,
	    "stopped", t->stopped));
}

/* Who has sealed something after having seen it, or a later one. */
static int show_seen(void *arg, const struct seen_row *r)
{
	struct showing *s = arg;

	if (r->stamp >= s->stamp)
		json_array_append_new(s->seen, json_pack("{s:s,s:s,s:I}",
		    "chain", r->chain, "epoch", r->epoch, "seq",
		    (json_int_t)r->seq));
	return 0;
}

static void print_seen(const json_t *seen)
{
	const json_t *o;
	size_t i;

	json_array_foreach(seen, i, o)
		printf(_("seen by %s in changeset %lld\n"),
		    json_string_value(json_object_get(o, "chain")),
		    (long long)json_integer_value(json_object_get(o, "seq")));
}

static enum err_code show_print(struct context *c,
    const struct checkpoint_copy *copy, struct showing *s, struct err *e)
{
	json_t *o;

	for (size_t i = 0; i < copy->tips.n; i++)
		show_tip(s, &copy->tips.t[i]);
	if (c->json) {
		o = row_json(&copy->c);
		if (o && (json_object_set(o, "tips", s->tips) ||
		    json_object_set(o, "seen", s->seen) ||
		    json_object_set_new(o, "cosigned",
		    json_integer((json_int_t)copy->cosigned)))) {
			json_decref(o);
			o = NULL;
		}
		return out_result(c, o, e);
	}
	printf(_("checkpoint %lld, %s\n"), (long long)copy->c.number,
	    copy->c.name);
	print_seen(s->seen);
	return OK;
}

static enum err_code show(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("CHAIN"), N_("EPOCH"),
		N_("SEQ"), N_("STOPPED") };
	struct showing s = { .json = c->json, .tips = json_array(),
		.seen = json_array() };
	struct checkpoint_copy copy = {0};
	struct checkpoint_row r = {0};
	enum err_code rc = OK;

	heads(&s.grid, head, sizeof head / sizeof *head);
	if (c->argc < 2)
		rc = checkpoint_newest(c->node->store, &r, e);
	if (!rc && c->argc < 2 && !r.number) {
		err_set(e, ERR_NOT_FOUND, _("there is no checkpoint here "
		    "yet"));
		rc = err_hint(e, _("headquarters makes one with each sync"));
	}
	if (!rc)
		rc = checkpoint_load(c->node, c->argc < 2 ? r.name :
		    c->argv[1], &copy, e);
	if (!rc && !copy.c.stamp)
		rc = checkpoint_named(c->node->store, copy.c.name, &r, e);
	s.stamp = copy.c.stamp ? copy.c.stamp : r.stamp;
	if (!rc && s.stamp)
		rc = seen_each(c->node->store, show_seen, &s, e);
	if (!rc)
		rc = show_print(c, &copy, &s, e);
	rc = finish(c, &s.grid, rc, e);
	checkpoint_release(&copy);
	json_decref(s.tips);
	json_decref(s.seen);
	return rc;
}

/* ---- verify, complete ---- */

struct chains {
	bool json, upto;		/* upto: one checkpoint, not two */
	struct grid grid;
	int64_t number;
};

static const char *word_text(enum chain_word w)
{
	static const char *const text[] = {
		[CHAIN_SAME] = N_("the same"), [CHAIN_GREW] = N_("grown"),
		[CHAIN_NEW] = N_("new"), [CHAIN_ELSEWHERE] = N_("not here"),
	};

	return _(text[w]);
}

static const char *word_key(enum chain_word w)
{
	static const char *const key[] = {
		[CHAIN_SAME] = "same", [CHAIN_GREW] = "grown",
		[CHAIN_NEW] = "new", [CHAIN_ELSEWHERE] = "elsewhere",
		[CHAIN_BAD] = "bad",
	};

	return key[w];
}

static void chain_json(const struct chain_report *r)
{
	json_t *o = json_pack("{s:s,s:s,s:I,s:I,s:s,s:s,s:b}", "chain",
	    r->chain, "epoch", r->epoch, "old", (json_int_t)r->old,
	    "new", (json_int_t)r->new, "word", word_key(r->word),
	    "stopped", r->stopped, "ok", r->word != CHAIN_BAD);

	if (o && r->word == CHAIN_BAD)
		json_object_set_new(o, "text", json_string(r->detail));
	if (o)
		out_json(o);
	json_decref(o);
}

static int chain_row(void *arg, const struct chain_report *r)
{
	struct chains *k = arg;
	char epoch[9];

	if (k->json) {
		chain_json(r);
		return 0;
	}
	if (k->upto && r->word == CHAIN_SAME) {
		printf(_("%s: changesets 1-%lld, no gaps, as of checkpoint "
		    "%lld"), r->chain, (long long)r->new,
		    (long long)k->number);
		printf(*r->stopped ? " (%s)\n" : "\n", r->stopped);
		return 0;
	}
	snprintf(epoch, sizeof epoch, "%.8s", r->epoch);
	grid_add(&k->grid, r->chain);
	grid_add(&k->grid, epoch);
	grid_addf(&k->grid, "%lld", (long long)r->old);
	grid_addf(&k->grid, "%lld", (long long)r->new);
	grid_add(&k->grid, r->word == CHAIN_BAD ? r->detail :
	    word_text(r->word));
	return 0;
}

static void chains_start(struct context *c, struct chains *k)
{
	static const char *const head[] = { N_("CHAIN"), N_("EPOCH"),
		N_("WAS"), N_("IS"), N_("RESULT") };

	k->json = c->json;
	heads(&k->grid, head, sizeof head / sizeof *head);
}

static enum err_code verify(struct context *c, struct err *e)
{
	struct checkpoint_copy old = {0}, new = {0};
	struct chains k = {0};
	enum err_code rc;

	chains_start(c, &k);
	rc = checkpoint_load(c->node, c->argv[1], &old, e);
	if (!rc)
		rc = checkpoint_load(c->node, c->argv[2], &new, e);
	if (!rc)
		rc = checkpoint_compare(c->node, &old, &new, chain_row, &k, e);
	checkpoint_release(&old);
	checkpoint_release(&new);
	return finish(c, &k.grid, rc, e);
}

/* What headquarters has not applied, by its own receipts. */
static int receipt_line(void *arg, const struct receipt_row *r)
{
	struct chains *k = arg;
	json_t *o;

	if (!k->json) {
		printf(_("%s: changeset %lld %s (%s)\n"), r->chain,
		    (long long)r->from_seq, strcmp(r->result, "held") == 0 ?
		    _("held") : _("refused"), r->code);
		return 0;
	}
	o = json_pack("{s:s,s:s,s:I,s:s,s:s}", "chain", r->chain, "epoch",
	    r->epoch, "seq", (json_int_t)r->from_seq, "result", r->result,
	    "code", r->code);
	if (o)
		out_json(o);
	json_decref(o);
	return 0;
}

static enum err_code complete(struct context *c, struct err *e)
{
	const char *code = c->argc > 1 ? c->argv[1] : NULL;
	struct checkpoint_row r;
	struct chains k = { .upto = true };
	enum err_code rc;

	chains_start(c, &k);
	rc = checkpoint_newest(c->node->store, &r, e);
	if (!rc && !r.number) {
		err_set(e, ERR_NOT_FOUND, _("there is no checkpoint here "
		    "yet"));
		rc = err_hint(e, _("headquarters makes one with each sync"));
	}
	k.number = r.number;
	if (!rc)
		rc = checkpoint_complete(c->node, &r, code, chain_row, &k, e);
	if (!rc)
		rc = receipt_open_each(c->node->store, code, receipt_line, &k,
		    e);
	return finish(c, &k.grid, rc, e);
}

/* ---- cosign ---- */

static enum err_code cosign(struct context *c, struct err *e)
{
	const char *path = option(c, "o");
	struct buf text = BUF_INIT;
	struct checkpoint_row r;
	enum err_code rc;

	rc = checkpoint_cosign(c->node, c->argv[1], &text, &r, e);
	if (!rc)
		rc = put(&text, path ? path : c->argv[1], e);
	if (!rc)
		rc = out_result(c, row_json(&r), e);
	buf_release(&text);
	return rc;
}

/* A person has looked at what contradicted; the evidence stays. */
static enum err_code settle(struct context *c, struct err *e)
{
	enum err_code rc = store_begin(c->node->store, e);

	if (!rc)
		rc = split_settle(c->node->store, NULL, e);
	if (!rc)
		rc = fork_settle(c->node->store, e);
	if (!rc)
		rc = store_commit(c->node->store, e);
	if (rc)
		store_rollback(c->node->store);
	return rc;
}

enum err_code cmd_checkpoint(struct context *c, struct err *e)
{
	static const struct verb verbs[] = {
		{ "make", 1, true, make },
		{ "list", 1, false, list },
		{ "show", 1, false, show },
		{ "show", 2, false, show },
		{ "verify", 3, false, verify },
		{ "complete", 1, false, complete },
		{ "complete", 2, false, complete },
		{ "cosign", 2, false, cosign },
		{ "settle", 1, true, settle },
	};
	static char word[] = "make", *alone[] = { word, NULL };

	if (!c->argc) {
		c->argc = 1;
		c->argv = alone;
	}
	return verb_run(c, verbs, sizeof verbs / sizeof *verbs, e);
}
