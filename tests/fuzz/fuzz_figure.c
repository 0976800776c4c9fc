/* Any bytes as a figure: what compiles must also run, as plain SQL. */
#include "fuzz_store.h"

#include "figure.h"

static int ignore(void *arg, const json_t *record)
{
	(void)arg;
	(void)record;
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *s = fuzz_store();
	char *query = slice_dup(slice_of(data, size));
	struct buf sql = BUF_INIT;
	struct value v;
	struct err e = {0};

	if (query == NULL)
		return 0;
	if (figure_sql(s, query, false, &sql, &e) == OK &&
	    (figure_value(s, query, &v, &e) != OK ||
	    figure_records(s, query, ignore, NULL, &e) != OK)) {
		fprintf(stderr, "%s\n%s\n", (const char *)sql.p, e.detail);
		abort();
	}
	buf_release(&sql);
	free(query);
	return 0;
}
