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
 * many stand in chains that failed. A bad chain is in the report, not an
 * error. n must have its repository open. */
MUST_USE enum err_code audit_report(struct node *n, struct report *r,
    struct err *e);

#endif
