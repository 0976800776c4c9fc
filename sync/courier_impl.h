/* Shared by courier*.c: the folder, in the child process.
 */
#ifndef SYNC_COURIER_IMPL_H
#define SYNC_COURIER_IMPL_H

#include "bundle.h"
#include "courier.h"
#include "transport_work.h"

#define COURIER_FILES_MAX 4096	/* in the folder, looked at */
#define COURIER_HAVE_MAX (1 << 20)
#define BUNDLE_SUFFIX ".bundle"
#define HAVE_SUFFIX ".have"

struct courier_folder {
	int fd;			/* -1: not there */
	const char *shown;	/* for people: the path as given */
	char (*name)[64];	/* files of ours, sorted */
	size_t n;
};

/* FOLDER/wellhead/<org8>; made when `make`, else fd may stay -1. No symbolic
 * link below FOLDER is followed. Expected: ERR_OFFLINE. */
MUST_USE enum err_code courier_open(struct work *k, bool make,
    struct courier_folder *f, struct err *e);
void courier_close(struct courier_folder *f);
/* errno of something in the folder, as people should hear it: full, read
 * only, gone. */
enum err_code courier_errno(const struct courier_folder *f, const char *name,
    struct err *e);
/* A plain file of the folder. Expected: ERR_FORMAT (a link, a pipe, ...). */
MUST_USE enum err_code courier_file(const struct courier_folder *f,
    const char *name, int *fd, struct err *e);
/* Its head. The pack begins at b->head. */
MUST_USE enum err_code courier_head(const struct courier_folder *f,
    const char *name, int fd, struct bundle *b, struct err *e);
/* Feed the file's pack from fd to work_pack_from() or work_pack_check(). */
struct courier_pack {
	struct work *work;
	const struct courier_folder *folder;
	const char *name;
	int fd;
	unsigned char piece[65536];
};
enum err_code courier_piece(void *pack, struct slice *piece, struct err *e);
/* "node-TC-00000012.bundle": is it one of `file`'s? Its number, or 0. */
uint64_t courier_number(const char *name, const char *file);

/* Of refs/heads/past/hq/TC/<epoch8>, where it stood while that epoch lasted;
 * of refs/lost/..., where headquarters has it; false for other names. */
bool courier_before(const char *name, char now[120]);

/* A line for people into the notes. */
void courier_note(struct work *k, const char *name, const struct err *e);

MUST_USE enum err_code courier_work_take(struct work *k, struct err *e);
MUST_USE enum err_code courier_work_put(struct work *k, struct err *e);

/* courier_have.c: how far back the next bundle of `file` must begin for this
 * ref: a commit of our chain, or "" for its start. *readers: does anybody
 * read this file? */
MUST_USE enum err_code courier_base(struct work *k,
    const struct courier_folder *f, const struct courier_ref *r,
    char base[OID_HEX], bool *readers, struct err *e);
MUST_USE enum err_code courier_have_write(struct work *k,
    const struct courier_folder *f, struct err *e);
/* Write a file whole: temporary name, synced, renamed. */
MUST_USE enum err_code courier_replace(const struct courier_folder *f,
    const char *temporary, const char *name, struct err *e);

#endif
