// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of files, as #include lines and the compiler's flags are read. */
#include "ksplice-create/include-graph.h"

#include <string.h>

char *include_path(const struct create *c, const char *file)
{
	if (starts_with(file, "./"))
		return xasprintf("%s/%s", c->ws.build, file + 2);
	return xasprintf("%s/%s", c->kernel.source, file);
}

char *include_join(const char *dir, const char *name)
{
	bool build = starts_with(dir, "./") || !strcmp(dir, ".") || (!*dir && starts_with(name, "./"));
	_cleanup_free_ char *full = xasprintf("%s/%s", dir, name);
	char *out = xstrdup(build ? "./" : "");
	size_t base = strlen(out), len = base;

	for (const char *p = full; *p;) {
		size_t n = strcspn(p, "/");

		if (n == 2 && !strncmp(p, "..", 2)) {
			if (len == base) {
				free(out);
				return NULL;
			}
			while (len > base && out[--len] != '/')
				;
		} else if (n && !(n == 1 && *p == '.')) {
			out = xrealloc(out, len + n + 2);
			if (len > base)
				out[len++] = '/';
			memcpy(out + len, p, n);
			len += n;
		}
		p += n + (p[n] == '/');
	}
	out[len] = 0;
	return out;
}

char *include_dir_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? xstrndup(file, slash - file) : xstrdup("");
}
