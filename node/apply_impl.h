/* Inside apply: what its files share. Only node/apply*.c include this.
 *   apply.c         a batch: order, records
 *   apply_ref.c     references by external key
 *   apply_change.c  one edit or transition: read, judged, put
 *   apply_field.c   live values, the one that shows, conflicts, ahead
 *   apply_held.c    changes that wait
 *   apply_same.c    is what came what is here already?
 *   apply_signed.c  steps that operators sign
 *   apply_sealed.c  values of level X that came sealed
 */
#ifndef NODE_APPLY_IMPL_H
#define NODE_APPLY_IMPL_H

#include "apply.h"
#include "base/map.h"
#include "store_db.h"

/* Values that one change may replace. */
#define REPLACES_MAX 256

/* One edit or transition. A transition is an edit of the field "state",
 * whose initial value, state[0], has no row but the record's. */
struct change {
	enum fixed_table kind;		/* TABLE_EDIT, TABLE_TRANSITION */
	const struct value *cell;	/* the wire row */
	stamp_t stamp, record;
	const struct type *type;
	const char *field;
	size_t column;		/* in type->table, ncol: void; edits only */
	stamp_t replaces[REPLACES_MAX];
	size_t nreplaces;	/* 0 until the default is filled in */
	const char *branch;	/* of its chain */
	bool hq, local;
	/* known once judged */
	char owner[17];		/* the record's branch */
	stamp_t state_at;
	stamp_t needs;		/* what it waits for, 0: nothing */
	bool already, ahead;
};

struct applying {
	struct store *s;
	const struct origin *o;
	struct map *newest;	/* of a field in this batch: its stamp */
	struct applied n;
	stamp_t *fresh;		/* applied: may release what is held */
	size_t nfresh, fresh_cap;
};

/* Does a value suit a column of this kind? */
bool apply_fits(enum column_kind kind, const struct value *v);
/* Note that something held may be waiting for this stamp. */
MUST_USE enum err_code apply_fresh(struct applying *a, stamp_t stamp,
    struct err *e);

/* A record refers to ext in this column: note that, and give the smallest id
 * that has the key by now (VALUE_NULL: none). */
MUST_USE enum err_code ref_wait(struct store *s, stamp_t record,
    const struct type *t, size_t column, const struct value *ext,
    struct value *found, struct err *e);
/* The record `id` with this external key has come: fill what waited. */
MUST_USE enum err_code ref_arrive(struct store *s, stamp_t id,
    const struct type *t, const struct value *ext, struct err *e);

/* Read a wire row: everything that can be refused without looking at the
 * record. ch's origin is set by the caller. */
MUST_USE enum err_code change_read(struct store *s, const struct value *cell,
    struct change *ch, struct err *e);
/* Look at the record and the replaced values. Anything but OK is a refusal
 * or a failure; ch->needs tells that something has not come. */
MUST_USE enum err_code change_judge(struct store *s, struct change *ch,
    struct err *e);
/* Put it into the tables. */
MUST_USE enum err_code change_put(struct applying *a, const struct change *ch,
    struct err *e);
/* apply_signed.c: by what it says alone, a step of a node that has operators
 * is signed by one who had the role that day. */
MUST_USE enum err_code change_signed(struct applying *a,
    const struct change *ch, struct err *e);
/* A signed step, all that it replaces being here: its operator is none of
 * those whom the catalogue's `unlike` names. Only what every store knows when
 * it knows the step is looked at. ERR_SOD. */
MUST_USE enum err_code change_duties(struct store *s, const struct change *ch,
    struct err *e);
/* Is this what was wrong with the row, not with the machine? */
bool change_refused(enum err_code code);

/* After a row was put: the column or state, and the conflict. live: by how
 * many the number of live values grew. */
MUST_USE enum err_code field_settle(struct applying *a,
    const struct change *ch, int live, struct err *e);
/* Was the initial state still live before ch? */
MUST_USE enum err_code field_initial_live(struct store *s, stamp_t record,
    stamp_t state_at, bool *live, struct err *e);

/* A record, change or held change with this stamp is here already: OK when it
 * is the same one. ERR_COLLISION. */
MUST_USE enum err_code same_record(struct store *s, const struct type *t,
    const struct value *cell, struct err *e);
MUST_USE enum err_code same_change(struct store *s, const struct change *ch,
    struct err *e);
MUST_USE enum err_code same_held(struct store *s, const struct change *ch,
    struct err *e);

/* A row with this stamp said v in a field of level X, and has been put with
 * nothing there if v is sealed. new: it was not here before. */
MUST_USE enum err_code sealed_note(struct store *s, stamp_t record,
    const struct type *t, const struct field *f, stamp_t stamp,
    const struct value *v, bool new, struct err *e);

MUST_USE enum err_code held_add(struct applying *a, const struct change *ch,
    const char *code, struct err *e);
/* Apply what has become possible since the batch began. */
MUST_USE enum err_code held_release(struct applying *a, struct err *e);

#endif
