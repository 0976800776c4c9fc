/* Help, from the table. */
#include "out.h"

static void print_options(const struct option_spec *o)
{
	struct err ignored = {0};
	struct grid g;

	grid_init(&g, 2);
	for (; o && o->name; o++) {
		grid_addf(&g, "  %s%s%s%s", o->name[1] ? "--" : "-", o->name,
		    o->value ? " " : "", o->value ? o->value : "");
		grid_add(&g, _(o->help));
	}
	if (grid_print(&g, &ignored))
		puts(err_text(ignored.code));
	grid_release(&g);
}

void help_print(const struct command *k)
{
	printf(_("usage: wellhead %s %s"), k->name, k->args);
	printf("\n%s\n", _(k->summary));
	if (k->options) {
		printf("\n%s\n", _("Options:"));
		print_options(k->options);
	}
	printf("\n%s\n", _("Options of every command:"));
	print_options(common_options);
	if (k->example)
		printf("\n%s\n  %s\n", _("Example:"), k->example);
}

void help_list(FILE *f)
{
	const char *group = "";

	fprintf(f, "%s\n", _("usage: wellhead [-C DIR] COMMAND ..."));
	for (size_t i = 0; i < ncommands; i++) {
		const struct command *k = &commands[i];

		if (strcmp(group, k->group) != 0)
			fprintf(f, "\n%s\n", _(k->group));
		group = k->group;
		fprintf(f, "  %-16s %s\n", k->name, _(k->summary));
	}
	fprintf(f, "\n%s\n",
	    _("“wellhead COMMAND --help” explains one of them."));
}

static json_t *json_command(const struct command *k)
{
	json_t *list = json_array();

	for (const struct option_spec *o = k->options; o && o->name; o++)
		json_array_append_new(list, json_string(o->name));
	return json_pack("{s:s,s:s,s:s,s:o}", "name", k->name, "args",
	    k->args, "summary", _(k->summary), "options", list);
}

static enum err_code help_json(struct err *e)
{
	for (size_t i = 0; i < ncommands; i++) {
		json_t *o = json_command(&commands[i]);

		if (!o)
			return err_memory(e);
		out_json(o);
		json_decref(o);
	}
	return OK;
}

enum err_code cmd_help(struct context *c, struct err *e)
{
	const struct command *k;
	const char *near;

	if (!c->argc && c->json)
		return help_json(e);
	if (!c->argc) {
		help_list(stdout);
		return OK;
	}
	k = command_find(c->argv[0]);
	if (k) {
		help_print(k);
		return OK;
	}
	near = command_nearest(c->argv[0]);
	err_set(e, ERR_USAGE, _("no such command: %s"), c->argv[0]);
	if (near)
		return err_hint(e, _("did you mean “%s”?"), near);
	return err_hint(e, _("“wellhead help” lists the commands"));
}
