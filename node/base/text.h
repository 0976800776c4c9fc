/* Text: UTF-8, hex, Crockford base32.
 * Sources: RFC 3629, crockford.com/base32.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "buf.h"

/* Strict RFC 3629: no overlongs, no surrogates, at most U+10FFFF, and no NUL. */
bool utf8_valid(struct slice s);
/* Characters (code points) in valid UTF-8. */
size_t utf8_count(struct slice s);
/* Decode one code point at s.p[*i] and move *i on; (uint32_t)-1 if bad. */
uint32_t utf8_next(struct slice s, size_t *i);
void utf8_add(struct buf *b, uint32_t cp);
/* Largest n' <= n that does not cut a character. */
size_t utf8_cut(struct slice s, size_t n);
/* Columns on a terminal: East Asian wide characters take two. */
size_t utf8_width(struct slice s);
bool is_han(uint32_t cp);

/* Lower-case hex; hex_decode wants exactly n bytes' worth, either case. */
void hex_add(struct buf *b, struct slice s);
bool hex_decode(struct slice s, unsigned char *out, size_t n);

/* 'it'\''s': one word for a POSIX shell, whatever is in it. */
void shell_word_add(struct buf *b, const char *s);

/* Crockford base32 of a stamp: 13 digits, upper case, most significant
 * first. Reading takes either case, I L as 1, O as 0, and '-' is skipped. */
#define STAMP_DIGITS 13
void base32_stamp(char out[STAMP_DIGITS + 1], uint64_t v);
/* Read 1..13 digits as a prefix: the stamps that begin with it are
 * *lo..*hi inclusive. False if a character is not a digit or there are none. */
bool base32_prefix(const char *s, uint64_t *lo, uint64_t *hi);

#endif
