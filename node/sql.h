/* Every fixed SQL statement: X(name, number of parameters, text). A unit test
 * prepares them all and compares the parameter counts. Statements made from
 * the catalogue are built in schema.c, record_list.c and figure.c.
 */
#ifndef NODE_SQL_H
#define NODE_SQL_H

#include "sql_checkpoint.h"
#include "sql_link.h"
#include "sql_erase.h"
#include "sql_record_key.h"
#include "sql_share.h"
#include "sql_signer.h"

#define SQL_STORE_MAP(X) \
	X(META_GET, 1, "SELECT value FROM meta WHERE name = ?1") \
	X(META_SET, 2, "INSERT INTO meta(name, value) VALUES (?1, ?2) " \
	    "ON CONFLICT(name) DO UPDATE SET value = excluded.value") \
	X(META_ALL, 0, "SELECT name, value FROM meta") \
	X(STORE_ANY, 0, "SELECT EXISTS(SELECT 1 FROM held), " \
	    "EXISTS(SELECT 1 FROM ref_ext), EXISTS(SELECT 1 FROM ahead), " \
	    "EXISTS(SELECT 1 FROM operator), EXISTS(SELECT 1 FROM erased)") \
	X(STORE_CHECK, 0, "PRAGMA integrity_check(1)")

#define SQL_RULE_MAP(X) \
	X(RULE_STEPS, 1, "SELECT \"to\", \"on\" FROM transition " \
	    "WHERE record = ?1 ORDER BY stamp DESC") \
	X(RULE_PROGRAMMES, 0, "SELECT code, lines FROM document " \
	    "WHERE kind = 'programme' AND state = 'issued' " \
	    "AND void IS NULL") \
	X(RULE_LIMITS, 0, "SELECT branch, issued_on, " \
	    "CASE state WHEN 'repealed' THEN (SELECT max(\"on\") " \
	    "FROM transition WHERE record = document.id " \
	    "AND \"to\" = 'repealed') END, lines FROM document " \
	    "WHERE kind = 'limits' AND state IN ('issued', 'repealed') " \
	    "AND issued_on IS NOT NULL AND void IS NULL " \
	    "ORDER BY branch, issued_on DESC, id DESC") \
	X(RULE_YEAR_SUM, 4, "SELECT total((SELECT total((i.value ->> 'qty') " \
	    "* (i.value ->> 'price')) FROM json_each(CASE WHEN " \
	    "json_valid(items) THEN items END) AS i) " \
	    "/ max(target, 1)) FROM distribution WHERE org = ?1 " \
	    "AND kind = ?2 AND substr(date, 1, 4) = substr(?3, 1, 4) " \
	    "AND id <> ?4 AND void IS NULL") \
	X(RULE_SPLIT, 5, "SELECT sum(amount) FROM expense " \
	    "WHERE payee = ?1 AND date = ?2 AND branch = ?3 AND id <> ?4 " \
	    "AND amount <= ?5 AND void IS NULL") \
	X(RULE_STAR, 2, "SELECT 1 FROM award WHERE to_person = ?1 " \
	    "AND kind = 'star' AND state = 'granted' " \
	    "AND substr(period, 1, 4) = substr(?2, 1, 4) " \
	    "AND void IS NULL LIMIT 1") \
	X(RULE_ENTRANTS, 1, "SELECT count(DISTINCT person) " \
	    "FROM participation WHERE target = ?1 AND role = 'entrant' " \
	    "AND void IS NULL") \
	X(RULE_HOUSEHOLDS, 1, "WITH file AS (SELECT id, person, members " \
	    "FROM hardship_case WHERE branch = ?1 AND void IS NULL " \
	    "AND state NOT IN ('removed', 'rejected')) " \
	    "SELECT id, '#' || person FROM file UNION ALL " \
	    "SELECT file.id, id_no FROM file JOIN person " \
	    "ON person.id = file.person UNION ALL " \
	    "SELECT file.id, m.value ->> 'id_no' " \
	    "FROM file, json_each(CASE WHEN json_valid(members) " \
	    "THEN members END) AS m ORDER BY 1")

