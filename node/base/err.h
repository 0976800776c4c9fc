/* Errors: one map from code to name, exit status and default sentence.
 *
 * A function that can fail returns enum err_code and takes a caller-owned
 * struct err as its last argument. Detect low, add context on the way up
 * with err_in(), print only in cli/. Foreign errors are translated in one
 * place each: err_errno() here, err_sqlite() in node/, err_git() and
 * err_zlib() in sync/. "Offline, try again" and "refused" are never the
 * same code: ERR_TEMPORARY class codes exit 75.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>

#define _(s) gettext(s)
#define N_(s) s
#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* name in C, name people and scripts see, exit status, default sentence */
#define ERR_MAP(X) \
	X(OK, "OK", 0, N_("no error")) \
	/* usage */ \
	X(ERR_USAGE, "E_USAGE", 2, N_("the command was not understood")) \
	/* temporary: try again later */ \
	X(ERR_BUSY, "E_BUSY", 75, N_("another wellhead is at work here")) \
	X(ERR_OFFLINE, "E_OFFLINE", 75, N_("the remote cannot be reached")) \
	X(ERR_DEADLINE, "E_DEADLINE", 75, N_("the time allowed ran out")) \
	X(ERR_BUDGET, "E_BUDGET", 75, N_("the bytes allowed ran out")) \
	X(ERR_WINDOW, "E_WINDOW", 75, N_("it is not the time to sync")) \
	X(ERR_INTERRUPTED, "E_INTERRUPTED", 75, N_("interrupted")) \
	/* the machine */ \
	X(ERR_IO, "E_IO", 1, N_("the disk or system refused")) \
	X(ERR_MEMORY, "E_MEMORY", 1, N_("out of memory")) \
	X(ERR_INTERNAL, "E_INTERNAL", 1, N_("a fault in wellhead")) \
	X(ERR_CORRUPT, "E_CORRUPT", 1, N_("the data is damaged")) \
	/* the node's folder */ \
	X(ERR_NO_NODE, "E_NO_NODE", 1, N_("this folder is not a node")) \
	X(ERR_EXISTS, "E_EXISTS", 1, N_("it exists already")) \
	X(ERR_NOT_FOUND, "E_NOT_FOUND", 1, N_("no such thing")) \
	X(ERR_AMBIGUOUS, "E_AMBIGUOUS", 1, N_("the prefix fits several")) \
	X(ERR_NEWER, "E_NEWER", 1, N_("made by a newer wellhead")) \
	/* input, as in the catalogue of bad input */ \
	X(ERR_REQUIRED, "E_REQUIRED", 1, N_("a required field is empty")) \
	X(ERR_TYPE, "E_TYPE", 1, N_("the value does not fit the field")) \
	X(ERR_ENUM, "E_ENUM", 1, N_("not one of the field's values")) \
	X(ERR_RANGE, "E_RANGE", 1, N_("the value is out of range")) \
	X(ERR_DATE, "E_DATE", 1, N_("not a date")) \
	X(ERR_PERIOD, "E_PERIOD", 1, N_("not a period")) \
	X(ERR_REF, "E_REF", 1, N_("the reference leads nowhere")) \
	X(ERR_TRANSITION, "E_TRANSITION", 1, N_("the step is not allowed")) \
	X(ERR_COLUMN, "E_COLUMN", 1, N_("no such field")) \
	X(ERR_ENCODING, "E_ENCODING", 1, N_("the text is not readable")) \
	X(ERR_DUP, "E_DUP", 1, N_("it was entered already")) \
	X(ERR_ROLE, "E_ROLE", 1, N_("the role has no right to do this")) \
	X(ERR_STATE, "E_STATE", 1, N_("its state does not allow it")) \
	X(ERR_CONFLICT, "E_CONFLICT", 1, N_("it changed meanwhile")) \
	X(ERR_VOID, "E_VOID", 1, N_("the record is void")) \
	/* named rules of node/rules.c */ \
	X(ERR_ORDER, "E_ORDER", 1, N_("one date is before another")) \
	X(ERR_FUTURE, "E_FUTURE", 1, N_("the date lies in the future")) \
	X(ERR_SELF, "E_SELF", 1, N_("it refers to itself")) \
	X(ERR_SOD, "E_SOD", 1, N_("one person has two duties in it")) \
	X(ERR_FORBIDDEN_FIELD, "E_FORBIDDEN_FIELD", 1, \
	    N_("the field has no place here")) \
	X(ERR_RECIPIENT, "E_RECIPIENT", 1, N_("the wrong sort of recipient")) \
	X(ERR_WEIGHT, "E_WEIGHT", 1, N_("the weights do not make 100")) \
	X(ERR_REASON, "E_REASON", 1, N_("a reason is missing")) \
	X(ERR_FIVE, "E_FIVE", 1, N_("one of the five points is missing")) \
	X(ERR_CONSENT, "E_CONSENT", 1, N_("the consent is missing")) \
	X(ERR_IDNO_LEN, "E_IDNO_LEN", 1, \
	    N_("an identity number has 18 characters")) \
	X(ERR_IDNO_REGION, "E_IDNO_REGION", 1, \
	    N_("the identity number's region does not exist")) \
	X(ERR_IDNO_DATE, "E_IDNO_DATE", 1, \
	    N_("the identity number's date does not exist")) \
	X(ERR_IDNO_CHECK, "E_IDNO_CHECK", 1, \
	    N_("the identity number's last digit is wrong")) \
	X(ERR_IDNO_EXCEL, "E_IDNO_EXCEL", 1, \
	    N_("a spreadsheet has cut the identity number")) \
	X(ERR_USCC, "E_USCC", 1, N_("the credit code is wrong")) \
	X(ERR_MISMATCH, "E_MISMATCH", 1, N_("two values do not agree")) \
	X(ERR_QUORUM, "E_QUORUM", 1, N_("too few were present")) \
	X(ERR_VOTES, "E_VOTES", 1, N_("the votes do not add up")) \
	X(ERR_SECONDERS, "E_SECONDERS", 1, N_("too few seconders")) \
	X(ERR_STATE_FIELD, "E_STATE_FIELD", 1, \
	    N_("the value does not suit the state")) \
	X(ERR_REF_STATE, "E_REF_STATE", 1, \
	    N_("the other record is not as this one needs it")) \
	X(ERR_OPEN_CHILD, "E_OPEN_CHILD", 1, \
	    N_("something that belongs to it is still open")) \
	X(ERR_LINES, "E_LINES", 1, N_("lines are missing or too many")) \
	X(ERR_ELIGIBLE, "E_ELIGIBLE", 1, N_("the person is not eligible")) \
	X(ERR_DUP_HOUSEHOLD, "E_DUP_HOUSEHOLD", 1, \
	    N_("the household has a file already")) \
	X(ERR_LIMIT, "E_LIMIT", 1, N_("over the limit")) \
	X(ERR_QUOTES, "E_QUOTES", 1, N_("prices were not compared")) \
	X(ERR_ITEM, "E_ITEM", 1, N_("the item may not be given")) \
	X(ERR_PII, "E_PII", 1, N_("personal data has no place here")) \
	X(ERR_SEALED, "E_SEALED", 1, N_("it is sealed from the reader")) \
	X(ERR_PERIOD_SHORT, "E_PERIOD_SHORT", 1, \
	    N_("posted for too short a time")) \
	/* chains */ \
	X(ERR_CHAIN, "E_CHAIN", 1, N_("the chain does not hold together")) \
	X(ERR_SPLIT, "E_SPLIT", 1, \
	    N_("two histories contradict each other")) \
	X(ERR_FORK, "E_FORK", 1, \
	    N_("one chain has two histories")) \
	X(ERR_COLLISION, "E_COLLISION", 1, \
	    N_("one stamp was used twice")) \
	X(ERR_FOREIGN, "E_FOREIGN", 1, N_("it belongs to another branch")) \
	X(ERR_SIGNATURE, "E_SIGNATURE", 1, N_("the signature is wrong")) \
	X(ERR_KEY, "E_KEY", 1, N_("the key is unknown or not valid here")) \
	X(ERR_REVOKED, "E_REVOKED", 1, \
	    N_("headquarters has revoked the key")) \
	X(ERR_UNDETERMINED, "W_UNDETERMINED", 1, \
	    N_("it cannot be told whether this was sealed before or after " \
	    "the key was lost")) \
	X(ERR_FORMAT, "E_FORMAT", 1, N_("the format is not ours")) \
	X(ERR_TOO_BIG, "E_TOO_BIG", 1, N_("larger than allowed")) \
	X(ERR_INVITATION, "E_INVITATION", 1, N_("the invitation is not valid"))

