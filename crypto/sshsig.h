/* SSHSIG (OpenSSH PROTOCOL.sshsig), Ed25519, SHA-512 inside: the signature
 * that `git verify-commit` and `ssh-keygen -Y verify` accept.
 */
#ifndef CRYPTO_SSHSIG_H
#define CRYPTO_SSHSIG_H

#include "key.h"

/* The armored signature of message, lines of 70, ending with a newline. */
MUST_USE enum err_code sshsig_sign(const struct key *k, const char *namespace,
    struct slice message, struct buf *armored, struct err *e);
/* Verify against one expected public key. Only exactly the form above is
 * taken (no other hash, key type, namespace, or trailing bytes).
 * Expected: ERR_SIGNATURE, ERR_KEY (signed by another key). */
MUST_USE enum err_code sshsig_verify(const unsigned char public[KEY_PUBLIC],
    const char *namespace, struct slice message, struct slice armored,
    struct err *e);
/* The same against the key that the signature names, which is given. */
MUST_USE enum err_code sshsig_own(const char *namespace, struct slice message,
    struct slice armored, unsigned char public[KEY_PUBLIC], struct err *e);
/* The armor of a signature that was made over the namespace, and its two
 * parts, unverified. Expected: ERR_SIGNATURE. */
MUST_USE enum err_code sshsig_armor(const unsigned char public[KEY_PUBLIC],
    const char *namespace, const unsigned char signature[SIGNATURE_LEN],
    struct buf *armored, struct err *e);
MUST_USE enum err_code sshsig_parts(const char *namespace,
    struct slice armored, unsigned char public[KEY_PUBLIC],
    unsigned char signature[SIGNATURE_LEN], struct err *e);
/* The public key inside, unverified. Expected: ERR_SIGNATURE. */
MUST_USE enum err_code sshsig_key(struct slice armored,
    unsigned char public[KEY_PUBLIC], struct err *e);

#endif
