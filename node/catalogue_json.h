/* The catalogue's files and the reports' as compiled in;
 * node/catalogue/embed.sh makes the tables from node/catalogue/ and
 * node/report/ at build time.
 */
#ifndef NODE_CATALOGUE_JSON_H
#define NODE_CATALOGUE_JSON_H

#include <stddef.h>

struct embedded {
	const char *name, *text;
};
extern const struct embedded catalogue_files[];
extern const size_t ncatalogue_files;
extern const struct embedded report_files[];
extern const size_t nreport_files;

#endif
