/* The head of a git bundle, version 2 (gitformat-bundle): what it needs, what
 * refs it has; the pack follows.
 */
#ifndef SYNC_BUNDLE_H
#define SYNC_BUNDLE_H

#include "position.h"

#define BUNDLE_HEAD_MAX (256 << 10)
#define BUNDLE_REFS_MAX 1000

struct bundle_ref { char oid[OID_HEX], name[120]; };
struct bundle {
	struct bundle_ref *ref;
	size_t nref;
	char (*need)[OID_HEX];	/* commits that the reader must have */
	size_t nneed;
	size_t head;		/* bytes before the pack */
};

/* Parse the beginning of a file; whatever text there is after the head does
 * not matter. The caller owns out: bundle_release(). Expected: ERR_FORMAT,
 * ERR_TOO_BIG. */
MUST_USE enum err_code bundle_parse(struct slice text, struct bundle *out,
    struct err *e);
void bundle_release(struct bundle *b);
MUST_USE enum err_code bundle_add_ref(struct bundle *b, const char *oid,
    const char *name, struct err *e);
/* Twice the same is once. */
MUST_USE enum err_code bundle_add_need(struct bundle *b, const char *oid,
    struct err *e);
/* The head as text. */
void bundle_head(const struct bundle *b, struct buf *out);

#endif