#define X(c, name, status, text) c,
enum err_code { ERR_MAP(X) ERR_COUNT };
#undef X

/* Filled by the function that fails, or left alone on success. detail is the
 * context chain "fetching from hq: no route"; hint is the next thing to do,
 * or empty. Both are already in the reader's language, valid UTF-8, and cut
 * at a character's end when too long. */
struct err {
	enum err_code code;
	char detail[1000];
	char hint[500];
};

/* Set code and detail (replacing what was there) and return code. Never put
 * key material in detail. */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
    PRINTF(3, 4);

/* Set or replace the hint; returns e->code so it can end a return. */
enum err_code err_hint(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* Prefix "context: " to the detail and return e->code. */
enum err_code err_in(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* Translate errno (saved by the caller's last call): ERR_IO, or ERR_MEMORY,
 * ERR_NOT_FOUND (ENOENT), ERR_EXISTS (EEXIST), with "what: strerror". */
enum err_code err_errno(struct err *e, const char *fmt, ...) PRINTF(2, 3);

enum err_code err_memory(struct err *e);

/* "E_DATE" and so on; static strings. */
const char *err_name(enum err_code code);
/* The default sentence, translated. */
const char *err_text(enum err_code code);
/* Exit status 0, 1, 2 or 75. */
int err_status(enum err_code code);
/* The code of a name such as "E_DATE"; ERR_COUNT if there is none. */
enum err_code err_by_name(const char *name);

#endif
