/* The statements about the way to a remote; a part of sql.h.
 */
#ifndef NODE_SQL_LINK_H
#define NODE_SQL_LINK_H

/* What counts as urgent: one EXISTS each. ?1 is the remote, ?2 this node, ?3
 * today; w.last is the last stamp that the remote has. */
#define OURS(stamp) stamp " > w.last AND " stamp " & 65535 = ?2 "
#define SQL_LINK_MAP(X) \
	X(LINK_GET, 1, "SELECT hours, slice FROM remote WHERE name = ?1") \
	X(LINK_SET, 3, "UPDATE remote SET hours = ?2, slice = ?3 " \
	    "WHERE name = ?1") \
	X(URGENT, 3, "WITH w(last) AS (SELECT ifnull((SELECT max(c.last) " \
	    "FROM sent AS s JOIN changeset AS c ON c.chain = s.chain " \
	    "AND c.epoch = s.epoch AND c.seq = s.seq " \
	    "WHERE s.remote = ?1), 0)) " \
	    "SELECT EXISTS(SELECT 1 FROM w, issue AS r " \
	    "WHERE " OURS("r.id") ") " \
	    "OR EXISTS(SELECT 1 FROM w, incident AS r " \
	    "WHERE " OURS("r.id") ") " \
	    "OR EXISTS(SELECT 1 FROM w, transition AS t " \
	    "WHERE " OURS("t.stamp") "AND t.\"to\" = 'approved') " \
	    "OR EXISTS(SELECT 1 FROM w, practical_item AS p, edit AS t " \
	    "WHERE t.record = p.id AND " OURS("t.stamp") \
	    "AND p.due_on < ?3 AND p.done_on IS NULL AND p.void IS NULL)")

#endif
