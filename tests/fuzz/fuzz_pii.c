/* Any bytes as a notice's text: the search ends, stays inside, and what it
 * finds it also finds behind another clause.
 */
#include "pii.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = BUF_INIT;
	enum pii_kind kind, again;
	size_t at;

	if (pii_find(slice_of(data, size), &kind, &at)) {
		if (at >= size || kind == PII_NONE)
			abort();
		buf_adds(&b, "甲。");
		buf_add(&b, data, size);
		if (!pii_find(slice_buf(&b), &again, &at) || again != kind)
			abort();
		buf_release(&b);
	}
	return 0;
}
