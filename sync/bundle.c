#include "bundle.h"

#include <stdlib.h>

#include "base/text.h"

#define MAGIC "# v2 git bundle\n"
#define OID_LEN (OID_HEX - 1)

void bundle_release(struct bundle *b)
{
	free(b->ref);
	free(b->need);
	*b = (struct bundle){0};
}

static enum err_code too_many(struct err *e)
{
	return err_set(e, ERR_TOO_BIG, _("the bundle has more than %d refs"),
	    BUNDLE_REFS_MAX);
}

enum err_code bundle_add_ref(struct bundle *b, const char *oid,
    const char *name, struct err *e)
{
	struct bundle_ref *more;

	if (b->nref == BUNDLE_REFS_MAX)
		return too_many(e);
	more = reallocarray(b->ref, b->nref + 1, sizeof *more);
	if (!more)
		return err_memory(e);
	b->ref = more;
	snprintf(more[b->nref].oid, OID_HEX, "%.40s", oid);
	snprintf(more[b->nref].name, sizeof more->name, "%s", name);
	b->nref++;
	return OK;
}

enum err_code bundle_add_need(struct bundle *b, const char *oid,
    struct err *e)
{
	char (*more)[OID_HEX];

	for (size_t i = 0; i < b->nneed; i++)
		if (strncmp(b->need[i], oid, OID_LEN) == 0)
			return OK;
	if (b->nneed == BUNDLE_REFS_MAX)
		return too_many(e);
	more = reallocarray(b->need, b->nneed + 1, sizeof *more);
	if (!more)
		return err_memory(e);
	b->need = more;
	snprintf(more[b->nneed++], OID_HEX, "%.40s", oid);
	return OK;
}

void bundle_head(const struct bundle *b, struct buf *out)
{
	buf_adds(out, MAGIC);
	for (size_t i = 0; i < b->nneed; i++)
		buf_printf(out, "-%s\n", b->need[i]);
	for (size_t i = 0; i < b->nref; i++)
		buf_printf(out, "%s %s\n", b->ref[i].oid, b->ref[i].name);
	buf_addc(out, '\n');
}

static enum err_code bad(struct err *e)
{
	return err_set(e, ERR_FORMAT, _("it is not a git bundle, or it is cut "
	    "short"));
}

/* 40 digits at the start of s, lower case, into out. */
static bool read_oid(struct slice s, char out[OID_HEX])
{
	unsigned char raw[20];

	if (s.n < OID_LEN || !hex_decode(slice_of(s.p, OID_LEN), raw, 20))
		return false;
	for (size_t i = 0; i < OID_LEN; i++)
		out[i] = (char)(s.p[i] | (s.p[i] >= 'A' ? 0x20 : 0));
	out[OID_LEN] = '\0';
	return true;
}

static enum err_code read_line(struct slice line, struct bundle *b,
    struct err *e)
{
	char oid[OID_HEX], name[120];
	size_t n;

	if (line.p[0] == '-') {
		/* the rest of such a line is a comment */
		if (!read_oid(slice_of(line.p + 1, line.n - 1), oid))
			return bad(e);
		return bundle_add_need(b, oid, e);
	}
	if (!read_oid(line, oid) || line.n < OID_HEX + 1 ||
	    line.p[OID_LEN] != ' ')
		return bad(e);
	n = line.n - OID_HEX;
	/* a name that is longer is no name of ours */
	if (n >= sizeof name)
		return OK;
	for (size_t i = 0; i < n; i++)
		if (line.p[OID_HEX + i] <= ' ' || line.p[OID_HEX + i] >= 0x7f)
			return OK;
	snprintf(name, sizeof name, "%.*s", (int)n,
	    (const char *)line.p + OID_HEX);
	return bundle_add_ref(b, oid, name, e);
}

enum err_code bundle_parse(struct slice text, struct bundle *out,
    struct err *e)
{
	const unsigned char *p = text.p, *end, *stop;
	size_t lines = 0;
	enum err_code rc = OK;

	*out = (struct bundle){0};
	if (!p || text.n < sizeof MAGIC - 1 ||
	    memcmp(p, MAGIC, sizeof MAGIC - 1) != 0)
		return bad(e);
	end = p + text.n;
	for (p += sizeof MAGIC - 1; !rc; p = stop + 1) {
		stop = memchr(p, '\n', (size_t)(end - p));
		if (!stop) {
			rc = bad(e);
			break;
		}
		if (stop == p)
			break;
		if (++lines > 4 * BUNDLE_REFS_MAX)
			rc = err_set(e, ERR_TOO_BIG, _("the bundle has more "
			    "than %d refs"), BUNDLE_REFS_MAX);
		else
			rc = read_line(slice_of(p, (size_t)(stop - p)), out,
			    e);
		if (rc)
			break;
	}
	if (rc)
		bundle_release(out);
	else
		out->head = (size_t)(p + 1 - text.p);
	return rc;
}
