/* Scenes for the tests of rules: a small branch, lines that put records into
 * any state, one thing done, and what comes of it.
 * Fields are JSON with ' for ". A line's missing fields come from the least
 * that its type needs, and its history from the shortest way to its state.
 */
#ifndef UNIT_SCENE_H
#define UNIT_SCENE_H

#include "fixture.h"

#include "base/date.h"

/* The least that each type needs; null in a scene takes a field away. */
static const struct { const char *type, *fields; } scene_least[] = {
	{ "org_unit", "'code':'U1','name':'单位','kind':'workshop',"
	    "'parent':'TC.org','established_on':'2010-01-01'" },
	{ "person", "'name':'测试','kind':'on_duty','org':'TC.org'" },
	{ "membership", "'person':'TC.a','org':'TC.org','kind':'union',"
	    "'joined_on':'2020-01-01'" },
	{ "post", "'person':'TC.a','org':'TC.org','kind':'leader',"
	    "'from_on':'2020-01-01','ended_on':'2024-01-01'" },
	{ "meeting", "'kind':'monthly','title':'例会','org':'TC.org',"
	    "'date':'2022-06-01'" },
	{ "proposal", "'kind':'rational','level':'team','channel':'box',"
	    "'title':'建议','measures':'措施','org':'TC.org',"
	    "'submitted_on':'2022-01-01','handler_org':'TC.org',"
	    "'due_on':'2022-12-31','decision':'同意',"
	    "'implemented_on':'2022-05-01','satisfaction':'ok'" },
	{ "request", "'kind':'help','channel':'visit','applicant':'TC.a',"
	    "'respondent':'单位','content':'内容','received_on':"
	    "'2022-06-01','handler':'TC.b','reply':'答复',"
	    "'outcome':'solved'" },
	{ "publication", "'kind':'news','title':'标题','body':'正文',"
	    "'org':'TC.org','scope':'branch','channel':'board',"
	    "'start_on':'2022-06-06','end_on':'2022-06-10'" },
	{ "practical_item", "'level':'party','focus':'f1','title':'项目',"
	    "'org':'TC.org','owner':'TC.a','measures':'举措',"
	    "'approved_on':'2022-01-01','due_on':'2022-12-31',"
	    "'done_on':'2022-06-01','nonconform':'原因'" },
	{ "followup", "'kind':'report','period':'2022-05','date':"
	    "'2022-05-31','content':'内容','due_on':'2022-06-05'" },
	{ "competition", "'kind':'labour','level':'plant','category':"
	    "'annual','title':'竞赛','org':'TC.org','year':2022,"
	    "'start_on':'2022-01-01','end_on':'2022-12-01',"
	    "'vs_target':'met'" },
	{ "award", "'kind':'title','category':'称号','granted_by':'上级',"
	    "'to_person':'TC.a','period':'2022Q1','granted_on':"
	    "'2022-04-08'" },
	{ "innovation", "'kind':'result','title':'成果','org':'TC.org',"
	    "'lead':'TC.a','approved_on':'2022-01-01','developed_on':"
	    "'2022-02-01','applied_on':'2022-03-01','promoted_on':"
	    "'2022-04-01','benefit':'1元'" },
	{ "activity", "'kind':'sport','title':'活动','org':'TC.org',"
	    "'date':'2022-06-01','headcount':10,'precision':'exact'" },
	{ "participation", "'person':'TC.a','org':'TC.org',"
	    "'role':'entrant','date':'2022-06-01'" },
	{ "facility", "'kind':'sports','name':'场所','org':'TC.org',"
	    "'opened_on':'2020-01-01','closed_on':'2024-01-01',"
	    "'quantity':1" },
	{ "hardship_case", "'person':'TC.a','org':'TC.org','category':"
	    "'dibao','cause':'illness','household':3,'income_year':"
	    "'12000元','dibao_line':'500元','found_by':'self',"
	    "'applied_on':'2022-01-01','visited_on':'2022-01-10',"
	    "'publicised_in':'TC.list','approved_on':'2022-02-01',"
	    "'updated_on':'2022-02-01','removed_on':'2022-12-01',"
	    "'remove_reason':'improved'" },
	{ "care_visit", "'kind':'hospital','person':'TC.a','org':'TC.org',"
	    "'date':'2022-06-01','form':'cash','amount':'500元',"
	    "'fund':'union','receipt':'sha256:0'" },
	{ "talk", "'kind':'talk','person':'TC.a','org':'TC.org',"
	    "'talker':'TC.b','date':'2022-06-01'" },
	{ "distribution", "'kind':'festival','occasion':'春节','org':"
	    "'TC.org','date':'2022-01-20','items':[{'name':'饺子',"
	    "'qty':100,'unit':'份'}],'target':100,'received':100,"
	    "'fund':'union'" },
	{ "pairing", "'kind':'mentor','helper':'TC.a','target_person':"
	    "'TC.b','org':'TC.org','from_on':'2022-01-01','freq':'month',"
	    "'result':'成效'" },
	{ "inspection", "'kind':'law','title':'检查','org':'TC.org',"
	    "'date':'2022-06-01','team':['TC.a'],'conclusion':'结论'" },
	{ "issue", "'kind':'hazard','level':'general','org':'TC.org',"
	    "'found_on':'2022-06-01','description':'问题','owner':'TC.a',"
	    "'measures':'措施','fund':0,'due_on':'2022-06-30',"
	    "'rectified_on':'2022-06-20','acceptor':'TC.b','accept':"
	    "'pass','accepted_on':'2022-06-25'" },
	{ "incident", "'kind':'security','level':'minor','org':'TC.org',"
	    "'date':'2022-06-01'" },
	{ "document", "'kind':'policy','code':'D-1','title':'制度','org':"
	    "'TC.org','version':1,'issued_on':'2022-01-01'" },
	{ "evaluation", "'kind':'satisfaction','org':'TC.org','period':"
	    "'2022Q2','date':'2022-07-01','lines':[{'code':'1','name':"
	    "'甲','score':9,'max':10}]" },
	{ "expense", "'category':'activity_sport','purpose':'事由','org':"
	    "'TC.org','amount':'500元','date':'2022-06-01','payee':"
	    "'商户','handler':'TC.a','witness':'TC.b','fund':'union',"
	    "'invoice':'FP-1','paid_on':'2022-06-05'" },
	{ "commitment", "'kind':'pledge','title':'承诺','signer':'TC.a',"
	    "'signer_role':'member','org':'TC.org','signed_on':"
	    "'2022-03-01'" },
};

