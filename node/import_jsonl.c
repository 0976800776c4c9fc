/* JSON lines: one record a line, as export writes them. */
#include "import.h"

/* jansson bounds the depth; keys given twice are refused, since only one of
 * them could be kept. */
static json_t *read_json(struct import *im, const struct import_line *line)
{
	json_error_t why;
	json_t *object = json_loadb((const char *)line->text.p, line->text.n,
	    JSON_REJECT_DUPLICATES, &why);

	if (object == NULL) {
		problems_error(im->p, ERR_FORMAT, "", _("the line is not JSON "
		    "(%s, at byte %d)"), why.text, why.position);
	} else if (!json_is_object(object)) {
		problems_error(im->p, ERR_FORMAT, "", _("the line is not a "
		    "JSON object {…}"));
		json_decref(object);
		object = NULL;
	}
	return object;
}

static bool is_blank(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t')
			return false;
	return true;
}

/* A last line without its end counts. */
static enum err_code split_lines(struct import *im, struct slice text)
{
	enum err_code rc = OK;

	for (int64_t number = 1; rc == OK && text.n > 0; number++) {
		const unsigned char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		struct slice line = slice_of(text.p, n);

		text = slice_of(text.p + n, text.n - n);
		if (end)
			text = slice_of(text.p + 1, text.n - 1);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (!is_blank(line))
			rc = import_add(im, line, number);
	}
	return rc;
}

enum err_code import_jsonl(struct store *s, struct slice text,
    const struct import_options *o, struct import_result *out,
    struct problems *p, struct err *e)
{
	struct import im = { .s = s, .o = o, .out = out, .p = p, .e = e,
	    .read = read_json, .key_required = true };

	return import_file(&im, text, split_lines);
}