#define SQL_APPLY_MAP(X) \
	X(RECORD_NEW, 2, "INSERT OR IGNORE INTO record(id, type) " \
	    "VALUES (?1, ?2)") \
	X(RECORD_TYPE, 1, "SELECT type FROM record WHERE id = ?1") \
	X(REF_EXT_NEW, 4, "INSERT INTO ref_ext(record, field, type, ext) " \
	    "VALUES (?1, ?2, ?3, ?4)") \
	X(REF_EXT_WAITING, 1, "SELECT record, field, type FROM ref_ext " \
	    "WHERE ext = ?1") \
	X(EDIT_GET, 3, "SELECT value FROM edit " \
	    "WHERE record = ?1 AND field = ?2 AND stamp = ?3") \
	X(EDIT_SAME, 5, "SELECT value IS ?4 AND \"by\" IS ?5 FROM edit " \
	    "WHERE record = ?1 AND field = ?2 AND stamp = ?3") \
	X(EDIT_NEW, 8, "INSERT INTO edit(record, field, stamp, type, value, " \
	    "replaces, \"by\", live, ahead) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)") \
	X(EDIT_INITIAL, 4, "INSERT OR IGNORE INTO edit(record, field, stamp, " \
	    "type, value, live, ahead) VALUES (?1, ?2, ?1, ?3, ?4, 1, 0)") \
	X(EDIT_INITIAL_SET, 3, "UPDATE edit SET value = ?3 " \
	    "WHERE record = ?1 AND field = ?2 AND stamp = ?1") \
	X(EDIT_DEAD, 3, "UPDATE edit SET live = 0 " \
	    "WHERE record = ?1 AND field = ?2 AND stamp = ?3 AND live") \
	X(EDIT_LIVE, 2, "SELECT count(*) FROM (SELECT 1 FROM edit " \
	    "WHERE record = ?1 AND field = ?2 AND live " \
	    "ORDER BY stamp DESC LIMIT 2)") \
	X(EDIT_SHOWN, 2, "SELECT stamp, value FROM edit " \
	    "WHERE record = ?1 AND field = ?2 AND NOT ahead " \
	    "ORDER BY stamp DESC LIMIT 1") \
	X(EDIT_FIELD, 2, "SELECT stamp, replaces, ahead FROM edit " \
	    "WHERE record = ?1 AND field = ?2 ORDER BY stamp") \
	X(EDIT_LIVE_SET, 4, "UPDATE edit SET live = ?4 WHERE record = ?1 " \
	    "AND field = ?2 AND stamp = ?3 AND live <> ?4") \
	X(TRANSITION_GET, 2, "SELECT \"to\" FROM transition " \
	    "WHERE stamp = ?2 AND record = ?1") \
	X(TRANSITION_TAKEN, 2, "SELECT EXISTS(SELECT 1 FROM transition " \
	    "WHERE stamp = ?2 AND record <> ?1)") \
	/* the wire's columns, but for what it replaces (?10) */ \
	X(TRANSITION_SAME, 13, "SELECT type IS ?3 AND \"from\" IS ?4 " \
	    "AND \"to\" IS ?5 AND role IS ?6 AND \"by\" IS ?7 " \
	    "AND \"on\" IS ?8 AND note IS ?9 AND imported IS ?11 " \
	    "AND operator IS ?12 AND signature IS ?13 FROM transition " \
	    "WHERE stamp = ?1 AND record = ?2") \
	X(TRANSITION_NEW, 14, "INSERT INTO transition(stamp, record, type, " \
	    "\"from\", \"to\", role, \"by\", \"on\", note, replaces, " \
	    "imported, operator, signature, live, ahead) VALUES (?1, ?2, " \
	    "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14)") \
	X(TRANSITION_DEAD, 1, "UPDATE transition SET live = 0 " \
	    "WHERE stamp = ?1 AND live") \
	X(TRANSITION_LIVE, 1, "SELECT count(*) FROM (SELECT 1 " \
	    "FROM transition WHERE record = ?1 AND live LIMIT 2)") \
	X(TRANSITION_FIRST, 1, "SELECT EXISTS(SELECT 1 FROM transition " \
	    "WHERE record = ?1 AND NOT ahead AND " \
	    "(replaces = '[' || ?1 || ']' OR " \
	    "replaces GLOB '[[]' || ?1 || ',*'))") \
	X(TRANSITION_FIELD, 1, "SELECT stamp, replaces, ahead, \"to\" " \
	    "FROM transition WHERE record = ?1 ORDER BY stamp") \
	X(TRANSITION_LIVE_SET, 2, "UPDATE transition SET live = ?2 " \
	    "WHERE stamp = ?1 AND live <> ?2") \
	X(CONFLICT_NEW, 3, "INSERT OR IGNORE INTO " \
	    "conflict(record, field, type) VALUES (?1, ?2, ?3)") \
	X(CONFLICT_END, 2, "DELETE FROM conflict " \
	    "WHERE record = ?1 AND field = ?2") \
	X(HELD_NEW, 9, "INSERT OR IGNORE INTO held(stamp, kind, record, " \
	    "type, row, needs, code, branch, hq) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)") \
	X(HELD_ROW, 1, "SELECT kind, row FROM held WHERE stamp = ?1") \
	X(HELD_FOR, 2, "SELECT stamp, kind, row, branch, hq FROM held " \
	    "WHERE needs = ?1 AND needs > 0 AND stamp > ?2 " \
	    "ORDER BY stamp LIMIT 1") \
	X(HELD_SET, 3, "UPDATE held SET needs = ?2, code = ?3 " \
	    "WHERE stamp = ?1") \
	X(HELD_END, 1, "DELETE FROM held WHERE stamp = ?1") \
	X(AHEAD_NEW, 2, "INSERT OR IGNORE INTO ahead(first, last) " \
	    "VALUES (?1, ?2)") \
	X(AHEAD_HAS, 1, "SELECT EXISTS(SELECT 1 FROM ahead " \
	    "WHERE first <= ?1 AND ?1 <= last " \
	    "AND (first & 65535) = (?1 & 65535))") \
	X(AHEAD_EDITS, 3, "UPDATE edit SET ahead = 1 " \
	    "WHERE stamp BETWEEN ?1 AND ?2 AND (stamp & 65535) = ?3 " \
	    "AND stamp <> record AND NOT ahead " \
	    "RETURNING record, field, type") \
	X(AHEAD_TRANSITIONS, 3, "UPDATE transition SET ahead = 1 " \
	    "WHERE stamp BETWEEN ?1 AND ?2 AND (stamp & 65535) = ?3 " \
	    "AND NOT ahead RETURNING record, 'state', type") \
	X(ROSTER_OF, 1, "SELECT branch, kind FROM roster WHERE number = ?1")

