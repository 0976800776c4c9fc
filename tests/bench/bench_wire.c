/* Bytes on the wire: the demo's records as changesets, beside the same
 * records as JSON lines through zlib -9, branch by branch.
 */
#include <zlib.h>

#include "bench.h"
#include "codec.h"

static double json_deflated(const struct buf *lines)
{
	uLongf n = compressBound(lines->n);
	Bytef *out = malloc(n);

	if (!out || compress2(out, &n, lines->p, lines->n, 9) != Z_OK)
		abort();
	free(out);
	return (double)n;
}

static double payload_bytes(const char *branch, const struct buf *lines,
    size_t *records)
{
	struct import_options o = { .branch = branch };
	struct import_result in = {0};
	struct problems p = {0};
	struct sealed sealed = {0};
	struct err e = {0};
	struct node *n;
	char tag[32];

	snprintf(tag, sizeof tag, "wire-%s", branch);
	bench_pair(tag, branch);
	n = bench_open(tag);
	bench_must(import_jsonl(n->store, slice_buf(lines), &o, &in, &p, &e),
	    &e);
	bench_must(seal_all(n, &sealed, &e), &e);
	problems_release(&p);
	node_close(n);
	*records += in.added;
	return (double)sealed.bytes;
}

void bench_wire(void)
{
	static const char *const branch[] = { "GQ", "NB", "CY", "TC", "XN" };
	double ours = 0, raw = 0;
	size_t i, records = 0;

	for (i = 0; i < sizeof branch / sizeof branch[0]; i++) {
		struct buf lines = BUF_INIT;

		bench_lines(branch[i], 1, &lines);
		raw += json_deflated(&lines);
		ours += payload_bytes(branch[i], &lines, &records);
		buf_release(&lines);
	}
	bench_row("payload, demo data", ours / (double)records, "bytes/record",
	    "JSON lines, zlib -9", raw / (double)records, ours / raw,
	    "(<= 0.5)");
}
