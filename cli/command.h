/* Commands are rows: name, arguments, help, what they need.
 *
 * main() reads the options every command has (-C, --json, --as, --help),
 * satisfies the needs, calls the row's function and prints the error, if any.
 * Help and the drift tests of the manual come from the table in commands.c.
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
	NEEDS_EITHER = 8,	/* writing if nobody else is, or reading */
	NEEDS_REPO = 16,	/* its repository too */
	NEEDS_KEY = 32,		/* its key and repository too */
	NEEDS_HQ = 64,
	NEEDS_LOOK = 128,	/* the node, to count what is in it: NODE_LOOK */
};

struct option_value { const char *name, *value; };

/* One option of one command. A one-letter name is written -o, else --name. */
struct option_spec {
	const char *name;
	const char *value;	/* "FILE"; NULL: takes none; "ROLE...": it
				 * may be given several times */
	const char *help;	/* N_("...") */
};

#define OPTIONS_MAX 16

struct context {
	const char *dir;		/* -C, WELLHEAD_DIR or "." */
	bool json, help, zh;		/* zh: labels in Chinese */
	const char *as;			/* --as NAME, or NULL */
	const struct command *command;	/* NULL until it is known */
	int argc;			/* positional arguments, options out */
	char **argv;
	struct option_value option[OPTIONS_MAX];	/* those given */
	size_t noption;
	const struct catalogue *catalogue;
	struct node *node;
	struct problems problems;
};

struct command {
	const char *name;
	const char *group;		/* N_("..."), heading in `help` */
	const char *args;		/* "TYPE FIELD=VALUE..." */
	int min, max;			/* positional; max -1: any number */
	const char *summary;		/* N_("...") */
	const struct option_spec *options;	/* ends with a NULL name */
	unsigned needs;
	enum err_code (*run)(struct context *c, struct err *e);
	const char *example;		/* one line that works */
};

extern const struct command commands[];
extern const size_t ncommands;
extern const struct option_spec common_options[];

const struct command *command_find(const char *name);
/* The name nearest to a mistyped one, or NULL if none is near. */
const char *command_nearest(const char *name);

/* Read argv into c; what c->argv points to lives as long as argv does.
 * Expected: ERR_USAGE. */
MUST_USE enum err_code args_read(struct context *c, int argc, char **argv,
    struct err *e);
/* The value of an option; "" for one given without a value; NULL if absent. */
const char *option(const struct context *c, const char *name);
/* All values of an option that may be given several times. */
size_t option_all(const struct context *c, const char *name,
    const char *out[OPTIONS_MAX]);
/* A whole number 0..max from an option; absent: *out is left alone. */
MUST_USE enum err_code option_number(const struct context *c,
    const char *name, int64_t max, int64_t *out, struct err *e);
/* The nearest of n names within a third of its length, or NULL. */
const char *nearest(const char *word, const char *const *name, size_t n);

/* "FIELD=VALUE" arguments from argv[first] on, as an object for record_add
 * and record_edit. VALUE "@FILE" is the file's text, "@@x" is "@x". */
MUST_USE enum err_code fields_read(struct context *c, int first,
    const struct type *t, json_t **out, struct err *e);
/* The type named by argv[i]. Expected: ERR_NOT_FOUND, with a hint. */
MUST_USE enum err_code type_read(struct context *c, int i,
    const struct type **out, struct err *e);
/* "TC" is "node/TC"; "hq/all" is itself. Expected: ERR_USAGE. */
MUST_USE enum err_code chain_read(const char *text, char out[CHAIN_NAME],
    struct err *e);

/* A command of several verbs, `remote add …`: rows again. The command's own
 * row asks to read, so that listing need not wait for a writer. */
struct verb {
	const char *name;
	int argc;		/* with the verb itself */
	bool writes;		/* the node is opened again, for writing */
	enum err_code (*run)(struct context *c, struct err *e);
};
MUST_USE enum err_code verb_run(struct context *c, const struct verb *verbs,
    size_t n, struct err *e);

#define OPERATOR_PASSPHRASE "WELLHEAD_OPERATOR_PASSPHRASE"

/* A secret: from this environment variable, else typed twice at a terminal
 * (`again`) or once, unseen. *out is NULL when there is neither, or it is
 * empty; the caller wipes and frees it: passphrase_free(). */
MUST_USE enum err_code passphrase_read(const char *variable,
    const char *prompt, bool again, char **out, struct err *e);
void passphrase_free(char *secret);
/* Its old passphrase, if the operator's key has one. */
MUST_USE enum err_code passphrase_of(struct context *c, const char *name,
    char **out, struct err *e);

/* Note an access in the trail (trail.h); the node may be open for reading. */
MUST_USE enum err_code trail_write(struct context *c, const char *what,
    stamp_t record, const char *detail, struct err *e);

/* Choose the language from LC_ALL, LC_MESSAGES, LANG; true for Chinese. */
bool language_start(void);

/* Usage, options and example of one command on standard output. */
void help_print(const struct command *k);
/* The list of all commands. */
void help_list(FILE *f);

/* One function per row of the table, in cmd_<name>.c. */
#define X(name) enum err_code cmd_##name(struct context *c, struct err *e);
X(operator)
X(checkpoint) X(why)
X(due)
X(add) X(allowed_signers) X(conflicts) X(do) X(edit) X(erase) X(export) X(figure)
X(help) X(import) X(init) X(invite) X(join) X(list) X(log) X(publish) X(rebuild)
X(remote) X(report) X(resolve) X(roster) X(seal) X(search) X(show) X(sql) X(status)
X(sync) X(types) X(verify) X(version) X(void)
X(receive) X(relay) X(authorized_keys) X(shell) X(ssh_key)
X(fingerprint) X(revoke) X(root) X(rotate)
X(attach) X(detach) X(attachment) X(person) X(trail) X(duplicates) X(same)
X(apart)
X(prove) X(check)
X(daemon)
#undef X

#endif
