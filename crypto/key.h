/* Ed25519 keys (RFC 8032) and the files they are kept in.
 *
 * File: the text "wellhead key 1", a line "none" or "argon2id <ops> <mem>
 * <salt hex>", then hex of the 32-byte seed, or of nonce and sealed seed
 * (XChaCha20-Poly1305 under the Argon2id key). Mode 0600, made O_EXCL.
 * Secrets are wiped by key_release(); rejected text is never echoed.
 */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include "base/buf.h"

#define KEY_PUBLIC 32
#define KEY_SECRET 64		/* seed, then public key, as libsodium has it */
#define SIGNATURE_LEN 64

struct key {
	unsigned char public[KEY_PUBLIC];
	unsigned char secret[KEY_SECRET];
};

void key_make(struct key *k);
void key_release(struct key *k);	/* wipes */
/* passphrase NULL: not sealed. Expected: ERR_EXISTS. */
MUST_USE enum err_code key_save(const struct key *k, const char *path,
    const char *passphrase, struct err *e);
/* Expected: ERR_NOT_FOUND, ERR_KEY (needs a passphrase, or a wrong one),
 * ERR_FORMAT; refuses a file that others may read (ERR_KEY, with a hint). */
MUST_USE enum err_code key_load(struct key *k, const char *path,
    const char *passphrase, struct err *e);

/* Is the key in this file sealed by a passphrase? Expected: ERR_NOT_FOUND. */
MUST_USE enum err_code key_sealed(const char *path, bool *sealed,
    struct err *e);

void key_sign(const struct key *k, struct slice message,
    unsigned char out[SIGNATURE_LEN]);
MUST_USE bool key_verify(const unsigned char public[KEY_PUBLIC],
    struct slice message, const unsigned char signature[SIGNATURE_LEN]);

/* The private key in OpenSSH's own form, not sealed: a secret. The caller
 * wipes out. comment: at most 64 bytes. */
MUST_USE enum err_code key_openssh(const struct key *k, const char *comment,
    struct buf *out, struct err *e);

/* "ssh-ed25519 AAAA..." as in allowed_signers and known_hosts. */
void key_ssh_text(struct buf *b, const unsigned char public[KEY_PUBLIC]);
/* The reverse; takes the two words, ignores a comment. */
MUST_USE bool key_ssh_parse(struct slice s, unsigned char public[KEY_PUBLIC]);

#endif
