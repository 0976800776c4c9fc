#include "transport_work.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/list.h"
#include "base/text.h"
#include "changeset.h"
#include "lost.h"

/* Ends of chains that came in part: "oid ref\n" each. */
#define PARTIAL_FILE "partial"
#define PARTIAL_MAX (1u << 20)
#define OLD_MAX 8		/* of one chain */
#define LINES_MAX 4096

/* ---- which chains ---- */

static struct line *add_line(struct lines *ls, struct err *e)
{
	struct line *l = list_grow(ls->l, ls->n, &ls->cap, sizeof(*l));

	if (l == NULL) {
		err_memory(e);
		return NULL;
	}
	ls->l = l;
	l += ls->n;
	memset(l, 0, sizeof(*l));
	return l;
}

/* The line of one ref that the remote has, unless ours is there already. */
static enum err_code take_ref(struct work *k, struct lines *ls,
    const struct refspec *s, const char *there, struct err *e)
{
	char here[OID_HEX], own[OID_HEX];
	struct line *l;

	if (repo_ref_get(k->repo, s->to, here, e) != OK ||
	    repo_ref_get(k->repo, s->from, own, e) != OK)
		return e->code;
	if (strcmp(there, here) == 0)
		return OK;
	l = add_line(ls, e);
	if (l == NULL)
		return e->code;
	l->s = *s;
	snprintf(l->there, sizeof(l->there), "%s", there);
	l->flat = strncmp(s->from, "refs/mail/", 10) == 0;
	if (!l->flat)
		snprintf(l->base, sizeof(l->base), "%s",
		    here[0] != '\0' ? here : own);
	/* Having a commit is not enough: what a ref reaches is whole. */
	l->whole = strcmp(there, own) == 0;
	ls->n++;
	return OK;
}

/* "refs/heads/node/" and a star, for one name of the remote. */
static bool matches(const struct refspec *pattern, const char *name,
    struct refspec *out)
{
	size_t n = strlen(pattern->from) - 1, to = strlen(pattern->to) - 1;
	size_t length = strlen(name);
	char chain[CHAIN_NAME], epoch8[9], code[17];

	if (strncmp(name, pattern->from, n) != 0 ||
	    (!chain_of_ref(name, "refs/heads/", chain, epoch8) &&
	     !lost_of_ref(name + sizeof "refs/" - 1, chain, epoch8, code)) ||
	    length >= sizeof(out->from) || to + length - n >= sizeof(out->to))
		return false;
	*out = (struct refspec){ .force = pattern->force };
	memcpy(out->from, name, length + 1);
	snprintf(out->to, sizeof(out->to), "%.*s%s", (int)to, pattern->to,
	    name + n);
	return true;
}

static enum err_code take_pattern(struct work *k, struct lines *ls,
    const struct refspec *pattern, struct err *e)
{
	const char *at = (const char *)k->refs.p, *end;
	struct refspec s;
	char name[200], there[OID_HEX];

	for (; k->refs.n > 0 && *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		if (end == NULL)
			break;
		snprintf(there, sizeof(there), "%.40s", at);
		snprintf(name, sizeof(name), "%.*s", (int)(end - at) - 41,
		    at + 41);
		if (!matches(pattern, name, &s))
			continue;
		if (ls->n >= LINES_MAX)
			return err_set(e, ERR_TOO_BIG, _("the remote has more "
			    "than %d new chains"), LINES_MAX);
		if (take_ref(k, ls, &s, there, e) != OK)
			return e->code;
	}
	return OK;
}

/* ---- what came earlier ---- */

static enum err_code add_old(struct line *l, const char *oid, struct err *e)
{
	void *more;

	if (l->nold == OLD_MAX || strcmp(oid, l->there) == 0)
		return OK;
	more = reallocarray(l->old, l->nold + 1, sizeof(*l->old));
	if (more == NULL)
		return err_memory(e);
	l->old = more;
	more = reallocarray(l->old_bottom, l->nold + 1,
	    sizeof(*l->old_bottom));
	if (more == NULL)
		return err_memory(e);
	l->old_bottom = more;
	snprintf(l->old[l->nold], OID_HEX, "%s", oid);
	l->old_bottom[l->nold++][0] = '\0';
	return OK;
}

