/* A proof's values as text, and what is wrong with its lines.
 */
#include <stdarg.h>

#include "attest_impl.h"

enum err_code attest_bad(struct err *e, enum err_code code, size_t line,
    const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return err_set(e, code, _("line %zu: %s"), line, text);
}

void attest_text_add(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\\')
			buf_adds(out, "\\\\");
		else if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			buf_printf(out, "\\x%02x", s.p[i]);
		else
			buf_addc(out, s.p[i]);
}

void attest_value_add(struct buf *out, const struct value *v)
{
	uint64_t bits;

	switch (v->kind) {
	case VALUE_NULL:
		break;
	case VALUE_INT:
		buf_printf(out, "i%lld", (long long)v->i);
		break;
	case VALUE_REAL:
		memcpy(&bits, &v->r, sizeof bits);
		buf_printf(out, "r%016llx", (unsigned long long)bits);
		break;
	case VALUE_TEXT:
		buf_addc(out, 't');
		attest_text_add(out, v->s);
		break;
	case VALUE_BYTES:
		buf_addc(out, 'b');
		base64url_add(out, v->s);
		break;
	}
}
