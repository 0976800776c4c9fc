/* Any bytes through the CBOR reader; what it takes must be the only form. */
#include <stddef.h>
#include <stdint.h>

#include "cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(struct buf *b, const struct cbor_item *item)
{
	switch (item->kind) {
	case CBOR_INT:
		cbor_add_int(b, item->i);
		break;
	case CBOR_BYTES:
		cbor_add_bytes(b, item->s);
		break;
	case CBOR_TEXT:
		cbor_add_text(b, item->s);
		break;
	case CBOR_ARRAY:
		cbor_add_array(b, (uint64_t)item->i);
		break;
	case CBOR_BOOL:
		cbor_add_bool(b, item->i != 0);
		break;
	case CBOR_NULL:
		cbor_add_null(b);
		break;
	case CBOR_REAL:
		cbor_add_real(b, item->r);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cbor c = { .in = slice_of(data, size) };
	struct buf b = BUF_INIT;
	struct cbor_item item;
	struct err e;

	while (cbor_next(&c, &item, &e) == OK)
		write_again(&b, &item);
	/* The last item, which failed, is not in b. */
	if (b.n > size || (b.n > 0 && memcmp(b.p, data, b.n) != 0))
		__builtin_trap();
	buf_release(&b);
	return 0;
}
