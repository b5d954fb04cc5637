// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/package-id.h"

#include <ctype.h>
#include <string.h>

#include "ksplice-create/tree.h"

/* Goes to make and to a shell. */
static bool is_plain(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(".+~-", *p))
			return false;
	return *s;
}

/* The last two words of the @len bytes at @s. */
static bool last_words(const char *s, size_t len, char **distributor, char **version)
{
	_cleanup_free_ char *text = xstrndup(s, len);
	char *second, *first;

	while (len && text[len - 1] == ' ')
		text[--len] = 0;
	second = strrchr(text, ' ');
	if (!second)
		return false;
	*second++ = 0;
	first = strrchr(text, ' ');
	if (!first || !is_plain(first + 1) || !is_plain(second))
		return false;
	*distributor = xstrdup(first + 1);
	*version = xstrdup(second);
	return true;
}

bool package_id_of_header(const char *text, char **distributor, char **version)
{
	static const char define[] = "#define LINUX_PACKAGE_ID \"";
	const char *at = strstr(text, define);
	size_t len;

	if (!at)
		return false;
	at += strlen(define);
	len = strcspn(at, "\"\n");
	/* " Debian 6.1.187-1", and nothing else. */
	if (at[len] != '"' || *at != ' ' || !memchr(at + 1, ' ', len - 1))
		return false;
	return last_words(at, len, distributor, version);
}

bool package_id_of_banner(const char *banner, char **distributor, char **version)
{
	const char *date = strrchr(banner, '('), *number = strrchr(banner, '#');
	int n = 0;

	/* Behind "#1 SMP PREEMPT_DYNAMIC". */
	if (!date || !number || number > date || sscanf(date, "(%*4d-%*2d-%*2d)%n", &n) || !n)
		return false;
	return last_words(number, (size_t)(date - number), distributor, version);
}

struct error *package_id_find(struct create *c)
{
	struct kernel *k = &c->kernel;
	_cleanup_free_ char *makefile = xasprintf("%s/Makefile", k->source), *text = NULL, *header = NULL, *defines = NULL;
	struct error *err = file_read(makefile, TEXT_MAX, &text, NULL);

	if (err || !strstr(text, "DISTRIBUTION_OFFICIAL_BUILD"))
		return err;
	if (k->symvers)
		header = xasprintf("%.*s/include/generated/package.h", (int)(strrchr(k->symvers, '/') ? strrchr(k->symvers, '/') - k->symvers : 0),
				   k->symvers);
	if (header && path_exists(header))
		err = file_read(header, TEXT_MAX, &defines, NULL);
	if (!err && !(defines && package_id_of_header(defines, &k->distributor, &k->distribution_version)) && k->banner)
		package_id_of_banner(k->banner, &k->distributor, &k->distribution_version);
	return err;
}