#define SQL_OUTBOX_MAP(X) \
	X(OUTBOX_NEW, 6, "INSERT INTO " \
	    "outbox(stamp, chain, what, record, field, row) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)") \
	X(OUTBOX_RECORDS, 4, "INSERT OR IGNORE INTO outbox(stamp, chain, " \
	    "what, record) SELECT id, ?4, -1, id FROM record WHERE id " \
	    "BETWEEN ?1 AND ?2 AND (id & 65535) = ?3") \
	X(OUTBOX_EDITS, 4, "INSERT OR IGNORE INTO outbox(stamp, chain, " \
	    "what, record, field) SELECT stamp, ?4, 0, record, field " \
	    "FROM edit WHERE stamp BETWEEN ?1 AND ?2 AND stamp <> record " \
	    "AND (stamp & 65535) = ?3") \
	X(OUTBOX_STEPS, 4, "INSERT OR IGNORE INTO outbox(stamp, chain, " \
	    "what, record) SELECT stamp, ?4, 1, record FROM transition " \
	    "WHERE stamp BETWEEN ?1 AND ?2 AND (stamp & 65535) = ?3") \
	/* ?5: the table's number; a row as row_write() has it */ \
	X(OUTBOX_OPERATORS, 5, OUTBOX_ROW "code, branch, person, roles, " \
	    "lower(hex(key)), \"from\", \"to\") FROM operator " \
	    OUTBOX_RANGE) \
	X(OUTBOX_ATTACHMENTS, 5, OUTBOX_ROW "record, name, sha256, size, " \
	    "media, \"by\", removes) FROM attachment " OUTBOX_RANGE) \
	X(OUTBOX_SHARES, 5, OUTBOX_ROW "chain, lower(hex(key)), reader, " \
	    "lower(hex(box))) FROM share " OUTBOX_RANGE) \
	X(OUTBOX_ERASED, 5, OUTBOX_ROW "record, field, reason, \"by\") " \
	    "FROM erased " OUTBOX_RANGE) \
	X(OUTBOX_ACCESS, 5, OUTBOX_ROW "who, record, what, detail) " \
	    "FROM access " OUTBOX_RANGE) \
	X(OUTBOX_CHAINS, 0, "SELECT DISTINCT chain FROM outbox " \
	    "ORDER BY chain") \
	/* apart, each is quick; together they step through every row */ \
	X(OUTBOX_COUNT, 0, "SELECT (SELECT count(*) FROM outbox) - " \
	    "(SELECT count(*) FROM outbox " \
	    "WHERE chain >= 'file/' AND chain < 'file0'), " \
	    "(SELECT min(stamp) FROM outbox)") \
	X(OUTBOX_HAS, 1, "SELECT 1 FROM outbox WHERE stamp = ?1") \
	X(OUTBOX_OTHER, 4, "SELECT 1 FROM outbox WHERE stamp = ?1 " \
	    "AND NOT (what = ?2 AND record IS ?3 AND field IS ?4)") \
	X(OUTBOX_OLDEST, 2, "SELECT stamp, what, record, field, row " \
	    "FROM outbox WHERE chain = ?1 ORDER BY stamp LIMIT ?2") \
	X(OUTBOX_DONE, 2, "DELETE FROM outbox " \
	    "WHERE chain = ?1 AND stamp <= ?2") \
	X(OUTBOX_INITIAL, 1, "SELECT field, value FROM edit " \
	    "WHERE record = ?1 AND stamp = ?1") \
	X(OUTBOX_EXT, 1, "SELECT field, ext FROM ref_ext " \
	    "WHERE record = ?1") \
	X(OUTBOX_EDIT, 3, "SELECT stamp, record, type, field, value, " \
	    "replaces, \"by\" FROM edit " \
	    "WHERE record = ?1 AND field = ?2 AND stamp = ?3") \
	X(OUTBOX_TRANSITION, 1, "SELECT stamp, record, type, \"from\", " \
	    "\"to\", role, \"by\", \"on\", note, replaces, imported, " \
	    "operator, signature FROM transition WHERE stamp = ?1")

