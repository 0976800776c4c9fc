/* A changeset as a git commit: its header (message and trailers), the bytes
 * that are signed, and the commit object. No envelope of our own: stock git,
 * ssh-keygen and sha256sum check all of it. docs/format.md has the table.
 *   changeset_write.c  changeset_read.c  changeset_name.c (chains, refs)
 */
#ifndef SYNC_CHANGESET_H
#define SYNC_CHANGESET_H

#include "key.h"
#include "position.h"

#define COMMIT_MAX 16384	/* bytes in a commit object */

struct header {
	char org[33], org_short[17];	/* org_short: the author's @ part */
	char chain[CHAIN_NAME], epoch[33];
	int64_t seq;
	char prev[SHA_HEX];		/* "none" at seq 1 */
	char payload[SHA_HEX];		/* SHA-256 of the blob `changeset` */
	int64_t raw_len;
	char root[SHA_HEX];
	int64_t dict;			/* 0: the catalogue's dictionary */
	char seen[SHA_HEX], key[SHA_HEX];	/* "none" */
	char author[17];		/* node code */
	int64_t sealed;			/* Unix seconds */
	char subject[200];
	char tree[OID_HEX], parent[OID_HEX];	/* parent "" at seq 1 */
};

/* The commit text that is signed (no gpgsig header). */
MUST_USE enum err_code changeset_text(const struct header *h, struct buf *out,
    struct err *e);
/* The commit object's content: the text with `gpgsig` after `committer`. */
MUST_USE enum err_code changeset_sign(const struct header *h,
    const struct key *k, struct buf *content, struct err *e);
/* The same with a signature that is there already. */
MUST_USE enum err_code changeset_content(const struct header *h,
    struct slice armored, struct buf *content, struct err *e);
/* Parse a commit object's content. Strict: the header lines, their order, one
 * gpgsig, the message and the trailers exactly as changeset_text() writes
 * them (it is written again and compared). text: the signed bytes; armored:
 * the signature. Expected: ERR_FORMAT, ERR_NEWER (Wellhead-Format),
 * ERR_TOO_BIG (the raw length). */
MUST_USE enum err_code changeset_parse(struct slice content, struct header *h,
    struct buf *text, struct buf *armored, struct err *e);

/* A node's or branch's code: 1..16 of A-Z a-z 0-9 . _ -, fit for a ref's
 * name: no leading '.' or '-', no "..", no trailing '.' or ".lock". */
bool chain_code_ok(struct slice code);
/* "node/<code>", "file/<code>", "hq/all" or "hq/<branch>". */
bool chain_name_ok(struct slice chain);
/* refs/heads/node/TC/1a2b3c4d of ("node/TC", epoch); refs/heads/hq/TC of
 * ("hq/TC", epoch). out holds 80 bytes. */
void chain_ref(const char *chain, const char *epoch, char out[80]);
/* Where an hq chain of an epoch that has ended stands:
 * refs/heads/past/hq/TC/1a2b3c4d. */
void chain_past_ref(const char *chain, const char *epoch, char out[80]);
/* Chain name and first 8 digits of the epoch ("" for hq) of a ref's name
 * (after prefix). False when the name is not one of ours. */
bool chain_of_ref(const char *ref, const char *prefix,
    char chain[CHAIN_NAME], char epoch8[9]);

#endif
