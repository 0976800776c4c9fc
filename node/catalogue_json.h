/* The catalogue's files as compiled in; node/catalogue/embed.sh makes the
 * table from node/catalogue/ at build time.
 */
#ifndef NODE_CATALOGUE_JSON_H
#define NODE_CATALOGUE_JSON_H

#include <stddef.h>

struct embedded {
	const char *name, *text;
};
extern const struct embedded catalogue_files[];
extern const size_t ncatalogue_files;

#endif