#define SQL_POSITION_MAP(X) \
	X(POSITION_GET, 2, "SELECT chain, epoch, seq, \"commit\", sha256, " \
	    "last, stopped, reason FROM position " \
	    "WHERE chain = ?1 AND epoch = ?2") \
	X(POSITION_SET, 8, "INSERT OR REPLACE INTO position(chain, epoch, " \
	    "seq, \"commit\", sha256, last, stopped, reason) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)") \
	X(POSITION_ALL, 0, "SELECT chain, epoch, seq, \"commit\", sha256, " \
	    "last, stopped, reason FROM position ORDER BY chain, epoch") \
	X(CHANGESET_NEW, 13, "INSERT INTO changeset(chain, epoch, seq, " \
	    "\"commit\", sha256, first, last, sealed, bytes, raw_bytes, " \
	    "records, edits, transitions) VALUES (?1, ?2, ?3, ?4, ?5, ?6, " \
	    "?7, ?8, ?9, ?10, ?11, ?12, ?13)") \
	X(CHANGESET_OF, 2, "SELECT chain, epoch, seq, \"commit\", sha256, " \
	    "first, last, sealed, bytes, raw_bytes, records, edits, " \
	    "transitions FROM changeset WHERE chain = ?1 AND seq >= ?2 " \
	    "ORDER BY seq, epoch") \
	X(CHANGESET_ALL, 1, "SELECT chain, epoch, seq, \"commit\", sha256, " \
	    "first, last, sealed, bytes, raw_bytes, records, edits, " \
	    "transitions FROM changeset WHERE seq >= ?1 " \
	    "ORDER BY chain, seq, epoch") \
	X(CHANGESET_LAST, 2, "SELECT max(seq) FROM changeset " \
	    "WHERE chain = ?1 AND epoch = ?2") \
	X(RECEIPT_ANY, 0, "SELECT max(arrived) FROM receipt") \
	X(SENT_GET, 3, "SELECT seq FROM sent " \
	    "WHERE remote = ?1 AND chain = ?2 AND epoch = ?3") \
	X(SENT_SET, 4, "INSERT OR REPLACE INTO " \
	    "sent(remote, chain, epoch, seq) VALUES (?1, ?2, ?3, ?4)") \
	X(SENT_MOST, 2, "SELECT max(seq) FROM sent " \
	    "WHERE chain = ?1 AND epoch = ?2") \
	/* meta: sync/epoch.c; a number there says that it is done with */ \
	X(STATUS_EPOCHS, 1, "SELECT p.epoch, p.seq FROM position AS p " \
	    "LEFT JOIN meta AS m ON m.name = 'life/' || p.epoch " \
	    "WHERE p.chain = ?1 AND CAST(coalesce(m.value, '') AS TEXT) " \
	    "IN ('', '-')") \
	X(SENT_FORGET, 1, "DELETE FROM sent " \
	    "WHERE ?1 IS NULL OR remote = ?1") \
	X(REMOTE_GET, 1, "SELECT name, url FROM remote WHERE name = ?1") \
	X(REMOTE_NEW, 2, "INSERT INTO remote(name, url) VALUES (?1, ?2)") \
	X(REMOTE_END, 1, "DELETE FROM remote WHERE name = ?1") \
	X(REMOTE_ALL, 0, "SELECT name, url FROM remote ORDER BY name") \
	X(STATUS_COUNTS, 0, "SELECT (SELECT count(*) FROM held), " \
	    "(SELECT count(*) FROM conflict), " \
	    "(SELECT count(*) FROM record)")

