/* A branch's key as ssh reads it.
 */
#include <errno.h>
#include <stdlib.h>

#include "access.h"
#include "base/file.h"
#include "chain_impl.h"
#include "hash.h"

#define PUB_FILE ACCESS_KEY_FILE ".pub"
#define PUB_MAX 1000

static void public_line(const struct node *n, struct buf *out)
{
	const struct identity *id = store_identity(n->store);

	key_ssh_text(out, n->key.public);
	buf_printf(out, " %s@%.16s\n", id->code, id->org);
}

static enum err_code write_files(struct node *n, struct slice line,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	char *secret = path_join(n->dir, ACCESS_KEY_FILE);
	char *public = path_join(n->dir, PUB_FILE);
	struct buf text = BUF_INIT;
	enum err_code rc;

	rc = secret && public ? key_openssh(&n->key, id->code, &text, e)
	    : err_memory(e);
	if (!rc)
		rc = file_write(secret, slice_buf(&text), 0600, false, e);
	/* last: it says which key the other one is */
	if (!rc)
		rc = file_write(public, line, 0644, false, e);
	if (text.p)
		wipe(text.p, text.n);
	buf_release(&text);
	free(public);
	free(secret);
	return rc;
}

static enum err_code refuse_sealed(struct node *n, struct err *e)
{
	char *path = path_join(n->dir, NODE_KEY_FILE);
	bool sealed = false;
	enum err_code rc;

	rc = path ? key_sealed(path, &sealed, e) : err_memory(e);
	free(path);
	if (rc || !sealed)
		return rc;
	err_set(e, ERR_KEY, _("this node's key is sealed by a passphrase; a "
	    "copy for ssh would stand open beside it"));
	return err_hint(e, _("let headquarters allow a key of your own for "
	    "ssh, in its authorized_keys"));
}

enum err_code access_key_write(struct node *n, struct buf *out,
    struct err *e)
{
	enum err_code rc = refuse_sealed(n, e);

	if (!rc)
		rc = node_key(n, e);
	if (rc)
		return rc;
	public_line(n, out);
	rc = buf_ok(out, e);
	return rc ? rc : write_files(n, slice_buf(out), e);
}

/* The key before, kept for the one connection that still needs it. */
static enum err_code keep_old(struct node *n, struct err *e)
{
	char *from = path_join(n->dir, ACCESS_KEY_FILE);
	char *to = path_join(n->dir, ACCESS_OLD_FILE);
	enum err_code rc = from && to ? OK : err_memory(e);

	if (!rc && rename(from, to) != 0 && errno != ENOENT)
		rc = err_errno(e, "%s", to);
	free(to);
	free(from);
	return rc;
}

enum err_code access_key_refresh(struct node *n, struct err *e)
{
	char *path = path_join(n->dir, PUB_FILE);
	struct buf have = BUF_INIT, want = BUF_INIT;
	enum err_code rc;

	rc = path ? file_read(path, PUB_MAX, &have, e) : err_memory(e);
	if (rc == ERR_NOT_FOUND) {
		rc = OK;
		goto done;
	}
	if (!rc)
		rc = node_key(n, e);
	if (rc)
		goto done;
	public_line(n, &want);
	rc = buf_ok(&want, e);
	if (rc || slice_eq(slice_buf(&have), slice_buf(&want)))
		goto done;
	rc = keep_old(n, e);
	if (!rc)
		rc = write_files(n, slice_buf(&want), e);
done:
	buf_release(&want);
	buf_release(&have);
	free(path);
	return rc;
}
