/* The audit's part of a report: which chains hold, and on what each figure
 * stands. Sections are added to a report of node/report.h.
 */
#ifndef SYNC_AUDIT_H
#define SYNC_AUDIT_H

#include "chain.h"
#include "report.h"

/* Verify every chain (as `verify` does) and add two sections: the chains, and
 * for each figure of the report how many records are behind it, how many of
 * them stand in chains that verified, how many are not signed yet, and how
 * many stand in chains that failed; the store is held against its replay, too.
 * A bad chain is in the report, not an error. Then, of the records behind the
 * figures, `sample` taken at random by `seed` (0: none), each with its
 * evidence checked. n must have its repository open. */
#define AUDIT_SAMPLE 20
#define AUDIT_SAMPLE_MAX 10000
struct audit_options { int64_t sample, seed; };
MUST_USE enum err_code audit_report(struct node *n,
    const struct audit_options *o, struct report *r, struct err *e);

#endif
