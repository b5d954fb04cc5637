// SPDX-License-Identifier: GPL-2.0-or-later
/* Has kbuild preprocess units, keeps digests of what came out, and compares them. */
#include "ksplice-create/digests.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ksplice-create/declarations.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/prototype-text.h"
#include "ksplice-create/renamed-members.h"
#include "ksplice-create/source-types.h"
#include "ksplice-create/strmap.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/used-names.h"
#include "ksplice-create/workspace.h"

extern char **environ;

#define NAMES_SUFFIX ".names" /* beside a digest: what is used */

#define DIGEST "--source-digest"

/* In place of a digest: that of a unit that could not be preprocessed alone. */
#define UNKNOWN "????????????????????????????????????????????????????????????????"

#define DIGEST_VERSION 5 /* of what declarations.h takes for used, and of includes_made(): digests of another one cannot be compared with */
#define AT_A_TIME 256	/* units: what is lost when the user does not want to wait */
#define GENERATIONS_KEPT 8 /* of the tree: each is a few hundred kilobytes */
#define NAMES_KEPT 2	/* likewise: each is some tens of megabytes */

/* The digests of one side, by unit and what the unit might include of the diff. */
struct digests {
	struct strmap keys;	/* "UNIT TOUCHED" */
	struct strv hex;
};

static void digests_free(struct digests *d)
{
	strmap_free(&d->keys);
	strv_free(&d->hex);
}

static char *key_of(const struct suspect *s, bool post)
{
	return xasprintf("%s %.16s", s->unit, post ? s->touched : "unpatched");
}

static void put(struct digests *d, const char *key, const char *hex)
{
	size_t known = d->keys.names.n;

	/* One that was made again for its names is the same. */
	if (strmap_add(&d->keys, key) == known)
		strv_add(&d->hex, hex);
}

static const char *get(const struct digests *d, const struct suspect *s, bool post)
{
	_cleanup_free_ char *key = key_of(s, post);
	size_t n = strmap_find(&d->keys, key);

	return n == STRMAP_NONE ? NULL : d->hex.v[n];
}

/* Lines "UNIT TOUCHED HEX". */
static struct error *load(const char *path, struct digests *d)
{
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	struct error *err;

	if (!path_exists(path))
		return NULL;
	err = file_read(path, TEXT_MAX, &text, NULL);
	if (err)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *hex = strrchr(line, ' ');

		/* The last line of a full disk. */
		if (!hex || strlen(hex + 1) != SHA256_HEX_SIZE - 1)
			continue;
		*hex = 0;
		put(d, line, hex + 1);
	}
	return NULL;
}

static struct error *save(const char *path, const struct digests *d)
{
	_cleanup_str_ struct str text = STR_INIT;

	for (size_t i = 0; i < d->keys.names.n; i++)
		str_addf(&text, "%s %s\n", d->keys.names.v[i], d->hex.v[i]);
	return tree_write(path, text.s ?: "", text.len);
}

/* Those of trees that were looked at long ago. */
static struct error *drop_old(const char *dir, size_t kept)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = path_is_dir(dir) ? tree_list(dir, &names) : NULL;

	while (!err && names.n > kept) {
		time_t oldest = 0;
		size_t which = 0;

		for (size_t i = 0; i < names.n; i++) {
			_cleanup_free_ char *path = xasprintf("%s/%s", dir, names.v[i]);
			struct stat st;

			if (!stat(path, &st) && (!i || st.st_mtime < oldest)) {
				oldest = st.st_mtime;
				which = i;
			}
		}
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, names.v[which]);

		err = tree_remove(path);
		free(names.v[which]);
		names.v[which] = names.v[--names.n];
		names.v[names.n] = NULL;
	}
	return err;
}

/* A byte per unit that is done. */
static char *progress_path(const struct create *c)
{
	return xasprintf("%s/progress", c->ws.dir);
}

struct progress {
	struct create *c;
	size_t total;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool started, end;
};

