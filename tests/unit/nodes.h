/* An organisation in a temporary folder: headquarters and branch nodes that
 * push to its repository by a path. Functions are inline because every test
 * is one file.
 */
#ifndef UNIT_NODES_H
#define UNIT_NODES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/file.h"
#include "chain.h"
#include "record.h"
#include "shell.h"

#define WANT(rc, e) \
	do { \
		if (rc) \
			fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, \
			    err_name((e).code), (e).detail); \
	} while (0)

struct nodes {
	char *dir;
	struct node *hq;
};

static inline struct node *nodes_open(struct nodes *o, const char *name)
{
	struct node *n = NULL;
	struct err e = {0};
	char *path = path_join(o->dir, name);

	WANT(node_open(&n, path, NODE_WRITE, &e), e);
	free(path);
	return n;
}

static inline void nodes_start(struct nodes *o)
{
	struct founding f = { .name = "Test Group" };
	struct err e = {0};
	char *path;

	o->dir = shell_folder();
	path = path_join(o->dir, "hq");
	WANT(node_init(path, &f, &e), e);
	free(path);
	o->hq = nodes_open(o, "hq");
}

static inline void nodes_end(struct nodes *o)
{
	node_close(o->hq);
	shell_remove(o->dir);
}

/* The invitation's text for code, HQ's repository its remote. */
static inline void nodes_invite(struct nodes *o, const char *code,
    const char *branch, struct buf *text)
{
	struct invitation i = { .code = code, .name = code,
		.branch = branch };
	struct err e = {0};
	char *url = NULL;

	if (asprintf(&url, "%s/hq/repo.git", o->dir) < 0)
		abort();
	i.remote = url;
	WANT(node_invite(o->hq, &i, text, &e), e);
	free(url);
}

static inline struct node *nodes_add(struct nodes *o, const char *code,
    const char *branch)
{
	struct buf text = BUF_INIT;
	struct err e = {0};
	char *path = path_join(o->dir, code);

	nodes_invite(o, code, branch, &text);
	WANT(node_join(path, slice_buf(&text), NULL, &e), e);
	buf_release(&text);
	free(path);
	return nodes_open(o, code);
}

/* A record that needs no other one. */
static inline stamp_t nodes_request(struct node *n, const char *content)
{
	const struct type *t = catalogue_type(n->catalogue, "request");
	struct problems p = {0};
	struct err e = {0};
	stamp_t id = 0;
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", "demand",
	    "channel", "online", "content", content, "received_on",
	    "2022-03-08", "outcome", "pending");

	if (record_add(n->store, t, NULL, j, "test", &id, &p, &e))
		fail_msg("add: %s (%zu errors)", e.detail, p.errors);
	json_decref(j);
	problems_release(&p);
	return id;
}

static inline void nodes_seal(struct node *n)
{
	struct sealed s;
	struct err e = {0};

	WANT(seal_all(n, &s, &e), e);
}

static inline struct synced nodes_sync(struct node *n)
{
	struct sync_options o = {0};
	struct synced out;
	struct err e = {0};

	WANT(sync_run(n, &o, &out, &e), e);
	return out;
}

/* The node's own chain as it stands in its store. */
static inline struct position nodes_tip(struct node *n, const char *code)
{
	const struct identity *id = store_identity(n->store);
	struct position p;
	struct err e = {0};
	char chain[CHAIN_NAME];

	snprintf(chain, sizeof chain, "node/%s", code ? code : id->code);
	WANT(position_get(n->store, chain, id->epoch, &p, &e), e);
	return p;
}

/* Every synced table of n as text; the caller releases it. */
static inline struct buf nodes_dump(struct node *n)
{
	struct buf b = BUF_INIT;
	struct err e = {0};

	WANT(store_dump(n->store, &b, &e), e);
	return b;
}

static inline void nodes_verify(struct node *n)
{
	struct err e = {0};

	WANT(verify_chains(n, NULL, true, NULL, NULL, &e), e);
}

#endif
