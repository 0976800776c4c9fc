/* Every fixed SQL statement: X(name, number of parameters, text). A unit test
 * prepares them all and compares the parameter counts. Statements made from
 * the catalogue are built in schema.c, record_list.c and figure.c.
 */
#ifndef NODE_SQL_H
#define NODE_SQL_H

#define SQL_STORE_MAP(X) \
	X(META_GET, 1, "SELECT value FROM meta WHERE name = ?1") \
	X(META_SET, 2, "INSERT INTO meta(name, value) VALUES (?1, ?2) " \
	    "ON CONFLICT(name) DO UPDATE SET value = excluded.value") \
	X(META_ALL, 0, "SELECT name, value FROM meta") \
	X(STORE_ANY, 0, "SELECT EXISTS(SELECT 1 FROM held), " \
	    "EXISTS(SELECT 1 FROM ref_ext), EXISTS(SELECT 1 FROM ahead)") \
	X(STORE_CHECK, 0, "PRAGMA integrity_check(1)")

#define SQL_APPLY_MAP(X)

#define SQL_OUTBOX_MAP(X)

#define SQL_POSITION_MAP(X)

#define SQL_ROSTER_MAP(X)

#define SQL_RECORD_MAP(X)

#define SQL_SEARCH_MAP(X)

#define SQL_TRANSFER_MAP(X)

#define SQL_MAP(X) \
	SQL_STORE_MAP(X) SQL_APPLY_MAP(X) SQL_OUTBOX_MAP(X) \
	SQL_POSITION_MAP(X) SQL_ROSTER_MAP(X) SQL_RECORD_MAP(X) \
	SQL_SEARCH_MAP(X) SQL_TRANSFER_MAP(X)

#endif
