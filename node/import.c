/* Importing: both passes over the lines, and the one transaction. */
#include "import.h"

#define KEY_BYTES 200
#define PROGRESS_LINES 500

/* Branch codes are few and repeat on every line: a number stands for each. */
static enum err_code branch_number(struct import *im, const char *name,
    size_t *out)
{
	int64_t known;

	if (map_get(im->branch_index, slice_str(name), &known)) {
		*out = (size_t)known;
		return OK;
	}
	if (im->nbranch == im->branch_cap) {
		size_t cap = im->branch_cap * 2 + 8;
		void *grown = realloc(im->branch, cap * sizeof *im->branch);

		if (grown == NULL)
			return err_memory(im->e);
		im->branch = grown;
		im->branch_cap = cap;
	}
	snprintf(im->branch[im->nbranch], sizeof *im->branch, "%s", name);
	*out = im->nbranch++;
	if (map_put(im->branch_index, slice_str(name), (int64_t)*out, NULL) < 0)
		return err_memory(im->e);
	return OK;
}

/* A text member of the line, or NULL; anything else but text is noted. */
static const char *member(struct import *im, const json_t *object,
    const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (v == NULL || json_is_null(v))
		return NULL;
	if (!json_is_string(v)) {
		problems_error(im->p, ERR_TYPE, key,
		    _("\"%s\" must be text"), key);
		return NULL;
	}
	return json_string_length(v) > 0 ? json_string_value(v) : NULL;
}

static bool read_type(struct import *im, struct import_line *line,
    const json_t *object)
{
	const char *key = member(im, object, "type");

	if (key == NULL) {
		problems_error(im->p, ERR_REQUIRED, "type",
		    _("the line does not say its record type: \"type\""));
		return false;
	}
	line->type = catalogue_type(store_catalogue(im->s), key);
	if (line->type == NULL)
		problems_error(im->p, ERR_ENUM, "type",
		    _("there is no record type \"%.60s\"; \"wellhead types\" "
		    "lists them"), key);
	return line->type != NULL;
}

/* It becomes part of git ref names. */
static bool branch_code_ok(const char *code)
{
	size_t n = strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_.");

	return n > 0 && n <= 16 && code[n] == '\0';
}

/* Whose the line is, and whether it is wanted. */
static enum err_code read_branch(struct import *im, struct import_line *line,
    const json_t *object)
{
	const struct identity *id = store_identity(im->s);
	const char *code = member(im, object, "branch");

	if (code == NULL)
		code = im->o->branch ? im->o->branch : id->branch;
	if (!branch_code_ok(code)) {
		problems_error(im->p, ERR_TYPE, "branch", _("\"%.60s\" is not "
		    "a branch code: at most 16 ASCII letters, digits, - _ ."),
		    code);
		line->fate = IMPORT_BAD;
		return OK;
	}
	if (im->o->branch) {
		if (strcmp(code, im->o->branch) != 0)
			line->fate = IMPORT_SKIPPED;
	} else if (!id->hq && strcmp(code, id->branch) != 0) {
		problems_error(im->p, ERR_FOREIGN, "branch", _("the record "
		    "belongs to branch %s, and this is %s; \"--branch %s\" "
		    "imports only its own lines"), code, id->branch,
		    id->branch);
		line->fate = IMPORT_BAD;
	}
	return branch_number(im, code, &line->branch);
}

/* Remember where the key stands. The first line that has it keeps it. */
static enum err_code note_key(struct import *im, struct import_line *line,
    const char *key)
{
	struct buf own = BUF_INIT;
	int64_t first, index = (int64_t)im->nline;
	enum err_code rc = OK;

	import_own_key(&own, im->branch[line->branch], slice_str(key));
	if (buf_ok(&own, im->e) != OK) {
		rc = im->e->code;
		goto done;
	}
	if (map_get(im->own, slice_buf(&own), &first)) {
		if (line->fate == IMPORT_NEW) {
			problems_error(im->p, ERR_DUP, "id", _("\"%s\" stands "
			    "on line %lld already"), key,
			    (long long)im->line[first].number);
			line->fate = IMPORT_BAD;
		}
		goto done;
	}
	if (map_put(im->own, slice_buf(&own), index, NULL) < 0 ||
	    (!map_get(im->any, slice_str(key), &first) &&
	    map_put(im->any, slice_str(key), index, NULL) < 0))
		rc = err_memory(im->e);
done:
	buf_release(&own);
	return rc;
}

