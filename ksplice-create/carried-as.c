// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/carried-as.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/subprocess.h"
#include "ksplice-create/tree.h"

#define WORD "--carried-as"

/* "\tbl foo". The tracer is called before there is a TOC pointer to save, and its call is known by what is around it. */
static bool is_call(const char *line)
{
	return starts_with(line, "\tbl ") && !starts_with(line, "\tbl _mcount\n");
}

char *carried_as_filter(const char *text)
{
	struct str out = STR_INIT;
	bool statement = false, call = false;

	str_add(&out, "", 0);
	for (size_t len; *text; text += len) {
		len = strcspn(text, "\n");
		len += text[len] == '\n';
		if (call && !starts_with(text, "\tnop\n"))
			str_add(&out, "\tnop\n", 5);
		if (starts_with(text, "#APP\n") || starts_with(text, "#NO_APP\n"))
			statement = text[1] == 'A';
		call = !statement && is_call(text);
		str_add(&out, text, len);
	}
	if (call)
		str_add(&out, "\tnop\n", 5);
	return out.s;
}

struct error *carried_as_write(struct create *c)
{
	_cleanup_free_ char *path = xasprintf("%s/as", c->ws.assembler), *self = self_path(), *script = NULL;
	_cleanup_free_ char *command = xasprintf("%s -print-prog-name=as", c->kernel.cc);
	const char *const argv[] = {"sh", "-c", command, NULL};
	const struct subprocess p = {.argv = argv};
	struct subprocess_result r;
	struct error *err;

	err = subprocess_run(&p, &r);
	if (err)
		return err;
	r.out[strcspn(r.out, "\n")] = 0;
	if (r.status || !*r.out)
		err = error_new(ERROR_OTHER, "%s: %s", command, r.out);
	script = xasprintf("#!/bin/sh\nexec '%s' " WORD " '%s' \"$@\"\n", self, r.out);
	subprocess_result_free(&r);
	err = err ?: tree_write(path, script, strlen(script));
	if (!err && chmod(path, 0755))
		err = error_errno(errno, "%s", path);
	return err;
}

bool carried_as_is_main(const char *word)
{
	return !strcmp(word, WORD);
}

static struct error *read_all(FILE *f, const char *name, char **ret)
{
	struct str text = STR_INIT;
	char buf[65536];
	size_t n;

	str_add(&text, "", 0);
	while ((n = fread(buf, 1, sizeof(buf), f)))
		str_add(&text, buf, n);
	*ret = text.s;
	return ferror(f) ? error_errno(errno, "%s", name) : NULL;
}

/* Makes standard input what the assembler is to read instead of @name. */
static struct error *filter_input(const char *name)
{
	_cleanup_free_ char *text = NULL, *filtered = NULL;
	FILE *in = strcmp(name, "-") ? fopen(name, "re") : stdin, *out = tmpfile();
	struct error *err = in && out ? read_all(in, name, &text) : error_errno(errno, "%s", name);

	if (!err) {
		filtered = carried_as_filter(text);
		if (fputs(filtered, out) < 0 || fflush(out) || lseek(fileno(out), 0, SEEK_SET) || dup2(fileno(out), STDIN_FILENO) < 0)
			err = error_errno(errno, "%s, filtered", name);
	}
	if (in && in != stdin)
		fclose(in);
	if (out)
		fclose(out);
	return err;
}

/* The compiler names its output, a file; with -pipe gcc 12 names nothing, and the assembler reads what comes in. */
int carried_as_main(int argc, char **argv)
{
	struct error *err = NULL;
	bool named = false;

	for (int i = 1; i < argc && !err; i++) {
		if (strcmp(argv[i], "-") && !(*argv[i] != '-' && ends_with(argv[i], ".s")))
			continue;
		err = filter_input(argv[i]);
		argv[i] = "-";
		named = true;
	}
	if (!err && !named)
		err = filter_input("-");
	if (!err) {
		execvp(argv[0], argv);
		err = error_errno(errno, "%s", argv[0]);
	}
	fprintf(stderr, "ksplice-create " WORD ": %s\n", err->text);
	error_free(err);
	return 1;
}
