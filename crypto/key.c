#include "key.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "hash.h"

#define TITLE "wellhead key 1\n"
#define KEY_TYPE "ssh-ed25519"
#define SEED crypto_sign_SEEDBYTES
#define SALT crypto_pwhash_argon2id_SALTBYTES
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEALED (NONCE + SEED + TAG)
#define FILE_MAX 1024
/* What a key file may ask of this machine: a forged one must not take all
 * of its memory or an hour. Ours ask for 64 MiB and 2 passes. */
#define OPS_MAX 16
#define MEM_MAX (1u << 30)

void key_make(struct key *k)
{
	crypto_sign_keypair(k->public, k->secret);
}

void key_release(struct key *k)
{
	wipe(k, sizeof(*k));
}

static void wipe_buf(struct buf *b)
{
	if (b->p != NULL)
		wipe(b->p, b->cap);
	buf_release(b);
}

/* The key that seals the seed. Takes a tenth of a second and 64 MiB. */
static enum err_code stretch(const char *passphrase,
    const unsigned char salt[SALT], uint64_t ops, size_t mem,
    unsigned char out[32], struct err *e)
{
	if (crypto_pwhash_argon2id(out, 32, passphrase, strlen(passphrase),
	    salt, ops, mem, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		return err_memory(e);
	return OK;
}

/* Line 2 and line 3 of a sealed file. What is in the file before the sealed
 * bytes is authenticated with them. */
static enum err_code seal(const struct key *k, const char *passphrase,
    struct buf *b, struct err *e)
{
	unsigned char salt[SALT], kek[32], sealed[SEALED];
	unsigned long long n;
	enum err_code c;

	random_bytes(salt, sizeof(salt));
	random_bytes(sealed, NONCE);
	buf_printf(b, "argon2id %u %u ",
	    (unsigned)crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
	    (unsigned)crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE);
	hex_add(b, slice_of(salt, sizeof(salt)));
	buf_addc(b, '\n');
	c = stretch(passphrase, salt,
	    crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
	    crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE, kek, e);
	if (c == OK)
		c = buf_ok(b, e);
	if (c != OK)
		goto done;
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, &n,
	    k->secret, SEED, b->p, b->n, NULL, sealed, kek);
	hex_add(b, slice_of(sealed, sizeof(sealed)));
done:
	wipe(kek, sizeof(kek));
	return c;
}

enum err_code key_save(const struct key *k, const char *path,
    const char *passphrase, struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code c = OK;

	/* All room at once: a buffer that moves would leave a copy behind. */
	if (buf_room(&b, FILE_MAX) == NULL)
		return err_memory(e);
	buf_adds(&b, TITLE);
	if (passphrase != NULL) {
		c = seal(k, passphrase, &b, e);
	} else {
		buf_adds(&b, "none\n");
		hex_add(&b, slice_of(k->secret, SEED));
	}
	buf_addc(&b, '\n');
	if (c == OK)
		c = buf_ok(&b, e);
	if (c == OK)
		c = file_write(path, slice_buf(&b), 0600, true, e);
	wipe_buf(&b);
	return c;
}

/* Take the bytes up to the newline that must come; the rest stays in s. */
static bool take_line(struct slice *s, struct slice *line)
{
	const unsigned char *nl;

	nl = s->n > 0 ? memchr(s->p, '\n', s->n) : NULL;
	if (nl == NULL)
		return false;
	*line = slice_of(s->p, (size_t)(nl - s->p));
	*s = slice_of(nl + 1, s->n - line->n - 1);
	return true;
}

/* A decimal number up to max and the space after it. */
static bool take_number(struct slice *s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		v = v * 10 + (uint64_t)(s->p[i] - '0');
		if (v > max)
			return false;
	}
	if (i == 0 || i == s->n || s->p[i] != ' ')
		return false;
	*s = slice_of(s->p + i + 1, s->n - i - 1);
	*out = v;
	return true;
}

static enum err_code not_a_key(struct err *e)
{
	return err_set(e, ERR_FORMAT, _("this is not a wellhead key file"));
}

/* lock: line 2 after "argon2id "; head: the file up to and with that line. */
static enum err_code unseal(struct slice lock, struct slice head,
    struct slice hex, const char *passphrase, unsigned char seed[SEED],
    struct err *e)
{
	unsigned char salt[SALT], kek[32], sealed[SEALED];
	uint64_t ops, mem;
	unsigned long long n;
	enum err_code c;

