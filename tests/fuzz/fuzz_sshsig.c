/* Any bytes as an armored signature and as a public key's text; and as noise
 * over a good signature, which then must fail.
 */
#include <stddef.h>
#include <stdint.h>

#include "hash.h"
#include "sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		__builtin_trap();
}

static void noise(const struct key *k, const uint8_t *data, size_t size)
{
	const struct slice message = slice_str("m");
	struct buf b = BUF_INIT;
	struct err e;
	bool same = true;

	check(sshsig_sign(k, "git", message, &b, &e) == OK);
	for (size_t i = 0; i < size && i < b.n; i++) {
		b.p[i] ^= data[i];
		same = same && data[i] == 0;
	}
	check(same == (sshsig_verify(k->public, "git", message,
	    slice_buf(&b), &e) == OK));
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct key k;
	static int ready;
	const struct slice in = slice_of(data, size);
	unsigned char public[KEY_PUBLIC];
	struct buf b = BUF_INIT;
	struct err e;

	if (!ready) {
		check(crypto_start(&e) == OK);
		key_make(&k);
		ready = 1;
	}
	check(sshsig_verify(k.public, "git", slice_str("m"), in, &e) != OK);
	if (sshsig_key(in, public, &e) == OK)
		check(sshsig_verify(public, "git", slice_str("m"), in, &e) !=
		    ERR_KEY);
	if (key_ssh_parse(in, public)) {
		key_ssh_text(&b, public);
		check(b.n <= size && memcmp(b.p, data, b.n) == 0);
	}
	buf_release(&b);
	noise(&k, data, size);
	return 0;
}
