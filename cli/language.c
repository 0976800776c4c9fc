/* The reader's language: Chinese where the locale is zh*, English else. */
#include <locale.h>
#include <unistd.h>

#include "base/file.h"
#include "command.h"

/* What the environment asks for, whether or not the machine has it. */
static const char *wanted(void)
{
	static const char *const name[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		const char *v = getenv(name[i]);

		if (v && *v)
			return v;
	}
	return "";
}

/* The translations beside the program (build/locale), or installed ones. */
static void bind_messages(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
	char *slash;

	path[n > 0 ? n : 0] = 0;
	slash = strrchr(path, '/');
	if (slash)
		memcpy(slash, "/locale", sizeof "/locale");
	if (!slash || !file_exists(path))
		bindtextdomain("wellhead", PREFIX "/share/locale");
	else
		bindtextdomain("wellhead", path);
	bind_textdomain_codeset("wellhead", "UTF-8");
	textdomain("wellhead");
}

bool language_start(void)
{
	const char *w = wanted();
	bool zh = !strncmp(w, "zh", 2) && !strchr("abcdefghijklmnopqrstuvwxyz",
	    w[2] ? w[2] : '_');

	/* A machine that lacks the zh locale still has C.UTF-8, where gettext
	 * follows LANGUAGE (in "C" it does not). In both cases LANGUAGE is
	 * ours, so that the rule above alone decides. */
	if (zh)
		setenv("LANGUAGE", "zh_CN", 1);
	else
		unsetenv("LANGUAGE");
	if (!setlocale(LC_ALL, "") || zh)
		setlocale(LC_ALL, "C.UTF-8");
	setlocale(LC_NUMERIC, "C");
	bind_messages();
	return zh;
}