	if (!take_number(&lock, OPS_MAX, &ops) ||
	    !take_number(&lock, MEM_MAX, &mem) ||
	    ops < crypto_pwhash_argon2id_OPSLIMIT_MIN ||
	    mem < crypto_pwhash_argon2id_MEMLIMIT_MIN ||
	    !hex_decode(lock, salt, sizeof(salt)) ||
	    !hex_decode(hex, sealed, sizeof(sealed)))
		return not_a_key(e);
	if (passphrase == NULL) {
		err_set(e, ERR_KEY, _("the key is sealed by a passphrase"));
		return err_hint(e, _("set WELLHEAD_PASSPHRASE"));
	}
	c = stretch(passphrase, salt, ops, (size_t)mem, kek, e);
	if (c == OK && crypto_aead_xchacha20poly1305_ietf_decrypt(seed, &n,
	    NULL, sealed + NONCE, SEALED - NONCE, head.p, head.n, sealed,
	    kek) != 0)
		c = err_set(e, ERR_KEY, _("the passphrase is wrong"));
	wipe(kek, sizeof(kek));
	return c;
}

static enum err_code parse(struct slice s, const char *passphrase,
    unsigned char seed[SEED], struct err *e)
{
	const size_t nlock = strlen("argon2id ");
	struct slice all = s, line, lock, hex;

	if (!take_line(&s, &line) || line.n + 1 != strlen(TITLE) ||
	    memcmp(line.p, TITLE, line.n) != 0 || !take_line(&s, &lock))
		return not_a_key(e);
	all.n -= s.n;
	if (!take_line(&s, &hex) || s.n != 0)
		return not_a_key(e);
	if (slice_eqs(lock, "none"))
		return hex_decode(hex, seed, SEED) ? OK : not_a_key(e);
	if (lock.n < nlock || memcmp(lock.p, "argon2id ", nlock) != 0)
		return not_a_key(e);
	lock = slice_of(lock.p + nlock, lock.n - nlock);
	return unseal(lock, all, hex, passphrase, seed, e);
}

/* Like ssh: a key that others can read is no secret. */
static enum err_code check_mode(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_errno(e, "%s", path);
	if ((st.st_mode & 077) != 0) {
		err_set(e, ERR_KEY, _("others may read the key file %s"),
		    path);
		return err_hint(e, _("chmod 600 %s"), path);
	}
	return OK;
}

enum err_code key_sealed(const char *path, bool *sealed, struct err *e)
{
	static const char head[] = TITLE "none\n";
	struct buf b = BUF_INIT;
	enum err_code c = file_read(path, FILE_MAX, &b, e);

	*sealed = c == OK && (b.n < sizeof(head) - 1 ||
	    memcmp(b.p, head, sizeof(head) - 1) != 0);
	wipe_buf(&b);
	return c;
}

enum err_code key_load(struct key *k, const char *path, const char *passphrase,
    struct err *e)
{
	struct buf b = BUF_INIT;
	unsigned char seed[SEED];
	enum err_code c;

	c = check_mode(path, e);
	if (c != OK)
		return c;
	c = file_read(path, FILE_MAX, &b, e);
	if (c != OK)
		goto done;
	c = parse(slice_buf(&b), passphrase, seed, e);
	if (c != OK)
		err_in(e, _("reading the key %s"), path);
	else
		crypto_sign_seed_keypair(k->public, k->secret, seed);
done:
	wipe(seed, sizeof(seed));
	wipe_buf(&b);
	return c;
}

void key_sign(const struct key *k, struct slice message,
    unsigned char out[SIGNATURE_LEN])
{
	crypto_sign_detached(out, NULL, message.p, message.n, k->secret);
}

bool key_verify(const unsigned char public[KEY_PUBLIC], struct slice message,
    const unsigned char signature[SIGNATURE_LEN])
{
	return crypto_sign_verify_detached(signature, message.p, message.n,
	    public) == 0;
}

void key_ssh_text(struct buf *b, const unsigned char public[KEY_PUBLIC])
{
	struct buf blob = BUF_INIT;

	buf_add_str32(&blob, slice_str(KEY_TYPE));
	buf_add_str32(&blob, slice_of(public, KEY_PUBLIC));
	buf_adds(b, KEY_TYPE " ");
	base64_add(b, slice_buf(&blob));
	if (blob.failed)
		b->failed = true;
	buf_release(&blob);
}

bool key_ssh_parse(struct slice s, unsigned char public[KEY_PUBLIC])
{
	const char *type = KEY_TYPE " ";
	const size_t ntype = sizeof(KEY_TYPE), nhead = 4 + ntype - 1 + 4;
	struct buf blob = BUF_INIT, want = BUF_INIT;
	size_t n = 0;
	bool ok = false;

	if (s.n <= ntype || memcmp(s.p, type, ntype) != 0)
		return false;
	s = slice_of(s.p + ntype, s.n - ntype);
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\n')
		n++;
	if (n > 100 || !base64_decode(slice_of(s.p, n), &blob))
		goto done;
	buf_add_str32(&want, slice_str(KEY_TYPE));
	buf_add_u32(&want, KEY_PUBLIC);
	ok = !want.failed && blob.n == nhead + KEY_PUBLIC &&
	    memcmp(blob.p, want.p, nhead) == 0;
	if (ok)
		memcpy(public, blob.p + nhead, KEY_PUBLIC);
done:
	buf_release(&want);
	buf_release(&blob);
	return ok;
}
