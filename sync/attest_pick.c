#include "attest_pick.h"

#include <stdlib.h>

#include "base/list.h"
#include "base/text.h"
#include "chain_impl.h"
#include "erase.h"
#include "sealed.h"
#include "sshsig.h"

static void pick_free(struct pick *k)
{
	if (!k)
		return;
	link_release(&k->l);
	batch_release(&k->b);
	free(k->leaf);
	free(k->row);
	free(k);
}

void picks_release(struct picks *p)
{
	for (size_t i = 0; i < p->npick; i++)
		pick_free(p->pick[i]);
	free(p->pick);
	free(p->stamp);
	free(p->change);
}

/* The order of a proof's chains. */
static int compare(const struct changeset_row *a,
    const struct changeset_row *b)
{
	bool first = strcmp(a->chain, "hq/all") == 0;
	int c = strcmp(a->chain, b->chain);

	if (c && (first || strcmp(b->chain, "hq/all") == 0))
		return first ? -1 : 1;
	if (!c)
		c = strcmp(a->epoch, b->epoch);
	return c ? c : a->seq < b->seq ? -1 : a->seq > b->seq;
}

static enum err_code load(struct picks *p, struct pick *k, struct err *e)
{
	enum err_code rc;

	batch_init(&k->b, p->n->catalogue);
	rc = link_open(p->n, k->at.commit, &k->l, e);
	if (!rc)
		rc = link_payload(p->n, &k->l, e);
	if (!rc)
		rc = sshsig_parts("git", slice_buf(&k->l.armored), k->signer,
		    k->signature, e);
	if (!rc)
		rc = link_batch(p->n, &k->l, &k->b, e);
	if (!rc)
		rc = leaf_all(&k->b, &k->leaf, &k->nleaf, e);
	return rc ? err_in(e, _("changeset %lld of %s"),
	    (long long)k->at.seq, k->at.chain) : OK;
}

enum err_code pick_changeset(struct picks *p, const struct changeset_row *at,
    struct pick **out, struct err *e)
{
	struct pick *k, **more;
	size_t i = 0;
	enum err_code rc;

	while (i < p->npick && compare(&p->pick[i]->at, at) < 0)
		i++;
	if (i < p->npick && compare(&p->pick[i]->at, at) == 0) {
		*out = p->pick[i];
		return OK;
	}
	more = list_grow(p->pick, p->npick, &p->cap, sizeof(struct pick *));
	if (!more)
		return err_memory(e);
	p->pick = more;
	k = calloc(1, sizeof *k);
	if (!k)
		return err_memory(e);
	k->at = *at;
	rc = load(p, k, e);
	if (rc) {
		pick_free(k);
		return rc;
	}
	memmove(p->pick + i + 1, p->pick + i, (p->npick - i) * sizeof(struct pick *));
	p->pick[i] = k;
	p->npick++;
	*out = k;
	return OK;
}

static enum err_code add_row(struct pick *k, const struct pick_row *r,
    struct err *e)
{
	struct pick_row *more;
	size_t i = 0;

	while (i < k->nrow && k->row[i].leaf < r->leaf)
		i++;
	if (i < k->nrow && k->row[i].leaf == r->leaf)
		return OK;
	more = reallocarray(k->row, k->nrow + 1, sizeof *more);
	if (!more)
		return err_memory(e);
	k->row = more;
	memmove(more + i + 1, more + i, (k->nrow - i) * sizeof *more);
	more[i] = *r;
	k->nrow++;
	return OK;
}

static enum err_code find_row(struct pick *k, stamp_t stamp, bool *found,
    struct err *e)
{
	struct pick_row r = {0};

	*found = true;
	for (size_t i = 0; i < k->b.nsection; i++) {
		r.section = &k->b.section[i];
		for (r.row = 0; r.row < r.section->nrow; r.row++, r.leaf++)
			if (r.section->cell[r.row *
			    r.section->table->ncol].i == stamp)
				return add_row(k, &r, e);
	}
	*found = false;
	return OK;
}

enum err_code pick_row(struct pick *k, stamp_t stamp, struct err *e)
{
	bool found;
	enum err_code rc = find_row(k, stamp, &found, e);

	if (rc || found)
		return rc;
	return err_set(e, ERR_CORRUPT, _("changeset %lld of %s has not the "
	    "row that the store has from it"), (long long)k->at.seq,
	    k->at.chain);
}

