/* Masking by level and by kind of field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "mask.h"
#include "pii.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void levels(void **state)
{
	static const struct {
		char level;
		enum mask public, inside, named;
	} cases[] = {
		{ 'P', MASK_SHOW, MASK_SHOW, MASK_SHOW },
		{ 'I', MASK_LEAVE_OUT, MASK_SHOW, MASK_SHOW },
		{ 'R', MASK_COVER, MASK_COVER, MASK_SHOW },
		{ 'X', MASK_LEAVE_OUT, MASK_LEAVE_OUT, MASK_LEAVE_OUT },
		{ '\0', MASK_LEAVE_OUT, MASK_LEAVE_OUT, MASK_LEAVE_OUT },
		{ 'p', MASK_LEAVE_OUT, MASK_LEAVE_OUT, MASK_LEAVE_OUT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("level %c\n", cases[i].level);
		assert_int_equal(mask_level(cases[i].level, MASK_PUBLIC),
		    cases[i].public);
		assert_int_equal(mask_level(cases[i].level, MASK_INSIDE),
		    cases[i].inside);
		assert_int_equal(mask_level(cases[i].level, MASK_NAMED),
		    cases[i].named);
	}
}

struct pair { const char *in, *out; };

static void try_pairs(const struct pair *p, size_t n,
    void (*mask)(struct buf *b, struct slice s))
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		buf_clear(&b);
		mask(&b, slice_str(p[i].in));
		assert_string_equal((char *)b.p, p[i].out);
	}
	buf_release(&b);
}

static void names(void **state)
{
	static const struct pair cases[] = {
		{ "张三", "张*" }, { "张小三", "张*" }, { "张*三", "张*" },
		{ "欧阳修文", "欧*" }, { "张", "张*" }, { " 张三", "张*" },
		{ "John", "J*" }, { "", "*" }, { "\xff", "\xef\xbf\xbd*" },
		{ "𠮷田", "𠮷*" },
	};

	(void)state;
	try_pairs(cases, COUNT(cases), mask_name);
}

static void phones(void **state)
{
	static const struct pair cases[] = {
		{ "13812341234", "138****1234" }, { "1381234123", "***" },
		{ "138123412345", "***" }, { "0632-123456", "***" },
		{ "", "***" },
	};

	(void)state;
	try_pairs(cases, COUNT(cases), mask_phone);
}

/* Of the true catalogue: what each reader is told of a person. */
static void fields(void **state)
{
	static const struct {
		const char *field, *text, *public, *inside, *named;
	} cases[] = {		/* NULL: left out */
		{ "name", "张三", "张*", "张*", "张三" },
		{ "phone", "13812341234", "138****1234", "138****1234",
		    "13812341234" },
		{ "birth", "1988-02-29", "1988-**-**", "1988-**-**",
		    "1988-02-29" },
		{ "gender", "女", "***", "***", "女" },
		{ "family_of", "李四", "李*", "李*", "李四" },
		{ "id_no", "379999198802290011", NULL, NULL, NULL },
		{ "disability", "精神", NULL, NULL, NULL },
		{ "job", "电工", NULL, "电工", "电工" },
		{ "model_worker", "市级", "市级", "市级", "市级" },
		{ "name", "", "", "", "" },
	};
	struct catalogue *c = NULL;
	struct buf b = BUF_INIT;
	struct err e = {0};
	const struct type *t;

	(void)state;
	assert_int_equal(catalogue_load(&c, &e), OK);
	t = catalogue_type(c, "person");
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *wanted[] = { cases[i].public, cases[i].inside,
			cases[i].named };

		for (int r = MASK_PUBLIC; r <= MASK_NAMED; r++) {
			bool shown;

			buf_clear(&b);
			buf_adds(&b, "");
			shown = mask_text(&b,
			    type_field(c, t, cases[i].field),
			    (enum mask_reader)r, slice_str(cases[i].text));
			print_message("%s for %d\n", cases[i].field, r);
			assert_int_equal(shown, wanted[r] != NULL);
			assert_string_equal((char *)b.p,
			    shown ? wanted[r] : "");
		}
	}
	buf_release(&b);
	catalogue_free(c);
}

/* Whatever a field of a person or a file holds, the public sees no number of
 * the kinds that pii_find() knows. */
static void nothing_leaks(void **state)
{
	static const char *const secret[] = { "379999198802290011",
		"13812341234", "6222021234567890123", "身患尿毒症" };
	struct catalogue *c = NULL;
	struct buf b = BUF_INIT;
	struct err e = {0};
	enum pii_kind kind;
	size_t at;

	(void)state;
	assert_int_equal(catalogue_load(&c, &e), OK);
	for (size_t t = 0; t < c->ntype; t++)
		for (size_t i = 0; i < c->type[t].nfield; i++) {
			const struct field *f = &c->type[t].field[i];

			for (size_t k = 0; f->level != 'P' &&
			    k < COUNT(secret); k++) {
				buf_clear(&b);
				mask_text(&b, f, MASK_PUBLIC,
				    slice_str(secret[k]));
				assert_false(pii_find(slice_buf(&b), &kind,
				    &at));
			}
		}
	buf_release(&b);
	catalogue_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels), cmocka_unit_test(names),
		cmocka_unit_test(phones), cmocka_unit_test(fields),
		cmocka_unit_test(nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
