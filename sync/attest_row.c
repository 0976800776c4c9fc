/* Which rows a proof may have, and where: nothing of anybody else, nothing
 * that says nothing.
 */
#include "attest_impl.h"
#include "chain_impl.h"

struct check {
	struct attest *p;
	struct err *e;
};

enum { IN_ALL = 1, IN_BRANCH = 2, IN_NODE = 4 };

static unsigned place_of(const char *chain)
{
	if (strcmp(chain, "hq/all") == 0)
		return IN_ALL;
	return chain_hq_branch(chain) ? IN_BRANCH : IN_NODE;
}

bool attest_changes(const struct attest_row *r)
{
	return strcmp(r->table, "edit") == 0 ||
	    strcmp(r->table, "transition") == 0 ||
	    strcmp(r->table, "erase") == 0;
}

static bool of_record(const struct attest *p, const struct attest_row *r)
{
	return attest_changes(r) || strcmp(r->table, "attachment") == 0 ||
	    strcmp(r->table, p->type) == 0;
}

/* ---- rows of the record ---- */

static bool is_first(const struct check *c, const struct attest_row *r)
{
	if (r->stamp != c->p->id || c->p->first)
		return false;
	c->p->first = r;
	return true;
}

static bool is_change(const struct check *c, const struct attest_row *r)
{
	int64_t record;

	return attest_int(c->p, r, "record", &record) && record == c->p->id;
}

/* In a chain of the record's branch, or in one of headquarters' that may
 * speak of it. */
static bool is_ours(const struct check *c, const struct attest_row *r)
{
	const struct attest_chain *ch = attest_chain_of(c->p, r);

	return strcmp(ch->name, "hq/all") == 0 ||
	    strcmp(ch->branch, c->p->branch) == 0;
}

/* ---- rows about who may ---- */

static bool signs(const struct attest *p, const struct attest_row *r)
{
	unsigned char key[KEY_PUBLIC];

	if (!attest_bytes(p, r, "key", key, KEY_PUBLIC))
		return false;
	for (size_t i = 0; i < p->ncommit; i++)
		if (memcmp(p->commit[i].signer, key, KEY_PUBLIC) == 0)
			return true;
	return false;
}

static bool is_node(const struct check *c, const struct attest_row *r)
{
	const struct attest *p = c->p;

	if (attest_is(p, r, "kind", "hq"))
		return true;
	for (size_t i = 0; i < p->nchain; i++)
		if (attest_is(p, r, "code", p->chain[i].code))
			return true;
	return false;
}

static bool is_rotate(const struct check *c, const struct attest_row *r)
{
	return signs(c->p, r) && attest_is(c->p, r, "code",
	    attest_chain_of(c->p, r)->code);
}

static bool is_limit(const struct check *c, const struct attest_row *r)
{
	return signs(c->p, r);
}

/* Who signed a step, or whom it or the record names as its maker. */
static bool is_operator(const struct check *c, const struct attest_row *r)
{
	const struct attest *p = c->p;

	for (size_t i = 0; i < p->nrow; i++) {
		const struct attest_row *x = &p->row[i];
		bool step = strcmp(x->table, "transition") == 0;

		if (step && attest_operator(p, x) == r)
			return true;
		if ((step || strcmp(x->table, p->type) == 0) &&
		    attest_operator_at(p, attest_cell(p, x, "by"),
		    x->stamp) == r)
			return true;
	}
	return false;
}

static bool has_record(const struct attest *p, const struct attest_commit *k)
{
	for (size_t i = 0; i < k->nrow; i++)
		if (of_record(p, &p->row[k->row + i]))
			return true;
	return false;
}

