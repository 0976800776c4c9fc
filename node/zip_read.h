/* Reading a ZIP archive that lies in memory (PKWARE's APPNOTE.TXT).
 *
 * Only what spreadsheets use: stored and deflated members, no encryption, no
 * ZIP64, one volume. Nothing is believed that the bytes do not show: lengths
 * are checked against the file, and a member inflates to exactly the size and
 * checksum that the directory says, never past ZIP_PART_BYTES.
 */
#ifndef NODE_ZIP_READ_H
#define NODE_ZIP_READ_H

#include "base/buf.h"

#define ZIP_PARTS 4096
#define ZIP_PART_BYTES (256u * 1024 * 1024)

struct zip;

/* Does it begin as an archive? */
bool zip_is(struct slice file);
/* Read the directory. file must outlive *out, which the caller owns:
 * zip_close(). Expected: ERR_FORMAT, ERR_TOO_BIG. */
MUST_USE enum err_code zip_open(struct zip **out, struct slice file,
    struct err *e);
void zip_close(struct zip *z);
bool zip_has(const struct zip *z, const char *name);
/* Inflate one member, given piece by piece to `take`, whose first failure
 * ends the reading. Names differ by more than capitals. Expected:
 * ERR_NOT_FOUND, ERR_FORMAT, ERR_TOO_BIG. */
typedef enum err_code (*zip_take_fn)(void *arg, struct slice piece,
    struct err *e);
MUST_USE enum err_code zip_read(const struct zip *z, const char *name,
    zip_take_fn take, void *arg, struct err *e);

#endif