#define OUTBOX_ROW "INSERT OR IGNORE INTO outbox(stamp, chain, what, row) " \
	"SELECT stamp, ?4, ?5, json_array(stamp, "
#define OUTBOX_RANGE "WHERE stamp BETWEEN ?1 AND ?2 AND (stamp & 65535) = ?3"
#define OPERATOR_COLUMNS \
	"stamp, node, code, branch, person, roles, key, \"from\", \"to\" "

#define SQL_ROSTER_MAP(X) \
	X(OPERATOR_NEW, 9, "INSERT INTO operator AS o(stamp, node, code, " \
	    "branch, person, roles, key, \"from\", \"to\") " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) " \
	    "ON CONFLICT(stamp) DO UPDATE SET code = o.code " \
	    "WHERE o.code = ?3 AND o.branch = ?4 AND o.person IS ?5 " \
	    "AND o.roles = ?6 AND o.key = ?7 AND o.\"from\" IS ?8 " \
	    "AND o.\"to\" IS ?9") \
	X(OPERATOR_AT, 3, "SELECT " OPERATOR_COLUMNS "FROM operator " \
	    "WHERE node = ?1 AND code = ?2 AND stamp < ?3 " \
	    "ORDER BY stamp DESC LIMIT 1") \
	X(OPERATOR_ANY, 2, "SELECT EXISTS(SELECT 1 FROM operator " \
	    "WHERE node = ?1 AND stamp < ?2)") \
	X(OPERATOR_ALL, 0, "SELECT " OPERATOR_COLUMNS "FROM operator AS o " \
	    "WHERE NOT EXISTS (SELECT 1 FROM operator AS n " \
	    "WHERE n.node = o.node AND n.code = o.code " \
	    "AND n.stamp > o.stamp) ORDER BY node, code") \
	X(OPERATOR_STEP, 1, "SELECT \"from\", \"to\", \"by\", replaces " \
	    "FROM transition WHERE stamp = ?1") \
	X(OPERATOR_SIGNED, 0, "SELECT stamp, record, type, \"from\", " \
	    "\"to\", role, \"by\", \"on\", note, replaces, imported, " \
	    "operator, signature FROM transition " \
	    "WHERE signature IS NOT NULL ORDER BY stamp") \
	X(OPERATOR_VALUES, 2, "SELECT field, value, stamp, ahead FROM edit " \
	    "WHERE record = ?1 AND stamp < ?2 AND stamp > ?1 " \
	    "ORDER BY stamp") \
	X(ROSTER_SET, 7, "INSERT INTO " \
	    "roster(number, stamp, code, branch, name, key, kind) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) " \
	    "ON CONFLICT(number) DO UPDATE SET stamp = excluded.stamp, " \
	    "code = excluded.code, branch = excluded.branch, " \
	    "name = excluded.name, key = excluded.key, " \
	    "kind = excluded.kind WHERE excluded.stamp > stamp") \
	X(ROSTER_CODE, 1, "SELECT number, stamp, code, branch, name, key, " \
	    "kind FROM roster WHERE code = ?1") \
	X(ROSTER_ALL, 0, "SELECT number, stamp, code, branch, name, key, " \
	    "kind FROM roster ORDER BY number") \
	X(ROSTER_NEXT, 0, "SELECT 1 + max(1, " \
	    "coalesce((SELECT max(number) FROM roster), 0), " \
	    "coalesce((SELECT max(number) FROM invitation), 0))") \
	X(INVITATION_NEW, 6, "INSERT INTO " \
	    "invitation(number, code, branch, name, token, used, kind) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)") \
	X(INVITATION_CODE, 1, "SELECT number, code, branch, name, token, " \
	    "used, kind FROM invitation WHERE code = ?1") \
	X(INVITATION_USE, 1, "UPDATE invitation SET used = 1 " \
	    "WHERE code = ?1")

