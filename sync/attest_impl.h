/* Shared by attest*.c: a proof in memory.
 */
#ifndef SYNC_ATTEST_IMPL_H
#define SYNC_ATTEST_IMPL_H

#include "batch.h"
#include "checkpoint.h"
#include "leaf.h"
#include "attest.h"

#define ATTEST_HEAD "wellhead proof 1"
#define ATTEST_TYPE 64		/* room for a table's or column's name */

struct attest_value {
	char column[ATTEST_TYPE];	/* "" when hidden */
	bool salted;
	unsigned char salt[LEAF_SALT];
	merkle_hash commitment;
	struct value value;		/* text in the proof's arena */
};

struct attest_row {
	char table[ATTEST_TYPE];
	stamp_t stamp;
	bool keyed;
	unsigned char key[SHA256_LEN];
	size_t value, nvalue;		/* the first, how many */
	size_t commit, line;
	merkle_hash leaf;		/* once checked */
};

struct attest_commit {
	struct header h;
	unsigned char signer[KEY_PUBLIC], signature[SIGNATURE_LEN];
	size_t row, nrow, chain, line;
	struct slice tree;
	unsigned char sha256[SHA256_LEN];	/* once checked */
	char name[SHA_HEX];			/* the same in hex */
};

struct attest_chain {
	char name[CHAIN_NAME], epoch[33];
	size_t commit, ncommit, line;
	bool tip;
	struct tip_row end;		/* seq, sha256, stopped; tree later */
	struct slice tree;
	char code[17], branch[17], label[201];	/* its writer, once known */
	uint16_t number;
};

struct attest {
	char org[33];
	unsigned char root[KEY_PUBLIC];
	char type[ATTEST_TYPE];
	stamp_t id;
	struct attest_chain *chain;
	struct attest_commit *commit;
	struct attest_row *row;
	struct attest_value *value;
	size_t nchain, ncommit, nrow, nvalue;
	size_t chain_cap, commit_cap, row_cap, value_cap;
	bool covered, whole;		/* `tips` and `state` are there */
	struct slice tips, state;
	size_t tips_line, state_line;
	struct arena arena;
	/* found by the checks */
	char branch[17];		/* the record's */
	const struct attest_row *first;	/* the row that made it */
	const struct attest_commit *carrier;
};

void attest_release(struct attest *p);
/* The text as it stands: form and order, nothing of meaning. Expected:
 * ERR_FORMAT, ERR_NEWER. */
MUST_USE enum err_code attest_read(struct slice text, struct attest *p,
    struct err *e);
/* The reverse of each VALUE. */
void attest_value_add(struct buf *out, const struct value *v);
void attest_text_add(struct buf *out, struct slice s);

/* A cell of a row: NULL if it is not shown. */
const struct value *attest_cell(const struct attest *p,
    const struct attest_row *r, const char *column);
/* The same, of this kind (bytes: of that many); else false. */
bool attest_int(const struct attest *p, const struct attest_row *r,
    const char *column, int64_t *out);
bool attest_string(const struct attest *p, const struct attest_row *r,
    const char *column, char *out, size_t size);
bool attest_is(const struct attest *p, const struct attest_row *r,
    const char *column, const char *text);
bool attest_bytes(const struct attest *p, const struct attest_row *r,
    const char *column, unsigned char *out, size_t n);

static inline const struct attest_chain *attest_chain_of(const struct attest *p,
    const struct attest_row *r)
{
	return &p->chain[p->commit[r->commit].chain];
}

/* ---- trees ---- */

/* The words for n leaves of which those at shown[] (rising) are shown. */
void attest_tree_add(struct buf *out, const merkle_hash *leaf, size_t n,
    const size_t *shown, size_t nshown);
/* The same for one leaf, by its path. */
void attest_path_add(struct buf *out, const struct merkle_proof *m);
/* The root that the words give, the leaves being those shown. False when they
 * are no tree, or leaves are left over. */
MUST_USE bool attest_tree_root(struct slice words, const merkle_hash *leaf,
    size_t n, merkle_hash root);

/* ---- checks: each sets e, naming the line ---- */

enum err_code attest_bad(struct err *e, enum err_code code, size_t line,
    const char *fmt, ...) PRINTF(4, 5);
/* attest_chain.c: commits and leaves hashed, signatures, keys and their
 * limits. */
MUST_USE enum err_code attest_chains(struct attest *p,
    const unsigned char *root, struct err *e);
/* attest_row.c: which rows may stand where; finds first and branch. */
MUST_USE enum err_code attest_rows(struct attest *p,
    const struct catalogue *c, struct err *e);
/* An edit, a step, an erasure. */
bool attest_changes(const struct attest_row *r);
/* attest_step.c: operators' signatures. */
MUST_USE enum err_code attest_steps(const struct attest *p,
    const struct type *t, struct err *e);
/* The operator's row that holds for a step; NULL: none is shown. The same of
 * any name (NULL: none) at a stamp. */
const struct attest_row *attest_operator(const struct attest *p,
    const struct attest_row *step);
const struct attest_row *attest_operator_at(const struct attest *p,
    const struct value *code, stamp_t stamp);
/* What a step replaces, at least one; false: it cannot be read. */
#define ATTEST_REPLACES 256
MUST_USE bool attest_replaces(const struct attest *p,
    const struct attest_row *step, stamp_t list[ATTEST_REPLACES], size_t *n);
/* The column with that key in a type's table; 0: none. */
size_t attest_column(const struct table *t, const struct value *key);
/* attest_duty.c: the operator of a signed step is none of those whom its
 * `unlike` names. cell: the record before it; NULL if that is not known. */
MUST_USE enum err_code attest_duties(const struct attest *p,
    const struct type *t, const struct attest_row *step,
    const struct value *cell, struct err *e);
/* attest_tip.c: tips, the carrier, the state. */
MUST_USE enum err_code attest_tips(struct attest *p, struct err *e);
/* What it says. */
MUST_USE enum err_code attest_report(const struct attest *p,
    const struct type *t, json_t **out, struct err *e);

#endif
