/* Numbers that carry their own proof: parts of identity numbers (GB 11643,
 * GB/T 2260, ISO 7064) and bank cards (ISO/IEC 7812).
 */
#ifndef NODE_NUMBER_H
#define NODE_NUMBER_H

#include "base/buf.h"

/* ASCII digits and nothing else; not empty. */
bool number_digits(struct slice s);
/* The first two digits are a province, or 83 of residents from Taiwan. */
bool number_province(struct slice s);
/* MOD 11-2 over 17 digits and a last one that may be X; of any other length
 * or characters false. */
bool number_mod11(struct slice s);
/* Luhn's sum over digits of any length; false of anything else. */
bool number_luhn(struct slice s);

#endif
