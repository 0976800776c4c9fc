/* Between check*.c only. */
#ifndef NODE_CHECK_IMPL_H
#define NODE_CHECK_IMPL_H

#include "check.h"

/* Most entries of a list or of several references, and most characters of a
 * field that names no limit of its own. */
#define LIST_MAX 2000
#define CHARS_MAX 20000

/* Text as typed, cleaned: spaces at both ends off, CRLF to LF. False, with a
 * problem noted, when it is not readable text or has control characters. */
bool text_clean(struct slice in, const struct field *f, struct buf *out,
    struct problems *p);
/* Notes W_MANGLED when the text looks as pasted from a broken web page. */
void text_mangled(struct slice s, const struct field *f, struct problems *p);
/* Full-width digits, letters and signs to ASCII, in place. */
void text_narrow(struct buf *b);

/* Whole numbers within +-2^53, optional sign. False if not one; *range tells
 * that it is one, but too great. */
bool text_int(struct slice s, int64_t *out, bool *range);
bool text_real(struct slice s, double *out);
/* Money in fen from text: see check_value(). Negative is left negative. */
bool text_fen(struct slice s, int64_t *out, bool *range);

#endif
