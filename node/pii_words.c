/* Words on a person's illness, as data.
 *
 * A notice may speak of illness in general (a lecture, a screening, a fund);
 * it may not say who is ill. So a word of the first list counts unless its
 * clause also has one of the second; with one of the third it counts anyway.
 * A reading taken of a body counts by itself.
 */
#include "pii.h"

#include "base/text.h"

static const char *const illness[] = {
	"癌", "恶性肿瘤", "脑瘤", "肿瘤", "白血病", "淋巴瘤", "骨髓瘤",
	"尿毒症", "肾衰", "肾病", "透析", "化疗", "放疗", "器官移植",
	"肾移植", "肝移植", "肝硬化", "肝炎", "乙肝", "丙肝", "肝腹水",
	"糖尿病", "高血压", "高血脂", "冠心病", "心脏病", "心肌梗", "心梗",
	"心衰", "脑梗", "脑出血", "脑血栓", "脑溢血", "脑卒中", "中风",
	"偏瘫", "瘫痪", "截瘫", "植物人", "尘肺", "矽肺", "硅肺", "肺结核",
	"肺气肿", "慢阻肺", "哮喘", "再生障碍性贫血", "血友病", "红斑狼疮",
	"类风湿", "强直性脊柱炎", "股骨头坏死", "渐冻", "肌萎缩", "帕金森",
	"阿尔茨海默", "老年痴呆", "癫痫", "精神病", "精神分裂", "精神障碍",
	"抑郁症", "焦虑症", "躁郁", "双相障碍", "自闭症", "孤独症",
	"智力残疾", "精神残疾", "艾滋", "梅毒", "性病", "流产", "不孕",
	"宫外孕", "大病", "重病", "绝症", "慢性病", "重症", "病危",
};

/* What a clause about no one in particular speaks of. */
static const char *const general[] = {
	"筛查", "防治", "预防", "防控", "抗癌日", "讲座", "知识", "科普",
	"宣传", "培训", "义诊", "保险", "医保", "互助", "救助", "保障",
	"政策", "办法", "制度", "条例", "专项", "基金", "统筹", "查体",
	"体检", "关爱行动", "职业病", "信息库",
};

/* What makes it somebody's own. */
static const char *const own[] = {
	"身患", "罹患", "患有", "患上", "因患", "确诊", "诊断为", "诊断出",
	"查出", "突发", "病逝", "术后", "住院", "本人患", "家属患",
	"妻子患", "丈夫患", "父亲患", "母亲患", "儿子患", "女儿患",
};

/* Followed by a number, at most a colon or blank between. */
static const char *const reading[] = {
	"血压", "收缩压", "舒张压", "血糖", "血脂", "胆固醇", "尿酸", "转氨酶",
	"心率", "体温", "体重指数", "BMI", "bmi",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool has(struct slice s, const char *word, size_t *at)
{
	const unsigned char *p = memmem(s.p, s.n, word, strlen(word));

	if (p)
		*at = (size_t)(p - s.p);
	return p != NULL;
}

/* The first place in s of any of the words. */
static bool any(struct slice s, const char *const *word, size_t n, size_t *at)
{
	size_t here;

	*at = SIZE_MAX;
	for (size_t i = 0; i < n; i++)
		if (has(s, word[i], &here) && here < *at)
			*at = here;
	return *at != SIZE_MAX;
}

/* Where the clause that begins at from ends. */
static size_t clause_end(struct slice s, size_t from)
{
	static const char stop[] = "，,。；;！!？?\n\r";
	size_t i = from, at, k;
	uint32_t cp;

	while (i < s.n) {
		at = i;
		cp = utf8_next(s, &i);
		for (k = 0; k < sizeof stop - 1;)
			if (utf8_next(slice_of(stop, sizeof stop - 1), &k) ==
			    cp)
				return at;
	}
	return s.n;
}

/* A digit, full-width or not, stands at s.p[i], after blanks and a colon. */
static bool digit_follows(struct slice s, size_t i)
{
	uint32_t cp = ' ';

	for (int gap = 0; gap < 4 && i < s.n; gap++) {
		cp = utf8_next(s, &i);
		if (cp != ' ' && cp != ':' && cp != 0xff1a && cp != 0x3000 &&
		    cp != 0x4e3a)	/* 为 */
			break;
	}
	return (cp >= '0' && cp <= '9') || (cp >= 0xff10 && cp <= 0xff19);
}

static bool has_reading(struct slice s, size_t *at)
{
	size_t here, from;

	for (size_t i = 0; i < COUNT(reading); i++)
		for (from = 0; has(slice_of(s.p + from, s.n - from),
		    reading[i], &here); from = here) {
			here += from;
			*at = here;
			here += strlen(reading[i]);
			if (digit_follows(s, here))
				return true;
		}
	return false;
}

bool pii_illness(struct slice text, size_t *at)
{
	struct slice clause;
	size_t from = 0, end, ignored;

	while (from < text.n) {
		end = clause_end(text, from);
		clause = slice_of(text.p + from, end - from);
		if (has_reading(clause, at) ||
		    (any(clause, illness, COUNT(illness), at) &&
		    (any(clause, own, COUNT(own), &ignored) ||
		    !any(clause, general, COUNT(general), &ignored)))) {
			*at += from;
			return true;
		}
		from = end;
		if (from < text.n)
			(void)utf8_next(text, &from);
	}
	return false;
}
