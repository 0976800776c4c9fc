/* Keys as words: written, and compared with what somebody typed.
 */
#include "fingerprint.h"

#include "base/text.h"
#include "hash.h"

#define HEAD "wellhead fingerprint 1"	/* its NUL counts */

static void digest(const unsigned char public[KEY_PUBLIC],
    unsigned char out[SHA256_LEN])
{
	struct slice part[] = { slice_of(HEAD, sizeof HEAD),
		slice_of(public, KEY_PUBLIC) };

	sha256_of(part, 2, out);
}

void fingerprint_text(const unsigned char public[KEY_PUBLIC],
    const char *const word[256], struct buf *out)
{
	unsigned char sum[SHA256_LEN];

	digest(public, sum);
	for (size_t i = 0; i < FINGERPRINT_WORDS; i++) {
		if (i)
			buf_addc(out, ' ');
		buf_adds(out, word[sum[i]]);
	}
}

/* Is it what stands between words? */
static bool between(uint32_t c)
{
	return c <= ' ' || (c < 0x80 && strchr(",.;:-_/|\"'", (int)c)) ||
	    c == 0xa0 || c == 0x3000 || c == 0x3001 || c == 0x3002 ||
	    c == 0xff0c || c == 0xff1b || c == 0xb7 || c == 0xfeff;
}

static size_t skip(struct slice s, size_t at)
{
	for (size_t next = at; at < s.n; at = next)
		if (!between(utf8_next(s, &next)))
			break;
	return at;
}

/* Past the word, if that is what stands here; its letters may be apart. */
static bool take(struct slice s, size_t *at, const char *word)
{
	size_t i = skip(s, *at);

	for (; *word; word++, i++) {
		unsigned char c;

		i = skip(s, i);
		if (i >= s.n)
			return false;
		c = s.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		if (c != (unsigned char)*word)
			return false;
	}
	*at = i;
	return true;
}

/* How many words fit, from the first on; one more than there are when nothing
 * else follows. */
static size_t fitting(const unsigned char sum[SHA256_LEN],
    const char *const word[256], struct slice typed)
{
	size_t at = 0, n = 0;

	while (n < FINGERPRINT_WORDS && take(typed, &at, word[sum[n]]))
		n++;
	return n == FINGERPRINT_WORDS && skip(typed, at) == typed.n ? n + 1 :
	    n;
}

bool fingerprint_is(const unsigned char public[KEY_PUBLIC],
    struct slice typed, size_t *bad)
{
	unsigned char sum[SHA256_LEN];
	size_t zh, en;

	*bad = 1;
	if (!utf8_valid(typed))
		return false;
	digest(public, sum);
	zh = fitting(sum, fingerprint_zh, typed);
	en = fitting(sum, fingerprint_en, typed);
	*bad = 1 + (zh > en ? zh : en);
	return *bad > FINGERPRINT_WORDS + 1;
}
