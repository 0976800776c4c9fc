/* What a file is, by its first bytes, and names that fit it.
 * Sources: ISO 10918-1 B.1.1.3, RFC 2083 3.1, ISO 32000-1 7.5.2, APPNOTE
 * 4.3.7, ECMA-376-2 9, OpenDocument 1.2-3 3.3.
 */
#include "attachment.h"

#include <strings.h>

#include "base/text.h"

/* inside: a name that must stand in an archive's directory. */
static const struct media {
	const char *name, *magic;
	size_t n;
	const char *inside, *ending[3];
} medias[] = {
	{ "image/jpeg", "\xff\xd8\xff", 3, NULL, { "jpg", "jpeg" } },
	{ "image/png", "\x89PNG\r\n\x1a\n", 8, NULL, { "png" } },
	{ "application/pdf", "%PDF-", 5, NULL, { "pdf" } },
	{ "application/vnd.openxmlformats-officedocument"
	  ".wordprocessingml.document", "PK\3\4", 4, "word/document.xml",
	  { "docx" } },
	{ "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	  "PK\3\4", 4, "xl/workbook.xml", { "xlsx" } },
	{ "application/vnd.openxmlformats-officedocument"
	  ".presentationml.presentation", "PK\3\4", 4,
	  "ppt/presentation.xml", { "pptx" } },
	{ "application/vnd.oasis.opendocument.text", "PK\3\4", 4,
	  "mimetypeapplication/vnd.oasis.opendocument.text", { "odt" } },
	{ "application/vnd.oasis.opendocument.spreadsheet", "PK\3\4", 4,
	  "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
	  { "ods" } },
};

static bool contains(struct slice s, const char *text)
{
	return memmem(s.p, s.n, text, strlen(text)) != NULL;
}

const char *attachment_media(struct slice bytes)
{
	for (size_t i = 0; i < sizeof medias / sizeof *medias; i++) {
		const struct media *m = &medias[i];

		if (bytes.n > m->n && !memcmp(bytes.p, m->magic, m->n) &&
		    (!m->inside || contains(bytes, m->inside)))
			return m->name;
	}
	return NULL;
}

/* Fit for a file's name everywhere, and never a path. */
static bool name_ok(struct slice s)
{
	size_t i = 0;

	if (!s.n || s.n >= ATTACHMENT_NAME_ROOM || !utf8_valid(s) ||
	    s.p[0] == '.' || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
		return false;
	while (i < s.n) {
		uint32_t c = utf8_next(s, &i);

		if (c < 0x20 || (c >= 0x7f && c < 0xa0) ||
		    (c < 0x80 && strchr("/\\:*?\"<>|", (int)c)))
			return false;
	}
	return true;
}

enum err_code attachment_name_check(const char *name, const char *media,
    struct err *e)
{
	const char *dot = strrchr(name, '.');
	const struct media *m = medias;

	if (!name_ok(slice_str(name))) {
		err_set(e, ERR_USAGE, _("“%.60s” cannot name an attachment"),
		    name);
		return err_hint(e, _("give one with --name, without "
		    "/ \\ : * ? \" < > | and no dot at its beginning"));
	}
	while (m < medias + sizeof medias / sizeof *medias - 1 &&
	    strcmp(m->name, media) != 0)
		m++;
	if (!dot)
		return OK;
	for (size_t i = 0; i < 3 && m->ending[i]; i++)
		if (!strcasecmp(dot + 1, m->ending[i]))
			return OK;
	err_set(e, ERR_TYPE, _("“%.60s” is not what its name says: its bytes "
	    "are %s"), name, m->name);
	return err_hint(e, _("if the file is the right one, attach it with "
	    "--name and an ending .%s"), m->ending[0]);
}
