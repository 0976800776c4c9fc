/* A fresh store in a temporary folder, for tests of what stands on it.
 * Functions are inline because every test is one file.
 */
#ifndef UNIT_FIXTURE_H
#define UNIT_FIXTURE_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "record.h"
#include "transfer.h"

struct fixture {
	struct catalogue *catalogue;
	struct store *store;
	char dir[64];
};

/* branch "HQ" makes headquarters' store, another code that branch's. */
static inline void fixture_open(struct fixture *f, const char *branch)
{
	struct err e = {0};
	struct identity id = { .org = "00112233445566778899aabbccddeeff",
	    .org_name = "test", .epoch = "ffeeddccbbaa99887766554433221100",
	    .hq = strcmp(branch, "HQ") == 0 };
	char *path;

	snprintf(id.code, sizeof id.code, "%s", branch);
	snprintf(id.branch, sizeof id.branch, "%s", branch);
	snprintf(id.name, sizeof id.name, "%s", branch);
	id.number = id.hq ? 1 : 2;
	snprintf(f->dir, sizeof f->dir, "/tmp/wellhead-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	path = path_join(f->dir, "store.db");
	assert_non_null(path);
	if (catalogue_load(&f->catalogue, &e) != OK)
		fail_msg("catalogue: %s", e.detail);
	if (store_create(&f->store, path, f->catalogue, &id, &e) != OK)
		fail_msg("store: %s", e.detail);
	free(path);
}

static inline void fixture_close(struct fixture *f)
{
	DIR *d;
	struct dirent *entry;

	store_close(f->store);
	catalogue_free(f->catalogue);
	d = opendir(f->dir);
	while (d != NULL && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(f->dir);
}

static inline void fixture_file(const char *path, struct buf *out)
{
	struct err e = {0};

	if (file_read(path, 64u << 20, out, &e) != OK)
		fail_msg("%s: %s", path, e.detail);
}

/* Import text that must be good; the first problem is shown if it is not. */
static inline struct import_result fixture_import(struct fixture *f,
    struct slice text, const char *branch)
{
	struct import_options o = { .branch = branch, .by = "test" };
	struct import_result r;
	struct problems p = {0};
	struct err e = {0};

	if (import_jsonl(f->store, text, &o, &r, &p, &e) != OK)
		fail_msg("import: %s (%zu errors)", e.detail, p.errors);
	problems_release(&p);
	return r;
}

static inline void fixture_demo(struct fixture *f, const char *branch)
{
	struct buf text = BUF_INIT;

	fixture_file("tests/data/demo.jsonl", &text);
	fixture_import(f, slice_buf(&text), branch);
	buf_release(&text);
}

#endif
