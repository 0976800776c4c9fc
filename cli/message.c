/* Errors, warnings, hints and progress: what goes to standard error. */
#include <stdarg.h>
#include <unistd.h>

#include "base/date.h"
#include "out.h"

#define SHOWN_MAX 100	/* bad lines of an import that are printed */

static void say(const char *what, const char *fmt, va_list ap) PRINTF(2, 0);

static void say(const char *what, const char *fmt, va_list ap)
{
	char text[1600];

	vsnprintf(text, sizeof text, fmt, ap);
	fputs(what, stderr);
	out_text(stderr, text);
	fputc('\n', stderr);
}

void out_warn(const char *fmt, ...)
{
	char what[100];
	va_list ap;

	snprintf(what, sizeof what, "wellhead: %s", _("warning: "));
	va_start(ap, fmt);
	say(what, fmt, ap);
	va_end(ap);
}

void out_notes(struct buf *notes)
{
	char *at = (char *)notes->p, *end;

	for (; at && (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		out_warn("%s", at);
	}
	buf_release(notes);
}

void out_log(const char *fmt, ...)
{
	char what[64], at[32];
	va_list ap;

	time_text(clock_ms(), at);
	snprintf(what, sizeof what, "wellhead: %s ", at);
	va_start(ap, fmt);
	say(what, fmt, ap);
	va_end(ap);
	fflush(stderr);
}

void out_prompt(const char *text)
{
	fputs(text, stderr);
	fflush(stderr);
}

void out_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(_("hint: "), fmt, ap);
	va_end(ap);
}

/* "wellhead: import: line 3: date: “2022-02-30” is not a date (E_DATE)" */
static void print_problem(const char *doing, const struct problem *p)
{
	fprintf(stderr, "wellhead: %s", doing);
	if (p->line) {
		fprintf(stderr, _("line %lld"), (long long)p->line);
		fputs(": ", stderr);
	}
	/* Most sentences name the field themselves, with its label. */
	if (p->field[0] && !strstr(p->text, p->field)) {
		out_text(stderr, p->field);
		fputs(": ", stderr);
	}
	out_text(stderr, p->text);
	fprintf(stderr, " (%s)\n", p->code ? err_name(p->code) : p->warning);
}

static void print_problems(const struct context *c, bool warnings)
{
	const struct problems *p = &c->problems;
	size_t shown = 0, all = warnings ? p->n - p->errors : p->errors;
	char doing[100] = "";

	if (warnings)
		snprintf(doing, sizeof doing, "%s", _("warning: "));
	else if (c->command)
		snprintf(doing, sizeof doing, "%s: ", c->command->name);
	for (size_t i = 0; i < p->n && shown < SHOWN_MAX; i++)
		if ((p->p[i].code == OK) == warnings) {
			print_problem(doing, &p->p[i]);
			shown++;
		}
	if (shown < all)
		fprintf(stderr, _("wellhead: … and %zu more; --json lists all\n"),
		    all - shown);
}

void out_warnings(const struct context *c)
{
	print_problems(c, true);
}

/* {"errors":[{"code","text","hint"}]} when it is not about fields. */
static void print_json(const struct context *c, const struct err *e)
{
	json_t *list = c->problems.errors ?
	    problems_json(&c->problems, false) :
	    json_pack("[{s:s,s:s}]", "code", err_name(e->code), "text",
	    e->detail[0] ? e->detail : err_text(e->code));
	json_t *o = json_pack("{s:o}", "errors", list);

	if (o && e->hint[0] && c->problems.errors < 2)
		json_object_set_new(o, "hint", json_string(e->hint));
	if (o)
		out_json(o);
	json_decref(o);
}

void out_error(const struct context *c, const struct err *e)
{
	const char *detail = e->detail[0] ? e->detail : err_text(e->code);

	if (c->problems.errors) {
		print_problems(c, false);
	} else {
		fputs("wellhead: ", stderr);
		if (c->command)
			fprintf(stderr, "%s: ", c->command->name);
		out_text(stderr, detail);
		if (e->code != ERR_USAGE)
			fprintf(stderr, " (%s)", err_name(e->code));
		fputc('\n', stderr);
	}
	/* Of several problems, no one hint is the next thing to do. */
	if (e->hint[0] && c->problems.errors < 2)
		out_hint("%s", e->hint);
	if (c->json)
		print_json(c, e);
}

void out_progress(const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (!isatty(STDERR_FILENO))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r%s\033[K", text);
	fflush(stderr);
}

void out_moved(void *arg, uint64_t sent, uint64_t received)
{
	(void)arg;
	out_progress(_("%llu bytes sent, %llu received"),
	    (unsigned long long)sent, (unsigned long long)received);
}

void out_progress_end(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
