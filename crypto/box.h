/* Sealing: with a key that several share, and to the holder of a node's key.
 *
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with 24 bytes of nonce and
 * no additional data: the caller answers for never using a nonce twice under
 * one key. To a holder: libsodium's sealed box (X25519, XSalsa20-Poly1305,
 * BLAKE2b nonce) to the X25519 form of the Ed25519 key (RFC 7748, 8032).
 */
#ifndef CRYPTO_BOX_H
#define CRYPTO_BOX_H

#include "key.h"

#define BOX_KEY 32
#define BOX_NONCE 24
#define BOX_TAG 16		/* bytes that box_seal() adds */
#define BOX_TO_MORE 48		/* bytes that box_to() adds */

/* clear sealed, appended to out. */
MUST_USE enum err_code box_seal(const unsigned char key[BOX_KEY],
    const unsigned char nonce[BOX_NONCE], struct slice clear,
    struct buf *out, struct err *e);
/* The reverse. Expected: ERR_SEALED (another key, or changed bytes). */
MUST_USE enum err_code box_open(const unsigned char key[BOX_KEY],
    const unsigned char nonce[BOX_NONCE], struct slice sealed,
    struct buf *out, struct err *e);

/* Sealed so that only the holder of this public key opens it, appended to
 * out. Who made it, it does not tell. Expected: ERR_KEY (no public key). */
MUST_USE enum err_code box_to(const unsigned char public[KEY_PUBLIC],
    struct slice clear, struct buf *out, struct err *e);
/* Expected: ERR_SEALED (made for another, or changed). */
MUST_USE enum err_code box_of(const struct key *k, struct slice sealed,
    struct buf *out, struct err *e);

/* What a shared key is called: SHA-256(word 0x00 key). */
void box_key_id(const char *word, const unsigned char key[BOX_KEY],
    unsigned char id[32]);
#define BOX_CHAIN "wellhead chain key 1"
#define BOX_RECORD "wellhead record key 1"

#endif