#define SCENE_BASE \
	"org_unit TC.org {'code':'TC','name':'工会','kind':'branch'," \
	"'parent':'HQ.org'}\n" \
	"person TC.a {}\nperson TC.b {}\nperson TC.c {}\n" \
	"publication TC.list ended {'kind':'hardship_list'," \
	"'hotline':'0546'}\n"

static inline json_t *scene_json(const char *text)
{
	char *copy = strdup(text);
	json_error_t at;
	json_t *o;

	assert_non_null(copy);
	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	o = json_loads(copy, 0, &at);
	if (!o)
		fail_msg("%s in %s", at.text, copy);
	free(copy);
	return o;
}

/* The type's least fields, those of `over` put over them. */
static inline json_t *scene_fields(const char *type, const char *over)
{
	char least[1000] = "{}";
	json_t *o, *more;

	for (size_t i = 0; i < sizeof scene_least / sizeof *scene_least; i++)
		if (!strcmp(scene_least[i].type, type))
			snprintf(least, sizeof least, "{%s}",
			    scene_least[i].fields);
	o = scene_json(least);
	more = scene_json(over);
	json_object_update(o, more);
	json_decref(more);
	return o;
}

/* Steps of the shortest way to a state, all on one day. */
static inline json_t *scene_way(const struct type *t, const char *to,
    const char *day)
{
	const struct transition *by[32] = {0};
	bool seen[32] = { true };
	size_t queue[32] = {0}, n = 1, at = 0, i, goal = t->nstate;
	json_t *steps = json_array();

	for (; at < n; at++)
		for (i = 0; i < t->ntransition; i++) {
			const struct transition *tr = &t->transition[i];
			size_t s = (size_t)(type_state(t, tr->to) - t->state);

			if (seen[s] || strcmp(tr->from,
			    t->state[queue[at]].key) != 0)
				continue;
			seen[s] = true;
			by[s] = tr;
			queue[n++] = s;
		}
	for (i = 0; i < t->nstate; i++)
		if (!strcmp(t->state[i].key, to))
			goal = i;
	if (goal == t->nstate || !seen[goal])
		fail_msg("%s has no way to %s", t->key, to);
	while (goal) {
		const struct transition *tr = by[goal];

		json_array_insert_new(steps, 0, json_pack(
		    "{s:s, s:s, s:s, s:s}", "from", tr->from, "to", tr->to,
		    "role", tr->role[0], "on", day));
		goal = (size_t)(type_state(t, tr->from) - t->state);
	}
	return steps;
}

/* "type EXT [STATE[@DAY]] {fields}" as a line to import. */
static inline void scene_line(struct fixture *f, const char *line,
    struct buf *out)
{
	char type[40], ext[40], state[60], *day;
	const char *fields = strchr(line, '{');
	const struct type *t;
	json_t *o;
	char *text;
	int n;

	n = sscanf(line, "%39s %39s %59[a-z0-9_@-]", type, ext, state);
	t = catalogue_type(f->catalogue, type);
	if (n < 2 || !fields || !t)
		fail_msg("not a line of a scene: %s", line);
	o = scene_fields(type, fields);
	json_object_set_new(o, "type", json_string(type));
	json_object_set_new(o, "id", json_string(ext));
	if (n == 3) {
		day = strchr(state, '@');
		if (day)
			*day++ = '\0';
		json_object_set_new(o, "state", json_string(state));
		json_object_set_new(o, "history", scene_way(t, state,
		    day ? day : "2022-06-01"));
	}
	text = json_dumps(o, JSON_COMPACT);
	buf_printf(out, "%s\n", text);
	free(text);
	json_decref(o);
}

