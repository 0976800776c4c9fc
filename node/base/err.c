/* The error map, and a struct err that is built on the way up. */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "text.h"

static const struct {
	const char *name, *text;
	int status;
} map[] = {
#define X(c, name, status, text) [c] = { name, text, status },
	ERR_MAP(X)
#undef X
};

/* Copy text into out[size]: cut at a character's end, and with a '?' for
 * each byte that is not UTF-8 and each control character, so that what a
 * hostile file said can neither break a terminal nor a JSON writer. */
static void put(char *out, size_t size, const char *text)
{
	struct slice s = slice_str(text);
	size_t i = 0, from;
	uint32_t cp;

	s.n = utf8_cut(s, size - 1);
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	while (i < s.n) {
		from = i;
		cp = utf8_next(s, &i);
		if (cp == (uint32_t)-1 || cp == 0x7f ||
		    (cp < 0x20 && cp != '\n' && cp != '\t'))
			out[from] = '?';
	}
}

enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	/* A little longer than the detail, so that the cut sees whether it
	 * falls inside a character. */
	char text[sizeof(e->detail) + 4];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(e->detail, sizeof(e->detail), text);
	e->hint[0] = '\0';
	e->code = code;
	return code;
}

enum err_code err_hint(struct err *e, const char *fmt, ...)
{
	char text[sizeof(e->hint) + 4];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(e->hint, sizeof(e->hint), text);
	return e->code;
}

enum err_code err_in(struct err *e, const char *fmt, ...)
{
	char context[sizeof(e->detail)];
	char text[2 * sizeof(e->detail) + 4];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s: %s", context,
	    e->detail[0] != '\0' ? e->detail : err_text(e->code));
	put(e->detail, sizeof(e->detail), text);
	return e->code;
}

enum err_code err_errno(struct err *e, const char *fmt, ...)
{
	int number = errno;
	enum err_code code = ERR_IO;
	char what[sizeof(e->detail)], why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (number == ENOMEM)
		code = ERR_MEMORY;
	else if (number == ENOENT)
		code = ERR_NOT_FOUND;
	else if (number == EEXIST)
		code = ERR_EXISTS;
	return err_set(e, code, "%s: %s", what,
	    strerror_r(number, why, sizeof(why)));
}

enum err_code err_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

static bool known(enum err_code code)
{
	return (unsigned)code < ERR_COUNT;
}

const char *err_name(enum err_code code)
{
	return map[known(code) ? code : ERR_INTERNAL].name;
}

const char *err_text(enum err_code code)
{
	return gettext(map[known(code) ? code : ERR_INTERNAL].text);
}

int err_status(enum err_code code)
{
	return map[known(code) ? code : ERR_INTERNAL].status;
}

enum err_code err_by_name(const char *name)
{
	unsigned i;

	for (i = 0; i < ERR_COUNT; i++)
		if (strcmp(map[i].name, name) == 0)
			break;
	return (enum err_code)i;
}
