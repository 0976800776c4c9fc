/* Slices and growing buffers. */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUF_FIRST 64	/* bytes of the first allocation */

struct slice slice_of(const void *p, size_t n)
{
	return (struct slice){ p, n };
}

struct slice slice_str(const char *s)
{
	return slice_of(s, s == NULL ? 0 : strlen(s));
}

struct slice slice_buf(const struct buf *b)
{
	return slice_of(b->p, b->n);
}

int slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);	/* p may be NULL */

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && slice_cmp(a, b) == 0;
}

bool slice_eqs(struct slice a, const char *s)
{
	return slice_eq(a, slice_str(s));
}

char *slice_dup(struct slice s)
{
	char *copy = s.n == SIZE_MAX ? NULL : malloc(s.n + 1);

	if (copy == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

/* Make room for n more bytes and the NUL. */
static bool grow(struct buf *b, size_t n)
{
	size_t need, cap = b->cap == 0 ? BUF_FIRST : b->cap;
	unsigned char *p;

	if (b->failed || n >= SIZE_MAX - b->n) {
		b->failed = true;
		return false;
	}
	need = b->n + n + 1;
	if (need <= b->cap)
		return true;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

unsigned char *buf_room(struct buf *b, size_t n)
{
	if (!grow(b, n))
		return NULL;
	/* Zeroed whole: the NUL stands wherever the caller ends. */
	memset(b->p + b->n, 0, n + 1);
	return b->p + b->n;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!grow(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_addb(b, slice_str(s));
}

void buf_addc(struct buf *b, unsigned char c)
{
	buf_add(b, &c, 1);
}

void buf_addb(struct buf *b, struct slice s)
{
	buf_add(b, s.p, s.n);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0 || !grow(b, (size_t)n))
		b->failed = true;
	else
		b->n += (size_t)vsnprintf((char *)b->p + b->n, (size_t)n + 1,
		    fmt, again);
	va_end(again);
	va_end(ap);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void buf_release(struct buf *b)
{
	free(b->p);
	*b = BUF_INIT;
}

enum err_code buf_ok(const struct buf *b, struct err *e)
{
	return b->failed ? err_memory(e) : OK;
}

char *buf_steal(struct buf *b)
{
	char *p;

	buf_add(b, NULL, 0);	/* an empty one becomes "" */
	if (b->failed) {
		buf_release(b);
		return NULL;
	}
	p = (char *)b->p;
	*b = BUF_INIT;
	return p;
}

void buf_add_u32(struct buf *b, uint32_t v)
{
	const unsigned char p[4] = { (unsigned char)(v >> 24),
		(unsigned char)(v >> 16), (unsigned char)(v >> 8),
		(unsigned char)v };

	buf_add(b, p, sizeof(p));
}

void buf_add_u64(struct buf *b, uint64_t v)
{
	buf_add_u32(b, (uint32_t)(v >> 32));
	buf_add_u32(b, (uint32_t)v);
}

void buf_add_str32(struct buf *b, struct slice s)
{
	if (s.n > UINT32_MAX) {
		b->failed = true;
		return;
	}
	buf_add_u32(b, (uint32_t)s.n);
	buf_addb(b, s);
}
