/* Text, JSON, facts: what goes to standard output. */
#include "base/date.h"
#include "base/text.h"
#include "out.h"

bool out_turns(uint32_t cp)
{
	return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069)
	    || cp == 0x200e || cp == 0x200f || cp == 0x061c;
}

static void add_escaped(struct buf *b, uint32_t cp)
{
	if (cp == '\n')
		buf_adds(b, "\\n");
	else if (cp == '\t')
		buf_adds(b, "\\t");
	else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		buf_printf(b, "\\x%02x", (unsigned)cp);
	else if (out_turns(cp))
		buf_printf(b, "\\u%04x", (unsigned)cp);
	else
		utf8_add(b, cp);
}

void out_safe(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n;) {
		size_t at = i;
		uint32_t cp = utf8_next(s, &i);

		if (cp == (uint32_t)-1) {
			buf_printf(b, "\\x%02x", s.p[at]);
			i = at + 1;
		} else {
			add_escaped(b, cp);
		}
	}
}

void out_text(FILE *f, const char *s)
{
	struct buf b = BUF_INIT;

	out_safe(&b, slice_str(s));
	if (b.p)
		fwrite(b.p, 1, b.n, f);
	buf_release(&b);
}

void out_json(const json_t *j)
{
	if (json_dumpf(j, stdout, JSON_COMPACT | JSON_ENCODE_ANY) == 0)
		putchar('\n');
}

enum err_code out_result(struct context *c, json_t *o, struct err *e)
{
	json_t *w = NULL;

	if (!c->json) {
		json_decref(o);
		return OK;
	}
	if (!o)
		return err_memory(e);
	if (c->problems.n > c->problems.errors)
		w = problems_json(&c->problems, true);
	if (!w || !json_object_set_new(o, "warnings", w))
		out_json(o);
	json_decref(o);
	return OK;
}

json_t *facts_json(const struct fact *f, size_t n)
{
	json_t *o = json_object();

	for (size_t i = 0; i < n; i++)
		if (json_object_set_new(o, f[i].key,
		    f[i].text ? json_string(f[i].text) :
		    json_integer(f[i].number))) {
			json_decref(o);
			return NULL;
		}
	return o;
}

enum err_code facts_print(const struct fact *f, size_t n, struct err *e)
{
	enum err_code rc;
	struct grid g;

	grid_init(&g, 2);
	for (size_t i = 0; i < n; i++) {
		grid_add(&g, _(f[i].label));
		if (f[i].text)
			grid_add(&g, f[i].text);
		else
			grid_addf(&g, "%lld", (long long)f[i].number);
	}
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

enum err_code out_facts(struct context *c, const struct fact *f, size_t n,
    struct err *e)
{
	return c->json ? out_result(c, facts_json(f, n), e) :
	    facts_print(f, n, e);
}

void out_age(int64_t ms, char *out, size_t n)
{
	static const struct { int64_t s; const char *text; } unit[] = {
		{ 86400, N_("days") },
		{ 3600, N_("hours") },
		{ 60, N_("minutes") },
		{ 1, N_("seconds") },
	};
	int64_t s = (clock_ms() - ms) / 1000;

	for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
		if (s >= 2 * unit[i].s) {
			snprintf(out, n, _("%lld %s ago"),
			    (long long)(s / unit[i].s), _(unit[i].text));
			return;
		}
	snprintf(out, n, "%s", _("just now"));
}
