/* Enrolment: how a new node proves that the invitation was its own.
 *
 * The one-time token never travels: the first changeset carries an HMAC
 * under it over the node's number, code and public key. Only who held the
 * invitation can have made it, and it vouches for no other key.
 */
#include "chain_impl.h"
#include "hash.h"
#include "sshsig.h"

#define MAC_HEAD "wellhead enrol 1"	/* its NUL counts */

static enum err_code mac_of(const unsigned char token[32], const char *org,
    const struct roster_row *r, unsigned char out[SHA256_LEN], struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc;

	buf_add(&b, MAC_HEAD, sizeof MAC_HEAD);
	buf_add_str32(&b, slice_str(org));
	buf_add_u32(&b, r->number);
	buf_add_str32(&b, slice_str(r->code));
	buf_add_str32(&b, slice_of(r->key, KEY_PUBLIC));
	rc = buf_ok(&b, e);
	if (!rc)
		hmac_sha256(token, slice_buf(&b), out);
	buf_release(&b);
	return rc;
}

enum err_code enrol_mac(const unsigned char token[32],
    const struct identity *id, unsigned char out[SHA256_LEN], struct err *e)
{
	struct roster_row r = { .number = id->number };

	memcpy(r.code, id->code, sizeof r.code);
	memcpy(r.key, id->node_key, sizeof r.key);
	return mac_of(token, id->org, &r, out, e);
}

enum err_code enrol_ask(struct store *s, const unsigned char token[32],
    struct err *e)
{
	const struct identity *id = store_identity(s);
	unsigned char mac[SHA256_LEN];
	char chain[CHAIN_NAME];
	struct value *cell;
	struct batch b;
	stamp_t stamp;
	enum err_code rc;

	batch_init(&b, store_catalogue(s));
	rc = enrol_mac(token, id, mac, e);
	if (!rc)
		rc = store_stamp(s, &stamp, e);
	if (rc)
		goto done;
	cell = batch_row(&b, NULL, TABLE_ENROL);
	if (!cell) {
		rc = err_memory(e);
		goto done;
	}
	cell[ENROL_STAMP] = value_int(stamp);
	cell[ENROL_NUMBER] = value_int(id->number);
	cell[ENROL_CODE] = value_str(id->code);
	cell[ENROL_KEY] = value_bytes(slice_of(id->node_key, KEY_PUBLIC));
	cell[ENROL_MAC] = value_bytes(slice_of(mac, sizeof mac));
	snprintf(chain, sizeof chain, "node/%s", id->code);
	rc = outbox_put(s, chain, &b, e);
done:
	wipe(mac, sizeof mac);
	batch_release(&b);
	return rc;
}

static enum err_code waiting_for(struct node *n, const char *code,
    struct invitation_row *inv, struct err *e)
{
	enum err_code rc = invitation_by_code(n->store, code, inv, e);

	if (rc && rc != ERR_NOT_FOUND)
		return rc;
	if (rc)
		return err_set(e, ERR_INVITATION, _("node %s was never "
		    "invited"), code);
	if (inv->used)
		return err_set(e, ERR_INVITATION, _("the invitation for %s "
		    "has been used already"), code);
	return OK;
}

enum err_code enrol_key(struct node *n, const char *chain,
    const char *commit, unsigned char public[KEY_PUBLIC], struct err *e)
{
	const char *code = chain_node_code(chain);
	struct invitation_row inv;
	struct link l = {0};
	enum err_code rc;

	if (!code)
		return err_set(e, ERR_KEY, _("nobody on the roster may write "
		    "the chain %s"), chain);
	/* nothing is read for a stranger */
	rc = waiting_for(n, code, &inv, e);
	if (!rc)
		rc = link_open(n, commit, &l, e);
	if (!rc)
		rc = sshsig_key(slice_buf(&l.armored), public, e);
	wipe(&inv, sizeof inv);
	link_release(&l);
	return rc;
}

/* The one ENROL row's cells, or NULL. */
static const struct value *enrol_row(const struct batch *b)
{
	for (size_t i = 0; i < b->nsection; i++)
		if (b->section[i].fixed == TABLE_ENROL &&
		    !b->section[i].type)
			return b->section[i].nrow == 1 ? b->section[i].cell :
			    NULL;
	return NULL;
}

static bool is_bytes(const struct value *v, const void *p, size_t n)
{
	return v->kind == VALUE_BYTES && v->s.n == n &&
	    equal_secret(v->s.p, p, n);
}

static bool row_is(const struct value *cell, const struct roster_row *r)
{
	return cell[ENROL_NUMBER].kind == VALUE_INT &&
	    cell[ENROL_NUMBER].i == r->number &&
	    cell[ENROL_CODE].kind == VALUE_TEXT &&
	    slice_eqs(cell[ENROL_CODE].s, r->code) &&
	    is_bytes(&cell[ENROL_KEY], r->key, KEY_PUBLIC);
}

static enum err_code check_row(struct node *n, const struct value *cell,
    const unsigned char token[32], const struct roster_row *r, struct err *e)
{
	unsigned char mac[SHA256_LEN];
	bool ok;
	enum err_code rc;

	if (!cell)
		return err_set(e, ERR_INVITATION, _("the first changeset of "
		    "node %s does not enrol it"), r->code);
	if (!row_is(cell, r))
		return err_set(e, ERR_INVITATION, _("the enrolment does not "
		    "fit the invitation for %s"), r->code);
	rc = mac_of(token, store_identity(n->store)->org, r, mac, e);
	if (rc)
		return rc;
	ok = is_bytes(&cell[ENROL_MAC], mac, sizeof mac);
	wipe(mac, sizeof mac);
	if (!ok)
		return err_set(e, ERR_INVITATION, _("the enrolment was not "
		    "made with the invitation for %s"), r->code);
	return OK;
}

enum err_code enrol_check(struct node *n, const char *chain,
    const unsigned char public[KEY_PUBLIC], const struct batch *b,
    struct roster_row *row, struct err *e)
{
	struct invitation_row inv = {0};
	enum err_code rc;

	rc = waiting_for(n, chain_node_code(chain), &inv, e);
	if (rc)
		goto done;
	*row = (struct roster_row){ .number = inv.number };
	memcpy(row->kind, inv.kind, sizeof row->kind);
	memcpy(row->code, inv.code, sizeof row->code);
	memcpy(row->branch, inv.branch, sizeof row->branch);
	memcpy(row->name, inv.name, sizeof row->name);
	memcpy(row->key, public, sizeof row->key);
	rc = check_row(n, enrol_row(b), inv.token, row, e);
done:
	wipe(&inv, sizeof inv);
	return rc;
}

enum err_code enrol_accept(struct node *n, const char *chain,
    const unsigned char public[KEY_PUBLIC], const struct batch *b,
    struct roster_row *row, struct err *e)
{
	enum err_code rc = enrol_check(n, chain, public, b, row, e);

	if (!rc)
		rc = roster_add(n->store, row, e);
	if (!rc)
		rc = invitation_use(n->store, row->code, e);
	return rc;
}

enum err_code enrol_same(const struct batch *b, const struct roster_row *row,
    const struct link *l, struct err *e)
{
	const struct value *cell = enrol_row(b);
	struct roster_row then = *row;

	/* its key may be another one by now */
	memcpy(then.key, l->signer, sizeof then.key);
	if (cell && row_is(cell, &then))
		return OK;
	return err_set(e, ERR_INVITATION, _("its enrolment is not the one "
	    "that the roster has for %s"), row->code);
}
