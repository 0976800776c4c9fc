/* Letters that a relay carries on, unread: only who they are for can open
 * them. mail.h.
 */
#ifndef SYNC_RELAY_MAIL_H
#define SYNC_RELAY_MAIL_H

#include "courier.h"
#include "node.h"

struct relay_letter {
	char name[24];		/* "TC", "hq/TC" */
	char oid[OID_HEX];
};
struct relay_letters {
	struct relay_letter *l;	/* the caller frees it */
	size_t n, cap;
	bool failed;
};
/* Those that came from this remote; to not NULL: and that one has not. */
MUST_USE enum err_code relay_letters_load(struct node *n, const char *from,
    const char *to, struct relay_letters *out, struct err *e);
/* That remote has them now; what they replaced is removed. */
MUST_USE enum err_code relay_letters_sent(struct node *n, const char *to,
    const struct relay_letters *ls, struct err *e);
/* How it goes onto a stick: one to a node in the file of its branch. */
void relay_letter_ref(struct node *n, const char *from,
    const struct relay_letter *l, struct courier_ref *out);

#endif