static struct line *line_to(struct lines *ls, const char *to)
{
	size_t i;

	for (i = 0; i < ls->n; i++)
		if (strcmp(ls->l[i].s.to, to) == 0)
			return &ls->l[i];
	return NULL;
}

static char *partial_path(const struct work *k)
{
	return path_join(repo_path(k->repo), PARTIAL_FILE);
}

/* One "oid ref" without its newline; false when it is not as we write it. */
static bool read_end(struct lines *ls, char *text, struct err *e,
    enum err_code *rc)
{
	unsigned char raw[20];
	struct line *l;

	if (strlen(text) < 42 || text[40] != ' ' ||
	    !hex_decode(slice_of(text, 40), raw, 20))
		return false;
	l = line_to(ls, text + 41);
	if (l == NULL) {
		buf_printf(&ls->others, "%s\n", text);
	} else {
		text[40] = '\0';
		*rc = add_old(l, text, e);
	}
	return *rc == OK;
}

static enum err_code read_partial(struct work *k, struct lines *ls,
    struct err *e)
{
	struct buf text = BUF_INIT;
	char *path = partial_path(k), *at, *end;
	struct err absent;
	enum err_code rc = path == NULL ? err_memory(e) : OK;

	if (rc == OK && file_read(path, PARTIAL_MAX, &text, &absent) == OK)
		for (at = (char *)text.p; at != NULL &&
		    (end = strchr(at, '\n')) != NULL; at = end + 1) {
			*end = '\0';
			if (!read_end(ls, at, e, &rc))
				break;
		}
	buf_release(&text);
	free(path);
	return rc == OK ? buf_ok(&ls->others, e) : rc;
}

enum err_code lines_save(struct work *k, const struct lines *ls,
    struct err *e)
{
	struct buf text = BUF_INIT;
	char *path = partial_path(k);
	enum err_code rc = path == NULL ? err_memory(e) : OK;
	size_t i, j;

	buf_addb(&text, slice_buf(&ls->others));
	for (i = 0; i < ls->n; i++) {
		const struct line *l = &ls->l[i];

		if (l->whole)
			continue;
		if (l->count > 0)
			buf_printf(&text, "%s %s\n", l->there, l->s.to);
		for (j = 0; j < l->nold; j++)
			buf_printf(&text, "%s %s\n", l->old[j], l->s.to);
	}
	if (rc == OK)
		rc = buf_ok(&text, e);
	if (rc == OK && path != NULL && text.n > 0)
		rc = file_write(path, slice_buf(&text), 0644, false, e);
	else if (rc == OK && path != NULL)
		unlink(path);
	buf_release(&text);
	free(path);
	return rc;
}

/* ---- how far they reach ---- */

/* The name of the one blob in a changeset's tree is its last 20 bytes. */
static enum err_code blob_size(struct work *k, const char *tree,
    uint64_t *bytes, struct err *e)
{
	struct buf content = BUF_INIT;
	git_object_t type;
	git_oid id;
	size_t size = 0;
	enum err_code rc;
	int git = 0;

	rc = repo_read(k->repo, tree, OBJECT_TREE, 4096, &content, e);
	if (rc == OK && content.n > 20) {
		memcpy(id.id, content.p + content.n - 20, 20);
		git = git_odb_read_header(&size, &type, k->repo->odb, &id);
	}
	if (git == GIT_ENOTFOUND)
		rc = err_set(e, ERR_NOT_FOUND, _("a part of tree %s "
		    "is not in the repository"), tree);
	else if (git != 0)
		rc = err_git(e, git, tree);
	*bytes += size + content.n + 24;
	buf_release(&content);
	return rc;
}

