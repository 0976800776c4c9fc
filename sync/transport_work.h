/* One transfer, in the child process that does it. The parent (transport.c)
 * only watches. Only transport_*.c include this.
 *
 * The protocol is git's version 0 (gitprotocol-pack), spoken here and not by
 * libgit2: its negotiation walks every commit of every chain, so one more
 * changeset would cost more with every changeset before it. A chain is a
 * line, and both its ends are refs, so what to send is known at once.
 */
#ifndef SYNC_TRANSPORT_WORK_H
#define SYNC_TRANSPORT_WORK_H

#include "repo_git.h"
#include "transport.h"
#include "wire.h"

struct courier_put;

enum work_kind { WORK_LIST, WORK_FETCH, WORK_PUSH, WORK_PUT };

struct work {
	enum work_kind kind;
	const struct url *url;
	const struct refspec *spec;
	size_t n;
	const char *repo_path;	/* NULL for WORK_LIST */
	struct transfer *limits;
	const struct courier_put *put;	/* WORK_PUT: to a courier's folder */
	int report;		/* pipe to the parent */
	/* the child's own: */
	struct repo *repo;
	struct wire wire;
	struct buf refs;	/* the remote's: "oid name\n" each */
	struct buf caps;	/* its capabilities, " a b=c " */
	int64_t told_ms;	/* when the parent was last told of progress */
	uint32_t slice;		/* bytes to aim at now */
	uint32_t per_commit;	/* what a commit took so far, 0: not known */
	uint32_t busy;		/* the first pack is on its way */
	bool landed;		/* one has arrived */
};

/* What goes over the report pipe: a frame, then len bytes. */
enum frame_kind { FRAME_ALIVE, FRAME_TEXT, FRAME_END };
struct frame {
	uint32_t kind, len;
	uint64_t sent, received;
	uint32_t slice, busy;
};
#define FRAME_MAX (1 << 16)
#define REFS_MAX (16 << 20)	/* bytes of the remote's refs we take */

/* The parent: run the child and watch it; its FRAME_TEXTs into text. */
MUST_USE enum err_code work_watch(struct work *k, struct buf *text,
    struct err *e);
/* The child; does not return. */
_Noreturn void work_main(struct work *k);
/* Tell the parent that something moved, at most ten times a second. */
void work_alive(void *work);
/* Lines for the parent: the refs of a list, what landed of a push. */
void work_tell(struct work *k, struct slice text);
/* Bytes that the next slice should have: k->slice, or what the budget leaves
 * if that is less. */
uint32_t work_slice(const struct work *k);
/* May n more bytes be moved? Expected: ERR_BUDGET. */
MUST_USE enum err_code work_afford(const struct work *k, uint64_t n,
    struct err *e);
/* A slice of `bytes` took ms: choose the size of the next. */
void work_adapt(struct work *k, uint64_t bytes, int64_t ms);

/* Connect and read what the remote has, into refs and caps. */
MUST_USE enum err_code work_greet(struct work *k, const char *service,
    struct err *e);
/* The remote's value of a ref; "" if it is not there. */
void work_ref(const struct work *k, const char *name, char oid[OID_HEX]);
bool work_can(const struct work *k, const char *capability);
/* Commits from tip back to `base`, which is not among them ("": to the
 * chain's start), 20 bytes each, newest first. ERR_CHAIN when base is not
 * an ancestor. */
MUST_USE enum err_code work_commits(struct work *k, const char *tip,
    const char *base, struct buf *oids, struct err *e);

/* work_commits() for a push from here to there; when the remote's end of the
 * chain is not in ours, ERR_CHAIN naming the ref: never rewrite, but for an
 * epoch of headquarters' that we have under refs/heads/past/. */
MUST_USE enum err_code work_news(struct work *k, const struct refspec *s,
    const char *here, const char *there, struct buf *oids, struct err *e);
MUST_USE enum err_code work_fetch(struct work *k, struct err *e);

/* One chain that is being fetched, from the remote's end downwards. */
struct line {
	struct refspec s;
	char there[OID_HEX];	/* the remote's end of it */
	char base[OID_HEX];	/* ours; whole to its start */
	char bottom[OID_HEX];	/* last commit here whose parent is not */
	size_t count;		/* commits here, from `there` to bottom */
	bool whole;		/* nothing is missing */
	bool flat;		/* no chain: one object, as refs/mail/... */
	/* what earlier transfers left of it: ends, and their bottoms */
	char (*old)[OID_HEX], (*old_bottom)[OID_HEX];
	size_t nold;
};

struct lines {
	struct line *l;
	size_t n, cap;
	struct buf others;	/* remembered ends of other chains */
};

/* The chains to fetch, by k->spec and the remote's refs. */
MUST_USE enum err_code lines_make(struct work *k, struct lines *ls,
    struct err *e);
void lines_release(struct lines *ls);
/* See how far the line reaches now. */
MUST_USE enum err_code line_follow(struct work *k, struct line *l,
    struct err *e);
/* Remember the ends of what is not whole, for the next transfer. */
MUST_USE enum err_code lines_save(struct work *k, const struct lines *ls,
    struct err *e);
/* Bytes that this commit's objects take, about; its parent. ERR_NOT_FOUND
 * when one of them is not here. */
MUST_USE enum err_code work_commit(struct work *k, const char *oid,
    char parent[OID_HEX], uint64_t *bytes, struct err *e);
MUST_USE enum err_code work_push(struct work *k, struct err *e);
/* Store the pack that comes on band 1. Expected: ERR_CORRUPT. */
MUST_USE enum err_code work_pack(struct work *k, struct err *e);
/* The same from elsewhere: next gives the pieces, an empty one at the end. */
typedef enum err_code (*work_piece)(void *arg, struct slice *piece,
    struct err *e);
MUST_USE enum err_code work_pack_from(struct work *k, work_piece next,
    void *arg, struct err *e);
/* Only look: a whole pack of so many objects, none missing? */
MUST_USE enum err_code work_pack_check(struct work *k, work_piece next,
    void *arg, size_t objects, struct err *e);
/* The line is whole: set our ref to the remote's. */
MUST_USE enum err_code work_take(struct work *k, const struct line *l,
    struct err *e);

#endif