#define SQL_RECORD_MAP(X) \
	X(RECORD_BETWEEN, 2, "SELECT id, type FROM record " \
	    "WHERE id BETWEEN ?1 AND ?2 ORDER BY id") \
	X(RECORD_REVISION, 1, "SELECT 1 + (SELECT count(*) FROM edit " \
	    "WHERE record = ?1 AND stamp <> ?1) + (SELECT count(*) " \
	    "FROM transition WHERE record = ?1)") \
	X(RECORD_WAITING, 1, "SELECT field, ext FROM ref_ext AS r " \
	    "WHERE record = ?1 AND NOT EXISTS (SELECT 1 FROM edit AS x " \
	    "WHERE x.record = ?1 AND x.field = r.field AND stamp <> ?1)") \
	X(RECORD_HISTORY, 1, "SELECT stamp, 'edit' AS what, field, " \
	    "NULL AS was, value, NULL AS role, \"by\", NULL AS day, " \
	    "NULL AS note, live, 0 AS imported, 0 AS signed FROM edit " \
	    "WHERE record = ?1 UNION ALL " \
	    "SELECT stamp, 'transition', 'state', \"from\", \"to\", role, " \
	    "\"by\", \"on\", note, live, imported, " \
	    "signature IS NOT NULL FROM transition " \
	    "WHERE record = ?1 ORDER BY stamp") \
	X(RECORD_HQ_NODE, 1, "SELECT 1 FROM roster " \
	    "WHERE number = ?1 AND kind = 'hq'") \
	X(RECORD_BRANCH, 1, "SELECT 1 FROM roster WHERE branch = ?1 " \
	    "LIMIT 1") \
	X(RECORD_LIVE, 2, "SELECT stamp, value, \"by\" FROM edit " \
	    "WHERE record = ?1 AND field = ?2 AND live = 1 ORDER BY stamp") \
	X(RECORD_STATES, 1, "SELECT stamp, \"to\", \"by\", role " \
	    "FROM transition WHERE record = ?1 AND live = 1 " \
	    "ORDER BY stamp") \
	X(RECORD_DISPUTED, 2, "SELECT 1 FROM conflict WHERE record = ?1 " \
	    "AND field = ?2") \
	X(RECORD_CONFLICTS, 0, "SELECT record, field, type FROM conflict " \
	    "ORDER BY record, field") \
	X(RECORD_HELD, 0, "SELECT stamp, kind, record, needs, code " \
	    "FROM held ORDER BY stamp")

#define SQL_SEARCH_MAP(X) \
	X(SEARCH_NOTE, 2, "INSERT OR IGNORE INTO search_pending(record, " \
	    "type) VALUES (?1, ?2)") \
	X(SEARCH_PENDING, 1, "SELECT record, type FROM search_pending " \
	    "ORDER BY record DESC LIMIT ?1") \
	X(SEARCH_DONE, 1, "DELETE FROM search_pending WHERE record = ?1") \
	X(SEARCH_OLD, 1, "SELECT text FROM search_doc WHERE record = ?1") \
	X(SEARCH_DROP, 2, "INSERT INTO search_text(search_text, rowid, " \
	    "text) VALUES ('delete', ?1, ?2)") \
	X(SEARCH_DOC, 3, "INSERT INTO search_doc(record, type, text) " \
	    "VALUES (?1, ?2, ?3) ON CONFLICT(record) DO UPDATE " \
	    "SET text = excluded.text") \
	X(SEARCH_TEXT, 2, "INSERT INTO search_text(rowid, text) " \
	    "VALUES (?1, ?2)") \
	X(SEARCH_MATCH, 1, "SELECT record, type FROM search_doc " \
	    "WHERE record IN (SELECT rowid FROM search_text " \
	    "WHERE search_text MATCH ?1) AND record NOT IN " \
	    "(SELECT record FROM search_pending) ORDER BY record DESC") \
	X(SEARCH_SCAN, 1, "SELECT record, type FROM search_doc " \
	    "WHERE text LIKE ?1 ESCAPE '\\' AND record NOT IN " \
	    "(SELECT record FROM search_pending) ORDER BY record DESC")

#define SQL_TRANSFER_MAP(X) \
	X(TRANSFER_TYPE, 1, "SELECT type FROM record WHERE id = ?1") \
	X(TRANSFER_WAITING, 2, "SELECT ext FROM ref_ext " \
	    "WHERE record = ?1 AND field = ?2") \
	X(TRANSFER_STEPS, 1, "SELECT stamp, \"from\", \"to\", role, " \
	    "\"by\", \"on\", note FROM transition WHERE record = ?1 " \
	    "ORDER BY stamp")

#define SQL_REPORT_MAP(X) \
	X(REPORT_BEGIN, 0, "BEGIN DEFERRED") \
	X(REPORT_END, 0, "ROLLBACK") \
	X(REPORT_TIPS, 0, "SELECT chain, max(seq), sealed FROM changeset " \
	    "GROUP BY chain")

/* The newest word on a pair holds. */
#define LINK_NEWEST \
	"stamp = (SELECT max(stamp) FROM link AS n " \
	"WHERE n.a = link.a AND n.b = link.b)"

