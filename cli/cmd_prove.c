/* prove ID -o FILE [--redact FIELD]...: the evidence for one record. */
#include "attest.h"
#include "base/file.h"
#include "out.h"

enum err_code cmd_prove(struct context *c, struct err *e)
{
	const char *redact[OPTIONS_MAX], *path = option(c, "o");
	struct attest_ask ask = { .ref = c->argv[0], .redact = redact };
	struct buf text = BUF_INIT;
	enum err_code rc;

	ask.nredact = option_all(c, "redact", redact);
	rc = attest_make(c->node, &ask, &text, e);
	if (!rc && path)
		rc = file_write(path, slice_buf(&text), 0644, false, e);
	if (!rc && c->json)
		rc = out_result(c, json_pack("{s:s*,s:I}", "file", path,
		    "bytes", (json_int_t)text.n), e);
	else if (!rc && !path)
		fwrite(text.p, 1, text.n, stdout);
	buf_release(&text);
	return rc;
}
