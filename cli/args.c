/* Reading the command line: options anywhere, then positional arguments. */
#include <limits.h>

#include "command.h"

#define NAMES_MAX 64

const struct option_spec common_options[] = {
	{ "C", "DIR", N_("the node's folder (or WELLHEAD_DIR; else this one)") },
	{ "json", NULL, N_("print JSON: an object, or one a line") },
	{ "as", "NAME", N_("who does this") },
	{ "help", NULL, N_("explain the command") },
	{ NULL, NULL, NULL },
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance of two short words; UINT_MAX for long ones. */
static size_t distance(const char *a, const char *b)
{
	size_t row[33], na = strlen(a), nb = strlen(b);

	if (na > 32 || nb > 32)
		return UINT_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[nb];
}

const char *nearest(const char *word, const char *const *name, size_t n)
{
	const char *best = NULL;
	size_t least_d = UINT_MAX;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, name[i]);

		/* One slip in a short word, more in a longer one. */
		if (d < least_d && d <= 1 + strlen(name[i]) / 4) {
			best = name[i];
			least_d = d;
		}
	}
	return best;
}

const char *option(const struct context *c, const char *name)
{
	for (size_t i = 0; i < c->noption; i++)
		if (!strcmp(c->option[i].name, name))
			return c->option[i].value;
	return NULL;
}

size_t option_all(const struct context *c, const char *name,
    const char *out[OPTIONS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < c->noption; i++)
		if (!strcmp(c->option[i].name, name))
			out[n++] = c->option[i].value;
	return n;
}

enum err_code option_number(const struct context *c, const char *name,
    int64_t max, int64_t *out, struct err *e)
{
	const char *s = option(c, name);
	int64_t v = 0;

	if (!s)
		return OK;
	for (const char *p = s; *p; p++) {
		if (*p < '0' || *p > '9' || v > (max - (*p - '0')) / 10) {
			v = -1;
			break;
		}
		v = v * 10 + (*p - '0');
	}
	if (!*s || v < 0)
		return err_set(e, ERR_USAGE,
		    _("--%s wants a whole number from 0 to %lld, not “%s”"),
		    name, (long long)max, s);
	*out = v;
	return OK;
}

static const struct option_spec *find(const struct option_spec *o,
    const char *name, size_t n)
{
	for (; o && o->name; o++)
		if (strlen(o->name) == n && !memcmp(o->name, name, n))
			return o;
	return NULL;
}

static size_t option_names(const struct option_spec *o, const char **out,
    size_t n)
{
	for (; o && o->name && n < NAMES_MAX; o++)
		out[n++] = o->name;
	return n;
}

static enum err_code unknown_option(const struct context *c,
    const char *arg, struct err *e)
{
	const char *name[NAMES_MAX], *near;
	size_t n = option_names(common_options, name, 0);

	if (c->command)
		n = option_names(c->command->options, name, n);
	err_set(e, ERR_USAGE, _("no such option: %s"), arg);
	near = nearest(arg + strspn(arg, "-"), name, n);
	if (near)
		return err_hint(e, _("did you mean %s%s?"),
		    near[1] ? "--" : "-", near);
	if (c->command)
		return err_hint(e, _("“wellhead %s --help” lists the options"),
		    c->command->name);
	return err_hint(e, _("“wellhead --help” lists the commands"));
}

/* The options of every command go into the context, others into its list. */
static enum err_code take(struct context *c, const struct option_spec *o,
    const char *value, struct err *e)
{
	if (option(c, o->name) && !(o->value && strstr(o->value, "...")))
		return err_set(e, ERR_USAGE, _("option %s is given twice"),
		    o->name);
	if (!strcmp(o->name, "C"))
		c->dir = value;
	else if (!strcmp(o->name, "as"))
		c->as = value;
	else if (!strcmp(o->name, "json"))
		c->json = true;
	else if (!strcmp(o->name, "help"))
		c->help = true;
	else if (c->noption == OPTIONS_MAX)
		return err_set(e, ERR_USAGE, _("more than %d options"),
		    OPTIONS_MAX);
	else
		c->option[c->noption++] = (struct option_value){
			.name = o->name, .value = value };
	return OK;
}

/* argv[*i] is an option; *i moves on past a value of its own. */
static enum err_code read_option(struct context *c, int argc, char **argv,
    int *i, struct err *e)
{
	const char *arg = argv[*i], *name = arg + 1, *value = NULL;
	const struct option_spec *o;
	size_t n = 1;

	if (arg[1] == '-') {
		name = arg + 2;
		n = strcspn(name, "=");
		if (name[n])
			value = name + n + 1;
	} else if (arg[2]) {
		value = arg + 2;
	}
	/* "--o" is not "-o", and "-limit" not "--limit". */
	o = (arg[1] == '-') == (n == 1) ? NULL : find(common_options, name, n);
	if (!o && c->command && (arg[1] == '-') != (n == 1))
		o = find(c->command->options, name, n);
	if (!o)
		return unknown_option(c, arg, e);
	if (!o->value && value)
		return err_set(e, ERR_USAGE, _("%s takes no value"), arg);
	if (o->value && !value && *i + 1 >= argc)
		return err_set(e, ERR_USAGE, _("%s wants a value: %s"), arg,
		    o->value);
	if (o->value && !value)
		value = argv[++*i];
	return take(c, o, value ? value : "", e);
}

static enum err_code unknown_command(const char *name, struct err *e)
{
	const char *near = command_nearest(name);

	err_set(e, ERR_USAGE, _("no such command: %s"), name);
	if (near)
		return err_hint(e, _("did you mean “%s”?"), near);
	return err_hint(e, _("“wellhead help” lists the commands"));
}

static enum err_code count_arguments(const struct context *c, struct err *e)
{
	const struct command *k = c->command;

	if (c->help || !k)
		return OK;
	if (c->argc < k->min)
		err_set(e, ERR_USAGE, _("an argument is missing"));
	else if (k->max >= 0 && c->argc > k->max)
		err_set(e, ERR_USAGE, _("one argument too many: %s"),
		    c->argv[k->max]);
	else
		return OK;
	return err_hint(e, _("usage: wellhead %s %s"), k->name, k->args);
}

enum err_code args_read(struct context *c, int argc, char **argv,
    struct err *e)
{
	bool options = true;

	c->argv = argv;		/* positional ones are moved to the front */
	for (int i = 1; i < argc; i++) {
		if (options && !strcmp(argv[i], "--")) {
			options = false;
		} else if (options && !strcmp(argv[i], "--version")) {
			c->command = command_find("version");
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			enum err_code rc = read_option(c, argc, argv, &i, e);

			if (rc)
				return rc;
		} else if (c->command) {
			c->argv[c->argc++] = argv[i];
		} else {
			c->command = command_find(argv[i]);
			if (!c->command)
				return unknown_command(argv[i], e);
		}
	}
	return count_arguments(c, e);
}
