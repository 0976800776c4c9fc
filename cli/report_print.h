/* One report in every form it is wanted in. Text goes to the screen as it is
 * made; the others are bytes for a file.
 */
#ifndef CLI_REPORT_PRINT_H
#define CLI_REPORT_PRINT_H

#include "command.h"
#include "report.h"

MUST_USE enum err_code print_report_text(const struct context *c,
    const struct report *r, struct err *e);
/* UTF-8 with a byte order mark, CRLF, RFC 4180. */
MUST_USE enum err_code print_report_csv(const struct context *c,
    const struct report *r, struct buf *out, struct err *e);
MUST_USE enum err_code print_report_html(const struct context *c,
    const struct report *r, struct buf *out, struct err *e);
MUST_USE enum err_code print_report_xlsx(const struct context *c,
    const struct report *r, struct buf *out, struct err *e);
/* One object; docs/format-report.md describes it. */
MUST_USE enum err_code print_report_json(const struct context *c,
    const struct report *r, struct buf *out, struct err *e);

/* A cell as text: "1,240,000.00" with separators, else as a machine reads it.
 * A rate is "60/108=55.6%". */
void report_cell_text(const struct context *c, const struct report_cell *cell,
    bool separators, struct buf *out);
bool report_cell_number(const struct report_cell *cell);

/* What stands above the tables: "Unit: ..." and so on, a line each. */
#define REPORT_LINES 6
struct report_lines {
	char line[REPORT_LINES][512];
	size_t n;
};
void report_lines(const struct context *c, const struct report *r,
    struct report_lines *out);

/* The table of what has come from each node: rows of five texts. */
#define REPORT_CHAIN_CELLS 5
void report_chain_head(const char *text[REPORT_CHAIN_CELLS]);
void report_chain_cells(const struct report_chain *chain,
    char text[REPORT_CHAIN_CELLS][256]);

static inline const char *report_label(const struct context *c, const char *zh,
    const char *en)
{
	const char *label = c->zh ? zh : en;

	return label ? label : "";
}

#endif
