#include "box.h"

#include <sodium.h>

#include "hash.h"

_Static_assert(BOX_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
    BOX_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES &&
    BOX_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES &&
    BOX_TO_MORE == crypto_box_SEALBYTES, "libsodium's sizes");

enum err_code box_seal(const unsigned char key[BOX_KEY],
    const unsigned char nonce[BOX_NONCE], struct slice clear,
    struct buf *out, struct err *e)
{
	unsigned char *room = buf_room(out, clear.n + BOX_TAG);

	if (!room)
		return err_memory(e);
	crypto_aead_xchacha20poly1305_ietf_encrypt(room, NULL, clear.p,
	    clear.n, NULL, 0, NULL, nonce, key);
	out->n += clear.n + BOX_TAG;
	return OK;
}

enum err_code box_open(const unsigned char key[BOX_KEY],
    const unsigned char nonce[BOX_NONCE], struct slice sealed,
    struct buf *out, struct err *e)
{
	unsigned char *room;

	if (sealed.n < BOX_TAG)
		goto bad;
	room = buf_room(out, sealed.n);
	if (!room)
		return err_memory(e);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(room, NULL, NULL,
	    sealed.p, sealed.n, NULL, 0, nonce, key) != 0)
		goto bad;
	out->n += sealed.n - BOX_TAG;
	return OK;
bad:
	return err_set(e, ERR_SEALED, _("it was sealed with another key, or "
	    "changed since"));
}

enum err_code box_to(const unsigned char public[KEY_PUBLIC],
    struct slice clear, struct buf *out, struct err *e)
{
	unsigned char x[crypto_box_PUBLICKEYBYTES];
	unsigned char *room = buf_room(out, clear.n + BOX_TO_MORE);

	if (!room)
		return err_memory(e);
	if (crypto_sign_ed25519_pk_to_curve25519(x, public) != 0 ||
	    crypto_box_seal(room, clear.p, clear.n, x) != 0)
		return err_set(e, ERR_KEY, _("the reader's public key is not "
		    "valid"));
	out->n += clear.n + BOX_TO_MORE;
	return OK;
}

enum err_code box_of(const struct key *k, struct slice sealed,
    struct buf *out, struct err *e)
{
	unsigned char x[crypto_box_PUBLICKEYBYTES];
	unsigned char secret[crypto_box_SECRETKEYBYTES];
	unsigned char *room;
	enum err_code rc = OK;

	room = buf_room(out, sealed.n);
	if (!room)
		return err_memory(e);
	if (sealed.n < BOX_TO_MORE ||
	    crypto_sign_ed25519_pk_to_curve25519(x, k->public) != 0 ||
	    crypto_sign_ed25519_sk_to_curve25519(secret, k->secret) != 0 ||
	    crypto_box_seal_open(room, sealed.p, sealed.n, x, secret) != 0)
		rc = err_set(e, ERR_SEALED, _("it was sealed to another "
		    "reader, or changed since"));
	else
		out->n += sealed.n - BOX_TO_MORE;
	wipe(secret, sizeof secret);
	return rc;
}

void box_key_id(const char *word, const unsigned char key[BOX_KEY],
    unsigned char id[32])
{
	const struct slice part[] = {
		slice_of(word, strlen(word) + 1), slice_of(key, BOX_KEY),
	};

	sha256_of(part, 2, id);
}
