/* The catalogue: record types, fields, states, transitions, enumerations,
 * roles, as data. The JSON under node/catalogue/ is compiled in; format in
 * docs/format.md. Everything reached from a struct catalogue is borrowed and
 * lives as long as it does.
 */
#ifndef NODE_CATALOGUE_H
#define NODE_CATALOGUE_H

#include <jansson.h>

#include "base/arena.h"
#include "value.h"

/* How a column is kept and sent. Store type in brackets. */
enum column_kind {
	COL_STAMP,	/* the row's own stamp [INTEGER] */
	COL_REF,	/* id of a record [INTEGER], or its external key [TEXT]
			 * while the record has not come */
	COL_REFS,	/* several: JSON array text [TEXT] */
	COL_TEXT,	/* [TEXT] */
	COL_INT,	/* [INTEGER], also money in fen */
	COL_REAL,	/* [REAL] */
	COL_BOOL,	/* 0 or 1 [INTEGER] */
	COL_DATE,	/* YYYY-MM-DD [TEXT] */
	COL_MONTH,	/* YYYY-MM [TEXT] */
	COL_QUARTER,	/* YYYYQn, or a whole year YYYY [TEXT] */
	COL_ENUM,	/* key of an enumeration [TEXT] */
	COL_JSON,	/* list of rows: JSON array text, keys sorted, no
			 * spaces [TEXT] */
	COL_BYTES,	/* [BLOB] */
	COL_ANY,	/* a value of any kind [ANY] */
};

struct label {		/* one key of an enumeration, a state, a role */
	const char *key, *zh;
};

struct enumeration {
	const char *name;
	struct label *value;
	size_t n;
};

/* One column of a wire table, and of the store table made from it. */
struct column {
	const char *key;
	enum column_kind kind;
	const struct enumeration *values;	/* COL_ENUM */
};

/* A table as it is sent (sync/codec.h) and stored: column 0 is the stamp. */
struct table {
	const char *name;
	const struct column *col;
	size_t ncol;
};

enum required { REQ_NO, REQ_YES, REQ_SUBMIT, REQ_WHEN };	/* '' Y S C */

/* One part of a machine-readable condition "a=b|c;d!=e": all parts must hold;
 * the left side is a field of the record or `state`, the right side lists
 * values (of a bool 1 or 0) any of which, or none of which, it has. */
struct condition {
	const char *key;
	bool negated;
	const char **value;
	size_t nvalue;
};

struct field {
	const char *key, *zh, *note;
	const char *type;	/* as in the catalogue: "ref:person", "money" */
	enum column_kind kind;
	bool money, phone, idno, period;	/* finer than kind */
	size_t max_chars;	/* COL_TEXT: 200 or 20000 */
	enum required required;
	char level;		/* P I R X */
	const struct enumeration *values;	/* COL_ENUM */
	const struct type **target;	/* COL_REF(S): allowed types ... */
	size_t ntarget;			/* ... none means any */
	const char **column;		/* COL_JSON: keys of one row */
	size_t ncolumn;
	struct condition *when;		/* REQ_WHEN: required if all hold; */
	size_t nwhen;			/* none: left to a named rule */
	size_t column_index;		/* in type->table */
};

struct transition {
	const char *from, *to, *zh;
	const char **role;	/* "chair", "hq" ... any of them may */
	size_t nrole;
	/* Whom the one who takes this step must not be: "by" (who entered the
	 * record), a state (who last took it there) or a reference to a person
	 * ("handler"). Nobody approves their own paper. */
	const char **unlike;
	size_t nunlike;
};

/* Who may enter a record: any of these roles, for these values of its field
 * `kind` (none: all those that no other creator names). */
struct creator {
	const char **kind, **role;
	size_t nkind, nrole;
};

struct type {
	const char *key, *zh, *en, *group;
	const struct field *report_date;	/* NULL: as of a date */
	bool published;		/* HQ's own go to everybody (hq/all) */
	struct field *field;	/* the type's own fields, catalogue order */
	size_t nfield;
	struct label *state;	/* state[0] is where a record starts */
	size_t nstate;
	struct transition *transition;
	size_t ntransition;
	struct creator *creator;
	size_t ncreator;
	/* Wire table: id, ext, by, the common fields, then the fields. */
	struct table table;
	size_t index;		/* in catalogue->type */
};

struct catalogue {
	int version;
	struct type *type;
	size_t ntype;
	struct enumeration *enumeration;
	size_t nenumeration;
	struct label *role;
	size_t nrole;
	struct field *common;	/* no, programmes, remark, entered_on */
	size_t ncommon;
	struct arena arena;
};

/* The first wire columns of every type. */
#define TYPE_COL_ID 0
#define TYPE_COL_EXT 1
#define TYPE_COL_BY 2		/* who entered it: free text */
#define TYPE_COL_COMMON 3	/* then ncommon, then nfield */

/* Load the compiled-in catalogue. On success the caller owns *out. Expected:
 * ERR_FORMAT, naming file and key, when it does not hold together. */
MUST_USE enum err_code catalogue_load(struct catalogue **out, struct err *e);
void catalogue_free(struct catalogue *c);

/* NULL if there is none. Types are found by key or by Chinese label. */
const struct type *catalogue_type(const struct catalogue *c, const char *key);
const struct enumeration *catalogue_enumeration(const struct catalogue *c,
    const char *name);
/* A field of the type or a common one, by key or by Chinese label, with or
 * without its unit: "职工人数 (人)" or "职工人数". */
const struct field *type_field(const struct catalogue *c, const struct type *t,
    const char *key);
const struct label *type_state(const struct type *t, const char *key);
const struct transition *type_transition(const struct type *t,
    const char *from, const char *to);
bool transition_allows(const struct transition *t, const char *role);
/* Who may enter a record of this kind (empty: it has none); never NULL. */
const struct creator *type_creator(const struct type *t, struct slice kind);
bool creator_allows(const struct creator *c, const char *role);
/* Has the role any part in records of this type: entering, or a step? */
bool type_concerns(const struct type *t, const char *role);
bool catalogue_role(const struct catalogue *c, const char *key);
/* Key or Chinese label to the enumeration's value; NULL if neither. */
const struct label *enumeration_find(const struct enumeration *n,
    struct slice text);

#endif
