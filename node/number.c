/* As the header has it. */
#include "number.h"

bool number_digits(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

bool number_province(struct slice s)
{
	static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 "
	    "36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 "
	    "83 ";
	char two[4] = "";

	if (s.n < 2)
		return false;
	snprintf(two, sizeof two, "%.2s ", (const char *)s.p);
	return strstr(known, two) != NULL;
}

bool number_mod11(struct slice s)
{
	int sum = 0;

	if (s.n != 18 || !number_digits(slice_of(s.p, 17)) ||
	    (s.p[17] != 'X' && !number_digits(slice_of(s.p + 17, 1))))
		return false;
	for (size_t i = 0; i < 17; i++)
		sum = (sum + (s.p[i] - '0')) * 2 % 11;
	return (sum + (s.p[17] == 'X' ? 10 : s.p[17] - '0')) % 11 == 1;
}

bool number_luhn(struct slice s)
{
	int sum = 0, d;

	if (!number_digits(s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		d = s.p[i] - '0';
		if ((s.n - i) % 2 == 0)
			d = d > 4 ? 2 * d - 9 : 2 * d;
		sum += d;
	}
	return sum % 10 == 0;
}
