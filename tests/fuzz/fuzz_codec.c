/* Any bytes as a payload; what decodes must survive the round trip. The
 * first byte chooses: the payload itself, or its zlib stream behind two bytes
 * of the length that it claims.
 */
#include <stddef.h>
#include <stdint.h>

#include "codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct catalogue *catalogue;

static void check(int ok)
{
	if (!ok)
		__builtin_trap();
}

static void codec(struct slice raw)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct batch a, b;
	struct err e;

	batch_init(&a, catalogue);
	batch_init(&b, catalogue);
	/* What was read can be written, except past the caps. */
	if (codec_decode(raw, &a, &e) == OK &&
	    codec_encode(&a, &one, &e) == OK) {
		check(codec_decode(slice_buf(&one), &b, &e) == OK);
		check(codec_encode(&b, &two, &e) == OK);
		check(slice_eq(slice_buf(&one), slice_buf(&two)));
	}
	batch_release(&a);
	batch_release(&b);
	buf_release(&one);
	buf_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf raw = BUF_INIT;
	struct slice dictionary;
	struct err e;

	if (catalogue == NULL)
		check(catalogue_load(&catalogue, &e) == OK);
	if (size < 3)
		return 0;
	if (data[0] % 8 != 0) {
		codec(slice_of(data + 1, size - 1));
		return 0;
	}
	check(dictionary_zero(catalogue, &dictionary, &e) == OK);
	if (pack_inflate(slice_of(data + 3, size - 3), dictionary,
	    (size_t)data[1] << 8 | data[2], &raw, &e) == OK)
		codec(slice_buf(&raw));
	buf_release(&raw);
	return 0;
}