void pick_unrow(struct pick *k, size_t i)
{
	k->nrow--;
	memmove(k->row + i, k->row + i + 1, (k->nrow - i) * sizeof *k->row);
}

void pick_drop(struct picks *p, struct pick *k)
{
	size_t i = 0;

	if (k->nrow)
		return;
	while (p->pick[i] != k)
		i++;
	p->npick--;
	memmove(p->pick + i, p->pick + i + 1,
	    (p->npick - i) * sizeof(struct pick *));
	pick_free(k);
}

/* Headquarters' stamps are spread over its chains: one of another chain may
 * lie between two of this one. */
enum err_code pick_stamp(struct picks *p, const char *chain, stamp_t stamp,
    struct pick **found, struct err *e)
{
	struct changeset_row at;
	struct pick *k = NULL;
	bool here = false;
	enum err_code rc;

	*found = NULL;
	rc = changeset_holding(p->n->store, chain, stamp, &at, e);
	if (!rc && at.seq)
		rc = pick_changeset(p, &at, &k, e);
	if (!rc && k)
		rc = find_row(k, stamp, &here, e);
	if (here)
		*found = k;
	else if (k)
		pick_drop(p, k);
	return rc;
}

/* ---- the text ---- */

static void add_hash(struct buf *out, const char *hex, size_t n)
{
	unsigned char b[SHA256_LEN];

	buf_addc(out, ' ');
	if (hex_decode(slice_str(hex), b, n))
		base64url_add(out, slice_of(b, n));
	else
		buf_addc(out, '-');
}

static void add_stamp(struct buf *out, stamp_t stamp)
{
	char text[STAMP_DIGITS + 1];

	base32_stamp(text, (uint64_t)stamp);
	buf_printf(out, " %s", text);
}

static void add_commit(struct buf *out, const struct pick *k)
{
	const struct header *h = &k->l.h;

	buf_printf(out, "commit %lld %lld", (long long)h->seq,
	    (long long)h->sealed);
	add_hash(out, h->tree, 20);
	add_hash(out, h->parent, 20);
	add_hash(out, h->prev, 32);
	add_hash(out, h->payload, 32);
	buf_printf(out, " %lld", (long long)h->raw_len);
	add_hash(out, h->root, 32);
	buf_printf(out, " %lld", (long long)h->dict);
	add_hash(out, h->seen, 32);
	add_hash(out, h->key, 32);
	buf_addc(out, ' ');
	base64url_add(out, slice_of(k->signer, KEY_PUBLIC));
	buf_addc(out, ' ');
	base64url_add(out, slice_of(k->signature, SIGNATURE_LEN));
	buf_addc(out, ' ');
	attest_text_add(out, slice_str(h->subject));
	buf_addc(out, '\n');
}

static bool named(const struct picks *p, struct slice field)
{
	for (size_t i = 0; i < p->nredact; i++)
		if (slice_eqs(field, p->redact[i]))
			return true;
	return false;
}

/* The record's first values, for who asks what may be shown. */
static struct value first_value(void *arg, const struct field *f)
{
	const struct picks *p = arg;
	const struct type *t = p->record.type;

	for (size_t i = 0; i < p->npick; i++)
		for (size_t j = 0; j < p->pick[i]->nrow; j++) {
			const struct pick_row *r = &p->pick[i]->row[j];
			const struct value *cell = r->section->cell +
			    r->row * r->section->table->ncol;

			if (r->section->type == t &&
			    cell[0].i == p->record.id)
				return cell[f->column_index];
		}
	return VALUE_NONE;
}

/* Asked for, kept from who acts now, or erased since. A failing store hides. */
static bool kept(const struct picks *p, const char *name, stamp_t stamp)
{
	const struct field *f = type_field(p->n->catalogue, p->record.type,
	    name);
	struct store *s = p->n->store;
	struct err ignored;
	bool erased;

	/* level X is sealed in the chain itself: its bytes prove nothing */
	return named(p, slice_str(name)) || (f && (f->level == 'X' ||
	    sealed_field(s, p->record.type, f, first_value,
		(void *)(uintptr_t)p) ||
	    erase_hit(s, p->record.id, f->key, stamp, &erased, &ignored) ||
	    erased));
}

