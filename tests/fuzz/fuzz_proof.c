/* Any bytes as a proof of a record: read, checked, refused. The corpus has good
 * ones, which must stay good.
 */
#include "fuzz_store.h"

#include "attest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct catalogue *c;
	struct err e = {0};
	json_t *o = NULL;

	if (!c && catalogue_load(&c, &e))
		abort();
	if (attest_check(slice_of(data, size), NULL, c, &o, &e) == OK)
		json_decref(o);
	else if (!e.detail[0])
		abort();	/* refused without a word */
	return 0;
}
