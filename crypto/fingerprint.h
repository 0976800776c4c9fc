/* A public key as words that can be read over the telephone.
 *
 * The first nine bytes of SHA-256("wellhead fingerprint 1" 0x00 key), each a
 * word of a list of 256. docs/format-trust.md.
 */
#ifndef CRYPTO_FINGERPRINT_H
#define CRYPTO_FINGERPRINT_H

#include "key.h"

#define FINGERPRINT_WORDS 9

extern const char *const fingerprint_zh[256], *const fingerprint_en[256];

/* The words, a space between each two. */
void fingerprint_text(const unsigned char public[KEY_PUBLIC],
    const char *const word[256], struct buf *out);
/* Do the typed words, of either list, name this key? Spaces, also wide ones,
 * punctuation and the case of letters do not matter. If not, *bad is which
 * word is the first wrong one (from 1), FINGERPRINT_WORDS + 1 when more
 * follows the last. */
MUST_USE bool fingerprint_is(const unsigned char public[KEY_PUBLIC],
    struct slice typed, size_t *bad);

#endif