/* Must this row's column stay hidden? */
static bool hides(const struct picks *p, const struct pick_row *r,
    const char *column)
{
	const struct section *s = r->section;
	const struct value *cell = s->cell + r->row * s->table->ncol;
	char field[ATTEST_TYPE];

	if (s->type)
		return kept(p, column, cell[0].i);
	if (s->fixed != TABLE_EDIT || strcmp(column, "value") != 0 ||
	    cell[EDIT_FIELD].kind != VALUE_TEXT ||
	    cell[EDIT_FIELD].s.n >= sizeof field)
		return false;
	memcpy(field, cell[EDIT_FIELD].s.p, cell[EDIT_FIELD].s.n);
	field[cell[EDIT_FIELD].s.n] = '\0';
	return kept(p, field, cell[0].i);
}

static void add_values(const struct picks *p, const struct pick_row *r,
    const struct leaf_value *v, size_t n, bool keyed, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		bool hide = !keyed && hides(p, r, v[i].column->key);

		buf_adds(out, hide ? "hidden " : "value ");
		if (hide) {
			base64url_add(out, slice_of(v[i].commitment,
			    SHA256_LEN));
		} else {
			buf_printf(out, "%s ", v[i].column->key);
			if (keyed)
				buf_addc(out, '-');
			else
				base64url_add(out, slice_of(v[i].salt,
				    LEAF_SALT));
			buf_addc(out, ' ');
			attest_value_add(out, v[i].value);
		}
		buf_addc(out, '\n');
	}
}

static enum err_code add_row_text(const struct picks *p, const struct pick *k,
    const struct pick_row *r, struct buf *out, struct err *e)
{
	const struct section *s = r->section;
	struct leaf_value *v = calloc(s->table->ncol, sizeof *v);
	stamp_t stamp = s->cell[r->row * s->table->ncol].i;
	unsigned char key[SHA256_LEN];
	struct buf scratch = BUF_INIT;
	bool keyed = true;
	size_t n;
	enum err_code rc;

	if (!v)
		return err_memory(e);
	n = leaf_values(&k->b, s, r->row, v, &scratch);
	for (size_t i = 0; i < n; i++)
		keyed &= !hides(p, r, v[i].column->key);
	leaf_row_key(&k->b, s->table->name, stamp, &scratch, key);
	buf_printf(out, "row %s", s->table->name);
	add_stamp(out, stamp);
	buf_addc(out, ' ');
	if (keyed)
		base64url_add(out, slice_of(key, sizeof key));
	else
		buf_addc(out, '-');
	buf_addc(out, '\n');
	add_values(p, r, v, n, keyed, out);
	rc = buf_ok(&scratch, e);
	buf_release(&scratch);
	free(v);
	return rc;
}

static enum err_code add_pick(const struct picks *p, const struct pick *k,
    struct buf *out, struct err *e)
{
	size_t *shown = calloc(k->nrow + 1, sizeof *shown);
	enum err_code rc = OK;

	if (!shown)
		return err_memory(e);
	add_commit(out, k);
	for (size_t i = 0; !rc && i < k->nrow; i++) {
		shown[i] = k->row[i].leaf;
		rc = add_row_text(p, k, &k->row[i], out, e);
	}
	if (!rc) {
		buf_adds(out, "tree ");
		attest_tree_add(out, (const merkle_hash *)k->leaf, k->nleaf,
		    shown, k->nrow);
		buf_addc(out, '\n');
	}
	free(shown);
	return rc;
}

/* ---- chains ---- */

struct leaves {
	const struct tip_row *tip;
	merkle_hash *leaf;
	int64_t n;
};

static int add_leaf(void *arg, const struct changeset_row *r)
{
	struct leaves *l = arg;

	if (strcmp(r->epoch, l->tip->epoch) != 0)
		return 0;
	if (r->seq != l->n + 1 || r->seq > l->tip->seq ||
	    !chain_leaf(r->sha256, l->leaf[l->n]))
		return 1;
	return ++l->n == l->tip->seq;
}

