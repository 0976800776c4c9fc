/* Any bytes as the head of a git bundle; what is taken is written again and
 * must be taken again, the same.
 */
#include <stddef.h>
#include <stdint.h>

#include "bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle b, again;
	struct buf text = BUF_INIT;
	struct err e;

	if (bundle_parse(slice_of(data, size), &b, &e) != OK)
		return 0;
	bundle_head(&b, &text);
	check(bundle_parse(slice_buf(&text), &again, &e) == OK);
	check(again.nref == b.nref && again.nneed == b.nneed &&
	    again.head == text.n && b.head <= size);
	bundle_release(&again);
	bundle_release(&b);
	buf_release(&text);
	return 0;
}
