#include "changeset.h"

#include <stdio.h>

static bool is_code_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
}

static bool ends_with(struct slice s, const char *tail)
{
	size_t n = strlen(tail);

	return s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0;
}

static bool take_prefix(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0)
		return false;
	s->p += n;
	s->n -= n;
	return true;
}

bool chain_code_ok(struct slice code)
{
	size_t i;

	if (code.n < 1 || code.n > 16)
		return false;
	for (i = 0; i < code.n; i++) {
		if (!is_code_byte(code.p[i]))
			return false;
		if (i > 0 && code.p[i] == '.' && code.p[i - 1] == '.')
			return false;
	}
	return code.p[0] != '.' && code.p[0] != '-' &&
	    !ends_with(code, ".") && !ends_with(code, ".lock");
}

bool chain_name_ok(struct slice chain)
{
	if (!take_prefix(&chain, "node/") && !take_prefix(&chain, "file/") &&
	    !take_prefix(&chain, "hq/"))
		return false;
	return chain_code_ok(chain);
}

void chain_ref(const char *chain, const char *epoch, char out[80])
{
	/* HQ has one life only as far as refs go: branches must find hq/...
	 * without knowing its epoch. */
	if (strncmp(chain, "hq/", 3) == 0)
		snprintf(out, 80, "refs/heads/%.23s", chain);
	else
		snprintf(out, 80, "refs/heads/%.23s/%.8s", chain, epoch);
}

static bool is_hex(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		    (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

void chain_past_ref(const char *chain, const char *epoch, char out[80])
{
	snprintf(out, 80, "refs/heads/past/%.23s/%.8s", chain, epoch);
}

/* hq/TC/1a2b3c4d */
static bool past_of_ref(struct slice name, char chain[CHAIN_NAME],
    char epoch8[9])
{
	struct slice of = slice_of(name.p, name.n < 9 ? 0 : name.n - 9);
	struct slice digits, rest = of;

	if (!take_prefix(&rest, "hq/") || name.p[of.n] != '/' ||
	    !chain_name_ok(of))
		return false;
	digits = slice_of(name.p + of.n + 1, 8);
	snprintf(chain, CHAIN_NAME, "%.*s", (int)of.n, (const char *)of.p);
	snprintf(epoch8, 9, "%.*s", 8, (const char *)digits.p);
	return is_hex(digits);
}

bool chain_of_ref(const char *ref, const char *prefix,
    char chain[CHAIN_NAME], char epoch8[9])
{
	struct slice name = slice_str(ref), digits = slice_str("");
	struct slice rest;

	if (!take_prefix(&name, prefix))
		return false;
	if (take_prefix(&name, "past/"))
		return past_of_ref(name, chain, epoch8);
	rest = name;
	if (take_prefix(&rest, "node/") || take_prefix(&rest, "file/")) {
		if (name.n < 9 || name.p[name.n - 9] != '/')
			return false;
		digits = slice_of(name.p + name.n - 8, 8);
		name.n -= 9;
	}
	if (!chain_name_ok(name) || !is_hex(digits))
		return false;
	snprintf(chain, CHAIN_NAME, "%.*s", (int)name.n, (const char *)name.p);
	snprintf(epoch8, 9, "%.*s", (int)digits.n, (const char *)digits.p);
	return true;
}
