/* The statements about erased values; a part of sql.h.
 */
#ifndef NODE_SQL_ERASE_H
#define NODE_SQL_ERASE_H

#define SQL_ERASE_MAP(X) \
	X(ERASED_NEW, 6, "INSERT OR IGNORE INTO erased(record, field, " \
	    "stamp, reason, \"by\", branch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)") \
	X(ERASED_HIT, 3, "SELECT EXISTS(SELECT 1 FROM erased " \
	    "WHERE record = ?1 AND field = ?2 AND stamp > ?3)") \
	X(ERASED_ANY, 1, "SELECT EXISTS(SELECT 1 FROM erased " \
	    "WHERE record = ?1)") \
	X(ERASED_OF, 1, "SELECT field, stamp, reason, \"by\" FROM erased " \
	    "WHERE record = ?1 ORDER BY stamp") \
	X(ERASE_EDITS, 3, "UPDATE edit SET value = NULL " \
	    "WHERE record = ?1 AND field = ?2 AND stamp < ?3 " \
	    "AND value IS NOT NULL") \
	X(ERASE_REF, 3, "DELETE FROM ref_ext " \
	    "WHERE record = ?1 AND field = ?2 AND record < ?3") \
	X(ERASE_SEALED, 3, "DELETE FROM sealed_value " \
	    "WHERE record = ?1 AND field = ?2 AND stamp < ?3") \
	/* place 4 of a row of edit is its value, place 3 its field */ \
	X(ERASE_HELD, 3, "UPDATE held SET row = json_set(row, '$[4]', NULL) " \
	    "WHERE record = ?1 AND kind = 'edit' AND stamp < ?3 " \
	    "AND row ->> 3 = ?2")

#endif