static inline void scene_lines(struct fixture *f, const char *lines,
    struct buf *out)
{
	char *copy = strdup(lines), *line, *rest = copy;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			scene_line(f, line, out);
	free(copy);
}

static inline void scene_set(struct fixture *f, const char *lines)
{
	struct buf text = BUF_INIT;

	scene_lines(f, lines, &text);
	fixture_import(f, slice_buf(&text),
	    store_identity(f->store)->branch);
	buf_release(&text);
}

/* What is done: "add TYPE {fields}", "edit EXT {fields}",
 * "do EXT STATE[@DAY]", or lines to import, the bad one among them. */
static inline enum err_code scene_act(struct fixture *f, const char *act,
    struct problems *p, struct err *e)
{
	char a[60], b[60] = "", *day;
	const char *fields = strchr(act, '{');
	struct import_options o = { .branch = "TC", .by = "test" };
	struct import_result r;
	struct buf text = BUF_INIT;
	json_t *in = NULL;
	enum err_code rc;
	stamp_t id;

	if (sscanf(act, "add %59s", a) == 1) {
		in = scene_fields(a, fields);
		rc = record_add(f->store, catalogue_type(f->catalogue, a),
		    NULL, in, "test", &id, p, e);
	} else if (sscanf(act, "edit %59s", a) == 1) {
		in = scene_json(fields);
		rc = record_edit(f->store, a, in, "test", p, e);
	} else if (sscanf(act, "do%*1[ ]%59s %59s", a, b) == 2) {
		day = strchr(b, '@');
		if (day)
			*day++ = '\0';
		rc = record_do(f->store, a, b, NULL, "chair",
		    day ? day : "2022-06-01", NULL, p, e);
	} else {
		scene_lines(f, act, &text);
		rc = import_jsonl(f->store, slice_buf(&text), &o, &r, p, e);
	}
	json_decref(in);
	buf_release(&text);
	return rc;
}

/* Is the code ("E_…", "W_…") among the problems? */
static inline bool scene_told(const struct problems *p, const char *code)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->p[i].code ? err_name(p->p[i].code) :
		    p->p[i].warning, code))
			return true;
	return false;
}

struct scene {
	const char *id;		/* of the catalogue of bad input, or "-" */
	const char *before, *act;
	const char *wanted;	/* "E_…" refused, "W_…" kept, "" nothing */
};

static inline void scene_fail(const struct scene *c, enum err_code rc,
    const struct problems *p, const struct err *e)
{
	struct buf told = BUF_INIT;

	for (size_t i = 0; i < p->n; i++)
		buf_printf(&told, " %s “%s”", p->p[i].code ?
		    err_name(p->p[i].code) : p->p[i].warning,
		    p->p[i].text);
	print_error("%s: %s: wanted “%s”, got %s, %s;%s\n", c->id, c->act,
	    c->wanted, err_name(rc), rc ? e->detail : "",
	    told.p ? (const char *)told.p : "");
}

/* One scene in a store of its own. What is refused changes nothing. */
static inline bool scene_play(const struct scene *c)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	bool refuse = c->wanted[0] == 'E';
	struct problems p = {0};
	struct err e = {0};
	struct fixture f;
	enum err_code rc;
	bool ok;

	fixture_open(&f, "TC");
	scene_set(&f, SCENE_BASE);
	if (c->before)
		scene_set(&f, c->before);
	assert_int_equal(store_dump(f.store, &before, &e), OK);
	rc = scene_act(&f, c->act, &p, &e);
	ok = (rc != OK) == refuse && (*c->wanted ?
	    scene_told(&p, c->wanted) || !strcmp(err_name(rc), c->wanted) :
	    !p.n);
	assert_int_equal(store_dump(f.store, &after, &e), OK);
	ok = ok && slice_eq(slice_buf(&before), slice_buf(&after)) == refuse;
	if (!ok)
		scene_fail(c, rc, &p, &e);
	problems_release(&p);
	buf_release(&before);
	buf_release(&after);
	fixture_close(&f);
	return ok;
}

/* All, or those alone that the environment names by number or by words. */
static inline void scene_all(const struct scene *c, size_t n)
{
	const char *only = getenv("WELLHEAD_SCENE");
	size_t failed = 0;

	clock_fix(1790000000000);	/* 2026-09-21 */
	for (size_t i = 0; i < n; i++)
		if (!only || strstr(c[i].act, only) ||
		    !strcmp(c[i].id, only))
			failed += !scene_play(&c[i]);
	clock_fix(0);
	assert_int_equal(failed, 0);
}

#endif
