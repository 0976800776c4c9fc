/* The keys by which records are alike. duplicate*.c only. */
#ifndef NODE_DUPLICATE_IMPL_H
#define NODE_DUPLICATE_IMPL_H

#include "duplicate.h"
#include "store_db.h"

struct duplicate_key {
	const char *type, *name;
	enum sql_name sql;	/* gives id, then the parts */
	/* For duplicate_warn(): fields that must be equal as they stand, and
	 * as folded. like NULL: a named rule refuses such a record in its
	 * branch (rules_table.c). */
	const char *equal, *like;
	const char *when;	/* a condition on both; NULL: always */
};
extern const struct duplicate_key duplicate_keys[];
extern const size_t nduplicate_keys;

#endif
