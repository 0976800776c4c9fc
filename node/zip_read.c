/* ZIP: the directory at the end, and one member at a time. */
#include "zip_read.h"

#include <strings.h>
#include <zlib.h>

#define END_BYTES 22		/* end of central directory */
#define ENTRY_BYTES 46		/* one entry of it */
#define LOCAL_BYTES 30		/* the header before a member */
#define COMMENT_MAX 65535
#define PIECE 65536
#define ENCRYPTED 0x2041	/* flag bits 0, 6 and 13 */

struct part {
	struct slice name;	/* borrowed from the file */
	unsigned flags, method;
	uint32_t crc, packed, size, at;
};

struct zip {
	struct slice file;
	struct part *part;
	size_t n;
};

static unsigned get16(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t get32(const unsigned char *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static enum err_code damaged(struct err *e)
{
	err_set(e, ERR_FORMAT, _("the file is no spreadsheet, or a damaged "
	    "one"));
	return err_hint(e, _("open it in the spreadsheet program and save it "
	    "again as .xlsx, or as CSV"));
}

bool zip_is(struct slice file)
{
	return file.n >= 4 && memcmp(file.p, "PK\3\4", 4) == 0;
}

/* The end record is the last thing but for a comment. */
static const unsigned char *find_end(struct slice f)
{
	size_t lowest;

	if (f.n < END_BYTES)
		return NULL;
	lowest = f.n > END_BYTES + COMMENT_MAX ?
	    f.n - END_BYTES - COMMENT_MAX : 0;
	for (size_t i = f.n - END_BYTES + 1; i-- > lowest;)
		if (memcmp(f.p + i, "PK\5\6", 4) == 0 &&
		    get16(f.p + i + 20) == f.n - i - END_BYTES)
			return f.p + i;
	return NULL;
}

/* One entry at f.p + *at, which moves past it. */
static bool read_entry(struct slice f, size_t *at, struct part *out)
{
	const unsigned char *p = f.p + *at;
	size_t name, skip;

	if (f.n - *at < ENTRY_BYTES || memcmp(p, "PK\1\2", 4) != 0)
		return false;
	name = get16(p + 28);
	skip = name + get16(p + 30) + get16(p + 32);
	if (f.n - *at - ENTRY_BYTES < skip)
		return false;
	*out = (struct part){ .flags = get16(p + 8), .method = get16(p + 10),
	    .crc = get32(p + 16), .packed = get32(p + 20),
	    .size = get32(p + 24), .at = get32(p + 42),
	    .name = slice_of(p + ENTRY_BYTES, name) };
	*at += ENTRY_BYTES + skip;
	return true;
}

static const struct part *find(const struct zip *z, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < z->n; i++)
		if (z->part[i].name.n == n && strncasecmp((const char *)
		    z->part[i].name.p, name, n) == 0)
			return &z->part[i];
	return NULL;
}

static enum err_code read_directory(struct zip *z, struct err *e)
{
	const unsigned char *end = find_end(z->file);
	size_t n, at;

	if (end == NULL)
		return damaged(e);
	n = get16(end + 10);
	at = get32(end + 16);
	if (n > ZIP_PARTS)
		return err_set(e, ERR_TOO_BIG, _("the spreadsheet has more "
		    "than %d parts"), ZIP_PARTS);
	if (at > (size_t)(end - z->file.p))
		return damaged(e);
	z->part = calloc(n + 1, sizeof *z->part);
	if (z->part == NULL)
		return err_memory(e);
	for (; z->n < n; z->n++)
		if (!read_entry(z->file, &at, &z->part[z->n]))
			return damaged(e);
	return OK;
}

enum err_code zip_open(struct zip **out, struct slice file, struct err *e)
{
	struct zip *z = calloc(1, sizeof *z);
	enum err_code rc;

	*out = NULL;
	if (z == NULL)
		return err_memory(e);
	z->file = file;
	rc = read_directory(z, e);
	if (rc != OK) {
		zip_close(z);
		return rc;
	}
	*out = z;
	return OK;
}

void zip_close(struct zip *z)
{
	if (z == NULL)
		return;
	free(z->part);
	free(z);
}

bool zip_has(const struct zip *z, const char *name)
{
	return find(z, name) != NULL;
}

/* The packed bytes, behind a header whose own lengths may differ from the
 * directory's. */
static bool packed_bytes(struct slice f, const struct part *part,
    struct slice *out)
{
	size_t at = part->at, skip;

	if (at > f.n || f.n - at < LOCAL_BYTES ||
	    memcmp(f.p + at, "PK\3\4", 4) != 0)
		return false;
	skip = LOCAL_BYTES + (size_t)get16(f.p + at + 26) +
	    get16(f.p + at + 28);
	if (f.n - at < skip || f.n - at - skip < part->packed)
		return false;
	*out = slice_of(f.p + at + skip, part->packed);
	return true;
}

struct output {
	const struct part *part;
	size_t n;
	uLong crc;
	zip_take_fn take;
	void *arg;
};

static enum err_code give(struct output *o, struct slice piece, struct err *e)
{
	if (piece.n > o->part->size - o->n)
		return damaged(e);
	o->n += piece.n;
	o->crc = crc32(o->crc, piece.p, (uInt)piece.n);
	return o->take(o->arg, piece, e);
}

static enum err_code copy_stored(struct output *o, struct slice in,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0, n; rc == OK && i < in.n; i += n) {
		n = in.n - i < PIECE ? in.n - i : PIECE;
		rc = give(o, slice_of(in.p + i, n), e);
	}
	return rc;
}

