/* Chains: who writes them, where they stand, our own refs.
 */
#include <stdlib.h>

#include "chain_impl.h"
#include "base/list.h"
#include "sshsig.h"

#define PARENT "\nparent "
#define TREE_LINE (sizeof "tree " - 1 + OID_HEX - 1)

const char *chain_node_code(const char *chain)
{
	return strncmp(chain, "node/", 5) == 0 ? chain + 5 : NULL;
}

const char *chain_file_code(const char *chain)
{
	return strncmp(chain, "file/", 5) == 0 ? chain + 5 : NULL;
}

const char *chain_code(const char *chain)
{
	const char *code = chain_node_code(chain);

	return code ? code : chain_file_code(chain);
}

const char *chain_hq_branch(const char *chain)
{
	return strncmp(chain, "hq/", 3) == 0 ? chain + 3 : NULL;
}

bool chain_is_own(const struct identity *id, const char *chain,
    const char *epoch)
{
	const char *code = chain_code(chain);

	if (!code)
		return id->hq && chain_hq_branch(chain);
	return strcmp(code, id->code) == 0 && strcmp(epoch, id->epoch) == 0;
}

static int add_position(void *arg, const struct position *p)
{
	struct positions *ps = arg;
	struct position *more = list_grow(ps->p, ps->n, &ps->cap, sizeof *more);

	if (!more)
		return 1;
	ps->p = more;
	ps->p[ps->n++] = *p;
	return 0;
}

static int position_cmp(const void *a, const void *b)
{
	const struct position *p = a, *q = b;
	int c = strcmp(p->chain, q->chain);

	return c ? c : strcmp(p->epoch, q->epoch);
}

static int counted(void *arg, const struct position *p)
{
	size_t *n = arg;

	(void)p;
	(*n)++;
	return 0;
}

enum err_code positions_load(struct store *s, struct positions *out,
    struct err *e)
{
	size_t n = 0;
	enum err_code rc;

	*out = (struct positions){0};
	rc = position_each(s, add_position, out, e);
	if (!rc)
		rc = position_each(s, counted, &n, e);
	if (!rc && n != out->n)
		rc = err_memory(e);
	if (rc)
		positions_release(out);
	else if (out->n)
		qsort(out->p, out->n, sizeof *out->p, position_cmp);
	return rc;
}

void positions_release(struct positions *ps)
{
	free(ps->p);
	*ps = (struct positions){0};
}

const struct position *positions_find(const struct positions *ps,
    const char *chain, const char *epoch8)
{
	const struct position *best = NULL;
	size_t lo = 0, hi = ps->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(ps->p[mid].chain, chain) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < ps->n && strcmp(ps->p[lo].chain, chain) == 0; lo++)
		if (strncmp(ps->p[lo].epoch, epoch8, strlen(epoch8)) == 0 &&
		    (!best || ps->p[lo].last > best->last ||
		     (ps->p[lo].last == best->last &&
		      ps->p[lo].seq > best->seq)))
			best = &ps->p[lo];
	return best;
}

static int find_hq(void *arg, const struct roster_row *r)
{
	struct roster_row *out = arg;

	if (strcmp(r->kind, "hq") == 0)
		*out = *r;
	return out->number != 0;
}

/* A node knows itself before headquarters' roster does. */
static void own_row(const struct identity *id, struct roster_row *out)
{
	*out = (struct roster_row){ .number = id->number, .kind = "branch" };
	if (id->auditor)
		snprintf(out->kind, sizeof out->kind, "auditor");
	memcpy(out->code, id->code, sizeof out->code);
	memcpy(out->branch, id->branch, sizeof out->branch);
	memcpy(out->name, id->name, sizeof out->name);
	memcpy(out->key, id->node_key, sizeof out->key);
}

enum err_code chain_writer(struct node *n, const char *chain,
    struct roster_row *out, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	const char *code = chain_code(chain);
	enum err_code rc;

	*out = (struct roster_row){0};
	if (code)
		rc = roster_by_code(n->store, code, out, e);
	else
		rc = roster_each(n->store, find_hq, out, e);
	if (rc && rc != ERR_NOT_FOUND)
		return rc;
	if (rc && code && !id->hq && strcmp(code, id->code) == 0) {
		own_row(id, out);
		return OK;
	}
	/* headquarters' key never signs a branch's chain */
	if (rc || !out->number ||
	    (chain_node_code(chain) && strcmp(out->kind, "hq") == 0))
		return err_set(e, ERR_KEY, _("nobody on the roster may write "
		    "the chain %s"), chain);
	return OK;
}

enum err_code hq_author(struct node *n, char out[17], struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct buf b = BUF_INIT;
	enum err_code rc = OK;

	if (id->hq) {
		memcpy(out, id->code, sizeof id->code);
		return OK;
	}
	rc = store_meta_get(n->store, META_HQ_CODE, &b, e);
	if (!rc && (b.n == 0 || b.n > 16))
		rc = err_set(e, ERR_CORRUPT, _("the store does not know "
		    "headquarters' code"));
	if (!rc)
		snprintf(out, 17, "%.*s", (int)b.n, (const char *)b.p);
	buf_release(&b);
	return rc;
}

/* The first parent's name from a commit object, "" if it has none. Reading
 * the two lines by hand keeps a long walk cheap; link_read() is strict. */
static enum err_code parent_of(struct node *n, const char *commit,
    struct buf *content, char parent[OID_HEX], struct err *e)
{
	const char *line;
	enum err_code rc;

	buf_clear(content);
	rc = repo_read(n->repo, commit, OBJECT_COMMIT, COMMIT_MAX, content, e);
	if (rc)
		return rc;
	parent[0] = '\0';
	if (content->n < TREE_LINE + sizeof PARENT + OID_HEX)
		return OK;
	line = (const char *)content->p + TREE_LINE;
	if (memcmp(line, PARENT, sizeof PARENT - 1) == 0)
		snprintf(parent, OID_HEX, "%.*s", OID_HEX - 1,
		    line + sizeof PARENT - 1);
	return OK;
}

/* The lines of newest, last one first. */
static enum err_code reverse(const struct buf *newest, struct buf *out,
    struct err *e)
{
	for (size_t at = newest->n; at >= OID_HEX; at -= OID_HEX)
		buf_add(out, newest->p + at - OID_HEX, OID_HEX);
	return buf_ok(out, e);
}

enum err_code chain_commits(struct node *n, const char *tip,
    const struct position *after, struct buf *out, struct err *e)
{
	const char *end = after->seq ? after->commit : "";
	struct buf newest = BUF_INIT, content = BUF_INIT;
	char at[OID_HEX], parent[OID_HEX];
	enum err_code rc = OK;

	snprintf(at, sizeof at, "%s", tip);
	while (strcmp(at, end) != 0) {
		if (!at[0]) {
			rc = err_set(e, ERR_CHAIN, _("its tip %.10s does not "
			    "follow changeset %lld, which was taken already: "
			    "the chain was forked or turned back"), tip,
			    (long long)after->seq);
			goto done;
		}
		rc = parent_of(n, at, &content, parent, e);
		if (rc)
			goto done;
		buf_add(&newest, at, OID_HEX - 1);
		buf_addc(&newest, '\n');
		rc = buf_ok(&newest, e);
		if (rc)
			goto done;
		memcpy(at, parent, sizeof at);
	}
	rc = reverse(&newest, out, e);
done:
	buf_release(&content);
	buf_release(&newest);
	return rc;
}