/* A key that the store has means that the line came before. */
static enum err_code read_key(struct import *im, struct import_line *line,
    const json_t *object)
{
	const char *key = member(im, object, "id");
	enum err_code rc;

	if (key == NULL || strlen(key) > KEY_BYTES) {
		if (key == NULL && !im->key_required)
			return OK;
		problems_error(im->p, key ? ERR_RANGE : ERR_REQUIRED, "id",
		    key ? _("the line's key, \"id\", is longer than %d bytes") :
		    _("the line has no key: \"id\" (at most %d bytes)"),
		    KEY_BYTES);
		line->fate = IMPORT_BAD;
		return OK;
	}
	rc = note_key(im, line, key);
	if (rc != OK || line->fate != IMPORT_NEW)
		return rc;
	rc = import_stored(im, line->type, slice_str(key),
	    im->branch[line->branch], &line->id);
	if (rc == OK && line->id != 0)
		line->fate = IMPORT_ALREADY;
	return rc;
}

/* The first pass over one line: only its frame. A line that is bad here is not
 * looked at again, so that one mistake is told once. */
static enum err_code scan(struct import *im, struct import_line *line)
{
	json_t *object = im->read(im, line), *history;
	size_t errors = im->p->errors;
	enum err_code rc = OK;

	if (object == NULL || !read_type(im, line, object)) {
		line->fate = IMPORT_BAD;
	} else {
		rc = read_branch(im, line, object);
		if (rc == OK && line->fate != IMPORT_BAD)
			rc = read_key(im, line, object);
		if (im->p->errors > errors)
			line->fate = IMPORT_BAD;
		history = json_object_get(object, "history");
		line->nstep = json_array_size(history);
		line->voided = member(im, object, "void") != NULL;
	}
	json_decref(object);
	return rc;
}

enum err_code import_add(struct import *im, struct slice text, int64_t number)
{
	struct import_line line = { .text = text, .number = number };
	enum err_code rc = OK;

	if (im->nline == im->cap) {
		size_t cap = im->cap * 2 + 256;
		void *grown = realloc(im->line, cap * sizeof *im->line);

		if (grown == NULL)
			return err_memory(im->e);
		im->line = grown;
		im->cap = cap;
	}
	im->p->line = number;
	if (text.n > IMPORT_LINE_BYTES) {
		problems_error(im->p, ERR_RANGE, "",
		    _("the line is longer than 1 MiB"));
		line.fate = IMPORT_BAD;
	} else {
		rc = scan(im, &line);
	}
	im->line[im->nline++] = line;
	return rc;
}

