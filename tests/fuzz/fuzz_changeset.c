/* Any bytes as a changeset's commit; what is taken must be the only form of
 * it. The same bytes as a ref's name and as a remote's address.
 */
#include <stddef.h>
#include <stdint.h>

#include "changeset.h"
#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(struct slice in)
{
	struct buf text = BUF_INIT, armored = BUF_INIT, again = BUF_INIT;
	struct header h;
	struct err e = { .code = OK };

	if (changeset_parse(in, &h, &text, &armored, &e) == OK) {
		if (changeset_text(&h, &again, &e) != OK ||
		    !slice_eq(slice_buf(&again), slice_buf(&text)))
			abort();
		/* Whatever is taken was neither added to nor cut. */
		if (text.n + armored.n > in.n)
			abort();
	}
	buf_release(&text);
	buf_release(&armored);
	buf_release(&again);
}

static void names(const char *s)
{
	char chain[CHAIN_NAME], epoch8[9], ref[80];
	struct url u;
	struct err e = { .code = OK };

	if (chain_of_ref(s, "refs/heads/", chain, epoch8)) {
		chain_ref(chain, epoch8, ref);
		if (strcmp(s, ref) != 0 ||
		    !chain_name_ok(slice_str(chain)))
			abort();
	}
	if (url_parse(s, &u, &e) == OK && u.kind == URL_SSH &&
	    (u.host[0] == '-' || u.path[0] == '-' || u.host[0] == '\0'))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = slice_dup(slice_of(data, size));

	parse(slice_of(data, size));
	if (s != NULL)
		names(s);
	free(s);
	return 0;
}
