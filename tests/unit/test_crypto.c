/* Hashes against published values, base64, keys and their files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "hash.h"
#include "key.h"
#include "merkle.h"

static char dir[] = "/tmp/wellhead-crypto-XXXXXX";
static char path[64];

static void same_hex(const unsigned char *got, size_t n, const char *want)
{
	struct buf b = BUF_INIT;

	hex_add(&b, slice_of(got, n));
	assert_string_equal((char *)b.p, want);
	buf_release(&b);
}

static void hashes(void **state)
{
	/* FIPS 180-4's examples; RFC 4231 test case 2 has a short key, so
	 * that it is checked padded to 32 bytes; RFC 6962's empty leaf. */
	const struct slice abc = slice_str("abc");
	const struct slice two[] = { slice_str("a"), slice_str("bc") };
	unsigned char key[32] = "Jefe", out[64];

	(void)state;
	sha256(abc, out);
	same_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	sha256_of(two, 2, out);
	same_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	sha512(abc, out);
	same_hex(out, 64, "ddaf35a193617abacc417349ae204131"
	    "12e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
	    "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	hmac_sha256(key, slice_str("what do ya want for nothing?"), out);
	same_hex(out, 32, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	merkle_leaf(slice_str(""), out);
	same_hex(out, 32, "6e340b9cffb37a989ca544e6bb780a2c"
	    "78901d3fb33738768511a30617afa01d");
}

/* The roots and one path of RFC 6962's eight example leaves, as published with
 * the certificate-transparency tests; every path of sizes up to 33 by itself. */
static const char *const leaf_hex[] = { "", "00", "10", "2021", "3031",
	"40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" };
static const char *const root_hex[] = {
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void merkle(void **state)
{
	struct merkle m = {0}, again;
	merkle_hash leaf[33], root, got, way[MERKLE_PATH_MAX];
	struct buf parts = BUF_INIT;
	unsigned char data[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		size_t n = strlen(leaf_hex[i]) / 2;

		assert_true(hex_decode(slice_str(leaf_hex[i]), data, n));
		merkle_leaf(slice_of(data, n), leaf[i]);
		merkle_add(&m, leaf[i]);
		merkle_root(&m, root);
		same_hex(root, 32, root_hex[i]);
	}
	for (size_t n = 1; n <= 33; n++) {
		m = (struct merkle){0};
		for (size_t i = 0; i < n; i++) {
			data[0] = (unsigned char)i;
			merkle_leaf(slice_of(data, 1), leaf[i]);
			merkle_add(&m, leaf[i]);
		}
		merkle_root(&m, root);
		buf_clear(&parts);
		merkle_save(&m, &parts);
		assert_true(merkle_load(&again, n, slice_buf(&parts)));
		assert_false(merkle_load(&again, n + 64, slice_buf(&parts)));
		for (size_t i = 0; i < n; i++) {
			merkle_path(leaf, n, i, way, &len);
			assert_true(merkle_follow(leaf[i], i, n, way, len,
			    got));
			assert_memory_equal(got, root, sizeof root);
			assert_false(merkle_follow(leaf[i], n, n, way, len,
			    got));
			assert_false(merkle_follow(leaf[i], i, n, way,
			    len + 1, got));
			assert_false(len && merkle_follow(leaf[i], i, n, way,
			    len - 1, got));
		}
	}
	buf_release(&parts);
}

static void base64(void **state)
{
	/* RFC 4648 section 10, then what a strict reader refuses. */
	static const char *const good[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=",
		"Zm9v\n", " Zm9v", "Zm-v", "Zg==Zg==", "====" };
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		buf_clear(&b);
		base64_add(&b, slice_str(good[i][0]));
		assert_true(slice_eqs(slice_buf(&b), good[i][1]));
		buf_clear(&b);
		assert_true(base64_decode(slice_str(good[i][1]), &b));
		assert_true(slice_eqs(slice_buf(&b), good[i][0]));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_clear(&b);
		if (base64_decode(slice_str(bad[i]), &b))
			fail_msg("accepted '%s'", bad[i]);
		assert_int_equal(b.n, 0);
	}
	buf_release(&b);
}

static void signatures(void **state)
{
	/* RFC 8032 section 7.1, TEST 2: seed, public key, signature of 72. */
	static const char seed[] = "4ccd089b28ff96da9db6c346ec114e0f"
	    "5b8a319f35aba624da8cf6ed4fb8a6fb";
	struct buf b = BUF_INIT;
	struct key k;
	unsigned char sig[SIGNATURE_LEN];
	struct err e;

	(void)state;
	buf_printf(&b, "wellhead key 1\nnone\n%s\n", seed);
	assert_int_equal(file_write(path, slice_buf(&b), 0600, true, &e), OK);
	assert_int_equal(key_load(&k, path, NULL, &e), OK);
	same_hex(k.public, 32, "3d4017c3e843895a92b70aa74d1b7ebc"
	    "9c982ccf2ec4968cc0cd55f12af4660c");
	key_sign(&k, slice_str("r"), sig);
	same_hex(sig, 64, "92a009a9f0d4cab8720e820b5f642540"
	    "a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
	    "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	assert_true(key_verify(k.public, slice_str("r"), sig));
	assert_false(key_verify(k.public, slice_str("s"), sig));
	sig[63] ^= 1;
	assert_false(key_verify(k.public, slice_str("r"), sig));
	key_release(&k);
	buf_release(&b);
	assert_int_equal(unlink(path), 0);
}

static void key_files(void **state)
{
	static const char *const pass[] = { NULL, "", "井口 correct horse" };
	struct key k, back;
	struct stat st;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(pass) / sizeof(*pass); i++) {
		key_make(&k);
		assert_int_equal(key_save(&k, path, pass[i], &e), OK);
		assert_int_equal(key_save(&k, path, pass[i], &e), ERR_EXISTS);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(key_load(&back, path, pass[i], &e), OK);
		assert_memory_equal(&back, &k, sizeof(k));
		if (pass[i] != NULL) {
			assert_int_equal(key_load(&back, path, NULL, &e),
			    ERR_KEY);
			assert_int_equal(key_load(&back, path, "wrong", &e),
			    ERR_KEY);
		}
		assert_int_equal(chmod(path, 0640), 0);
		assert_int_equal(key_load(&back, path, pass[i], &e), ERR_KEY);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(key_load(&back, path, NULL, &e), ERR_NOT_FOUND);
}

/* A rejected file's text is never in the message: it may be a key. */
static void bad_key_files(void **state)
{
#define HEX16 "00112233445566778899aabbccddeeff"
#define SEALED HEX16 HEX16 HEX16 HEX16 "0011223344556677"
	static const char *const bad[] = {
		"", "\n", "wellhead key 1", "wellhead key 1\n",
		"wellhead key 2\nnone\n" HEX16 HEX16 "\n",
		"wellhead key 1\nnone\n" HEX16 "\n",
		"wellhead key 1\nnone\n" HEX16 HEX16,
		"wellhead key 1\nnone\n" HEX16 HEX16 "\n\n",
		"wellhead key 1\nnone\n" HEX16 HEX16 "00\n",
		"wellhead key 1\nnone\nxx112233445566778899aabbccddeeff"
		HEX16 "\n",
		"wellhead key 1\nnone \n" HEX16 HEX16 "\n",
		"wellhead key 1\nargon2id\n" SEALED "\n",
		"wellhead key 1\nargon2id 2 67108864\n" SEALED "\n",
		"wellhead key 1\nargon2id 2 67108864 00\n" SEALED "\n",
		"wellhead key 1\nargon2id 99 67108864 " HEX16 "\n" SEALED "\n",
		"wellhead key 1\nargon2id 2 99999999999999999999 " HEX16 "\n"
		SEALED "\n",
		"wellhead key 1\nargon2id 0 0 " HEX16 "\n" SEALED "\n",
		"wellhead key 1\nargon2id -1 67108864 " HEX16 "\n" SEALED
		"\n",
	};
	struct key k;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(file_write(path, slice_str(bad[i]), 0600,
		    false, &e), OK);
		if (key_load(&k, path, "x", &e) != ERR_FORMAT)
			fail_msg("case %zu: got %s, wanted E_FORMAT", i,
			    err_name(e.code));
		assert_null(strstr(e.detail, "0011"));
	}
	assert_int_equal(unlink(path), 0);
}

static void ssh_text(void **state)
{
	static const char *const bad[] = { "", "ssh-ed25519", "ssh-ed25519 ",
		"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAAA", "ssh-ed25519 AAAA",
		("ssh-ed25519 AAAAB3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAA"
		 "AAAAAAAAAAAAAAAAAAAA") };
	struct buf b = BUF_INIT;
	unsigned char pk[KEY_PUBLIC];
	struct key k;

	(void)state;
	key_make(&k);
	key_ssh_text(&b, k.public);
	assert_int_equal(b.n, strlen("ssh-ed25519 ") + 68);
	assert_true(key_ssh_parse(slice_buf(&b), pk));
	assert_memory_equal(pk, k.public, KEY_PUBLIC);
	buf_adds(&b, " someone@somewhere\n");
	assert_true(key_ssh_parse(slice_buf(&b), pk));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (key_ssh_parse(slice_str(bad[i]), pk))
			fail_msg("accepted '%s'", bad[i]);
	buf_release(&b);
}

static int make_dir(void **state)
{
	struct err e;

	(void)state;
	if (crypto_start(&e) != OK || mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/node.key", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes),
		cmocka_unit_test(merkle),
		cmocka_unit_test(base64),
		cmocka_unit_test(signatures),
		cmocka_unit_test(key_files),
		cmocka_unit_test(bad_key_files),
		cmocka_unit_test(ssh_text),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
