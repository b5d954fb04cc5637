// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes banners apart. */
#include "ksplice-create/banner.h"

#include <ctype.h>
#include <string.h>

#include "ksplice-create/util.h"

char *banner_compiler(const char *banner)
{
	/* "Linux version REL (user@host) (COMPILER, LINKER) #1 ...": init/version.c, LINUX_COMPILER. */
	const char *p = strstr(banner, ") ("), *end;

	if (!p)
		return NULL;
	p += strlen(") (");
	end = strstr(p, ", ");
	return end && end < p + strcspn(p, "#") ? xstrndup(p, end - p) : NULL;
}

/* "6.1.192" at @s, NULL if there is none; owned by the caller. */
static char *version_at(const char *s, const char *major_minor)
{
	size_t len = strlen(major_minor);

	if (!starts_with(s, major_minor) || s[len] != '.' || !isdigit((unsigned char)s[len + 1]))
		return NULL;
	return xstrndup(s, len + 1 + strspn(s + len + 1, "0123456789"));
}

char *banner_version(const char *banner, const char *major_minor)
{
	static const char start[] = "Linux version ";
	const char *hash = strchr(banner, '#');
	char *version = NULL;

	for (const char *p = hash; p && *p && !version; p++)
		if (*p == ' ')
			version = version_at(p + 1, major_minor);
	if (!version && starts_with(banner, start))
		version = version_at(banner + strlen(start), major_minor);
	if (version && ends_with(version, ".0")) {
		free(version);
		version = NULL;
	}
	return version;
}
