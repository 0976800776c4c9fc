/* The statements about values of level X: their keys, those that are not here,
 * and who asks for them; a part of sql.h.
 */
#ifndef NODE_SQL_RECORD_KEY_H
#define NODE_SQL_RECORD_KEY_H

#define SQL_RECORD_KEY_MAP(X) \
	X(RECORD_KEY_NEW, 6, "INSERT INTO record_key(stamp, field, id, " \
	    "record, key, told) SELECT ?1, ?2, ?3, ?4, ?5, ?6 " \
	    "WHERE NOT EXISTS(SELECT 1 FROM erased WHERE record = ?4 " \
	    "AND field = ?2 AND stamp > ?1) " \
	    "ON CONFLICT(stamp, field, id) DO NOTHING") \
	X(RECORD_KEY_GET, 3, "SELECT record, id, key FROM record_key " \
	    "WHERE stamp = ?1 AND field = ?2 AND (?3 IS NULL OR id = ?3) " \
	    "ORDER BY id LIMIT 1") \
	X(RECORD_KEY_END, 3, "DELETE FROM record_key " \
	    "WHERE record = ?1 AND field = ?2 AND stamp < ?3") \
	/* told: 0 not yet, 1 headquarters has it, 2 it asks again; an index \
	 * has those that are not 1, and must be named as it is */ \
	X(RECORD_KEY_TOLD, 1, "UPDATE record_key AS k SET told = 1 " \
	    "WHERE told <> 1 AND told = 0 AND EXISTS(SELECT 1 FROM changeset AS c " \
	    "JOIN receipt AS r ON r.chain = c.chain AND r.epoch = c.epoch " \
	    "AND c.seq BETWEEN r.from_seq AND r.to_seq " \
	    "AND r.result = 'applied' WHERE c.chain = ?1 " \
	    "AND c.first <= k.stamp AND c.last >= k.stamp)") \
	X(RECORD_KEY_NEXT, 0, "SELECT stamp, field, key FROM record_key " \
	    "WHERE told <> 1 ORDER BY stamp DESC, field") \
	X(RECORD_KEY_QUIET, 0, "UPDATE record_key SET told = 1 " \
	    "WHERE told <> 1 AND told = 2") \
	X(RECORD_KEY_ASKED, 2, "UPDATE record_key SET told = 2 " \
	    "WHERE stamp = ?1 AND field = ?2") \
	X(SEALED_NEW, 5, "INSERT OR IGNORE INTO sealed_value(record, field, " \
	    "stamp, cell, type) VALUES (?1, ?2, ?3, ?4, ?5)") \
	X(SEALED_ANY, 1, "SELECT EXISTS(SELECT 1 FROM sealed_value " \
	    "WHERE record = ?1)") \
	X(SEALED_OF, 2, "SELECT record, type, cell FROM sealed_value " \
	    "WHERE stamp = ?1 AND field = ?2") \
	X(SEALED_END, 3, "DELETE FROM sealed_value " \
	    "WHERE record = ?1 AND field = ?2 AND stamp = ?3") \
	X(SEALED_EDIT, 4, "UPDATE edit SET value = ?4 " \
	    "WHERE record = ?1 AND field = ?2 AND stamp = ?3") \
	X(SEALED_HELD, 4, "UPDATE held SET row = json_set(row, '$[4]', ?4) " \
	    "WHERE record = ?1 AND kind = 'edit' AND stamp = ?3 " \
	    "AND row ->> 3 = ?2") \
	X(SEALED_ALL, 1, "SELECT DISTINCT stamp, field FROM sealed_value " \
	    "ORDER BY stamp DESC, field LIMIT ?1") \
	X(SEALED_BRANCH, 2, "SELECT DISTINCT v.stamp, v.field " \
	    "FROM sealed_value AS v JOIN roster AS r " \
	    "ON r.number = v.stamp & 65535 WHERE r.branch = ?2 " \
	    "ORDER BY v.stamp DESC, v.field LIMIT ?1") \
	X(WANT_CLEAR, 2, "DELETE FROM mail_want " \
	    "WHERE remote = ?1 AND reader = ?2") \
	X(WANT_NEW, 5, "INSERT OR IGNORE INTO mail_want(remote, reader, " \
	    "stamp, field) SELECT ?1, ?2, ?3, ?4 WHERE ?5 IS NULL " \
	    "OR EXISTS(SELECT 1 FROM roster " \
	    "WHERE number = ?3 & 65535 AND branch = ?5)") \
	X(WANT_KEYS, 1, "SELECT DISTINCT k.stamp, k.field, k.key " \
	    "FROM mail_want AS w JOIN record_key AS k " \
	    "ON k.stamp = w.stamp AND k.field = w.field " \
	    "WHERE w.reader = ?1 ORDER BY k.stamp DESC, k.field") \
	X(MAIL_KEY_GET, 0, "SELECT secret, erasures FROM mail_key") \
	X(MAIL_KEY_SET, 2, "INSERT OR REPLACE INTO mail_key(id, secret, " \
	    "erasures) VALUES (1, ?1, ?2)") \
	X(ERASED_COUNT, 0, "SELECT count(*) FROM erased")

#endif
