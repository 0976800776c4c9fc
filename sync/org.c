/* Founding an organisation.
 */
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "chain_impl.h"
#include "hash.h"
#include "receive.h"

struct founder {
	const struct founding *f;
	struct key root, node;
	struct identity id;
	struct catalogue *catalogue;
};

static void random_epoch(char out[33])
{
	unsigned char b[16];

	random_bytes(b, sizeof b);
	hex_text(b, sizeof b, out);
}

void org_id(const unsigned char root[KEY_PUBLIC], char out[33])
{
	unsigned char sum[SHA256_LEN];

	sha256(slice_of(root, KEY_PUBLIC), sum);
	hex_text(sum, 16, out);
}

void identity_start(struct identity *id, const struct key *node)
{
	random_epoch(id->epoch);
	memcpy(id->node_key, node->public, sizeof id->node_key);
}

enum err_code org_name_check(const char *name, struct err *e)
{
	struct slice s = slice_str(name);

	if (s.n == 0 || s.n > 200 || !utf8_valid(s))
		return err_set(e, ERR_USAGE, _("a name must be UTF-8 text of "
		    "1 to 200 bytes"));
	return OK;
}

enum err_code org_code_check(const char *code, struct err *e)
{
	if (!chain_code_ok(slice_str(code)))
		return err_set(e, ERR_USAGE, _("'%s' cannot be a code: 1 to "
		    "16 letters, digits, '.', '_' or '-', beginning with a "
		    "letter or digit"), code);
	return OK;
}

/* The roster's first row: headquarters' own node. */
static enum err_code add_own_row(struct founder *f, struct store *s,
    struct err *e)
{
	struct roster_row row = { .number = HQ_NUMBER, .kind = "hq" };
	enum err_code rc;

	memcpy(row.code, f->id.code, sizeof row.code);
	memcpy(row.branch, f->id.branch, sizeof row.branch);
	memcpy(row.name, f->id.name, sizeof row.name);
	memcpy(row.key, f->node.public, sizeof row.key);
	rc = store_begin(s, e);
	if (rc)
		return rc;
	rc = roster_add(s, &row, e);
	if (!rc)
		rc = store_commit(s, e);
	if (rc)
		store_rollback(s);
	return rc;
}

/* The first changeset of hq/all, while the root key is at hand. */
static enum err_code seal_first(const char *dir, struct err *e)
{
	struct node *n = NULL;
	struct sealed sealed;
	enum err_code rc;

	rc = node_open(&n, dir, NODE_WRITE, e);
	if (!rc)
		rc = seal_all(n, &sealed, e);
	node_close(n);
	return rc;
}

/* What is pushed to headquarters is looked at before it is taken. */
static enum err_code install_hook(const char *dir, struct err *e)
{
	char *repo = path_join(dir, REPO_FILE);
	enum err_code rc = repo ? receive_install(repo, e) : err_memory(e);

	free(repo);
	return rc;
}

static enum err_code fill(void *arg, const char *dir, struct err *e)
{
	struct founder *f = arg;
	struct store *s = NULL;
	enum err_code rc;

	rc = folder_fill(dir, f->catalogue, &f->id, &f->node, &s, e);
	if (!rc)
		rc = folder_save_root(dir, &f->root, e);
	if (!rc)
		rc = add_own_row(f, s, e);
	store_close(s);
	if (!rc)
		rc = seal_first(dir, e);
	return rc ? rc : install_hook(dir, e);
}

static void new_identity(struct founder *f)
{
	struct identity *id = &f->id;

	key_make(&f->root);
	key_make(&f->node);
	org_id(f->root.public, id->org);
	snprintf(id->org_name, sizeof id->org_name, "%s", f->f->name);
	snprintf(id->name, sizeof id->name, "%s", f->f->name);
	snprintf(id->code, sizeof id->code, "%s",
	    f->f->code ? f->f->code : "HQ");
	/* whatever its node is called: hq/all and hq/HQ are the branch HQ */
	snprintf(id->branch, sizeof id->branch, "HQ");
	id->number = HQ_NUMBER;
	id->hq = true;
	memcpy(id->root_key, f->root.public, sizeof id->root_key);
	identity_start(id, &f->node);
}

enum err_code node_init(const char *dir, const struct founding *founding,
    struct err *e)
{
	struct founder f = { .f = founding };
	enum err_code rc;

	rc = org_name_check(founding->name, e);
	if (!rc && founding->code)
		rc = org_code_check(founding->code, e);
	if (!rc)
		rc = crypto_start(e);
	if (!rc)
		rc = catalogue_load(&f.catalogue, e);
	if (!rc) {
		new_identity(&f);
		rc = folder_make(dir, fill, &f, e);
	}
	key_release(&f.root);
	key_release(&f.node);
	catalogue_free(f.catalogue);
	return rc;
}