static bool is_receipt(const struct check *c, const struct attest_row *r)
{
	const struct attest *p = c->p;
	int64_t from, to, arrived;

	if (!attest_int(p, r, "from_seq", &from) ||
	    !attest_int(p, r, "to_seq", &to) ||
	    !attest_int(p, r, "arrived", &arrived))
		return false;
	for (size_t i = 0; i < p->ncommit; i++) {
		const struct attest_commit *k = &p->commit[i];

		if (attest_is(p, r, "chain", k->h.chain) &&
		    attest_is(p, r, "epoch", k->h.epoch) &&
		    k->h.seq >= from && k->h.seq <= to && has_record(p, k))
			return true;
	}
	return false;
}

/* Somebody's Wellhead-Seen, or the carrier's own, which attest_tips() has
 * found. */
static bool is_checkpoint(const struct check *c, const struct attest_row *r)
{
	const struct attest_commit *k = &c->p->commit[r->commit];

	if (k == c->p->carrier)
		return true;
	for (size_t i = 0; i < c->p->ncommit; i++)
		if (strcmp(c->p->commit[i].h.seen, k->name) == 0)
			return true;
	return false;
}

static bool is_state(const struct check *c, const struct attest_row *r)
{
	return c->p->whole && &c->p->commit[r->commit] == c->p->carrier &&
	    attest_is(c->p, r, "branch", c->p->branch);
}

/* hides: may leave values out. */
static const struct rule {
	const char *table;
	unsigned places;
	bool hides;
	bool (*fits)(const struct check *c, const struct attest_row *r);
} rules[] = {
	{ "edit", IN_ALL | IN_BRANCH | IN_NODE, true, is_change },
	{ "transition", IN_ALL | IN_BRANCH | IN_NODE, true, is_change },
	{ "erase", IN_ALL | IN_BRANCH | IN_NODE, true, is_change },
	{ "attachment", IN_ALL | IN_BRANCH | IN_NODE, true, is_change },
	{ "node", IN_ALL, false, is_node },
	{ "rotate", IN_ALL | IN_NODE, false, is_rotate },
	{ "limit", IN_ALL, false, is_limit },
	{ "operator", IN_ALL | IN_NODE, false, is_operator },
	{ "receipt", IN_BRANCH, false, is_receipt },
	{ "checkpoint", IN_ALL, false, is_checkpoint },
	{ "state", IN_ALL, false, is_state },
};

static const struct rule *rule_of(const struct attest *p, const char *table)
{
	static const struct rule first = { "", IN_ALL | IN_BRANCH | IN_NODE,
		true, is_first };

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (strcmp(rules[i].table, table) == 0)
			return &rules[i];
	return strcmp(table, p->type) == 0 ? &first : NULL;
}

static enum err_code check_row(const struct check *c,
    const struct attest_row *r)
{
	const struct rule *k = rule_of(c->p, r->table);

	if (k && (k->places & place_of(attest_chain_of(c->p, r)->name)) &&
	    (r->keyed || k->hides) && k->fits(c, r) &&
	    (!of_record(c->p, r) || is_ours(c, r)))
		return OK;
	return attest_bad(c->e, ERR_FOREIGN, r->line, "%s", _("this row has "
	    "no place in the proof of this record"));
}

enum err_code attest_rows(struct attest *p, const struct catalogue *c,
    struct err *e)
{
	struct check k = { .p = p, .e = e };
	const struct attest_row *first = NULL;
	enum err_code rc = OK;

	if (!catalogue_type(c, p->type) ||
	    strcmp(catalogue_type(c, p->type)->key, p->type) != 0)
		return attest_bad(e, ERR_NEWER, 4, "%s", _("this wellhead does "
		    "not know records of that type"));
	for (size_t i = 0; i < p->nrow; i++)
		if (strcmp(p->row[i].table, p->type) == 0)
			first = &p->row[i];
	if (!first)
		return attest_bad(e, ERR_FORMAT, 4, "%s", _("the row that "
		    "made the record is not here"));
	memcpy(p->branch, attest_chain_of(p, first)->branch,
	    sizeof p->branch);
	for (size_t i = 0; !rc && i < p->nrow; i++)
		rc = check_row(&k, &p->row[i]);
	return rc;
}