#define SQL_SAME_MAP(X) \
	X(SAME_NEW, 6, "INSERT OR IGNORE INTO " \
	    "link(a, b, stamp, verdict, \"by\", note) " \
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)") \
	X(SAME_VERDICT, 2, "SELECT verdict FROM link " \
	    "WHERE a = ?1 AND b = ?2 ORDER BY stamp DESC LIMIT 1") \
	X(SAME_CLEAR, 0, "DELETE FROM same_as") \
	X(SAME_SETTLE, 0, "INSERT INTO same_as(id, one) " \
	    "WITH RECURSIVE half(x, y) AS (SELECT a, b FROM link " \
	    "WHERE verdict = 'same' AND " LINK_NEWEST "), " \
	    "pair(x, y) AS (SELECT x, y FROM half UNION ALL " \
	    "SELECT y, x FROM half), " \
	    "reach(x, y) AS (SELECT x, y FROM pair UNION " \
	    "SELECT reach.x, pair.y FROM reach JOIN pair " \
	    "ON pair.x = reach.y) SELECT x, min(y) FROM reach " \
	    "GROUP BY x HAVING min(y) < x") \
	X(SAME_ONE, 1, "SELECT one FROM same_as WHERE id = ?1") \
	X(SAME_ANY, 0, "SELECT EXISTS(SELECT 1 FROM same_as)") \
	X(SAME_AGAINST, 0, "SELECT a, b FROM link WHERE verdict = 'apart' " \
	    "AND " LINK_NEWEST " AND " \
	    "coalesce((SELECT one FROM same_as WHERE id = a), a) = " \
	    "coalesce((SELECT one FROM same_as WHERE id = b), b) LIMIT 1") \
	X(SAME_OF, 1, "SELECT a, b, verdict, stamp, \"by\", note " \
	    "FROM link WHERE (a = ?1 OR b = ?1) AND " LINK_NEWEST \
	    " ORDER BY a, b")

#define SQL_ATTACHMENT_MAP(X) \
	X(ATTACHMENT_OURS, 2, "SELECT 1 FROM attachment " \
	    "WHERE sha256 = ?1 AND branch = ?2 LIMIT 1") \
	X(ATTACHMENT_SENT, 1, "SELECT 1 FROM attachment WHERE sha256 = ?1 " \
	    "AND (NOT hq OR branch = 'HQ') LIMIT 1") \
	X(ATTACHMENT_NAMED, 1, "SELECT DISTINCT sha256, size, media " \
	    "FROM attachment WHERE sha256 = ?1") \
	/* what concerns headquarters and one branch stays where it is */ \
	X(ATTACHMENT_EXPECTED, 0, "SELECT DISTINCT sha256, size, media " \
	    "FROM attachment WHERE sha256 IS NOT NULL " \
	    "AND (NOT hq OR branch = 'HQ') ORDER BY sha256") \
	X(ATTACHMENT_HASHES, 0, "SELECT DISTINCT sha256, size, media " \
	    "FROM attachment WHERE sha256 IS NOT NULL ORDER BY sha256") \
	X(ATTACHMENT_NEW, 10, "INSERT INTO attachment AS a(record, stamp, " \
	    "name, sha256, size, media, \"by\", removes, branch, hq) " \
	    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 " \
	    "WHERE NOT EXISTS (SELECT 1 FROM attachment " \
	    "WHERE stamp = ?2 AND record <> ?1) " \
	    "ON CONFLICT(record, stamp) DO UPDATE SET name = a.name " \
	    "WHERE a.name IS ?3 AND a.sha256 IS ?4 AND a.size IS ?5 " \
	    "AND a.media IS ?6 AND a.\"by\" IS ?7 AND a.removes IS ?8") \
	X(ATTACHMENT_OF, 2, "SELECT stamp, name, sha256, size, media, " \
	    "\"by\" FROM attachment AS x WHERE record = ?1 " \
	    "AND removes IS NULL AND (hq OR branch = ?2) " \
	    "AND NOT EXISTS (SELECT 1 FROM attachment AS r " \
	    "WHERE r.record = x.record AND r.removes = x.stamp " \
	    "AND (r.hq OR r.branch = ?2)) ORDER BY stamp")

