/* Commands are rows: name, arguments, one line of help, what they need.
 *
 * main() reads the options every command has (-C, --json, --as, --help),
 * satisfies the needs, calls the row's function and prints the error, if any.
 * Help, completion and the manual's list come from the table in commands.c.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "chain.h"
#include "figure.h"
#include "record.h"
#include "transfer.h"

enum needs {
	NEEDS_NOTHING = 0,
	NEEDS_CATALOGUE = 1,
	NEEDS_READ = 2,		/* the node, opened for reading */
	NEEDS_WRITE = 4,	/* the node, opened for writing, locked */
	NEEDS_KEY = 8,		/* its key and repository too */
	NEEDS_HQ = 16,
};

struct option_value { const char *name, *value; };

struct context {
	const char *dir;		/* -C, WELLHEAD_DIR or "." */
	bool json;
	const char *as;			/* --as NAME, or NULL */
	int argc;			/* positional arguments, options out */
	char **argv;
	struct option_value option[16];	/* the command's own options given */
	size_t noption;
	struct catalogue *catalogue;
	struct node *node;
	struct problems problems;
};

struct command {
	const char *name;
	const char *args;		/* "TYPE FIELD=VALUE…" */
	const char *summary;		/* N_("…") */
	const char *options;		/* "limit:,history": ':' takes a value */
	unsigned needs;
	enum err_code (*run)(struct context *c, struct err *e);
};

extern const struct command commands[];
extern const size_t ncommands;

/* The value of an option; "" for one given without a value; NULL if absent. */
const char *option(const struct context *c, const char *name);

#endif