/* Lines of one branch and type keep the file's order. */
static int by_place(const void *a, const void *b)
{
	const struct import_line *x = *(struct import_line *const *)a;
	const struct import_line *y = *(struct import_line *const *)b;

	if (x->branch != y->branch)
		return x->branch < y->branch ? -1 : 1;
	if (x->type->index != y->type->index)
		return x->type->index < y->type->index ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* What the first pass found is counted here, before stamps are made: the
 * numbers are those of a dry run too. */
static enum err_code put_in_order(struct import *im)
{
	im->order = calloc(im->nline + 1, sizeof(void *));
	if (im->order == NULL)
		return err_memory(im->e);
	for (size_t i = 0; i < im->nline; i++) {
		struct import_line *line = &im->line[i];

		im->out->already += line->fate == IMPORT_ALREADY;
		im->out->skipped += line->fate == IMPORT_SKIPPED;
		if (line->fate != IMPORT_NEW)
			continue;
		im->order[im->norder++] = line;
		line->step = im->nstep;
		im->nstep += line->nstep + line->voided;
		im->out->transitions += line->nstep;
	}
	im->out->lines = im->nline;
	im->out->added = im->norder;
	qsort(im->order, im->norder, sizeof(void *), by_place);
	im->step = calloc(im->nstep + 1, sizeof *im->step);
	return im->step != NULL ? OK : err_memory(im->e);
}

/* The end of the run of one branch that begins at i. */
static size_t branch_end(const struct import *im, size_t i)
{
	size_t end = i;

	while (end < im->norder &&
	    im->order[end]->branch == im->order[i]->branch)
		end++;
	return end;
}

/* The stamps of a line's steps, or the one of its being made void. */
static enum err_code stamp_steps(struct import *im,
    const struct import_line *line, bool voiding)
{
	size_t from = line->step + (voiding ? line->nstep : 0);
	size_t n = voiding ? line->voided : line->nstep;
	enum err_code rc = OK;

	for (size_t i = 0; rc == OK && i < n; i++)
		rc = store_stamp(im->s, &im->step[from + i], im->e);
	return rc;
}

/* Per branch: all its records' stamps, then its transitions', then its
 * voidings': runs without a gap are what packs best. */
static enum err_code make_stamps(struct import *im)
{
	enum err_code rc = OK;

	for (size_t i = 0, end; rc == OK && i < im->norder; i = end) {
		end = branch_end(im, i);
		for (size_t k = i; rc == OK && k < end; k++)
			rc = store_stamp(im->s, &im->order[k]->id, im->e);
		for (size_t k = i; rc == OK && k < end; k++)
			rc = stamp_steps(im, im->order[k], false);
		for (size_t k = i; rc == OK && k < end; k++)
			rc = stamp_steps(im, im->order[k], true);
	}
	return rc;
}

/* Rows of the line's type, of the transition and the edit table. */
static void count_rows(const struct import *im, const struct import_line *line,
    size_t n[3])
{
	const struct section *sec[] = {
		batch_section((struct batch *)&im->batch, line->type, -1),
		batch_section((struct batch *)&im->batch, NULL,
		    TABLE_TRANSITION),
		batch_section((struct batch *)&im->batch, NULL, TABLE_EDIT),
	};

	for (size_t i = 0; i < 3; i++)
		n[i] = sec[i] != NULL ? sec[i]->nrow : 0;
}

/* The rows of a bad line are taken back, so that the good ones can be looked
 * at beside each other all the same. */
static void take_back(struct import *im, const struct import_line *line,
    const size_t n[3])
{
	struct section *sec[] = {
		batch_section(&im->batch, line->type, -1),
		batch_section(&im->batch, NULL, TABLE_TRANSITION),
		batch_section(&im->batch, NULL, TABLE_EDIT),
	};

	for (size_t i = 0; i < 3; i++)
		if (sec[i] != NULL)
			sec[i]->nrow = n[i];
}

/* The second pass over one line. */
static enum err_code fill_row(struct import *im, struct import_line *line)
{
	json_t *object;
	enum err_code rc = OK;
	size_t n[3];

	im->p->line = line->number;
	im->now = line;
	count_rows(im, line, n);
	line->row = n[0];
	object = im->read(im, line);
	if (object != NULL)
		rc = import_row(im, line, object);
	json_decref(object);
	if (line->state == NULL)
		take_back(im, line, n);
	return rc;
}

static void tell_progress(struct import *im, size_t done)
{
	if (im->o->progress && (done % PROGRESS_LINES == 0 ||
	    done == im->norder))
		im->o->progress(im->o->arg, done, im->norder);
}

/* The batch goes the way that merged changesets go. */
static enum err_code apply_branch(struct import *im, const char *branch)
{
	struct origin origin;
	enum err_code rc = batch_ok(&im->batch, im->e);

	if (rc != OK)
		return rc;
	origin_local(im->s, &origin);
	origin.branch = branch;
	return apply_batch(im->s, &im->batch, &origin, NULL, im->e);
}

/* All good lines are applied even if some are bad, so that the rules see them
 * beside each other; the transaction ends without them then. */
static enum err_code fill_and_apply(struct import *im)
{
	enum err_code rc = OK;

	for (size_t i = 0, end; rc == OK && i < im->norder; i = end) {
		end = branch_end(im, i);
		batch_init(&im->batch, store_catalogue(im->s));
		for (size_t k = i; rc == OK && k < end; k++) {
			rc = fill_row(im, im->order[k]);
			tell_progress(im, k + 1);
		}
		if (rc == OK)
			rc = apply_branch(im,
			    im->branch[im->order[i]->branch]);
		if (rc == OK)
			rc = import_check(im, i, end);
		batch_release(&im->batch);
	}
	return rc;
}

struct place {
	int64_t line;
	size_t index;
};

static int by_line(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* The two passes note problems in two orders; people read by line. Out of
 * memory they stay as they were. */
static void sort_problems(struct problems *p)
{
	struct place *place = calloc(p->n + 1, sizeof *place);
	struct problem *sorted = calloc(p->n + 1, sizeof *sorted);

	if (place != NULL && sorted != NULL && p->n > 1) {
		for (size_t i = 0; i < p->n; i++)
			place[i] = (struct place){ p->p[i].line, i };
		qsort(place, p->n, sizeof *place, by_line);
		for (size_t i = 0; i < p->n; i++)
			sorted[i] = p->p[place[i].index];
		memcpy(p->p, sorted, p->n * sizeof *sorted);
	}
	free(place);
	free(sorted);
}

/* A branch node has no right to another's records; better said once than on
 * every line. */
static enum err_code check_branch(const struct import *im)
{
	const struct identity *id = store_identity(im->s);
	const char *wanted = im->o->branch;

	if (wanted == NULL || id->hq || strcmp(wanted, id->branch) == 0)
		return OK;
	return err_set(im->e, ERR_FOREIGN, _("this is branch %s; the records "
	    "of %s can be imported there or at headquarters"), id->branch,
	    wanted);
}

static enum err_code start(struct import *im)
{
	*im->out = (struct import_result){ .lines = 0 };
	im->own = map_new();
	im->any = map_new();
	im->branch_index = map_new();
	im->by_ext = calloc(store_catalogue(im->s)->ntype,
	    sizeof(void *));
	if (!im->own || !im->any || !im->branch_index || !im->by_ext)
		return err_memory(im->e);
	return OK;
}

static void release(struct import *im)
{
	size_t ntype = store_catalogue(im->s)->ntype;

	for (size_t i = 0; im->by_ext && i < ntype; i++)
		sqlite3_finalize(im->by_ext[i]);
	free(im->by_ext);
	map_free(im->own);
	map_free(im->any);
	map_free(im->branch_index);
	free(im->branch);
	free(im->line);
	free(im->order);
	free(im->step);
}

/* Inside the transaction. */
static enum err_code run(struct import *im, struct slice text,
    import_split_fn split)
{
	enum err_code rc = split(im, text);

	if (rc == OK)
		rc = put_in_order(im);
	if (rc == OK)
		rc = make_stamps(im);
	if (rc == OK)
		rc = fill_and_apply(im);
	im->p->line = 0;
	sort_problems(im->p);
	return rc == OK ? problems_err(im->p, im->e) : rc;
}

/* Rollback does nothing after a commit, and undoes a dry run. */
enum err_code import_file(struct import *im, struct slice text,
    import_split_fn split)
{
	struct buf own = BUF_INIT;
	enum err_code rc;

	rc = operator_required(im->s, im->e);
	if (rc == OK)
		rc = check_branch(im);
	if (rc == OK)
		rc = import_decode(text, &own, &text, im->e);
	if (rc == OK)
		rc = start(im);
	if (rc == OK)
		rc = store_begin(im->s, im->e);
	if (rc == OK)
		rc = run(im, text, split);
	if (rc == OK && !im->o->dry_run)
		rc = store_commit(im->s, im->e);
	if (rc != OK)
		*im->out = (struct import_result){ .lines = im->out->lines };
	store_rollback(im->s);
	release(im);
	buf_release(&own);
	return rc;
}
