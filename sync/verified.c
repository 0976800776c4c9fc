#include "verified.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/list.h"
#include "base/text.h"
#include "chain_impl.h"

#define VERIFIED_FILE "verified"
#define VERIFIED_MAX (64 << 20)

static char *path_of(const struct node *n)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s/" VERIFIED_FILE, n->dir);
	return buf_steal(&b);
}

void verified_release(struct verified *v)
{
	free(v->row);
	keyring_release(&v->keys);
	buf_release(&v->objects);
	buf_release(&v->store);
	*v = (struct verified){0};
}

const struct verified_row *verified_find(const struct verified *v,
    const char *chain, const char *epoch8)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->row[i].at.chain, chain) == 0 &&
		    strncmp(v->row[i].at.epoch, epoch8, strlen(epoch8)) == 0)
			return &v->row[i];
	return NULL;
}

enum err_code verified_add(struct verified *v, const struct verified_row *r,
    struct err *e)
{
	struct verified_row *more = list_grow(v->row, v->n, &v->cap,
	    sizeof *more);

	if (!more)
		return err_memory(e);
	v->row = more;
	v->row[v->n++] = *r;
	return OK;
}

/* ---- reading: whatever does not fit makes it no file of ours ---- */

static bool copy(char *out, size_t size, const char *s)
{
	if (!s || strlen(s) >= size)
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool hex_key(const char *s, unsigned char key[KEY_PUBLIC])
{
	return s && strlen(s) == 2 * KEY_PUBLIC &&
	    hex_decode(slice_str(s), key, KEY_PUBLIC);
}

static bool read_chain(struct verified *v, json_t *j)
{
	struct verified_row r = {0};
	const char *chain, *epoch, *commit, *sha256;
	json_int_t seq, changesets, bytes;
	struct err ignored;

	if (json_unpack(j, "[s,s,I,s,s,I,I!]", &chain, &epoch, &seq, &commit,
	    &sha256, &changesets, &bytes) || seq < 1 ||
	    !copy(r.at.chain, sizeof r.at.chain, chain) ||
	    !copy(r.at.epoch, sizeof r.at.epoch, epoch) ||
	    !copy(r.at.commit, sizeof r.at.commit, commit) ||
	    !copy(r.at.sha256, sizeof r.at.sha256, sha256))
		return false;
	r.at.seq = seq;
	r.changesets = changesets;
	r.bytes = bytes;
	return verified_add(v, &r, &ignored) == OK;
}

static bool read_key(struct verified *v, json_t *j)
{
	struct keyring *k = &v->keys;
	struct signer_row r = {0}, *more;
	const char *code, *key;
	json_int_t stamp;

	if (json_unpack(j, "[s,s,I!]", &code, &key, &stamp) ||
	    !copy(r.code, sizeof r.code, code) || !hex_key(key, r.key))
		return false;
	r.stamp = stamp;
	more = list_grow(k->key, k->nkey, &k->cap, sizeof *more);
	if (!more)
		return false;
	k->key = more;
	k->key[k->nkey++] = r;
	return true;
}

static bool read_limit(struct verified *v, json_t *j)
{
	struct limit_row r = {0};
	const char *key, *chain, *epoch, *why;
	json_int_t stamp, after, known;
	struct err ignored;

	if (json_unpack(j, "[s,s,s,I,I,I,s!]", &key, &chain, &epoch, &stamp,
	    &after, &known, &why) || !hex_key(key, r.key) ||
	    !copy(r.chain, sizeof r.chain, chain) ||
	    !copy(r.epoch, sizeof r.epoch, epoch) ||
	    !copy(r.why, sizeof r.why, why))
		return false;
	r.stamp = stamp;
	r.after = after;
	r.known = known;
	return limits_add(&v->keys.limits, &r, &ignored) == OK;
}

static bool read_list(struct verified *v, json_t *list,
    bool (*read)(struct verified *, json_t *))
{
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
		if (!read(v, j))
			return false;
	return true;
}

static void take_files(struct verified *v, json_int_t steps,
    const char *objects, const char *store)
{
	v->steps = steps;
	buf_adds(&v->objects, objects);
	buf_adds(&v->store, store);
}

enum err_code verified_load(struct node *n, struct verified *v, struct err *e)
{
	char *path = path_of(n);
	struct buf text = BUF_INIT;
	json_t *o = NULL, *chains, *keys, *limits;
	json_int_t format = 0, steps = 0;
	const char *objects, *store;
	enum err_code rc;

	*v = (struct verified){0};
	if (!path)
		return err_memory(e);
	rc = file_read(path, VERIFIED_MAX, &text, e);
	if (!rc)
		o = json_loadb((const char *)text.p, text.n, 0, NULL);
	if (!o || json_unpack(o, "{s:I,s:o,s:o,s:o,s:I,s:s,s:s}", "verified",
	    &format, "chains", &chains, "keys", &keys, "limits", &limits,
	    "steps", &steps, "objects", &objects, "store", &store) ||
	    format != 2 || !read_list(v, chains, read_chain) ||
	    !read_list(v, keys, read_key) ||
	    !read_list(v, limits, read_limit))
		verified_release(v);
	else
		take_files(v, steps, objects, store);
	json_decref(o);
	buf_release(&text);
	free(path);
	return OK;
}

/* ---- writing ---- */

static json_t *chains_json(const struct verified *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->n; i++) {
		const struct verified_row *r = &v->row[i];

		json_array_append_new(list, json_pack("[s,s,I,s,s,I,I]",
		    r->at.chain, r->at.epoch, (json_int_t)r->at.seq,
		    r->at.commit, r->at.sha256, (json_int_t)r->changesets,
		    (json_int_t)r->bytes));
	}
	return list;
}

static json_t *keys_json(const struct keyring *k)
{
	json_t *list = json_array();
	char hex[2 * KEY_PUBLIC + 1];

	for (size_t i = 0; i < k->nkey; i++) {
		hex_text(k->key[i].key, KEY_PUBLIC, hex);
		json_array_append_new(list, json_pack("[s,s,I]",
		    k->key[i].code, hex, (json_int_t)k->key[i].stamp));
	}
	return list;
}

static json_t *limits_json(const struct keyring *k)
{
	json_t *list = json_array();
	char hex[2 * KEY_PUBLIC + 1];

	for (size_t i = 0; i < k->limits.n; i++) {
		const struct limit_row *r = &k->limits.row[i];

		hex_text(r->key, KEY_PUBLIC, hex);
		json_array_append_new(list, json_pack("[s,s,s,I,I,I,s]", hex,
		    r->chain, r->epoch, (json_int_t)r->stamp,
		    (json_int_t)r->after, (json_int_t)r->known, r->why));
	}
	return list;
}

enum err_code verified_save(struct node *n, const struct verified *v,
    struct err *e)
{
	json_t *o = json_pack("{s:i,s:o,s:o,s:o,s:I,s:s,s:s}", "verified",
	    2, "chains", chains_json(v), "keys", keys_json(&v->keys),
	    "limits", limits_json(&v->keys), "steps", (json_int_t)v->steps,
	    "objects", v->objects.n ? (char *)v->objects.p : "",
	    "store", v->store.n ? (char *)v->store.p : "");
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	char *path = path_of(n);
	struct err ignored;
	enum err_code rc = OK;

	if (!text || !path)
		rc = err_memory(e);
	else if (file_write(path, slice_str(text), 0644, false, &ignored))
		rc = OK;	/* it takes longer the next time, no more */
	json_decref(o);
	free(text);
	free(path);
	return rc;
}