/* The tip, and the chain's commits below it with those picked shown. */
static enum err_code add_tip(const struct picks *p, size_t from, size_t to,
    const struct tip_row *t, struct buf *out, struct err *e)
{
	struct leaves l = { .tip = t };
	size_t *shown = calloc(to - from + 1, sizeof *shown), n = 0;
	enum err_code rc;

	l.leaf = calloc((size_t)t->seq, sizeof *l.leaf);
	if (!shown || !l.leaf) {
		free(shown);
		free(l.leaf);
		return err_memory(e);
	}
	rc = changeset_each(p->n->store, t->chain, 1, add_leaf, &l, e);
	if (!rc && l.n != t->seq)
		rc = err_set(e, ERR_CORRUPT, _("the store's journal of %s is "
		    "not whole"), t->chain);
	for (size_t i = from; !rc && i < to; i++)
		if (!p->pick[i]->past)
			shown[n++] = (size_t)p->pick[i]->at.seq - 1;
	buf_printf(out, "tip %lld ", (long long)t->seq);
	base64url_add(out, slice_of(t->sha256, SHA256_LEN));
	buf_printf(out, " %s\ntree ", t->stopped[0] ? t->stopped : "-");
	if (!rc)
		attest_tree_add(out, (const merkle_hash *)l.leaf,
		    (size_t)t->seq, shown, n);
	buf_addc(out, '\n');
	free(shown);
	free(l.leaf);
	return rc;
}

static const struct tip_row *tip_of(const struct tip_list *l,
    const struct changeset_row *at, size_t *index)
{
	for (*index = 0; *index < l->n; ++*index)
		if (strcmp(l->t[*index].chain, at->chain) == 0 &&
		    strcmp(l->t[*index].epoch, at->epoch) == 0)
			return &l->t[*index];
	return NULL;
}

static enum err_code add_chains(const struct picks *p,
    const struct tip_list *tips, size_t *shown, size_t *nshown,
    struct buf *out, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0, to; !rc && i < p->npick; i = to) {
		const struct changeset_row *at = &p->pick[i]->at;
		const struct tip_row *t = tip_of(tips, at, &shown[*nshown]);

		buf_printf(out, "chain %s %s\n", at->chain, at->epoch);
		for (to = i; !rc && to < p->npick &&
		    strcmp(p->pick[to]->at.chain, at->chain) == 0 &&
		    strcmp(p->pick[to]->at.epoch, at->epoch) == 0; to++)
			rc = add_pick(p, p->pick[to], out, e);
		if (!rc && t) {
			++*nshown;
			rc = add_tip(p, i, to, t, out, e);
		} else {
			buf_adds(out, "tip none\n");
		}
	}
	return rc;
}

static enum err_code add_tips(const struct tip_list *tips,
    const size_t *shown, size_t nshown, struct buf *out, struct err *e)
{
	merkle_hash *leaf = calloc(tips->n + 1, sizeof *leaf);
	struct buf line = BUF_INIT;
	enum err_code rc = leaf ? OK : err_memory(e);

	for (size_t i = 0; !rc && i < tips->n; i++) {
		buf_clear(&line);
		tip_line(&tips->t[i], &line);
		merkle_leaf(slice_buf(&line), leaf[i]);
	}
	if (!rc)
		rc = buf_ok(&line, e);
	buf_adds(out, "tips ");
	if (!rc && nshown)
		attest_tree_add(out, (const merkle_hash *)leaf, tips->n, shown,
		    nshown);
	else
		buf_adds(out, "none");
	buf_addc(out, '\n');
	buf_release(&line);
	free(leaf);
	return rc;
}

static int by_index(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

enum err_code attest_write(const struct picks *p, struct buf *out,
    struct err *e)
{
	const struct identity *id = store_identity(p->n->store);
	struct tip_list tips = {0};
	size_t *shown = calloc(p->npick + 1, sizeof *shown), nshown = 0;
	enum err_code rc = OK;

	if (!shown)
		return err_memory(e);
	buf_printf(out, ATTEST_HEAD "\norg %s\nroot ", id->org);
	base64url_add(out, slice_of(id->root_key, KEY_PUBLIC));
	buf_printf(out, "\nrecord %s", p->record.type->key);
	add_stamp(out, p->record.id);
	buf_addc(out, '\n');
	if (!rc && p->checkpoint.number)
		rc = tips_load_all(p->n->store, p->checkpoint.stamp, &tips, e);
	if (!rc)
		rc = add_chains(p, &tips, shown, &nshown, out, e);
	if (!rc) {
		qsort(shown, nshown, sizeof *shown, by_index);
		rc = add_tips(&tips, shown, nshown, out, e);
	}
	buf_adds(out, "state ");
	if (!rc && p->whole)
		attest_path_add(out, &p->state_path);
	else
		buf_adds(out, "none");
	buf_adds(out, "\nend\n");
	free(shown);
	free(tips.t);
	return rc ? rc : buf_ok(out, e);
}
