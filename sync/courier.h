/* A courier's folder: chains carried by hand, as standard git bundles.
 *
 *   FOLDER/wellhead/<first 8 digits of the organisation's id>/
 *     node-<code>-<n>.bundle   what the node <code> sends
 *     hq-<branch>-<n>.bundle   what headquarters answers; hq-all: to everybody
 *     node-<code>.have, hq.have   what its writer has of the others' chains
 *
 * Of each sender one bundle at a time: a new one is written beside it, read
 * back, and then takes its place. Everybody writes and removes files of his
 * own alone. docs/carriers.md, docs/format-bundle.md.
 *
 *   courier.c   the calls, the folder      courier_take.c   reading
 *   courier_put.c   writing                courier_have.c   the .have files
 *
 * Reading is transport_fetch(): a file that is damaged, or needs what is not
 * here, is told in notes, and the others go on. Both run in the transport's
 * child, with its deadline, watchdog and limits: what is on the stick may
 * come from anybody.
 */
#ifndef SYNC_COURIER_H
#define SYNC_COURIER_H

#include "position.h"
#include "transport.h"

/* One ref to be carried, under that name; from: where it is here, if not
 * there. file: "node-TC" or "hq-TC"; have: the commit that the reader is known
 * to have, where no .have file tells better, or "". The refs of one file
 * stand together. */
struct courier_ref { char name[120], from[120], file[32], have[OID_HEX]; };
/* What is at hand of it: r->from, or r->name. */
const char *courier_from(const struct courier_ref *r);
struct courier_put {
	const char *repo;	/* path of the repository */
	const char *url;	/* "courier:/path" */
	const struct courier_ref *ref;
	size_t n;
	const char *who;	/* whose .have file: "node-TC" or "hq" */
	struct slice have;	/* its lines: "<commit or zeros> <ref>\n" */
	bool anyone;		/* also for branches not seen on the stick */
};
/* t->org is needed. Expected: ERR_OFFLINE, ERR_IO (full, read-only). */
MUST_USE enum err_code courier_put(const struct courier_put *p,
    struct transfer *t, struct err *e);

#endif