#define SQL_PERSON_MAP(X) \
	X(ACCESS_NEW, 6, "INSERT INTO access AS a(stamp, who, record, what, " \
	    "detail, branch) VALUES (?1, ?2, ?3, ?4, ?5, ?6) " \
	    "ON CONFLICT(stamp) DO UPDATE SET what = a.what " \
	    "WHERE a.who IS ?2 AND a.record IS ?3 AND a.what = ?4 " \
	    "AND a.detail IS ?5 AND a.branch = ?6") \
	X(ACCESS_OF, 1, "SELECT stamp, record, branch, who, what, detail " \
	    "FROM access WHERE ?1 = 0 OR record = ?1 OR record IN " \
	    "(SELECT id FROM same_as WHERE one = ?1) " \
	    "ORDER BY stamp DESC")

/* What is the same in two duplicates: the record, then the parts of its key;
 * duplicate.c says of which type. A person is known by the number, else by
 * the record. */
#define WHO(p) \
	"coalesce(" p ".id_no, 'id' || coalesce((SELECT one FROM same_as " \
	"WHERE id = " p ".id), " p ".id))"

#define SQL_DUPLICATE_MAP(X) \
	X(DUP_IDNO, 0, "SELECT id, id_no FROM person " \
	    "WHERE id_no IS NOT NULL AND void IS NULL") \
	X(DUP_BIRTH, 0, "SELECT id, name, birth FROM person " \
	    "WHERE birth IS NOT NULL AND void IS NULL") \
	X(DUP_EMPLOYEE, 0, "SELECT id, name, employee_no FROM person " \
	    "WHERE employee_no IS NOT NULL AND void IS NULL") \
	X(DUP_HOUSEHOLD, 0, "WITH file AS (SELECT id, person, members " \
	    "FROM hardship_case WHERE void IS NULL " \
	    "AND state NOT IN ('removed', 'rejected')) " \
	    "SELECT file.id, " WHO("p") " FROM file JOIN person AS p " \
	    "ON p.id = file.person UNION " \
	    "SELECT file.id, upper(m.value ->> 'id_no') " \
	    "FROM file, json_each(CASE WHEN json_valid(members) " \
	    "THEN members END) AS m WHERE m.value ->> 'id_no' <> '' " \
	    "ORDER BY 1") \
	X(DUP_VISIT, 0, "SELECT v.id, " WHO("p") ", v.kind, v.date " \
	    "FROM care_visit AS v JOIN person AS p ON p.id = v.person " \
	    "WHERE v.void IS NULL AND v.state <> 'refused'") \
	X(DUP_INVOICE, 0, "SELECT id, invoice FROM expense " \
	    "WHERE invoice IS NOT NULL AND void IS NULL") \
	/* a skill is shown by several: they contend for it */ \
	X(DUP_TITLE, 0, "SELECT id, title FROM innovation " \
	    "WHERE kind <> 'skill' AND state <> 'stopped' " \
	    "AND void IS NULL")

#define SQL_DUE_MAP(X) \
	X(CALENDAR_LINES, 0, "SELECT lines FROM document " \
	    "WHERE branch = 'HQ' AND kind = 'calendar' AND state = 'issued' " \
	    "AND void IS NULL AND lines IS NOT NULL " \
	    "ORDER BY issued_on, version, id") \
	/* lines that came by sync may be no JSON, or no objects */ \
	X(DUE_SETTINGS, 0, "SELECT branch, line ->> 'code', " \
	    "line ->> 'value' FROM (SELECT d.*, iif(l.type = 'object', " \
	    "l.value, '{}') AS line FROM document AS d, json_each(" \
	    "iif(json_valid(d.lines), d.lines, '[]')) AS l " \
	    "WHERE d.kind = 'limits' AND d.state = 'issued' " \
	    "AND d.void IS NULL AND d.lines LIKE '%\"due.%') " \
	    "WHERE line ->> 'code' LIKE 'due.%' " \
	    "ORDER BY issued_on, version, id")

#define SQL_MAP(X) \
	SQL_STORE_MAP(X) SQL_RULE_MAP(X) SQL_APPLY_MAP(X) SQL_OUTBOX_MAP(X) \
	SQL_LINK_MAP(X) SQL_POSITION_MAP(X) SQL_ROSTER_MAP(X) SQL_RECORD_MAP(X) \
	SQL_SEARCH_MAP(X) SQL_TRANSFER_MAP(X) SQL_DUE_MAP(X) \
	SQL_REPORT_MAP(X) SQL_SAME_MAP(X) SQL_ATTACHMENT_MAP(X) \
	SQL_PERSON_MAP(X) SQL_DUPLICATE_MAP(X) SQL_CHECKPOINT_MAP(X) \
	SQL_SIGNER_MAP(X) SQL_SHARE_MAP(X) SQL_ERASE_MAP(X) \
	SQL_RECORD_KEY_MAP(X)

#endif
