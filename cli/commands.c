/* The table of commands. Help, the manual's drift test and main() read it;
 * docs/wellhead.1 and cli/po/ follow it.
 */
#include "command.h"

#define SET_UP N_("Set up")
#define RECORDS N_("Records")
#define SYNC N_("Sync")
#define REPORTS N_("Reports")
#define AUDIT N_("Audit")
#define HELP N_("Help")

#define END { NULL, NULL, NULL }
#define OPTIONS(name) static const struct option_spec name##_options[]

OPTIONS(init) = {
	{ "org", "NAME", N_("the organisation's name") },
	{ "code", "CODE", N_("headquarters' node code (else HQ)") },
	END
};
OPTIONS(invite) = {
	{ "name", "NAME", N_("the node's name, as people know it") },
	{ "branch", "BRANCH", N_("its branch, if CODE is not the branch") },
	{ "remote", "URL", N_("where it will exchange its chain") },
	{ "auditor", NULL, N_("for an auditor, who reads all chains and "
	    "enters nothing") },
	{ "o", "FILE", N_("write the invitation here (a secret)") },
	END
};
OPTIONS(join) = {
	{ "fingerprint", "WORDS", N_("only if these are the words that "
	    "headquarters reads out") },
	END
};
OPTIONS(roster) = {
	{ "long", NULL, N_("keys as words, and where they end, too") },
	END
};
OPTIONS(revoke) = {
	{ "after", "SEQ", N_("the last changeset that is the node's own") },
	{ "reason", "TEXT", N_("why, for all to read") },
	{ "epoch", "E8", N_("of the epoch that begins so (else the "
	    "newest)") },
	END
};
OPTIONS(operator) = {
	{ "role", "ROLE...", N_("a role of the catalogue; several may be "
	    "given") },
	{ "person", "ID", N_("the operator's own record") },
	{ "from", "DATE", N_("first day of the role (else today)") },
	{ "to", "DATE", N_("its last day (else open)") },
	END
};
OPTIONS(add) = {
	{ "branch", "CODE", N_("at headquarters: for this branch") },
	END
};
OPTIONS(do) = {
	{ "role", "ROLE", N_("in this role") },
	{ "on", "DATE", N_("the day it was done (else today)") },
	{ "note", "TEXT", N_("why, or what was said") },
	END
};
OPTIONS(void) = {
	{ "reason", "TEXT", N_("why the record does not count") },
	END
};
OPTIONS(erase) = {
	{ "reason", "TEXT", N_("why the value is destroyed") },
	END
};
OPTIONS(show) = {
	{ "history", NULL, N_("every edit and step, too") },
	END
};
OPTIONS(list) = {
	{ "limit", "N", N_("at most so many") },
	{ "fields", "A,B", N_("show these fields") },
	END
};
OPTIONS(search) = {
	{ "limit", "N", N_("at most so many") },
	END
};
OPTIONS(import) = {
	{ "branch", "CODE", N_("only this branch's lines") },
	{ "dry-run", NULL, N_("check all, keep nothing") },
	END
};
OPTIONS(export) = {
	{ "format", "csv|xlsx|jsonl", N_("CSV (as when absent), a spreadsheet, "
	    "or JSON lines with all history") },
	{ "template", NULL, N_("no records: the empty table, to fill in and "
	    "import") },
	{ "raw", NULL, N_("CSV with cells that a spreadsheet would run as "
	    "formulas left as they are") },
	{ "o", "FILE", N_("write it here, not to standard output") },
	END
};
OPTIONS(remote) = {
	{ "window", "HH:MM-HH:MM", N_("sync only within these hours; what is "
	    "urgent goes at once") },
	END
};
OPTIONS(sync) = {
	{ "deadline", "SECONDS", N_("end by then (else 600)") },
	{ "budget", "BYTES", N_("move no more than this, both ways") },
	{ "now", NULL, N_("outside a remote's hours too") },
	{ "watch", NULL, N_("go on until ended: at once when something was "
	    "entered, else from time to time") },
	{ "every", "SECONDS", N_("with --watch: when all is well (else 300)") },
	END
};
OPTIONS(daemon) = {
	{ "every", "SECONDS", N_("sync so often when all is well (else 300)") },
	END
};
OPTIONS(relay) = {
	{ "deadline", "SECONDS", N_("end each transfer by then (else 600)") },
	END
};
OPTIONS(receive) = {
	{ "install", NULL, N_("write the hook into repo.git, or write it "
	    "again") },
	END
};
OPTIONS(report) = {
	{ "period", "P", N_("2022, 2022Q1 or 2022-05 (else the current one)") },
	{ "as-of", "DATE", N_("as things stood at the end of that day") },
	{ "branch", "CODE", N_("at headquarters: of this branch alone") },
	{ "format", "text|csv|xlsx|html|json",
	  N_("for the screen (as when absent), spreadsheets, print or "
	  "programs") },
	{ "records", "CELL", N_("list the records behind a cell like 1B3, or "
	    "behind a figure by its number") },
	{ "sample", "N", N_("R18: check the evidence of N records (else 20) "
	    "taken at random") },
	{ "seed", "S", N_("R18: take the same ones as another time") },
	{ "o", "FILE", N_("write it here") },
	END
};
OPTIONS(due) = {
	{ "days", "N", N_("also what is due within N days (else 7)") },
	{ "role", "ROLE", N_("only what this role sees to") },
	{ "as-of", "DATE", N_("as if it were that day") },
	{ "branch", "CODE", N_("at headquarters: of this branch alone") },
	{ "rules", NULL, N_("print the rules themselves") },
	{ "late", "PERIOD", N_("what was entered after the period closed") },
	END
};
OPTIONS(figure) = {
	{ "records", NULL, N_("list the records behind it") },
	{ "sql", NULL, N_("print the SQL that counts it") },
	END
};
OPTIONS(publish) = {
	{ "kind", "SHEET", N_("this of the record's sheets") },
	{ "period", "PERIOD", N_("of a report: for this period") },
	{ "branch", "CODE", N_("of a report, at headquarters: this branch") },
	{ "draft", NULL, N_("print it before it is approved, marked so") },
	{ "full-names", NULL, N_("names in full on a working paper (never on "
	    "a notice)") },
	{ "o", "FILE", N_("write the page here, not to standard output") },
	END
};
OPTIONS(attach) = {
	{ "name", "NAME", N_("under this name (else the file's own)") },
	END
};
OPTIONS(attachment) = {
	{ "o", "FILE", N_("the new file to write it to") },
	END
};
OPTIONS(duplicates) = {
	{ "all", NULL, N_("also what headquarters has decided") },
	END
};
OPTIONS(same) = {
	{ "note", "TEXT", N_("why") },
	END
};
OPTIONS(person) = {
	{ "log", NULL, N_("who has asked for this, and when") },
	END
};
OPTIONS(resolve) = {
	{ "take", "STAMP", N_("keep the value with this stamp") },
	{ "value", "VALUE", N_("set this value instead") },
	END
};
OPTIONS(verify) = {
	{ "deep", NULL, N_("compare the store with a replay, too") },
	{ "full", NULL, N_("from the first changeset on, whatever was "
	    "verified before") },
	END
};
OPTIONS(prove) = {
	{ "o", "FILE", N_("write it here, not to standard output") },
	{ "redact", "FIELD...", N_("leave the values of this field out") },
	END
};
OPTIONS(check) = {
	{ "root", "KEY", N_("the root key that is known: ssh-ed25519 AAAA...") },
	END
};
OPTIONS(checkpoint) = {
	{ "o", "FILE", N_("write it here, not to standard output") },
	END
};

