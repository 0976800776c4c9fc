/* The statements about keys and their limits; a part of sql.h.
 */
#ifndef NODE_SQL_SIGNER_H
#define NODE_SQL_SIGNER_H

#define LIMIT_COLUMNS \
	"key, chain, epoch, stamp, after, known, why, reason "

#define SQL_SIGNER_MAP(X) \
	X(SIGNER_NEW, 3, "INSERT INTO signer(code, key, stamp) " \
	    "VALUES (?1, ?2, ?3) ON CONFLICT(code, key) DO UPDATE " \
	    "SET stamp = min(stamp, excluded.stamp)") \
	X(SIGNER_HAS, 2, "SELECT EXISTS(SELECT 1 FROM signer " \
	    "WHERE code = ?1 AND key = ?2)") \
	X(SIGNER_ALL, 0, "SELECT code, key, stamp FROM signer " \
	    "ORDER BY stamp, code, key") \
	X(LIMIT_NEW, 8, "INSERT OR IGNORE INTO signer_limit(key, chain, " \
	    "epoch, stamp, after, known, why, reason) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)") \
	X(LIMIT_OF, 1, "SELECT " LIMIT_COLUMNS "FROM signer_limit " \
	    "WHERE key = ?1") \
	X(LIMIT_ALL, 0, "SELECT " LIMIT_COLUMNS "FROM signer_limit " \
	    "ORDER BY stamp") \
	X(ROTATE_DROP_LIMITS, 1, "DELETE FROM signer_limit WHERE stamp IN " \
	    "(SELECT stamp FROM outbox WHERE what = ?1)") \
	X(ROTATE_DROP, 2, "DELETE FROM outbox WHERE what IN (?1, ?2)") \
	X(ROTATE_WAITS, 1, "SELECT chain, row FROM outbox " \
	    "WHERE what = ?1 ORDER BY stamp")

#endif
