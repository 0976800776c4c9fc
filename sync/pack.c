#include "codec.h"

#define ZLIB_CONST
#include <zlib.h>

static enum err_code err_zlib(struct err *e, int rc)
{
	if (rc == Z_MEM_ERROR)
		return err_memory(e);
	return err_set(e, ERR_FORMAT,
	    _("the compressed data is damaged, or its dictionary is another"));
}

enum err_code pack_deflate(struct slice raw, struct slice dictionary,
    struct buf *out, struct err *e)
{
	z_stream z = { 0 };
	unsigned char *room;
	uLong bound;
	int rc;

	if (raw.n > RAW_MAX || dictionary.n > DICTIONARY_MAX)
		return err_set(e, ERR_TOO_BIG,
		    _("a payload of %zu bytes; at most %u are sealed"),
		    raw.n, RAW_MAX);
	rc = deflateInit2(&z, 9, Z_DEFLATED, 15, 9, Z_DEFAULT_STRATEGY);
	if (rc != Z_OK)
		return err_zlib(e, rc);
	if (dictionary.n > 0)
		rc = deflateSetDictionary(&z, dictionary.p,
		    (uInt)dictionary.n);
	bound = deflateBound(&z, (uLong)raw.n);
	room = buf_room(out, bound);
	if (rc == Z_OK && room != NULL) {
		z.next_in = raw.p;
		z.avail_in = (uInt)raw.n;
		z.next_out = room;
		z.avail_out = (uInt)bound;
		rc = deflate(&z, Z_FINISH);
		out->n += z.total_out;
	}
	deflateEnd(&z);
	if (room == NULL)
		return err_memory(e);
	return rc == Z_STREAM_END ? OK : err_zlib(e, rc);
}

/* One call of inflate() does it, two with a dictionary: there is room for a
 * byte more than there may be. */
static int inflate_all(z_stream *z, struct slice dictionary)
{
	int rc = inflate(z, Z_FINISH);

	if (rc == Z_NEED_DICT && dictionary.n > 0) {
		rc = inflateSetDictionary(z, dictionary.p,
		    (uInt)dictionary.n);
		if (rc == Z_OK)
			rc = inflate(z, Z_FINISH);
	}
	return rc;
}

enum err_code pack_inflate(struct slice in, struct slice dictionary,
    size_t raw_len, struct buf *raw, struct err *e)
{
	z_stream z = { 0 };
	unsigned char *room;
	int rc;

	/* zlib gives at most 1032 bytes for one: a short stream that claims
	 * a long payload is refused before memory is taken. */
	if (raw_len > RAW_MAX || in.n > 2u * RAW_MAX ||
	    raw_len / 1032 > in.n || dictionary.n > DICTIONARY_MAX)
		return err_set(e, ERR_FORMAT, _("a payload of %zu bytes "
		    "claims to hold %zu"), in.n, raw_len);
	room = buf_room(raw, raw_len + 1);
	if (room == NULL)
		return err_memory(e);
	rc = inflateInit(&z);
	if (rc != Z_OK)
		return err_zlib(e, rc);
	z.next_in = in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = room;
	z.avail_out = (uInt)(raw_len + 1);
	rc = inflate_all(&z, dictionary);
	inflateEnd(&z);
	if (rc == Z_STREAM_END &&
	    (z.total_out != raw_len || z.avail_in != 0))
		return err_set(e, ERR_FORMAT, _("the payload's length is not "
		    "the one that was signed"));
	if (rc != Z_STREAM_END)
		return err_zlib(e, rc);
	raw->n += raw_len;
	return OK;
}
