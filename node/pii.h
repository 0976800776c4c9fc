/* Personal data in running text: what may not stand on a notice board.
 *
 * Looks for identity numbers (GB 11643, 18 digits or the older 15), mobile
 * phone numbers, bank card numbers (any 16 to 19 digits in one piece), and
 * words that tell a person's illness.
 * Full-width digits count as digits, and numbers are found through the spaces
 * and hyphens that people write into them. Errs on the side of refusing: a
 * mistyped identity number still tells who is meant, so its check digit is
 * asked for only inside a longer run of digits.
 *
 * Not found: numbers written in Chinese characters, landlines (those are
 * offices'), illnesses that the list in pii_words.c does not name.
 */
#ifndef NODE_PII_H
#define NODE_PII_H

#include "base/buf.h"

/* name in C, what to call it */
#define PII_MAP(X) \
	X(PII_NONE, N_("nothing")) \
	X(PII_IDNO, N_("an identity number")) \
	X(PII_PHONE, N_("a phone number")) \
	X(PII_CARD, N_("a bank card number")) \
	X(PII_ILLNESS, N_("words on a person's illness"))

#define X(c, text) c,
enum pii_kind { PII_MAP(X) PII_COUNT };
#undef X

/* True when something was found: its kind, and the byte where it begins.
 * Numbers come before words. The text need not be valid UTF-8. */
bool pii_find(struct slice text, enum pii_kind *kind, size_t *at);

/* "a phone number", translated. */
const char *pii_text(enum pii_kind kind);

/* Words alone; pii_find() calls it. */
bool pii_illness(struct slice text, size_t *at);

#endif
