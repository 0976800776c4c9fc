/* A remote's address, taken apart and judged. Nothing in it may be taken for
 * an option or a shell's syntax by the programs it is handed to.
 */
#ifndef SYNC_URL_H
#define SYNC_URL_H

#include "base/buf.h"

enum url_kind { URL_SSH, URL_PATH, URL_HTTPS, URL_COURIER };

struct url {
	enum url_kind kind;
	char host[256];		/* ssh: [user@]host */
	char port[6];		/* ssh: "" for ssh's own */
	char path[1000];	/* ssh, path, courier: decoded */
	char shown[1000];	/* for people: no password in it */
	char text[1000];	/* https: as given */
};

/* Expected: ERR_USAGE, saying what is wrong with it. */
MUST_USE enum err_code url_parse(const char *text, struct url *u,
    struct err *e);

#endif
