/* fingerprint [CODE]: keys as words, to be read over the telephone. */
#include "fingerprint.h"
#include "out.h"

static enum err_code print_key(struct context *c, const char *what,
    const unsigned char public[KEY_PUBLIC], struct err *e)
{
	struct buf zh = BUF_INIT, en = BUF_INIT, key = BUF_INIT;
	enum err_code rc;

	fingerprint_text(public, fingerprint_zh, &zh);
	fingerprint_text(public, fingerprint_en, &en);
	key_ssh_text(&key, public);
	rc = buf_ok(&zh, e);
	if (!rc)
		rc = buf_ok(&en, e);
	if (!rc)
		rc = buf_ok(&key, e);
	if (!rc)
		rc = out_facts(c, (struct fact[]){
			{ "of", N_("whose"), what, 0 },
			{ "key", N_("key"), (char *)key.p, 0 },
			{ "words", N_("words"), (char *)zh.p, 0 },
			{ "words_en", N_("in English"), (char *)en.p, 0 },
		    }, 4, e);
	buf_release(&zh);
	buf_release(&en);
	buf_release(&key);
	return rc;
}

enum err_code cmd_fingerprint(struct context *c, struct err *e)
{
	const struct identity *id = store_identity(c->node->store);
	struct roster_row row;
	enum err_code rc;

	if (c->argc == 0)
		return print_key(c, c->json ? "root" :
		    _("the organisation's root key"), id->root_key, e);
	if (strcmp(c->argv[0], id->code) == 0)
		return print_key(c, id->code, id->node_key, e);
	rc = roster_by_code(c->node->store, c->argv[0], &row, e);
	return rc ? rc : print_key(c, row.code, row.key, e);
}