enum err_code work_commit(struct work *k, const char *oid,
    char parent[OID_HEX], uint64_t *bytes, struct err *e)
{
	struct buf content = BUF_INIT;
	char tree[OID_HEX];
	enum err_code rc;

	rc = repo_parent(k->repo, oid, parent, e);
	if (rc == OK)
		rc = repo_read(k->repo, oid, OBJECT_COMMIT, 1 << 20, &content,
		    e);
	if (rc == OK && content.n < 46)
		rc = err_set(e, ERR_FORMAT, _("commit %s is not one of ours"),
		    oid);
	if (rc == OK) {
		*bytes = content.n / 2;	/* it is text, the blob is not */
		snprintf(tree, sizeof(tree), "%.40s",
		    (const char *)content.p + 5);
		rc = blob_size(k, tree, bytes, e);
	}
	buf_release(&content);
	return rc;
}

/* From a commit downwards as far as all is here; *end is the parent that is
 * not, "" when the start or base was reached. */
static enum err_code follow(struct work *k, const struct line *l,
    const char *from, char bottom[OID_HEX], size_t *count,
    char end[OID_HEX], struct err *e)
{
	char at[OID_HEX], parent[OID_HEX];
	enum err_code rc = OK;
	uint64_t bytes;

	snprintf(at, sizeof(at), "%s", from);
	while (at[0] != '\0' && strcmp(at, l->base) != 0) {
		rc = work_commit(k, at, parent, &bytes, e);
		if (rc != OK)
			break;
		++*count;
		memcpy(bottom, at, OID_HEX);
		memcpy(at, parent, OID_HEX);
		work_alive(k);
	}
	if (rc != OK && rc != ERR_NOT_FOUND)
		return rc;
	snprintf(end, OID_HEX, "%s", rc == OK ? "" : at);
	return OK;
}

static enum err_code look_for(struct work *k, struct line *l, struct err *e)
{
	git_oid id;

	if (repo_oid(l->there, &id, e) != OK)
		return e->code;
	l->whole = git_odb_exists(k->repo->odb, &id) == 1;
	l->count = l->whole;
	return OK;
}

enum err_code line_follow(struct work *k, struct line *l, struct err *e)
{
	char from[OID_HEX], end[OID_HEX];
	size_t i, count = 0;

	snprintf(from, sizeof(from), "%s", l->there);
	if (l->whole)
		return OK;
	if (l->flat)
		return look_for(k, l, e);
	if (l->bottom[0] != '\0' &&
	    repo_parent(k->repo, l->bottom, from, e) != OK)
		return e->code;
	if (follow(k, l, from, l->bottom, &l->count, end, e) != OK)
		return e->code;
	l->whole = end[0] == '\0';
	for (i = 0; i < l->nold && !l->whole; i++)
		if (follow(k, l, l->old[i], l->old_bottom[i], &count, end,
		    e) != OK)
			return e->code;
	return OK;
}

enum err_code lines_make(struct work *k, struct lines *ls, struct err *e)
{
	enum err_code rc = OK;
	char there[OID_HEX];
	size_t i;

	*ls = (struct lines){ NULL, 0, 0, BUF_INIT };
	for (i = 0; rc == OK && i < k->n; i++) {
		const struct refspec *s = &k->spec[i];

		if (s->from[0] != '\0' && s->from[strlen(s->from) - 1] == '*') {
			rc = take_pattern(k, ls, s, e);
			continue;
		}
		work_ref(k, s->from, there);
		if (there[0] != '\0')
			rc = take_ref(k, ls, s, there, e);
	}
	if (rc == OK && ls->n > 0)
		rc = read_partial(k, ls, e);
	for (i = 0; rc == OK && i < ls->n; i++)
		rc = line_follow(k, &ls->l[i], e);
	return rc;
}

void lines_release(struct lines *ls)
{
	size_t i;

	for (i = 0; i < ls->n; i++) {
		free(ls->l[i].old);
		free(ls->l[i].old_bottom);
	}
	free(ls->l);
	buf_release(&ls->others);
	*ls = (struct lines){ NULL, 0, 0, BUF_INIT };
}