const struct command commands[] = {
	{ "init", SET_UP, "--org NAME [--code CODE] DIR", 1, 1,
	  N_("found an organisation: its headquarters' node"),
	  init_options, NEEDS_NOTHING, cmd_init,
	  "wellhead init --org 集团工会 /srv/hq" },
	{ "invite", SET_UP,
	  "CODE --name NAME [--branch BRANCH] [--remote URL] [--auditor] "
	  "-o FILE", 1, 1,
	  N_("(headquarters) write a node's invitation"),
	  invite_options, NEEDS_WRITE | NEEDS_KEY | NEEDS_HQ, cmd_invite,
	  "wellhead invite TC --name 田陈煤矿 --remote ssh://hq/srv/hq/repo.git"
	  " -o TC.invitation" },
	{ "join", SET_UP, "FILE DIR [--fingerprint WORDS]", 2, 2,
	  N_("make the node that an invitation is for"),
	  join_options, NEEDS_NOTHING, cmd_join,
	  "wellhead join TC.invitation ~/wellhead" },
	{ "remote", SET_UP, "add NAME URL [--window HH:MM-HH:MM] | list | "
	  "remove NAME", 1, 3,
	  N_("where chains are exchanged"),
	  remote_options, NEEDS_READ, cmd_remote,
	  "wellhead remote add hq ssh://hq.example/srv/hq/repo.git" },
	{ "operator", SET_UP, "add NAME --role ROLE... [--person ID] "
	  "[--from DATE] [--to DATE] | list | passwd NAME | remove NAME", 1, 2,
	  N_("the people at this node, their roles and keys"),
	  operator_options, NEEDS_READ, cmd_operator,
	  "wellhead operator add 王主席 --role chair --person TC.p.chair" },
	{ "roster", SET_UP, "[--long]", 0, 0,
	  N_("the nodes that may sign"),
	  roster_options, NEEDS_READ, cmd_roster, "wellhead roster --long" },
	{ "fingerprint", SET_UP, "[CODE]", 0, 1,
	  N_("the organisation's root key, or a node's, as words to read out"),
	  NULL, NEEDS_READ, cmd_fingerprint, "wellhead fingerprint TC" },
	{ "rotate", SET_UP, "", 0, 0,
	  N_("give this node a new key; the old one vouches for it"),
	  NULL, NEEDS_WRITE | NEEDS_KEY, cmd_rotate, "wellhead rotate" },
	{ "revoke", SET_UP, "CODE --after SEQ --reason TEXT [--epoch E8]",
	  1, 1,
	  N_("(headquarters) take a node's keys away from a changeset on"),
	  revoke_options, NEEDS_WRITE | NEEDS_KEY | NEEDS_HQ, cmd_revoke,
	  "wellhead revoke TC --after 41 --reason 笔记本丢失" },
	{ "root", SET_UP, "export FILE", 1, 2,
	  N_("(headquarters) take the root key out of this folder"),
	  NULL, NEEDS_READ | NEEDS_HQ, cmd_root,
	  "wellhead root export /media/usb/root.key" },

	{ "types", RECORDS, "[TYPE]", 0, 1,
	  N_("the record types, or one type's fields and states"),
	  NULL, NEEDS_CATALOGUE, cmd_types, "wellhead types person" },
	{ "add", RECORDS, "TYPE FIELD=VALUE...", 1, -1,
	  N_("enter a record and print its id"),
	  add_options, NEEDS_WRITE, cmd_add,
	  "wellhead add org_unit code=TC name=田陈煤矿工会 kind=branch "
	  "parent=HQ.org established_on=2001-03-01" },
	{ "edit", RECORDS, "ID FIELD=VALUE...", 2, -1,
	  N_("change fields of a record"),
	  NULL, NEEDS_WRITE, cmd_edit,
	  "wellhead edit 0A1B2C employees=1203" },
	{ "do", RECORDS, "ID STATE [--role ROLE] [--on DATE] [--note TEXT]",
	  2, 2, N_("take a record one step on, to STATE"),
	  do_options, NEEDS_WRITE, cmd_do,
	  "wellhead do 0A1B2C approved --note 同意" },
	{ "void", RECORDS, "ID --reason TEXT", 1, 1,
	  N_("take a record out of all figures; it stays on record"),
	  void_options, NEEDS_WRITE, cmd_void,
	  "wellhead void 0A1B2C --reason 重复录入" },
	{ "erase", RECORDS, "ID FIELD --reason TEXT", 2, 2,
	  N_("destroy a sensitive value, here and wherever this comes"),
	  erase_options, NEEDS_WRITE, cmd_erase,
	  "wellhead erase 0A1B2C content --reason 本人要求" },
	{ "show", RECORDS, "ID [--history]", 1, 1,
	  N_("one record"),
	  show_options, NEEDS_READ, cmd_show,
	  "wellhead show 0A1B2C --history" },
	{ "list", RECORDS, "TYPE [FIELD=VALUE...] [FIELD>=VALUE...]", 1, -1,
	  N_("records of a type, the newest first"),
	  list_options, NEEDS_READ, cmd_list,
	  "wellhead list care_visit kind=hospital 'date>=2022-01-01'" },
	{ "search", RECORDS, "TEXT", 1, 1,
	  N_("records in which a text stands"),
	  search_options, NEEDS_EITHER, cmd_search,
	  "wellhead search 健步走" },
	{ "attach", RECORDS, "ID FILE [--name NAME]", 2, 2,
	  N_("keep a photo or scan with a record"),
	  attach_options, NEEDS_WRITE, cmd_attach,
	  "wellhead attach 0A1B2C 签收单.jpg" },
	{ "detach", RECORDS, "ID NAME", 2, 2,
	  N_("take an attachment off its record; its bytes stay"),
	  NULL, NEEDS_WRITE, cmd_detach,
	  "wellhead detach 0A1B2C 签收单.jpg" },
	{ "attachment", RECORDS, "get ID NAME -o FILE", 3, 3,
	  N_("write an attachment to a file"),
	  attachment_options, NEEDS_READ, cmd_attachment,
	  "wellhead attachment get 0A1B2C 签收单.jpg -o 签收单.jpg" },
	{ "person", RECORDS, "ID [--log]", 1, 1,
	  N_("all records about one person; the asking is recorded"),
	  person_options, NEEDS_WRITE, cmd_person,
	  "wellhead person 0A1B2C --as 王某" },
	{ "trail", RECORDS, "[ID]", 0, 1,
	  N_("who was shown sealed values or a person's records, who "
	    "exported"),
	  NULL, NEEDS_READ, cmd_trail,
	  "wellhead trail --as 张某" },
	{ "duplicates", RECORDS, "[TYPE] [--all]", 0, 1,
	  N_("records that seem to be entered twice"),
	  duplicates_options, NEEDS_EITHER, cmd_duplicates,
	  "wellhead duplicates person" },
	{ "same", RECORDS, "ID1 ID2 [--note TEXT]", 2, 2,
	  N_("(headquarters) decide that two records are one"),
	  same_options, NEEDS_WRITE, cmd_same,
	  "wellhead same 0A1B2C 0B2C3D --note 同一人" },
	{ "apart", RECORDS, "ID1 ID2 [--note TEXT]", 2, 2,
	  N_("(headquarters) decide that two records are not one"),
	  same_options, NEEDS_WRITE, cmd_apart,
	  "wellhead apart 0A1B2C 0B2C3D --note 同名" },
	{ "import", RECORDS, "FILE.jsonl | TYPE FILE.csv|FILE.xlsx", 1, 2,
	  N_("take in a file of records: all of it, or nothing"),
	  import_options, NEEDS_WRITE, cmd_import,
	  "wellhead import person 花名册.csv --dry-run" },
	{ "export", RECORDS, "TYPE [--format csv|xlsx|jsonl] [--template | "
	  "--raw] [-o FILE]", 1, 1,
	  N_("all records of a type as a file, or its empty table"),
	  export_options, NEEDS_READ, cmd_export,
	  "wellhead export person --template --format xlsx -o 人员.xlsx" },
	{ "sql", RECORDS, "QUERY", 1, 1,
	  N_("read-only SQL over the store"),
	  NULL, NEEDS_READ, cmd_sql,
	  "wellhead sql 'SELECT kind, count(*) FROM care_visit GROUP BY kind'"
	},

	{ "sync", SYNC, "[REMOTE] [--deadline SECONDS] [--budget BYTES] [--now] "
	  "[--watch]", 0, 1,
	  N_("seal, send, fetch and merge"),
	  sync_options, NEEDS_WRITE | NEEDS_KEY, cmd_sync, "wellhead sync" },
	{ "daemon", SYNC, "[--every SECONDS]", 0, 0,
	  N_("sync again and again, and keep the repository small (web pages "
	  "come with a later version)"),
	  daemon_options, NEEDS_NOTHING, cmd_daemon,
	  "wellhead -C /srv/hq daemon" },
	{ "seal", SYNC, "", 0, 0,
	  N_("sign what was entered into the chain, without sending"),
	  NULL, NEEDS_WRITE | NEEDS_KEY, cmd_seal, "wellhead seal" },
	{ "relay", SYNC, "BELOW ABOVE [--deadline SECONDS]", 2, 2,
	  N_("carry chains on between two remotes, unchanged"),
	  relay_options, NEEDS_WRITE, cmd_relay, "wellhead relay pits hq" },
	{ "receive", SYNC, "[--install]", 0, 0,
	  N_("(headquarters) repo.git's pre-receive hook: look at what is "
	  "pushed"),
	  receive_options, NEEDS_READ | NEEDS_HQ, cmd_receive,
	  "wellhead receive --install" },
	{ "authorized-keys", SYNC, "[USER [KEYTYPE KEY]]", 0, 3,
	  N_("(headquarters) the nodes' keys, for sshd"),
	  NULL, NEEDS_READ | NEEDS_HQ, cmd_authorized_keys,
	  "wellhead -C /srv/hq authorized-keys" },
	{ "shell", SYNC, "CODE", 1, 1,
	  N_("(headquarters) what sshd runs for a node's key"),
	  NULL, NEEDS_READ | NEEDS_HQ, cmd_shell,
	  "SSH_ORIGINAL_COMMAND=\"git-upload-pack /srv/hq/repo.git\" "
	  "wellhead -C /srv/hq shell TC" },
	{ "ssh-key", SYNC, "", 0, 0,
	  N_("let ssh use this node's own key"),
	  NULL, NEEDS_WRITE | NEEDS_KEY, cmd_ssh_key, "wellhead ssh-key" },
	{ "status", SYNC, "", 0, 0,
	  N_("what waits, and what needs a person"),
	  NULL, NEEDS_LOOK, cmd_status, "wellhead status" },
	{ "why", SYNC, "ID", 1, 1,
	  N_("one record's way to headquarters and back, step by step"),
	  NULL, NEEDS_READ, cmd_why, "wellhead why 0A1B2C" },
	{ "log", SYNC, "[CHAIN]", 0, 1,
	  N_("a chain's changesets"),
	  NULL, NEEDS_READ, cmd_log, "wellhead log node/TC" },
	{ "conflicts", SYNC, "", 0, 0,
	  N_("fields that two people set without knowing of each other"),
	  NULL, NEEDS_READ, cmd_conflicts, "wellhead conflicts" },
	{ "resolve", SYNC, "ID FIELD --take STAMP | --value VALUE", 2, 2,
	  N_("decide a conflict"),
	  resolve_options, NEEDS_WRITE, cmd_resolve,
	  "wellhead resolve 0A1B2C employees --value 1203" },
	{ "rebuild", SYNC, "", 0, 0,
	  N_("make the store again from the chains"),
	  NULL, NEEDS_WRITE | NEEDS_REPO, cmd_rebuild, "wellhead rebuild" },

	{ "report", REPORTS, "[ID] [--period P] [--as-of DATE] [--branch CODE] "
	  "[--format F] [--records CELL]", 0, 1,
	  N_("the reports, or one of them"),
	  report_options, NEEDS_READ, cmd_report,
	  "wellhead report R03 --period 2022Q1" },
	{ "figure", REPORTS, "QUERY [--records | --sql]", 1, 1,
	  N_("one figure"),
	  figure_options, NEEDS_READ, cmd_figure,
	  "wellhead figure 'award[branch=GQ;kind=star;state=granted;"
	  "period=2022Q1]#count'" },
	{ "due", REPORTS, "[--days N] [--role ROLE] [--as-of DATE] "
	  "[--branch CODE] [--rules | --late PERIOD]", 0, 0,
	  N_("what is overdue or due soon, the most urgent first"),
	  due_options, NEEDS_EITHER, cmd_due,
	  "wellhead due --days 14 --role chair" },

	{ "publish", REPORTS, "ID|REPORT [--kind SHEET] [--period PERIOD] "
	  "[-o FILE]", 1, 1,
	  N_("the printable sheet of a record: notice, order, receipt"),
	  publish_options, NEEDS_READ, cmd_publish,
	  "wellhead publish 0A1B2C -o 公示.html" },

	{ "verify", AUDIT, "[CHAIN] [--deep | --full]", 0, 1,
	  N_("check signatures, order and authority of the chains"),
	  verify_options, NEEDS_READ | NEEDS_REPO, cmd_verify,
	  "wellhead verify --deep" },
	{ "prove", AUDIT, "ID [-o FILE] [--redact FIELD]...", 1, 1,
	  N_("write the evidence for one record, for anybody to check"),
	  prove_options, NEEDS_READ | NEEDS_REPO, cmd_prove,
	  "wellhead prove 0A1B2C -o record.proof" },
	{ "check", AUDIT, "FILE [--root KEY]", 1, 1,
	  N_("check such evidence; needs no node"),
	  check_options, NEEDS_CATALOGUE, cmd_check,
	  "wellhead check record.proof" },
	{ "checkpoint", AUDIT, "[-o FILE] | list | show [WHICH] | "
	  "verify OLD NEW | complete [CODE] | cosign FILE | settle", 0, 3,
	  N_("sign, compare and witness the list of where all chains stand"),
	  checkpoint_options, NEEDS_READ, cmd_checkpoint,
	  "wellhead checkpoint -o 2026-11.checkpoint" },
	{ "allowed-signers", AUDIT, "", 0, 0,
	  N_("the roster for stock git verify-commit"),
	  NULL, NEEDS_READ, cmd_allowed_signers,
	  "wellhead allowed-signers >allowed_signers" },

	{ "help", HELP, "[COMMAND]", 0, 1,
	  N_("the commands, or one of them"),
	  NULL, NEEDS_NOTHING, cmd_help, "wellhead help add" },
	{ "version", HELP, "", 0, 0,
	  N_("the version of this program"),
	  NULL, NEEDS_NOTHING, cmd_version, "wellhead version" },
};
const size_t ncommands = sizeof commands / sizeof *commands;

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ncommands; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

const char *command_nearest(const char *name)
{
	const char *list[sizeof commands / sizeof *commands];

	for (size_t i = 0; i < ncommands; i++)
		list[i] = commands[i].name;
	return nearest(name, list, ncommands);
}
