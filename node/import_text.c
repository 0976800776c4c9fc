/* The encoding of what clerks bring: UTF-8, or GB18030 from older tools. */
#include "import.h"

#include <errno.h>
#include <iconv.h>

#include "base/text.h"

/* A mark also says that the file means to be UTF-8. */
static struct slice skip_bom(struct slice s, bool *had)
{
	*had = s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0;
	return *had ? slice_of(s.p + 3, s.n - 3) : s;
}

/* Bytes that are not UTF-8 among many characters that are: the file is
 * damaged UTF-8, and reading it as GB18030 would make nonsense of all of it.
 * *line is the first such byte's. */
static bool is_damaged_utf8(struct slice s, int64_t *line)
{
	size_t i = 0, good = 0, bad = 0;
	int64_t at = 1;

	*line = 0;
	while (i < s.n) {
		size_t before = i;

		if (s.p[i] < 0x80) {
			at += s.p[i++] == '\n';
		} else if (utf8_next(s, &i) != (uint32_t)-1) {
			good++;
		} else {
			bad++;
			i = before + 1;
			if (*line == 0)
				*line = at;
		}
	}
	return good > 4 * bad;
}

/* Turns until all is converted: the first guess of the room is nearly always
 * enough. */
static enum err_code from_gb18030(struct slice s, struct buf *out,
    struct err *e)
{
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	char *in = (char *)(uintptr_t)s.p, *to;
	size_t left = s.n, room;
	enum err_code rc = OK;

	if (cd == (iconv_t)-1)
		return err_errno(e, _("converting from GB18030"));
	while (rc == OK && left > 0) {
		/* Two bytes become three at most; ASCII stays. */
		room = left + left / 2 + 16;
		to = (char *)buf_room(out, room);
		if (to == NULL) {
			rc = err_memory(e);
			break;
		}
		size_t had = room, r = iconv(cd, &in, &left, &to, &room);

		out->n += had - room;
		if (r == (size_t)-1 && errno != E2BIG)
			rc = err_set(e, ERR_ENCODING, _("the file is neither "
			    "UTF-8 nor GB18030"));
	}
	iconv_close(cd);
	return rc;
}

enum err_code import_decode(struct slice text, struct buf *own,
    struct slice *out, struct err *e)
{
	bool bom;
	int64_t line;
	enum err_code rc;

	*out = skip_bom(text, &bom);
	if (utf8_valid(*out))
		return OK;
	if (is_damaged_utf8(*out, &line) || bom) {
		err_set(e, ERR_ENCODING, _("line %lld is not UTF-8 while the "
		    "rest of the file is"), (long long)line);
		return err_hint(e, _("repair that line, or save the file "
		    "again as UTF-8"));
	}
	rc = from_gb18030(*out, own, e);
	if (rc == OK)
		rc = buf_ok(own, e);
	if (rc == OK && !utf8_valid(slice_buf(own)))
		rc = err_set(e, ERR_ENCODING, _("the file is neither UTF-8 "
		    "nor GB18030"));
	if (rc == ERR_ENCODING)
		err_hint(e, _("save the file again as UTF-8"));
	*out = slice_buf(own);
	return rc;
}
