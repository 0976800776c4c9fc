/* Shared inside sync/ by the files that seal, take in and replay chains.
 */
#ifndef SYNC_CHAIN_IMPL_H
#define SYNC_CHAIN_IMPL_H

#include "apply.h"
#include "chain.h"

#define HQ_NUMBER 1		/* the node that founded the organisation */
#define META_HQ_CODE "hq_code"	/* meta: the author of hq/... */

/* The file names in a node's folder. */
#define STORE_FILE "store.db"
#define REPO_FILE "repo.git"
#define MARKER_FILE "marker"
#define NODE_KEY_FILE "keys/node.key"
#define ROOT_KEY_FILE "keys/root.key"

/* First 32 hex digits of SHA-256(root public key). */
void org_id(const unsigned char root[KEY_PUBLIC], char out[33]);
/* A new life: a random epoch, the node's key. */
void identity_start(struct identity *id, const struct key *node);
/* What people name things: ERR_USAGE. */
MUST_USE enum err_code org_name_check(const char *name, struct err *e);
MUST_USE enum err_code org_code_check(const char *code, struct err *e);

/* A key file of the node's folder. */
MUST_USE enum err_code node_key_load(const struct node *n, const char *name,
    struct key *k, struct err *e);
/* HQ: the organisation's root key, for the first changeset of hq/all; from
 * keys/root.key, or the file that WELLHEAD_ROOT names. Expected: ERR_KEY. */
MUST_USE enum err_code node_root_key(const struct node *n, struct key *k,
    struct err *e);

/* 2n lower-case hex digits and a NUL. */
void hex_text(const unsigned char *p, size_t n, char *out);
/* "TC" of "node/TC", NULL for another kind of chain; same for the others.
 * chain_code(): of "node/TC" and of "file/TC", the node that writes it. */
const char *chain_node_code(const char *chain);
const char *chain_file_code(const char *chain);
const char *chain_code(const char *chain);
const char *chain_hq_branch(const char *chain);
/* Is it one that this node seals? */
bool chain_is_own(const struct identity *id, const char *chain,
    const char *epoch);

/* All positions of the store, in no order. */
struct positions {
	struct position *p;
	size_t n, cap;
};
MUST_USE enum err_code positions_load(struct store *s, struct positions *out,
    struct err *e);
void positions_release(struct positions *ps);
/* The one of chain whose epoch begins with epoch8, the newest of several; NULL
 * if there is none. */
const struct position *positions_find(const struct positions *ps,
    const char *chain, const char *epoch8);

/* The roster's row of the node that writes chain. Expected: ERR_KEY. */
MUST_USE enum err_code chain_writer(struct node *n, const char *chain,
    struct roster_row *out, struct err *e);
/* Code of the node that signs hq/... as author. */
MUST_USE enum err_code hq_author(struct node *n, char out[17], struct err *e);

/* Read and parse one commit, nothing verified: l->h, commit, sha256, text,
 * armored. */
MUST_USE enum err_code link_open(struct node *n, const char *commit,
    struct link *l, struct err *e);
/* The two halves of link_read() after that: its place in the chain (asks the
 * store), and its signature and payload (asks the repository only, so that
 * several threads may do it for several links). */
MUST_USE enum err_code link_place(struct node *n, const struct link *l,
    const struct position *after, struct err *e);
MUST_USE enum err_code link_proof(struct node *n, struct link *l,
    const unsigned char *public, struct err *e);	/* NULL: its own key */

/* The key that the signature names, unverified. Expected: ERR_SIGNATURE. */
MUST_USE enum err_code link_signer(const struct link *l,
    unsigned char public[KEY_PUBLIC], struct err *e);
/* The payload of a verified link, read again if it was let go. */
MUST_USE enum err_code link_payload(struct node *n, struct link *l,
    struct err *e);

/* Many links at once: opened and proved, each in its own slot, by the key that
 * its signature names; whether that key may sign there is not asked. */
struct proof {
	struct link l;
	size_t bytes;		/* of the payload, which is not kept */
	enum err_code opened, proved;
	struct err e;		/* of whichever failed */
};
/* list: count commits, 41 bytes each, newline at the end. Uses as many
 * threads as the machine has, if that pays. */
void proofs_make(struct node *n, const unsigned char *list, size_t count,
    struct proof *out);

/* The commit of an applied changeset; "" if it is not in the journal. */
MUST_USE enum err_code link_find(struct node *n, const char *chain,
    const char *epoch, int64_t seq, char commit[OID_HEX], struct err *e);
/* The journal row of a changeset, the same when sealed and when read. */
void link_row(const struct link *l, const struct batch *b,
    struct changeset_row *r);

/* Bring the refs of this node's own chains to where the store stands. A ref
 * that is behind was left by a killed process; one that somebody else moved
 * is kept as evidence and set back, and the position says so until the next
 * seal. When the repository holds later changesets of our own, or lacks some,
 * one of the two is an old copy: a new epoch begins; at headquarters
 * ERR_CHAIN. */
