/* Any bytes as a file to import: the same bytes as JSON lines and as CSV.
 * What is accepted must also come out again. Nothing is kept: the store would
 * grow from run to run.
 */
#include "fuzz_store.h"

#include "transfer.h"

static void out_and_in(struct store *s, const struct type *t)
{
	struct buf out = BUF_INIT;
	struct err e = {0};

	if (export_type(s, t, EXPORT_JSONL, &out, &e) != OK ||
	    export_type(s, t, EXPORT_CSV, &out, &e) != OK)
		abort();
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *s = fuzz_store();
	const struct type *t = store_catalogue(s)->type;
	struct import_options o = { .by = "fuzz", .dry_run = true };
	struct import_result r;
	struct problems p = {0};
	struct err e = {0};

	if (import_jsonl(s, slice_of(data, size), &o, &r, &p, &e) == OK &&
	    p.errors > 0)
		abort();
	problems_release(&p);
	if (import_csv(s, t, slice_of(data, size), &o, &r, &p, &e) == OK &&
	    p.errors > 0)
		abort();
	problems_release(&p);
	out_and_in(s, t);
	return 0;
}
