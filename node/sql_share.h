/* The statements about keys of chains; a part of sql.h.
 */
#ifndef NODE_SQL_SHARE_H
#define NODE_SQL_SHARE_H

#define CHAIN_KEY_COLUMNS "id, key, chain, stamp "

#define SQL_SHARE_MAP(X) \
	X(SHARE_NEW, 5, "INSERT INTO share AS h(stamp, chain, key, reader, " \
	    "box) VALUES (?1, ?2, ?3, ?4, ?5) " \
	    "ON CONFLICT(stamp) DO UPDATE SET chain = h.chain " \
	    "WHERE h.chain = ?2 AND h.key = ?3 AND h.reader = ?4 " \
	    "AND h.box = ?5") \
	/* only headquarters' own rows count: node number 1 */ \
	X(SHARE_HAS, 2, "SELECT EXISTS(SELECT 1 FROM share " \
	    "WHERE reader = ?1 AND key = ?2 AND stamp & 65535 = 1)") \
	X(SHARE_STATE, 0, "SELECT (SELECT max(stamp) FROM roster) + " \
	    "(SELECT count(*) FROM chain_key) + " \
	    "(SELECT count(*) FROM signer_limit)") \
	X(CHAIN_KEY_NEW, 4, "INSERT INTO chain_key(" CHAIN_KEY_COLUMNS ") " \
	    "VALUES (?1, ?2, ?3, ?4) ON CONFLICT(id) DO UPDATE " \
	    "SET stamp = excluded.stamp WHERE stamp = 0") \
	X(CHAIN_KEY_GET, 1, "SELECT " CHAIN_KEY_COLUMNS "FROM chain_key " \
	    "WHERE id = ?1") \
	X(CHAIN_KEY_OWN, 2, "SELECT " CHAIN_KEY_COLUMNS "FROM chain_key " \
	    "WHERE chain = ?1 AND stamp & 65535 = ?2 " \
	    "ORDER BY stamp DESC LIMIT 1") \
	X(CHAIN_KEY_ALL, 0, "SELECT " CHAIN_KEY_COLUMNS "FROM chain_key " \
	    "ORDER BY chain, stamp")

#endif
