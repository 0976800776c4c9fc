#include "url.h"

#include <stdio.h>

#include "base/text.h"

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Copy n bytes as text; false if they do not fit. */
static bool copy(char *out, size_t size, const char *s, size_t n)
{
	if (n >= size)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

/* %41 as A, as git does it. False when a byte of the result would be NUL or
 * it does not fit. */
static bool decode(const char *s, char *out, size_t size)
{
	size_t n = 0;

	while (*s != '\0') {
		unsigned char c = (unsigned char)*s++;

		if (c == '%') {
			if (strlen(s) < 2 ||
			    !hex_decode(slice_of(s, 2), &c, 1))
				return false;
			s += 2;
		}
		if (c == '\0' || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

static bool is_plain(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

static bool host_ok(const char *s)
{
	return s[0] != '\0' && s[0] != '-' && s[strspn(s,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-@:")] == '\0';
}

static bool port_ok(const char *s)
{
	return s[0] != '\0' && s[0] != '0' && s[strspn(s, "0123456789")] == '\0';
}

/* [user@]host[:port], where host may be [::1]. */
static bool split_host(struct url *u, const char *s, size_t n)
{
	char all[256], *host, *colon, *bracket;

	if (!copy(all, sizeof(all), s, n))
		return false;
	host = strrchr(all, '@');
	if (host != NULL && memchr(all, ':', (size_t)(host - all)) != NULL)
		return false;	/* a password: ssh would not take it */
	host = host == NULL ? all : host + 1;
	if (*host == '-')
		return false;
	bracket = *host == '[' ? strchr(host, ']') : NULL;
	colon = strchr(bracket != NULL ? bracket : host, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (!port_ok(colon + 1) || !copy(u->port, sizeof(u->port),
		    colon + 1, strlen(colon + 1)))
			return false;
	}
	if (bracket != NULL) {
		if (bracket[1] != '\0')
			return false;
		*bracket = '\0';
		memmove(host, host + 1, strlen(host));
	}
	snprintf(u->host, sizeof(u->host), "%s", all);
	return *host != '\0' && host_ok(u->host);
}

static bool parse_ssh(struct url *u, const char *rest)
{
	const char *slash = strchr(rest, '/');

	u->kind = URL_SSH;
	if (slash == NULL || slash[1] == '\0' ||
	    !split_host(u, rest, (size_t)(slash - rest)))
		return false;
	/* "/~/x" is the home folder, as git has it. */
	if (slash[1] == '~')
		slash++;
	return decode(slash, u->path, sizeof(u->path)) && u->path[0] != '-';
}

static bool parse_path(struct url *u, const char *text)
{
	u->kind = URL_PATH;
	if (starts(text, "file://")) {
		text += strlen("file://");
		return text[0] == '/' &&
		    decode(text, u->path, sizeof(u->path));
	}
	return copy(u->path, sizeof(u->path), text, strlen(text));
}

/* A folder, as it is written: a stick's name may have spaces. */
static bool parse_courier(struct url *u, const char *rest)
{
	u->kind = URL_COURIER;
	return rest[0] == '/' && copy(u->path, sizeof(u->path), rest,
	    strlen(rest));
}

/* Without the user and password. */
static bool parse_https(struct url *u, const char *text)
{
	const char *rest = text + strlen("https://");
	const char *slash = strchr(rest, '/');
	const char *at = NULL;

	u->kind = URL_HTTPS;
	if (slash == NULL || slash == rest)
		return false;
	for (at = slash; at > rest && at[-1] != '@'; at--)
		;
	snprintf(u->shown, sizeof(u->shown), "https://%s",
	    at > rest ? at : rest);
	return true;
}

/* Addresses that are not taken, and what to do instead. */
static const struct refusal {
	const char *prefix, *sentence;
} refusals[] = {
	{ "http://", N_("http:// is not protected on its way; use https:// "
	    "or ssh://") },
	{ "git://", N_("git:// is not protected on its way; use ssh:// or "
	    "https://") },
};

static enum err_code refuse(const char *text, struct err *e)
{
	const char *colon = strchr(text, ':');
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (starts(text, refusals[i].prefix))
			return err_set(e, ERR_USAGE, "%s",
			    _(refusals[i].sentence));
	if (strstr(text, "://") != NULL && !starts(text, "file://"))
		return err_set(e, ERR_USAGE, _("\"%.*s\" remotes are not "
		    "known; use ssh://, https:// or a path"),
		    (int)(colon - text), text);
	if (colon != NULL && memchr(text, '/', (size_t)(colon - text)) == NULL
	    && !starts(text, "file://"))
		return err_set(e, ERR_USAGE, _("a remote HOST:PATH is written "
		    "ssh://HOST/PATH"));
	return OK;
}

enum err_code url_parse(const char *text, struct url *u, struct err *e)
{
	bool ok;

	memset(u, 0, sizeof(*u));
	if (text[0] == '\0' || !is_plain(text) ||
	    !copy(u->text, sizeof(u->text), text, strlen(text)))
		return err_set(e, ERR_USAGE, _("a remote's address is 1 to "
		    "999 printable characters"));
	snprintf(u->shown, sizeof(u->shown), "%s", text);
	if (starts(text, "ssh://")) {
		ok = parse_ssh(u, text + strlen("ssh://"));
	} else if (starts(text, "courier:")) {
		ok = parse_courier(u, text + strlen("courier:"));
	} else if (starts(text, "https://")) {
		ok = parse_https(u, text);
	} else {
		if (refuse(text, e) != OK)
			return e->code;
		ok = parse_path(u, text);
	}
	if (ok && is_plain(u->path))
		return OK;
	/* The text is not repeated: it may hold a password. */
	return err_set(e, ERR_USAGE, _("the remote's address is not well "
	    "formed; examples: ssh://user@host:22/path/repo.git, "
	    "https://host/repo.git, /path/repo.git, courier:/media/usb"));
}