static void *show_progress(void *ctx)
{
	struct progress *p = ctx;
	_cleanup_free_ char *path = progress_path(p->c);
	struct timespec until;
	struct stat st;

	pthread_mutex_lock(&p->lock);
	while (!p->end) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&p->wake, &p->lock, &until);
		if (!p->end && !stat(path, &st))
			log_step(&p->c->log, "preprocessed %lld of %zu files", (long long)st.st_size, p->total);
	}
	log_step_done(&p->c->log);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void progress_begin(struct progress *p, struct create *c, size_t total)
{
	_cleanup_free_ char *path = progress_path(c);

	*p = (struct progress){.c = c, .total = total, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
	unlink(path);
	log_detail(&c->log, "preprocessing %zu files", total);
	if (c->log.level == LOG_NORMAL && c->log.terminal)
		p->started = !pthread_create(&p->thread, NULL, show_progress, p);
}

static void progress_end(struct progress *p)
{
	_cleanup_free_ char *path = progress_path(p->c);

	if (p->started) {
		pthread_mutex_lock(&p->lock);
		p->end = true;
		pthread_cond_signal(&p->wake);
		pthread_mutex_unlock(&p->lock);
		pthread_join(p->thread, NULL);
	}
	unlink(path);
}

/* Where the names are that the unpatched unit uses. */
static char *names_path(const char *dir, const char *unit)
{
	char *path = xasprintf("%s/%s", dir, unit);

	for (char *p = path + strlen(dir) + 1; *p; p++)
		*p = *p == '/' ? '~' : *p;
	return path;
}

/* From beside the digest, if they are there. */
static struct error *keep_names(const char *digest, const char *dir, const char *unit, bool post)
{
	_cleanup_free_ char *from = xasprintf("%s" NAMES_SUFFIX, digest), *to = names_path(dir, unit);

	if (!path_exists(from))
		return NULL;
	return post ? tree_unlink(from) : tree_move(from, to);
}

/* Preprocesses the suspects, and adds their digests to @have. */
static struct error *make_some(struct create *c, const struct suspect *const *list, size_t nr, bool post, const char *names,
			       struct digests *have)
{
	_cleanup_strv_ struct strv c_units = STRV_INIT, asm_units = STRV_INIT;
	struct error *err;

	for (size_t i = 0; i < nr; i++)
		strv_add(list[i]->assembler ? &asm_units : &c_units, list[i]->unit);
	err = kbuild_preprocess(c, DIGEST, &c_units, &asm_units);
	for (size_t i = 0; !err && i < nr; i++) {
		_cleanup_free_ char *key = key_of(list[i], post), *path = kbuild_preprocessed(c, list[i]->unit, list[i]->assembler);
		_cleanup_free_ char *hex = NULL;

		err = file_read(path, SHA256_HEX_SIZE, &hex, NULL);
		if (!err && strlen(hex) != SHA256_HEX_SIZE - 1)
			err = error_new(ERROR_BAD_FILE, "%s: no digest", path);
		err = err ?: keep_names(path, names, list[i]->unit, post);
		err = err ?: tree_unlink(path);
		if (!err)
			put(have, key, hex);
	}
	return err;
}

/* Is there all that is asked of one side of a unit? */
static bool is_made(const struct digests *have, const struct suspect *s, bool post, const char *names)
{
	const char *hex = get(have, s, post);
	_cleanup_free_ char *path = names_path(names, s->unit);

	if (post || !hex)
		return hex || s->spared;
	return !s->names_known || s->assembler || !strcmp(hex, UNKNOWN) || path_exists(path);
}

/* Makes what @have lacks of one side, from the view as it is; saves it to @path now and then, as the user may not want to wait. */
static struct error *make_digests(struct create *c, const struct suspect *list, size_t nr, bool post, const char *path,
				  const char *names, struct digests *have)
{
	_cleanup_free_ const struct suspect **missing = xrealloc(NULL, (nr + 1) * sizeof(*missing));
	struct progress progress;
	struct error *err = NULL;
	size_t n = 0;

	for (size_t i = 0; i < nr; i++)
		if (!is_made(have, &list[i], post, names))
			missing[n++] = &list[i];
	if (!n)
		return NULL;
	progress_begin(&progress, c, n);
	for (size_t i = 0; !err && i < n; i += AT_A_TIME) {
		err = make_some(c, missing + i, n - i < AT_A_TIME ? n - i : AT_A_TIME, post, names, have);
		err = err ?: save(path, have);
	}
	progress_end(&progress);
	return err;
}

static struct error *make_post(struct create *c, const struct suspect *list, size_t nr, const char *path, const char *names,
			       struct digests *have)
{
	struct error *err = workspace_patched(c), *back;

	err = err ?: make_digests(c, list, nr, true, path, names, have);
	back = workspace_unpatched(c);
	if (err)
		error_free(back);
	return err ? error_prefix(err, "preprocessing the patched source") : back;
}

/* Those that use nothing of what is another thing in the touched headers need not be preprocessed with the diff. */
static struct error *spare(struct create *c, struct suspect *list, size_t nr, const char *names, const struct digests *have)
{
	struct error *err = NULL;
	size_t n = 0;

	for (size_t i = 0; !err && i < nr; i++) {
		_cleanup_free_ char *path = names_path(names, list[i].unit);
		bool any;

		if (!list[i].names_known || list[i].assembler || !strcmp(get(have, &list[i], false), UNKNOWN))
			continue;
		err = used_names_any(path, &list[i].names, &any);
		list[i].spared = !err && !any;
		n += list[i].spared;
	}
	if (n)
		log_detail(&c->log, "%zu units use nothing of what the touched headers declare differently", n);
	return err;
}

struct error *digests_compare(struct create *c, struct suspect *list, size_t nr, const char *tree)
{
	_cleanup_free_ char *dir = xasprintf("%s/digests", c->ws.dir), *path = xasprintf("%s/%d-%.16s", dir, DIGEST_VERSION, tree);
	_cleanup_free_ char *all = xasprintf("%s/names", c->ws.dir), *names = xasprintf("%s/%d-%.16s", all, DIGEST_VERSION, tree);
	struct digests have = {};
	struct error *err = load(path, &have);

	err = err ?: make_digests(c, list, nr, false, path, names, &have);
	err = err ?: spare(c, list, nr, names, &have);
	err = err ?: make_post(c, list, nr, path, names, &have);
	/* What is used now is not what was looked at long ago. */
	utimensat(AT_FDCWD, path, NULL, 0);
	utimensat(AT_FDCWD, names, NULL, 0);
	err = err ?: drop_old(dir, GENERATIONS_KEPT) ?: drop_old(all, NAMES_KEPT);
	for (size_t i = 0; !err && i < nr; i++) {
		const char *pre = get(&have, &list[i], false), *post = list[i].spared ? pre : get(&have, &list[i], true);

		list[i].differs = strcmp(pre, post) || !strcmp(pre, UNKNOWN);
	}
	digests_free(&have);
	return err;
}

static struct error *facts_of_side(struct create *c, const char *what, const struct strv *units, struct strv *ret)
{
	static const struct strv none = STRV_INIT;
	_cleanup_strv_ struct strv there = STRV_INIT;
	struct error *err;

	for (size_t i = 0; i < units->n; i++)
		if (*units->v[i])
			strv_add(&there, units->v[i]);
	err = kbuild_preprocess(c, what, &there, &none);
	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *path = NULL, *text = NULL;

		if (!*units->v[i]) {
			strv_add(ret, "");
			continue;
		}
		path = kbuild_preprocessed(c, units->v[i], false);
		/* None where kbuild makes the source, or has it elsewhere. */
		if (path_exists(path))
			err = file_read(path, TEXT_MAX, &text, NULL);
		err = err ?: tree_unlink(path);
		strv_add(ret, text ?: FACTS_UNKNOWN);
	}
	return err;
}