MUST_USE enum err_code own_refs_repair(struct node *n, struct err *e);
/* The new key's word that it is the node's, after old (rotate). */
MUST_USE enum err_code rotate_proof(struct node *n, const char *code,
    const unsigned char old[KEY_PUBLIC], const struct key *new,
    unsigned char proof[SIGNATURE_LEN], struct err *e);
/* The epoch of hq/... that is under way, as far as this store knows; "" if it
 * knows none. */
MUST_USE enum err_code hq_epoch_now(struct node *n, char out[33],
    struct err *e);
/* Where a chain stands under refs/heads/: chain_ref(), or chain_past_ref() for
 * an epoch of hq/... that has ended. */
MUST_USE enum err_code chain_ref_now(struct node *n, const char *chain,
    const char *epoch, char out[80], struct err *e);
/* Any chain's ref under refs/heads/, to p->commit. */
MUST_USE enum err_code chain_ref_set(struct node *n, const struct position *p,
    struct err *e);
/* As chain_ref_set(), but a ref that goes on from there stays: what waits for
 * a word, or was refused, and what was pushed meanwhile is nowhere else. */
MUST_USE enum err_code chain_ref_show(struct node *n,
    const struct position *p, struct err *e);
/* Keep tip under refs/evidence/<chain>/<oid8>. */
MUST_USE enum err_code evidence_keep(struct node *n, const char *chain,
    const char *tip, struct err *e);

/* Build what fill() makes in a folder of its own and move it into dir, the
 * store last: killed before, dir is no node. dir must be empty or absent. */
typedef enum err_code (*folder_fn)(void *arg, const char *dir, struct err *e);
MUST_USE enum err_code folder_make(const char *dir, folder_fn fill, void *arg,
    struct err *e);
/* In a new folder: the store, the repository, the key. */
MUST_USE enum err_code folder_fill(const char *dir,
    const struct catalogue *c, const struct identity *id,
    const struct key *node, struct store **store, struct err *e);
MUST_USE enum err_code folder_save_root(const char *dir,
    const struct key *root, struct err *e);
void folder_remove(const char *dir);

/* Enrolment (docs/format.md): the ENROL row's proof of the one-time token. */
MUST_USE enum err_code enrol_mac(const unsigned char token[32],
    const struct identity *id, unsigned char out[32], struct err *e);
/* Put the ENROL row into the new node's outbox. */
MUST_USE enum err_code enrol_ask(struct store *s,
    const unsigned char token[32], struct err *e);
/* HQ: the key that a chain of a node not on the roster must be signed by,
 * from its first commit, when an invitation waits for that code.
 * Expected: ERR_INVITATION, ERR_KEY. */
MUST_USE enum err_code enrol_key(struct node *n, const char *chain,
    const char *commit, unsigned char public[KEY_PUBLIC], struct err *e);
/* HQ: is the ENROL row of a first changeset signed by public what a waiting
 * invitation asks for? row: what the roster would get. */
MUST_USE enum err_code enrol_check(struct node *n, const char *chain,
    const unsigned char public[KEY_PUBLIC], const struct batch *b,
    struct roster_row *row, struct err *e);
/* The same, in the caller's transaction; then put the node on the roster. */
MUST_USE enum err_code enrol_accept(struct node *n, const char *chain,
    const unsigned char public[KEY_PUBLIC], const struct batch *b,
    struct roster_row *row, struct err *e);
/* A first changeset of a node already on the roster: what its ENROL row says
 * must be what the roster says. */
MUST_USE enum err_code enrol_same(const struct batch *b,
    const struct roster_row *row, const struct link *l, struct err *e);

/* HQ, in the caller's transaction: note a receipt and send it to branch. */
MUST_USE enum err_code receipt_give(struct node *n,
    const struct receipt_row *r, const char *branch, struct err *e);
/* Take the RECEIPT rows of a batch, their W_CLOCK decisions with them. */
MUST_USE enum err_code receipts_take(struct store *s, const struct batch *b,
    struct err *e);
#define CODE_CLOCK "W_CLOCK"
#define CODE_NEWER "W_NEWER"

/* How far a replay takes what other lives of this node have sealed. */
enum reach {
	REACH_ALL,	/* as far as the store had taken it */
	REACH_OWN,	/* not at all */
	REACH_WORD,	/* as far as headquarters has */
};
/* Merge what is under prefix as ingest_all() does, in replay: own chains
 * too, nobody enrolled, no receipts; node chains no further than `limit` or
 * HQ's receipts say (limit NULL: all). */
MUST_USE enum err_code ingest_replay(struct node *n, const char *prefix,
    const struct positions *limit, enum reach reach, struct ingested *out,
    struct err *e);
/* Replay n's repository into a new store at path, what is unsealed with it;
 * the caller closes *out. */
MUST_USE enum err_code replay_store(struct node *n, const char *path,
    struct store **out, struct err *e);
/* Unlink a closed store and what SQLite leaves beside it. */
void store_remove(const char *path);

#endif
