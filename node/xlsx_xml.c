/* XML parts by expat, with bounds on all that could grow. */
#include "xlsx_impl.h"

#include <expat.h>

struct reader {
	XML_Parser parser;
	struct xml *x;
	int depth;
	int64_t fed;
};

static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static void stop(struct reader *r, enum err_code code, const char *what)
{
	if (r->x->rc == OK)
		r->x->rc = err_set(r->x->e, code, "%s", what);
	XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_start(void *arg, const char *name, const char **attr)
{
	struct reader *r = arg;

	if (r->x->rc == OK && ++r->depth > XML_DEPTH)
		stop(r, ERR_FORMAT, _("the spreadsheet's parts are nested too "
		    "deeply"));
	if (r->x->rc == OK && r->x->start != NULL)
		r->x->start(r->x, local_name(name), attr);
	if (r->x->rc != OK)
		XML_StopParser(r->parser, XML_FALSE);
}

/* The parser still ends what is open when it has been stopped. */
static void XMLCALL on_end(void *arg, const char *name)
{
	struct reader *r = arg;

	r->depth--;
	if (r->x->rc != OK)
		return;
	if (r->x->end != NULL)
		r->x->end(r->x, local_name(name));
	if (r->x->rc != OK)
		XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_text(void *arg, const char *s, int n)
{
	struct reader *r = arg;

	if (r->x->rc == OK && r->x->text != NULL)
		r->x->text(r->x, slice_of(s, (size_t)n));
	if (r->x->rc != OK)
		XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_doctype(void *arg, const char *name,
    const char *system_id, const char *public_id, int subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)subset;
	stop(arg, ERR_FORMAT, _("the spreadsheet brings definitions of its "
	    "own (a DTD), which no spreadsheet needs"));
}

/* A token that does not end would be read again with every piece. */
static enum err_code feed(void *arg, struct slice piece, struct err *e)
{
	struct reader *r = arg;
	enum XML_Status status;

	if (piece.n == 0)
		return OK;
	status = XML_Parse(r->parser, (const char *)piece.p, (int)piece.n, 0);
	r->fed += (int64_t)piece.n;
	if (r->x->rc != OK)
		return r->x->rc;
	if (status == XML_STATUS_ERROR &&
	    XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY)
		return err_memory(e);
	if (status == XML_STATUS_ERROR)
		return err_set(e, ERR_FORMAT, _("line %lld: %s"),
		    (long long)XML_GetCurrentLineNumber(r->parser),
		    XML_ErrorString(XML_GetErrorCode(r->parser)));
	if (r->fed - (int64_t)XML_GetCurrentByteIndex(r->parser) > XML_TOKEN)
		return err_set(e, ERR_TOO_BIG, _("the spreadsheet has a tag "
		    "of more than %d bytes"), XML_TOKEN);
	return OK;
}

static enum err_code finish(struct reader *r, struct err *e)
{
	if (XML_Parse(r->parser, "", 0, 1) != XML_STATUS_ERROR)
		return r->x->rc;
	return r->x->rc != OK ? r->x->rc : err_set(e, ERR_FORMAT,
	    _("line %lld: %s"),
	    (long long)XML_GetCurrentLineNumber(r->parser),
	    XML_ErrorString(XML_GetErrorCode(r->parser)));
}

enum err_code xml_read(const struct zip *z, const char *part, struct xml *x,
    struct err *e)
{
	struct reader r = { .parser = XML_ParserCreate(NULL), .x = x };
	enum err_code rc;

	if (r.parser == NULL)
		return err_memory(e);
	x->rc = OK;
	x->e = e;
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	rc = zip_read(z, part, feed, &r, e);
	if (rc == OK)
		rc = finish(&r, e);
	XML_ParserFree(r.parser);
	return rc != OK ? err_in(e, _("the spreadsheet's part %s"), part) : OK;
}

const char *xml_attr(const char **attr, const char *name)
{
	for (; attr[0] != NULL; attr += 2)
		if (strcmp(local_name(attr[0]), name) == 0)
			return attr[1];
	return NULL;
}

int64_t xml_number(const char *text, int64_t max, int64_t fallback)
{
	int64_t v = 0;

	if (text == NULL || *text == '\0')
		return fallback;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return fallback;
		v = v * 10 + (*text - '0');
		if (v > max)
			return fallback;
	}
	return v;
}