struct error *digests_facts(struct create *c, const char *what, const struct strv *pre_units, const struct strv *post_units,
			    struct strv *pre, struct strv *post)
{
	struct error *err = facts_of_side(c, what, pre_units, pre), *back;

	err = err ?: workspace_patched(c);
	if (err)
		return err;
	err = facts_of_side(c, what, post_units, post);
	back = workspace_unpatched(c);
	if (err)
		error_free(back);
	return err ?: back;
}

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

static void tell_progress(void)
{
	const char *path = getenv("KSPLICE_PROGRESS");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	/* Only shown, so a failure is none; "!" because glibc's write() wants its result to be looked at. */
	(void)!write(fd, "+", 1);
	close(fd);
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

bool digests_is_main(const char *word)
{
	return !strcmp(word, DIGEST) || !strcmp(word, FACTS_TYPES) || !strcmp(word, FACTS_PROTOTYPES) || starts_with(word, FACTS_USES);
}

/* argv: how, file, command. */
int digests_main(int argc, char **argv)
{
	_cleanup_str_ struct str text = STR_INIT, facts = STR_INIT;
	bool assembler = argc > 2 && ends_with(argv[1], ".s"), made = false;
	_cleanup_free_ char *names = NULL, *list = NULL, **command = NULL;
	char hex[SHA256_HEX_SIZE] = "";
	int status = 0;
	struct error *err;

	if (argc > 2) {
		names = xasprintf("%s" NAMES_SUFFIX, argv[1]);
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
		strcpy(hex, UNKNOWN);
	else if (!err)
		err = assembler ? assembler_digest(text.s, hex) : declarations_digest(text.s, hex, names);
	if (!err)
		err = facts.s ? tree_write(argv[1], facts.s, facts.len) : tree_write(argv[1], hex, strlen(hex));
	tell_progress();
	if (err)
		fprintf(stderr, "%s\n", err->text);
	return err ? 1 : 0;
}
