// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/preprocessor.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sha256.h"
#include "ksplice-create/declarations.h"
#include "ksplice-create/facts.h"
#include "ksplice-create/progress.h"
#include "ksplice-create/prototype-text.h"
#include "ksplice-create/renamed-members.h"
#include "ksplice-create/source-types.h"
#include "ksplice-create/tree.h"

extern char **environ;

static struct error *read_pipe(int fd, struct str *ret)
{
	size_t room = 0;

	for (;;) {
		ssize_t n;

		if (room - ret->len < (1u << 16)) {
			room = room * 2 + (1u << 20);
			ret->s = xrealloc(ret->s, room + 1);
		}
		n = read(fd, ret->s + ret->len, room - ret->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(errno, "pipe");
		if (!n)
			break;
		ret->len += n;
	}
	ret->s[ret->len] = 0;
	return NULL;
}

/* Runs @argv; *@status is its exit status. */
static struct error *run(char **argv, struct str *output, int *status)
{
	posix_spawn_file_actions_t actions;
	struct error *err;
	int fds[2], e;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return error_errno(errno, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	e = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	err = e ? error_errno(e, "%s", argv[0]) : read_pipe(fds[0], output);
	close(fds[0]);
	if (!e && waitpid(pid, status, 0) < 0)
		err = err ?: error_errno(errno, "waitpid");
	return err;
}

#define DEPENDENCIES "-Wp,-MMD,"

/*
 * What is run, owned by the caller, but for its words: with the list of what it was made from in @list, and for C with -P, as a fifth of the
 * time goes into blank lines and line markers that nobody reads.
 */
static char **make_command(char **argv, size_t n, bool assembler, char *list)
{
	char **all = xrealloc(NULL, (n + 3) * sizeof(*all)), **to = all;

	*to++ = *argv++;
	*to++ = list;
	if (!assembler)
		*to++ = (char *)"-P";
	for (; *argv; argv++)
		if (!starts_with(*argv, DEPENDENCIES))
			*to++ = *argv;
	*to = NULL;
	return all;
}

/* What @text says of itself. */
static bool read_facts(const char *what, const char *text, struct str *ret)
{
	str_add(ret, "", 0);
	if (!strcmp(what, FACTS_TYPES))
		return source_types(text, ret);
	if (starts_with(what, FACTS_USES))
		renamed_uses(text, what + strlen(FACTS_USES), ret);
	else
		prototypes_of(text, ret);
	return true;
}

/*
 * Does it include a file that kbuild makes for the object alone: drivers/scsi/scsi_devinfo_tbl.c, from a header?  One of an
 * earlier run may be there, and it is not made anew for the preprocessor.  What is below include/ is made beforehand, and the same
 * for all (prepared.h).
 */
static bool is_made_for_unit(const char *name)
{
	name += starts_with(name, "./") ? 2 : 0;
	if (*name == '/' || starts_with(name, "include/"))
		return false;
	return !starts_with(name, "arch/") || !starts_with(name + 5 + strcspn(name + 5, "/"), "/include/");
}

/* @path: "fs/open.o: /home/me/linux/fs/open.c include/generated/autoconf.h ..." as the preprocessor writes it, which is removed. */
static struct error *includes_made(const char *path, bool *ret)
{
	_cleanup_free_ char *text = NULL;
	char *save = NULL, *name;
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	*ret = false;
	if (err)
		return err;
	strtok_r(text, ":", &save);
	while (!*ret && (name = strtok_r(NULL, " \t\\\n", &save)))
		*ret = is_made_for_unit(name);
	return tree_unlink(path);
}

bool preprocessor_is_main(const char *word)
{
	return !strcmp(word, DIGEST) || !strcmp(word, FACTS_TYPES) || !strcmp(word, FACTS_PROTOTYPES) || starts_with(word, FACTS_USES);
}

/* argv: how, file, command. */
int preprocessor_main(int argc, char **argv)
{
	_cleanup_str_ struct str text = STR_INIT, facts = STR_INIT;
	bool assembler = argc > 2 && ends_with(argv[1], ".s"), made = false;
	_cleanup_free_ char *names = NULL, *list = NULL, **command = NULL;
	char hex[SHA256_HEX_SIZE] = "";
	int status = 0;
	struct error *err;

	if (argc > 2) {
		names = xasprintf("%s" DIGEST_NAMES_SUFFIX, argv[1]);
		list = xasprintf(DEPENDENCIES "%s.d", argv[1]);
		/* To gcc a comma ends it; kbuild's own depfile has "_" as well (scripts/Kbuild.include). */
		for (char *p = list + strlen(DEPENDENCIES); *p; p++)
			*p = *p == ',' ? '_' : *p;
		command = make_command(argv + 2, argc - 2, assembler, list);
	}
	err = argc < 3 ? error_new(ERROR_USAGE, "no command") : run(command, &text, &status);
	if (!err)
		err = status ? tree_unlink(list + strlen(DEPENDENCIES)) : includes_made(list + strlen(DEPENDENCIES), &made);
	/* Without what kbuild makes for the object (arch/x86/kvm/vmx/vmenter.S); or mistakes in the diff: the compiler will tell. */
	if (!err && strcmp(argv[0], DIGEST)) {
		if (status || !read_facts(argv[0], text.s, &facts)) {
			facts.len = 0;
			str_add(&facts, FACTS_UNKNOWN, strlen(FACTS_UNKNOWN));
		}
	} else if (!err && (status || made))
		strcpy(hex, DIGEST_UNKNOWN);
	else if (!err)
		err = assembler ? assembler_digest(text.s, hex) : declarations_digest(text.s, hex, names);
	if (!err)
		err = facts.s ? tree_write(argv[1], facts.s, facts.len) : tree_write(argv[1], hex, strlen(hex));
	progress_tell();
	if (err)
		fprintf(stderr, "%s\n", err->text);
	return err ? 1 : 0;
}
