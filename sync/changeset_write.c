#include "changeset.h"

#include <inttypes.h>

#include "base/text.h"
#include "changeset_rule.h"
#include "codec.h"
#include "hash.h"
#include "sshsig.h"

/* The last second of the year 9999: what git can still print. */
#define SEALED_MAX INT64_C(253402300799)

static bool is_hex_text(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

/* The fields that are hexadecimal text of one length; some may be "none". */
static const struct hex_rule {
	size_t at, digits;
	bool none;
	const char *name;
} hex_rules[] = {
	{ offsetof(struct header, org), 32, false, "Org" },
	{ offsetof(struct header, org_short), 16, false, "Org" },
	{ offsetof(struct header, epoch), 32, false, "Chain" },
	{ offsetof(struct header, prev), 64, true, "Prev" },
	{ offsetof(struct header, payload), 64, false, "Payload" },
	{ offsetof(struct header, root), 64, false, "Root" },
	{ offsetof(struct header, seen), 64, true, "Seen" },
	{ offsetof(struct header, key), 64, true, "Key" },
	{ offsetof(struct header, tree), 40, false, "tree" },
};

static const char *bad_hex(const struct header *h)
{
	size_t i;

	for (i = 0; i < sizeof(hex_rules) / sizeof(hex_rules[0]); i++) {
		const struct hex_rule *r = &hex_rules[i];
		const char *s = (const char *)h + r->at;

		if (r->none && strcmp(s, "none") == 0)
			continue;
		if (!is_hex_text(s, r->digits))
			return r->name;
	}
	return NULL;
}

/* One line of printable UTF-8 without spaces at the ends: git strips those,
 * and what git shows must be what was signed. */
static bool subject_ok(const char *s)
{
	size_t i, n = strlen(s);

	if (n == 0 || s[0] == ' ' || s[n - 1] == ' ')
		return false;
	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return utf8_valid(slice_str(s));
}

/* The name of the first part that breaks the format, or NULL. */
static const char *bad_part(const struct header *h)
{
	const char *hex = bad_hex(h);
	bool first = h->seq == 1;

	if (hex != NULL)
		return hex;
	if (strncmp(h->org, h->org_short, 16) != 0)
		return "author";
	if (!chain_name_ok(slice_str(h->chain)))
		return "Chain";
	if (!chain_code_ok(slice_str(h->author)))
		return "author";
	if (h->seq < 1)
		return "Seq";
	if (first != (strcmp(h->prev, "none") == 0))
		return "Prev";
	if (first ? h->parent[0] != '\0' : !is_hex_text(h->parent, 40))
		return "parent";
	if (h->raw_len < 0 || h->raw_len > RAW_MAX)
		return "Payload";
	if (h->dict < 0 || h->dict >= h->seq)
		return "Dict";
	if (h->sealed < 0 || h->sealed > SEALED_MAX)
		return "author";
	return subject_ok(h->subject) ? NULL : "subject";
}

/* The part before the signature's place: tree to committer. */
static void add_top(const struct header *h, struct buf *out)
{
	static const char *const who[] = { "author", "committer" };
	size_t i;

	buf_printf(out, "tree %s\n", h->tree);
	if (h->parent[0] != '\0')
		buf_printf(out, "parent %s\n", h->parent);
	for (i = 0; i < 2; i++)
		buf_printf(out, "%s %s <%s@%s> %" PRId64 " +0000\n", who[i],
		    h->author, h->author, h->org_short, h->sealed);
}

static void add_message(const struct header *h, struct buf *out)
{
	buf_printf(out, "\n%s\n\n", h->subject);
	buf_printf(out, TRAILER_FORMAT "%d\n", FORMAT_NOW);
	buf_printf(out, TRAILER_ORG "%s\n", h->org);
	buf_printf(out, TRAILER_CHAIN "%s/%s\n", h->chain, h->epoch);
	buf_printf(out, TRAILER_SEQ "%" PRId64 "\n", h->seq);
	buf_printf(out, TRAILER_PREV "%s\n", h->prev);
	buf_printf(out, TRAILER_PAYLOAD "%s %" PRId64 "\n", h->payload,
	    h->raw_len);
	buf_printf(out, TRAILER_ROOT "%s\n", h->root);
	buf_printf(out, TRAILER_DICT "%" PRId64 "\n", h->dict);
	buf_printf(out, TRAILER_SEEN "%s\n", h->seen);
	buf_printf(out, TRAILER_KEY "%s\n", h->key);
}

static enum err_code check(const struct header *h, struct err *e)
{
	const char *bad = bad_part(h);

	if (bad == NULL)
		return OK;
	return err_set(e, ERR_FORMAT,
	    _("the changeset's commit breaks the format at: %s"), bad);
}

enum err_code changeset_text(const struct header *h, struct buf *out,
    struct err *e)
{
	enum err_code rc = check(h, e);

	if (rc != OK)
		return rc;
	add_top(h, out);
	add_message(h, out);
	return buf_ok(out, e);
}

/* As git does it: every line of the signature after the first begins with
 * one space, and so does not end the header. */
static void add_gpgsig(struct slice armored, struct buf *out)
{
	size_t i, start = 0;

	for (i = 0; i < armored.n; i++) {
		if (armored.p[i] != '\n')
			continue;
		buf_adds(out, start == 0 ? GPGSIG : " ");
		buf_add(out, armored.p + start, i + 1 - start);
		start = i + 1;
	}
}

enum err_code changeset_content(const struct header *h,
    struct slice armored, struct buf *content, struct err *e)
{
	enum err_code rc = check(h, e);

	if (rc != OK)
		return rc;
	add_top(h, content);
	add_gpgsig(armored, content);
	add_message(h, content);
	return buf_ok(content, e);
}

enum err_code changeset_sign(const struct header *h, const struct key *k,
    struct buf *content, struct err *e)
{
	struct buf text = BUF_INIT, armored = BUF_INIT;
	enum err_code rc;

	rc = changeset_text(h, &text, e);
	if (rc == OK)
		rc = sshsig_sign(k, "git", slice_buf(&text), &armored, e);
	if (rc == OK)
		rc = changeset_content(h, slice_buf(&armored), content, e);
	buf_release(&text);
	buf_release(&armored);
	return rc;
}
