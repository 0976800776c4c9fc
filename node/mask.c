/* Masking, as the header has it. */
#include "mask.h"

#include "base/text.h"

enum mask mask_level(char level, enum mask_reader reader)
{
	static const char levels[] = "PIRX";
	static const enum mask table[][4] = {
		[MASK_PUBLIC] = { MASK_SHOW, MASK_LEAVE_OUT, MASK_COVER,
			MASK_LEAVE_OUT },
		[MASK_INSIDE] = { MASK_SHOW, MASK_SHOW, MASK_COVER,
			MASK_LEAVE_OUT },
		[MASK_NAMED] = { MASK_SHOW, MASK_SHOW, MASK_SHOW,
			MASK_LEAVE_OUT },
	};
	const char *p = level ? strchr(levels, level) : NULL;

	return p ? table[reader][p - levels] : MASK_LEAVE_OUT;
}

void mask_name(struct buf *b, struct slice name)
{
	size_t i = 0;
	uint32_t cp;

	while (i < name.n) {
		cp = utf8_next(name, &i);
		if (cp == ' ' || cp == 0x3000)
			continue;
		utf8_add(b, cp);
		break;
	}
	buf_addc(b, '*');
}

void mask_phone(struct buf *b, struct slice phone)
{
	bool digits = phone.n == 11;

	for (size_t i = 0; i < phone.n && digits; i++)
		digits = phone.p[i] >= '0' && phone.p[i] <= '9';
	if (!digits) {
		buf_adds(b, "***");
		return;
	}
	buf_add(b, phone.p, 3);
	buf_adds(b, "****");
	buf_add(b, phone.p + 7, 4);
}

/* "1988-**-**" */
static void cover_date(struct buf *b, struct slice date)
{
	if (date.n == 10)
		buf_add(b, date.p, 4);
	buf_adds(b, date.n == 10 ? "-**-**" : "***");
}

static void cover(struct buf *b, const struct field *f, struct slice text)
{
	if (f->phone)
		mask_phone(b, text);
	else if (f->kind == COL_DATE)
		cover_date(b, text);
	else if (f->kind == COL_REF || !strcmp(f->key, "name"))
		mask_name(b, text);
	else
		buf_adds(b, "***");
}

bool mask_text(struct buf *b, const struct field *f, enum mask_reader reader,
    struct slice text)
{
	enum mask m = f->idno ? MASK_LEAVE_OUT : mask_level(f->level, reader);

	if (m == MASK_LEAVE_OUT)
		return false;
	if (m == MASK_SHOW)
		buf_addb(b, text);
	else if (text.n)
		cover(b, f, text);
	return true;
}
