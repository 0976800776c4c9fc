/* Shared by audit.c and audit_sample.c.
 */
#ifndef SYNC_AUDIT_IMPL_H
#define SYNC_AUDIT_IMPL_H

#include "audit.h"
#include "hash.h"

struct sampled { unsigned char rank[SHA256_LEN]; stamp_t id; };
struct sample {
	int64_t seed;
	size_t want, n;
	struct sampled *pick;	/* the least ranks first; free() */
};
MUST_USE enum err_code sample_offer(struct sample *s, stamp_t id,
    struct err *e);
/* A section with a row for each: its evidence, made and checked. */
MUST_USE enum err_code sample_report(struct node *n, struct report *r,
    const struct sample *s, struct err *e);

#endif
