/* What a proof proves.
 */
#include "attest_impl.h"

enum err_code attest_check(struct slice text, const unsigned char *root,
    const struct catalogue *c, json_t **out, struct err *e)
{
	struct attest p;
	enum err_code rc = attest_read(text, &p, e);

	if (!rc)
		rc = attest_chains(&p, root, e);
	if (!rc)
		rc = attest_tips(&p, e);
	if (!rc)
		rc = attest_rows(&p, c, e);
	if (!rc)
		rc = attest_steps(&p, catalogue_type(c, p.type), e);
	if (!rc)
		rc = attest_report(&p, catalogue_type(c, p.type), out, e);
	attest_release(&p);
	return rc;
}
