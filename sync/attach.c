/* The bytes of attachments, by their hash. */
#include "attach.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "hash.h"

static void hash_text(struct slice s, char out[65])
{
	unsigned char hash[SHA256_LEN];

	sha256(s, hash);
	for (size_t i = 0; i < sizeof hash; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

/* The folder and the file of a hash of 64 hex digits, each on the heap. */
static bool paths(const struct node *n, const char *sha256, char **dir,
    char **file)
{
	char name[16 + 4];

	snprintf(name, sizeof name, "attachments/%.2s", sha256);
	*dir = path_join(n->dir, name);
	*file = *dir && strlen(sha256) == 64 ?
	    path_join(*dir, sha256 + 2) : NULL;
	return *file != NULL;
}

bool attach_here(const struct node *n, const char *sha256)
{
	char *dir = NULL, *file = NULL;
	bool here = paths(n, sha256, &dir, &file) && file_exists(file);

	free(dir);
	free(file);
	return here;
}

/* A content that is there already needs no second copy. */
static enum err_code keep(const struct node *n, const char *sha256,
    struct slice bytes, struct err *e)
{
	char *dir = NULL, *file = NULL;
	enum err_code rc = OK;

	if (!paths(n, sha256, &dir, &file)) {
		rc = err_memory(e);
		goto done;
	}
	if (file_exists(file))
		goto done;
	rc = file_mkdir(dir, 0700, e);
	if (!rc)
		rc = file_write(file, bytes, 0600, false, e);
done:
	free(dir);
	free(file);
	return rc;
}

static enum err_code read_kind(struct slice bytes, const char **media,
    struct err *e)
{
	*media = attachment_media(bytes);
	if (*media)
		return OK;
	err_set(e, ERR_TYPE, bytes.n ? _("its bytes are of no kind that can "
	    "be attached") : _("the file is empty"));
	return err_hint(e, _("photos as JPEG or PNG, scans as PDF, tables and "
	    "letters as docx, xlsx, pptx, odt or ods"));
}

static enum err_code fill(struct slice bytes, const char *name,
    const char *by, struct attachment *a, struct err *e)
{
	const char *media;
	enum err_code rc = read_kind(bytes, &media, e);

	if (!rc)
		rc = attachment_name_check(name, media, e);
	if (rc)
		return rc;
	*a = (struct attachment){ .size = (int64_t)bytes.n };
	snprintf(a->name, sizeof a->name, "%s", name);
	snprintf(a->media, sizeof a->media, "%s", media);
	snprintf(a->by, sizeof a->by, "%s", by ? by : "");
	hash_text(bytes, a->sha256);
	return OK;
}

enum err_code attach_file(struct node *n, const char *ref, const char *path,
    const char *name, const char *by, struct attachment *a, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct buf bytes = BUF_INIT;
	struct record r;
	bool here = false;
	enum err_code rc;

	if (!name)
		name = slash ? slash + 1 : path;
	/* a mistyped id should not cost the reading of a large file */
	rc = record_find(n->store, ref, &r, e);
	if (!rc)
		rc = file_read(path, ATTACHMENT_MAX, &bytes, e);
	if (rc == ERR_TOO_BIG)
		err_hint(e, _("make the photo smaller, or the scan coarser"));
	if (!rc)
		rc = fill(slice_buf(&bytes), name, by, a, e);
	if (!rc) {
		here = attach_here(n, a->sha256);
		rc = keep(n, a->sha256, slice_buf(&bytes), e);
	}
	if (!rc)
		rc = attachment_add(n->store, ref, a, here, e);
	buf_release(&bytes);
	return rc;
}

static enum err_code not_here(struct node *n, const struct attachment *a,
    struct err *e)
{
	bool sent;
	enum err_code rc = attachment_sent(n->store, a->sha256, &sent, e);

	if (rc)
		return rc;
	if (!sent) {
		err_set(e, ERR_NOT_FOUND, _("the bytes of “%.60s” stay at "
		    "headquarters"), a->name);
		return err_hint(e, _("ask headquarters for a copy of it"));
	}
	err_set(e, ERR_NOT_FOUND, _("the bytes of “%.60s” have not come here "
	    "yet"), a->name);
	return err_hint(e, _("its record names it already; it is at the node "
	    "where it was attached"));
}

enum err_code attach_get(struct node *n, const char *ref, const char *name,
    const char *path, struct err *e)
{
	char *dir = NULL, *file = NULL, hash[65];
	struct buf bytes = BUF_INIT;
	struct attachment a;
	struct record r;
	enum err_code rc;

	rc = record_find(n->store, ref, &r, e);
	if (!rc)
		rc = attachment_find(n->store, &r, name, &a, e);
	if (!rc && !paths(n, a.sha256, &dir, &file))
		rc = err_memory(e);
	if (!rc && !file_exists(file))
		rc = not_here(n, &a, e);
	if (!rc)
		rc = file_read(file, ATTACHMENT_MAX, &bytes, e);
	if (rc)
		goto done;
	hash_text(slice_buf(&bytes), hash);
	if (strcmp(hash, a.sha256) != 0) {
		err_set(e, ERR_CORRUPT, _("%s is not what was attached: its "
		    "SHA-256 is %s"), file, hash);
		rc = err_hint(e, _("remove it and attach the file again, or "
		    "take a copy from another node"));
	}
	if (!rc)
		rc = file_write(path, slice_buf(&bytes), 0644, true, e);
done:
	free(dir);
	free(file);
	buf_release(&bytes);
	return rc;
}
