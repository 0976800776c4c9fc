/* Masking: what a reader may see of a field, by the catalogue's levels.
 *
 *   reader       P public   I internal   R personal   X sensitive
 *   MASK_PUBLIC  shown      left out     covered      left out
 *   MASK_INSIDE  shown      shown        covered      left out
 *   MASK_NAMED   shown      shown        shown        left out
 *
 * What is covered keeps just enough to tell two lines of a list apart. What
 * is left out leaves no trace, not even a label.
 */
#ifndef NODE_MASK_H
#define NODE_MASK_H

#include "catalogue.h"

enum mask_reader {
	MASK_PUBLIC,	/* a notice board, anybody */
	MASK_INSIDE,	/* working papers of the organisation; auditors */
	MASK_NAMED,	/* the same, where names were asked for */
};
enum mask { MASK_SHOW, MASK_COVER, MASK_LEAVE_OUT };

/* A level that is none of the four is left out. */
enum mask mask_level(char level, enum mask_reader reader);

/* The first character and a star: "张*". */
void mask_name(struct buf *b, struct slice name);
/* "138****1234" of eleven digits; "***" of all else. */
void mask_phone(struct buf *b, struct slice phone);
/* A field's text as people read it, as that reader may see it: appended, or
 * false and nothing if it is to be left out. Of a covered field a name keeps
 * its first character, a phone number its ends, a date its year, any other
 * nothing but "***". A reference is masked as the name it leads to. */
bool mask_text(struct buf *b, const struct field *f, enum mask_reader reader,
    struct slice text);

#endif
