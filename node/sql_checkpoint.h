/* The statements about checkpoints, receipts and what contradicts them; a part
 * of sql.h.
 */
#ifndef NODE_SQL_CHECKPOINT_H
#define NODE_SQL_CHECKPOINT_H

#define CHECKPOINT_COLUMNS \
	"stamp, number, at, chains, root, epoch, seq, name FROM checkpoint "
#define TIP_COLUMNS "chain, epoch, stamp, seq, sha256, tree, stopped "

#define CHANGESET_COLUMNS \
	"chain, epoch, seq, \"commit\", sha256, first, last, sealed, bytes, " \
	"raw_bytes, records, edits, transitions FROM changeset "

#define RECEIPT_COLUMNS \
	"chain, epoch, from_seq, to_seq, arrived, result, code, stamp "

#define SQL_CHECKPOINT_MAP(X) \
	X(CHANGESET_AT, 3, "SELECT " CHANGESET_COLUMNS \
	    "WHERE chain = ?1 AND epoch = ?2 AND seq = ?3") \
	X(CHANGESET_HOLDING, 2, "SELECT " CHANGESET_COLUMNS \
	    "WHERE chain = ?1 AND first <= ?2 AND last >= ?2 " \
	    "ORDER BY seq DESC LIMIT 1") \
	X(TOUCHES, 0, "SELECT record, stamp FROM edit " \
	    "WHERE stamp <> record UNION " \
	    "SELECT record, stamp FROM transition UNION " \
	    "SELECT record, stamp FROM erased UNION " \
	    "SELECT record, stamp FROM held ORDER BY 1, 2") \
	X(TOUCHES_OF, 2, "SELECT stamp FROM edit " \
	    "WHERE record = ?1 AND stamp <> ?1 UNION " \
	    "SELECT stamp FROM transition WHERE record = ?1 UNION " \
	    "SELECT stamp FROM held WHERE record = ?1 UNION " \
	    "SELECT stamp FROM erased WHERE record = ?1 UNION " \
	    "SELECT stamp FROM attachment WHERE record = ?1 AND ?2 " \
	    "ORDER BY 1") \
	X(CHANGES_BY, 1, "SELECT record, stamp FROM edit " \
	    "WHERE stamp <> record AND (stamp & 65535) = ?1 UNION " \
	    "SELECT record, stamp FROM transition " \
	    "WHERE (stamp & 65535) = ?1 UNION " \
	    "SELECT record, stamp FROM erased " \
	    "WHERE (stamp & 65535) = ?1 UNION " \
	    "SELECT record, stamp FROM attachment " \
	    "WHERE (stamp & 65535) = ?1 ORDER BY 1, 2") \
	X(CHANGE_IS, 2, "SELECT EXISTS (SELECT 1 FROM edit " \
	    "WHERE record = ?1 AND stamp = ?2 UNION ALL " \
	    "SELECT 1 FROM transition " \
	    "WHERE record = ?1 AND stamp = ?2 UNION ALL " \
	    "SELECT 1 FROM erased WHERE record = ?1 AND stamp = ?2 " \
	    "UNION ALL SELECT 1 FROM attachment " \
	    "WHERE record = ?1 AND stamp = ?2)") \
	X(CHECKPOINT_NEW, 8, "INSERT OR IGNORE INTO checkpoint(stamp, " \
	    "number, at, chains, root, epoch, seq, name) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)") \
	X(CHECKPOINT_NEWEST, 0, "SELECT " CHECKPOINT_COLUMNS \
	    "ORDER BY stamp DESC LIMIT 1") \
	/* stamps are 22 bits more than milliseconds since 2020 */ \
	X(CHECKPOINT_LEAD, 1, "SELECT max((stamp >> 22) + ?1 - at) FROM " \
	    "(SELECT stamp, at FROM checkpoint ORDER BY stamp DESC " \
	    "LIMIT 100)") \
	X(CHECKPOINT_NUMBER, 1, "SELECT " CHECKPOINT_COLUMNS \
	    "WHERE number = ?1 ORDER BY stamp DESC LIMIT 1") \
	X(CHECKPOINT_NAME, 2, "SELECT " CHECKPOINT_COLUMNS \
	    "WHERE name >= ?1 AND name < ?2 ORDER BY stamp DESC LIMIT 1") \
	X(CHECKPOINT_AFTER, 1, "SELECT " CHECKPOINT_COLUMNS \
	    "WHERE stamp > ?1 ORDER BY stamp LIMIT 1") \
	X(CHECKPOINT_BEFORE, 1, "SELECT " CHECKPOINT_COLUMNS \
	    "WHERE stamp < ?1 ORDER BY stamp DESC LIMIT 1") \
	X(CHECKPOINT_ALL, 0, "SELECT " CHECKPOINT_COLUMNS \
	    "ORDER BY stamp") \
	X(TIP_NEW, 7, "INSERT OR IGNORE INTO tip(chain, epoch, stamp, seq, " \
	    "sha256, tree, stopped) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)") \
	X(TIP_CHAIN_NEW, 2, "INSERT OR IGNORE INTO tip_chain(chain, epoch) " \
	    "VALUES (?1, ?2)") \
	X(TIP_AS_OF, 4, "SELECT " TIP_COLUMNS "FROM tip " \
	    "WHERE chain = ?1 AND epoch = ?2 AND stamp < ?3 " \
	    "AND stamp > ?4 ORDER BY stamp DESC LIMIT 1") \
	X(TIP_FIRST, 4, "SELECT " TIP_COLUMNS "FROM tip " \
	    "WHERE chain = ?1 AND epoch = ?2 AND seq >= ?3 " \
	    "ORDER BY stamp <= ?4, stamp LIMIT 1") \
	X(TIP_ALL, 2, "SELECT t.chain, t.epoch, t.stamp, t.seq, t.sha256, " \
	    "t.tree, t.stopped FROM tip_chain AS c JOIN tip AS t " \
	    "ON t.chain = c.chain AND t.epoch = c.epoch " \
	    "AND t.stamp = (SELECT max(n.stamp) FROM tip AS n " \
	    "WHERE n.chain = c.chain AND n.epoch = c.epoch " \
	    "AND n.stamp < ?1 AND n.stamp > ?2) " \
	    "ORDER BY c.chain, c.epoch") \
	X(STATE_NEW, 4, "INSERT OR IGNORE INTO state(stamp, branch, " \
	    "records, root) VALUES (?1, ?2, ?3, ?4)") \
	X(STATE_AS_OF, 3, "SELECT stamp, branch, records, root FROM state " \
	    "WHERE branch = ?1 AND stamp < ?2 AND stamp > ?3 " \
	    "ORDER BY stamp DESC LIMIT 1") \
	X(STATE_BETWEEN, 2, "SELECT stamp, branch, records, root " \
	    "FROM state WHERE stamp > ?1 AND stamp < ?2 ORDER BY stamp") \
	X(TREE_GET, 2, "SELECT n, parts FROM tree " \
	    "WHERE chain = ?1 AND epoch = ?2") \
	X(TREE_SET, 4, "INSERT OR REPLACE INTO tree(chain, epoch, n, parts) " \
	    "VALUES (?1, ?2, ?3, ?4)") \
	X(TOUCH_RECORD, 1, "SELECT stamp, 'edit', field, \"by\", 0, 0, '' " \
	    "FROM edit WHERE record = ?1 AND stamp <> record UNION ALL " \
	    "SELECT stamp, 'transition', \"to\", \"by\", 0, 0, '' " \
	    "FROM transition WHERE record = ?1 UNION ALL " \
	    "SELECT stamp, 'erase', field, \"by\", 0, 0, '' " \
	    "FROM erased WHERE record = ?1 UNION ALL " \
	    "SELECT stamp, kind, '', '', 1, needs, code FROM held " \
	    "WHERE record = ?1 ORDER BY 1") \
	X(RECEIPT_CLOCK, 0, "SELECT " RECEIPT_COLUMNS "FROM receipt AS r " \
	    "WHERE code = 'W_CLOCK' AND NOT EXISTS (SELECT 1 " \
	    "FROM receipt AS n WHERE n.chain = r.chain " \
	    "AND n.epoch = r.epoch AND n.stamp > r.stamp) " \
	    "ORDER BY chain, epoch") \
	X(HELD_BETWEEN, 3, "SELECT count(*), max(code) FROM held " \
	    "WHERE stamp BETWEEN ?1 AND ?2 AND (stamp & 65535) = ?3") \
	X(RECEIPT_NEW, 8, "INSERT OR IGNORE INTO receipt(chain, epoch, " \
	    "from_seq, to_seq, arrived, result, code, stamp) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)") \
	X(RECEIPT_NEWEST, 4, "SELECT max(CASE WHEN result = 'applied' " \
	    "THEN iif(stamp < ?3, min(to_seq, ?4), to_seq) END), " \
	    "max(arrived) FROM receipt WHERE chain = ?1 AND epoch = ?2") \
	X(RECEIPT_ANSWERED, 4, "SELECT max(iif(stamp < ?3, " \
	    "min(to_seq, ?4), to_seq)), max(arrived) " \
	    "FROM receipt WHERE chain = ?1 AND epoch = ?2") \
	X(RECEIPT_REFUSED, 3, "SELECT min(from_seq) FROM receipt AS r " \
	    "WHERE chain = ?1 AND epoch = ?2 AND result = 'refused' " \
	    "AND code IN ('E_COLLISION', ?3) " \
	    "AND NOT EXISTS (SELECT 1 FROM receipt AS n " \
	    "WHERE n.chain = r.chain AND n.epoch = r.epoch " \
	    "AND n.result = 'applied' AND n.from_seq <= r.from_seq " \
	    "AND n.to_seq >= r.from_seq AND n.stamp > r.stamp)") \
	X(RECEIPT_SAID, 4, "SELECT count(*) FROM receipt WHERE chain = ?1 " \
	    "AND epoch = ?2 AND code = ?3 AND from_seq = ?4") \
	X(RECEIPT_AT, 4, "SELECT " RECEIPT_COLUMNS "FROM receipt " \
	    "WHERE chain = ?1 AND epoch = ?2 " \
	    "AND from_seq <= ?3 AND to_seq >= ?3 AND stamp >= ?4 " \
	    "ORDER BY code = 'E_FORK', stamp DESC, from_seq DESC, " \
	    "arrived DESC LIMIT 1") \
	X(RECEIPT_OPEN, 1, "SELECT " RECEIPT_COLUMNS "FROM receipt AS r " \
	    "WHERE result <> 'applied' " \
	    "AND (?1 IS NULL OR chain = 'node/' || ?1) " \
	    "AND NOT EXISTS (SELECT 1 FROM receipt AS n " \
	    "WHERE n.chain = r.chain AND n.epoch = r.epoch " \
	    "AND n.from_seq <= r.from_seq AND n.to_seq >= r.from_seq " \
	    "AND n.stamp > r.stamp) ORDER BY chain, epoch, from_seq") \
	X(HQ_EPOCH_ADD, 2, "INSERT INTO hq_epoch(epoch, first, last) " \
	    "VALUES (?1, ?2, ?2) ON CONFLICT(epoch) DO UPDATE " \
	    "SET first = min(first, ?2), last = max(last, ?2)") \
	X(HQ_EPOCH_MANY, 0, "SELECT count(*) > 1 FROM hq_epoch") \
	X(HQ_EPOCH_START, 0, "SELECT max(first) FROM hq_epoch") \
	/* the last checkpoint of the epochs before the one of a stamp */ \
	X(HQ_EPOCH_FLOOR, 1, "SELECT coalesce(max(last), 0) FROM hq_epoch " \
	    "WHERE first < (SELECT max(first) FROM hq_epoch " \
	    "WHERE first <= ?1)") \
	X(HQ_EPOCH_NOW, 0, "SELECT epoch FROM position " \
	    "WHERE chain = 'hq/all' AND seq > 0 ORDER BY last DESC LIMIT 1") \
	X(SEEN_SET, 5, "INSERT OR REPLACE INTO seen(chain, epoch, seq, " \
	    "name, stamp) VALUES (?1, ?2, ?3, ?4, ?5)") \
	X(SEEN_GET, 2, "SELECT chain, epoch, seq, name, stamp FROM seen " \
	    "WHERE chain = ?1 AND epoch = ?2") \
	X(SEEN_ALL, 0, "SELECT chain, epoch, seq, name, stamp FROM seen " \
	    "ORDER BY chain, epoch") \
	X(SPLIT_NEW, 6, "INSERT OR IGNORE INTO split(chain, epoch, seq, " \
	    "name, at, reason, settled) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)") \
	X(SPLIT_ALL, 0, "SELECT chain, epoch, seq, name, at, reason " \
	    "FROM split WHERE NOT settled ORDER BY at, chain, seq") \
	X(SPLIT_TOLD, 1, "SELECT EXISTS(SELECT 1 FROM split " \
	    "WHERE name = ?1)") \
	X(FORK_SETTLE, 1, "UPDATE position SET stopped = '', reason = '' " \
	    "WHERE stopped = ?1") \
	X(SPLIT_SETTLE, 1, "UPDATE split SET settled = 1 " \
	    "WHERE NOT settled AND (?1 IS NULL OR name = ?1)")

#endif
