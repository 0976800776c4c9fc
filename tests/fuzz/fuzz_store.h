/* One store for all runs of a fuzz target, with a few records to refer to. */
#ifndef FUZZ_STORE_H
#define FUZZ_STORE_H

#include <stdio.h>
#include <unistd.h>

#include "transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fuzz_records[] =
	"{\"type\":\"org_unit\",\"id\":\"HQ.org\",\"code\":\"HQ\",\"name\":"
	"\"n\",\"kind\":\"hq\",\"established_on\":\"2010-01-01\"}\n"
	"{\"type\":\"person\",\"id\":\"HQ.p\",\"name\":\"person\",\"kind\":"
	"\"on_duty\",\"org\":\"HQ.org\",\"employee_no\":\"1\"}\n";

static inline void fuzz_fail(const struct err *e)
{
	fprintf(stderr, "the fuzz store: %s\n", e->detail);
	abort();
}

static inline void fuzz_fill(struct store *s)
{
	struct import_options o = { .by = "fuzz" };
	struct import_result r;
	struct problems p = {0};
	struct err e = {0};

	if (import_jsonl(s, slice_str(fuzz_records), &o, &r, &p, &e) != OK)
		fuzz_fail(&e);
	problems_release(&p);
}

/* Made at the first call, in a folder of its own that is left to the
 * system's cleaning. */
static inline struct store *fuzz_store(void)
{
	static struct store *s;
	struct identity id = { .org = "00112233445566778899aabbccddeeff",
	    .org_name = "fuzz", .code = "HQ", .branch = "HQ", .name = "HQ",
	    .epoch = "ffeeddccbbaa99887766554433221100", .number = 1,
	    .hq = true };
	char path[64] = "/tmp/wellhead-fuzz-XXXXXX";
	struct catalogue *c = NULL;
	struct err e = {0};

	if (s != NULL)
		return s;
	if (mkdtemp(path) == NULL)
		abort();
	snprintf(path + strlen(path), sizeof path - strlen(path), "/store.db");
	if (catalogue_load(&c, &e) != OK ||
	    store_create(&s, path, c, &id, &e) != OK)
		fuzz_fail(&e);
	fuzz_fill(s);
	return s;
}

#endif
