#include "transport_work.h"

#include <stdio.h>

#include "base/text.h"

/* "oid name", with the capabilities behind a NUL in the first line. */
static enum err_code read_line(struct work *k, struct slice line,
    struct err *e)
{
	const unsigned char *nul = memchr(line.p, '\0', line.n);
	unsigned char oid[20];
	size_t n = nul == NULL ? line.n : (size_t)(nul - line.p), i;

	if (nul != NULL && k->caps.n == 0) {
		buf_addc(&k->caps, ' ');
		buf_add(&k->caps, nul + 1, line.n - n - 1);
		while (k->caps.n > 1 && k->caps.p[k->caps.n - 1] == '\n')
			k->caps.n--;
		buf_addc(&k->caps, ' ');
	}
	while (n > 0 && line.p[n - 1] == '\n')
		n--;
	/* Other lines (shallow, peeled tags, names that no ref of ours has)
	 * say nothing to us. */
	if (n < 42 || n > 41 + 200 || line.p[40] != ' ' ||
	    !hex_decode(slice_of(line.p, 40), oid, 20) ||
	    memcmp(line.p + 41, "refs/", 5) != 0)
		return OK;
	for (i = 41; i < n; i++)
		if (line.p[i] <= ' ' || line.p[i] == 0x7f)
			return OK;
	buf_add(&k->refs, line.p, n);
	buf_addc(&k->refs, '\n');
	if (k->refs.n > REFS_MAX)
		return err_set(e, ERR_TOO_BIG,
		    _("the remote has more refs than wellhead takes"));
	return OK;
}

enum err_code work_greet(struct work *k, const char *service, struct err *e)
{
	struct slice line;
	enum pkt kind;

	buf_clear(&k->refs);
	buf_clear(&k->caps);
	if (wire_open(&k->wire, k->url, service, e) != OK)
		return e->code;
	for (;;) {
		if (wire_read(&k->wire, &kind, &line, e) != OK)
			return e->code;
		if (kind == PKT_FLUSH)
			break;
		if (line.n > 0 && read_line(k, line, e) != OK)
			return e->code;
	}
	if (buf_ok(&k->refs, e) != OK || buf_ok(&k->caps, e) != OK)
		return e->code;
	if (k->caps.n > 0 && memmem(k->caps.p, k->caps.n,
	    " object-format=", 15) != NULL &&
	    !work_can(k, "object-format=sha1"))
		return err_set(e, ERR_FORMAT, _("the remote is a git "
		    "repository with another hash than SHA-1"));
	return OK;
}

bool work_can(const struct work *k, const char *capability)
{
	char word[64];
	int n = snprintf(word, sizeof(word), " %s ", capability);

	return k->caps.n > 0 && n > 0 && (size_t)n < sizeof(word) &&
	    memmem(k->caps.p, k->caps.n, word, (size_t)n) != NULL;
}

void work_ref(const struct work *k, const char *name, char oid[OID_HEX])
{
	const unsigned char *p = k->refs.p, *end, *stop;
	size_t n = strlen(name);

	oid[0] = '\0';
	if (k->refs.n == 0)
		return;
	for (stop = p + k->refs.n; p < stop; p = end + 1) {
		end = memchr(p, '\n', (size_t)(stop - p));
		if (end == NULL)
			return;
		if ((size_t)(end - p) == 41 + n &&
		    memcmp(p + 41, name, n) == 0) {
			memcpy(oid, p, 40);
			oid[40] = '\0';
			return;
		}
	}
}

enum err_code work_commits(struct work *k, const char *tip,
    const char *base, struct buf *oids, struct err *e)
{
	char at[OID_HEX], parent[OID_HEX];
	git_oid id;

	snprintf(at, sizeof(at), "%s", tip);
	while (at[0] != '\0' && strcmp(at, base) != 0) {
		if (repo_oid(at, &id, e) != OK ||
		    repo_parent(k->repo, at, parent, e) != OK)
			return e->code;
		buf_add(oids, id.id, sizeof(id.id));
		memcpy(at, parent, sizeof(at));
		work_alive(k);
	}
	if (at[0] == '\0' && base[0] != '\0')
		return err_set(e, ERR_CHAIN, _("commit %.12s does not follow "
		    "from %.12s"), tip, base);
	return buf_ok(oids, e);
}