/* Ends at the stream's own end, or in ERR_FORMAT when there is none. */
static enum err_code inflate_all(struct output *o, struct slice in,
    unsigned char *room, struct err *e)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)in.p,
	    .avail_in = (uInt)in.n };
	enum err_code rc = OK;
	int zrc = inflateInit2(&z, -MAX_WBITS);

	if (zrc != Z_OK)
		return err_memory(e);
	while (rc == OK && zrc == Z_OK) {
		z.next_out = room;
		z.avail_out = PIECE;
		zrc = inflate(&z, Z_NO_FLUSH);
		if (zrc == Z_MEM_ERROR)
			rc = err_memory(e);
		else if (zrc != Z_OK && zrc != Z_STREAM_END)
			rc = damaged(e);
		else
			rc = give(o, slice_of(room, PIECE - z.avail_out), e);
	}
	inflateEnd(&z);
	return rc;
}

static enum err_code inflate_part(struct output *o, struct slice in,
    struct err *e)
{
	unsigned char *room = malloc(PIECE);
	enum err_code rc;

	if (room == NULL)
		return err_memory(e);
	rc = inflate_all(o, in, room, e);
	free(room);
	return rc;
}

static enum err_code check_part(const struct part *part, struct err *e)
{
	if (part->flags & ENCRYPTED)
		return err_set(e, ERR_FORMAT, _("the spreadsheet is "
		    "encrypted; save it without a password"));
	if (part->size > ZIP_PART_BYTES)
		return err_set(e, ERR_TOO_BIG, _("the spreadsheet unpacks to "
		    "more than %u MiB; split it, or save it as CSV"),
		    ZIP_PART_BYTES >> 20);
	return part->method == 0 || part->method == Z_DEFLATED ? OK :
	    damaged(e);
}

enum err_code zip_read(const struct zip *z, const char *name,
    zip_take_fn take, void *arg, struct err *e)
{
	struct output o = { .part = find(z, name), .crc = crc32(0, NULL, 0),
	    .take = take, .arg = arg };
	struct slice in;
	enum err_code rc;

	if (o.part == NULL)
		return err_set(e, ERR_NOT_FOUND,
		    _("the spreadsheet has no part %s"), name);
	rc = check_part(o.part, e);
	if (rc != OK)
		return rc;
	if (!packed_bytes(z->file, o.part, &in))
		return damaged(e);
	rc = o.part->method == 0 ? copy_stored(&o, in, e) :
	    inflate_part(&o, in, e);
	if (rc == OK && (o.n != o.part->size || o.crc != o.part->crc))
		rc = damaged(e);
	return rc;
}
