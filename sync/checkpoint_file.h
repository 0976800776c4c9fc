/* A checkpoint as a text file that goes from hand to hand, and two of them
 * side by side. docs/format-checkpoint.md has its lines.
 *   checkpoint_file.c  checkpoint_check.c
 */
#ifndef SYNC_CHECKPOINT_FILE_H
#define SYNC_CHECKPOINT_FILE_H

#include "checkpoint.h"
#include "checkpoint_impl.h"

#define CHECKPOINT_NAMESPACE "wellhead-checkpoint"
#define COSIGN_NAMESPACE "wellhead-cosign"
#define CHECKPOINT_FILE_MAX (16u << 20)

struct checkpoint_copy {	/* one, from wherever it came */
	struct checkpoint_row c;
	struct tip_list tips;
	struct state_row *state;
	size_t nstate;
	size_t cosigned;	/* how many blocks its file has */
};
void checkpoint_release(struct checkpoint_copy *c);

/* what: a file's path, a number, or 8 digits or more of a name. Signature and
 * root are verified. Expected: ERR_NOT_FOUND, ERR_FORMAT, ERR_SIGNATURE,
 * ERR_KEY, ERR_SPLIT. */
MUST_USE enum err_code checkpoint_load(struct node *n, const char *what,
    struct checkpoint_copy *out, struct err *e);
/* HQ: the file, signed. */
MUST_USE enum err_code checkpoint_write_file(struct node *n,
    const struct checkpoint_row *c, struct buf *out, struct err *e);
/* Any node: is it one that contradicts nothing here? Then its file with our
 * signature at the end. Expected: checkpoint_load()'s, ERR_EXISTS. */
MUST_USE enum err_code checkpoint_cosign(struct node *n, const char *path,
    struct buf *out, struct checkpoint_row *c, struct err *e);

/* What became of one chain between two of them, or up to one. */
enum chain_word { CHAIN_SAME, CHAIN_GREW, CHAIN_NEW, CHAIN_ELSEWHERE,
	CHAIN_BAD };
struct chain_report {
	char chain[CHAIN_NAME], epoch[33], stopped[24];
	int64_t old, new;
	enum chain_word word;	/* ELSEWHERE: not here, so not proved */
	char detail[300];	/* of a bad one */
};
typedef int (*chain_fn)(void *arg, const struct chain_report *r);
/* Has nothing been taken back between old and new? Every chain is told; the
 * trees of those that are here are made again from their commits. Expected:
 * ERR_SPLIT, the first bad one named. */
MUST_USE enum err_code checkpoint_compare(struct node *n,
    const struct checkpoint_copy *old, const struct checkpoint_copy *new,
    chain_fn fn, void *arg, struct err *e);
/* Are the chains here (code NULL: all) whole, without gaps, from 1 to where c
 * has them? Expected: the same. */
MUST_USE enum err_code checkpoint_complete(struct node *n,
    const struct checkpoint_row *c, const char *code, chain_fn fn, void *arg,
    struct err *e);

#endif
