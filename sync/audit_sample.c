/* Records taken at random out of those behind a report's figures, each with
 * the whole of its evidence: made, and checked, as an auditor would.
 */
#include <stdlib.h>

#include "attest.h"
#include "audit_impl.h"
#include "base/json.h"
#include "base/text.h"
#include "hash.h"

/* Of all that are offered those stay whose hash with the seed is least: the
 * same ones for the same seed, in whatever order they come. */
enum err_code sample_offer(struct sample *s, stamp_t id, struct err *e)
{
	struct buf b = BUF_INIT;
	struct sampled new = { .id = id };
	size_t at;
	enum err_code rc;

	if (!s->want)
		return OK;
	if (!s->pick && !(s->pick = calloc(s->want + 1, sizeof *s->pick)))
		return err_memory(e);
	buf_add_u64(&b, (uint64_t)s->seed);
	buf_add_u64(&b, (uint64_t)id);
	sha256(slice_buf(&b), new.rank);
	rc = buf_ok(&b, e);
	buf_release(&b);
	for (at = s->n; at && memcmp(s->pick[at - 1].rank, new.rank,
	    sizeof new.rank) > 0; at--)
		;
	if (rc || (at && s->pick[at - 1].id == id) || at == s->want)
		return rc;
	memmove(s->pick + at + 1, s->pick + at, (s->n - at) *
	    sizeof *s->pick);
	s->pick[at] = new;
	if (s->n < s->want)
		s->n++;
	return OK;
}

/* ---- one record ---- */

static void add_steps(struct report *r, struct report_cell *cell,
    const json_t *changes)
{
	size_t i, steps = 0, by_operator = 0;
	char text[64];
	json_t *o;

	json_array_foreach(changes, i, o)
		if (strcmp(json_text(o, "what"), "transition") == 0) {
			steps++;
			by_operator += json_is_true(json_object_get(o,
			    "signed"));
		}
	snprintf(text, sizeof text, "%zu / %zu", by_operator, steps);
	report_text(r, cell, text);
}

static void add_proved(struct report *r, struct report_row *row,
    const json_t *o)
{
	const json_t *changes = json_object_get(o, "changes");
	const json_t *first = json_array_get(changes, 0);
	const json_t *point = json_object_get(o, "checkpoint");
	char text[160];

	report_text(r, &row->cell[1], json_text(o, "type"));
	snprintf(text, sizeof text, "%s %s", json_text(first, "node"),
	    json_text(first, "by"));
	report_text(r, &row->cell[2], text);
	snprintf(text, sizeof text, "%s %lld", json_text(first, "chain"),
	    (long long)json_integer_value(json_object_get(first, "seq")));
	report_text(r, &row->cell[3], text);
	add_steps(r, &row->cell[4], changes);
	if (json_is_object(point)) {
		row->cell[5].kind = CELL_NUMBER;
		row->cell[5].num = value_int(json_integer_value(
		    json_object_get(point, "number")));
	}
	row->cell[6].kind = row->cell[7].kind = CELL_TEXT;
	row->cell[6].zh = json_is_true(json_object_get(o, "nothing_later")) ?
	    "是" : "未覆盖";
	row->cell[6].en = json_is_true(json_object_get(o, "nothing_later")) ?
	    "yes" : "not covered";
	row->cell[7].zh = "合格";
	row->cell[7].en = "good";
}

static enum err_code add_record(struct node *n, struct report *r, stamp_t id,
    struct err *e)
{
	char text[STAMP_DIGITS + 1];
	struct attest_ask ask = { .ref = text };
	struct report_row *row = report_row(r);
	struct buf proof = BUF_INIT;
	struct err bad = {0};
	json_t *o = NULL;
	enum err_code rc;

	if (!row)
		return report_ok(r, e);
	base32_stamp(text, (uint64_t)id);
	report_text(r, &row->cell[0], text);
	rc = attest_make(n, &ask, &proof, &bad);
	if (!rc)
		rc = attest_check(slice_buf(&proof),
		    store_identity(n->store)->root_key, n->catalogue, &o,
		    &bad);
	if (!rc)
		add_proved(r, row, o);
	else
		report_text(r, &row->cell[7], bad.detail);
	json_decref(o);
	buf_release(&proof);
	/* what is bad is told in its row */
	if (rc == ERR_MEMORY || rc == ERR_IO)
		return *e = bad, rc;
	return report_ok(r, e);
}

enum err_code sample_report(struct node *n, struct report *r,
    const struct sample *s, struct err *e)
{
	enum err_code rc;

	if (!s->want)
		return OK;
	if (!report_section(r, "抽查的记录", "Records taken at random"))
		return report_ok(r, e);
	report_column(r, "记录", "Record", "");
	report_column(r, "类型", "Type", "");
	report_column(r, "录入", "Entered at, by", "");
	report_column(r, "变更集", "Changeset", "");
	report_column(r, "步骤（本人签名/全部）", "Steps (signed / all)", "");
	report_column(r, "检查点", "Checkpoint", "");
	report_column(r, "此后无改动", "Nothing later", "");
	report_column(r, "结论", "Result", "");
	rc = report_ok(r, e);
	for (size_t i = 0; !rc && i < s->n; i++)
		rc = add_record(n, r, s->pick[i].id, e);
	return rc;
}
